"""From what people found in a sample to the audit of the certificate.

An audited note is a note of the uniform random sample that somebody read to the end. Its identifiers are those that
were removed and are identifiers, and those that were left. The whole sample has to be read: whoever could skip
difficult notes, or stop where the bound suits, would choose the sample by what it holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cloister.deid.residual_risk.bounds import CONFIDENCE, mean_share, rate
from cloister.study.residual_risk import Audit


@dataclass(frozen=True)
class AuditedNote:
    """What one note held: label -> identifiers removed, label -> identifiers left, and what was removed for nothing."""

    removed: Mapping[str, int] = field(default_factory=dict)
    missed: Mapping[str, int] = field(default_factory=dict)
    false_findings: int = 0

    @property
    def identifiers(self) -> int:
        """Removed or left."""
        return sum(self.removed.values()) + sum(self.missed.values())

    @property
    def missed_share(self) -> float:
        """Of its identifiers, those left; it has some."""
        return sum(self.missed.values()) / self.identifiers


def audit(
    sample: Sequence[AuditedNote | None], audited: date, *, extensions: int = 0, confidence: float = CONFIDENCE
) -> Audit | None:
    """The bounds that a sample supports.

    Args:
        sample: the uniform random sample; None where a note is not finished.
        audited: the day.
        extensions: how often the sample was enlarged after it had been drawn.
        confidence: of every bound.

    Returns:
        The audit; None if nothing was drawn, or a note is not finished.
    """
    notes = [note for note in sample if note is not None]
    if not notes or len(notes) < len(sample):
        return None
    removed, missed = _total(note.removed for note in notes), _total(note.missed for note in notes)
    identifiers = removed.total() + missed.total()
    overall = rate(missed.total(), identifiers, confidence)
    return Audit(
        confidence=confidence,
        audited=audited,
        notes=len(notes),
        extensions=extensions,
        missed=overall,
        missed_per_note=mean_share([note.missed_share for note in notes if note.identifiers], confidence),
        by_label={
            label: rate(missed[label], removed[label] + missed[label], confidence)
            for label in sorted(removed.keys() | missed.keys())
            if removed[label] + missed[label]
        },
        leaking_notes=rate(sum(any(note.missed.values()) for note in notes), len(notes), confidence),
        leaks_per_1000_notes=1000 * overall.upper * identifiers / len(notes),
        false_findings=sum(note.false_findings for note in notes),
    )


def _total(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return total
