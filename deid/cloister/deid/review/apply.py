"""Putting what a review found into the dataset's certificate.

The bound goes into the certificate, with attacks on the surrogates of a sample of the notes. A note in which a missed
identifier was found goes to quarantine. A dataset whose files change is written anew beside the old one and put in its
place by renaming: after a kill, the next run finds one of the two whole.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Collection
from datetime import UTC, date, datetime
from pathlib import Path

from cloister.deid.quarantine import Quarantine, Quarantined, Reason
from cloister.deid.residual_risk.audit import audit
from cloister.deid.review.decisions import DecisionLog
from cloister.deid.review.reviewed_dataset import ReviewedDataset
from cloister.deid.review.session import audited_sample, leaking, states
from cloister.deid.review.surrogate_attacks import attack_surrogates
from cloister.study import atomic
from cloister.study.dataset import QUARANTINE_FILE, Certificate, Manifest, build_manifest, write_certified
from cloister.study.errors import InputError
from cloister.study.population import read_population, write_population
from cloister.study.residual_risk import ResidualRisk, Survival

_REASON: Reason = "missed-in-review"


def restore_interrupted(folder: Path) -> None:
    """Put a dataset back in its place that a kill left beside it. Call before the dataset is opened."""
    replaced = _beside(folder, "replaced")
    if replaced.is_dir() and not folder.exists():
        replaced.rename(folder)
    shutil.rmtree(replaced, ignore_errors=True)


def apply_review(dataset: ReviewedDataset, log: DecisionLog, notes: Path, today: date | None = None) -> Certificate:
    """Write the certificate anew with what the review found.

    Args:
        dataset: that was reviewed.
        log: its open log.
        notes: the original notes file, for the attacks.
        today: the day that stands in the certificate; the clock's in UTC if absent.

    Returns:
        The new certificate.

    Raises:
        InputError: a note of the sample, or one with a leak, is not finished; or the log lacks a leak that was applied.
        MissingFileError: there is no notes file.
        DataError: it does not hold a note of the dataset.
    """
    day = today or datetime.now(UTC).date()
    entries = log.entries
    leaks = leaking(entries)
    _check_log(dataset, leaks)
    sample = audited_sample(entries)
    draws = sum(entry.action == "sample" and entry.part == "uniform" for entry in entries)
    found = audit(sample, day, extensions=max(0, draws - 1))
    if not sample:
        raise InputError("No sample was drawn yet.", "Open the page with --sample first.")
    if found is None:
        raise InputError(
            f"{sum(note is None for note in sample)} of the {len(sample)} notes drawn are not finished.",
            "Finish them all: a bound from those that somebody chose to read would say nothing.",
        )
    if unfinished := sum(not state.finished for name, state in states(entries).items() if name in leaks):
        raise InputError(f"{unfinished} notes with a missed identifier are not finished.", "Finish them first.")
    old = dataset.certificate
    survival = Survival(checked=old.known_identifiers_checked, surviving=old.known_identifiers_surviving)
    attacks = () if old.mode == "tag" else attack_surrogates(dataset, notes, day)
    certificate = old.model_copy(
        update={"residual_risk": ResidualRisk(survival=survival, audit=found, attacks=attacks)}
    )
    there = leaks & set(dataset.references)
    if not there:
        return write_certified(dataset.folder, dataset.manifest, certificate, dataset.site_key)
    positions = {name: note.line for name, note in dataset.originals(notes, there).items()}
    return _without(dataset, certificate, positions)


def _check_log(dataset: ReviewedDataset, leaks: Collection[str]) -> None:
    """A new log would begin with the same sample, less the notes that left for their leaks, and count none of them."""
    unknown = dataset.certificate.quarantined.get(_REASON, 0) - len(set(leaks) - set(dataset.references))
    if unknown > 0:
        raise InputError(
            f"{unknown} notes went to quarantine in a review whose decisions are not in {dataset.log_file.name}.",
            "Restore that log, or de-identify the notes anew and review those.",
        )


def _without(dataset: ReviewedDataset, certificate: Certificate, positions: dict[str, int]) -> Certificate:
    """The dataset without some notes, which go to quarantine."""
    partial, replaced = _beside(dataset.folder, "partial"), _beside(dataset.folder, "replaced")
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(dataset.folder, partial)
    patients, languages = _rewrite(partial / dataset.table.name, positions)
    members = read_population(partial, dataset.site_key, certificate.collection)
    kept = {patient: ledger for patient, ledger in members.items() if patient in patients}
    write_population(partial, dataset.site_key, certificate.collection, kept)
    _quarantine(partial, positions)
    signed = write_certified(
        partial,
        _manifest(partial, dataset.manifest, sum(languages.values()), len(kept)),
        certificate.model_copy(
            update={
                "records_out": sum(languages.values()),
                "languages": languages,
                "quarantined": {
                    **certificate.quarantined,
                    _REASON: certificate.quarantined.get(_REASON, 0) + len(positions),
                },
            }
        ),
        dataset.site_key,
    )
    dataset.folder.rename(replaced)
    partial.rename(dataset.folder)
    atomic.sync_folder(dataset.folder.parent)
    shutil.rmtree(replaced)
    return signed


def _manifest(folder: Path, old: Manifest, rows: int, patients: int) -> Manifest:
    table = old.tables[0].model_copy(update={"rows": rows, "patients": patients})
    return build_manifest(folder, old.collection, (table,))


def _rewrite(table: Path, without: Collection[str]) -> tuple[set[str], dict[str, int]]:
    """Write the table without some notes. Returns the patients that remain, and language -> notes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    partial = table.with_name(f".{table.name}")
    patients: set[str] = set()
    languages: dict[str, int] = {}
    with pq.ParquetFile(table) as file, pq.ParquetWriter(partial, file.schema_arrow, compression="zstd") as writer:
        for batch in file.iter_batches():
            rows = [row for row in batch.to_pylist() if row["example_id"] not in without]
            for row in rows:
                patients.add(row["patient_key"])
                languages[row["language"]] = languages.get(row["language"], 0) + 1
            writer.write_table(pa.Table.from_pylist(rows, schema=file.schema_arrow))
    partial.replace(table)
    return patients, dict(sorted(languages.items()))


def _quarantine(folder: Path, positions: dict[str, int]) -> None:
    path = folder / QUARANTINE_FILE
    quarantine = Quarantine([Quarantined(**json.loads(line)) for line in path.read_text().splitlines()])
    for name, line in positions.items():
        quarantine.add(name, line, _REASON)
    quarantine.write(folder)


def _beside(folder: Path, what: str) -> Path:
    return folder.parent / f".{folder.name}.{what}"
