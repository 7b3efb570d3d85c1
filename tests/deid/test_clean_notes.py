"""From a notes file to a certified dataset: promises, hostile input, restart."""

from __future__ import annotations

import email
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from cloister.deid import clean_notes as notes_module
from cloister.deid import note_chunks as module
from cloister.deid import patients as patients_module
from cloister.deid.clean_notes import clean_notes
from cloister.deid.date_shift import date_shift
from cloister.deid.patient_record import PatientRecord
from cloister.deid.text.cleaner import CleanedText, clean_text
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.verification import listed_identifiers, survivors
from cloister.study.dataset import Certificate, verify_dataset
from cloister.study.errors import CertificateError, DataError, InputError, MissingFileError
from cloister.study.keys import SiteKey
from cloister.study.population import ledger_id, patient_key, read_population


def rows(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / "notes.parquet").to_pylist()
    return found


def quarantine(folder: Path) -> list[tuple[int, str]]:
    lines = (folder / "quarantine.jsonl").read_text().splitlines()
    return [(entry["position"], entry["code"]) for entry in map(json.loads, lines)]


@pytest.fixture
def clean(tmp_path: Path, site_key: SiteKey, patients_file: Path) -> Callable[..., tuple[Path, Certificate]]:
    def run(notes: Path, name: str = "out", **options: Any) -> tuple[Path, Certificate]:
        settings: dict[str, Any] = {"site_key": site_key, "collection": "main", "patients": patients_file} | options
        return tmp_path / name, clean_notes(notes, tmp_path / name, **settings)

    return run


def test_a_note_becomes_a_verified_dataset_without_its_patient(
    clean: Callable[..., Any], write_lines: Callable[..., Path], note: str, site_key: SiteKey, maria: PatientRecord
) -> None:
    notes = write_lines(
        "notes.jsonl",
        {"id": "n1", "patient_id": "482913", "date": "2021-05-04", "type": "admission", "text": note, "label": "copd"},
        {"id": "n2", "patient_id": "00482913", "issuer": "North-Hospital ", "text": "Seen again."},
        {"id": "n3", "text": "Nobody's note."},
    )
    folder, certificate = clean(notes)
    manifest, _ = verify_dataset(folder, site_key)
    first, second, third = rows(folder)
    key = patient_key(site_key, "main", "north-hospital", "00482913")
    assert first["patient_key"] == second["patient_key"] == key != third["patient_key"]
    shift = date_shift(site_key, "main", "north-hospital", "00482913")
    assert first["date"] == (date(2021, 5, 4) + shift).isoformat()
    assert (first["type"], first["label"], second["label"]) == ("admission", "copd", None)
    assert survivors("\n".join(map(str, first.values())), listed_identifiers(maria)) == 0
    assert (certificate.records_in, certificate.records_out) == (3, 3)
    assert certificate.known_identifiers_checked == listed_identifiers(maria).count > 10
    assert certificate.known_identifiers_surviving == 0
    assert (manifest.tables[0].rows, manifest.tables[0].patients) == (3, 2)
    members = read_population(folder, site_key, "main")
    assert members[key] == ledger_id(site_key, "north-hospital", "00482913")
    assert len(members) == 2


def test_a_dataset_is_its_owners_alone_whatever_the_umask(
    clean: Callable[..., Any], write_lines: Callable[..., Path]
) -> None:
    before = os.umask(0)
    try:
        folder, _ = clean(write_lines("notes.jsonl", {"id": "n", "text": "Seen again."}))
    finally:
        os.umask(before)
    assert folder.stat().st_mode & 0o077 == 0


