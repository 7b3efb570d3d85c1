"""E-mail addresses, also with blanks or words in place of the signs."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer

EMAIL = PatternRecognizer(
    name="email",
    label="EMAIL",
    patterns=(
        Pattern(r"(?<![\w.+-])[\w.+'-]+@[\w-]+(?:\.[\w-]+)+", 0.98, needs=("@",)),
        Pattern(
            r"\b[\w.+-]+\s?(?:\(at\)|\[at\]| at )\s?[\w-]+(?:\s?(?:\(dot\)|\[dot\]| dot )\s?[\w-]+)+",
            0.9,
            folded=True,
            needs=(" dot ", "(dot)", "[dot]"),
        ),
    ),
)
