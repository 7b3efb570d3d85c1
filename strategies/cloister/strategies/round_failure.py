"""Why a round brought too few updates: sites that are missing, or budgets that are spent."""

from __future__ import annotations

from collections.abc import Mapping

from cloister.study.errors import BudgetExhaustedError, CloisterError, TooFewSitesError


def round_failure(
    number: int, arrived: int, required: int, failed: Mapping[str, str], sites: tuple[str, ...]
) -> CloisterError:
    """The error to raise.

    Args:
        number: the round.
        arrived: how many valid updates there are.
        required: how many the round needs.
        failed: site -> code, of those asked that sent none.
        sites: the roster.

    Returns:
        BudgetExhaustedError: without the sites whose budget is spent the roster is smaller than a round needs, so no
            later round can succeed either; TooFewSitesError: otherwise.
    """
    codes = ", ".join(f"{site}: {code}" for site, code in sorted(failed.items()))
    message = f"Round {number}: {arrived} of the {required} updates needed arrived ({codes})."
    spent = sum(code == BudgetExhaustedError.code for code in failed.values())
    if len(sites) - spent < required:
        return BudgetExhaustedError(message, "The model of the last round is kept; it is the study's result.")
    return TooFewSitesError(message, "Look into the sites' own logs for the reason, then resume the run.")
