"""Any other code that may name a person: numbers after a word for one, long runs of digits, letters among digits.

No measurement in a note has seven digits in a row; what has is somebody's number.
"""

from __future__ import annotations

from cloister.deid.text.patterns import FOUR_DIGITS, Pattern, PatternRecognizer
from cloister.deid.text.recognizers.announced import announced

_CONTEXT = (
    r"(?:accession|acc|order|requisition|req(?:\.|\s*\#)|specimen|sample|study(?:\s*(?:id|number|no|\#))|trial\s*"
    r"(?:id|\#)|badge"
    r"|(?:employee|staff|student|user|subject|participant|enrol?lment|tracking|confirmation|ticket|reference|ref"
    r"|registry|donor"
    r"|access|voucher|locker|room\s*key|veteran|military|service|inmate|file|portal|login|username|pin|token|barcode"
    r"|wristband|bracelet|report|appointment|booking)(?:\s*(?:id|number|no|\#|code))?"
    r"|(?:unique\s*)?(?:id|identifier|identification)|number|no\.)"
)

UNIQUE_CODE = PatternRecognizer(
    name="unique-code",
    label="ID",
    patterns=(
        announced(_CONTEXT, 0.75),
        Pattern(
            r"(?<![\w.,])#\s?(?P<it>(?=[a-z-]*\d)(?=(?:[a-z-]*\d){3})[a-z0-9]+(?:-[a-z0-9]+)*)(?!\w)",
            0.5,
            folded=True,
            needs=("#",),
        ),
        Pattern(
            r"(?<![\d.,])(?<!rs)(?<!nct)(?<!pmc)(?<!pmid )(?<!pmid: )(?<!snomed )(?<!rxcui )\d{7,}(?![\d]|[.,]\d)",
            0.5,
            folded=True,
            around=FOUR_DIGITS,
        ),
        Pattern(
            r"(?<![\w.-])(?<!ndc )(?<!ndc: )(?=(?:-?\d){9})\d{1,6}(?:-\d{1,8}){1,4}(?![\w]|[-.]\d)",
            0.3,
            folded=True,
            around=FOUR_DIGITS,
        ),
        Pattern(
            r"\b(?!(?:nct|pmid|pmc|doi|rs|icd|cpt|omim|chembl|mim|cas|vs)-?\d)[a-z]{1,5}-?\d{5,}(?:-\d+)*\b",
            0.5,
            folded=True,
            around=FOUR_DIGITS,
        ),
        # Letters and digits in hyphenated groups: `NW-4471-229`, `TX-88-ABX2`.
        Pattern(
            r"(?<![\w.-])(?=[A-Z0-9-]*[A-Z])[A-Z]{1,6}\d{0,6}-(?=[A-Z0-9-]*\d{3})[A-Z0-9]{2,10}"
            r"(?:-[A-Z0-9]{1,10}){0,4}(?![\w])",
            0.4,
            around=r"\d",
        ),
        Pattern(
            r"\b(?!(?:nct|rs|pmc)\d)(?=[a-z0-9]*[a-z])(?=(?:[a-z]*\d){4})[a-z0-9]{8,}\b",
            0.5,
            folded=True,
            around=FOUR_DIGITS,
        ),
        Pattern(r"(?<![\w-])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![\w-])", 0.95, folded=True),
    ),
)
