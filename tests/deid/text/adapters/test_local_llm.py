"""A language model as a voice: quotations are looked up, never believed; no answer can do harm."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.deid.text.adapters.local_llm import LocalLlm, load_local_llm, locate, quotations
from cloister.deid.text.adapters.other_detector import OtherDetectors
from cloister.deid.text.detector import detect
from cloister.study.errors import InputError

NOTE = "Pt known as Big Mo, brother of the baker in Thornbury, came back; Big Mo feels well. Momentum was normal."
answers = st.one_of(
    st.text(),
    st.text(alphabet='[]{}",:\\ntextlabNAME '),
    st.lists(
        st.dictionaries(st.sampled_from(["text", "label", "x"]), st.sampled_from(["NAME", "Big Mo", 3, None]))
    ).map(json.dumps),
    st.lists(
        st.fixed_dictionaries({"text": st.text() | st.sampled_from(["Big Mo", "Thornbury"]), "label": st.just("NAME")})
    ).map(json.dumps),
)


def saying(answer: str) -> LocalLlm:
    return LocalLlm("local-llm:stand-in", lambda _: answer, 0.6)


def quote(*entries: tuple[str, str]) -> str:
    return json.dumps([{"text": text, "label": label} for text, label in entries])


def test_every_place_where_a_quotation_stands_is_found() -> None:
    heard = saying("Here it is:\n```json\n" + quote(("Big Mo", "PATIENT"), ("Thornbury", "city")) + "\n```").find(
        NOTE, "en"
    )
    assert [(NOTE[f.start : f.end], f.label) for f in heard.findings] == [
        ("Big Mo", "NAME"),
        ("Big Mo", "NAME"),
        ("Thornbury", "ADDRESS"),
    ]
    assert {(f.score, f.source) for f in heard.findings} == {(0.6, "local-llm:stand-in")}
    assert heard.unanswered == 0


def test_what_does_not_stand_in_the_note_is_dropped() -> None:
    invented = quote(("John Smith", "NAME"), ("big mo", "NAME"), ("Mo", "ILLNESS"), ("o", "NAME"), (" ; ", "ID"))
    assert saying(invented).find(NOTE, "en").findings == ()


def test_a_quotation_is_never_a_part_of_a_word() -> None:
    assert [span[:2] for span in locate("Momo Mo Mo-Mo", [("Mo", "NAME")])] == [(5, 7), (8, 10), (11, 13)]


@pytest.mark.parametrize(
    "answer", ["", "I cannot help with that.", "[", '[{"text": "Big Mo", "la', '["Big Mo"]', "[" * 100_000 + "]", "[1]"]
)
def test_an_answer_that_is_no_list_of_quotations_counts_as_none(answer: str) -> None:
    heard = saying(answer).find(NOTE, "en")
    assert (heard.findings, heard.unanswered) == ((), 1)


def test_nothing_to_tell_is_an_answer() -> None:
    assert quotations("[]") == []


@settings(max_examples=60)
@given(answers, st.text() | st.just(NOTE))
def test_any_answer_to_any_note_yields_exact_quotations_only(answer: str, note: str) -> None:
    heard = saying(answer).find(note, "en")
    quoted = {text.strip() for text, _ in quotations(answer) or []}
    assert {note[f.start : f.end] for f in heard.findings} <= quoted
    assert heard.unanswered == 0 or not heard.findings


@settings(max_examples=20)
@given(answers)
def test_no_answer_takes_away_what_the_others_find(answer: str) -> None:
    note = "Seen by Dr. Helen Whitcombe on 03/04/2021. MRN: 4471229. " + NOTE
    others = OtherDetectors([(saying(answer), None)])
    hidden = {index for f in detect(note, others=others) for index in range(f.start, f.end)}
    assert {index for f in detect(note) for index in range(f.start, f.end)} <= hidden


def test_a_long_note_is_asked_about_piece_by_piece_with_nothing_left_out() -> None:
    asked: list[str] = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return quote(("Big Mo", "NAME"))

    note = "The patient is well. " * 400 + NOTE
    heard = LocalLlm("x", answer, 0.6).find(note, "en")
    assert len(asked) > 3
    assert [note[f.start : f.end] for f in heard.findings] == ["Big Mo", "Big Mo"]
    assert all("Answer with a JSON list" in prompt for prompt in asked)


def test_a_model_from_a_folder_answers_the_same_every_time(language_model_folder: Path) -> None:
    model = load_local_llm(language_model_folder, "local-llm:tiny", score=0.6, max_tokens=16)
    first = model.answer("List the names in: Ana Ruiz was seen today .")
    assert first
    assert first == model.answer("List the names in: Ana Ruiz was seen today .")
    heard = model.find("Ana Ruiz was seen today .", "en")
    assert (heard.findings, heard.unanswered) == ((), 1)  # random weights answer nonsense


def test_the_template_of_the_model_frames_the_prompt(language_model_folder: Path) -> None:
    model = load_local_llm(language_model_folder, "x", score=0.6, max_tokens=16)
    with_template = model.answer.tokenizer.decode(model.answer._encoded("fever today")["input_ids"][0])  # type: ignore[attr-defined]
    assert with_template == "plan fever today"


def test_a_prompt_that_does_not_fit_has_no_answer(language_model_folder: Path) -> None:
    model = load_local_llm(language_model_folder, "x", score=0.6, max_tokens=4000)
    assert model.find(NOTE, "en").unanswered == 1


def test_only_language_models_in_safetensors_are_loaded(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    with pytest.raises(InputError, match="safetensors"):
        load_local_llm(tmp_path, "x", score=0.6, max_tokens=16)
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(InputError, match="no tokenizer"):
        load_local_llm(tmp_path, "x", score=0.6, max_tokens=16)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(InputError, match="language model"):
        load_local_llm(tmp_path, "x", score=0.6, max_tokens=16)
