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
        Pattern(r"\b[A-Z]{1,5}-?\d{5,}(?:-\d+)*\b", 0.5),
        Pattern(r"\b(?=[A-Z0-9]*[A-Z])(?=(?:[A-Z]*\d){4})[A-Z0-9]{8,}\b", 0.5),
    ),
)
