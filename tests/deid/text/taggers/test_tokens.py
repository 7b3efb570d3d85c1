"""Tokens cover every letter and digit, keep their offsets, and know their line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.deid.text.taggers.tokens import LONGEST, segments, tokenize

TEXTS = st.text(alphabet=st.one_of(st.sampled_from("abcXYZéß09 .,:\n\t'’-/_@ñÑ"), st.characters()), max_size=200)


@settings(max_examples=200)
@given(TEXTS)
def test_every_token_is_the_text_between_its_offsets(text: str) -> None:
    tokens = tokenize(text)
    assert all(text[s:e] == w for s, e, w in zip(tokens.start, tokens.end, tokens.words, strict=True))
    assert list(tokens.start) == sorted(tokens.start)
    assert all(after >= end for end, after in zip(tokens.end, tokens.start[1:], strict=False))


@settings(max_examples=200)
@given(TEXTS)
def test_no_letter_and_no_digit_is_outside_all_tokens(text: str) -> None:
    tokens = tokenize(text)
    covered = {at for s, e in zip(tokens.start, tokens.end, strict=True) for at in range(s, e)}
    assert not [at for at, character in enumerate(text) if character.isalnum() and at not in covered]


@settings(max_examples=100)
@given(TEXTS, st.integers(0, 10**6))
def test_an_offset_moves_the_offsets_and_nothing_else(text: str, offset: int) -> None:
    here, there = tokenize(text), tokenize(text, offset)
    assert there.words == here.words
    assert there.start == tuple(position + offset for position in here.start)


@settings(max_examples=200)
@given(TEXTS)
def test_segments_partition_the_tokens(text: str) -> None:
    tokens = tokenize(text)
    cut = segments(tokens)
    assert [index for first, after in cut for index in range(first, after)] == list(range(len(tokens)))
    assert all(0 < after - first <= LONGEST for first, after in cut)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("03/02/2020", ["03", "/", "02", "/", "2020"]),
        ("JohnSmith", ["John", "Smith"]),
        ("O'Brien's MRN:A12", ["O'Brien's", "MRN", ":", "A", "12"]),
        ("Jose\u0301 Núñez", ["Jose\u0301", "Núñez"]),
        ("MRSA SpO2 McDonald", ["MRSA", "SpO", "2", "Mc", "Donald"]),
    ],
)
def test_texts_are_cut_where_letters_digits_and_case_change(text: str, words: list[str]) -> None:
    assert list(tokenize(text).words) == words


def test_a_value_knows_the_word_before_the_colon_even_on_the_line_above() -> None:
    tokens = tokenize("Fecha de ingreso: 12\nMédico:\nIgnacio Navarro\n\nInforme")
    key = {word: tokens.words[at] if at >= 0 else None for word, at in zip(tokens.words, tokens.key, strict=True)}
    assert key["12"] == "ingreso"
    assert key["Ignacio"] == key["Navarro"] == "Médico"
    assert key["Informe"] is None
    assert key["Fecha"] is None


@pytest.mark.parametrize(
    ("text", "cases"),
    [("john smith, rn", "l"), ("SEEN BY DR SMITH", "u"), ("Seen by Dr Smith", "m"), ("PATIENT NAME\nseen by Bo", "um")],
)
def test_case_is_told_by_passage_and_line(text: str, cases: str) -> None:
    assert "".join(dict.fromkeys(tokenize(text).case)) == cases
