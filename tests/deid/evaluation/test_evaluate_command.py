"""`cloister deid evaluate`: what it prints, what it refuses, and that it says the same of saved findings."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from cloister.study.cli import main; main()", "deid", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def corpus(write_lines: Callable[..., Path]) -> tuple[Path, Path]:
    text = "Patient: Maria Kowalski, MRN: 00482913"
    spans = [{"start": 9, "end": 23, "label": "NAME"}, {"start": 30, "end": 38, "label": "MRN"}]
    notes = write_lines("notes.jsonl", {"id": "a", "text": text}, {"id": "b", "text": "Feels well."})
    return notes, write_lines("gold.jsonl", {"id": "a", "spans": spans}, {"id": "b", "spans": []})


def test_evaluating_the_detector_gives_what_evaluating_its_saved_findings_gives(
    corpus: tuple[Path, Path], tmp_path: Path
) -> None:
    notes, gold = corpus
    saved = tmp_path / "found.jsonl"
    assert run("detect", notes, "--output", saved).returncode == 0
    directly = run("evaluate", notes, "--gold", gold, "--json")
    assert directly.returncode == 0, directly.stderr
    result = json.loads(directly.stdout)
    assert result == json.loads(run("evaluate", notes, "--gold", gold, "--found", saved, "--json").stdout)
    assert result["schema_version"] == 1
    assert result["measures"]["strict"]["recall"]["value"] == 1
    assert result["negatives_flagged"]["hits"] == 0


def test_tables_name_every_measure(corpus: tuple[Path, Path]) -> None:
    notes, gold = corpus
    done = run("evaluate", notes, "--gold", gold, "--found", gold)
    assert done.returncode == 0, done.stderr
    for word in ("strict", "covered", "characters", "NAME", "MRN", "notes with a leak", "1,000 tokens"):
        assert word in done.stdout


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        (("--profile", "loose"), "loose"),
        (("--language", "sv"), "sv"),
        (("--found", "none.jsonl"), "none.jsonl"),
    ],
)
def test_wrong_arguments_end_with_2_and_a_remedy(corpus: tuple[Path, Path], extra: tuple[str, str], told: str) -> None:
    notes, gold = corpus
    done = run("evaluate", notes, "--gold", gold, *extra)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Remedy" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_notes_file_without_gold_is_told_what_to_give(corpus: tuple[Path, Path]) -> None:
    done = run("evaluate", corpus[0])
    assert done.returncode == 2
    assert "--gold" in done.stderr


def test_labels_are_printed_as_they_stand(write_lines: Callable[..., Path]) -> None:
    spans = [{"start": 0, "end": 4, "label": label} for label in ("[/x]", "[red]", "\udcff", "a\x1b[31m")]
    notes = write_lines("notes.jsonl", {"id": "a", "text": "Anna"})
    gold = write_lines("gold.jsonl", json.dumps({"id": "a", "spans": spans, "group": "[/y]"}).encode())
    done = run("evaluate", notes, "--gold", gold, "--found", gold)
    assert done.returncode == 0, done.stderr
    for told in ("[/x]", "[red]", "\\udcff", "a\\x1b[31m"):
        assert told in done.stdout


def test_an_age_of_any_length_is_looked_at(write_lines: Callable[..., Path]) -> None:
    text = "Aged " + "9" * 5000
    notes = write_lines("notes.jsonl", {"id": "a", "text": text})
    gold = write_lines("gold.jsonl", {"id": "a", "spans": [{"start": 5, "end": len(text), "label": "AGE"}]})
    done = run("evaluate", notes, "--gold", gold, "--found", gold, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["spans"] == 1
