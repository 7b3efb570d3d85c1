"""Likely tokens become findings: disjoint, without loose signs, sure stretches apart from unsure ones."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.taggers.spans import LOWEST, findings
from cloister.deid.text.taggers.tokens import tokenize


def found(text: str, scores: list[float], labels: list[Label]) -> list[Finding]:
    return list(findings(tokenize(text), np.array(scores, np.float32), labels, text, "crf"))


def test_neighbours_of_one_kind_are_one_finding_without_the_sign_behind() -> None:
    (finding,) = found("Ana Ruiz, MD", [0.9, 0.8, 0.7, 0.0], ["NAME"] * 4)
    assert (finding.start, finding.end, finding.label, finding.source) == (0, 8, "NAME", "crf")
    assert np.isclose(finding.score, 0.85)


def test_a_sure_stretch_is_not_diluted_by_an_unsure_one() -> None:
    sure, unsure = found("Ana said", [0.99, 0.2], ["NAME"] * 2)
    assert (sure.start, sure.end, unsure.start, unsure.end) == (0, 3, 4, 8)
    assert sure.score > 0.9 > 0.3 > unsure.score


def test_the_words_of_a_sure_name_stand_together() -> None:
    (finding,) = found("Rosa Achebe-Lindqvist said", [0.4, 0.9, 0.1, 0.05, 0.02], ["NAME"] * 5)
    assert (finding.start, finding.end) == (0, 21)
    assert np.isclose(finding.score, 0.9)


def test_a_hyphen_joins_nothing_to_a_date() -> None:
    (finding,) = found("May-related", [0.9, 0.0, 0.0], ["DATE"] * 3)
    assert (finding.start, finding.end) == (0, 3)


def test_a_blank_line_parts_two_identifiers() -> None:
    assert len(found("Ana\n\nRuiz", [0.9, 0.9], ["NAME"] * 2)) == 2


@settings(max_examples=150)
@given(st.text(alphabet="aB1 .,\n-", max_size=60), st.integers(0, 2**32 - 1))
def test_findings_are_disjoint_ordered_and_hold_every_likely_word(text: str, seed: int) -> None:
    draw = np.random.default_rng(seed)
    tokens = tokenize(text)
    scores = draw.random(len(tokens), dtype=np.float32)
    labels: list[Label] = [("NAME", "DATE")[at] for at in draw.integers(0, 2, len(tokens))]
    result = list(findings(tokens, scores, labels, text, "crf"))
    assert all(one.end <= other.start for one, other in pairwise(result))
    for start, end, word, score in zip(tokens.start, tokens.end, tokens.words, scores, strict=True):
        if word[0].isalnum() and score >= LOWEST:
            assert any(finding.start <= start and end <= finding.end for finding in result)
