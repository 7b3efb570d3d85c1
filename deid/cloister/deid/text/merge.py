"""Merging what several detectors found: recall first.

Overlapping findings become one that covers them all; nothing that any detector reported is given up. Of those that
cover most of it, the label is that of the patient's own record, then of what announces itself (a label in the text, a
checksum, a layout) or was found in another place, then of the taggers and lists, last of the nets for any code;
between equals the score decides.
An e-mail address that holds a name is an e-mail address. Every source is kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from cloister.deid.text.finding import Finding

KNOWN = "known"
"""Source of findings that the patient's own record vouches for."""
_MOST = 0.5
"""Share of the longest finding's length from which a finding has a say in the label."""
_TAGGERS = frozenset({"crf", "neural"})
_SURE = 0.8
"""Score from which a pattern has more to say than a tagger."""
_NETS = frozenset({"unique-code"})


def merge(findings: Iterable[Finding]) -> list[Finding]:
    """Disjoint findings in the order of the text that together cover the same characters.

    Args:
        findings: in any order, overlapping or not; empty ones are ignored.
    """
    merged: list[Finding] = []
    group: list[Finding] = []
    end = -1
    for finding in sorted((f for f in findings if f.start < f.end), key=lambda f: (f.start, -f.end)):
        if group and finding.start >= end:
            merged.append(_union(group))
            group = []
        group.append(finding)
        end = max(end, finding.end) if len(group) > 1 else finding.end
    if group:
        merged.append(_union(group))
    return merged


def _union(group: list[Finding]) -> Finding:
    if len(group) == 1:
        return group[0]
    longest = max(finding.end - finding.start for finding in group)
    voters = [finding for finding in group if finding.end - finding.start >= _MOST * longest]
    surest = max(voters, key=lambda f: (_weight(f), f.score, f.end - f.start, f.label))
    sources = sorted({source for finding in group for source in finding.source.split("+")})
    return Finding(
        start=group[0].start,
        end=max(finding.end for finding in group),
        label=surest.label,
        score=max(finding.score for finding in group),
        source="+".join(sources),
    )


def _weight(finding: Finding) -> int:
    """How much a finding has to say about the label."""
    sources = set(finding.source.split("+"))
    if KNOWN in sources:
        return 3
    if sources <= _NETS:
        return 0
    if "repeat" in sources:
        return 2
    return 1 if sources <= _TAGGERS | _NETS or finding.score < _SURE else 2
