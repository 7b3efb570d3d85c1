"""All detectors over one text: the patient's own record, the recognisers of its language, the taggers, a second look.

What a detector reports is dropped where its score is under the label's threshold or the profile keeps its label; what
a tagger or a list took for a name and medicine uses for a thing is dropped too. Nothing else is: findings that
overlap become one that covers them all.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from cloister.deid.text.documents import read_document
from cloister.deid.text.finding import LABELS, Finding, Label
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.text.merge import merge
from cloister.deid.text.plausibility import put_right
from cloister.deid.text.profiles import SAFE_HARBOR, Profile
from cloister.deid.text.reach import Reach
from cloister.deid.text.recognizers import recognizers_for
from cloister.deid.text.repeats import SureIdentifiers

if TYPE_CHECKING:
    from cloister.deid.text.adapters.other_detector import OtherDetectors

DEFAULT_THRESHOLDS: Mapping[Label, float] = SAFE_HARBOR.thresholds
"""Score below which a finding is dropped, per label, under the default profile."""

_SECONDS = 0.3
"""Score from which a tagger's finding supports another's."""
_DOUBTFUL: frozenset[Label] = frozenset({"NAME", "ADDRESS", "ORGANIZATION", "PROFESSION"})
"""What words alone make: any capitalised word may look like it to a tagger."""

_TAG = re.compile(rf"\[(?:{'|'.join(LABELS)})\]")
_NUMBER = re.compile(r"\d+")
_OLDEST_UNIDENTIFYING, _OLDEST = 89, 125
_OLD_IN_WORDS = ("ninet", "nonagen", "centen", "hundred")
_COMMA = re.compile(r",")
_STREET_LIKE = re.compile(r"\d[\w-]*,?[ ][^\W\d_]{2}|[^\W\d_]{2,}\.?,?[ ]\d{1,4}(?!\d)")


def detect(
    text: str,
    known: KnownIdentifiers | None = None,
    thresholds: Mapping[Label, float] | None = None,
    language: str = "en",
    *,
    profile: Profile = SAFE_HARBOR,
    sure: SureIdentifiers | None = None,
    others: OtherDetectors | None = None,
) -> list[Finding]:
    """The identifiers in a text: disjoint, in order, offsets in code points of the unchanged text.

    Args:
        text: a note, in whatever format `documents` reads.
        known: what the record of the note's patient lists. Its findings pass every threshold and profile.
        thresholds: label -> lowest score that counts; those of the profile if absent.
        language: of the note, see `cloister.deid.text.language`.
        profile: which labels stay in the text.
        sure: what was found for sure in the patient's other notes.
        others: detectors that the site adds.

    Raises:
        UnreadableError: the note is in a format that is used in a way that is not understood.
    """
    document = read_document(text)
    text = document.text
    lowest = profile.thresholds if thresholds is None else thresholds
    found = [
        kept
        for finding in _first_look(text, language, profile, others)
        if finding.score >= lowest[finding.label] and (kept := _under(profile, text, finding)) is not None
    ]
    if known is not None:
        found.extend(known.find(text))
    repeated = (sure or SureIdentifiers()).with_findings(text, found).find(text)
    told = Reach.by(attrgetter("label"), found)
    found.extend(f for f in repeated if not _covered(f, told) and _under(profile, text, f) is not None)
    merged = merge(found)
    return document.located(_outside_tags(text, merged) if "[" in text else merged)


def _first_look(text: str, language: str, profile: Profile, others: OtherDetectors | None) -> Iterator[Finding]:
    from cloister.deid.text.taggers import find_tagged

    recognized = [f for rule in recognizers_for(language, all_ages=profile.all_ages) for f in rule.find(text)]
    yield from recognized
    added = others.find(text, language) if others is not None else []
    tagged = find_tagged(text, language)
    heard = [*recognized, *added, *(finding for finding in tagged if finding.score >= _SECONDS)]
    voices = Reach.by(attrgetter("source"), heard)
    sure = [
        finding
        for finding in tagged
        if finding.score >= profile.tagged and (finding.score >= profile.alone or _seconded(finding, voices))
    ]
    for finding in (*sure, *added):
        plausible = put_right(text, finding, language)
        if plausible is not None:
            yield plausible


def _seconded(finding: Finding, voices: Mapping[str, Reach]) -> bool:
    """Whether one tagger's word is enough: for numbers, or if another detector sees something in the same place."""
    return finding.label not in _DOUBTFUL or any(
        source != finding.source and found.touches(finding) for source, found in voices.items()
    )


def _under(profile: Profile, text: str, finding: Finding) -> Finding | None:
    """What of a finding a profile removes; None if it stays."""
    if finding.label in profile.kept:
        return None
    if finding.label == "AGE" and not profile.all_ages:
        return finding if _is_over_89(text[finding.start : finding.end]) else None
    if finding.label == "ADDRESS" and not profile.places:
        return _street_of(text, finding)
    return finding


def _covered(finding: Finding, told: Mapping[str, Reach]) -> bool:
    """Whether a repetition says nothing new."""
    return finding.label in told and told[finding.label].covers(finding)


def _is_over_89(age: str) -> bool:
    number = _NUMBER.search(age)
    if number is None:
        return any(word in age.lower() for word in _OLD_IN_WORDS)
    return _OLDEST_UNIDENTIFYING < int(number[0]) <= _OLDEST


def _street_of(text: str, finding: Finding) -> Finding | None:
    """The part of an address that is the street; None for a town without one."""
    if finding.source == "street":
        return finding
    if finding.source == "place":
        return None
    for end in [comma.start() for comma in _COMMA.finditer(text, finding.start, finding.end)] + [finding.end]:
        if _STREET_LIKE.search(text, finding.start, end) is not None:
            return replace(finding, end=end)
    return None


def _outside_tags(text: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Findings without the tags in them: what an earlier run wrote is no identifier."""
    tags = [match.span() for match in _TAG.finditer(text)]
    ends = [right for _, right in tags]
    for finding in findings:
        start = finding.start
        for number in range(bisect_right(ends, start), len(tags)):
            left, right = tags[number]
            if left >= finding.end:
                break
            yield from _piece(text, finding, start, left)
            start = right
        yield from _piece(text, finding, start, finding.end)


def _piece(text: str, finding: Finding, start: int, end: int) -> Iterator[Finding]:
    kept = text[start:end].strip(" \t\r\n,.;:-")
    if any(character.isalnum() for character in kept):
        offset = start + text[start:end].index(kept)
        yield Finding(offset, offset + len(kept), finding.label, finding.score, finding.source)
