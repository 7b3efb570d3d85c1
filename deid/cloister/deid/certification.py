"""The end of every run: what was counted, the sealed population, the manifest and the signed certificate."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from cloister.deid.engine import DEFAULT_PROFILE, VERSION, engine
from cloister.deid.quarantine import Quarantine
from cloister.study.dataset import AddedDetector, Certificate, Kind, Table, build_manifest, write_certified
from cloister.study.errors import InputError
from cloister.study.keys import SiteKey, keyed_hash
from cloister.study.population import write_population
from cloister.study.residual_risk import ResidualRisk, Survival

Progress = Callable[[int, int], None]
"""Called with how many records are done and how many there are."""


@dataclass
class Tally:
    """What a run has counted so far."""

    quarantine: Quarantine = field(default_factory=Quarantine)
    records_in: int = 0
    records_out: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    identifiers_checked: int = 0
    identifiers_surviving: int = 0
    """What the last look at the written output found."""
    members: dict[str, str] = field(default_factory=dict)
    """Patient key -> ledger id, of the patients in the output."""


def check_collection(collection: str) -> None:
    """Refuse a collection name that could not stand in a study.

    Raises:
        InputError: it is not a lower-case name.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,62}", collection):
        raise InputError(
            f"collection = {collection!r}: not a name of lower-case letters, digits and hyphens.",
            "Choose a name such as `chest-2024`; notes and images of one collection share it.",
        )


def input_digest(site_key: SiteKey, collection: str, *parts: str) -> str:
    """A keyed digest of an input and its settings: who does not hold the key cannot test guesses with it."""
    key = site_key.subkey("reference", collection)
    return keyed_hash(key, "input", VERSION, collection, *parts).hex()


def certify(
    folder: Path,
    kind: Kind,
    columns: tuple[str, ...],
    tally: Tally,
    *,
    site_key: SiteKey,
    collection: str,
    digest: str,
    thresholds: Mapping[str, float],
    profile: str = DEFAULT_PROFILE,
    mode: Literal["surrogate", "tag"] | None = None,
    detectors: tuple[AddedDetector, ...] = (),
) -> Certificate:
    """Write quarantine, sealed population, manifest and, last, the certificate.

    Args:
        folder: holds the table `<kind>.parquet` and the files that belong to it.
        kind: what was cleaned.
        columns: of the table.
        tally: what the run counted.
        site_key: signs the certificate and seals the population.
        collection: of the dataset.
        digest: see `input_digest`.
        thresholds: label -> lowest score that counted.
        profile: what had to be removed, such as `safe-harbor`.
        mode: how identifiers in text were replaced.
        detectors: which the site added.
    """
    tally.quarantine.write(folder)
    write_population(folder, site_key, collection, tally.members)
    table = Table(
        kind=kind, file=f"{kind}.parquet", rows=tally.records_out, patients=len(tally.members), columns=columns
    )
    manifest = build_manifest(folder, collection, (table,))
    certificate = Certificate(
        collection=collection,
        basis="cloister",
        engine=engine(profile),
        created=datetime.now(UTC).replace(microsecond=0),
        manifest_sha256="0" * 64,
        records_in=tally.records_in,
        records_out=tally.records_out,
        quarantined=tally.quarantine.counts,
        findings=dict(sorted(tally.findings.items())),
        thresholds=dict(thresholds),
        known_identifiers_checked=tally.identifiers_checked,
        known_identifiers_surviving=tally.identifiers_surviving,
        input_digest=digest,
        mode=mode,
        detectors=detectors or None,
        languages=_languages(folder / table.file) if "language" in columns else None,
        residual_risk=ResidualRisk(
            survival=Survival(checked=tally.identifiers_checked, surviving=tally.identifiers_surviving)
        ),
    )
    return write_certified(folder, manifest, certificate, site_key)


def _languages(table: Path) -> dict[str, int]:
    """Language -> notes, as the written output has them."""
    import pyarrow.parquet as pq

    counts = pq.read_table(table, columns=["language"]).column("language").value_counts().to_pylist()
    return {entry["values"]: entry["counts"] for entry in sorted(counts, key=lambda entry: entry["values"])}
