"""From probabilities of tokens to findings.

Neighbouring tokens that are likely to belong to an identifier of one kind make one finding. Where a sure stretch
meets an unsure one they are reported apart, so that a threshold can keep the sure one alone. A name is different: its
parts stand or fall together, so a sure stretch takes along the less sure words of the name beside it, and the other
half of a word with a hyphen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.taggers.tokens import Tokens

LOWEST = 0.1
"""Tokens less likely than this are not reported."""
SURE = 0.5
DRAWN = 0.25
"""Words beside a sure name that are likelier than this to belong to it do."""


def findings(
    tokens: Tokens, scores: NDArray[np.float32], labels: Sequence[Label], text: str, source: str
) -> Iterator[Finding]:
    """The stretches of likely tokens, in order and disjoint.

    Args:
        tokens: of a passage; their offsets point into `text`.
        scores: (tokens,), the calibrated probability that a token belongs to an identifier.
        labels: of which kind, per token.
        text: the whole text.
        source: what the findings carry as their source.
    """
    scores, labels = _with_whole_names(tokens, scores, labels)
    levels = np.digitize(scores, (LOWEST, SURE))
    index = 0
    while index < len(tokens):
        level, label = levels[index], labels[index]
        after = index + 1
        if level:
            while (
                after < len(tokens)
                and levels[after] == level
                and labels[after] == label
                and _joined(tokens, after, text)
            ):
                after += 1
            first, last = _trimmed(tokens, index, after)
            if first < last:
                score = float(scores[first:last].mean())
                yield Finding(tokens.start[first], tokens.end[last - 1], label, score, source)
        index = after


def _with_whole_names(
    tokens: Tokens, scores: NDArray[np.float32], labels: Sequence[Label]
) -> tuple[NDArray[np.float32], list[Label]]:
    """Scores and labels in which every word of a sure name is as sure as the word beside it."""
    scores, labels = scores.copy(), list(labels)

    def draw(index: int, beside: int) -> None:
        scores[index], labels[index] = max(scores[index], scores[beside]), "NAME"

    for step in (1, -1):
        for index in range(len(tokens)) if step == 1 else range(len(tokens) - 1, -1, -1):
            if labels[index] != "NAME" or scores[index] < SURE:
                continue
            beside, half = index + step, index + 2 * step
            if _are_halves(tokens, min(index, half), max(index, half)):
                draw(beside, index)
                draw(half, index)
            elif (
                0 <= beside < len(tokens)
                and labels[beside] == "NAME"
                and DRAWN <= scores[beside] < SURE
                and tokens.start[max(index, beside)] - tokens.end[min(index, beside)] <= 1
            ):
                draw(beside, index)
    return scores, labels


def _are_halves(tokens: Tokens, first: int, last: int) -> bool:
    """Whether two tokens are words that a hyphen joins."""
    return (
        first >= 0
        and last < len(tokens)
        and tokens.words[first + 1] == "-"
        and tokens.glued[first + 1]
        and tokens.glued[last]
        and tokens.words[first][0].isalpha()
        and tokens.words[last][0].isalpha()
    )


def _joined(tokens: Tokens, index: int, text: str) -> bool:
    """Whether nothing but a little blank space lies between a token and the one before it."""
    gap = text[tokens.end[index - 1] : tokens.start[index]]
    return len(gap) < 4 and gap.count("\n") < 2


def _trimmed(tokens: Tokens, first: int, after: int) -> tuple[int, int]:
    """Without signs at the ends."""
    while first < after and not _tells(tokens.words[first]):
        first += 1
    while first < after and not _tells(tokens.words[after - 1]):
        after -= 1
    return first, after


def _tells(word: str) -> bool:
    return word[0].isalnum() or word in "*#+"
