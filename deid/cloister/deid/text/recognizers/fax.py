"""Fax numbers: telephone numbers after the word fax."""

from __future__ import annotations

from cloister.deid.text.patterns import PatternRecognizer
from cloister.deid.text.recognizers.announced import announced
from cloister.deid.text.recognizers.phone import NUMBER

FAX = PatternRecognizer(
    name="fax",
    label="FAX",
    patterns=(
        announced(
            r"(?:(?:tele)?fax(?:ed|es|ing)?|facsimile)(?:\s+(?:it|them|the\s+\w+|records|results|to|at|back"
            r"|copy)){0,3}",
            0.98,
            NUMBER,
            needs=("fax", "facsimile"),
        ),
    ),
)
