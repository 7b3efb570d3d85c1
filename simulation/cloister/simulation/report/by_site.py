"""Who gains: the models on each site's own held-out patients, where the held-out set tells sites apart."""

from __future__ import annotations

import math

from cloister.simulation.report import numbers, words
from cloister.simulation.report.arms import LOOKS
from cloister.simulation.report.markup import Markup, element, join, table
from cloister.simulation.report.plots.intervals import Mark, Row, intervals
from cloister.simulation.result import ComparedModel, Result


def by_site(result: Result) -> Markup:
    """The study's metric by held-out site: a plot of the shared models, a table of all. Empty without such figures."""
    metric = result.study.metric
    models = [model for model in result.comparison if any(metric in values for values in model.by_site.values())]
    sites = sorted({site for model in models for site in model.by_site}, key=lambda site: _position(site, result))
    if not sites:
        return Markup()
    heading = element("h3", "Who gains: each site’s own patients")
    return join([heading, _plot(models, sites, metric), _table(models, sites, metric)])


def _plot(models: list[ComparedModel], sites: list[str], metric: str) -> Markup:
    shared = [model for model in models if model.arm != "alone"]
    if not shared:
        return Markup()
    rows = [Row(site, tuple(Mark(LOOKS[model.arm], _at(model, site, metric)) for model in shared)) for site in sites]
    sentences = [
        f"{site}: {', '.join(f'{model.name} {numbers.score(_at(model, site, metric))}' for model in shared)}."
        for site in sites
    ]
    shown = words.metric(metric)
    title = f"{shown} on each site’s held-out patients"
    legend = [(model.name, LOOKS[model.arm]) for model in shared]
    return intervals("comparison-by-site", title, " ".join(sentences), shown, rows, legend=legend)


def _table(models: list[ComparedModel], sites: list[str], metric: str) -> Markup:
    rows = [[model.name, *(_cell(model, site, metric, models) for site in sites)] for model in models]
    note = "The best model of each site in bold."
    return table(f"{words.metric(metric)} by held-out site", ["Model", *sites], rows, note=note)


def _cell(model: ComparedModel, site: str, metric: str, models: list[ComparedModel]) -> str:
    value = _at(model, site, metric)
    defined = [found for found in (_at(other, site, metric) for other in models) if math.isfinite(found)]
    return element("strong", numbers.score(value)) if defined and value == max(defined) else numbers.score(value)


def _at(model: ComparedModel, site: str, metric: str) -> float:
    return model.by_site.get(site, {}).get(metric, math.nan)


def _position(site: str, result: Result) -> tuple[int, str]:
    roster = result.study.sites
    return (roster.index(site) if site in roster else len(roster), site)
