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
_MOST = 100
"""How often at most: a message must not grow into gigabytes."""
_RUNS = re.compile(rb"[\x80-\xff]+|[\x00-\x7f]+")


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
        layout, count = (sequence["layout"] or "").lower(), min(int(sequence["count"] or 1), _MOST)
        if layout in _BREAKS:
            return "\n" * max(count, 1)
        return _BLANKS.get(layout, "") * count

    return _sequences(escape).sub(shown, text)


def decode_letters(message: str, charset: str) -> str:
    """A message whose escaped bytes are the letters that they are in its character set, wherever those are not ASCII.

    Done before it is taken apart: what could be a separator stays escaped, and so do bytes that are no letters there.
    Sequences that follow one another are one: some programs escape every byte of a letter by itself.

    Args:
        message: which says what begins a sequence in its seventh character.
        charset: of the message, as `text_of` wants it.
    """
    mark = message[6:7]
    sequence = rf"{re.escape(mark)}X((?:[0-9A-Fa-f]{{2}})++){re.escape(mark)}"

    def letters(found: re.Match[str]) -> str:
        data = bytes.fromhex("".join(re.findall(sequence, found[0])))
        whole = text_of(data, charset)
        if whole is not None:
            return escaped(whole)
        runs = ((run, text_of(run, charset)) for run in _RUNS.findall(data))
        return "".join(f"{mark}X{run.hex()}{mark}" if text is None else escaped(text) for run, text in runs)

    def escaped(text: str) -> str:
        return "".join(letter if letter > "\x7f" else f"{mark}X{ord(letter):02x}{mark}" for letter in text)

    return re.sub(f"(?:{sequence})++", letters, message)


def unescape_switches(message: bytes) -> bytes:
    r"""A message whose escaped switches to other character sets are bytes of it: `\C2842\`, `\M2442\`, `\X1B2442\`."""
    mark = re.escape(message[6:7])
    switches = rb"%b(?:[CM](?=[0-9A-Fa-f])|X1[Bb])((?:[0-9A-Fa-f]{2})*+)%b" % (mark, mark)
    return re.sub(switches, lambda found: b"\x1b" + bytes.fromhex(found[1].decode()), message)


@lru_cache(maxsize=16)
def _sequences(escape: str) -> re.Pattern[str]:
    """Signs, bytes, layout, and what is left out: other character sets and what a site has agreed on."""
    mark = re.escape(escape)
    return re.compile(
        rf"{mark}(?:(?P<sign>[EFHNRST])|X(?P<hex>(?:[0-9A-Fa-f]{{2}})+)"
        rf"|\.(?P<layout>(?i:br|ce|fi|in|nf|sk|sp|ti))(?:[ ]?(?P<count>[+-]?[0-9]{{1,4}}))?"
        rf"|C[0-9A-Fa-f]{{4}}|M[0-9A-Fa-f]{{4,6}}|Z\w{{0,32}}){mark}"
    )
