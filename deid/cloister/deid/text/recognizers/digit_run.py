"""Long runs of digits that nothing announces, and codes that mix letters with many digits.

No measurement in a note has seven digits in a row; what has is somebody's number.
"""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer

DIGIT_RUN = PatternRecognizer(
    name="digit-run",
    label="ID",
    patterns=(
        Pattern(r"(?<![\d.,])\d{7,}(?![\d]|[.,]\d)", 0.5),
        Pattern(r"(?<![\w.-])(?=(?:-?\d){9})\d{1,6}(?:-\d{1,8}){1,4}(?![\w]|[-.]\d)", 0.3),
        Pattern(r"\b[a-z]{1,5}-?\d{5,}(?:-\d+)*\b", 0.5, folded=True),
        Pattern(r"\b(?=[a-z0-9]*[a-z])(?=(?:[a-z]*\d){4})[a-z0-9]{8,}\b", 0.5, folded=True),
    ),
)
