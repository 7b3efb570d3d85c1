"""Which elements of HTML are open, so that what is written closes each of them once, in order.

An end tag that closes nothing, and one of an inline element that would close a block, is left out. Whatever is open
within an element is closed with it. A new block ends the paragraph before it, a new item or cell the one before it.
"""

from __future__ import annotations

from collections.abc import Iterable

from cloister.deid.text.documents.document import UnreadableError
from cloister.deid.text.documents.html_elements import BLOCKS, LISTS, OPTIONAL_END, SCOPES, TABLE_PARTS

_DEEPEST = 256
_ENDED_BY: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), LISTS),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"})),
    "option": (frozenset({"option"}), frozenset({"select"})),
    "optgroup": (frozenset({"option", "optgroup"}), frozenset({"select"})),
    "td": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "th": (frozenset({"td", "th"}), frozenset({"tr", "table"})),
    "tr": (frozenset({"tr", "caption", "colgroup"}), frozenset({"table"})),
    **dict.fromkeys(
        ("tbody", "thead", "tfoot"),
        (frozenset({"tbody", "thead", "tfoot", "caption", "colgroup", "tr"}), frozenset({"table"})),
    ),
    "body": (frozenset({"head"}), frozenset({"html"})),
}
"""Element -> elements that end where it begins, and those that they are looked for within."""


class Nesting:
    """The open elements, outermost first."""

    def __init__(self) -> None:
        self._open: list[tuple[str, str]] = []

    def is_open(self, names: Iterable[str]) -> bool:
        """Whether any of these elements is open."""
        wanted = frozenset(names)
        return any(name in wanted for name, _ in self._open)

    def begin(self, name: str, written: str) -> str:
        """An element begins, and is written under another name. Returns the end tags that belong before it.

        Raises:
            UnreadableError: too many are open.
        """
        closing = ""
        if name in BLOCKS and name not in TABLE_PARTS:
            closing += self._end_up_to(self._place(frozenset({"p"}), BLOCKS - {"p"}))
        if name in _ENDED_BY:
            closing += self._end_up_to(self._place(*_ENDED_BY[name]))
        if len(self._open) >= _DEEPEST:
            raise UnreadableError
        self._open.append((name, written))
        return closing

    def end(self, name: str) -> tuple[str, str] | None:
        """An end tag: the end tags that belong before it, and its own name as written; None if it closes nothing."""
        if name not in BLOCKS:
            place = self._place(frozenset({name}), BLOCKS)
        elif name == "table":
            place = self._place(frozenset({name}), frozenset())
        else:
            place = self._place(frozenset({name}), frozenset({"table"}) if name in TABLE_PARTS else SCOPES)
        if place is None:
            return None
        closing = self._end_up_to(place + 1)
        return closing, self._open.pop()[1]

    def end_all(self) -> str:
        """The end tags of everything that is open."""
        return self._end_up_to(0)

    def _place(self, names: frozenset[str], within: frozenset[str]) -> int | None:
        """Where the innermost of these elements is open that nothing of `within` parts from here."""
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place][0] in names:
                return place
            if self._open[place][0] in within:
                return None
        return None

    def _end_up_to(self, place: int | None) -> str:
        if place is None:
            return ""
        ended = self._open[place:]
        del self._open[place:]
        # The end tag of an inline element ends no block: what is in it has to be ended first.
        inline = next((index for index, (name, _) in enumerate(ended) if name not in BLOCKS), len(ended))
        return "".join(
            f"</{written}>"
            for index, (_, written) in reversed(list(enumerate(ended)))
            if written not in OPTIONAL_END or index > inline
        )
