"""How the global model learned: the study's metric on the coordinator's held-out set, round by round."""

from __future__ import annotations

import math

from cloister.simulation.report import numbers, words
from cloister.simulation.report.arms import LOOKS, model_of, trained_model
from cloister.simulation.report.markup import Markup, element, join, table
from cloister.simulation.report.plots.curves import Curve, Level, curves
from cloister.simulation.result import Result, Round


def learning(result: Result) -> Markup:
    """The learning curves, and the rounds in figures."""
    return join([_curves(result), _rounds(result)])


def _curves(result: Result) -> Markup:
    metric, federated = result.study.metric, _federated(result)
    if not federated.points:
        return element("p", "The global model was not evaluated between rounds.")
    lines = [line for line in (_without_dp(result), federated) if line is not None]
    levels = [level for level in (_level(result, "base"), _level(result, "pooled")) if level is not None]
    (first_round, first), (last_round, last) = federated.points[0], federated.points[-1]
    sentences = [
        f"{federated.name}: {numbers.score(first)} at round {first_round},",
        f"{numbers.score(last)} at round {last_round}.",
        *(f"{level.name}: {numbers.score(level.value)}." for level in levels),
    ]
    band = f", with {numbers.percent(result.study.confidence)} confidence band" if federated.band else ""
    title = f"{words.metric(metric)} on held-out patients after each round{band}"
    return curves("learning-curves", title, " ".join(sentences), words.metric(metric), lines, levels)


def _federated(result: Result) -> Curve:
    """The study's own rounds; the band is drawn where both bounds are defined."""
    metric, trained = result.study.metric, trained_model(result)
    values = [(each.round, each.metrics[metric]) for each in result.rounds if metric in each.metrics]
    return Curve(
        trained.name if trained else "federated",
        LOOKS[trained.arm if trained else "federated"],
        tuple((round_, found.value) for round_, found in values if math.isfinite(found.value)),
        tuple((round_, *bounds) for round_, found in values if (bounds := numbers.defined_bounds(found))),
    )


def _without_dp(result: Result) -> Curve | None:
    """The comparison's run of a private study without privacy."""
    model = model_of(result, "federated-without-dp")
    if model is None or not result.study.private or not model.curve.get(result.study.metric):
        return None
    points = enumerate(model.curve[result.study.metric])
    return Curve(model.name, LOOKS[model.arm], tuple(point for point in points if math.isfinite(point[1])))


def _level(result: Result, arm: str) -> Level | None:
    model = model_of(result, arm)
    found = model.metrics.get(result.study.metric) if model else None
    if model is None or found is None or not math.isfinite(found.value):
        return None
    return Level(model.name, LOOKS[arm], found.value)


def _rounds(result: Result) -> Markup:
    if not result.rounds:
        return Markup()
    metrics = sorted({name for each in result.rounds for name in each.metrics})
    metrics.sort(key=lambda name: name != result.study.metric)
    header = ["Round", *map(words.metric, metrics), "Answered", "Time", "Sent to sites", "Received"]
    failed = any(each.failed for each in result.rounds)
    rows = [[*_round(each, metrics), *([_failed(each)] if failed else [])] for each in result.rounds]
    note = "Round 0 is the untouched base."
    whole = table("Every round", [*header, *(["Not answered"] if failed else [])], rows, note=note)
    return element("details", element("summary", "Rounds in figures"), whole, open=len(rows) <= 12)


def _round(each: Round, metrics: list[str]) -> list[str]:
    judged = [_with_bounds(each, name) for name in metrics]
    if each.round == 0:
        return ["0", *judged, "–", numbers.duration(each.seconds), "–", "–"]
    answered = f"{len(each.replied)} of {len(each.replied) + len(each.failed)}"
    traffic = (numbers.size(each.bytes_down), numbers.size(each.bytes_up))
    return [str(each.round), *judged, answered, numbers.duration(each.seconds), *traffic]


def _failed(each: Round) -> str:
    causes = [join([site, " ", element("small", code)]) for site, code in each.failed.items()]
    return element("td", join(causes, ", "), class_="wrap") if causes else "–"


def _with_bounds(each: Round, metric: str) -> str:
    if metric not in each.metrics:
        return numbers.MISSING
    found = numbers.bounds(each.metrics[metric])
    value = numbers.score(each.metrics[metric].value)
    return join([value, " ", element("small", found)]) if found else value
