"""All models side by side on the same held-out patients: base, each site alone, federated, pooled."""

from __future__ import annotations

from cloister.simulation.report import numbers, words
from cloister.simulation.report.arms import LOOKS, model_of, trained_model
from cloister.simulation.report.headline import verdict
from cloister.simulation.report.markup import Markup, element, join, table
from cloister.simulation.report.plots.intervals import Mark, Row, intervals
from cloister.simulation.result import Interval, Result


def comparison(result: Result) -> Markup:
    """The forest plot and the table of gains."""
    if not result.comparison:
        return element("p", "No models were compared.")
    return join([_forest(result), _table(result)])


def _forest(result: Result) -> Markup:
    metric = result.study.metric
    judged = [(model, model.metrics[metric]) for model in result.comparison if metric in model.metrics]
    main, base = trained_model(result), model_of(result, "base")
    rows = [
        Row(
            model.name,
            (Mark(LOOKS[model.arm], found.value, numbers.defined_bounds(found)),),
            numbers.score(found.value),
            numbers.bounds(found),
            model is main,
        )
        for model, found in judged
    ]
    shown = words.metric(metric)
    return intervals(
        "comparison-of-models",
        f"{shown} on the same held-out patients, with {numbers.percent(result.study.confidence)} intervals",
        f"{shown} with interval. "
        + " ".join(
            f"{row.name}: {row.value} ({row.bounds})." if row.bounds else f"{row.name}: {row.value}." for row in rows
        ),
        shown,
        rows,
        reference=base.metrics[metric].value if base and metric in base.metrics else None,
    )


def _table(result: Result) -> Markup:
    metric, main = result.study.metric, trained_model(result)
    others = sorted({name for model in result.comparison for name in model.metrics} - {metric})
    header = [
        "Model",
        "Private",
        words.metric(metric),
        "Gain over base",
        "Verdict",
        *(words.metric(name) for name in others),
    ]
    rows = [
        [
            element("strong", model.name) if model is main else model.name,
            "–" if model.arm == "base" else "yes" if model.private else "no",
            _value(model.metrics.get(metric)),
            _value(model.gain_over_base, signed=True) if model.gain_over_base else "–",
            verdict(model.gain_over_base) or "–",
            *(_value(model.metrics.get(name)) for name in others),
        ]
        for model in result.comparison
    ]
    note = (
        f"In small print: {numbers.percent(result.study.confidence)} bootstrap intervals over patients. A gain is the "
        "paired difference to the untouched base; the verdict is “better” or “worse” only where its interval "
        "excludes zero."
    )
    return table("Models and their gains", header, rows, note=note, css_class="text-2 text-5")


def _value(interval: Interval | None, *, signed: bool = False) -> str:
    if interval is None:
        return numbers.MISSING
    value = (numbers.gain if signed else numbers.score)(interval.value)
    found = numbers.bounds(interval, signed=signed)
    return join([value, " ", element("small", found)]) if found else value
