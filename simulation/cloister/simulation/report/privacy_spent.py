"""What the study cost each site's patients in privacy, by the sites' own ledgers."""

from __future__ import annotations

import math

from cloister.simulation.report import numbers
from cloister.simulation.report.arms import SITE_LOOKS
from cloister.simulation.report.markup import Markup, element, join, table
from cloister.simulation.report.plots.curves import Curve, curves
from cloister.simulation.result import Result, SitePrivacy


def privacy_spent(result: Result) -> Markup:
    """Epsilon over the rounds, and every site's mechanism, spending and ledger."""
    return join([_meaning(result), _trust(result), _curves(result), _table(result)])


def epsilon_after_rounds(result: Result, spent: SitePrivacy) -> tuple[tuple[int, float], ...]:
    """Round and total epsilon, from (0, 0) on; in rounds without the site the total stays as it was.

    A site's values belong to the rounds it answered; if their numbers differ (a site may have spent and then
    failed), to those in which it was asked; failing that, to the first rounds.
    """
    values, last = spent.epsilon_by_round, max((each.round for each in result.rounds), default=result.study.rounds)
    if not values:
        return ()
    answered = [each.round for each in result.rounds if each.round and spent.site in each.replied]
    asked = [
        each.round for each in result.rounds if each.round and (spent.site in each.replied or spent.site in each.failed)
    ]
    rounds = next((found for found in (answered, asked) if len(found) == len(values)), range(1, len(values) + 1))
    total_after, points, total = dict(zip(rounds, values, strict=True)), [(0, 0.0)], 0.0
    for round_ in range(1, max(last, len(values)) + 1):
        total = total_after.get(round_, total)
        points.append((round_, total))
    return tuple(points)


def _meaning(result: Result) -> Markup:
    if not result.study.private:
        return element(
            "p",
            "This study trained without differential privacy. Nothing bounds what the model tells about a single "
            "patient; use it for comparison and on public data only.",
        )
    return element(
        "p",
        "The unit of protection is the patient, with all of that patient’s records. Epsilon bounds what the trained "
        "model can tell about any one of them: with or without a patient, no outcome of the training becomes more "
        "than e",
        element("sup", "ε"),
        " times as likely, but for a probability of delta. Smaller is more private. Epsilon is computed from privacy "
        "loss distributions (PLD); the older Rényi bound (RDP) stands beside it as a check. Both are rounded up.",
    )


def _trust(result: Result) -> Markup:
    study = result.study
    if study.trust is None:
        return Markup()
    return element("p", f"Trust model: {study.trust}. {study.trust_statement}")


def _curves(result: Result) -> Markup:
    lines = [(spent.site, epsilon_after_rounds(result, spent)) for spent in result.privacy]
    sites_of: dict[tuple[tuple[int, float], ...], list[str]] = {}
    for site, points in lines:
        if points and all(math.isfinite(value) for _, value in points):
            sites_of.setdefault(points, []).append(site)
    if not sites_of:
        return Markup()
    drawn = [
        Curve(_name(tuple(sites), len(lines)), SITE_LOOKS[index % len(SITE_LOOKS)], points)
        for index, (points, sites) in enumerate(sites_of.items())
    ]
    ends = " ".join(f"{line.name}: {numbers.epsilon(line.points[-1][1])} at the end." for line in drawn)
    title = "Epsilon spent after each round"
    return curves(
        "epsilon-over-rounds", title, f"Total epsilon by round. {ends}", "Epsilon", drawn[::-1], from_zero=True
    )


def _name(sites: tuple[str, ...], of: int) -> str:
    if len(sites) == 1:
        return sites[0]
    return f"all {of} sites alike" if len(sites) == of else numbers.listed(sites)


def _table(result: Result) -> Markup:
    """Every site's mechanism and ledger; nothing without privacy, where ledgers hold no steps."""
    if not result.privacy or not result.study.private:
        return Markup()
    mechanism = ["Epsilon (PLD)", "Epsilon (RDP)", "Delta", "Noise multiplier", "Clipping norm", "Sampling rate"]
    header = ["Site", *mechanism, "Steps", "Ledger entries", "Ledger verified"]
    rows = [[spent.site, *_mechanism(spent), *_ledger(spent)] for spent in result.privacy]
    return table("Mechanism and spending of every site", header, rows)


def _mechanism(spent: SitePrivacy) -> list[str]:
    settings = (spent.noise_multiplier, spent.max_grad_norm, spent.sample_rate)
    return [
        numbers.epsilon(spent.epsilon),
        numbers.epsilon(spent.epsilon_rdp),
        numbers.small(spent.delta),
        *map(numbers.plain, settings),
    ]


def _ledger(spent: SitePrivacy) -> list[str]:
    verified = "yes" if spent.ledger_verified else element("td", "NO", class_="alarm")
    return [numbers.count(spent.steps), numbers.count(spent.ledger_entries), verified]
