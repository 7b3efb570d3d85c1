"""Social security numbers. No number is dropped for being one that was never issued: notes hold typing errors."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer

_CONTEXT = r"\b(?:ssn|ss\s?#|ss\s?no\.?|soc(?:ial)?\.?\s*sec(?:urity)?\.?)\b"

SSN = PatternRecognizer(
    name="ssn",
    label="SSN",
    patterns=(
        Pattern(r"(?<![\w-])(?:\d{3}|[xX*]{3})[-\u2010-\u2015](?:\d{2}|[xX*]{2})[-\u2010-\u2015]\d{4}(?![\w-])", 0.95),
        Pattern(r"(?<![\w.])\d{3}([ .])\d{2}\1\d{4}(?![\w.]\d|\d)", 0.6),
        Pattern(
            rf"{_CONTEXT}(?:\s*(?:number|no\.?|#))?\s*[:#=]?\s*(?:is\s+|ending\s+(?:in\s+)?|last\s+(?:4|four)\s*:?\s*)?"
            r"(?P<it>[\dx*](?:[\s.-]?[\dx*]){2,7}[\s.-]?\d)(?!\d)",
            0.9,
            folded=True,
        ),
    ),
)
