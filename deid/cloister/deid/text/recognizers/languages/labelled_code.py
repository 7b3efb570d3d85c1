"""A number after the word that announces it, in the layouts of continental Europe: in groups, with a letter at an end.

`NASS: 89 46895187 76`, `Versichertennr. A 123 456 789`, `N° SS : 2 84 05 75 116 213 42`.
"""

from __future__ import annotations

from collections.abc import Callable

from cloister.deid.text.patterns import Pattern

GROUPED_CODE = r"(?P<it>[a-z]{0,4}[ /-]?\d(?:[ ./-]{0,2}\d){3,21}(?:[ /-]?[a-z]{1,2}(?![a-z]))?)(?![\w])"
"""At least four digits in groups, with letters at either end; for folded patterns."""
MIXED_CODE = r"(?P<it>(?=(?:[a-z./-]*\d){3})[a-z0-9](?:[a-z0-9./-]{1,24}[a-z0-9]))(?!\w)"
"""At least three digits among letters, without blanks; for folded patterns."""
_NUMBER_WORD = (
    r"(?:[ ]?(?:n[º°o.]|n\.[º°o]|nr\b|núm\b|num\b|número|numero|nummer|numéro|número|nº|#|code|código|id|es|ist|lautet"
    r"|è|é|is|di|de|der|du|do|da|van|von|pat(?:ient)?(?:en)?)\.?){0,3}"
)


def labelled_code(
    keyword: str,
    score: float,
    code: str = GROUPED_CODE,
    needs: tuple[str, ...] = (),
    check: Callable[[str], bool] | None = None,
) -> Pattern:
    """The pattern of a code after a keyword, on the same line.

    Args:
        keyword: a regular expression in lower case.
        score: of what is found.
        code: the regular expression of the code, in lower case, with a group `it`.
        needs: see `Pattern`.
        check: see `Pattern`.
    """
    expression = rf"(?<![^\W_]){keyword}(?![a-z]){_NUMBER_WORD}[ ]?\.?[ ]{{0,3}}[:=#/(-]?[ ]{{0,3}}{code}"
    return Pattern(expression, score, folded=True, needs=needs, check=check)
