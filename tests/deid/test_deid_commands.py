"""`cloister deid`: exit codes, formats that other people's scripts rely on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from typer.testing import CliRunner

from cloister.deid.cli import app
from cloister.study.dataset import verify_dataset
from cloister.study.errors import InputError
from cloister.study.keys import SiteKey
from cloister.study.population import patient_key, read_population


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from cloister.study.cli import main; main()", "deid", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_detect_writes_one_line_a_note_with_code_point_offsets(
    write_lines: Callable[..., Path], tmp_path: Path
) -> None:
    text = "Stable 😀 e\u0301 MRN: 00482913"
    notes = write_lines("notes.jsonl", {"id": "n1", "text": text}, {"id": "n2", "text": "Stable."}, b"{")
    done = run("detect", notes, "--output", tmp_path / "spans.jsonl", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "notes": 3,
        "found": {"MRN": 1},
        "refused": {"not-json": 1},
        "languages": {"en": 2},
        "unanswered": {},
    }
    first, second = map(json.loads, (tmp_path / "spans.jsonl").read_text().splitlines())
    (span,) = first["spans"]
    assert first["id"] == "n1"
    assert set(span) == {"start", "end", "label", "score", "source"}
    assert (span["label"], text[span["start"] : span["end"]]) == ("MRN", "00482913")
    assert second == {"id": "n2", "spans": []}


@pytest.mark.parametrize("option", ["--default-issuer", "--statement", "--output"])
def test_text_in_another_encoding_is_refused_before_anything_is_done(tmp_path: Path, option: str) -> None:
    given = {"--default-issuer": "north", "--statement": "made up", "--output": "out"}
    given |= {option: os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")}
    arguments = ["none.csv", "--site-key", "none"]
    result = CliRunner().invoke(
        app, ["declare", *map(str, arguments), *(part for pair in given.items() for part in pair)]
    )
    assert isinstance(result.exception, InputError)
    assert f"{option}: {tmp_path}/caf\\udce9 is not UTF-8" in result.exception.message


def test_an_output_may_bear_any_name(tmp_path: Path) -> None:
    (tmp_path / "notes.csv").write_text("id,text\n1,Stable.\n")
    done = run("import", tmp_path / "notes.csv", "--output", tmp_path / "raw[" / "x]")
    assert done.returncode == 0, done.stderr
    assert "[/x]" in "".join(done.stdout.split())


def test_text_writes_a_verifiable_dataset(
    write_lines: Callable[..., Path], patients_file: Path, tmp_path: Path, site_key: SiteKey
) -> None:
    site_key.write(tmp_path / "site.key")
    notes = write_lines("notes.jsonl", {"id": "1", "patient_id": "00482913", "text": "Ms. Kowalski is well."})
    arguments = (notes, "--patients", patients_file, "--site-key", tmp_path / "site.key", "--output", tmp_path / "out")
    done = run("text", *arguments, "--mode", "tag", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["findings"] == {"NAME": 1}
    verify_dataset(tmp_path / "out", site_key)
    assert "records out" in run("text", *arguments, "--mode", "tag").stdout


def test_text_tells_how_many_notes_name_no_patient(
    write_lines: Callable[..., Path], tmp_path: Path, site_key: SiteKey
) -> None:
    site_key.write(tmp_path / "site.key")
    named, nobodys = {"id": "1", "patient_id": "7", "text": "Stable."}, {"id": "2", "text": "Stable."}
    for name, lines, told in (("some", (named, nobodys), True), ("none", (named,), False)):
        notes = write_lines(f"{name}.jsonl", *lines)
        done = run("text", notes, "--site-key", tmp_path / "site.key", "--output", tmp_path / name, "--json")
        assert done.returncode == 0, done.stderr
        assert ("1 of 2 notes name no patient" in done.stderr) == told
        assert json.loads(done.stdout)["records_out"] == len(lines)


def test_where_everything_was_kept_back_the_command_has_failed(
    write_lines: Callable[..., Path], tmp_path: Path, site_key: SiteKey
) -> None:
    site_key.write(tmp_path / "site.key")
    notes = write_lines("notes.jsonl", {"id": "1"}, b"{")
    done = run("text", notes, "--site-key", tmp_path / "site.key", "--output", tmp_path / "out", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["quarantined"] == {"missing-text": 1, "not-json": 1}
    assert "all 2 records were kept back" in " ".join(done.stderr.split())
    assert "quarantine.jsonl" in done.stderr


def test_a_patient_whose_issuer_only_the_images_name_is_one_in_notes_images_and_tables(
    write_lines: Callable[..., Path],
    write_dicom_file: Callable[..., Path],
    draw_text: Callable[..., NDArray[np.float32]],
    tmp_path: Path,
    site_key: SiteKey,
) -> None:
    site_key.write(tmp_path / "site.key")
    notes = write_lines("notes.jsonl", {"id": "1", "patient_id": "482913", "text": "Stable."})
    (tmp_path / "table.csv").write_text("patient_id,age\n482913,63\n")
    folder = write_dicom_file("named.dcm", draw_text([]), IssuerOfPatientID="north-hospital").parent
    write_dicom_file("unnamed.dcm", draw_text([], seed=1), IssuerOfPatientID="")
    arguments = ("--site-key", tmp_path / "site.key", "--default-issuer", "north-hospital", "--json", "--output")
    key = patient_key(site_key, "main", "north-hospital", "482913")
    for command, source, records in (("text", notes, 1), ("images", folder, 2), ("declare", tmp_path / "table.csv", 1)):
        more = ("--statement", "made up") if command == "declare" else ()
        done = run(command, source, *more, *arguments, tmp_path / f"clean-{command}")
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["records_out"] == records
        assert set(read_population(tmp_path / f"clean-{command}", site_key, "main")) == {key}


@pytest.mark.parametrize("command", ["text", "detect", "evaluate"])
def test_a_detectors_file_with_a_mistake_is_bad_input(
    command: str, write_lines: Callable[..., Path], tmp_path: Path, site_key: SiteKey
) -> None:
    site_key.write(tmp_path / "site.key")
    (tmp_path / "detectors.toml").write_text('[[detector]]\nname = "x"\nkind = "gliner"\nfolder = "none"\n')
    notes = write_lines("notes.jsonl", {"id": "1", "text": "x"})
    others = {
        "text": ("--output", tmp_path / "out", "--site-key", tmp_path / "site.key"),
        "detect": ("--output", tmp_path / "spans.jsonl"),
        "evaluate": ("--gold", write_lines("gold.jsonl", {"id": "1", "spans": []})),
    }
    done = run(command, notes, *others[command], "--detectors", tmp_path / "detectors.toml")
    assert done.returncode == 2
    assert "folder of detector x" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["text", "images"])
def test_a_missing_site_key_tells_how_to_make_one(
    command: str, write_lines: Callable[..., Path], tmp_path: Path
) -> None:
    notes = write_lines("notes.jsonl", {"id": "1", "text": "x"})
    done = run(command, notes, "--output", tmp_path / "out", "--site-key", tmp_path / "none.key")
    assert done.returncode == 2
    assert "cloister site init" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["detect", "text", "images"])
def test_help_ends_with_an_example(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert f"Example: cloister deid {command}" in " ".join(done.stdout.split())


def declare(tmp_path: Path, site_key: SiteKey, content: bytes) -> subprocess.CompletedProcess[str]:
    site_key.write(tmp_path / "site.key")
    (tmp_path / "patients.csv").write_bytes(content)
    where = ("--site-key", tmp_path / "site.key", "--output", tmp_path / "out", "--collection", "records")
    return run("declare", tmp_path / "patients.csv", *where, "--statement", "made up", "--json")


def test_a_declared_patient_is_the_same_as_in_notes_leading_zeros_and_all(tmp_path: Path, site_key: SiteKey) -> None:
    done = declare(tmp_path, site_key, b"patient_id,age,label\n00482913,63,yes\n482913,41,no\n")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["basis"] == "declared"
    verify_dataset(tmp_path / "out", site_key)
    population = read_population(tmp_path / "out", site_key, "records")
    assert set(population) == {patient_key(site_key, "records", "", name) for name in ("00482913", "482913")}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"patient,age\n7,63\n", "patients.csv has no column 'patient_id' among its 2 columns"),
        (b"patient_id,age\n7,63\n8\n", "line 3 has 1 values, the first line 2"),
        (b"patient_id,age\n7,63\n,41\n", "patients.csv has no patient_id in row 2"),
        (b"", "not a CSV table"),
        (b"\xff\xfe7\x00", "patients.csv"),
    ],
)
def test_a_table_that_cannot_be_declared_is_told_without_a_traceback(
    content: bytes, told: str, tmp_path: Path, site_key: SiteKey
) -> None:
    done = declare(tmp_path, site_key, content)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Remedy" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
