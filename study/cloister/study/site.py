"""A site's folder and its `site.toml`: where key, policy, ledger, datasets, models and approvals are.

site.toml   policy.toml   site.key   ledger.sqlite
approvals/<study sha256>.json        datasets/<name>/        models/<name>/
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from cloister.study.document import Document, PathName, read_toml
from cloister.study.errors import PolicyError
from cloister.study.schema import Name

SITE_FILE = "site.toml"


class SimulationSeed(Document):
    """Makes sampling and noise reproducible on a simulated site. What it protects is nobody's data."""

    seed: int


Window = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$")]
"""Hours of this machine's local time, such as `22:00-06:00`; the end is not part of it."""
Device = Annotated[str, Field(pattern=r"^([0-9]{1,3}|(GPU|MIG)-[0-9A-Za-z/-]{1,64})$")]


class Running(Document):
    """How `cloister site run` works."""

    windows: tuple[Window, ...] = ()
    """When rounds may begin; always if empty. A round that has begun is finished."""
    cuda_devices: tuple[Device, ...] | None = None
    """Numbers or ids of the GPUs that may be used, none if empty; what the environment says if absent."""
    trainings_at_once: Annotated[int, Field(ge=1, le=64)] | None = None
    """Trainings at a time, of whichever studies; one for each GPU that may be used, or one on the CPU, if absent."""
    memory_gib: Annotated[float, Field(gt=0, le=65536)] | None = None
    """Memory of each process that works for a coordinator; no bound of Cloister's if absent."""
    free_disk_gib: Annotated[float, Field(ge=0)] = 5.0
    """Room on the disk below which no round begins."""
    health_port: Annotated[int, Field(ge=0, le=65535)] = 9095
    """Of the health endpoint on loopback; 0: none."""
    stop_seconds: Annotated[float, Field(gt=0, le=86400)] = 300.0
    """How long a stop waits for the message that is being answered."""


class Site(Document):
    """A site's configuration. Paths are relative to the site's folder."""

    schema_version: Literal[1] = 1
    name: Name
    key: PathName = "site.key"
    policy: PathName = "policy.toml"
    ledger: PathName = "ledger.sqlite"
    anchors: PathName | None = None
    """Folder of the ledger's anchor: not one that is backed up, or rolled back, together with the ledger. If absent,
    `$XDG_STATE_HOME/cloister/anchors` (by default in `~/.local/state`); a simulated site keeps it in its own folder."""
    approvals: PathName = "approvals"
    models: PathName = "models"
    datasets: tuple[PathName, ...] = ()
    """Dataset folders that studies may ask for."""
    run: Running = Running()
    simulation: SimulationSeed | None = None

    @classmethod
    def read(cls, folder: Path) -> Site:
        """Read `site.toml` in a site's folder.

        Raises:
            MissingFileError: there is none.
            PolicyError: it is not valid; every fault is named with line, key, value and remedy.
        """
        return read_toml(folder / SITE_FILE, cls, PolicyError)
