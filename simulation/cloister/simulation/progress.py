"""Progress of a run: one bar a stage on the terminal, and how long each stage took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Report = Callable[[int, int], None]


@dataclass
class Stages:
    """Shows stages as they run and remembers their durations.

    Args:
        console: where bars are drawn; None shows nothing.
    """

    console: Console | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[Report]:
        """Run one stage; yields a function that takes done and total."""
        began = time.monotonic()
        columns = (
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self.console, disable=self.console is None) as bars:
            bar = bars.add_task(name, total=None)

            def report(done: int, total: int) -> None:
                bars.update(bar, completed=done, total=total)

            yield report
            task = bars.tasks[0]
            total = task.total or task.completed or 1
            bars.update(bar, completed=total, total=total)
        self.seconds[name] = self.seconds.get(name, 0.0) + time.monotonic() - began
