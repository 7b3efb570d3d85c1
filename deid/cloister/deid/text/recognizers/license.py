"""Licence and certificate numbers: medical, nursing, driver's, DEA, NPI, passports, permits."""

from __future__ import annotations

from cloister.deid.text.patterns import FOUR_DIGITS, Pattern, PatternRecognizer
from cloister.deid.text.recognizers.announced import CODE, announced
from cloister.deid.text.recognizers.checksums import dea, npi

_CONTEXT = (
    r"(?:(?:driver'?s?'?|driving|medical|nursing|physician|state|professional|pharmacy|board)?\s*licen[cs]e(?!\s*plate)"
    r"|lic|dl|d\.l\.|npi|dea|upin|passport|visa\s*(?:number|no|\#)|green\s*card|state\s*id|permit|certificat(?:e"
    r"|ion)|cert"
    r"|registration|credential)"
)

LICENSE = PatternRecognizer(
    name="license",
    label="LICENSE",
    patterns=(
        announced(_CONTEXT, 0.92, rf"(?:[a-z]{{2}}[\s:]{{1,2}})?{CODE}"),
        Pattern(
            r"(?<![\w-])(?!rs\d)[abcdefghjklmprstux][a-z9]\d{7}(?![\w-])",
            0.9,
            folded=True,
            around=FOUR_DIGITS,
            check=dea,
        ),
        Pattern(r"(?<![\w.,-])[12]\d{9}(?![\w-]|[.,]\d)", 0.6, around=FOUR_DIGITS, check=npi),
    ),
)
