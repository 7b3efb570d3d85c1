"""Merging is recall first: the union of characters stays, findings become disjoint."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.text.finding import LABELS, Finding
from cloister.deid.text.merge import merge

findings = st.builds(
    lambda start, length, label, score, source: Finding(start, start + length, label, score, source),
    st.integers(0, 40),
    st.integers(0, 12),
    st.sampled_from(LABELS),
    st.sampled_from([0.3, 0.6, 0.9]),
    st.sampled_from(["name", "known", "date"]),
)


def covered(found: list[Finding]) -> set[int]:
    return {position for finding in found for position in range(finding.start, finding.end)}


@given(st.lists(findings, max_size=12))
def test_the_same_characters_are_covered_once(found: list[Finding]) -> None:
    merged = merge(found)
    assert covered(merged) == covered(found)
    assert all(left.end <= right.start for left, right in pairwise(merged))


@given(st.lists(findings, max_size=12))
def test_every_source_is_kept_and_merging_again_changes_nothing(found: list[Finding]) -> None:
    merged = merge(found)
    assert {s for f in merged for s in f.source.split("+")} == {f.source for f in found if f.start < f.end}
    assert merge(merged) == merged
