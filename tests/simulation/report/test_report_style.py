"""The style sheet: readable in light and dark, and the only place where colours are."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files

import pytest

from cloister.simulation.report.page import page
from cloister.simulation.result import Result

CSS = files("cloister.simulation.report").joinpath("report.css").read_text("utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block)) for block in re.findall(r":root \{(.*?)\}", CSS, re.S)[:2]
)
DATA_COLOURS = ("base", "alone", "federated", "without-dp", "pooled", "hue-4", "hue-5", "hue-6")
Channels = tuple[float, ...]


@pytest.fixture(params=[LIGHT, DARK], ids=["light", "dark"], name="colours")
def _colours(request: pytest.FixtureRequest) -> dict[str, str]:
    found: dict[str, str] = request.param
    return found


def test_dark_mode_names_every_colour_anew() -> None:
    assert LIGHT.keys() == DARK.keys()
    assert _luminance(_channels(DARK["paper"])) < 0.05 < 0.9 < _luminance(_channels(LIGHT["paper"]))


@pytest.mark.parametrize("ink", ["ink", "muted", "accent", "alarm"])
@pytest.mark.parametrize("ground", ["paper", "panel"])
def test_text_has_the_contrast_that_wcag_asks_for(ink: str, ground: str, colours: dict[str, str]) -> None:
    assert _contrast(_channels(colours[ink]), _channels(colours[ground])) >= 4.5


def test_the_banner_is_readable(colours: dict[str, str]) -> None:
    assert _contrast(_channels(colours["alarm-ink"]), _channels(colours["alarm-paper"])) >= 4.5


@pytest.mark.parametrize("hue", DATA_COLOURS)
def test_lines_and_marks_have_the_contrast_that_wcag_asks_for(hue: str, colours: dict[str, str]) -> None:
    assert _contrast(_channels(colours[hue]), _channels(colours["paper"])) >= 3


@pytest.mark.parametrize("shade", ["accent", "warm"])
def test_figures_stay_readable_in_the_darkest_cell_of_a_heat_table(shade: str, colours: dict[str, str]) -> None:
    [strength] = {int(found) for found in re.findall(r"var\(--share\) \* (\d+)%\), transparent\)", CSS)}
    mixed = tuple(
        strength / 100 * top + (1 - strength / 100) * below
        for top, below in zip(_channels(colours[shade]), _channels(colours["paper"]), strict=True)
    )
    assert _contrast(_channels(colours["ink"]), mixed) >= 4.5


def test_plots_take_their_colours_from_the_style_sheet_alone(make_result: Callable[..., Result]) -> None:
    body = page(make_result()).split("</style>")[1]
    assert not re.search(r'(fill|stroke|color|stop-color)="', body)
    assert set(re.findall(r'style="([^"]*?):', body)) == {"--share"}
    used = {name for names in re.findall(r'class="([^"]*)"', body) for name in names.split()}
    unstyled = {name for name in used if not re.search(rf"\.{name}\b", CSS)}
    assert unstyled == set()


def _channels(colour: str) -> Channels:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))


def _luminance(channels: Channels) -> float:
    """Relative luminance, WCAG 2.2."""
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(first: Channels, second: Channels) -> float:
    brighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)
