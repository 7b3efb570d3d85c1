r"""RTF (Rich Text Format specification 1.9.1) as a person reads it.

Shown: text, `\'hh` in the code page of its font, `\uN` with its fall-back skipped, `\par` and `\row` as line breaks,
`\cell` as a tab, headers, footers, footnotes and text boxes. Kept, and not shown: control words, braces, optional
hyphens, the font and colour tables. Dropped when the document is written: `\info` (author, operator, company, times),
the style sheet, and every other group that a reader may ignore (`{\*...}`): revision authors, comments, bookmarks,
field instructions, document variables.

What could show another text to another reader is refused: hidden and deleted text, raw binary, unknown code pages,
text after the end, a footnote in the middle of a word, long fall-backs. Pictures and embedded objects are
refused as attachments.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from cloister.deid.text.documents.document import METADATA, Document, Piece, UnreadableError, kept
from cloister.deid.text.documents.encodings import codec_named, decoded
from cloister.deid.text.finding import Finding, Label

_RTF = re.compile(r"\s*\{\\rtf1?(?![A-Za-z0-9])")
_TOKEN = re.compile(
    r"(?P<open>\{)|(?P<close>\})|\\(?P<word>[A-Za-z]+)(?P<number>-?0{0,4000}\d{1,10})?[ ]?"
    r"|\\'(?P<byte>[0-9A-Fa-f]{2})|\\(?P<symbol>[^A-Za-z'])|(?P<newline>[\r\n]+)|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)
_DESTINATION = re.compile(r"\{[\r\n]*(?P<star>\\\*[\r\n ]*)?\\(?P<name>[A-Za-z]+)")
_CONTROL_WORD = re.compile(r"\\[A-Za-z]+(?:-?\d+)?")
_PERSON = re.compile(r"\{(?:\\\*)?\\(author|operator|manager|company|atnauthor)[ \r\n]((?:[^{}\\]|\\[^A-Za-z])+)\}")
_BREAKS = {
    "par": "\n", "sect": "\n", "page": "\n", "column": "\n", "row": "\n", "nestrow": "\n", "cell": "\t",
    "nestcell": "\t",
}  # fmt: skip
_CHARACTERS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "emspace": "\u2003", "enspace": "\u2002",
    "qmspace": "\u2005", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "zwj": "\u200d", "zwnj": "\u200c", "zwbo": "\u200b", "zwnbo": "\u2060", "ltrmark": "\u200e", "rtlmark": "\u200f",
}  # fmt: skip
_SYMBOLS = {"\\": "\\", "{": "{", "}": "}", "~": "\u00a0", "_": "\u2011", "\t": "\t"}
_INVISIBLE_SYMBOLS = "-|:"
_TABLES = frozenset({"fonttbl", "colortbl"})
_NOT_SHOWN = frozenset({"info", "stylesheet", "fldinst"})
_STARRED_TEXT = frozenset({"footnote", "shpinst", "ud", "nesttableprops"})
_ASIDE = frozenset(
    """
    footnote header headerl headerr headerf footer footerl footerr footerf shp shpinst shptxt shprslt listtext pntext
    pntxta pntxtb sp nonesttables annotation upr ftnsep ftnsepc ftncn aftnsep aftnsepc aftncn
    """.split()  # noqa: SIM905
)
"""Groups whose text stands apart from the text around them."""
_ATTACHMENTS = frozenset({"pict", "shppict", "nonshppict", "object", "objdata", "bin"})
_HIDING = frozenset({"v", "deleted", "webhidden", "mvf"})
_CHARACTER_SETS: dict[int, int | None] = {
    0: 1252, 1: None, 2: 1252, 77: 10000, 128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258,
    177: 1255, 178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250, 254: 437, 255: 850,
}  # fmt: skip
_OTHER_CODE_PAGES = {"ansi": 1252, "mac": 10000, "pc": 437, "pca": 850}
_LONGEST_CHARACTER = 4
_LONGEST_FALLBACK = 16
"""More than any code page needs; each character that is written is followed by so many."""


def is_rtf(text: str) -> bool:
    """Whether a text is an RTF document."""
    return _RTF.match(text) is not None


def read_rtf(source: str) -> Document:
    """Read an RTF document.

    Raises:
        UnreadableError: it is used in a way that is not understood, or holds pictures or objects.
    """
    reader = _Reader(source)
    pieces = tuple(reader.pieces())
    return Document(pieces, read_rtf, tuple(reader.metadata), _joined)


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds until the brace closes; `before` is the last letter before a group that stands apart."""

    font: int | None = None
    fallback: int = 1
    hidden: bool = False
    aside: bool = False
    before: str = ""


