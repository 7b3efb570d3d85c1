"""Biometric templates and photographs that carry an identifier of their own."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer
from cloister.deid.text.recognizers.announced import SHORT_CODE, announced

_BIOMETRIC = (
    r"(?:biometric|finger\s*prints?|thumb\s*print|palm\s*(?:print|vein)|retina(?:l)?(?:\s*scan)?|iris(?:\s*scan)?"
    r"|voice\s*(?:print|recognition)|fac(?:e|ial)(?:\s*(?:recognition|scan|geometry|id))|gait|dna(?:\s*profile)?)"
    r"(?:[\s-]*(?:template|scan|hash|sample|profile|token|record))?"
)

BIOMETRIC = PatternRecognizer(
    name="biometric",
    label="ID",
    patterns=(
        announced(
            rf"{_BIOMETRIC}\s*(?:id|number|no|code|\#|template|hash|token|file|:)",
            0.85,
            SHORT_CODE,
            needs=("print", "biometric", "scan", "voice", "face", "facial", "iris", "retin", "dna", "palm"),
        ),
        announced(r"(?:photo(?:graph)?|picture|image|selfie|video|headshot)s?(?:\s*(?:id|file|name))?", 0.8),
        Pattern(
            r"(?<![\w/.])[\w-]{3,60}\.(?:jpe?g|png|heic|gif|tiff?|bmp|dcm|mp4|mov|wav|pdf|docx?)(?!\w)",
            0.7,
            folded=True,
            needs=(".jp", ".png", ".heic", ".gif", ".tif", ".bmp", ".dcm", ".mp4", ".mov", ".wav", ".pdf", ".doc"),
        ),
    ),
)
