"""Why a round failed: sites that are missing, or budgets that are spent. The coordinator's errors name them."""

from __future__ import annotations

from collections.abc import Mapping

from cloister.study.errors import BudgetExhaustedError, CloisterError, TooFewSitesError

LOOK_INTO = "Look into the sites' own logs for the reason, then resume the run."


def round_failure(
    number: int, arrived: int, required: int, failed: Mapping[str, str], sites: tuple[str, ...], fewest: int
) -> CloisterError:
    """The error to raise.

    Args:
        number: the round.
        arrived: how many valid updates there are.
        required: how many the round needs.
        failed: site -> code, of those asked that sent none.
        sites: the roster.
        fewest: sites with which any round succeeds; not more than `required`.

    Returns:
        BudgetExhaustedError: without the sites whose budget is spent the roster is smaller than that, so no later
            round can succeed either; TooFewSitesError: otherwise.
    """
    message = f"Round {number}: {arrived} of the {required} updates needed arrived."
    spent = sum(code == BudgetExhaustedError.code for code in failed.values())
    problem: CloisterError
    if len(sites) - spent < fewest:
        problem = BudgetExhaustedError(message, "The model of the last round is kept; it is the study's result.")
    else:
        problem = TooFewSitesError(message, LOOK_INTO)
    return naming(problem, failed)


def naming(problem: CloisterError, failed: Mapping[str, str]) -> CloisterError:
    """The same error, which also says for which sites, and with which codes."""
    codes = ", ".join(f"{site}: {code}" for site, code in sorted(failed.items()))
    named = type(problem)(f"{problem.message.removesuffix('.')} ({codes}).", problem.remedy) if failed else problem
    named.failed = dict(failed)
    return named
