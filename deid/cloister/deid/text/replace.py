"""Putting replacements where the identifiers stood."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

from cloister.deid.text.documents import Document, Edit
from cloister.deid.text.finding import Finding
from cloister.deid.text.surrogates import Surrogates

Mode = Literal["surrogate", "tag"]


def replace(
    document: Document,
    findings: Iterable[Finding],
    surrogates: Surrogates | None,
    reference: date | None,
    language: str = "en",
) -> Document:
    """The document with every finding replaced and its metadata dropped.

    Args:
        document: the findings refer to its visible text.
        findings: disjoint, in the order of the text, as `merge` gives them.
        surrogates: the patient's surrogates; None writes tags such as `[NAME]`.
        reference: the date of the note.
        language: of the note.

    Raises:
        UnreadableError: the format does not take it.
    """
    edits = []
    for finding in findings:
        value = document.text[finding.start : finding.end]
        replacement = (
            f"[{finding.label}]"
            if surrogates is None
            else surrogates.replace(finding.label, value, reference, language)
        )
        edits.append(Edit(finding.start, finding.end, replacement))
    return document.replaced(edits)
