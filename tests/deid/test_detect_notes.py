"""Detecting over a file: languages are recognised note by note, profiles and thresholds are obeyed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cloister.deid.detect_notes import detect_notes
from cloister.study.errors import InputError

ENGLISH = "My patient Ms. Adaeze Okonkwo, a 45 year old retired teacher, was seen on 03/07/2021. MRN: 4471-229"


@pytest.fixture(autouse=True)
def _without_taggers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the taggers find in addition is measured elsewhere."""
    monkeypatch.setattr("cloister.deid.text.taggers.find_tagged", lambda *_: [])


def spans(path: Path) -> dict[str, list[dict[str, Any]]]:
    return {line["id"]: line["spans"] for line in map(json.loads, path.read_text("utf-8").splitlines())}


def test_profiles_decide_what_is_reported(write_lines: Callable[..., Path], tmp_path: Path) -> None:
    notes, output = write_lines("notes.jsonl", {"id": "1", "text": ENGLISH}), tmp_path / "spans.jsonl"
    found = {}
    for profile in ("limited-dataset", "safe-harbor", "maximal"):
        detect_notes(notes, output, profile=profile)
        found[profile] = {span["label"] for span in spans(output)["1"]}
    assert {"NAME", "MRN"} <= found["limited-dataset"]
    assert "DATE" not in found["limited-dataset"]
    assert "DATE" in found["safe-harbor"]
    assert not {"AGE", "PROFESSION"} & found["safe-harbor"]
    assert {"NAME", "MRN", "DATE", "AGE", "PROFESSION"} <= found["maximal"]


def test_a_threshold_holds_for_every_label(write_lines: Callable[..., Path], tmp_path: Path) -> None:
    notes, output = write_lines("notes.jsonl", {"id": "1", "text": ENGLISH}), tmp_path / "spans.jsonl"
    detect_notes(notes, output, threshold=0.9)
    assert {span["label"] for span in spans(output)["1"]} >= {"NAME", "MRN"}
    assert all(span["score"] >= 0.9 for span in spans(output)["1"])


def test_languages_are_named_asked_for_or_recognised(write_lines: Callable[..., Path], tmp_path: Path) -> None:
    notes = write_lines(
        "notes.jsonl",
        {"id": "1", "text": "Paciente varón de 63 años que acude a urgencias por dolor torácico."},
        {"id": "2", "text": "Stable.", "language": "de"},
        {"id": "3", "text": "Pacjent został przyjęty do szpitala z powodu bólu oraz gorączki. PESEL 44051401359"},
        {"id": "4", "text": "Stable.", "language": "pl"},
    )
    output = tmp_path / "spans.jsonl"
    assert detect_notes(notes, output).languages == {"de": 1, "es": 1, "unsupported": 2}
    assert "44051401359" in {
        "Pacjent został przyjęty do szpitala z powodu bólu oraz gorączki. PESEL 44051401359"[s["start"] : s["end"]]
        for s in spans(output)["3"]
    }
    assert detect_notes(notes, output, language="fr").languages == {"de": 1, "fr": 2, "unsupported": 1}


def test_a_language_of_ones_own_is_asked_for(write_lines: Callable[..., Path], tmp_path: Path) -> None:
    notes = write_lines("notes.jsonl", {"id": "1", "text": "x 1"})
    with pytest.raises(InputError, match="--language xx") as refusal:
        detect_notes(notes, tmp_path / "spans.jsonl", language="xx")
    assert "auto" in refusal.value.remedy


def test_an_unknown_profile_is_refused_before_anything_is_written(
    write_lines: Callable[..., Path], tmp_path: Path
) -> None:
    notes = write_lines("notes.jsonl", {"id": "1", "text": "x 1"})
    with pytest.raises(InputError, match="strict"):
        detect_notes(notes, tmp_path / "spans.jsonl", profile="strict")
    assert not (tmp_path / "spans.jsonl").exists()


def test_an_error_that_nobody_foresaw_costs_one_note_and_tells_nothing_of_it(
    write_lines: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def failing(text: str, *_: Any, **__: Any) -> Any:
        if "Okonkwo" in text:
            raise KeyError(text)
        return []

    monkeypatch.setattr("cloister.deid.detect_notes.detect", failing)
    notes = write_lines("notes.jsonl", {"id": "1", "text": ENGLISH}, {"id": "2", "text": "Stable.", "language": "en"})
    summary = detect_notes(notes, tmp_path / "spans.jsonl")
    assert summary.refused == {"cleaning-failed": 1}
    assert summary.languages == {"en": 1}
    assert spans(tmp_path / "spans.jsonl") == {"2": []}
    assert "KeyError" in caplog.text
    assert "Okonkwo" not in caplog.text


def test_offsets_in_rtf_and_mail_refer_to_the_unchanged_text(write_lines: Callable[..., Path], tmp_path: Path) -> None:
    rtf = r"{\rtf1\ansi{\info{\author Wei Lan}}Seen by Dr. Ahmed Siddi{\b qui} on 03/07/2021.}"
    mail = "From: a@b.org\nContent-Transfer-Encoding: quoted-printable\n\nSeen by Dr. Ahmed Sid=\ndiqui today."
    notes = write_lines("notes.jsonl", *({"id": str(i), "text": text} for i, text in enumerate((rtf, mail))))
    output = tmp_path / "spans.jsonl"
    detect_notes(notes, output, language="en")
    found = [{text[s["start"] : s["end"]] for s in spans(output)[str(i)]} for i, text in enumerate((rtf, mail))]
    assert {"Wei Lan", r"Ahmed Siddi{\b qui", "03/07/2021"} <= found[0]
    assert {"a@b.org", "Ahmed Sid=\ndiqui"} <= found[1]
