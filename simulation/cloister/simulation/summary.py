"""The last words on the terminal: the comparison as a table."""

from __future__ import annotations

from rich.table import Table

from cloister.simulation.result import Interval, Result


def summary_table(result: Result) -> Table:
    """Each model's metric and gain over the base, and each site's epsilon in the caption."""
    metric = result.study.metric
    percent = f"{result.study.confidence:.0%}"
    table = Table(title=result.study.title, caption=_privacy(result), caption_justify="left")
    table.add_column("model")
    table.add_column(f"{metric} ({percent} interval)", justify="right")
    table.add_column("gain over base", justify="right")
    for model in result.comparison:
        gain = "" if model.gain_over_base is None else _interval(model.gain_over_base, sign="+")
        value = "undefined" if metric not in model.metrics else _interval(model.metrics[metric])
        table.add_row(model.name, value, gain)
    return table


def _interval(found: Interval, sign: str = "") -> str:
    if found.low is None or found.high is None:
        return f"{found.value:{sign}.3f}"
    return f"{found.value:{sign}.3f} ({found.low:{sign}.3f} to {found.high:{sign}.3f})"


def _privacy(result: Result) -> str:
    if not result.study.private:
        return "No differential privacy."
    spent = (f"{site.site} {site.epsilon:.2f}" for site in result.privacy if site.epsilon is not None)
    return f"Epsilon at delta {result.privacy[0].delta:g}: " + ", ".join(spent)
