"""Ages over 89, which Safe Harbor counts as identifiers (45 CFR 164.514(b)(2)(i)(C)); others are left."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer

_OVER_89 = r"(?P<it>9\d|1[0-2]\d)"
_IN_WORDS = r"(?P<it>ninety(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|(?:one|a) hundred(?: and (?:one|two|three|four|five))?)"
_YEARS = r"(?:[\s-]*(?:years?|yrs?|yr)\.?[\s-]*(?:old|of[\s-]age)|[\s-]*(?:y/o|y\.o\.|yo\b|y\s?o\b|yr\b|yrs\b|years\b|yom\b|yof\b))"

AGE = PatternRecognizer(
    name="age",
    label="AGE",
    patterns=(
        Pattern(rf"(?<![\d.,/+]){_OVER_89}(?=(?!\+){_YEARS})", 0.95, folded=True),
        Pattern(rf"\b{_IN_WORDS}(?={_YEARS})", 0.95, folded=True),
        Pattern(
            rf"\b(?:age|aged|ages|turned|turning)\b\s*[:=]?\s*(?:of\s+|is\s+)?{_OVER_89}(?![\d.%+/])", 0.9, folded=True
        ),
        # "92F", "94 M": the telegraphic form at the start of a line or sentence.
        Pattern(
            rf"(?:(?<=^)|(?<=\n)|(?<=\. )|(?<=: )|(?<= a )|(?<= an )){_OVER_89}(?=\s?(?:[MF]\b|male\b|female\b|man\b|woman\b))",
            0.85,
        ),
        Pattern(rf"(?<![\d.,/+]){_OVER_89}(?=[\s-](?:gentleman|lady|woman|man)\b)", 0.85, folded=True),
    ),
)
