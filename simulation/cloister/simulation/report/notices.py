"""What a reader must know before any figure: the run's own notices, and what the figures themselves give away."""

from __future__ import annotations

from cloister.simulation.report import numbers
from cloister.simulation.report.markup import Markup, element
from cloister.simulation.result import Result


def notices(result: Result) -> tuple[str, ...]:
    """Every notice, the run's own first. A run that forgot to say that it was not private is told on here."""
    return tuple(dict.fromkeys((*result.notices, *_missing_privacy(result), *_survivors(result), *_ledgers(result))))


def banner(result: Result) -> Markup:
    """The red banner; empty if there is nothing to say."""
    found = notices(result)
    if not found:
        return Markup()
    items = [element("li", notice) for notice in found]
    heading = element("h2", "Read this first", id="notices")
    return element("section", heading, element("ul", *items), class_="notices", aria_labelledby="notices")


def _missing_privacy(result: Result) -> tuple[str, ...]:
    told = any("differential privacy" in notice.casefold() for notice in result.notices)
    if not result.study.private and not told:
        return ("No differential privacy: the model may have memorised patients of the training data.",)
    unaccounted = tuple(spent.site for spent in result.privacy if spent.epsilon is None)
    if result.study.private and unaccounted:
        return (f"No epsilon was accounted at {numbers.listed(unaccounted)}, although the study is private.",)
    return ()


def _survivors(result: Result) -> tuple[str, ...]:
    surviving = sum(dataset.known_identifiers_surviving for dataset in result.datasets)
    if not surviving:
        return ()
    found = numbers.counted(surviving, "known identifier")
    return (f"De-identification left {found} verbatim in the cleaned data.",)


def _ledgers(result: Result) -> tuple[str, ...]:
    broken = tuple(spent.site for spent in result.privacy if not spent.ledger_verified)
    if not broken:
        return ()
    return (
        f"The privacy ledger could not be verified at {numbers.listed(broken)}: its epsilon is not to be relied on.",
    )
