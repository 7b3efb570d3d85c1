"""Putting replacements where the identifiers stood."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

from cloister.deid.text.finding import Finding
from cloister.deid.text.surrogates import Surrogates

Mode = Literal["surrogate", "tag"]


def replace(
    text: str, findings: Iterable[Finding], surrogates: Surrogates | None, reference: date | None, language: str = "en"
) -> str:
    """The text with every finding replaced.

    Args:
        text: the text that the findings refer to.
        findings: disjoint, in the order of the text, as `merge` gives them.
        surrogates: the patient's surrogates; None writes tags such as `[NAME]`.
        reference: the date of the note.
        language: of the note.
    """
    pieces = []
    position = 0
    for finding in findings:
        pieces.append(text[position : finding.start])
        value = text[finding.start : finding.end]
        pieces.append(
            f"[{finding.label}]"
            if surrogates is None
            else surrogates.replace(finding.label, value, reference, language)
        )
        position = finding.end
    return "".join([*pieces, text[position:]])
