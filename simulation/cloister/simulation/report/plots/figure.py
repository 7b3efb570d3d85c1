"""A figure: the same plot drawn for wide and for narrow screens, with title, description and legend.

An SVG that is merely scaled down to a phone has unreadable letters; so each plot is drawn twice, and the style sheet
shows the one that fits. The description says in words what the plot shows, for those who do not see it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cloister.simulation.report.arms import Look
from cloister.simulation.report.markup import Markup, element, join

WIDE, NARROW = 920, 360
LETTER_WIDTH = 7.5
"""Of the plots' size of letters, on average and in pixels; generous, for the widest of the usual fonts."""


def figure(
    key: str,
    title: str,
    description: str,
    draw: Callable[[int], tuple[Markup, int]],
    legend: Sequence[tuple[str, Look]] = (),
) -> Markup:
    """A figure with its legend.

    Args:
        key: unique within the page; part of the ids.
        title: what is shown.
        description: what is to be seen, as a sentence.
        draw: from the width to the drawing's content and height, in pixels.
        legend: name and look of what is drawn.
    """
    drawings = [_drawing(f"{key}-{name}", name, title, description, width, draw) for name, width in _SIZES]
    entries = [element("li", _swatch(look), element("span", name)) for name, look in legend]
    keys = element("ul", *entries, class_="legend", aria_hidden="true") if entries else Markup()
    return element("figure", element("figcaption", title), keys, *drawings, id=key)


def mark(look: Look, x: float, y: float, radius: float = 4.5) -> Markup:
    """The mark of a look at a position."""
    return element("path", d=_MARKS[look.mark](x, y, radius), class_=f"mark {look.css_class}")


def text(content: str, x: float, y: float, *, anchor: str = "start", css_class: str | None = None) -> Markup:
    """A piece of text; y is its baseline."""
    return element("text", content, x=x, y=y, text_anchor=anchor, class_=css_class)


def fitted(name: str, width: float) -> str:
    """A name with its middle left out to fit a width; the tables beside the plots tell it in full."""
    letters = max(5, int(width / LETTER_WIDTH))
    if len(name) <= letters:
        return name
    head = letters // 2
    return f"{name[:head]}…{name[head + 1 - letters :]}"


def _drawing(
    key: str, size: str, title: str, description: str, width: int, draw: Callable[[int], tuple[Markup, int]]
) -> Markup:
    content, height = draw(width)
    return element(
        "svg",
        element("title", title, id=f"{key}-title"),
        element("desc", description, id=f"{key}-desc"),
        content,
        viewBox=f"0 0 {width} {height}",
        class_=size,
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
    )


def _swatch(look: Look) -> Markup:
    line = element("line", x1=1, y1=7, x2=29, y2=7, class_=f"line {look.css_class}", stroke_dasharray=look.dashes)
    return element("svg", join([line, mark(look, 15, 7, 4)]), viewBox="0 0 30 14", class_="swatch")


def _path(*points: tuple[float, float]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def _circle(x: float, y: float, r: float) -> str:
    return f"M{x - r:.1f} {y:.1f}a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {-2 * r:.1f} 0Z"


def _square(x: float, y: float, r: float) -> str:
    s = 0.88 * r
    return _path((x - s, y - s), (x + s, y - s), (x + s, y + s), (x - s, y + s))


def _diamond(x: float, y: float, r: float) -> str:
    s = 1.25 * r
    return _path((x, y - s), (x + s, y), (x, y + s), (x - s, y))


def _triangle(x: float, y: float, r: float) -> str:
    return _path((x, y - 1.15 * r), (x + 1.1 * r, y + 0.8 * r), (x - 1.1 * r, y + 0.8 * r))


def _cross(x: float, y: float, r: float) -> str:
    a, b = 1.2 * r, 0.42 * r
    corners = (
        (-b, -a),
        (b, -a),
        (b, -b),
        (a, -b),
        (a, b),
        (b, b),
        (b, a),
        (-b, a),
        (-b, b),
        (-a, b),
        (-a, -b),
        (-b, -b),
    )
    return _path(*((x + dx, y + dy) for dx, dy in corners))


_MARKS: dict[str, Callable[[float, float, float], str]] = {
    "circle": _circle,
    "square": _square,
    "diamond": _diamond,
    "triangle": _triangle,
    "cross": _cross,
}
_SIZES = (("wide", WIDE), ("narrow", NARROW))
