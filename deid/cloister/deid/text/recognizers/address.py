"""Postal addresses: streets, with or without a house number, PO boxes, units, and the town that follows them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cloister.deid.text.address_words import STATES
from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.folded import titled
from cloister.deid.text.gazetteers.places import US_STATES
from cloister.deid.text.patterns import Pattern, PatternRecognizer

STREET_KINDS = """
    Street St Avenue Ave Av Road Rd Drive Dr Lane Ln Boulevard Blvd Court Ct Place Pl Terrace Ter Way Circle Cir
    Parkway Pkwy Highway Hwy Square Sq Trail Trl Crescent Close Alley Plaza Loop Row Walk Ridge Run Path Point
    Commons Mews Turnpike Expressway Pike Cove Crossing Heights Hollow Landing Meadows Park Pass
""".split()  # noqa: SIM905
STATE_NAMES = "|".join(US_STATES)

_KIND = rf"(?:{'|'.join(sorted(STREET_KINDS, key=len, reverse=True))})"
_LONG_KIND = r"(?:Street|Avenue|Ave|Road|Drive|Lane|Boulevard|Blvd|Parkway|Highway|Terrace|Court|Turnpike)"
# Abbreviations that are words in lower case: in a text of one case they need a ZIP code or a comma and a listed town.
_STATE = rf"(?:{'|'.join(STATES)}|{STATE_NAMES})"
_ZIP = r"\d{5}(?:-\d{4})?"
_WORD = r"[^\W\d_a-z][\w'’.-]*"
_CITY = rf"{_WORD}(?:[ ]{_WORD}){{0,2}}"
_UNIT = (
    r"(?:,?[ ]{1,2}(?:Apt|Apartment|Unit|Suite|Ste|Floor|Fl|Room|Rm|\#|apt|apartment|unit"
    r"|suite)\.?[ ]?\#?[ ]?[\w-]{1,6})"
)
_NAMED = (
    rf"(?:[NSEW]\.?[ ]|(?:North|South|East|West|NE|NW|SE|SW)[ ])?(?:\d{{1,3}}(?:[Ss]t|[Nn]d|[Rr]d|[Tt]h)"
    rf"|{_WORD}(?:[ ]{_WORD}){{0,3}}?)"
)
_STREET = (
    rf"\d{{1,6}}[A-Za-z]?(?:-\d{{1,4}})?[ ]{{1,2}}{_NAMED}[ ](?i:{_KIND})\b(?:(?<![a-z]{{4}})\.(?=[ ,]))?"
    rf"(?:[ ][NSEW]{{1,2}}\b)?{_UNIT}?"
)
_PLACE = rf"{_CITY},?[ ]{{1,2}}(?i:{_STATE})\b(?:,?[ ]{{1,2}}{_ZIP})?"

_STREETS = PatternRecognizer(
    name="street",
    label="ADDRESS",
    patterns=(
        Pattern(rf"(?<![\w.,/-]){_STREET}", 0.9),
        Pattern(rf"\b(?:[Oo]n|[Aa]t|[Oo]ff|[Nn]ear|[Aa]long"
                rf"|[Oo]f)[ ](?P<it>(?!The[ ]){_NAMED}[ ]{_LONG_KIND})(?![\w-])", 0.6),
        Pattern(rf"\b(?:[Cc]orner|[Ii]ntersection)[ ]of[ ](?P<it>{_NAMED}(?:[ ](?i:{_KIND}))?[ ](?:[Aa]nd"
                rf"|&)[ ]{_NAMED}(?:[ ](?i:{_KIND}))?)(?!\w)", 0.6),
        Pattern(
            rf"(?<![\w.,/-])\d{{1,6}}[ ](?:Calle|Rue|Via|Viale|Avenida|Avenue|Camino|Rua|Paseo|Piazza|Place)[ ]{_WORD}"
            rf"(?:[ ]{_WORD}){{0,2}}{_UNIT}?",
            0.8,
        ),
        Pattern(rf"\b(?:[Oo]n|[Aa]t|[Nn]ear|[Oo]f)[ ](?P<it>\d{{1,3}}(?:st|nd|rd|th)[ ](?:and|&)[ ]{_WORD})", 0.6),
        Pattern(r"(?<=, )\#[ ]?\d{1,5}\b", 0.5),
        Pattern(r"(?i)(?<!\w)(?:apt|apartment)\.?[ ]?\#?[ ]?(?P<it>\d{1,5}[a-z]?)(?!\w)", 0.6),
        Pattern(r"(?i)\b(?:P\.?\s?O\.?|post office)\s?Box\s+\#?\d{1,7}\b", 0.9),
        Pattern(r"(?i)\b(?:rr|rural route)[ ]\#?\d{1,3},?[ ]box[ ]\d{1,5}\b", 0.9),
    ),
)  # fmt: skip
_WITH_TOWN = PatternRecognizer(
    name="address",
    label="ADDRESS",
    patterns=(Pattern(rf"(?<![\w.,/-]){_STREET}(?:,?\s{{1,2}}{_PLACE}(?!\w)|,?\s{{1,2}}{_ZIP}(?!\d)"
                      rf"|,[ ]{_CITY}(?=[.,;)]|$))", 0.9),),
)  # fmt: skip
_NUMBER_AND_CAPITAL = re.compile(r"\d[A-Za-z]?(?:-\d{1,4})? {1,2}[^\W_]|[Bb][Oo][Xx]|[Aa]p[ta]|APT|#|"
                                 r"(?:[Oo]n|[Aa]t|[Oo]ff|[Nn]ear|[Aa]long|[Oo]f) [^\W_a-z]")  # fmt: skip


@dataclass(frozen=True)
class AddressRecognizer:
    """Finds streets (source `street`), and streets with their town (source `address`)."""

    name: str = "address"

    @property
    def labels(self) -> tuple[Label, ...]:
        """ADDRESS."""
        return ("ADDRESS",)

    def find(self, text: str) -> Iterator[Finding]:
        """Every address; the street alone and with its town are two findings."""
        if _NUMBER_AND_CAPITAL.search(text) is None and _NUMBER_AND_CAPITAL.search(titled(text) or "") is None:
            return
        capitalised = titled(text) or text
        yield from _STREETS.find(capitalised)
        yield from _WITH_TOWN.find(capitalised)


ADDRESS = AddressRecognizer()
