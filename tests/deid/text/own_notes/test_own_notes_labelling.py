"""Spans on the borders of tokens survive being written as labels of tokens and read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.evaluation.annotated_note import Span
from cloister.deid.text.own_notes.labelling import LONGEST, labels_of, spans_of_labels, stretches
from cloister.deid.text.taggers.tokens import Tokens, tokenize

TEXTS = st.text(alphabet="Ab1 .:\n", min_size=1, max_size=60)


@st.composite
def texts_with_spans(draw: st.DrawFn) -> tuple[str, Tokens, list[Span]]:
    text = draw(TEXTS)
    tokens = tokenize(text)
    spans, first = [], 0
    while first < len(tokens):
        after = draw(st.integers(first + 1, min(first + 3, tokens.last[first] + 1)))
        if draw(st.booleans()):
            spans.append(Span(tokens.start[first], tokens.end[after - 1], draw(st.sampled_from("XY"))))
        first = after
    return text, tokens, spans


@given(texts_with_spans())
def test_spans_become_labels_and_the_same_spans_again(drawn: tuple[str, Tokens, list[Span]]) -> None:
    text, tokens, spans = drawn
    assert list(spans_of_labels(tokens, labels_of(tokens, spans), text)) == spans


def test_neighbours_of_one_label_are_told_apart_by_a_mark_on_the_second() -> None:
    tokens = tokenize("Soria Segovia Avila")
    labels = labels_of(tokens, [Span(0, 5, "TOWN"), Span(6, 13, "TOWN")])
    assert labels == ["TOWN", "B-TOWN", "O"]


@pytest.mark.parametrize(("words", "lines"), [(1, 1), (LONGEST, 2), (LONGEST + 1, 2), (3 * LONGEST - 1, 1)])
def test_every_token_lies_in_one_stretch_and_no_stretch_crosses_a_line(words: int, lines: int) -> None:
    tokens = tokenize("\n".join(["word " * words] * lines))
    cut = stretches(tokens)
    assert [place for first, after in cut for place in range(first, after)] == list(range(len(tokens)))
    assert all(tokens.first[first] == tokens.first[after - 1] and after - first <= LONGEST for first, after in cut)
