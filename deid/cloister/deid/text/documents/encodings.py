"""Texts as bytes and as the letters that mail writes bytes with, in both directions, with the way back for each one.

Quoted-printable and base64 by RFC 2045 (6.7, 6.8), encoded words by RFC 2047. Decoding is strict: what another reader
could read otherwise raises `UnreadableError`.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator
from functools import partial

from cloister.deid.text.documents.document import Offsets, Piece, UnreadableError, Write, unchanged

_WORD = r"=\?([A-Za-z0-9][\w.:+-]*)(?:\*[A-Za-z-]+)?\?([bBqQ])\?([^?\s]*)\?="
_ENCODED_WORD = re.compile(_WORD)
_ENCODED_WORDS = re.compile(rf"{_WORD}(?:\s*{_WORD})*")
_QUOTED = re.compile(r"(?P<byte>=[0-9A-Fa-f]{2})|=[ \t]*\r?\n|(?<![ \t])[ \t]++(?=\r?\n|\Z)|(?P<plain>[\t\n\r !-<>-~])")
_QUOTED_BYTE = re.compile(r"=([0-9A-Fa-f]{2})|([!-<>-~])")
_LINE_LENGTH = 76
_WORD_BYTES = 42
"""Bytes of an encoded word, so that it stays under 75 characters."""
_CHARSETS = re.compile(
    r"ascii|utf-8|iso8859-\d+|cp125\d|cp(437|850|852|866|874|932|949|950)|koi8-[ru]|mac-(roman|cyrillic|greek)"
    r"|gb2312|gbk|gb18030|big5|euc_(kr|jp)|shift_jis"
)
"""Stateless, and ASCII stands for itself: one byte or sequence of bytes is one character wherever it stands."""


def codec_named(charset: str) -> str:
    """The codec of a charset.

    Raises:
        UnreadableError: there is none, or it is one in which ASCII letters need not mean themselves.
    """
    try:
        name = codecs.lookup(charset).name
    except (LookupError, ValueError):
        raise UnreadableError from None
    if not _CHARSETS.fullmatch(name):
        raise UnreadableError
    return name


def decoded(data: bytes, codec: str) -> tuple[str, list[int]]:
    """The text of some bytes, and how many bytes each character takes.

    Raises:
        UnreadableError: not in this charset, or more than one way to write the same.
    """
    try:
        text = data.decode(codec)
        sizes = [1] * len(text) if len(text) == len(data) else [len(character.encode(codec)) for character in text]
        if text.encode(codec) != data or sum(sizes) != len(data) or "\0" in text:
            raise UnreadableError
    except UnicodeError:
        raise UnreadableError from None
    return text, sizes


def fitting(text: str, codec: str) -> str:
    """A replacement as far as a charset can write it: letters without their accents, `?` for the rest."""

    def fit(character: str) -> str:
        for candidate in (character, unicodedata.normalize("NFKD", character)[:1]):
            try:
                candidate.encode(codec)
            except UnicodeEncodeError:
                continue
            return candidate
        return "?"

    return "".join(map(fit, text))


def verbatim(source: str, fit: Write = unchanged) -> Iterator[Piece]:
    """Text as it stands, encoded words decoded wherever they are.

    Raises:
        UnreadableError: an encoded word cannot be decoded.
    """
    position = 0
    for match in _ENCODED_WORDS.finditer(source) if "=?" in source else ():
        if position < match.start():
            yield Piece(before := source[position : match.start()], before, unchanged, fit=fit)
        yield _words(match[0])
        position = match.end()
    if position < len(source):
        yield Piece(source[position:], source[position:], unchanged, fit=fit)


def _words(source: str) -> Piece:
    """Neighbouring encoded words: the white space between them is not shown (RFC 2047, 6.2)."""
    shown: list[str] = []
    offsets: list[tuple[int, int]] = []
    for match in _ENCODED_WORD.finditer(source):
        codec = codec_named(match[1])
        find = _base64_bytes if match[2] in "bB" else _q_bytes
        text, places = _characters(*find(match[3]), codec)
        shown.append(text)
        offsets.extend((match.start(3) + start, match.start(3) + end) for start, end in places)
    text = "".join(shown)
    if any(unicodedata.category(character) == "Cc" and character != "\t" for character in text):
        raise UnreadableError
    return Piece(source, text, _write_words, offsets, one_line)


def one_line(text: str) -> str:
    """A replacement that stays within its header field."""
    return " ".join(text.split())


def _write_words(text: str) -> str:
    words, word = [], b""
    for character in text:
        data = character.encode()
        if len(word) + len(data) > _WORD_BYTES:
            words.append(word)
            word = b""
        word += data
    return " ".join(f"=?utf-8?B?{base64.b64encode(word).decode('ascii')}?=" for word in (*words, word))


def quoted_printable(source: str, codec: str) -> Piece:
    """A body or part in quoted-printable.

    Raises:
        UnreadableError: it is none, strictly.
    """
    data, places, position = bytearray(), [], 0
    for match in _QUOTED.finditer(source):
        if match.start() != position:
            break
        position = match.end()
        if match["byte"]:
            data.append(int(match["byte"][1:], 16))
            places.append(match.span())
        elif match["plain"]:
            data += match["plain"].encode("ascii")
            places.append(match.span())
    if position != len(source):
        raise UnreadableError
    text, offsets = _characters(bytes(data), places, codec)
    newline = "\r\n" if "\r\n" in source else "\n"
    return Piece(source, text, partial(_write_quoted, codec, newline), offsets, partial(fitting, codec=codec))


def _write_quoted(codec: str, newline: str, text: str) -> str:
    return "\n".join(_quoted_line(line, codec, newline) for line in text.split("\n"))


def _quoted_line(line: str, codec: str, newline: str) -> str:
    line, ending = (line[:-1], "\r") if line.endswith("\r") else (line, "")
    pieces = [_quoted_byte(byte) for byte in line.encode(codec)]
    if pieces and pieces[-1] in " \t":
        pieces[-1] = f"={ord(pieces[-1]):02X}"
    if line.startswith("--"):
        pieces[0] = "=2D"  # else it could read as a boundary
    rows, row = [], ""
    for piece in pieces:
        if len(row) + len(piece) >= _LINE_LENGTH:
            rows.append(f"{row}={newline}")
            row = ""
        row += piece
    return "".join((*rows, row, ending))


def _quoted_byte(byte: int) -> str:
    return chr(byte) if byte in b"\t " or (33 <= byte <= 126 and byte != ord("=")) else f"={byte:02X}"


def base64_text(source: str, codec: str) -> Piece:
    """A body or part in base64.

    Raises:
        UnreadableError: it is none, strictly.
    """
    text, offsets = _characters(*_base64_bytes(source), codec)
    newline = "\r\n" if "\r\n" in source else "\n"
    return Piece(source, text, partial(_write_base64, codec, newline), offsets, partial(fitting, codec=codec))


def _write_base64(codec: str, newline: str, text: str) -> str:
    return base64.encodebytes(text.encode(codec)).decode("ascii").rstrip("\n").replace("\n", newline)


def _base64_bytes(source: str) -> tuple[bytes, list[tuple[int, int]]]:
    """Bytes, and for each the letters that its bits stand in."""
    places = [index for index, character in enumerate(source) if character not in " \t\r\n"]
    try:
        data = base64.b64decode("".join(source[index] for index in places), validate=True)
    except (binascii.Error, ValueError):
        raise UnreadableError from None
    return data, [(places[8 * n // 6], places[(8 * n + 7) // 6] + 1) for n in range(len(data))]


def _q_bytes(source: str) -> tuple[bytes, list[tuple[int, int]]]:
    """RFC 2047, 4.2: as quoted-printable, with `_` for a blank."""
    data, places, position = bytearray(), [], 0
    while position < len(source):
        code = _QUOTED_BYTE.match(source, position)
        if code is None:
            raise UnreadableError
        data.append(int(code[1], 16) if code[1] else ord(code[2].replace("_", " ")))
        places.append(code.span())
        position = code.end()
    return bytes(data), places


def _characters(data: bytes, places: Offsets, codec: str) -> tuple[str, list[tuple[int, int]]]:
    """The text of bytes that stand at these places, and the places of its characters."""
    text, sizes = decoded(data, codec)
    offsets, position = [], 0
    for size in sizes:
        offsets.append((places[position][0], places[position + size - 1][1]))
        position += size
    return text, offsets
