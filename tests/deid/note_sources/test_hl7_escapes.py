"""HL7's escape sequences: read as the specification says, and nothing else is taken for one."""

from __future__ import annotations

import time

import pytest

from cloister.deid.note_sources.hl7_escapes import (
    LARGEST_GROWTH,
    decode_letters,
    limit_layout,
    unescape,
    unescape_switches,
)

SEPARATORS = "\r|~^&"


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        (r"A \T\ B \S\ C \R\ D \F\ E \E\ F", r"A & B ^ C ~ D | E \ F"),
        (r"\H\Name\N\: \X4B6F\walski", "Name: Kowalski"),
        (r"a\.br\b\.BR\c\.sp\d\.sp+2\e\.ce\f", "a\nb\nc\nd\n\ne\nf"),
        (r"a\.sp3\b\.sp 3\c\.sp +2\d\.sp0\e\.sp-2\f", "a\n\n\nb\n\n\nc\n\nd\ne\nf"),
        (r"a\.sp100\b\.sp9999\c\.sk 9999\d", "a" + "\n" * 100 + "b" + "\n" * 100 + "c" + " " * 100 + "d"),
        (r"\.in2\a\.ti\b\.sk3\c\.fi\d\.nf\e\.in-1\f", f"{' ' * 8}a    b   cdef"),
        (r"a\C2842\b\M244242\c\Zlocal\d", "abcd"),
        (r"C:\Users\Kowalski\T\x", r"C:\Users\Kowalski&x"),
        (r"Kowalski \ Nowak, 12\5", r"Kowalski \ Nowak, 12\5"),
        (r"a\\b\X4\c\Xzz\d\Q\e\.xx\f\\", r"a\\b\X4\c\Xzz\d\Q\e\.xx\f\\"),
        ("ends in \\", "ends in \\"),
        (r"a\.sk999999999999\b\.in" + "9" * 5_000 + "\\", r"a\.sk999999999999\b\.in" + "9" * 5_000 + "\\"),
    ],
)
def test_what_is_a_sequence_is_undone_and_all_else_stays(field: str, shown: str) -> None:
    assert unescape(field, "\\", SEPARATORS) == shown


@pytest.mark.parametrize("mark", ["\\", "!"])
@pytest.mark.parametrize(
    ("text", "charset", "shown"),
    [
        ("M!XC3BC!ller", "utf-8", "Müller"),
        ("M!XFC!ller !XD6!", "iso8859-1", "Müller Ö"),
        ("Dvo!XF8!!XE1!k", "iso8859-2", "Dvořák"),
        ("M!XFC!ller", "utf-8", "M!Xfc!ller"),
        ("!X4DC3BC6C6C6572!", "utf-8", "!X4d!ü!X6c!!X6c!!X65!!X72!"),
        ("M!XC3!!XBC!ller !XC5!!x82!", "utf-8", "Müller !Xc5!!x82!"),
        ("!X8E5293637C! !X5C!", "shift_jis", "山田!X7c! !X5c!"),
        ("!X7C! !X41C3BC! !XC3! !X41FF!", "utf-8", "!X7c! !X41!ü !Xc3! !X41!!Xff!"),
        ("!E!XC3BC!E! !F!X41FF!T! !.br!XC3BC!.br+2!", "utf-8", "!E!XC3BC!E! !F!X41FF!T! !.br!XC3BC!.br+2!"),
        ("!E!!XC3BC!E", "utf-8", "!E!üE"),
    ],
)
def test_escaped_bytes_are_letters_of_the_messages_character_set(
    mark: str, text: str, charset: str, shown: str
) -> None:
    assert decode_letters(f"MSH|^~!&|{text}".replace("!", mark), charset) == f"MSH|^~!&|{shown}".replace("!", mark)


def test_the_message_says_what_begins_a_sequence() -> None:
    assert unescape(r"a!T!b\T\c!E!", "!", SEPARATORS) == r"a&b\T\c!"
    assert unescape(r"a*T*b\T\c", "*", "\r|^~$") == r"a$b\T\c"


@pytest.mark.parametrize("hostile", ["\\", "\\X", "\\X41", "\\.", "\\.sp", "\\Z", "\\Za", "\\C", "\\T"])
def test_hostile_repetition_takes_linear_time(hostile: str) -> None:
    started = time.process_time()
    unescape(hostile * 200_000, "\\", SEPARATORS)
    assert time.process_time() - started < 5


def test_what_ends_a_sequence_begins_no_switch() -> None:
    text = rb"MSH|^~\&|\E\C2842\E\ \.br\M2442\.br\ \T\%b."
    assert unescape_switches(text % b"\\C2842\\") == text % b"\x1b(B"


@pytest.mark.parametrize("mark", ["C", "5", " "])
def test_letters_figures_and_blanks_begin_no_sequence(mark: str) -> None:
    text = f"MSH|^~{mark}&|{'!E!X41!C2842!.sp9!'.replace('!', mark)}"
    assert unescape_switches(text.encode()) == text.encode()
    assert decode_letters(text, "utf-8") == text
    assert limit_layout(text) == text
    assert unescape(text, mark, SEPARATORS) == text


@pytest.mark.parametrize(("head", "letter"), [("MSH|^~", "ü"), ("MSH|^~\\", "ü"), ("MSH|^", "ü"), ("MSH|", "ü")])
def test_a_message_that_names_no_escape_character_has_the_usual_one(head: str, letter: str) -> None:
    text = "|X41|XFC|C2842|"
    assert decode_letters(f"{head}{text}\\XFC\\", "iso8859-1") == f"{head}{text}{letter}"
    assert unescape_switches(f"{head}{text}\\C2842\\".encode()) == f"{head}{text}\x1b(B".encode()


@pytest.mark.parametrize(("hostile", "end"), [("C", "4"), ("\\X", "4"), ("\\C", "4"), ("\\X41", "4"), ("\\E", "\\")])
def test_hostile_messages_take_linear_time(hostile: str, end: str) -> None:
    message = f"MSH|^~{hostile[0]}&|{hostile * 100_000}{end}"
    started = time.process_time()
    unescape_switches(message.encode())
    limit_layout(decode_letters(message, "utf-8"))
    assert time.process_time() - started < 5


def test_a_messages_layout_grows_into_no_gigabytes() -> None:
    layout = "a\\.in99\\b\\.SP 99\\"
    message = "MSH|^~\\&|" + f"{layout}|\\E\\.in99\\E\\|" * 20_000
    shown = unescape(limit_layout(message), "\\", SEPARATORS)
    assert 0 < len(shown) - len(message) < LARGEST_GROWTH
    assert shown.startswith("MSH|^~\\&|a" + " " * 396 + "b" + "\n" * 99 + "|\\.in99\\|a")
    assert shown.endswith("|a    b\n|\\.in99\\|")
    assert limit_layout(layout * 100) == layout * 100


def test_layout_that_takes_no_more_than_what_says_it_is_unlimited() -> None:
    message = "MSH|^~\\&|" + "a\\.sp6\\" * (LARGEST_GROWTH // 5)
    assert limit_layout(message) == message
