"""Ages over 89, which Safe Harbor counts as identifiers (45 CFR 164.514(b)(2)(i)(C)), and, for those who ask, all."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer

_OVER_89 = r"(?P<it>9\d|1[0-2]\d)"
_AROUND = r"9\d|1[0-2]\d"
_ANY = r"(?P<it>1[0-2]\d|\d{1,2})"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_OVER_89_IN_WORDS = rf"(?P<it>ninety(?:[- ](?:{_ONES}))?|(?:one|a) hundred(?: (?:and )?(?:{_ONES}|ten|eleven|twelve))?)"
_ANY_IN_WORDS = (
    rf"(?P<it>(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:{_ONES}))?"
    r"|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)"
)
_YEARS = (
    r"[\s-]*(?:(?:years?|yrs?|yr)\.?[\s-]*(?:old|young|of[\s-]age)|y/o|y\.o\.|yo\b|y\s?o\b|yrs?\b|years\b|yom\b|yof\b"
    r"|(?:gentleman|lady|woman|man|male|female)\b)"
)
_AGED = r"\b(?:age|aged|ages|turned|turning|turns)\b\s*[:=]?\s*(?:of\s+|is\s+)?"

AGE = PatternRecognizer(
    name="age",
    label="AGE",
    patterns=(
        Pattern(rf"(?<![\d.,/+]){_OVER_89}(?!\+)(?={_YEARS})", 0.95, folded=True, around=_AROUND),
        Pattern(rf"\b{_OVER_89_IN_WORDS}(?={_YEARS})", 0.95, folded=True, needs=("ninety", "hundred")),
        Pattern(rf"{_AGED}{_OVER_89}(?![\d.%+/])", 0.9, folded=True, around=_AROUND),
        Pattern(rf"{_AGED}{_OVER_89_IN_WORDS}\b", 0.9, folded=True, needs=("ninety", "hundred")),
        Pattern(
            r"\b(?:in|into) (?:his|her|their|the) (?:mid |early |late |mid-|early-|late-)?(?P<it>90s|90's|nineties"
            r"|100s)\b",
            0.8,
            folded=True,
            needs=("90", "nineties", "100s"),
        ),
        Pattern(r"\b(?:nonagenarian|(?:super)?centenarian)\b", 0.8, folded=True, needs=("enarian",)),
        # "Mrs. Osei, 93, lives alone": between commas after a word.
        Pattern(r"(?P<it>9\d(?<=[^\W\d_]{2}, \d\d)|10\d(?<=[^\W\d_]{2}, \d\d\d))(?=, [a-z])", 0.4, folded=True),
        # "F92", "92M" in telegraphic headers; in lower case only after another number. 98F is a temperature.
        Pattern(rf"(?<![\w.])[MF]{_OVER_89}(?![\w.%/])", 0.8, around=_AROUND),
        Pattern(rf"(?<![\w.,/-]){_OVER_89}(?=[ ]?M(?!\w))", 0.8, around=_AROUND),
        Pattern(r"(?<![\w.,/-])(?P<it>9[0-4]|10[6-9]|11\d)(?=[ ]?F(?!\w))", 0.8, around=_AROUND),
        Pattern(
            r"(?<![\w.,/-])(?P<it>9[5-9]|10[0-5])(?=F (?:with|w/|c/o|s/p|presents|presenting|who|here)\b)",
            0.7,
            around=_AROUND,
        ),
        Pattern(rf"(?<![\w.])[mf]{_OVER_89}(?![\w.%/])", 0.6, around=_AROUND),
        Pattern(rf"(?:(?<=\d[ ])|(?<=[:\n])|(?<=:[ ])){_OVER_89}(?=[mf](?!\w))", 0.7, around=_AROUND),
    ),
)

ANY_AGE = PatternRecognizer(
    name="any-age",
    label="AGE",
    patterns=(
        Pattern(rf"(?<![\d.,/+]){_ANY}(?!\+)(?={_YEARS})", 0.8, folded=True),
        Pattern(rf"\b{_ANY_IN_WORDS}(?={_YEARS})", 0.8, folded=True, needs=("y", "old")),
        Pattern(rf"{_AGED}{_ANY}(?![\d.%+/])", 0.8, folded=True, needs=("age", "turn")),
        Pattern(rf"(?<![\w.,/-]){_ANY}(?=[ -]?(?:months?|weeks?|days?)[ -](?:old|of age))", 0.8, folded=True),
        Pattern(r"(?<![\w.,/-])(?P<it>[1-9]\d)(?=[ ]?[MF](?!\w))", 0.6),
    ),
)
"""Every age; profile `maximal` adds it."""
