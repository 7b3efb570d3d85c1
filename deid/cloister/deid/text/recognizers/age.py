"""Ages over 89, which Safe Harbor counts as identifiers (45 CFR 164.514(b)(2)(i)(C)); others are left."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer

_OVER_89 = r"(?P<it>9\d|1[0-2]\d)"
_IN_WORDS = (
    r"(?P<it>ninety(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?"
    r"|(?:one|a) hundred(?: and (?:one|two|three|four|five))?)"
)
_YEARS = (
    r"[\s-]*(?:(?:years?|yrs?|yr)\.?[\s-]*(?:old|of[\s-]age)|y/o|y\.o\.|yo\b|y\s?o\b|yrs?\b|years\b|yom\b|yof\b"
    r"|(?:gentleman|lady|woman|man|male|female)\b)"
)

AGE = PatternRecognizer(
    name="age",
    label="AGE",
    patterns=(
        Pattern(rf"(?<![\d.,/+]){_OVER_89}(?!\+)(?={_YEARS})", 0.95, folded=True),
        Pattern(rf"\b{_IN_WORDS}(?={_YEARS})", 0.95, folded=True, needs=("ninety", "hundred")),
        Pattern(
            rf"\b(?:age|aged|ages|turned|turning)\b\s*[:=]?\s*(?:of\s+|is\s+)?{_OVER_89}(?![\d.%+/])", 0.9, folded=True
        ),
        # "F92", "92M" in telegraphic headers; in lower case only after another number.
        Pattern(rf"(?<![\w.])[MF]{_OVER_89}(?![\w.%/])", 0.8),
        Pattern(rf"(?<![\w.,/-]){_OVER_89}(?=[ ]?[MF](?!\w))", 0.8),
        Pattern(rf"(?<![\w.])[mf]{_OVER_89}(?![\w.%/])", 0.6),
        Pattern(rf"(?:(?<=\d[ ])|(?<=[:\n])|(?<=:[ ])){_OVER_89}(?=[mf](?!\w))", 0.7),
    ),
)
