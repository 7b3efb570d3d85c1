"""The second look at a note: what was surely a name in one place is a name wherever it stands.

`Giovanni Di Stefano, MD` in the signature makes the bare `Di Stefano` in the text a finding too, in any case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from cloister.deid.text.finding import Finding
from cloister.deid.text.folded import folded
from cloister.deid.text.name_words import EVERYDAY_WORDS, PARTICLES

SURE = 0.7
"""Lowest score of a name that is looked for again."""
_SCORE = 0.6
_SHORTEST = 3
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def find_repeats(text: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Other occurrences of the words of sure names.

    Args:
        text: the note.
        findings: what the first look found.
    """
    lowered = folded(text)
    words = {
        word
        for finding in findings
        if finding.label == "NAME" and finding.score >= SURE
        for word in _WORD.findall(lowered[finding.start : finding.end])
        if len(word) >= _SHORTEST and word not in EVERYDAY_WORDS and word not in PARTICLES
    }
    if not words:
        return
    for match in _WORD.finditer(lowered):
        if match[0] in words:
            yield Finding(match.start(), match.end(), "NAME", _SCORE, "repeat")
