r"""RTF: read as a person reads it, by an independent reader and by construction; written back as valid RTF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.deid.patient_record import PatientRecord
from cloister.deid.text.detector import detect
from cloister.deid.text.documents import Edit, UnreadableError, read_document
from cloister.deid.text.finding import Finding
from cloister.deid.verification import listed_identifiers, survivors

HEAD = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset238 Arial CE;}{\f2\fcharset204 Arial;}}"
IGNORED = {"fonttbl", "colortbl", "stylesheet", "info"}
BREAKS = {"par": "\n", "line": "\n", "cell": "\t", "row": "\n", "tab": "\t", "emdash": "—"}


def read_independently(source: str) -> str:
    """Another reader of RTF: a stack of groups over bytes, after the specification's own sample reader in spirit."""
    shown: list[str] = []
    stack: list[tuple[bool, int, str]] = []
    skipped, fallback, codec, left, position = False, 1, "cp1252", 0, 0
    fonts = {"0": "cp1252", "1": "cp1250", "2": "cp1251"}
    while position < len(source):
        character = source[position]
        if character == "{":
            stack.append((skipped, fallback, codec))
            position, left = position + 1, 0
        elif character == "}":
            skipped, fallback, codec = stack.pop()
            position, left = position + 1, 0
        elif character in "\r\n":
            position += 1
        elif character != "\\":
            if left:
                left -= 1
            elif not skipped:
                shown.append(character)
            position += 1
        elif source[position + 1] == "'":
            byte = bytes([int(source[position + 2 : position + 4], 16)])
            if left:
                left -= 1
            elif not skipped:
                shown.append(byte.decode(codec))
            position += 4
        elif not source[position + 1].isalpha():
            symbol = source[position + 1]
            if symbol == "*":
                skipped = True
            elif not skipped:
                shown.append({"~": "\u00a0", "-": "", "_": "\u2011"}.get(symbol, symbol))
            position += 2
        else:
            end = position + 1
            while source[end].isalpha():
                end += 1
            word, start = source[position + 1 : end], end
            while source[end].isdigit() or (end == start and source[end] == "-"):
                end += 1
            number = source[start:end]
            position = end + (source[end] == " ")
            if word in IGNORED:
                skipped = True
            elif word == "uc":
                fallback = int(number)
            elif word == "f":
                codec = fonts[number]
            elif word == "u":
                left = fallback
                if not skipped:
                    shown.append(chr(int(number) % 65536))
            elif not skipped:
                shown.append(BREAKS.get(word, ""))
    assert not stack
    return "".join(shown).encode("utf-16", "surrogatepass").decode("utf-16")


def unicode_escape(character: str) -> str:
    data = character.encode("utf-16-le")
    return "".join(f"\\u{int.from_bytes(data[i : i + 2], 'little', signed=True)}?" for i in range(0, len(data), 2))


def in_code_page(character: str) -> str:
    return f"\\'{character.encode('cp1252')[0]:02x}"


WAYS = (lambda c: c, in_code_page, unicode_escape, lambda c: f"\\uc2\\u{ord(c)}\\'3f?\\uc1 ")
BETWEEN = (
    "",
    "\\b0 ",
    "\\i\\f0\\fs22 ",
    "\r\n",
    "\\-",
    "{\\*\\bkmkstart a1}",
    "{}",
    "{\\*\\atrfstart 4}",
    "\\lang1033\\b\n",
)


@st.composite
def disguised(draw: st.DrawFn, name: str) -> str:
    """A name with its characters written in any way, formatting and groups anywhere between them."""
    pieces = []
    for character in name:
        between = draw(st.sampled_from(BETWEEN))
        written = draw(st.sampled_from(WAYS))(character)
        pieces.append(between + (f"{{\\b {written}}}" if draw(st.booleans()) else written))
    return "".join(pieces)


TEXTS = st.text(st.sampled_from("abc Kż,.;ł☺😀é\\{}\u00a0-1"), min_size=1, max_size=8)


def escaped(text: str) -> str:
    return "".join(
        f"\\{c}" if c in "\\{}" else "\\~" if c == "\u00a0" else c if c.isascii() else unicode_escape(c) for c in text
    )