def test_hostile_lines_go_to_quarantine_and_the_others_go_on(
    clean: Callable[..., Any], write_lines: Callable[..., Path]
) -> None:
    good = {"id": "a", "patient_id": "1", "text": "Stable."}
    hostile: list[tuple[object, str]] = [
        (b'{"id": "b", "text": "\xff"}', "not-utf-8"),
        (b'{"id": "c", "text": ', "not-json"),
        (b"[" * 100_000, "not-json"),
        (b'"text"', "not-json"),
        ({"text": "no id"}, "missing-id"),
        ({"id": "d"}, "missing-text"),
        ({"id": "d", "text": ["list"]}, "missing-text"),
        ({"id": "a", "text": "twice"}, "duplicate-id"),
        ({"id": "e", "text": "nul\0byte"}, "nul-bytes"),
        ({"id": "f", "text": "x" * 1_000_001}, "too-large"),
        (b'{"id": "g", "text": "' + b"y" * (50 * 1024 * 1024) + b'"}', "too-large"),
        ({"id": "h", "text": "x", "date": "04/05/2021"}, "bad-date"),
        ({"id": "i", "text": "x", "date": "0001-01-01"}, "bad-date"),
        ({"id": "j", "text": "x", "patient_id": "--"}, "bad-patient-id"),
        ({"id": "k", "text": "x", "language": "sv"}, "unsupported-language"),
        ({"id": "l", "text": "x", "label": "Seen by Dr. Kowalski"}, "label-not-a-category"),
        ({"id": "m", "text": "x", "type": "mrn-00482913"}, "type-not-a-category"),
        ({"id": "t", "text": "x", "patient_id": "½"}, "bad-patient-id"),
        (b'{"id": "n", "text": "\\ud800"}', "not-utf-8"),
        (b'{"id": "\\ud800", "text": "x"}', "not-utf-8"),
        (b'{"id": "\\ud801", "text": "x"}', "not-utf-8"),
        (b'{"id": "s", "text": "x", "issuer": "\\ud800"}', "not-utf-8"),
        ({"id": "o", "text": "{\\rtf1\\ansi Seen by Dr. Kow}{\\b alski\\b0 .}"}, "encoded-text"),
        ({"id": "p", "text": "From: x\nContent-Transfer-Encoding: base64\n\nS293YWx!za2k="}, "encoded-text"),
        ({"id": "q", "text": "Subject: =?utf-7?B?S293YWxza2k=?= is well"}, "encoded-text"),
        ({"id": "r", "text": "{\\rtf1 {\\pict 89504e47}}"}, "attachment"),
    ]
    notes = write_lines("notes.jsonl", good, *(line for line, _ in hostile), good | {"id": "z"})
    folder, certificate = clean(notes)
    assert [row["text"] for row in rows(folder)] == ["Stable.", "Stable."]
    assert quarantine(folder) == [(number, code) for number, (_, code) in enumerate(hostile, 2)]
    assert certificate.records_in == len(hostile) + 2
    assert sum(certificate.quarantined.values()) == len(hostile)


def test_a_label_column_of_free_text_is_no_category(
    clean: Callable[..., Any], write_lines: Callable[..., Path]
) -> None:
    names = [f"name-{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(65)]
    notes = write_lines("notes.jsonl", *({"id": name, "text": "x", "label": name} for name in names))
    folder, certificate = clean(notes)
    assert certificate.quarantined == {"label-not-a-category": 65}
    assert rows(folder) == []


def test_the_verification_catches_what_a_broken_cleaner_leaves(
    clean: Callable[..., Any], write_lines: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, site_key: SiteKey
) -> None:
    """Sabotage: a cleaner that does nothing. Nothing listed may reach the dataset all the same."""
    monkeypatch.setattr(module, "clean_text", lambda text, *_, **__: CleanedText(text, {}))
    planted = [
        "Mrs. KOWALSKI",
        "MRN 482-913-00 or 00482913",
        "born 03/07/1951",
        "call 555.010.2233",
        "at 14 willow street",
    ]
    lines = [{"id": str(i), "patient_id": "00482913", "text": text} for i, text in enumerate([*planted, "Clean."])]
    lines.append({"id": "other", "patient_id": "77", "text": "Kowalski is not this patient's name."})
    folder, certificate = clean(write_lines("notes.jsonl", *lines))
    assert [row["text"] for row in rows(folder)] == ["Clean.", "Kowalski is not this patient's name."]
    assert quarantine(folder) == [(number, "identifier-survived") for number in range(1, 6)]
    assert certificate.quarantined == {"identifier-survived": 5}
    assert certificate.known_identifiers_surviving == 0
    verify_dataset(folder, site_key)


def test_an_identifier_smuggled_in_a_label_is_caught(
    clean: Callable[..., Any], write_lines: Callable[..., Path]
) -> None:
    notes = write_lines("notes.jsonl", {"id": "1", "patient_id": "00482913", "text": "x", "label": "kowalski"})
    assert clean(notes)[1].quarantined == {"identifier-survived": 1}


def test_quarantine_and_dataset_hold_no_identifier_in_any_byte(
    clean: Callable[..., Any], write_lines: Callable[..., Path], note: str
) -> None:
    lines = [
        {"id": "Kowalski-1", "patient_id": "00482913", "text": note},
        {"id": "Kowalski-2", "text": "x", "date": "?"},
    ]
    folder, _ = clean(write_lines("notes.jsonl", *lines))
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.suffix != ".parquet").lower()
    content += str(rows(folder)).lower().encode()
    content = re.sub(rb"[0-9a-f]{32,}", b"", content)  # of signatures and digests: 1951 is in 1 of 180 by chance
    assert not [word for word in (b"kowalski", b"00482913", b"willow", b"maria", b"1951") if word in content]


