"""Where tags, comments and text begin and end in HTML, by the tokenization of its standard (WHATWG HTML, 13.2.5).

Where readers differ it does not matter who is right: what is no text is written back only as far as it is known to
hold nothing, so what another reader took for text is not in what is written. Only what would swallow text without an
end is refused: comments, scripts and quotation marks that are never closed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from cloister.deid.text.documents.document import UnreadableError
from cloister.deid.text.documents.html_elements import ESCAPABLE, RAW, UNREADABLE

BLANKS = " \t\n\r\f"
_OPEN = re.compile(r"<(?:(?P<end>/)?(?P<name>[A-Za-z][^ \t\n\r\f/>]*)|(?P<cdata>!\[CDATA\[)|(?P<comment>!--)|[!?/])")
_ATTRIBUTE = re.compile(
    rf"[{BLANKS}/]*(?P<name>[^{BLANKS}/>][^{BLANKS}/>=]*)"
    rf"(?P<value>[{BLANKS}]*=[{BLANKS}]*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)'|(?P<bare>[^{BLANKS}\"'>][^{BLANKS}>]*))?)?"
)
_TAG_END = re.compile(rf"[{BLANKS}/]*>")
_COMMENT_END = re.compile(r"(?<=<!--)-?>|--!?>")

_MOST_ATTRIBUTES = 200

Kind = Literal["text", "start", "end", "comment", "declaration", "raw"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute; it takes `start` to `end` with the blanks before it, its name `name_start` to `name_end`.

    `value_start` and `value_end` leave out the quotation marks; `quote` is what they are, empty if there are none.
    """

    name: str
    start: int
    name_start: int
    name_end: int
    value_start: int
    value_end: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the source. `name`, in lower case, is that of the tag, or of the element that `raw` text is in."""

    kind: Kind
    start: int
    end: int
    name: str = ""
    attributes: tuple[Attribute, ...] = ()
    self_closing: bool = False


def tokens(source: str) -> Iterator[Token]:
    """All tokens, in order; together they are the source.

    Raises:
        UnreadableError: something has no end, or an element shows markup as text.
    """
    return _tokens(source, 0, len(source), within=False)


def _tokens(source: str, position: int, limit: int, *, within: bool) -> Iterator[Token]:
    """The tokens of a stretch; `within` a CDATA section, whose content is read as any other."""
    last = source.rfind(">", position, limit)
    text = position
    while (opened := _OPEN.search(source, position, limit)) is not None and opened.start() < last:
        start = opened.start()
        if text < start:
            yield Token("text", text, start)
        if opened["cdata"]:
            if within or (end := source.find("]]>", start, limit)) < 0:
                raise UnreadableError
            yield Token("declaration", start, opened.end())
            yield from _tokens(source, opened.end(), end, within=True)
            yield Token("declaration", end, end + 3)
            position = end + 3
        elif opened["name"]:
            tag = _tag(source, opened, limit)
            yield tag
            position = tag.end
            if tag.kind == "start" and tag.name in RAW | ESCAPABLE | UNREADABLE:
                end = _end_of(source, tag, limit)
                kind: Kind = "raw" if tag.name in RAW else "text"
                if tag.end < end:
                    yield Token(kind, tag.end, end, tag.name)
                position = end
        else:
            position = _end_of_comment(source, start, limit) if opened["comment"] else source.index(">", start) + 1
            yield Token("comment" if opened["comment"] else "declaration", start, position)
        text = position
    if text < limit:
        yield Token("text", text, limit)


def _tag(source: str, opened: re.Match[str], limit: int) -> Token:
    attributes, position = [], opened.end()
    while (match := _ATTRIBUTE.match(source, position, limit)) is not None:
        attribute = _attribute(match)
        # A quotation mark after the sign, and no value: it is never closed.
        if (
            match["value"]
            and not attribute.quote
            and match["bare"] is None
            and source[match.end() : limit][:1] in {'"', "'"}
        ):
            raise UnreadableError
        attributes.append(attribute)
        position = match.end()
    end = _TAG_END.match(source, position, limit)
    if end is None or len(attributes) > _MOST_ATTRIBUTES:
        raise UnreadableError
    kind: Kind = "end" if opened["end"] else "start"
    name = opened["name"].lower()
    return Token(kind, opened.start(), end.end(), name, tuple(attributes), self_closing=end[0].endswith("/>"))


def _attribute(match: re.Match[str]) -> Attribute:
    group = next((name for name in ("double", "single", "bare") if match[name] is not None), None)
    start, end = match.span(group) if group is not None else (match.end(), match.end())
    quote = {"double": '"', "single": "'"}.get(group or "", "")
    return Attribute(match["name"].lower(), match.start(), *match.span("name"), start, end, match.end(), quote)


def _end_of(source: str, tag: Token, limit: int) -> int:
    end = re.compile(rf"</{tag.name}(?=[{BLANKS}/>])", re.I).search(source, tag.end, limit)
    if end is None or tag.name in UNREADABLE:
        raise UnreadableError
    return end.start()


def _end_of_comment(source: str, start: int, limit: int) -> int:
    end = _COMMENT_END.search(source, start + 4, limit)
    if end is None:
        raise UnreadableError
    return end.end()
