"""Licences, certificates, vehicles, devices and other numbers that name a thing or its owner, after their word."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer
from cloister.deid.text.recognizers.record_number import VALUE

_CONTEXT = (
    r"(?:(?:driver'?s?\s*)?licen[cs]e|lic|dl|npi|dea|passport|vin|(?:license\s*)?plate|serial|s/n|sn|udi|device\s*id"
    r"|lot|model\s*(?:number|no|\#)|accession|acc|order|requisition|specimen|sample|study\s*id|badge|employee\s*id"
    r"|certificate|registration|rx|prescription|ref(?:erence)?|confirmation|ticket|barcode|id)"
)

LICENSE = PatternRecognizer(
    name="license",
    label="ID",
    patterns=(
        Pattern(
            rf"\b{_CONTEXT}(?![a-z])\.?(?:\s*(?:(?:number|num|no|nr|id)\b\.?"
            rf"|\#))+\s*[:#=]{{0,2}}\s*(?:is\s+)?\#?\s*{VALUE}(?!\w)",
            0.85,
            folded=True,
        ),
        Pattern(rf"\b{_CONTEXT}\s*[:#=]{{1,2}}\s*{VALUE}(?!\w)", 0.8, folded=True),
        Pattern(r"\b(?:npi|dea|vin|udi)\s+(?P<it>(?=[a-z0-9]*\d)[a-z0-9]{7,20})\b", 0.85, folded=True),
    ),
)
