"""Account, encounter, claim and billing numbers, and payment cards."""

from __future__ import annotations

from cloister.deid.text.patterns import FOUR_DIGITS, Pattern, PatternRecognizer
from cloister.deid.text.recognizers.announced import announced
from cloister.deid.text.recognizers.checksums import luhn

_CONTEXT = (
    r"(?:acct|accounts?|a/c|encounter|visit\s*(?:id|number|no|\#)|csn|fin(?=\s*(?:number|no|\#|:|\d))|har|invoice"
    r"|bill(?:ing)?"
    r"|statement|case\s*(?:id|number|no|\#)|(?:credit|debit)\s*card|card|iban|bank|routing|payment|transaction"
    r"|guarantor)"
)

ACCOUNT = PatternRecognizer(
    name="account",
    label="ACCOUNT",
    patterns=(
        announced(_CONTEXT, 0.9),
        Pattern(r"(?<![\w.-])[3-6]\d{3}([ -]?)\d{4}\1\d{4}\1\d{2,4}(?![\w-])", 0.9, around=FOUR_DIGITS, check=luhn),
    ),
)
