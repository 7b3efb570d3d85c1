"""Days that are named by weekday or feast: `last Tuesday`, `on Thanksgiving`, `Christmas Eve 2021`.

A habit is no date (`dialysis on Tuesdays`), nor is a distance (`three weeks ago`), a season or a year.
"""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer

_WEEKDAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_SHORT_WEEKDAY = r"(?:mon|tues?|weds?|thurs?|thur|fri|sat|sun)\b\.?"
_FEAST = (
    r"(?:thanksgiving(?:\s+day)?|christmas(?:\s+(?:eve|day))?|xmas|new\s+year(?:'?s)?(?:\s+(?:eve|day))|halloween"
    r"|easter(?:\s+(?:sunday|monday))?|good\s+friday|palm\s+sunday|ash\s+wednesday|labor\s+day|memorial\s+day"
    r"|independence\s+day|(?:fourth|4th)\s+of\s+july|july\s+4th|columbus\s+day|veterans'?\s+day|presidents'?\s+day"
    r"|(?:mlk|martin\s+luther\s+king)(?:,?\s+jr\.?)?\s+day|juneteenth|valentine'?s?(?:\s+day)?|st\.?\s+patrick'?s\s+day"
    r"|mother'?s\s+day|father'?s\s+day|boxing\s+day|hanukkah|chanukah|passover|yom\s+kippur|rosh\s+hashanah|ramadan"
    r"|eid(?:\s+al-(?:fitr|adha))?|diwali|lunar\s+new\s+year|chinese\s+new\s+year|kwanzaa|cinco\s+de\s+mayo"
    r"|mardi\s+gras"
    r"|all\s+saints'?(?:\s+day)?|black\s+friday|super\s+bowl\s+sunday)"
)
_NEEDS_DAY = ("day", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NEEDS_FEAST = (
    "day", "christmas", "xmas", "new", "halloween", "easter", "friday", "july", "juneteenth", "valentine", "hanuk",
    "chanu", "passover", "kippur", "hasha", "ramadan", "eid", "diwali", "kwanzaa", "mayo", "mardi", "saints", "giving",
)  # fmt: skip

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
            rf"\b{_FEAST}(?!\w)(?:,?\s+(?:of\s+)?(?:19|20)\d\d(?!\d))?(?!\s+(?:disease|factor))",
            0.6,
            folded=True,
            needs=_NEEDS_FEAST,
        ),
    ),
)
