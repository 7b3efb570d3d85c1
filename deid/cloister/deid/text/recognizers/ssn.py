"""Social security numbers. No number is dropped for being one that was never issued: notes hold typing errors."""

from __future__ import annotations

from cloister.deid.text.patterns import FOUR_DIGITS, Pattern, PatternRecognizer
from cloister.deid.text.recognizers.announced import announced

_CONTEXT = (
    r"(?:ssns?|ss\s?#|ss\s?no|s\.s\.n\.|social(?:\s*sec(?:urity)?)?|soc\.?\s*sec(?:urity)?|tax(?:payer)?\s*id|itin)"
)
_NEEDS = ("ss", "soc", "tax", "itin", "s.s")

SSN = PatternRecognizer(
    name="ssn",
    label="SSN",
    patterns=(
        Pattern(
            r"(?<![\w-])(?:\d{3}|[xX*]{3})[-\u2010-\u2015](?:\d{2}|[xX*]{2})[-\u2010-\u2015]\d{4}(?![\w-])",
            0.95,
            around=FOUR_DIGITS,
        ),
        Pattern(r"(?<![\w.])\d{3}([ .])\d{2}\1\d{4}(?![\w.]\d|\d)", 0.6, around=FOUR_DIGITS),
        announced(
            rf"(?:last\s*(?:4|four)(?:\s*digits)?(?:\s*of)?(?:\s*(?:the|her|his|their))?\s*)?{_CONTEXT}"
            r"(?:[\s,(:]*last\s*(?:4|four)(?:\s*digits)?)?",
            0.95,
            r"(?P<it>[\dx*](?:[\s.-]?[\dx*]){2,7}[\s.-]?\d)(?!\d)",
            needs=_NEEDS,
        ),
        Pattern(
            r"\b(?:last|final)\s*(?:4|four)(?:\s*digits)?(?:\s*(?:of|are|is|:|ssn|social))*\s*(?P<it>\d{4})(?!\d)",
            0.7,
            folded=True,
            needs=("last", "final"),
        ),
    ),
)
