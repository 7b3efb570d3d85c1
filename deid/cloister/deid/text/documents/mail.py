"""Mail (RFC 5322, MIME: RFC 2045 to 2047) as a person reads it.

Shown: header fields, unfolded, with encoded words decoded; parts of type text/plain, text/html, text/csv and
text/markdown with quoted-printable and base64 decoded; attached messages likewise; what stands before the first and
after the last part. Parts that are HTML, whatever they are called, are read as such. Kept, and not shown: MIME's own
fields apart from file names, and the lines between parts.

Parts that are no such text are attachments and refused. Anything that two mail readers could understand differently
is refused: unknown encodings, charsets and parameters, fields that stand twice, parts without an end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

from cloister.deid.text.documents.document import (
    Document,
    Nested,
    Piece,
    UnreadableError,
    Write,
    kept,
    unchanged,
)
from cloister.deid.text.documents.encodings import (
    base64_text,
    codec_named,
    fitting,
    one_line,
    quoted_printable,
    verbatim,
)
from cloister.deid.text.documents.html import is_html, read_html

_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:([^\r\n]*(?:\r?\n[ \t]+[^\s][^\r\n]*)*)(\r?\n|\Z)")
_BLANK = re.compile(r"[ \t]*\r?\n")
_FOLD = re.compile(r"\r?\n[ \t]+")
_VALUE = r'(?:"[^"\\\r\n]*"|[^\s;"()<>@,\\]+)'
_PARAMETERS = re.compile(rf"(?:\s*+;\s*+[\w-]++=\s*+{_VALUE})*+\s*+;?\s*+")
_PARAMETER = re.compile(rf";\s*([\w-]+)=\s*({_VALUE})")
_MIME = re.compile(r"[ \t]*([\w.+-]+(?:/[\w.+-]+)?)")
_VERSION = re.compile(r"[ \t]*+1\.0[ \t]*+(?:\([\w .]*\))?[ \t]*+")
_MIME_FIELDS = frozenset({"content-type", "content-transfer-encoding", "content-disposition", "mime-version"})
_MAIL_FIELDS = frozenset({"from", "to", "subject", "received", "message-id", "cc", "reply-to", "return-path", "date"})
_SHOWN_PARAMETERS = frozenset({"name", "filename"})
_PLAIN_PARAMETERS = frozenset(
    """
    charset boundary format delsp type start report-type protocol micalg size creation-date modification-date read-date
    """.split()  # noqa: SIM905
)
_HTML = "text/html"
_TEXTS = frozenset({"text/plain", _HTML, "text/csv", "text/markdown"})
_AS_IT_STANDS = frozenset({"", "7bit", "8bit", "binary"})
_FEWEST_FIELDS = 2
_DEEPEST = 20


def is_mail(text: str) -> bool:
    """Whether a text begins with the header of a mail: two of its usual fields, or one of MIME's."""
    if ":" not in text[:100].partition("\n")[0]:
        return False
    try:
        names = {field.name for field in _header(text)[0]}
    except UnreadableError:
        return False
    return len(names & _MAIL_FIELDS) >= _FEWEST_FIELDS or not names.isdisjoint(_MIME_FIELDS)


def read_mail(source: str) -> Document:
    """Read a mail.

    Raises:
        UnreadableError: it holds a part that is no text, or is written in a way that is not understood.
    """
    if re.search(r"\r(?!\n)", source) is not None:  # a line's end to some readers
        raise UnreadableError
    return Document(tuple(_entity(source, 0)), read_mail)


@dataclass(frozen=True, slots=True)
class _Field:
    """A header field; `label` is its name with the colon, as written."""

    name: str
    label: str
    value: str
    newline: str


@dataclass(frozen=True)
class _Content:
    """What MIME's fields say of a body."""

    kind: str
    parameters: dict[str, str]
    encoding: str


def _header(text: str) -> tuple[list[_Field], int]:
    """The fields at the beginning, and where they end."""
    fields, position = [], 0
    while position < len(text) and _BLANK.match(text, position) is None:
        match = _FIELD.match(text, position)
        if match is None:
            raise UnreadableError
        label = text[position : match.start(2)]
        fields.append(_Field(match[1].lower(), label, match[2], match[3]))
        position = match.end()
    return fields, position


def _entity(source: str, depth: int) -> Iterator[Piece | Nested]:
    """A message or a part: header, blank line, body."""
    if depth > _DEEPEST:
        raise UnreadableError
    fields, end = _header(source)
    content = _content(fields)
    for field in fields:
        yield from _field(field)
    blank = _BLANK.match(source, end)
    if blank is not None:
        yield kept(blank[0], "\n")
        end = blank.end()
    yield from _body(source[end:], content, depth)


def _field(field: _Field) -> Iterator[Piece]:
    if field.name in _MIME_FIELDS:
        pieces = list(_mime_value(field.value))
        yield kept(field.label)
        yield from pieces
        yield kept(field.newline, "\n" if any(piece.shown for piece in pieces) else "")
        return
    name = "" if field.name in _MAIL_FIELDS else field.label.rstrip(": \t")
    if name:
        yield Piece(name, name, unchanged, fit=_fit_field_name)
    yield kept(field.label[len(name) :], field.label[len(name) :])
    for piece in verbatim(field.value, _header_fit(field.value)):
        yield from _unfolded(piece) if piece.source == piece.shown else (piece,)
    yield kept(field.newline, "\n" if field.newline else "")


