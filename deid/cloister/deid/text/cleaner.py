"""Cleaning one note of one patient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cloister.deid.text.detector import DEFAULT_THRESHOLDS, detect
from cloister.deid.text.finding import Label
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.text.replace import replace
from cloister.deid.text.surrogates import Surrogates


@dataclass(frozen=True)
class CleanedText:
    """A note without its identifiers, and how many of each label there were."""

    text: str
    findings: Mapping[Label, int]


def clean_text(
    text: str,
    known: KnownIdentifiers,
    surrogates: Surrogates | None,
    reference: date | None,
    thresholds: Mapping[Label, float] = DEFAULT_THRESHOLDS,
) -> CleanedText:
    """Replace every identifier in a note.

    Args:
        text: the note.
        known: what the patient's own record lists.
        surrogates: the patient's surrogates; None writes tags such as `[NAME]`, and then cleaning the cleaned text
            again changes nothing.
        reference: the date of the note.
        thresholds: label -> lowest score that counts.
    """
    counts: Counter[Label] = Counter()
    while True:
        findings = detect(text, known, thresholds)
        counts.update(finding.label for finding in findings)
        text = replace(text, findings, surrogates, reference)
        # A tag can bring words together that only now read as an identifier. Every pass with a finding turns some
        # of the remaining text into a tag, so this ends.
        if surrogates is not None or not findings:
            return CleanedText(text, dict(counts))
