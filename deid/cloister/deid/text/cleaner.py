"""Cleaning one note of one patient."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from cloister.deid.text.detector import detect
from cloister.deid.text.documents import Document, read_document
from cloister.deid.text.finding import LABELS, Finding, Label
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.text.merge import merge
from cloister.deid.text.profiles import SAFE_HARBOR, Profile
from cloister.deid.text.repeats import SureIdentifiers
from cloister.deid.text.replace import replace
from cloister.deid.text.site_identifiers import SiteIdentifiers
from cloister.deid.text.surrogates import Surrogates

if TYPE_CHECKING:
    from cloister.deid.text.adapters.other_detector import OtherDetectors

_LAST_LOOKS = 4
_TAGS = tuple(f"[{label}]" for label in LABELS)


@dataclass(frozen=True)
class CleanedText:
    """A note without its identifiers, and how many of each label there were.

    `parts_removed` counts what a document held besides its text and was not written back, see `documents`.
    """

    text: str
    findings: Mapping[Label, int]
    parts_removed: int = 0


def find_identifiers(
    text: str,
    known: KnownIdentifiers,
    *,
    language: str = "en",
    profile: Profile = SAFE_HARBOR,
    sure: SureIdentifiers | None = None,
    site: SiteIdentifiers | None = None,
    others: OtherDetectors | None = None,
) -> list[Finding]:
    """What has to be replaced in a note: disjoint, in order.

    Args:
        text: the visible text of the note, see `documents`.
        known: what the patient's own record lists.
        language: of the note.
        profile: what has to go.
        sure: what was found for sure in the patient's other notes.
        site: the rare identifiers of all patients.
        others: detectors that the site adds.
    """
    findings = detect(text, known, language=language, profile=profile, sure=sure, others=others)
    of_site = [finding for finding in site.find(text) if not _in_tag(text, finding)] if site is not None else []
    return merge([*findings, *of_site]) if of_site else findings


def clean_text(
    text: str,
    known: KnownIdentifiers,
    surrogates: Surrogates | None,
    reference: date | None,
    *,
    language: str = "en",
    profile: Profile = SAFE_HARBOR,
    sure: SureIdentifiers | None = None,
    site: SiteIdentifiers | None = None,
    others: OtherDetectors | None = None,
    found: Sequence[Finding] | None = None,
) -> CleanedText:
    """Replace every identifier in a note.

    Args:
        text: the note, in whatever format `documents` reads.
        known: what the patient's own record lists.
        surrogates: the patient's surrogates; None writes tags such as `[NAME]`, and then cleaning the cleaned text
            again changes nothing.
        reference: the date of the note.
        language: of the note.
        profile: what has to go.
        sure: what was found for sure in the patient's other notes.
        site: the rare identifiers of all patients.
        others: detectors that the site adds.
        found: what `find_identifiers` has found in its visible text with these arguments; looked for if absent.

    Raises:
        UnreadableError: the note is in a format that is used in a way that is not understood.
    """
    counts: Counter[Label] = Counter()
    findings = found
    document = read_document(text)
    parts_removed = document.removed
    while True:
        if findings is None:
            findings = find_identifiers(
                document.text, known, language=language, profile=profile, sure=sure, site=site, others=others
            )
        counts.update(finding.label for finding in findings)
        before, document = document.text, replace(document, findings, surrogates, reference, language)
        # A tag can bring words together that only now read as an identifier. Every pass with a finding turns some
        # of the remaining text into a tag, so this ends; names of a mail's own fields stay, whatever they look like.
        if surrogates is not None or document.text == before:
            return CleanedText(_without_known(document, known).source, dict(counts), parts_removed)
        findings = None


def _without_known(document: Document, known: KnownIdentifiers) -> Document:
    """A last look: a surrogate and the words beside it can together read as what the record lists."""
    for _ in range(_LAST_LOOKS):
        text = document.text
        left = merge(finding for finding in known.find(text) if not _in_tag(text, finding))
        if not left:
            break
        document = replace(document, left, None, None)
    return document


def _in_tag(text: str, finding: Finding) -> bool:
    return text[max(0, finding.start - 1) : finding.end + 1] in _TAGS or text[finding.start : finding.end] in _TAGS
