"""The policy guard: what has to hold before a study may touch a site's data.

In this order: the study names this site; a person approved exactly this study; the policy allows it; the datasets it
needs are there, certified and of one collection, and no other could be one of them; there are patients enough; no file
of them was altered; the base model is the one the coordinator has. The ledger is asked after that, when the cost is
known. Any failure is a typed error and nothing has been read but certificates.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cloister.client.approvals import check_approval
from cloister.client.fitting_datasets import fitting_datasets
from cloister.client.site_folder import SiteFolder
from cloister.study.dataset import Certificate, Manifest, manifest_sha256, verify_certificate, verify_files
from cloister.study.errors import CloisterError, ModelMismatchError, RefusedByPolicyError
from cloister.study.policy import check_certificate, check_study
from cloister.study.population import read_population
from cloister.study.schema import Study
from cloister.tasks.base_folder import base_sha256

log = logging.getLogger("cloister.site")


@dataclass(frozen=True)
class Admission:
    """What a study was admitted to."""

    datasets: tuple[Path, ...]
    content: tuple[str, ...]
    """SHA-256 of each dataset's manifest: the identity of what is trained on."""
    members: Mapping[str, str]
    """Patient key -> the ledger's id of that patient."""
    base: Path | None


def admit_study(site: SiteFolder, study: Study) -> None:
    """The part that needs no data: the study names this site, a person approved it, and the policy allows it.

    Raises:
        NotApprovedError: nobody here approved this study.
        RefusedByPolicyError: the policy, or the roster, does not allow it.
    """
    if site.config.name not in study.federation.sites:
        raise RefusedByPolicyError(
            f"Study {study.name} does not name {site.config.name} in its roster.",
            "Sites work only for studies that name them.",
        )
    check_approval(site, study)
    check_study(study, site.policy)


def admit(site: SiteFolder, study: Study, wanted_base: str, now: datetime | None = None) -> Admission:
    """Check everything the module's text lists.

    Args:
        site: the opened site.
        study: the study that asks.
        wanted_base: SHA-256 of the coordinator's base folder; empty if the study has none.
        now: the time that the age of certificates is reckoned to; the clock's if absent.

    Raises:
        NotApprovedError: nobody here approved this study.
        RefusedByPolicyError: the policy, or the roster, does not allow it; or a certificate is stale, of an engine or
            profile outside the policy, or bounds what was missed too loosely.
        MissingFileError: a registered dataset has no certificate, or one that would be read not all its files.
        CertificateError: a registered dataset's certificate or manifest was altered, or a file that would be read.
        DataError: no dataset fits, or one that does lacks a column.
        ModelMismatchError: the base is not in the site's model store.
    """
    admit_study(site, study)
    chosen, members = admit_data(site, study, now or datetime.now(UTC))
    for folder, manifest in chosen.items():
        verify_files(folder, manifest)
    content = tuple(manifest_sha256(manifest) for manifest in chosen.values())
    base = _base(site, wanted_base)
    return Admission(tuple(chosen), content, members, base)


def admit_data(site: SiteFolder, study: Study, now: datetime) -> tuple[dict[Path, Manifest], dict[str, str]]:
    """The part that reads what the datasets say of themselves, and no row of them: asked before a round costs anything.

    Returns:
        The datasets that the study trains on, with their manifests, and the patients in them: key -> id in the ledger.

    Raises:
        CloisterError: as `admit` says, but for altered files and the base model.
    """
    certified = {folder: _certified(site, study, folder) for folder in site.datasets}
    manifests = {folder: manifest for folder, (manifest, _) in certified.items()}
    chosen = {folder: manifests[folder] for folder in fitting_datasets(site, study, manifests)}
    members: dict[str, str] = {}
    for folder, manifest in chosen.items():
        check_certificate(certified[folder][1], site.policy, now, kinds={table.kind for table in manifest.tables})
        members |= read_population(folder, site.key, manifest.collection)
    floor = site.policy.floors.patients
    if len(members) < floor:
        raise RefusedByPolicyError(
            f"The dataset has fewer patients than the policy's floor of {floor}.", "Collect more data before training."
        )
    return chosen, members


def _certified(site: SiteFolder, study: Study, folder: Path) -> tuple[Manifest, Certificate]:
    try:
        return verify_certificate(folder, site.key)
    except (CloisterError, OSError):
        # Without it the study might train on fewer patients than before, and nobody would notice.
        log.error(
            "%s: might be one that study %s trains on, and cannot be read; take it out of `datasets` in site.toml if "
            "it is not used any more",
            folder,
            study.name,
        )
        raise


def _base(site: SiteFolder, wanted: str) -> Path | None:
    if not wanted:
        return None
    candidates = sorted(path for path in site.models.glob("*") if path.is_dir())
    for candidate in candidates:
        if base_sha256(candidate) == wanted:
            return candidate
    raise ModelMismatchError(
        f"No folder in {site.models} is the base model of this study (SHA-256 {wanted[:12]}…).",
        "Get the base from the coordinator and put its folder into the model store.",
    )
