"""The policy guard: what has to hold before a study may touch a site's data.

In this order: the study names this site; a person approved exactly this study; the policy allows it; the datasets
it needs are there, unaltered, certified and of one collection; there are patients enough; the base model is the
one the coordinator has. The ledger is asked after that, when the cost is known. Any failure is a typed error and
nothing has been read but certificates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cloister.client.approvals import check_approval
from cloister.client.site_folder import SiteFolder
from cloister.study.dataset import Certificate, Manifest, manifest_sha256, verify_dataset
from cloister.study.errors import DataError, ModelMismatchError, RefusedByPolicyError
from cloister.study.policy import check_study
from cloister.study.population import read_population
from cloister.study.schema import Study
from cloister.tasks.base_folder import base_sha256

_KINDS_NEEDED = {
    "table": {"table"},
    "notes": {"notes"},
    "images": {"images"},
    "notes-and-images": {"notes", "images"},
}


@dataclass(frozen=True)
class Admission:
    """What a study was admitted to."""

    datasets: tuple[Path, ...]
    content: tuple[str, ...]
    """SHA-256 of each dataset's manifest: the identity of what is trained on."""
    members: Mapping[str, str]
    """Patient key -> the ledger's id of that patient."""
    base: Path | None


def admit(site: SiteFolder, study: Study, wanted_base: str) -> Admission:
    """Check everything the module's text lists.

    Args:
        site: the opened site.
        study: the study that asks.
        wanted_base: SHA-256 of the coordinator's base folder; empty if the study has none.

    Raises:
        NotApprovedError: nobody here approved this study.
        RefusedByPolicyError: the policy, or the roster, does not allow it.
        CertificateError: a dataset was altered.
        DataError: no dataset fits.
        ModelMismatchError: the base is not in the site's model store.
    """
    if site.config.name not in study.federation.sites:
        raise RefusedByPolicyError(
            f"Study {study.name} does not name {site.config.name} in its roster.",
            "Sites work only for studies that name them.",
        )
    check_approval(site, study)
    check_study(study, site.policy)
    chosen = _datasets(site, study)
    members: dict[str, str] = {}
    for folder, manifest, _ in chosen:
        members |= read_population(folder, site.key, manifest.collection)
    floor = site.policy.floors.patients
    if len(members) < floor:
        raise RefusedByPolicyError(
            f"The dataset has fewer patients than the policy's floor of {floor}.", "Collect more data before training."
        )
    content = tuple(manifest_sha256(manifest) for _, manifest, _ in chosen)
    base = _base(site, wanted_base)
    return Admission(tuple(folder for folder, _, _ in chosen), content, members, base)


def _datasets(site: SiteFolder, study: Study) -> list[tuple[Path, Manifest, Certificate]]:
    needed = _KINDS_NEEDED[study.data.kind]
    found = []
    for folder in site.datasets:
        manifest, certificate = verify_dataset(folder, site.key)
        kinds = {table.kind for table in manifest.tables}
        if kinds & needed and study.data.collection in {None, manifest.collection}:
            _check_certificate(site, folder, certificate)
            found.append((folder, manifest, certificate))
    missing = needed - {table.kind for _, manifest, _ in found for table in manifest.tables}
    if missing:
        raise DataError(
            f"{site.config.name} has no dataset with {min(missing)} for study {study.name}.",
            f"De-identify one and register its folder under `datasets` in {site.folder / 'site.toml'}.",
        )
    collections = {manifest.collection for _, manifest, _ in found}
    if len(collections) > 1:
        raise DataError(
            f"Several collections fit study {study.name}: {', '.join(sorted(collections))}.",
            "Name one in the study's data.collection: the same patient has different keys in different collections.",
        )
    return found


def _check_certificate(site: SiteFolder, folder: Path, certificate: Certificate) -> None:
    allowed = site.policy.allowed_collections
    if allowed is not None and certificate.collection not in allowed:
        raise RefusedByPolicyError(
            f"{folder}: collection {certificate.collection!r} is not among the policy's allowed_collections.",
            "Have the policy changed by those responsible for it.",
        )
    if certificate.basis == "declared" and not site.policy.allow_declared_datasets:
        raise RefusedByPolicyError(
            f"{folder}: was declared de-identified by others, which the policy does not accept.",
            "De-identify it with `cloister deid`, or set allow_declared_datasets = true for public data.",
        )
    if certificate.known_identifiers_surviving:
        raise RefusedByPolicyError(
            f"{folder}: its certificate reports {certificate.known_identifiers_surviving} surviving identifiers.",
            "Run the de-identification again.",
        )


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
