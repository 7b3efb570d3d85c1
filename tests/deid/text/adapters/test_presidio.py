"""Presidio both ways: our detectors in its registry, its recognisers among our detectors."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("presidio_analyzer", reason="the extra `presidio` is not installed")

from cloister.deid.text.adapters import for_presidio
from cloister.deid.text.adapters.for_presidio import ENTITIES, CloisterRecognizer, recognizers
from cloister.deid.text.adapters.other_detector import OtherDetectors
from cloister.deid.text.adapters.presidio import load_presidio, local_nlp_engine, presidio_detector
from cloister.deid.text.detector import detect
from cloister.deid.text.finding import LABELS
from cloister.study.errors import InputError, MissingFileError

ABSENT_RECOGNIZER = "supported_languages: [en]\nrecognizers: [{name: GLiNERRecognizer, type: predefined}]\n"
NOTE = "Ms. Adaeze Okonkwo (MRN: 4471229) was seen by Dr. Helen Whitcombe on 03/07/2021; call 555-010-2233."


@pytest.fixture(autouse=True)
def _without_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


def analyzer_of(*added: Any, languages: tuple[str, ...] = ("en",)) -> Any:
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

    registry = RecognizerRegistry(recognizers=list(added), supported_languages=list(languages))
    return AnalyzerEngine(
        registry=registry, nlp_engine=local_nlp_engine({}, languages), supported_languages=list(languages)
    )


def test_an_analyzer_with_our_recognizers_finds_what_our_detectors_find() -> None:
    from presidio_analyzer import RecognizerRegistry

    registry = RecognizerRegistry(recognizers=[], supported_languages=["en"])
    for recognizer in recognizers("en"):
        registry.add_recognizer(recognizer)
    analyzer = analyzer_of(*registry.recognizers)
    results = analyzer.analyze(NOTE, "en")
    ours = {(f.start, f.end, ENTITIES[f.label]) for f in detect(NOTE)}
    assert {(r.start, r.end, r.entity_type) for r in results} == ours
    assert {"PERSON", "DATE_TIME", "PHONE_NUMBER", "MEDICAL_RECORD_NUMBER"} <= {r.entity_type for r in results}


def test_one_kind_alone_can_be_asked_for() -> None:
    analyzer = analyzer_of(CloisterRecognizer("MRN"), CloisterRecognizer("PHONE"))
    assert set(analyzer.get_supported_entities("en")) == {"MEDICAL_RECORD_NUMBER", "PHONE_NUMBER"}
    (found,) = analyzer.analyze(NOTE, "en", entities=["MEDICAL_RECORD_NUMBER"])
    assert NOTE[found.start : found.end] == "4471229"
    assert found.recognition_metadata["recognizer_name"] == "CloisterMEDICAL_RECORD_NUMBER"


def test_there_is_one_for_every_kind_that_the_profile_removes() -> None:
    assert set(ENTITIES) == set(LABELS)
    assert len(set(ENTITIES.values())) == len(ENTITIES)
    assert {r.supported_entities[0] for r in recognizers("es", "maximal")} == set(ENTITIES.values())
    assert "DATE_TIME" not in {r.supported_entities[0] for r in recognizers("en", "limited-dataset")}
    with pytest.raises(InputError, match="rofile"):
        recognizers("en", "none")


def test_a_text_is_read_once_for_all_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def counting(text: str, **options: Any) -> Any:
        read.append(text)
        return detect(text, **options)

    monkeypatch.setattr(for_presidio, "detect", counting)
    for_presidio._found.cache_clear()
    analyzer_of(*recognizers("en")).analyze(NOTE, "en")
    assert read == [NOTE]


def test_presidio_s_recognisers_work_inside_detect() -> None:
    theirs = load_presidio("presidio:p", pipelines={}, languages=("en",), recognizers=None, labels={}, lowest=0.3)
    text = "Her wallet 16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ was noted; mail to k.odenkirk@clinic.org."
    found = {
        (text[f.start : f.end], f.label, f.source)
        for f in detect(text, others=OtherDetectors([(theirs, None)]))
        if "presidio:p" in f.source
    }
    assert any(value == "16Yeky6GMjeNkAiNcBY7ZhrLoMSgg1BoyZ" and label == "ACCOUNT" for value, label, _ in found)
    assert any(value.startswith("k.odenkirk@") and label == "EMAIL" for value, label, _ in found)


def test_a_recogniser_of_one_s_own_needs_a_label() -> None:
    from presidio_analyzer import Pattern, PatternRecognizer

    badge = PatternRecognizer("BADGE", patterns=[Pattern("badge", r"\bstaff-[a-z]{4}\b", 0.8)])
    analyzer = analyzer_of(badge)
    with pytest.raises(InputError, match="BADGE"):
        presidio_detector(analyzer, "presidio:own")
    mapped = presidio_detector(analyzer, "presidio:own", labels={"BADGE": "NAME"})
    text = "Escorted by staff-qwxz."
    assert not [f for f in detect(text) if "staff-qwxz" in text[f.start : f.end]]
    (found,) = mapped.find(text, "en").findings
    assert (text[found.start : found.end], found.label, found.source) == ("staff-qwxz", "NAME", "presidio:own")
    assert presidio_detector(analyzer, "x", labels={"BADGE": None}).find(text, "en").findings == ()


def test_context_words_count_without_a_language_model() -> None:
    from presidio_analyzer import Pattern, PatternRecognizer

    locker = PatternRecognizer("LOCKER", patterns=[Pattern("l", r"\b\d{3}\b", 0.2)], context=["locker"])
    theirs = presidio_detector(analyzer_of(locker), "p", labels={"LOCKER": "ID"}, lowest=0.4)
    assert [f.start for f in theirs.find("Keeps her bag in Locker 417 now", "en").findings] == [24]
    assert theirs.find("The platelet count was 417 today", "en").findings == ()


@pytest.mark.heavy
def test_a_spacy_pipeline_from_a_folder_lends_its_names(tmp_path: Path) -> None:
    import spacy

    pipeline = spacy.blank("en")
    pipeline.add_pipe("entity_ruler").add_patterns([{"label": "PERSON", "pattern": "Quillfeather"}])
    pipeline.to_disk(tmp_path / "pipeline")
    theirs = load_presidio(
        "presidio:ner",
        pipelines={"en": tmp_path / "pipeline"},
        languages=("en",),
        recognizers=None,
        labels={},
        lowest=0.3,
    )
    text = "we met quillfeather and Quillfeather"
    assert ("NAME", 24, 36) in {(f.label, f.start, f.end) for f in theirs.find(text, "en").findings}
    assert theirs.find(text, "es").findings == ()


def test_missing_and_broken_files_are_typed_errors(tmp_path: Path) -> None:
    def load(pipelines: dict[str, Path], recognizers: Path | None) -> None:
        load_presidio("p", pipelines=pipelines, languages=("en",), recognizers=recognizers, labels={}, lowest=0.3)

    with pytest.raises(MissingFileError):
        load({"en": tmp_path / "none"}, None)
    with pytest.raises(MissingFileError):
        load({}, tmp_path / "none.yaml")
    with pytest.raises(InputError, match="spaCy"):
        load({"en": tmp_path}, None)
    (tmp_path / "config.cfg").write_text("[nlp]\nlang = 5\npipeline = []\n")
    (tmp_path / "meta.json").write_text('{"lang": "en", "name": "x", "version": "1"}')
    with pytest.raises(InputError, match=r"spaCy cannot load it \(ImportError\)"):
        load({"en": tmp_path}, None)
    for text in ("recognizers: 3\n", ABSENT_RECOGNIZER):
        (tmp_path / "bad.yaml").write_text(text)
        with pytest.raises(InputError, match="Presidio cannot read"):
            load({}, tmp_path / "bad.yaml")
