"""Escape sequences of HL7 v2 (chapter 2, 2.7), undone.

Not by the package that takes messages apart: it logs fields with what it does not know in them, word for word, leaves
out what stands after an escape character of no sequence, and repeats blanks as often as a message says.
"""

from __future__ import annotations

import re
from functools import lru_cache

from cloister.deid.note_sources.encoded_text import text_of

_BREAKS = frozenset({"br", "sp", "ce"})
_BLANKS = {"in": "    ", "ti": "    ", "sk": " "}
"""Indented, skipped; each as often as is said after it."""


def unescape(text: str, escape: str, separators: str) -> str:
    """What a person reads of a field; what is no sequence stays as it stands.

    Args:
        text: the field, or a part of it.
        escape: the message's escape character.
        separators: those of segments, fields, repetitions, components and subcomponents.
    """
    signs = dict(zip("FRST", separators[1:], strict=True)) | {"E": escape, "H": "", "N": ""}

    def shown(sequence: re.Match[str]) -> str:
        if sequence["sign"]:
            return signs[sequence["sign"]]
        if sequence["hex"]:
            return bytes.fromhex(sequence["hex"]).decode("latin-1")
        layout = (sequence["layout"] or "").lower()
        if layout in _BREAKS:
            return "\n"
        return _BLANKS.get(layout, "") * int(sequence["count"] or 1)

    return _sequences(escape).sub(shown, text)


def decode_letters(message: str, charset: str) -> str:
    """A message whose escaped bytes beyond ASCII are the letters that they are in its character set.

    Done before it is taken apart; bytes that could be separators, or are no letters there, stay as they are.

    Args:
        message: which says what begins a sequence in its seventh character.
        charset: of the message, as `text_of` wants it.
    """
    mark = re.escape(message[6:7])
    sequences = re.compile(rf"{mark}X((?:[89A-Fa-f][0-9A-Fa-f])+){mark}")
    return sequences.sub(lambda found: text_of(bytes.fromhex(found[1]), charset) or found[0], message)


@lru_cache(maxsize=16)
def _sequences(escape: str) -> re.Pattern[str]:
    """Signs, bytes, layout, and what is left out: other character sets and what a site has agreed on."""
    mark = re.escape(escape)
    return re.compile(
        rf"{mark}(?:(?P<sign>[EFHNRST])|X(?P<hex>(?:[0-9A-Fa-f]{{2}})+)"
        rf"|\.(?P<layout>(?i:br|ce|fi|in|nf|sk|sp|ti))(?P<count>[+-]?[0-9]{{1,2}})?"
        rf"|C[0-9A-Fa-f]{{4}}|M[0-9A-Fa-f]{{4,6}}|Z\w{{0,32}}){mark}"
    )
