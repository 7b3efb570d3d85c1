"""A text as a reader sees it: without what is invisible, with what is encoded decoded, offsets kept.

Zero-width characters, soft hyphens, direction marks and tatweels are left out; HTML entities become the characters
they stand for; markup is left out in a reading of its own. What was `Kowal&shy;ski`, `Kowal<b>ski</b>` or
`K&#111;walski` reads `Kowalski`, and every character knows where it came from.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cloister.deid.text.unescape import unescape

_INVISIBLE = (
    "\u00ad\u034f\u0640\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U0001bca0-\U0001bca3\U000e0000-\U000e01ef"
)
_ENTITY = r"&(?:\#0*\d{1,7}|\#[xX]0*[0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"
_MARKUP = r"</?[A-Za-z][^<>]{0,400}>|<!--.{0,400}?-->"
_ENCODED = re.compile(rf"[{_INVISIBLE}]+|{_ENTITY}")
_ENCODED_OR_MARKUP = re.compile(rf"[{_INVISIBLE}]+|{_ENTITY}|{_MARKUP}", re.DOTALL)
_HAS_MARKUP = re.compile(_MARKUP, re.DOTALL)
_HIDDEN = re.compile(f"[{_INVISIBLE}]")


@dataclass(frozen=True)
class VisibleText:
    """What a reader sees.

    `starts` and `ends` give for every visible character where its source begins and ends in the original, in code
    points; both are None where the visible text is the original.
    """

    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def start(self, index: int) -> int:
        """Where the visible character begins in the original."""
        return index if self.starts is None else self.starts[index]

    def end(self, index: int) -> int:
        """Where what ends before the visible `index` ends in the original."""
        return index if self.ends is None or index == 0 else self.ends[index - 1]


def readings(text: str) -> Iterator[VisibleText]:
    """The text with invisible characters left out and entities decoded; then, if it holds markup, without that too."""
    yield _read(text, _ENCODED) if not text.isascii() or "&" in text else VisibleText(text)
    if "<" in text and _HAS_MARKUP.search(text):
        yield _read(text, _ENCODED_OR_MARKUP)


def _read(text: str, hidden: re.Pattern[str]) -> VisibleText:
    pieces: list[str] = []
    starts, ends = array("I"), array("I")
    position = 0
    for match in hidden.finditer(text):
        shown = _HIDDEN.sub("", unescape(match[0])) if match[0].startswith("&") else ""
        pieces += (text[position : match.start()], shown)
        starts.extend(range(position, match.start()))
        ends.extend(range(position + 1, match.start() + 1))
        starts.extend([match.start()] * len(shown))
        ends.extend([match.end()] * len(shown))
        position = match.end()
    if not position:
        return VisibleText(text)
    pieces.append(text[position:])
    starts.extend(range(position, len(text)))
    ends.extend(range(position + 1, len(text) + 1))
    return VisibleText("".join(pieces), starts, ends)
