"""Writing the report: `report.html` beside `result.json`."""

from __future__ import annotations

from pathlib import Path

from cloister.simulation.report.page import page
from cloister.simulation.result import Result
from cloister.study import atomic

REPORT_FILE = "report.html"


def write_report(result: Result, folder: Path) -> Path:
    """Write a result as one self-contained HTML page, atomically.

    It loads nothing and runs no script; the same result gives the same bytes.

    Args:
        result: what to show.
        folder: where to; created if needed.

    Returns:
        The page's path.
    """
    path = folder / REPORT_FILE
    atomic.write_text(path, page(result) + "\n")
    return path
