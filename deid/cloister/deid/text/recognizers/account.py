"""Account, encounter and billing numbers: the number after a word that announces it."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer
from cloister.deid.text.recognizers.record_number import VALUE

_CONTEXT = (
    r"(?:acct|account|a/c|encounter|visit\s*(?:id|number|no|\#)|csn|fin\s*(?:number|no|\#|:)|har|invoice|billing|claim"
    r"|prior\s*auth(?:orization)?|referral\s*(?:id|number|no|\#)|case\s*(?:number|no|\#)|credit\s*card|iban)"
)

ACCOUNT = PatternRecognizer(
    name="account",
    label="ACCOUNT",
    patterns=(
        Pattern(
            rf"\b{_CONTEXT}(?![a-z])\.?(?:\s*(?:number|num|no|nr|id)\b\.?)?\s*[:#=]{{0,2}}\s*(?:is\s+)?\#?\s*"
            rf"(?!(?:on|of|in)\b){VALUE}(?!\w)",
            0.9,
            folded=True,
        ),
    ),
)
