"""All recognisers over one text, with the thresholds of each label and the patient's own identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cloister.deid.text.finding import LABELS, Finding, Label
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.text.merge import merge
from cloister.deid.text.recognizers import RECOGNIZERS
from cloister.deid.text.repeats import find_repeats

DEFAULT_THRESHOLDS: Mapping[Label, float] = dict.fromkeys(LABELS, 0.3)
"""Score below which a finding is dropped, per label. Low on purpose: recall comes first."""

_TAG = re.compile(rf"\[(?:{'|'.join(LABELS)})\]")


def detect(
    text: str, known: KnownIdentifiers | None = None, thresholds: Mapping[Label, float] = DEFAULT_THRESHOLDS
) -> list[Finding]:
    """The identifiers in a text: disjoint, in order, offsets in code points of the unchanged text.

    Args:
        text: a note.
        known: what the record of the note's patient lists. Its findings pass every threshold.
        thresholds: label -> lowest score that counts.
    """
    findings = [
        finding
        for recognizer in RECOGNIZERS
        for finding in recognizer.find(text)
        if finding.score >= thresholds[finding.label]
    ]
    if known is not None:
        findings.extend(known.find(text))
    findings.extend(find_repeats(text, findings))
    merged = merge(findings)
    return list(_outside_tags(text, merged)) if "[" in text else merged


def _outside_tags(text: str, findings: list[Finding]) -> Iterator[Finding]:
    """Findings without the tags in them: what an earlier run wrote is no identifier."""
    tags = [match.span() for match in _TAG.finditer(text)]
    for finding in findings:
        start = finding.start
        for left, right in tags:
            if right <= start or left >= finding.end:
                continue
            yield from _piece(text, finding, start, left)
            start = right
        yield from _piece(text, finding, start, finding.end)


def _piece(text: str, finding: Finding, start: int, end: int) -> Iterator[Finding]:
    kept = text[start:end].strip(" \t\r\n,.;:-")
    if any(character.isalnum() for character in kept):
        offset = start + text[start:end].index(kept)
        yield Finding(offset, offset + len(kept), finding.label, finding.score, finding.source)
