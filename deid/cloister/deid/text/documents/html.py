"""HTML as a person reads it.

Shown: text with its entities decoded and its blanks run together, blocks on lines of their own, cells parted by tabs,
what stands in input fields. Shown after it, a paragraph each, is what hides between: descriptions (`alt`, `title` and
the like), comments, hidden elements and whatever other attribute has words. Descriptions are written back. The others
are dropped when the document is written, as are scripts, styles, addresses (which are reported as the identifiers that
they are), the tags of unknown elements, and every attribute but those that lay out tables, lists and forms.

So nothing is written back but known tags, and text that was shown. What was not in order is put in order: elements are
closed, raw signs escaped. Embedded pictures are refused as attachments; what is never closed, hidden text in the middle
of a word where a style sheet decides on it, and charsets in which ASCII letters need not mean themselves are refused
too.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import partial

from cloister.deid.text.documents import html_elements as known
from cloister.deid.text.documents.document import METADATA, Document, Piece, UnreadableError, Write, kept
from cloister.deid.text.documents.html_nesting import Nesting
from cloister.deid.text.documents.html_tokens import BLANKS, Attribute, Token, tokens
from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.unescape import unescape

_VALUE = r"(?:\"[^\"]*\"|'[^']*'|[^\s\"'=<>`]+)"
_TELLING = re.compile(
    rf"<(?:a|b|blockquote|body|br|center|div|em|font|form|h[1-6]|head|hr|html|i|ol|p|pre|span|strong|sub|sup|table|tbody|td"
    rf"|th|thead|tr|u|ul)(?:\s+[\w:-]+\s*=\s*{_VALUE})*\s*/?>",
    re.I,
)
_FIRST = re.compile(
    r"(?:\s|\ufeff|<!--.*?-->|<\?xml[^>]*>)*<(?P<declared>!doctype\s+html\b)?/?(?P<name>[\w:.-]*)", re.I | re.S
)
_DOCTYPE = re.compile(r"<!DOCTYPE html>|<!doctype html>")
_ENTITY = r"&(?:#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[A-Za-z][A-Za-z0-9]{1,31};?)"
_FLOWING = re.compile(rf"{_ENTITY}|<|\"|\u00a0|[{BLANKS}]*[\t\n\r\f][{BLANKS}]*| {{2,}}")
_STANDING = re.compile(rf"{_ENTITY}|<|\u00a0")
_LEADING = re.compile(rf"[{BLANKS}]+")
_CONDITION = re.compile(r"\[if [^\[\]<>]*\]>|<!\[endif\]|\b(?:Start|End)Fragment\b|<[^<>]*>")
_HIDES = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0(?![\d.]*[1-9])|mso-hide\s*:\s*all"
    r"|opacity\s*:\s*0(?![\d.]*[1-9])",
    re.I,
)
_DECLARATIONS = re.compile(r"\{([^{}]*)\}")
_SELECTED = re.compile(r"[.#]([\w-]+)")
_CHARSET = re.compile(r"charset\s*+=\s*+[\"']?\s*+(?:unicode-1-1-)?(?:utf-?7|iso-2022|hz)", re.I)
_EMBEDDED = re.compile(r"data\s*:\s*[\w.+-]+/", re.I)
_SCHEMES: tuple[tuple[re.Pattern[str], Label], ...] = (
    (re.compile(r"mailto:(?=.)", re.I), "EMAIL"),
    (re.compile(r"(?:tel|sms|callto|fax):(?=.)", re.I), "PHONE"),
    (re.compile(r"(?=(?:https?:|ftp:|file:)?//\S|www\.)", re.I), "URL"),
)
_SETTINGS = frozenset({"viewport", "generator", "progid", "robots", "format-detection", "color-scheme", "theme-color"})
_APART = "\n\n"
"""Before what stands aside: nobody's name goes on from one of them to the next."""
_LINE, _CELL, _TEXT = "line", "cell", "text"
_OF_ONE_WORD = frozenset({"content", "datetime", "value"})


def is_html(text: str) -> bool:
    """Whether a text is an HTML document, or holds a tag that only HTML has: then it is HTML as a whole."""
    if "<" not in text or _TELLING.search(text) is None:
        return False
    first = _FIRST.match(text)
    if first is None:
        return True
    name = first["name"].lower()
    return (
        first["declared"] is not None
        or not name
        or name in known.KEPT | known.GONE | {"meta", "link", *known.WRITTEN_AS}
    )


def read_html(source: str) -> Document:
    """Read an HTML document or a piece of one.

    Raises:
        UnreadableError: something has no end, or hides in a way that is not understood; or a picture is embedded.
    """
    reader = _Reader(source)
    pieces = tuple(reader.pieces())
    return Document(pieces, read_html, tuple(reader.metadata), same=_same_words)


