"""A code after the word that announces it, in a labelled field or in running text.

`MRN: 0048-2913`, `her MRN (at the old clinic) is 0048-2913`, `record number of 0048 2913` have one shape: a keyword,
a few words that only connect, the code.
"""

from __future__ import annotations

from cloister.deid.text.patterns import FOUR_DIGITS, Pattern

CODE = (
    r"(?P<it>(?=(?:[a-z./_-]*\d){4})[a-z0-9](?:[a-z0-9./_-]{1,28}[a-z0-9])(?:\s\d{2,4}(?![\w/.-])){0,3})"
    r"(?!\w)"
)
"""At least four digits, with letters and separators between them, also in groups; for folded patterns."""
SHORT_CODE = r"(?P<it>(?=[a-z_-]*\d)[a-z0-9](?:[a-z0-9_-]{1,18}[a-z0-9])|\d{3,})(?!\w)(?![.,/]\d)"
"""At least one digit and three characters; only where the keyword leaves no doubt."""
_NO_CODE = r"(?!(?:19|20)\d\d(?!\w|-\w|\.\w))(?![a-z]\d\d(?:\.\w{1,4})?(?!\w))"
"""Neither a year nor a code of the ICD."""
_ASIDE = r"(?:\s*\([^()\d\n]{1,30}\))?"
_FILLER = (
    r"(?:[\s:#=]{0,3}(?:numbers?|num|no|nr|n[°º]|ids?|identifiers?|code|is|was|are|of|as|listed as|on file|recorded as"
    r"|ending in|ending with|ends in|ending|value|reads|the|her|his|their|it's|which is|that is|reference)\b\.?){0,4}"
)
CONNECTION = rf"(?![a-z]){_ASIDE}\.?{_FILLER}{_ASIDE}\s{{0,2}}[:#=,\"'(\[-]{{0,2}}?\s{{0,2}}?\#?\s?"
"""What may stand between a keyword and its code."""


def announced(keyword: str, score: float, code: str = CODE, needs: tuple[str, ...] = ()) -> Pattern:
    """The pattern of a code after a keyword.

    Args:
        keyword: a regular expression in lower case.
        score: of what is found.
        code: the regular expression of the code, in lower case, with a group `it`.
        needs: see `Pattern`.
    """
    expression = rf"(?<![^\W_]){keyword}{CONNECTION}{_NO_CODE}{code}"
    return Pattern(expression, score, folded=True, needs=needs, around=FOUR_DIGITS if code == CODE else r"\d")