def _fit_field_name(text: str) -> str:
    return re.sub(r"[\s:]", "-", fitting(text, "ascii"))


def _header_fit(value: str) -> Write:
    return partial(_fit_header, "ascii" if value.isascii() else "utf-8")


def _fit_header(codec: str, text: str) -> str:
    return fitting(one_line(text), codec)


def _unfolded(piece: Piece) -> Iterator[Piece]:
    position = 0
    for fold in _FOLD.finditer(piece.source):
        if position < fold.start():
            yield _part_of(piece, position, fold.start())
        yield Piece(fold[0], " ", unchanged, fit=piece.fit)
        position = fold.end()
    if position < len(piece.source):
        yield _part_of(piece, position, len(piece.source))


def _part_of(piece: Piece, start: int, end: int) -> Piece:
    return Piece(piece.source[start:end], piece.source[start:end], unchanged, fit=piece.fit)


def _mime_value(value: str) -> Iterator[Piece]:
    """Only file names are shown."""
    position = 0
    for parameter in _PARAMETER.finditer(value):
        if parameter[1].lower() not in _SHOWN_PARAMETERS:
            continue
        start, end = parameter.span(2)
        if value[start] == '"':
            start, end = start + 1, end - 1
        yield kept(value[position:start], " ")
        if start < end:
            yield Piece(value[start:end], value[start:end], unchanged, fit=partial(_fit_name, value[start - 1] == '"'))
        position = end
    yield kept(value[position:])


def _fit_name(quoted: bool, text: str) -> str:
    text = re.sub(r'["\\]', "", _fit_header("ascii", text))
    return text if quoted else re.sub(r"[^\w.-]", "-", text)


def _content(fields: list[_Field]) -> _Content:
    values: dict[str, tuple[str, dict[str, str]]] = {}
    for field in fields:
        if field.name in _MIME_FIELDS:
            if field.name in values:
                raise UnreadableError
            values[field.name] = ("", {}) if _VERSION.fullmatch(field.value) else _parsed(field.value)
    kind, parameters = values.get("content-type", ("text/plain", {}))
    encoding, none = values.get("content-transfer-encoding", ("", {}))
    _, of_disposition = values.get("content-disposition", ("", {}))
    if none or parameters.get("delsp", "no").lower() != "no":
        raise UnreadableError
    if not {*parameters, *of_disposition} <= _PLAIN_PARAMETERS | _SHOWN_PARAMETERS:
        raise UnreadableError
    return _Content(kind.lower(), parameters, encoding.lower())


def _parsed(value: str) -> tuple[str, dict[str, str]]:
    """A MIME value and its parameters, names in lower case."""
    match = _MIME.match(value)
    if match is None or _PARAMETERS.fullmatch(value, match.end()) is None:
        raise UnreadableError
    parameters: dict[str, str] = {}
    for parameter in _PARAMETER.finditer(value, match.end()):
        if parameter[1].lower() in parameters:
            raise UnreadableError
        parameters[parameter[1].lower()] = parameter[2].strip('"')
    return match[1], parameters


def _body(source: str, content: _Content, depth: int) -> Iterator[Piece | Nested]:
    if content.kind.startswith("multipart/"):
        if content.encoding not in _AS_IT_STANDS or content.kind == "multipart/digest":
            raise UnreadableError
        yield from _parts(source, content.parameters.get("boundary", ""), depth)
    elif content.kind == "message/rfc822":
        if content.encoding not in _AS_IT_STANDS:
            raise UnreadableError
        yield from _entity(source, depth + 1)
    elif content.kind in _TEXTS:
        yield from _text(source, content)
    else:
        raise UnreadableError("attachment")


def _parts(source: str, boundary: str, depth: int) -> Iterator[Piece | Nested]:
    if not boundary:
        raise UnreadableError
    lines = list(re.finditer(rf"^--{re.escape(boundary)}(--)?[ \t]*(?:\r?\n|\Z)", source, re.M))
    last = next((number for number, line in enumerate(lines) if line[1]), None)
    if not last:
        raise UnreadableError
    yield from verbatim(source[: lines[0].start()])
    for line, following in pairwise(lines[: last + 1]):
        yield kept(line[0], "\n")
        yield from _entity(source[line.end() : following.start()], depth + 1)
    yield kept(lines[last][0], "\n")
    yield from verbatim(source[lines[last].end() :])


def _text(source: str, content: _Content) -> Iterator[Piece | Nested]:
    codec = codec_named(content.parameters.get("charset", "utf-8" if not source.isascii() else "ascii"))
    if content.encoding in _AS_IT_STANDS:
        # The text is in code points already, whatever the charset says it was in.
        fit = partial(fitting, codec="ascii" if source.isascii() else "utf-8")
        if content.kind == _HTML or is_html(source):
            yield Nested(Piece(source, source, unchanged, fit=fit), read_html(source))
        else:
            yield from verbatim(source, fit)
        return
    body = source.rstrip(" \t\r\n") if content.encoding == "base64" else source
    if not body.strip():
        yield kept(source, "\n")
    elif content.encoding == "quoted-printable":
        yield _read_as(content.kind, quoted_printable(body, codec))
    elif content.encoding == "base64":
        yield _read_as(content.kind, base64_text(body, codec))
        yield kept(source[len(body) :], "\n")
    else:
        raise UnreadableError


def _read_as(kind: str, decoded: Piece) -> Piece | Nested:
    return Nested(decoded, read_html(decoded.shown)) if kind == _HTML or is_html(decoded.shown) else decoded