@st.composite
def parts(draw: st.DrawFn) -> tuple[str, str]:
    """A stretch of RTF and what a person reads of it."""
    text = draw(TEXTS)
    simple = st.sampled_from(
        [
            (f" {escaped(text)}", None),
            ("\\par ", "\n"), ("\\cell\n", "\t"), ("\\row\\pard ", "\n"), ("\\tab ", "\t"), ("\\emdash ", "—"),
            ("{\\f1 \\'b3}", "ł"), ("{\\f2 \\'cf}", "П"), ("\\'e9", "é"), ("\\b0 ", ""), ("\\u-3?", "\ufffd"),
            ("{\\*\\unknown Kowalski {\\b x}}", ""), ("\\-", ""),
        ]
    )  # fmt: skip
    source, shown = draw(simple)
    if shown is None:
        shown = text
        source = f"\\b0 {source[1:]}"
    return (f"{{\\i {source}}}" if draw(st.booleans()) else source), shown


@given(st.lists(parts(), max_size=12))
@settings(max_examples=50)
def test_it_reads_as_it_was_meant_and_as_another_reader_reads_it(chosen: list[tuple[str, str]]) -> None:
    source = f"{HEAD}\n" + "".join(part for part, _ in chosen) + "}"
    document = read_document(source)
    assert document.source == source
    assert document.text == "".join(shown for _, shown in chosen) == read_independently(source)


@given(st.lists(parts(), max_size=8))
@settings(max_examples=50)
def test_every_shown_character_has_its_own_place_in_the_original(chosen: list[tuple[str, str]]) -> None:
    document = read_document(f"{HEAD}\n" + "".join(part for part, _ in chosen) + "}")
    each = [Finding(i, i + 1, "NAME", 1.0, "test") for i in range(len(document.text))]
    places = [(finding.start, finding.end) for finding in document.located(each)]
    assert all(start < end for start, end in places)
    assert places == sorted(places)
    assert len(places) == len(document.text) or any(ord(c) > 0xFFFF for c in document.text)
    literal = [i for i, (start, end) in enumerate(places) if end - start == 1]
    if len(places) == len(document.text):
        assert all(document.source[places[i][0]] == document.text[i] for i in literal)


@given(st.lists(parts(), min_size=1, max_size=8), TEXTS, st.data())
@settings(max_examples=60)
def test_what_is_put_in_reads_as_it_was_meant(chosen: list[tuple[str, str]], new: str, data: st.DataObject) -> None:
    source = f"{HEAD}\n" + "".join(part for part, _ in chosen) + "}"
    document = read_document(source)
    start = data.draw(st.integers(0, len(document.text)))
    end = data.draw(st.integers(start, len(document.text)))
    written = document.replaced([Edit(start, end, new)] if start < end else [])
    assert written.text == read_independently(written.source)
    assert written.text.startswith(document.text[:start])
    assert written.text.endswith(document.text[end:])
    inside = written.text[start : len(written.text) - len(document.text) + end]
    # Breaks belong to the layout and stay; what only they stood for is not replaced.
    breaks = Counter(c for c in document.text[start:end] if c in "\n\t")
    if any(c not in "\n\t" for c in document.text[start:end]):
        assert new in inside
        assert Counter(inside.replace(new, "", 1)) <= breaks
    assert "Kowalski" not in written.source


@pytest.mark.parametrize("zeros", [0, 9, 3_000])
def test_zeros_before_a_number_make_no_other_number_of_it(zeros: int) -> None:
    source = r"{\rtf1\uc#1 \b#0 M\u#252?ller \u-#10179?\u-#8704?}".replace("#", "0" * zeros)
    assert read_document(source).text == "M\u00fcller \U0001f600"


@given(disguised("Kowalski"), disguised("Maria Elena"))
@settings(max_examples=40)
def test_no_formatting_and_no_encoding_hides_a_name(
    maria: PatientRecord, clean: Callable[[str, str], str], family: str, given_name: str
) -> None:
    source = f"{HEAD}\\pard Seen today: {given_name} {family}\\par stable.}}"
    assert survivors(source, listed_identifiers(maria)) > 0
    for mode in ("tag", "surrogate"):
        cleaned = clean(source, mode)
        read = read_independently(cleaned)
        assert survivors(cleaned, listed_identifiers(maria)) == 0
        assert survivors(read, listed_identifiers(maria)) == 0
        assert read.startswith("Seen today: ")
        assert read.endswith("\nstable.")
    assert read_independently(clean(source, "tag")) == "Seen today: [NAME]\nstable."
    assert clean(clean(source, "tag"), "tag") == clean(source, "tag")


