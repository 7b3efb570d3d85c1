"""Health-plan beneficiary numbers: member, policy, group and subscriber numbers after a word that announces them."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer
from cloister.deid.text.recognizers.record_number import VALUE

_CONTEXT = (
    r"(?:health\s*plan|member(?:ship)?|subscriber|beneficiary|policy|insurance|ins|medicare|medicaid|hicn|mbi"
    r"|payer|plan|group\s*(?:id|number|no|\#)|coverage)"
)

HEALTH_PLAN = PatternRecognizer(
    name="health-plan",
    label="HEALTH_PLAN",
    patterns=(
        Pattern(
            rf"\b{_CONTEXT}(?![a-z])\.?(?:\s*(?:id|number|num|no|nr|policy"
            rf"|member)\b\.?)*\s*[:#=]{{0,2}}\s*(?:is\s+)?\#?\s*"
            rf"{VALUE}(?!\w)",
            0.9,
            folded=True,
        ),
        # Medicare beneficiary identifier: CMS's own layout, no letter that looks like a digit.
        Pattern(
            r"\b[1-9][AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d-?[AC-HJKMNP-RT-Y][0-9AC-HJKMNP-RT-Y]\d-?[AC-HJKMNP-RT-Y]{2}\d\d\b",
            0.9,
        ),
    ),
)
