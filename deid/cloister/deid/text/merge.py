"""Merging what several detectors found: recall first.

Overlapping findings become one that covers them all; nothing that any detector reported is given up. The label is
that of the longest finding (an e-mail address that holds a name is an e-mail address); between equals the patient's
own record decides, then the score. Every source is kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from cloister.deid.text.finding import Finding

KNOWN = "known"
"""Source of findings that the patient's own record vouches for."""


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
    surest = max(group, key=lambda f: (f.end - f.start, _is_known(f), f.score))
    sources = sorted({source for finding in group for source in finding.source.split("+")})
    return Finding(
        start=group[0].start,
        end=max(finding.end for finding in group),
        label=surest.label,
        score=max(finding.score for finding in group),
        source="+".join(sources),
    )


def _is_known(finding: Finding) -> bool:
    return KNOWN in finding.source.split("+")
