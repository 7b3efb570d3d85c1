"""Days that are named by weekday or feast: `last Tuesday`, `on Thanksgiving`, `Christmas Eve 2021`.

A habit is no date (`dialysis on Tuesdays`), nor is a distance (`three weeks ago`), a season or a year.
"""

from __future__ import annotations

from cloister.deid.text.holidays import ENGLISH_HOLIDAYS, any_of
from cloister.deid.text.patterns import Pattern, PatternRecognizer

_WEEKDAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_SHORT_WEEKDAY = r"(?:mon|tues?|weds?|thurs?|thur|fri|sat|sun)\b\.?"
_FEASTS = (
    *ENGLISH_HOLIDAYS,
    *(
        "hanukkah",
        "chanukah",
        "passover",
        "yom kippur",
        "rosh hashanah",
        "ramadan",
        "eid",
        "eid al-fitr",
        "eid al-adha",
    ),
    *("diwali", "lunar new year", "chinese new year", "super bowl sunday"),
)
_NEEDS_DAY = ("day", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NEEDS_FEAST = tuple(sorted({max(feast.partition("'")[0].split(), key=len) for feast in _FEASTS}))

RELATIVE_DATE = PatternRecognizer(
    name="relative-date",
    label="DATE",
    patterns=(
        Pattern(
            rf"\b(?:on|last|this|next|past|since|until|till|by|before|after|through|coming|following|previous)"
            rf"\s+(?:the\s+)?(?P<it>(?:(?:past|coming|last|next)\s+)?{_WEEKDAY})(?!\w|'s)(?!\s*(?:/|,?\s*(?:and"
            rf"|through|to|-))\s*{_WEEKDAY}s)",
            0.5,
            folded=True,
            needs=("day",),
        ),
        Pattern(rf"\b(?P<it>{_WEEKDAY})\s+(?:morning|afternoon|evening|night)\b", 0.4, folded=True, needs=("day",)),
        Pattern(
            rf"\b(?:on|last|this|next|since|until|admitted|discharged|seen|scheduled|surgery|appointment|visit"
            rf"|arrived|died|fell|due|d/c|f/u)\s+(?P<it>{_SHORT_WEEKDAY})(?!\w|-)",
            0.35,
            folded=True,
            needs=_NEEDS_DAY,
        ),
        Pattern(
            rf"\b(?:{any_of(_FEASTS)})(?!\w)(?:,?\s+(?:of\s+)?(?:19|20)\d\d(?!\d))?(?!\s+(?:disease|factor))",
            0.6,
            folded=True,
            needs=_NEEDS_FEAST,
        ),
    ),
)
