"""Datasets whose cleaned notes are given, so that it is known what was missed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cloister.deid.certification import Tally, certify, input_digest
from cloister.deid.patients import reference
from cloister.deid.review import reviewed_dataset
from cloister.deid.review.session import Review
from cloister.deid.text.finding import LABELS
from cloister.study.keys import SiteKey

COLUMNS = ("patient_key", "example_id", "language", "text")
PAIRS = {
    # Original -> cleaned. The first note's phone number was missed.
    "Seen by Dr. Ahmed Al-Sayed on 03/04/2021 for dyspnea. Ring his wife at 0151 2334455.": (
        "Seen by Dr. Victor Holm on 02/11/2020 for dyspnea. Ring his wife at 0151 2334455."
    ),
    "Maria Kowalski was seen on 05/06/2021. Parkinson gait, stable.": (
        "Helen Brandt was seen on 04/16/2020. Mortimer gait, stable."
    ),
    "Follow-up of Ms. Kowalski: no change since 05/06/2021.": "Follow-up of Ms. Brandt: no change since 04/16/2020.",
}
MakeDataset = Callable[..., tuple[Path, Path]]


@pytest.fixture
def notes_to_review() -> dict[str, str]:
    """Original -> cleaned."""
    return PAIRS


@pytest.fixture
def no_detectors(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown is then what was removed, and nothing depends on what the detectors of the day find."""
    monkeypatch.setattr(reviewed_dataset, "detect", lambda *_, **__: [])


@pytest.fixture
def make_dataset(tmp_path: Path, site_key: SiteKey) -> MakeDataset:
    """Writes notes and a certified dataset; returns both paths. Every note is another patient's."""

    def make(pairs: Mapping[str, str] = PAIRS, mode: str = "surrogate") -> tuple[Path, Path]:
        notes, folder = tmp_path / "notes.jsonl", tmp_path / "clean"
        folder.mkdir()
        key = site_key.subkey("reference", "main")
        lines = [{"id": f"n{number}", "text": text} for number, text in enumerate(pairs)]
        notes.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
        rows = [
            {
                "patient_key": f"P{number}",
                "example_id": reference(key, "note", f"n{number}"),
                "language": "en",
                "text": cleaned,
            }
            for number, cleaned in enumerate(pairs.values())
        ]
        schema = pa.schema([pa.field(name, pa.string(), nullable=False) for name in COLUMNS])
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / "notes.parquet")
        tally = Tally(records_in=len(rows), records_out=len(rows))
        tally.members = {row["patient_key"]: f"ledger-{row['patient_key']}" for row in rows}
        certify(
            folder,
            "notes",
            COLUMNS,
            tally,
            site_key=site_key,
            collection="main",
            digest=input_digest(site_key, "main", str(pairs)),
            thresholds=dict.fromkeys(LABELS, 0.3),
            mode="tag" if mode == "tag" else "surrogate",
        )
        return folder, notes

    return make


@pytest.fixture
def decide_all() -> Callable[..., None]:
    """Confirms what was removed, rejects what was left, finishes; as many notes as asked."""

    def run(review: Review, notes: int | None = None) -> None:
        for index in range(len(review.notes) if notes is None else notes):
            for span in review.note(index).spans:
                decide = review.confirm if span.removed else review.reject
                decide(index, span.start, span.end)
            review.finish(index)

    return run