def test_an_altered_dataset_is_refused(
    clean: Callable[..., Any], write_lines: Callable[..., Path], site_key: SiteKey
) -> None:
    folder, _ = clean(write_lines("notes.jsonl", {"id": "1", "text": "x"}))
    content = (folder / "notes.parquet").read_bytes()
    (folder / "notes.parquet").write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(CertificateError):
        verify_dataset(folder, site_key)


def test_the_same_input_is_not_redone_and_another_never_overwrites(
    clean: Callable[..., Any], write_lines: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = write_lines("notes.jsonl", {"id": "1", "text": "x"})
    folder, certificate = clean(notes)
    with monkeypatch.context() as patch:
        patch.setattr(notes_module._Run, "clean", lambda *_: pytest.fail("cleaned again"))
        assert clean(notes)[1] == certificate
    for options in ({"mode": "tag"}, {"collection": "other"}):
        with pytest.raises(InputError, match="another input"):
            clean(notes, **options)
    (folder / "certificate.json").unlink()
    with pytest.raises(InputError, match="not a finished dataset"):
        clean(notes)


def test_a_run_that_dies_leaves_nothing_and_the_next_one_finishes(
    clean: Callable[..., Any],
    write_lines: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    site_key: SiteKey,
) -> None:
    notes = write_lines("notes.jsonl", {"id": "1", "text": "x"})
    with monkeypatch.context() as patch:
        patch.setattr(
            notes_module._Run, "verify", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device"))
        )
        with pytest.raises(OSError, match="No space"):
            clean(notes)
    assert not (tmp_path / "out").exists()
    (tmp_path / ".out.partial").mkdir()  # what kill -9 leaves
    (tmp_path / ".out.partial" / "notes.parquet").write_bytes(b"half")
    folder, _ = clean(notes)
    verify_dataset(folder, site_key)
    assert not list(tmp_path.glob(".out*"))


def test_a_patient_with_a_thousand_notes_stays_fast(
    clean: Callable[..., Any], write_lines: Callable[..., Path]
) -> None:
    lines = [
        {"id": str(i), "patient_id": "00482913", "text": f"Day {i}: Ms. Kowalski is stable."} for i in range(1_000)
    ]
    started = time.process_time()
    folder, certificate = clean(write_lines("notes.jsonl", *lines))
    assert certificate.records_out == 1_000
    assert time.process_time() - started < 20
    assert len({row["text"].split("Ms. ")[1] for row in rows(folder)}) == 1


def test_collections_and_keys_cannot_be_joined(
    clean: Callable[..., Any], write_lines: Callable[..., Path], note: str
) -> None:
    notes = write_lines("notes.jsonl", {"id": "1", "patient_id": "00482913", "date": "2021-05-04", "text": note})
    folders = [
        clean(notes, "one")[0],
        clean(notes, "two", collection="second")[0],
        clean(notes, "three", site_key=SiteKey(b"3" * 32))[0],
    ]
    written = [rows(folder)[0] for folder in folders]
    for column in ("patient_key", "example_id", "text"):
        assert len({row[column] for row in written}) == 3


def test_wrong_arguments_are_typed_errors(
    clean: Callable[..., Any], write_lines: Callable[..., Path], tmp_path: Path
) -> None:
    with pytest.raises(MissingFileError):
        clean(tmp_path / "none.jsonl")
    with pytest.raises(DataError, match="folder"):
        clean(tmp_path)
    os.mkfifo(tmp_path / "pipe.jsonl")
    with pytest.raises(DataError, match=r"pipe\.jsonl: is no regular file"):
        clean(tmp_path / "pipe.jsonl")
    with pytest.raises(DataError, match="no notes"):
        clean(write_lines("empty.jsonl", b""))
    with pytest.raises(InputError, match="collection"):
        clean(write_lines("notes.jsonl", {"id": "1", "text": "x"}), collection="../up")


def test_progress_reaches_the_total(clean: Callable[..., Any], write_lines: Callable[..., Path]) -> None:
    seen: list[tuple[int, int]] = []
    notes = write_lines("notes.jsonl", *({"id": str(i), "text": "x"} for i in range(120)))
    clean(notes, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (120, 120)
    assert seen == sorted(seen)


def test_dates_of_all_notes_of_a_patient_keep_their_intervals(
    clean: Callable[..., Any], write_lines: Callable[..., Path]
) -> None:
    days = [date(2020, 2, 27) + timedelta(days=17 * i) for i in range(12)]
    notes = write_lines(
        "notes.jsonl",
        *(
            {"id": str(i), "patient_id": "5", "date": d.isoformat(), "text": f"On {d:%m/%d/%Y}"}
            for i, d in enumerate(days)
        ),
    )
    found = rows(clean(notes)[0])
    shifted = [date.fromisoformat(row["date"]) for row in found]
    assert {b - a for a, b in pairwise(shifted)} == {timedelta(days=17)}
    assert [row["text"] for row in found] == [f"On {d:%m/%d/%Y}" for d in shifted]


FAMILIES = ("Achterberg", "Brzezinski", "Castellanos", "Dimitriadis", "Engelhardt", "Fernandopulle")


def many_notes() -> list[dict[str, Any]]:
    """Notes of several patients, mixed, each giving away a doctor's name that only one of them announces."""
    lines: list[dict[str, Any]] = []
    for number in range(30):
        family = FAMILIES[number % len(FAMILIES)]
        text = (
            f"Seen by Dr. Ruslan {family} on 03/0{number % 9 + 1}/2021."
            if number < 6
            else f"Discussed with {family}, the patient is stable."
        )
        lines.append({"id": f"n{number}", "patient_id": f"77{number % 6}", "text": text})
    return lines


def test_several_processes_write_the_same_bytes_as_one(
    clean: Callable[..., Any], write_lines: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes_module, "_NOTES_IN_CHUNK", 10)
    notes = write_lines("notes.jsonl", *many_notes(), b"{broken", {"id": "last", "text": "Stable."})
    one, _ = clean(notes, "one")
    two, _ = clean(notes, "two", jobs=2)
    for name in ("notes.parquet", "quarantine.jsonl"):
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_a_killed_run_goes_on_after_the_last_part_and_loses_nothing(
    clean: Callable[..., Any], write_lines: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(notes_module, "_NOTES_IN_CHUNK", 5)
    notes = write_lines("notes.jsonl", *many_notes())
    whole, _ = clean(notes, "whole")
    cleaned: list[str] = []

    def dying(text: str, *rest: Any, **options: Any) -> CleanedText:
        if len(cleaned) == 17:
            raise KeyboardInterrupt
        cleaned.append(text)
        return clean_text(text, *rest, **options)

    with monkeypatch.context() as patch:
        patch.setattr(module, "clean_text", dying)
        with pytest.raises(KeyboardInterrupt):
            clean(notes)
    assert not (tmp_path / "out").exists()
    again: list[str] = []

    def counting(text: str, *rest: Any, **options: Any) -> CleanedText:
        again.append(text)
        return clean_text(text, *rest, **options)

    with monkeypatch.context() as patch:
        patch.setattr(module, "clean_text", counting)
        folder, _ = clean(notes)
    assert len(again) == 30 - 15  # three patients of five notes were done; the two notes of the fourth are done again
    assert (folder / "notes.parquet").read_bytes() == (whole / "notes.parquet").read_bytes()
    assert not list(tmp_path.glob(".*.parts"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("000000.json", b""),
        ("000000.json", b'{"rows": [["k"'),
        ("000000.json", b"[" * 100_000),
        ("000000.json", b"\xff"),
        ("000000.json", b'{"rows": [["k"]], "lines": [1], "findings": {}, "kept_back": [], "unanswered": {}}'),
        ("000000.json", b'{"rows": [], "lines": [1], "findings": {}, "kept_back": [], "unanswered": {}}'),
        ("000000.json", b'{"rows": [], "lines": [], "findings": {}, "kept_back": [["a", 1, "?"]], "unanswered": {}}'),
        ("work", b"\xff\x00"),
    ],
)
def test_a_part_that_was_damaged_is_done_again(
    clean: Callable[..., Any],
    write_lines: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    name: str,
    content: bytes,
) -> None:
    notes = write_lines("notes.jsonl", {"id": "1", "text": "Seen by Dr. Osei."}, b"{broken")

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(notes_module._Run, "assemble", killed)
        with pytest.raises(KeyboardInterrupt):
            clean(notes)
    (tmp_path / ".out.parts" / name).write_bytes(content)
    folder, certificate = clean(notes)
    assert [row["text"] for row in rows(folder)] != []
    assert (certificate.records_in, certificate.records_out) == (2, 1)


def test_parts_of_another_input_are_not_used(
    clean: Callable[..., Any], write_lines: Callable[..., Path], tmp_path: Path
) -> None:
    parts = tmp_path / ".out.parts"
    parts.mkdir()
    (parts / "work").write_text("another digest")
    (parts / "000000.json").write_text('{"rows": [["k"]], "lines": [1], "findings": {}, "kept_back": []}')
    folder, _ = clean(write_lines("notes.jsonl", {"id": "1", "text": "Stable."}))
    assert [row["text"] for row in rows(folder)] == ["Stable."]


def test_what_one_note_announces_is_found_in_the_patient_s_other_notes(
    clean: Callable[..., Any], write_lines: Callable[..., Path]
) -> None:
    folder, _ = clean(write_lines("notes.jsonl", *many_notes()), mode="tag")
    text = " ".join(row["text"] for row in rows(folder)).lower()
    assert not [family for family in FAMILIES if family.lower() in text]


def test_another_patient_s_full_name_and_number_are_found_in_any_note(
    clean: Callable[..., Any], write_lines: Callable[..., Path]
) -> None:
    notes = write_lines(
        "notes.jsonl", {"id": "1", "patient_id": "5", "text": "bed swap with maria elena kowalski 00482913"}
    )
    assert rows(clean(notes, mode="tag")[0])[0]["text"].startswith("bed swap with [")
    text = rows(clean(notes, "own", mode="tag")[0])[0]["text"] + rows(clean(notes, "two", mode="tag")[0])[0]["text"]
    assert "kowalski" not in text
    assert "00482913" not in text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Der Patient wurde am 3. März 2021 in unserer Klinik aufgenommen und klagt über Schmerzen.", "de"),
        ("El paciente ingresa por dolor abdominal de tres días de evolución sin fiebre.", "es"),
        ("Le patient est hospitalisé pour une douleur thoracique depuis trois jours.", "fr"),
    ],
)
def test_the_language_of_a_note_is_recognised(
    clean: Callable[..., Any], write_lines: Callable[..., Path], text: str, language: str
) -> None:
    folder, certificate = clean(write_lines("notes.jsonl", {"id": "1", "patient_id": "5", "text": text}))
    assert rows(folder)[0]["language"] == language
    assert certificate.languages == {language: 1}


def test_an_unsupported_language_is_kept_back_unless_told_otherwise(
    clean: Callable[..., Any], write_lines: Callable[..., Path]
) -> None:
    text = "Pacjentka Kowalski została przyjęta do szpitala z powodu bólu w klatce piersiowej i duszności."
    notes = write_lines("notes.jsonl", {"id": "1", "patient_id": "482913", "text": text})
    assert clean(notes)[1].quarantined == {"unsupported-language": 1}
    folder, _ = clean(notes, "kept", keep_unsupported=True)
    assert rows(folder)[0]["language"] == "und"
    assert "Kowalski" not in rows(folder)[0]["text"]


def test_the_profile_stands_in_the_certificate_and_decides(
    clean: Callable[..., Any], write_lines: Callable[..., Path]
) -> None:
    text = "Seen on 05/04/2021 by Dr. Ahmed Siddiqui, the patient was stable and left with his wife."
    notes = write_lines("notes.jsonl", {"id": "1", "patient_id": "5", "text": text})
    folder, certificate = clean(notes, profile="limited-dataset", mode="tag")
    assert certificate.engine.profile == "limited-dataset"
    assert "05/04/2021" in rows(folder)[0]["text"]
    assert "Siddiqui" not in rows(folder)[0]["text"]
    with pytest.raises(InputError, match="rofile"):
        clean(notes, "other", profile="none")
    with pytest.raises(InputError, match="language"):
        clean(notes, "other", language="xx")


def test_cleaning_the_clean_dataset_changes_nothing(
    clean: Callable[..., Any], write_lines: Callable[..., Path], note: str
) -> None:
    lines = [
        {"id": "first", "patient_id": "00482913", "date": "2021-05-04", "text": note},
        {"id": "second", "patient_id": "00482913", "text": "Husband Jan called 555-010-7788; seen by Al-Sayed."},
        *many_notes(),
    ]
    first = [row["text"] for row in rows(clean(write_lines("notes.jsonl", *lines), "first", mode="tag")[0])]
    order = sorted(lines, key=lambda line: [str(other["patient_id"]) for other in lines].index(str(line["patient_id"])))
    again = [line | {"text": text} for line, text in zip(order, first, strict=True)]
    second = [row["text"] for row in rows(clean(write_lines("clean.jsonl", *again), "second", mode="tag")[0])]
    assert second == first


def test_text_in_mixed_scripts_and_markup_goes_through(
    clean: Callable[..., Any], write_lines: Callable[..., Path]
) -> None:
    texts = [
        "<p>Patient <b>KOWAL</b>SKI, Maria&nbsp;Elena</p> is well and was seen in the clinic today.",
        "The patient ‮ikslawok‬ was seen with דניאל כהן and Kowal​ski in the clinic.",
        "The patient Ḱowalski 😀 was well ١٢ and MRN ٠٠٤٨٢٩١٣ was noted.",
    ]
    lines = [{"id": str(i), "patient_id": "00482913", "text": text} for i, text in enumerate(texts)]
    folder, certificate = clean(write_lines("notes.jsonl", *lines), mode="tag")
    assert certificate.records_out == 3
    written = "".join(row["text"] for row in rows(folder))
    assert "SKI" not in written
    assert "​ski" not in written
    assert "٤٨٢٩١٣" not in written
    assert "‮ikslawok‬" in written


SECRET = "Wojciechowska"


def failing_on_secret(problem: Exception, really: Callable[..., Any]) -> Callable[..., Any]:
    """An error that quotes the note, as those of libraries do."""

    def find(text: str, *rest: Any, **options: Any) -> Any:
        if SECRET in text:
            raise problem
        return really(text, *rest, **options)

    return find


@pytest.mark.parametrize("step", ["find_identifiers", "clean_text"])
@pytest.mark.parametrize("patient", ["5", "6"], ids=["alone", "among others"])
@pytest.mark.parametrize("kind", [ValueError, RecursionError, MemoryError, KeyError])
def test_an_error_that_nobody_foresaw_costs_one_note_and_tells_nothing_of_it(
    clean: Callable[..., Any],
    write_lines: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    step: str,
    patient: str,
    kind: type[Exception],
) -> None:
    monkeypatch.setattr(module, step, failing_on_secret(kind(f"cannot read {SECRET}"), getattr(module, step)))
    lines = [
        {"id": "a", "patient_id": "6", "text": "Stable on Monday."},
        {"id": "b", "patient_id": patient, "text": f"Seen by {SECRET} today."},
        {"id": "c", "patient_id": "6", "text": "Well."},
    ]
    folder, certificate = clean(write_lines("notes.jsonl", *lines), mode="tag")
    assert quarantine(folder) == [(2, "cleaning-failed")]
    assert certificate.quarantined == {"cleaning-failed": 1}
    assert sorted(row["text"] for row in rows(folder))[1] == "Well."
    assert certificate.records_out == 2
    written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert SECRET.encode() not in written
    assert SECRET not in caplog.text
    assert f"Line 2: kept back after {kind.__name__} (test_clean_notes.py:" in caplog.text


def test_a_patient_whose_identifiers_cannot_be_made_ready_costs_that_patient_s_notes(
    clean: Callable[..., Any], write_lines: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(record: PatientRecord) -> KnownIdentifiers:
        if record.patient_id == "5":
            raise IndexError(SECRET)
        return KnownIdentifiers(record)

    monkeypatch.setattr(patients_module, "KnownIdentifiers", failing)
    lines = [{"id": str(number), "patient_id": "565"[number], "text": "Stable."} for number in range(3)]
    folder, certificate = clean(write_lines("notes.jsonl", *lines))
    assert quarantine(folder) == [(1, "cleaning-failed"), (3, "cleaning-failed")]
    assert certificate.records_out == 1


def test_an_error_of_ours_concerns_every_note_and_stops_the_run(
    clean: Callable[..., Any], write_lines: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    problem = InputError("The models are not there.", "Install again.")
    for step in ("find_identifiers", "clean_text"):
        with monkeypatch.context() as patch:
            patch.setattr(module, step, failing_on_secret(problem, getattr(module, step)))
            notes = write_lines("notes.jsonl", *({"id": str(n), "patient_id": "5", "text": SECRET} for n in range(2)))
            with pytest.raises(InputError, match="models"):
                clean(notes)
    assert not (tmp_path / "out").exists()


def test_mail_with_headers_and_quotations_is_cleaned(
    clean: Callable[..., Any], write_lines: Callable[..., Path]
) -> None:
    text = (
        "From: Maria Kowalski <M.KOWALSKI@example.org>\nTo: ward@clinic.org\nSubject: Re: KOWALSKI, M. 00482913\n\n"
        "> On 4 May 2021 Kowalski, Maria wrote:\n>> my number is still 555.010.2233\n\nThe patient is well.\n"
    )
    folder, _ = clean(write_lines("notes.jsonl", {"id": "1", "patient_id": "00482913", "text": text}), mode="tag")
    (row,) = rows(folder)
    written = row["text"].lower()
    assert not [left for left in ("kowalski", "00482913", "2233", "clinic.org", "2021") if left in written]
    assert written.endswith("the patient is well.\n")


def test_rtf_and_encoded_mail_are_cleaned_in_their_own_formats(
    clean: Callable[..., Any], write_lines: Callable[..., Path], maria: PatientRecord
) -> None:
    rtf = r"{\rtf1\ansi{\info{\author Susan Miller}}By Dr. Ahmed Siddi{\b qui}, Kow{\i al}ski, MRN 0048\'32913\par}"
    mail = (
        "From: =?utf-8?B?TWFyaWEgS293YWxza2k=?= <m.kowalski@example.org>\nTo: ward@clinic.org\nSubject: question\n"
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        "Mrs. Kow=\nalski feels well, temperature 37=C2=B0.\n"
    )
    lines = [{"id": str(i), "patient_id": "00482913", "text": text} for i, text in enumerate((rtf, mail))]
    notes = write_lines("notes.jsonl", *lines)
    for mode in ("tag", "surrogate"):
        folder, certificate = clean(notes, mode, mode=mode)
        first, second = (row["text"] for row in rows(folder))
        assert certificate.quarantined == {}
        assert not [left for left in ("Miller", "Siddi", "qui", "Kow", "0048", "2913") if left in first]
        assert first.startswith(r"{\rtf1\ansi")
        assert survivors(first + "\n" + second, listed_identifiers(maria)) == 0
        message = email.message_from_string(second)
        body = message.get_payload(decode=True)
        assert isinstance(body, bytes)
        assert body.decode().endswith(" feels well, temperature 37°.\n")
    assert first != second


def test_html_is_cleaned_in_its_own_format_and_what_it_hides_is_counted(
    clean: Callable[..., Any], write_lines: Callable[..., Path], maria: PatientRecord
) -> None:
    text = (
        "<html><head><meta name='author' content='M. Kowalski'></head><body><p class='k'>Mrs. Kow<b>alsk</b>&#105; is "
        "well.<!-- for Kowalski --></p><a href='mailto:m.kowalski@example.org'>write</a></body></html>"
    )
    hidden = "<p>Mrs. <span hidden>Kowalski"
    lines = [{"id": str(i), "patient_id": "00482913", "text": text} for i, text in enumerate((text, hidden))]
    folder, certificate = clean(write_lines("notes.jsonl", *lines), mode="tag")
    (row,) = rows(folder)
    assert row["text"] == "<html><head></head><body><p>Mrs. [NAME]<b></b> is well.</p><a>write</a></body></html>"
    assert survivors(row["text"], listed_identifiers(maria)) == 0
    assert certificate.findings["DOCUMENT_PARTS"] == 4
    assert quarantine(folder) == [(2, "encoded-text")]


def test_letters_and_their_accents_apart_hide_nobody(
    clean: Callable[..., Any], write_lines: Callable[..., Path]
) -> None:
    hidden = ["Ko\u0301walski", "ｋｏｗａｌｓｋｉ", "KOWALSKI\u0323", "Kow\u200dalski", "K\u2060owalski"]
    text = "The patient was well. " + " and ".join(hidden) + " were seen together in the clinic."
    folder, _ = clean(write_lines("notes.jsonl", {"id": "1", "patient_id": "00482913", "text": text}), mode="tag")
    assert rows(folder)[0]["text"].count("[NAME]") == len(hidden)
    assert "alski" not in rows(folder)[0]["text"].casefold()


KILLED_RUN = """
import os, signal, sys
from pathlib import Path
from cloister.deid import clean_notes, note_chunks
from cloister.study import atomic
from cloister.study.keys import SiteKey
import cloister.deid.text.taggers

cloister.deid.text.taggers.find_tagged = lambda *_: []
clean_notes._NOTES_IN_CHUNK = 5
before, folder = int(sys.argv[1]), Path(sys.argv[2])
notes = 0
really = note_chunks.NoteCleaner._row

def row(*arguments):
    global notes
    notes += 1
    if notes > before:
        os.kill(os.getpid(), signal.SIGKILL)
    with (folder / "cleaned").open("a") as log:
        log.write(f"{arguments[2].id}\\n")
    return really(*arguments)

note_chunks.NoteCleaner._row = row
clean_notes.clean_notes(
    folder / "notes.jsonl", folder / "out", site_key=SiteKey(bytes(range(32))), collection="main",
    patients=folder / "patients.jsonl",
)
"""


@pytest.mark.heavy
@pytest.mark.parametrize("seed", range(4))
def test_a_run_killed_again_and_again_loses_no_note_and_redoes_none_that_lay_in_a_finished_part(
    clean: Callable[..., Any],
    write_lines: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    seed: int,
) -> None:
    """SIGKILL at random notes. Every run that lives long enough to finish a part moves on from there."""
    monkeypatch.setattr(notes_module, "_NOTES_IN_CHUNK", 5)
    monkeypatch.setattr("cloister.deid.text.taggers.find_tagged", lambda *_: [])
    notes = write_lines("notes.jsonl", *many_notes())
    whole, _ = clean(notes, "whole")
    draw = random.Random(seed)
    log, kills = tmp_path / "cleaned", 0
    while True:
        done = len(list((tmp_path / ".out.parts").glob("*.json"))) * 5
        log.unlink(missing_ok=True)
        command = [sys.executable, "-c", KILLED_RUN, str(draw.randint(3, 16)), str(tmp_path)]
        code = subprocess.run(command, check=False).returncode
        cleaned = log.read_text().split()
        assert len(cleaned) == len(set(cleaned)) <= 30 - done
        if code == 0:
            break
        assert code == -signal.SIGKILL
        assert not (tmp_path / "out").exists()
        kills += 1
    assert kills > 0
    assert (tmp_path / "out" / "notes.parquet").read_bytes() == (whole / "notes.parquet").read_bytes()
    assert not list(tmp_path.glob(".*.parts"))


@pytest.mark.heavy
def test_a_ray_cluster_writes_the_same_bytes_as_one_process(
    clean: Callable[..., Any], write_lines: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("ray", reason="the extra `simulation` is not installed")
    monkeypatch.setattr(notes_module, "_NOTES_IN_CHUNK", 10)
    monkeypatch.delenv("RAY_ADDRESS", raising=False)
    monkeypatch.chdir(tmp_path)
    notes = write_lines("notes.jsonl", *many_notes(), b"{broken", {"id": "last", "text": "Stable."})
    one, _ = clean(notes, "one")
    two = Path("two")  # relative: the workers stand in folders of their own
    settings: dict[str, Any] = {
        "site_key": SiteKey(bytes(range(32))),
        "collection": "main",
        "patients": tmp_path / "patients.jsonl",
    }
    clean_notes(Path("notes.jsonl"), two, engine="ray", jobs=2, **settings)
    for name in ("notes.parquet", "quarantine.jsonl"):
        assert (one / name).read_bytes() == (two / name).read_bytes()
    (tmp_path / "gliner_config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    detectors = tmp_path / "detectors.toml"
    detectors.write_text('[[detector]]\nname = "broken"\nkind = "gliner"\nfolder = "."\n')
    with pytest.raises(InputError, match="gliner"):  # an error of a worker arrives as what it was
        clean_notes(notes, tmp_path / "three", engine="ray", jobs=1, detectors=detectors, **settings)


def test_without_ray_the_error_says_what_to_install(
    clean: Callable[..., Any], write_lines: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(InputError, match="Ray is not installed") as refusal:
        clean(write_lines("notes.jsonl", {"id": "1", "text": "Stable."}), engine="ray")
    assert "pip install" in refusal.value.remedy


MEASURED_RUN = """
import json, resource, sys
from pathlib import Path
from cloister.deid.clean_notes import clean_notes
from cloister.study.keys import SiteKey
import cloister.deid.text.taggers

cloister.deid.text.taggers.find_tagged = lambda *_: []
folder = Path(sys.argv[1])
certificate = clean_notes(folder / "notes.jsonl", folder / "out", site_key=SiteKey(b"k" * 32), collection="main")
print(json.dumps([certificate.records_out, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


@pytest.mark.heavy
def test_memory_does_not_grow_with_the_number_of_notes(tmp_path: Path) -> None:
    """Peak memory of 2,000 and of 20,000 notes: of each there stay its place, its patient's key and its row's line."""
    peaks = {}
    for count in (2_000, 20_000):
        folder = tmp_path / str(count)
        folder.mkdir()
        with (folder / "notes.jsonl").open("w") as file:
            for number in range(count):
                text = f"Visit {number}: seen by Dr. Adler on 3/{number % 28 + 1}/2021. " + "The patient is stable. "
                file.write(json.dumps({"id": str(number), "patient_id": str(number // 4), "text": text}) + "\n")
        done = subprocess.run(
            [sys.executable, "-c", MEASURED_RUN, str(folder)], check=True, capture_output=True, text=True
        )
        written, peaks[count] = json.loads(done.stdout)
        assert written == count
    assert peaks[20_000] - peaks[2_000] < 30, peaks
