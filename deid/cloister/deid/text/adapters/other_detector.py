"""What a detector that a site adds looks like, and all of them as one.

Another detector can only add: what it finds joins the union under a source of its own, and passes the same thresholds,
profile and allow-list as what ours find.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from cloister.deid.text.finding import Finding


@dataclass(frozen=True)
class Heard:
    """What a detector said of a text: findings, and how many passages it gave no usable answer about."""

    findings: tuple[Finding, ...]
    unanswered: int = 0


class OtherDetector(Protocol):
    """A detector with a name, which its findings carry as their source."""

    @property
    def source(self) -> str:
        """Such as `token-classifier:stanford`."""

    def find(self, text: str, language: str) -> Heard:
        """The identifiers in a text: offsets are code points of the unchanged text, and findings may overlap."""


class OtherDetectors:
    """All that a site adds, asked one after the other.

    Args:
        detectors: with the languages that each is asked about; None stands for every language.
    """

    def __init__(self, detectors: Iterable[tuple[OtherDetector, Sequence[str] | None]]) -> None:
        self._detectors = tuple(detectors)
        self._unanswered: Counter[str] = Counter()

    def find(self, text: str, language: str) -> list[Finding]:
        """What they find.

        Raises:
            ValueError: a detector reported something outside the text: nothing that it says can be trusted.
        """
        found: list[Finding] = []
        for detector, languages in self._detectors:
            if languages is not None and language not in languages:
                continue
            heard = detector.find(text, language)
            if any(not 0 <= finding.start < finding.end <= len(text) for finding in heard.findings):
                raise ValueError(f"{detector.source} reported offsets outside the text")
            self._unanswered[detector.source] += heard.unanswered
            found += heard.findings
        return found

    def take_unanswered(self) -> dict[str, int]:
        """By source, how many passages had no usable answer since this was last asked."""
        taken = {source: count for source, count in sorted(self._unanswered.items()) if count}
        self._unanswered.clear()
        return taken