def test_metadata_is_reported_and_never_written() -> None:
    source = (
        HEAD + r"{\info{\author Ann Onym}{\operator B. Other}{\*\company St. X Clinic}{\creatim\yr2021\mo5\dy4}}"
        r"{\stylesheet{\s1 Ann's own;}}{\*\revtbl {Unknown;}{Ann Onym;}}{\*\docvar {a}{Ann Onym}}"
        r"{\field{\*\fldinst HYPERLINK mailto:ann@x.org}{\fldrslt write}} stable.}"
    )
    document = read_document(source)
    assert document.text == "write stable."
    assert [(source[f.start : f.end], f.label) for f in document.metadata] == [
        ("Ann Onym", "NAME"), ("B. Other", "NAME"), ("St. X Clinic", "ORGANIZATION"),
    ]  # fmt: skip
    assert {f.source for f in detect(source)} >= {"metadata"}
    written = document.replaced([])
    assert not re.search("Ann|Other|Clinic|2021|ann@", written.source)
    assert read_independently(written.source).replace("HYPERLINK", "") == "write stable."
    assert written.replaced([]) is written


def test_findings_are_reported_where_they_stand_in_the_original() -> None:
    source = HEAD + r"\pard Seen by Dr. Kow{\b alski\b0, MRN: 0048\'32913}}"
    found = {source[f.start : f.end]: f.label for f in detect(source)}
    assert found[r"Kow{\b alski"] == "NAME"
    assert r"0048\'32913" in found


def test_a_table_and_a_text_box_are_read_cell_by_cell() -> None:
    source = HEAD + r"\trowd Name:\cell Kowalski\cell\row{\header Ward 5\par}{\shp{\*\shpinst{\shptxt boxed}}}end}"
    assert read_document(source).text.split() == ["Name:", "Kowalski", "Ward", "5", "boxed", "end"]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (r"{\rtf1 Kow{\v xx}alski}", "encoded-text"),
        (r"{\rtf1 Kow{\deleted xx}alski}", "encoded-text"),
        (r"{\rtf1 Kow{\footnote see}alski}", "encoded-text"),
        (r"{\rtf1 Kow}{\b alski}", "encoded-text"),
        (r"{\rtf1 Kowalski", "encoded-text"),
        (r"{\rtf1 Kowalski}}", "encoded-text"),
        (r"note: {\rtf1 Kowalski}", "encoded-text"),
        (r"{\rtf1 a}{\rtf1 b}", "encoded-text"),
        (r"{\rtf1\ansicpg4711 \'4bowalski}", "encoded-text"),
        (r"{\rtf1 \'81}", "encoded-text"),
        (r"{\rtf1 \u55357?x}", "encoded-text"),
        (r"{\rtf1 \uc3\u75\u111 ??? walski}", "encoded-text"),
        (r"{\rtf1\uc17 \u75 ???????????????? walski}", "encoded-text"),
        (r"{\rtf1\uc999999999 Kowalski}", "encoded-text"),
        (r"{\rtf1 \'zz}", "encoded-text"),
        (r"{\rtf1 {\b\info Kowalski}}", "encoded-text"),
        (r"{\rtf1 \{\\rtf1 nested\}}", "encoded-text"),
        (r"{\rtf1 \bin4 {{{{}", "attachment"),
        (r"{\rtf1 {\pict\pngblip 89504e47}}", "attachment"),
        (r"{\rtf1 {\*\shppict{\pict 89504e47}}}", "attachment"),
        (r"{\rtf1 {\object\objemb{\*\objdata 0105}}}", "attachment"),
    ],
)
def test_what_another_reader_could_read_otherwise_is_refused(source: str, code: str) -> None:
    with pytest.raises(UnreadableError) as refusal:
        read_document(source)
    assert refusal.value.reason == code
    assert "owalski" not in str(refusal.value)


@given(st.text(st.sampled_from("{}\\'*abu1;0- \nKé"), max_size=30))
@settings(max_examples=100)
def test_any_text_after_the_beginning_is_read_or_refused(rest: str) -> None:
    source = f"{{\\rtf1 {rest}"
    try:
        document = read_document(source)
    except UnreadableError:
        return
    assert document.source == source
    assert read_document(document.text).text == document.text
