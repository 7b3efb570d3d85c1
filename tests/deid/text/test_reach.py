"""What touches or covers a finding, against asking every other one; and the cost of not asking them."""

from __future__ import annotations

from operator import attrgetter

from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.text.finding import Finding
from cloister.deid.text.reach import Reach

findings = st.builds(
    lambda start, length, source: Finding(start, start + length, "NAME", 0.5, source),
    st.integers(0, 30),
    st.integers(0, 12),
    st.sampled_from(["crf", "neural", "street"]),
)


@given(findings, st.lists(findings, max_size=12))
def test_reach_is_asking_each(finding: Finding, others: list[Finding]) -> None:
    reach = Reach.of(others)
    assert reach.touches(finding) == any(o.start < finding.end and finding.start < o.end for o in others)
    assert reach.covers(finding) == any(o.start <= finding.start and finding.end <= o.end for o in others)


@given(st.lists(findings, max_size=12))
def test_findings_of_each_kind_are_kept_apart(others: list[Finding]) -> None:
    kinds = Reach.by(attrgetter("source"), others)
    assert kinds == {source: Reach.of(o for o in others if o.source == source) for source in {o.source for o in others}}
