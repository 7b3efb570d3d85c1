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
"""How often at most."""
LARGEST_GROWTH = 1_000_000
"""How many more characters a message's layout may take than what says it: it must not grow into gigabytes."""
_SIGN = "[EFHNRST]"
_LAYOUT = r"\.(?P<layout>(?i:br|ce|fi|in|nf|sk|sp|ti))(?:[ ]?(?P<count>[+-]?[0-9]{1,4}))?"
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
        return _laid_out(sequence)

    return _sequences(escape).sub(shown, text) if _is_mark(escape) else text


def _laid_out(sequence: re.Match[str]) -> str:
    """Line breaks or blanks; nothing for what is no layout."""
    layout, count = (sequence["layout"] or "").lower(), min(int(sequence["count"] or 1), _MOST)
    return "\n" * max(count, 1) if layout in _BREAKS else _BLANKS.get(layout, "") * count


def decode_letters(message: str, charset: str) -> str:
    """A message whose escaped bytes are the letters that they are in its character set, wherever those are not ASCII.

    Done before it is taken apart: what could be a separator stays escaped, and so do bytes that are no letters there.
    Sequences that follow one another are one: some programs escape every byte of a letter by itself.

    Args:
        message: which says what begins a sequence in its seventh character.
        charset: of the message, as `text_of` wants it.
    """
    mark = _mark_of(message)
    if not mark:
        return message
    sequence = rf"{re.escape(mark)}X((?:[0-9A-Fa-f]{{2}})++){re.escape(mark)}"

    def letters(found: re.Match[str]) -> str:
        if not found["bytes"]:
            return found[0]
        data = bytes.fromhex("".join(re.findall(sequence, found[0])))
        whole = text_of(data, charset)
        if whole is not None:
            return escaped(whole)
        runs = ((run, text_of(run, charset)) for run in _RUNS.findall(data))
        return "".join(f"{mark}X{run.hex()}{mark}" if text is None else escaped(text) for run, text in runs)

    def escaped(text: str) -> str:
        return "".join(letter if letter > "\x7f" else f"{mark}X{ord(letter):02x}{mark}" for letter in text)

    # What ends another sequence begins none: `\E\X41\E\` is the text `\X41\`.
    return re.sub(f"(?P<bytes>(?:{sequence})++)|{_sequences(mark).pattern}", letters, message)


def limit_layout(message: str) -> str:
    """A message whose breaks and blanks come once each, whatever it says, behind those that let it grow too far.

    Once rather than not at all: what stands before and after them are different words.
    """
    mark = _mark_of(message)
    grown = 0

    def limited(sequence: re.Match[str]) -> str:
        nonlocal grown
        if not sequence["count"]:
            return sequence[0]
        grown += max(0, len(_laid_out(sequence)) - len(sequence[0]))
        return sequence[0] if grown <= LARGEST_GROWTH else f"{mark}.{sequence['layout']}{mark}"

    return _sequences(mark).sub(limited, message) if mark else message


def unescape_switches(message: bytes) -> bytes:
    r"""A message whose escaped switches to other character sets are bytes of it: `\C2842\`, `\M2442\`, `\X1B2442\`."""
    mark = re.escape(_mark_of(message[:7].decode("latin-1"))).encode("latin-1")
    if not mark:
        return message
    switch = r"(?:[CM](?=[0-9A-Fa-f])|X1[Bb])(?P<switch>(?:[0-9A-Fa-f]{2})*+)"
    sequences = rb"%b(?:%b)%b" % (mark, f"{switch}|{_SIGN}|{_LAYOUT}".encode(), mark)

    def switched(found: re.Match[bytes]) -> bytes:
        return found[0] if found["switch"] is None else b"\x1b" + bytes.fromhex(found["switch"].decode())

    return re.sub(sequences, switched, message)


def _mark_of(message: str) -> str:
    """What begins and ends a sequence: the backslash where a message does not say, nothing where it says a letter."""
    mark = "\\" if message[3:4] in message[4:7] else message[6:7]
    return mark if _is_mark(mark) else ""


def _is_mark(mark: str) -> bool:
    """Not letters, digits and blanks, of which texts consist: in them, nothing could be told to be a sequence."""
    return mark != "" and not mark.isalnum() and not mark.isspace()


@lru_cache(maxsize=16)
def _sequences(escape: str) -> re.Pattern[str]:
    """Signs, bytes, layout, and what is left out: other character sets and what a site has agreed on."""
    mark = re.escape(escape)
    return re.compile(
        rf"{mark}(?:(?P<sign>{_SIGN})|X(?P<hex>(?:[0-9A-Fa-f]{{2}})+)|{_LAYOUT}"
        rf"|C[0-9A-Fa-f]{{4}}|M[0-9A-Fa-f]{{4,6}}|Z\w{{0,32}}){mark}"
    )
