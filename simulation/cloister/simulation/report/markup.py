"""HTML that is escaped by construction: only `Markup` is taken as written, every other string is escaped.

A name in a study, a statement in a certificate or a reason code is data: it may hold `<script>`, quotes or control
characters, and still shows as the text it is. Forgetting to mark something as `Markup` shows tags; it never runs them.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Sequence


class Markup(str):
    """HTML that was built here. Adding to it gives an ordinary string, which is escaped again."""

    __slots__ = ()


Attribute = str | int | float | bool | None


def element(tag: str, /, *children: str, **attributes: Attribute) -> Markup:
    """An element with its children.

    Args:
        tag: its name.
        children: `Markup` as it is, any other string escaped.
        attributes: `class_` stands for `class`, `aria_label` for `aria-label`; None and False leave an attribute
            out, True writes it without a value; floats are written with at most two decimals.
    """
    opening = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _VOID:
        return Markup(f"<{tag}{opening}>")
    return Markup(f"<{tag}{opening}>{join(children)}</{tag}>")


def join(parts: Iterable[str], separator: str = "") -> Markup:
    """Several pieces as one."""
    return Markup(escape(separator).join(escape(part) for part in parts))


def escape(text: str) -> Markup:
    """Text made safe for element content and quoted attributes; `Markup` as it is."""
    if isinstance(text, Markup):
        return text
    return Markup(html.escape("".join(map(_printable, text)), quote=True))


def table(
    caption: str, header: Sequence[str], rows: Iterable[Sequence[str]], *, note: str = "", css_class: str = ""
) -> Markup:
    """A table in a region of its own that scrolls sideways where the screen is narrow.

    Args:
        caption: what the table shows.
        header: the columns' names. The first column names the rows.
        rows: cells, as many as there are columns; a cell that starts with `<td` is taken as a whole cell.
        note: a remark below the caption.
        css_class: such as "text-2" to set the second column as text; columns other than the first hold figures.
    """
    columns = [element("th", name, scope="col", class_=_short(name, 12)) for name in header]
    title = element("span", caption, *([" ", element("small", note)] if note else []))
    whole = element(
        "table",
        element("caption", title),
        element("thead", element("tr", *columns)),
        element("tbody", *(_row(row) for row in rows)),
        class_=css_class or None,
    )
    return element("div", whole, class_="scroll", role="region", tabindex=0, aria_label=caption)


def _row(cells: Sequence[str]) -> Markup:
    first, *others = cells
    return element("tr", element("th", first, scope="row", class_=_short(first, 36)), *(_cell(cell) for cell in others))


def _cell(content: str) -> Markup:
    if isinstance(content, Markup) and content.startswith("<td"):
        return content
    return element("td", content)


def _short(name: str, letters: int) -> str | None:
    """The class that keeps a short name on one line."""
    return "short" if len(re.sub("<[^>]*>", "", name)) <= letters else None


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f' {name}="{html.escape("".join(map(_printable, text)), quote=True)}"'


def _printable(character: str) -> str:
    """Control characters, half surrogates and overrides of the text direction are shown as what they are: unknown."""
    if character in "\n\t":
        return character
    unknown = unicodedata.category(character) in {"Cc", "Cs"} or character in _DIRECTION_OVERRIDES
    return "\N{REPLACEMENT CHARACTER}" if unknown else character


_DIRECTION_OVERRIDES = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_VOID = {"meta", "br", "hr"}
