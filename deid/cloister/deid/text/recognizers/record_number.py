"""Medical record numbers: the number after a word that announces it."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer

_CONTEXT = (
    r"(?:mrn|mr\s?#|mr\s?no|med(?:ical)?\.?\s*rec(?:ord)?|chart|patient\s*id(?:entifier)?|pt\.?\s*id|pat\s?id|pid"
    r"|hospital\s*(?:id|number|no|\#)|unit\s*(?:number|no|\#)|record\s*(?:number|no|\#)|urn|nhs\s*(?:number|no)?)"
)
VALUE = r"(?P<it>(?=(?:[a-z./-]*\d){4})[a-z0-9](?:[a-z0-9./-]{1,24}[a-z0-9])(?:\s\d{3,4}(?![\w/.-])){0,3})"
"""At least four digits, with letters and separators between them, also in groups; for folded patterns."""

MRN = PatternRecognizer(
    name="record-number",
    label="MRN",
    patterns=(
        Pattern(
            rf"\b{_CONTEXT}(?![a-z])\.?(?:\s*(?:number|num|no"
            rf"|nr)\b\.?)?\s*[:#=]{{0,2}}\s*(?:is\s+)?\#?\s*{VALUE}(?![\w])",
            0.95,
            folded=True,
        ),
    ),
)
