"""Folders for simulated sites and the coordinator: what people set up by hand in a deployment."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from cloister.client.approvals import approve
from cloister.client.site_folder import SiteFolder
from cloister.client.site_setup import create_site
from cloister.study import atomic
from cloister.study.coordinator import COORDINATOR_FILE, Coordinator
from cloister.study.keys import SiteKey
from cloister.study.schema import Study, SyntheticHospitals
from cloister.study.site import SITE_FILE
from cloister.study.trust import trust_of

_APPROVER = "simulation"


def simulated_site(folder: Path, name: str, study: Study) -> SiteKey:
    """The key of a simulated site, whose folder is created on first use."""
    if (folder / SITE_FILE).exists():
        return SiteFolder.open(folder).key
    return create_site(folder, name, _key(name, study)).key


def configure_site(folder: Path, name: str, study: Study, datasets: Sequence[Path], base: Path | None) -> SiteFolder:
    """Register datasets, allow exactly what the study asks, and approve it.

    Args:
        folder: a site's folder.
        name: the site's name.
        study: the study to approve.
        datasets: dataset folders, anywhere.
        base: the study's base folder; the folder it lies in becomes the site's model store.
    """
    registered = ", ".join(f'"{_relative(dataset, folder)}"' for dataset in datasets)
    models = f'models = "{_relative(base.parent, folder)}"\n' if base else ""
    atomic.write_text(
        folder / SITE_FILE,
        f'name = "{name}"\ndatasets = [{registered}]\n{models}\n'
        "[run]\nfree_disk_gib = 0  # a researcher's machine is nobody's node\n\n"
        "[simulation]  # sampling and noise are seeded: what this site protects is nobody's data\n"
        f"seed = {study.seeds.training}\n",
    )
    atomic.write_text(folder / "policy.toml", _policy(study))
    site = SiteFolder.open(folder)
    approve(site, study, _APPROVER)
    return site


def coordinator_key(folder: Path, study: Study) -> SiteKey:
    """The key that certifies the coordinator's own datasets, created on first use."""
    path = folder / Coordinator().key
    if not path.exists():
        _key("coordinator", study).write(path)
    return SiteKey.read(path)


def configure_coordinator(folder: Path, study: Study, heldout: Sequence[Path], base: Path | None) -> None:
    """Write `coordinator.toml` and the study beside it."""
    datasets = ", ".join(f'"{_relative(dataset, folder)}"' for dataset in heldout)
    base_line = f'base = "{_relative(base, folder)}"\n' if base else ""
    atomic.write_text(folder / COORDINATOR_FILE, f'study = "study.json"\nheldout = [{datasets}]\n{base_line}')
    atomic.write_text(folder / "study.json", study.canonical + "\n")


def _key(name: str, study: Study) -> SiteKey:
    """Made-up patients get a key made from the study's seed, so that a run can be repeated to the bit.

    Whatever comes from real records gets a secret key, even on a researcher's machine.
    """
    data = study.simulation.data if study.simulation else None
    if not isinstance(data, SyntheticHospitals):
        return SiteKey.generate()
    seed = f"cloister/v1/made-up-site/{study.seeds.data}/{name}"
    return SiteKey(hashlib.sha256(seed.encode()).digest())


def _policy(study: Study) -> str:
    """Wide bounds: a simulated hospital's budget is the study's own. Only what the study needs is allowed."""
    without_privacy = str(not study.is_private).lower()
    return f"""allow_declared_datasets = true
allow_without_differential_privacy = {without_privacy}
allow_without_secure_aggregation = {str(not study.federation.is_secure).lower()}
allow_distributed_noise = {str(trust_of(study) == "distributed").lower()}

[ceilings]
epsilon_per_study = 100.0
epsilon_lifetime = 100.0
delta = 0.05
sample_rate = 1.0
max_grad_norm = 1000.0
rounds = 100000
steps_per_round = 100000

[floors]
noise_multiplier = 0.01
cohort = 1
patients = 2
"""


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path.resolve(), folder.resolve())).as_posix()
