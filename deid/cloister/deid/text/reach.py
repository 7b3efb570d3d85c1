"""How far those of many findings reach that begin before a place: whether any touches or covers another one.

Asking each of them costs a note with many findings the square of their number.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import accumulate

from cloister.deid.text.finding import Finding

_NONE = -1


@dataclass(frozen=True)
class Reach:
    """`starts` of the findings in order, and to each the farthest of the ends up to there."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @classmethod
    def of(cls, findings: Iterable[Finding]) -> Reach:
        """That of findings in any order, overlapping or not."""
        ordered = sorted((finding.start, finding.end) for finding in findings)
        return cls(tuple(start for start, _ in ordered), tuple(accumulate((end for _, end in ordered), max)))

    @classmethod
    def by(cls, kind: Callable[[Finding], str], findings: Iterable[Finding]) -> dict[str, Reach]:
        """Those of the findings of each kind."""
        kinds: defaultdict[str, list[Finding]] = defaultdict(list)
        for finding in findings:
            kinds[kind(finding)].append(finding)
        return {name: cls.of(found) for name, found in kinds.items()}

    def touches(self, finding: Finding) -> bool:
        """Whether one of them shares a character with a finding."""
        return self._before(finding.end) > finding.start

    def covers(self, finding: Finding) -> bool:
        """Whether a finding lies within one of them."""
        return self._before(finding.start + 1) >= finding.end

    def _before(self, place: int) -> int:
        count = bisect_left(self.starts, place)
        return self.ends[count - 1] if count else _NONE
