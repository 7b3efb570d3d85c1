"""The file that names further detectors, and what they change: findings, certificate, identity of the work."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from cloister.deid.clean_notes import clean_notes
from cloister.deid.detect_notes import detect_notes
from cloister.deid.text.adapters import detectors_file
from cloister.deid.text.adapters.detectors_file import identities, load, read_detectors, settings_digest
from cloister.deid.text.adapters.local_llm import LocalLlm
from cloister.deid.text.adapters.model_folder import folder_sha256
from cloister.deid.text.adapters.other_detector import Heard, OtherDetectors
from cloister.deid.text.detector import detect
from cloister.deid.text.finding import Finding
from cloister.study.dataset import Certificate, verify_dataset
from cloister.study.errors import CertificateError, InputError, MissingFileError
from cloister.study.keys import SiteKey

NOTE = "the patient Tom Baker was seen with cough today"


@pytest.fixture
def detectors(token_classifier_folder: Path, tmp_path: Path) -> Path:
    shutil.copytree(token_classifier_folder, tmp_path / "models" / "tiny")
    path = tmp_path / "detectors.toml"
    path.write_text('[[detector]]\nname = "tiny"\nkind = "token-classifier"\nfolder = "models/tiny"\n')
    return path


def test_a_model_beside_the_file_joins_detect(
    detectors: Path, write_lines: Callable[..., Path], tmp_path: Path
) -> None:
    notes = write_lines("notes.jsonl", {"id": "1", "text": NOTE, "language": "en"})
    detect_notes(notes, tmp_path / "spans.jsonl", detectors=detectors)
    (line,) = map(json.loads, (tmp_path / "spans.jsonl").read_text().splitlines())
    (span,) = [s for s in line["spans"] if "token-classifier:tiny" in s["source"].split("+")]
    assert NOTE[span["start"] : span["end"]] == "Tom Baker"


def test_the_certificate_names_it_with_the_hash_of_its_folder(
    detectors: Path, write_lines: Callable[..., Path], tmp_path: Path, site_key: SiteKey
) -> None:
    notes = write_lines("notes.jsonl", {"id": "1", "patient_id": "7", "text": NOTE})

    def clean(name: str, detectors: Path | None) -> Certificate:
        return clean_notes(
            notes, tmp_path / name, site_key=site_key, collection="main", mode="tag", detectors=detectors
        )

    certificate = clean("out", detectors)
    (named,) = certificate.detectors or ()
    assert (named.name, named.kind, named.unanswered) == ("tiny", "token-classifier", 0)
    assert named.sha256 == folder_sha256(tmp_path / "models" / "tiny")
    verify_dataset(tmp_path / "out", site_key)
    assert "[NAME]" in pq.read_table(tmp_path / "out" / "notes.parquet").to_pylist()[0]["text"]
    assert clean("plain", None).detectors is None
    with pytest.raises(InputError, match="another input"):
        clean("out", None)
    altered = json.loads((tmp_path / "out" / "certificate.json").read_text())
    altered["detectors"][0]["sha256"] = "0" * 64
    (tmp_path / "out" / "certificate.json").write_text(json.dumps(altered))
    with pytest.raises(CertificateError):
        verify_dataset(tmp_path / "out", site_key)


def test_another_model_or_threshold_is_other_work_and_another_place_is_not(detectors: Path, tmp_path: Path) -> None:
    def digest(path: Path) -> str:
        added = read_detectors(path)
        return settings_digest(added, identities(added))

    first = digest(detectors)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(tmp_path / "models", elsewhere / "models")
    shutil.copy(detectors, elsewhere)
    assert digest(elsewhere / "detectors.toml") == first
    (elsewhere / "models" / "tiny" / "config.json").open("a").write(" ")
    assert digest(elsewhere / "detectors.toml") != first
    detectors.write_text(detectors.read_text() + "lowest = 0.4\n")
    assert digest(detectors) != first


def test_a_file_of_a_model_whose_name_is_not_utf_8_is_named(detectors: Path, tmp_path: Path) -> None:
    (tmp_path / "models" / "tiny" / os.fsdecode(b"odd\xff.txt")).touch()
    with pytest.raises(InputError, match=r"'odd\\udcff.txt' is not UTF-8"):
        identities(read_detectors(detectors))


def test_it_is_asked_about_its_languages_only(detectors: Path) -> None:
    detectors.write_text(detectors.read_text() + 'languages = ["de", "en"]\n')
    others = load(read_detectors(detectors))
    assert others.find(NOTE, "en")
    assert others.find(NOTE, "es") == []


class Quoting:
    source = "local-llm:quoting"

    def __init__(self, *findings: Finding) -> None:
        self._findings = findings

    def find(self, text: str, language: str) -> Heard:
        del text, language
        return Heard(self._findings)


def test_a_detector_that_points_outside_the_text_is_not_believed() -> None:
    for start, end in ((-1, 2), (0, 99), (3, 3), (4, 2)):
        others = OtherDetectors([(Quoting(Finding(start, end, "NAME", 0.9, "x")), None)])
        with pytest.raises(ValueError, match="outside the text"):
            others.find("short", "en")


def test_thresholds_profile_and_allow_list_hold_for_them_too() -> None:
    text = "Known Parkinson disease, a baker, seen by Quillfeather."
    start = text.index("Quillfeather")
    findings = (
        Finding(6, 15, "NAME", 0.99, "x"),
        Finding(27, 32, "PROFESSION", 0.99, "x"),
        Finding(start, start + 12, "NAME", 0.25, "x"),
    )
    assert [f for f in detect(text, others=OtherDetectors([(Quoting(*findings), None)])) if "x" in f.source] == []
    sure = Finding(start, start + 12, "NAME", 0.35, "x")
    assert "x" in {s for f in detect(text, others=OtherDetectors([(Quoting(sure), None)])) for s in f.source.split("+")}


def test_silence_of_a_language_model_stands_in_the_certificate_and_in_the_summary(
    language_model_folder: Path,
    write_lines: Callable[..., Path],
    tmp_path: Path,
    site_key: SiteKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = {"well": "[]", "ill": "Sorry, I cannot."}

    def answer(prompt: str) -> str:
        return next(said for word, said in answers.items() if f"is {word}" in prompt)

    monkeypatch.setattr(
        detectors_file.LocalLlmSettings, "load", lambda self, source: LocalLlm(source, answer, self.score)
    )
    path = tmp_path / "detectors.toml"
    path.write_text(f'[[detector]]\nname = "llm"\nkind = "local-llm"\nfolder = "{language_model_folder}"\n')
    lines = [
        {"id": str(n), "text": f"The patient is {word} today and rests."}
        for n, word in enumerate(["well", "ill", "ill"])
    ]
    notes = write_lines("notes.jsonl", *lines)
    certificate = clean_notes(notes, tmp_path / "out", site_key=site_key, collection="main", detectors=path)
    assert [(each.name, each.unanswered) for each in certificate.detectors or ()] == [("llm", 2)]
    assert certificate.records_out == 3
    assert detect_notes(notes, tmp_path / "spans.jsonl", detectors=path).unanswered == {"local-llm:llm": 2}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "detector is missing"),
        ("detector = []", "detector"),
        ('[[detector]]\nname = "x"\nkind = "oracle"\nfolder = "."', "kind"),
        ('[[detector]]\nname = "Not a name"\nkind = "gliner"\nfolder = "."', "name"),
        ('[[detector]]\nname = "x"\nkind = "token-classifier"\nfolder = "."\nlabels = { A = "NOPE" }', "labels"),
        ('[[detector]]\nname = "x"\nkind = "local-llm"\nfolder = "."\nlowest = 0.3', "unknown key"),
        ('[[detector]]\nname = "x"\nkind = "token-classifier"\nfolder = "."\nlanguages = ["xx"]', "xx"),
        ('[[detector]]\nname = "x"\nkind = "presidio"\n[[detector]]\nname = "x"\nkind = "presidio"', "two detectors"),
        ("[[detector", "TOML"),
    ],
)
def test_mistakes_in_the_file_are_named(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "detectors.toml"
    path.write_text(content)
    with pytest.raises(InputError, match=message) as refusal:
        read_detectors(path)
    assert "detectors.toml" in refusal.value.message
    assert refusal.value.remedy


def test_a_model_that_is_not_there_stops_the_run_before_it_begins(
    write_lines: Callable[..., Path], tmp_path: Path, site_key: SiteKey
) -> None:
    path = tmp_path / "detectors.toml"
    path.write_text('[[detector]]\nname = "x"\nkind = "gliner"\nfolder = "none"\n')
    notes = write_lines("notes.jsonl", {"id": "1", "text": NOTE})
    with pytest.raises(MissingFileError, match="none"):
        detect_notes(notes, tmp_path / "spans.jsonl", detectors=path)
    with pytest.raises(MissingFileError, match="none"):
        clean_notes(notes, tmp_path / "out", site_key=site_key, collection="main", detectors=path)
    assert not (tmp_path / "spans.jsonl").exists()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_model_that_cannot_be_loaded_stops_the_run_in_whatever_process(
    write_lines: Callable[..., Path], tmp_path: Path, site_key: SiteKey, jobs: int
) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    (folder / "gliner_config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"\xff" * 64)
    path = tmp_path / "detectors.toml"
    path.write_text('[[detector]]\nname = "x"\nkind = "gliner"\nfolder = "models"\n')
    notes = write_lines("notes.jsonl", {"id": "1", "text": NOTE})
    with pytest.raises(InputError, match="gliner") as refusal:
        clean_notes(notes, tmp_path / "out", site_key=site_key, collection="main", detectors=path, jobs=jobs)
    assert refusal.value.remedy
    assert not (tmp_path / "out").exists()
