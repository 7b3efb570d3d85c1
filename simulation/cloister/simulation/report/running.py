"""What the run took: time by stage, memory, bytes on the wire."""

from __future__ import annotations

from cloister.simulation.report import numbers
from cloister.simulation.report.markup import Markup, element, join, table
from cloister.simulation.result import Result, Timing


def running(result: Result) -> Markup:
    """Time by stage, and what crossed between coordinator and sites."""
    return join([_totals(result), _stages(result)])


def _totals(result: Result) -> Markup:
    trained = [each for each in result.rounds if each.round]
    replies = sum(len(each.replied) for each in trained)
    up, down = sum(each.bytes_up for each in trained), sum(each.bytes_down for each in trained)
    sentences = [
        f"The whole run took {numbers.duration(sum(stage.seconds for stage in result.timings))} "
        f"and at most {numbers.size(result.peak_memory_bytes)} of memory."
    ]
    if trained:
        seconds = sum(each.seconds for each in trained)
        sentences.append(
            f"A round took {numbers.duration(seconds / len(trained))} on average. In all, the coordinator sent "
            f"{numbers.size(down)} to the sites and received {numbers.size(up)}."
        )
    if replies:
        sentences.append(f"One update of one site is {numbers.size(up / replies)}.")
    return element("p", " ".join(sentences))


def _stages(result: Result) -> Markup:
    if not result.timings:
        return Markup()
    total = sum(stage.seconds for stage in result.timings) or 1.0
    rows = [_stage(stage, total) for stage in result.timings]
    return table("Time by stage", ["Stage", "Time", "Share"], rows, css_class="bars")


def _stage(stage: Timing, total: float) -> list[str]:
    share = stage.seconds / total
    bar = element("td", numbers.percent(share), class_="bar", style=f"--share:{share:.3f}")
    return [stage.stage, numbers.duration(stage.seconds), bar]
