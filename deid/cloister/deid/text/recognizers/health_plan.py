"""Health-plan numbers: member, policy, group, subscriber, prior-authorisation, claim, prescription and referral."""

from __future__ import annotations

from cloister.deid.text.patterns import FOUR_DIGITS, Pattern, PatternRecognizer
from cloister.deid.text.recognizers.announced import announced

_CONTEXT = (
    r"(?:health\s*(?:plan|insurance)(?:\s*beneficiary)?|member(?:ship)?|subscriber|beneficiary|policy|insurance"
    r"|insurer|ins"
    r"|medicare|medicaid|medi-cal|tricare|hicn|mbi|payer|plan|coverage|group\s*(?:id|number|no|\#)"
    r"|(?:aetna|cigna|humana|kaiser|anthem|bcbs|blue\s*(?:cross|shield)|united\s*health(?:care)?|uhc|molina|centene"
    r"|oscar)"
    r"|prior[\s-]*auth(?:ori[sz]ation)?|pre-?auth(?:ori[sz]ation)?|auth(?:ori[sz]ation)?\s*(?:number|no|\#|code)"
    r"|claims?|referral|rx(?:\s*(?:number|no|\#|bin|pcn|grp|group))?|prescription|pharmacy\s*(?:id|number|no|\#))"
)

HEALTH_PLAN = PatternRecognizer(
    name="health-plan",
    label="HEALTH_PLAN",
    patterns=(
        announced(_CONTEXT, 0.9),
        # Medicare beneficiary identifier: CMS's own layout, no letter that looks like a digit.
        Pattern(
            r"\b[1-9][ac-hjkmnp-rt-y][0-9ac-hjkmnp-rt-y]\d-?[ac-hjkmnp-rt-y][0-9ac-hjkmnp-rt-y]\d-?[ac-hjkmnp-rt-y]{2}\d\d\b",
            0.9,
            folded=True,
            around=FOUR_DIGITS,
        ),
    ),
)
