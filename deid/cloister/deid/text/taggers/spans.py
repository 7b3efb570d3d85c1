"""From probabilities of tokens to findings.

Neighbouring tokens that are likely to belong to an identifier of one kind make one finding. Where a sure stretch
meets an unsure one they are reported apart, so that a threshold can keep the sure one alone.
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
