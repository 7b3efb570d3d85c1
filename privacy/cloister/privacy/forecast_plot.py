"""The curves of a forecast as a picture, if matplotlib is installed (Cloister itself does not need it)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cloister.study.errors import InputError

_PANELS = (
    ("by_rounds", "rounds", "rounds"),
    ("by_noise", "noise_multiplier", "noise multiplier"),
    ("by_patients", "patients", "patients at the smallest site"),
)


def draw(answer: Mapping[str, Any], path: Path) -> None:
    """Draw epsilon against rounds, noise and patients.

    Args:
        answer: of `forecast`.
        path: the picture to write, `.svg` or `.png`.

    Raises:
        InputError: another kind of file, matplotlib is missing, or the file cannot be written.
    """
    if path.suffix not in {".svg", ".png"}:
        raise InputError(f"{path}: a picture is .svg or .png.", "Give such a name to --plot.")
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise InputError(
            "--plot needs matplotlib, which is not installed.",
            "pip install matplotlib, or read the bars without --plot.",
        ) from None
    panels = [panel for panel in _PANELS if answer[panel[0]]]
    figure = Figure(figsize=(4 * len(panels), 3.2), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, (name, key, label) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
        places = [point[key] for point in answer[name]]
        axes.plot(places, [point["epsilon"] for point in answer[name]], marker="o", label="PLD, reported")
        axes.plot(places, [point["epsilon_rdp"] for point in answer[name]], linestyle=":", label="RDP bound")
        axes.set(xscale="log", yscale="log", xlabel=label, ylabel=f"epsilon at delta {answer['delta']:g}")
        axes.set_xticks(places, [f"{place:.3g}" if place < 1000 else f"{place:,.0f}" for place in places], minor=False)
        axes.set_xticks([], minor=True)
        axes.yaxis.set_major_formatter("{x:g}")
        axes.yaxis.set_minor_formatter("{x:g}")
        axes.grid(visible=True, alpha=0.3)
        axes.legend(frameon=False)
    try:
        figure.savefig(path)
    except OSError as problem:
        raise InputError(f"{path}: cannot be written: {problem.strerror}.", "Check the folder.") from None
