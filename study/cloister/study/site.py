"""A site's folder and its `site.toml`: where key, policy, ledger, datasets, models and approvals are.

site.toml   policy.toml   site.key   ledger.sqlite
approvals/<study sha256>.json        datasets/<name>/        models/<name>/
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from cloister.study.document import Document, read_toml
from cloister.study.errors import PolicyError
from cloister.study.schema import Name

SITE_FILE = "site.toml"


class SimulationSeed(Document):
    """Makes sampling and noise reproducible on a simulated site. What it protects is nobody's data."""

    seed: int


class Site(Document):
    """A site's configuration. Paths are relative to the site's folder."""

    schema_version: Literal[1] = 1
    name: Name
    key: str = "site.key"
    policy: str = "policy.toml"
    ledger: str = "ledger.sqlite"
    anchors: str | None = None
    """Folder of the ledger's anchor: not one that is backed up, or rolled back, together with the ledger. If absent,
    `$XDG_STATE_HOME/cloister/anchors` (by default in `~/.local/state`); a simulated site keeps it in its own folder."""
    approvals: str = "approvals"
    models: str = "models"
    datasets: tuple[str, ...] = ()
    """Dataset folders that studies may ask for."""
    simulation: SimulationSeed | None = None

    @classmethod
    def read(cls, folder: Path) -> Site:
        """Read `site.toml` in a site's folder.

        Raises:
            MissingFileError: there is none.
            PolicyError: it is not valid; every fault is named with line, key, value and remedy.
        """
        return read_toml(folder / SITE_FILE, cls, PolicyError)