def _same_words(first: str, second: str) -> bool:
    """Blanks and empty lines go with what they parted."""
    return first.split() == second.split()


class _Reader:
    """One pass over a document. `_last` is what ended what is shown so far: a line, a cell, or text."""

    def __init__(self, source: str) -> None:
        self.metadata: list[Finding] = []
        self._source = source
        self._tokens = list(tokens(source))
        self._nesting = Nesting()
        self._last = _LINE
        begun = {token.name for token in self._tokens if token.kind == "start"}
        self._flows = not begun.isdisjoint(known.BLOCKS | {"br", "hr", "center"})
        self._hiding = frozenset(name for token in self._tokens for name in self._hidden_by(token))

    def pieces(self) -> Iterator[Piece]:
        """All of them, in order."""
        number = 0
        while number < len(self._tokens):
            token = self._tokens[number]
            after = self._end_of_hidden(number)
            if after is not None:
                for inner in self._tokens[number:after]:
                    yield from self._gone(inner)
                number = after
                continue
            yield from self._shown(token)
            number += 1
        if closing := self._nesting.end_all():
            yield Piece("", becomes=closing)

    def _shown(self, token: Token) -> Iterator[Piece]:
        if token.kind == "text":
            yield from self._text(token.start, token.end)
        elif token.kind == "start" and token.name in known.KEPT | known.WRITTEN_AS.keys():
            yield from self._start(token)
        elif token.kind == "end":
            yield from self._end(token)
        elif token.kind == "declaration" and self._of(token)[:9].lower() == "<!doctype":
            source = self._of(token)
            yield Piece(source, becomes=None if _DOCTYPE.fullmatch(source) else "<!DOCTYPE html>")
        else:
            yield from self._gone(token)

    # Text

    def _text(self, start: int, end: int) -> Iterator[Piece]:
        """Text in the flow."""
        flows = self._flows and not self._nesting.is_open(known.PRE)
        for piece in self._read(start, end, _escape, flows=flows):
            if piece.shown == " " and self._last != _TEXT and flows:
                yield kept(piece.source)
                continue
            if piece.shown.strip():
                self._last = _TEXT
            if not flows and piece.shown.endswith("\n"):
                self._last = _LINE
            yield piece

    def _read(self, start: int, end: int, write: Write, *, flows: bool = True, quote: str = '"') -> Iterator[Piece]:
        """What a stretch of text or of an attribute's value shows; without `quote`, the value has no marks."""
        fit = _fit_line if flows else _fit_lines
        position = start
        leading = _LEADING.match(self._source, start, end) if flows else None
        if leading is not None:
            yield Piece(leading[0], " ", write, fit=fit)
            position = leading.end()
        for match in (_FLOWING if flows else _STANDING).finditer(self._source, position, end):
            sign = match[0]
            becomes = None
            if sign[0] == "&":
                shown = unescape(sign).replace("\u00a0", " ")
                if shown == sign:
                    continue
                shown = " " if flows and not shown.strip() and shown else shown
                becomes = None if sign.endswith(";") else _escape_value(unescape(sign))
            elif sign == '"':
                if quote:
                    continue
                shown, becomes = sign, "&quot;"
            else:
                shown, becomes = ("<", "&lt;") if sign == "<" else (" ", None)
            if position < match.start():
                yield self._literal(position, match.start(), write, fit)
            yield Piece(sign, shown, write if shown else None, fit=fit, becomes=becomes)
            position = match.end()
        if position < end:
            yield self._literal(position, end, write, fit)

    def _literal(self, start: int, end: int, write: Write, fit: Write) -> Piece:
        text = self._source[start:end]
        return Piece(text, text, write, fit=fit)

    def _aside(self, start: int, end: int) -> Iterator[Piece]:
        """Text that is shown on a line of its own, and dropped."""
        leading = _LEADING.match(self._source, start, end)
        if leading is not None:
            yield Piece(leading[0], becomes="")
            start = leading.end()
        pieces = list(self._read(start, end, _escape))
        if not any(character.isalnum() for piece in pieces for character in piece.shown):
            yield Piece(self._source[start:end], becomes="")
            return
        yield Piece("", _APART, aside=True, becomes="")
        for piece in pieces:
            yield Piece(piece.source, piece.shown, aside=bool(piece.shown), becomes="")

    # Tags

    def _start(self, token: Token) -> Iterator[Piece]:
        name = token.name
        written = known.WRITTEN_AS.get(name, name)
        if name == "li" and not self._nesting.is_open(known.LISTS):
            written = "div"
        void, empty = written in known.VOID, token.self_closing and written not in known.VOID
        closing = "" if void else self._nesting.begin(written if name != "li" else name, written)
        if closing:
            yield Piece("", becomes=closing)
        begun = self._source[token.start : token.start + 1 + len(name)]
        as_it_is = written == name and begun in {f"<{name}", f"<{name.upper()}"}
        yield Piece(begun, self._break(written), becomes=None if as_it_is else f"<{written}")
        yield from self._attributes(token)
        rest = self._source[token.attributes[-1].end if token.attributes else token.start + len(begun) : token.end]
        if empty:
            ended = self._nesting.end("li" if name == "li" else written)
            tags = f"{ended[0]}</{ended[1]}>" if ended is not None else ""
            yield Piece(rest, self._break(written, begins=False), becomes=f">{tags}")
        else:
            yield kept(rest)

    def _end(self, token: Token) -> Iterator[Piece]:
        written = known.WRITTEN_AS.get(token.name, token.name)
        ended = self._nesting.end(written) if written in known.KEPT - known.VOID else None
        if ended is not None:
            if ended[0]:
                yield Piece("", becomes=ended[0])
            tag = f"</{ended[1]}>"
            source = self._of(token)
            yield Piece(
                source, self._break(written, begins=False), becomes=None if source in {tag, tag.upper()} else tag
            )
        elif token.name in {"p", "br"}:
            yield Piece(self._of(token), self._break("br"), becomes="<br>")
        else:
            yield from self._gone(token)

    def _break(self, name: str, *, begins: bool = True) -> str:
        """What parts the text around a tag."""
        last = self._last
        if name == "br":
            self._last = _LINE
            return "\n"
        if name in known.CELLS:
            if last == _TEXT and begins:
                self._last = _CELL
                return "\t"
        elif name in known.BLOCKS or name == "hr":
            within_cell = last == _CELL and begins and name not in known.TABLE_PARTS
            if last != _LINE and not within_cell:
                self._last = _LINE
                return "\n"
        return ""

    def _attributes(self, token: Token) -> Iterator[Piece]:
        seen: set[str] = set()
        typed = next((self._value(each) for each in token.attributes if each.name == "type"), "text").lower()
        shows_value = token.name == "input" and typed in known.WITH_VALUE
        for attribute in token.attributes:
            name = attribute.name
            if name not in seen and known.is_structure(name, self._source[attribute.value_start : attribute.value_end]):
                yield self._lead(attribute)
                yield kept(self._source[attribute.name_start : attribute.end])
            elif name not in seen and name in known.TEXTS:
                yield from self._description(attribute)
            elif name not in seen and name == "value" and shows_value:
                yield from self._field(attribute)
            else:
                yield from self._gone_attribute(token, attribute)
            seen.add(name)

    def _description(self, attribute: Attribute) -> Iterator[Piece]:
        """An attribute that is shown apart, and written back."""
        yield self._lead(attribute)
        yield Piece(self._source[attribute.name_start : attribute.name_end], _APART, aside=True)
        for piece in self._quoted(attribute):
            yield Piece(piece.source, piece.shown, piece.write, fit=piece.fit, aside=True, becomes=piece.becomes)

    def _field(self, attribute: Attribute) -> Iterator[Piece]:
        """What stands in an input field is shown where the field stands."""
        yield self._lead(attribute)
        yield kept(self._source[attribute.name_start : attribute.name_end], " " if self._last == _TEXT else "")
        yield from self._quoted(attribute)
        yield Piece("", " ")
        self._last = _TEXT

    def _quoted(self, attribute: Attribute) -> Iterator[Piece]:
        mark = attribute.quote
        sign = self._source[attribute.name_end : attribute.value_start]
        yield kept(sign) if mark else Piece(sign, becomes='="')
        yield from self._read(attribute.value_start, attribute.value_end, _escape_value, quote=mark)
        yield kept(mark) if mark else Piece("", becomes='"')

    def _lead(self, attribute: Attribute) -> Piece:
        """The blanks before an attribute."""
        lead = self._source[attribute.start : attribute.name_start]
        return kept(lead) if lead and lead.isspace() else Piece(lead, becomes=" ")

    # What is not written back

    def _gone(self, token: Token) -> Iterator[Piece]:
        source = self._of(token)
        if token.kind == "comment":
            yield from self._gone_comment(token)
        elif token.kind == "text":
            yield from self._aside(token.start, token.end)
        elif token.kind != "start":
            yield Piece(source, becomes="")
        elif "=" not in source and self._could_be_text(token.name):
            yield Piece("<", becomes="")
            yield from self._aside(token.start + 1, token.end - 1)
            yield Piece(">", becomes="")
        else:
            yield Piece(source[: 1 + len(token.name)], becomes="")
            for attribute in token.attributes:
                yield from self._gone_attribute(token, attribute)
            end = token.attributes[-1].end if token.attributes else token.start + 1 + len(token.name)
            yield Piece(self._source[end : token.end], becomes="")

    def _could_be_text(self, name: str) -> bool:
        return ":" not in name and name not in known.KEPT | known.GONE | known.EMBEDDING | known.WRITTEN_AS.keys()

    def _gone_comment(self, token: Token) -> Iterator[Piece]:
        position = token.start + 4
        end = max(position, token.end - 3)
        yield Piece("<!--", becomes="")
        for match in _CONDITION.finditer(self._source, position, end):
            yield from self._aside(position, match.start())
            yield Piece(match[0], becomes="")
            position = match.end()
        yield from self._aside(position, end)
        yield Piece(self._source[end : token.end], becomes="")

    def _gone_attribute(self, token: Token, attribute: Attribute) -> Iterator[Piece]:
        if token.name == "meta" and _CHARSET.search(self._source, attribute.start, attribute.end):
            raise UnreadableError
        value = self._value(attribute)
        if token.name in known.EMBEDDING and _EMBEDDED.match(value.lstrip()):
            raise UnreadableError("attachment")
        if attribute.name in known.ADDRESSES:
            self._report(attribute)
        if attribute.quote and self._has_words(token, attribute.name, value):
            yield Piece(self._source[attribute.start : attribute.value_start], becomes="")
            yield from self._aside(attribute.value_start, attribute.value_end)
            yield Piece(self._source[attribute.value_end : attribute.end], becomes="")
        else:
            yield Piece(self._source[attribute.start : attribute.end], becomes="")

    def _has_words(self, token: Token, name: str, value: str) -> bool:
        if name in known.MACHINE_MADE | known.ADDRESSES or name.startswith(("on", "xmlns")):
            return False
        if token.name == "meta" and any(
            each.name == "http-equiv" or (each.name == "name" and self._value(each).lower() in _SETTINGS)
            for each in token.attributes
        ):
            return False
        one_word = name in _OF_ONE_WORD or name.startswith("data-") or "@" in value
        return any(map(str.isalnum, value)) and (one_word or " " in value.strip())

    def _report(self, attribute: Attribute) -> None:
        """An address is an identifier, whether it is shown or not."""
        for scheme, label in _SCHEMES:
            match = scheme.match(self._source, attribute.value_start, attribute.value_end)
            if match is not None:
                self.metadata.append(Finding(match.end(), attribute.value_end, label, 1.0, METADATA))
                return

    # What is hidden

    def _end_of_hidden(self, number: int) -> int | None:
        """The token after the end of an element that is hidden; None for one that is shown."""
        token = self._tokens[number]
        if token.kind != "start" or not (token.name == "template" or self._is_hidden(token)):
            return None
        if token.name in known.VOID or token.name not in known.KEPT | known.WRITTEN_AS.keys() | {"template"}:
            return number + 1
        depth = 0
        for after in range(number, len(self._tokens)):
            other = self._tokens[after]
            if other.name == token.name and other.kind in {"start", "end"}:
                depth += 1 if other.kind == "start" else -1
                if not depth:
                    return after + 1
        raise UnreadableError

    def _is_hidden(self, token: Token) -> bool:
        for attribute in token.attributes:
            if attribute.name == "hidden":
                return True
            value = self._value(attribute)
            if attribute.name == "style":
                if _HIDES.search(_without_comments(value)):
                    return True
                self._refuse_within_word(token, hides="\\" in value)
            elif attribute.name in {"class", "id"}:
                self._refuse_within_word(token, hides=not self._hiding.isdisjoint(value.split()))
        return False

    def _refuse_within_word(self, token: Token, *, hides: bool) -> None:
        """What a style sheet may hide could part a word here that a person reads in one piece."""
        before = self._source[token.start - 1 : token.start]
        if hides and (before.isalnum() or before == ";"):
            raise UnreadableError

    def _hidden_by(self, token: Token) -> Iterator[str]:
        """Classes and ids that a style sheet hides."""
        if token.kind != "raw" or token.name != "style":
            return
        css, position = _without_comments(self._of(token)), 0
        for declarations in _DECLARATIONS.finditer(css):
            if _HIDES.search(declarations[1]) or "\\" in declarations[1]:
                yield from _SELECTED.findall(css, position, declarations.start())
            position = declarations.end()

    def _of(self, token: Token) -> str:
        return self._source[token.start : token.end]

    def _value(self, attribute: Attribute) -> str:
        return unescape(self._source[attribute.value_start : attribute.value_end])


def _without_comments(css: str) -> str:
    first, *others = css.split("/*")
    return "".join((first, *(part.partition("*/")[2] for part in others)))


def _fit_line(text: str) -> str:
    return " ".join(_fit_lines(text).split())


def _fit_lines(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    return "".join(sign if sign in "\n\t" or sign.isprintable() or ord(sign) > 0x9F else " " for sign in lines)


_escape = partial(html.escape, quote=False)
_escape_value = partial(html.escape, quote=True)
