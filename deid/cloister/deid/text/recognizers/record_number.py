"""Medical record numbers: the number after a word that announces it."""

from __future__ import annotations

from cloister.deid.text.patterns import PatternRecognizer
from cloister.deid.text.recognizers.announced import SHORT_CODE, announced

_SURE = (
    r"(?:mrn|m\.r\.n\.|mr\s?#|mr\s?no|(?:medical|med\.?|hospital|health|clinic|electronic)\s*(?:rec|record|chart|file)"
    r"|emr(?:\s*id|\s*#|\s*no)|ehr(?:\s*id|\s*#|\s*no)|chart\s*(?:id|number|no|\#))"
)
_CONTEXT = (
    r"(?:mrn|chart|patient\s*(?:id|identifier|number|no|\#|code)|pt\.?\s*(?:id|\#|no)|pat\s?id|pid"
    r"|hospital\s*(?:id|number|no|\#)|unit\s*(?:number|no|\#)|records?(?:\s*(?:number|no|\#|id))?|urn"
    r"|nhs\s*(?:number|no)?)"
)

MRN = PatternRecognizer(
    name="record-number",
    label="MRN",
    patterns=(
        announced(_SURE, 0.9, SHORT_CODE, needs=("mr", "m.r", "rec", "chart", "file", "emr", "ehr")),
        announced(_CONTEXT, 0.95),
    ),
)