class _Reader:
    """One pass over a document."""

    def __init__(self, source: str) -> None:
        self.metadata: list[Finding] = []
        self._source = source
        self._position = 0
        self._groups: list[_Group] = []
        self._code_page: int | None = 1252
        self._default_font: int | None = None
        self._font: int | None = None
        self._fonts: dict[int, int | None] = {}
        self._destination_at = -1
        self._last = ""
        self._word_before = ""

    def pieces(self) -> Iterator[Piece]:
        """All of them, in order."""
        closed = False
        while self._position < len(self._source):
            token = self._token()
            if not self._groups and (closed or not token["open"]):
                if token[0].strip():
                    raise UnreadableError
                yield kept(token[0])
                continue
            yield self._read(token)
            closed = not self._groups
        if not closed:
            raise UnreadableError

    def _token(self) -> re.Match[str]:
        token = _TOKEN.match(self._source, self._position)
        if token is None:
            raise UnreadableError
        self._position = token.end()
        return token

    def _read(self, token: re.Match[str]) -> Piece:
        if token["open"]:
            return self._open(token)
        if token["close"]:
            return self._close()
        if token["word"]:
            return self._control(token, token["word"], int(token["number"]) if token["number"] else None)
        if token["newline"] or self._groups[-1].hidden:
            return kept(token[0])
        if token["byte"]:
            return self._coded(token)
        return self._symbol(token[0], token["symbol"]) if token["symbol"] else self._text(token[0], token[0])

    def _watch(self, shown: str) -> None:
        """A note in the middle of a word would be read apart by a person, and part the word here."""
        letters = [character for character in shown if unicodedata.category(character) != "Cf"]
        if not letters:
            return
        if self._word_before.isalnum() and letters[0].isalnum():
            raise UnreadableError
        self._word_before, self._last = "", letters[-1]

    def _open(self, token: re.Match[str]) -> Piece:
        start = token.start()
        destination = _DESTINATION.match(self._source, start)
        name, starred = (destination["name"], bool(destination["star"])) if destination else ("", False)
        if name in _ATTACHMENTS:
            raise UnreadableError("attachment")
        if name in _NOT_SHOWN or (starred and name not in _STARRED_TEXT):
            return self._dropped(start)
        around = self._groups[-1] if self._groups else _Group()
        aside = name in _ASIDE
        if destination is not None:
            self._destination_at = destination.start("name") - 1
            self._position = self._destination_at
        before = (self._word_before or self._last) if aside else ""
        self._groups.append(
            replace(around, font=self._font, hidden=around.hidden or name in _TABLES, aside=aside, before=before)
        )
        if aside:
            self._word_before, self._last = "", ""
        return kept(self._source[start : self._position], "\n" if aside else "")

    def _close(self) -> Piece:
        group = self._groups.pop()
        self._font = group.font
        if not group.aside:
            return kept("}")
        self._word_before, self._last = group.before, "\n"
        return kept("}", "\n")

    def _dropped(self, start: int) -> Piece:
        depth = 1
        while depth:
            if self._position >= len(self._source):
                raise UnreadableError
            token = self._token()
            if token["word"] == "bin":
                raise UnreadableError("attachment")
            depth += bool(token["open"]) - bool(token["close"])
        source = self._source[start : self._position]
        for person in _PERSON.finditer(source):
            label: Label = "ORGANIZATION" if person[1] == "company" else "NAME"
            self.metadata.append(Finding(start + person.start(2), start + person.end(2), label, 1.0, METADATA))
        return Piece(source, becomes="")

    def _control(self, token: re.Match[str], word: str, number: int | None) -> Piece:
        group, source = self._groups[-1], token[0]
        if word in _ATTACHMENTS:
            raise UnreadableError("attachment")
        if (word in _HIDING and number != 0) or (
            word in _TABLES | _NOT_SHOWN | _ASIDE and token.start() != self._destination_at
        ):
            raise UnreadableError
        if word == "u" and number is not None and not group.hidden:
            return self._unicode(token.start(), number)
        if word in _BREAKS and not group.hidden:
            self._watch(_BREAKS[word])
            return kept(source, _BREAKS[word])
        if word in _CHARACTERS and not group.hidden:
            return self._text(source, _CHARACTERS[word])
        self._note(word, number)
        return kept(source)

    def _note(self, word: str, number: int | None) -> None:
        """What a control word changes for the text after it."""
        match word:
            case "uc" if number is not None:
                if number > _LONGEST_FALLBACK:
                    raise UnreadableError
                self._groups[-1] = replace(self._groups[-1], fallback=max(0, number))
            case "ansi" | "mac" | "pc" | "pca":
                self._code_page = _OTHER_CODE_PAGES[word]
            case "ansicpg":
                self._code_page = number
            case "deff":
                self._default_font = self._font = number
            case "plain":
                self._font = self._default_font
            case "f":
                self._font = number
            case "fcharset" if self._font is not None and number is not None:
                self._fonts[self._font] = _CHARACTER_SETS.get(number, -1)
            case "cpg" if self._font is not None:
                self._fonts[self._font] = number

    def _coded(self, token: re.Match[str]) -> Piece:
        """A character written as one byte, or as several."""
        page = self._fonts.get(self._font) if self._font is not None else None
        page = self._code_page if page is None else page
        codec = codec_named("mac-roman" if page == 10000 else "utf-8" if page == 65001 else f"cp{page}")
        data = bytes.fromhex(token["byte"])
        while True:
            try:
                shown, _ = decoded(data, codec)
            except UnreadableError:
                following = _TOKEN.match(self._source, self._position)
                if following is None or not following["byte"] or len(data) >= _LONGEST_CHARACTER or codec in _SINGLE:
                    raise
                data += bytes.fromhex(following["byte"])
                self._position = following.end()
            else:
                return self._text(self._source[token.start() : self._position], shown)

    def _unicode(self, start: int, number: int) -> Piece:
        code = self._code_unit(number)
        if 0xD800 <= code <= 0xDBFF:
            low = _TOKEN.match(self._source, self._position)
            if low is None or low["word"] != "u" or not low["number"]:
                raise UnreadableError
            self._position = low.end()
            second = self._code_unit(int(low["number"]))
            if not 0xDC00 <= second <= 0xDFFF:
                raise UnreadableError
            code = 0x10000 + ((code - 0xD800) << 10) + (second - 0xDC00)
        elif 0xDC00 <= code <= 0xDFFF:
            raise UnreadableError
        return self._text(self._source[start : self._position], chr(code))

    def _code_unit(self, number: int) -> int:
        """A UTF-16 unit; the fall-back after it is passed over."""
        code = number + 0x10000 if number < 0 else number
        if not 0x20 <= code <= 0xFFFF:
            raise UnreadableError
        left = self._groups[-1].fallback
        while left and self._position < len(self._source):
            following = _TOKEN.match(self._source, self._position)
            if following is None or following["word"]:
                raise UnreadableError
            if following["open"] or following["close"]:
                break
            if following["newline"]:
                self._position = following.end()
                continue
            self._position = self._position + 1 if following["text"] else following.end()
            left -= 1
        return code

    def _symbol(self, source: str, symbol: str) -> Piece:
        if symbol in "\r\n":
            self._watch("\n")
            return kept(source, "\n")
        if symbol in _SYMBOLS:
            return self._text(source, _SYMBOLS[symbol])
        if symbol not in _INVISIBLE_SYMBOLS:
            raise UnreadableError
        return kept(source)

    def _text(self, source: str, shown: str) -> Piece:
        self._watch(shown)
        return Piece(source, shown, partial(_written, self._groups[-1].fallback), fit=_fitting)


_SINGLE = frozenset({"mac-roman", *(f"cp{page}" for page in (437, 850, 874, *range(1250, 1259)))})


def _fitting(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cs"} else " " for c in lines)


def _written(fallback: int, text: str) -> str:
    return "".join(_escaped(character, fallback) for character in text)


def _escaped(character: str, fallback: int) -> str:
    match character:
        case "\n":
            return "\\line "
        case "\t":
            return "\\tab "
        case "\\" | "{" | "}":
            return f"\\{character}"
        case _ if character.isascii():
            return character
    data = character.encode("utf-16-le")
    units = [int.from_bytes(data[index : index + 2], "little", signed=True) for index in range(0, len(data), 2)]
    return "".join(f"\\u{unit}{'?' * fallback or ' '}" for unit in units)


def _joined(sources: Iterable[str]) -> str:
    """Sources in a row; a blank parts a control word from a letter that newly follows it."""
    pieces: list[str] = []
    control = False
    for source in filter(None, sources):
        if control and (source[0].isalnum() or source[0] in "- "):
            pieces.append(" ")
        pieces.append(source)
        control = _CONTROL_WORD.fullmatch(source) is not None
    return "".join(pieces)
