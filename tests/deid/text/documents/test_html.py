"""HTML: read as a person reads it, by an independent reader and by construction; written back as valid HTML."""

from __future__ import annotations

import base64
import email
import html
import quopri
import re
import time
from collections.abc import Callable
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.deid.patient_record import PatientRecord
from cloister.deid.text.cleaner import clean_text
from cloister.deid.text.detector import detect
from cloister.deid.text.documents import Edit, UnreadableError, read_document
from cloister.deid.text.documents.html import is_html, read_html
from cloister.deid.text.finding import Finding
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.verification import listed_identifiers, survivors

VOID = {"br", "hr", "img", "input", "wbr", "col"}
OPTIONAL = {"p", "li", "td", "th", "tr", "option", "body", "head", "html"}
NAME = "Maria Elena Kowalski"
VALUES = (NAME, "00482913", "m.kowalski@example.org")


class Independent(HTMLParser):
    """Python's own reader: text, everything else that holds characters, and tags in order."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.beside: list[str] = []
        self.tags: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.beside += [tag, *(name for name, _ in attrs), *(value or "" for _, value in attrs)]

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.beside.append(data)

    def handle_decl(self, decl: str) -> None:
        self.beside.append(decl)

    def handle_pi(self, data: str) -> None:
        self.beside.append(data)

    def unknown_decl(self, data: str) -> None:
        self.beside.append(data)

    @property
    def everything(self) -> str:
        joined = "".join(self.text)
        return "\n".join((joined, " ".join(self.text), *self.beside, *map(unquote, self.beside)))


def is_balanced(tags: list[str]) -> bool:
    """Whether every element is closed once and in order; those that need no end tag may do without."""
    opened: list[str] = []
    for tag in tags:
        if not tag.startswith("/"):
            if tag not in VOID:
                opened.append(tag)
            continue
        while opened and opened[-1] != tag[1:] and opened[-1] in OPTIONAL:
            opened.pop()
        if not opened or opened.pop() != tag[1:]:
            return False
    return all(tag in OPTIONAL for tag in opened)


TEXTS = st.text(st.sampled_from("abc Kż,.;ł☺😀é<>&\"'\u00a0-1\n\t"), min_size=1, max_size=9)
ENTITIES = (
    lambda c: html.escape(c),
    lambda c: f"&#{ord(c)};",
    lambda c: f"&#x{ord(c):X};",
    lambda c: html.escape(c, quote=False),
)


@st.composite
def written(draw: st.DrawFn, text: str) -> str:
    """A text with its characters written in any way."""
    return "".join(draw(st.sampled_from(ENTITIES))(character) for character in text)


@st.composite
def parts(draw: st.DrawFn) -> tuple[str, str, str]:
    """A stretch of HTML, what a person reads of it in the flow of the text, and what stands aside from it."""
    text, second = draw(TEXTS), draw(st.sampled_from(["one", "é&<", 'a "b" c', "ż's"]))
    source, other = draw(written(text)), draw(written(second)).replace('"', "&quot;")
    return draw(
        st.sampled_from(
            [
                (source, text, ""),
                (f"<b>{source}</b>", text, ""),
                (f"<p>{source}", f"\n{text}", ""),
                (f"<div class=x id='y'>{source}</DIV>", f"\n{text}\n", ""),
                (f"<table><tr><td colspan=2>{source}<td>{other}</table>", f"\n{text}\t{second}\n", ""),
                (f"<ul><li>{source}<li>{other}</ul>", f"\n{text}\n{second}\n", ""),
                ("<br/>", "\n", ""),
                (f'<img src="x.png" alt="{other}">', "", second),
                (f"<span title='{html.escape(second)}'>{source}</span>", text, second),
                (f'<input value="{other}">', f" {second} ", ""),
                (f"<!-- {'word ' * 2}-->", "", "word word"),
                (f"<span style='display: none'>{source}</span>", "", text),
                ("<script>if (a < b) document.write('<b>')</script>", "", ""),
                ("<style>p { color: red }</style>", "", ""),
                (f"<o:p>{source}</o:p>", text, ""),
                (f"<![CDATA[{source}]]>", text, ""),
                ("</i>", "", ""),
                ("<em>", "", ""),
            ]
        )
    )


def words(*texts: str) -> str:
    return "".join("".join(texts).split())


DOCUMENTS = st.lists(parts(), max_size=8).map(lambda chosen: [("<p>", "", ""), *chosen])


@given(DOCUMENTS)
@settings(max_examples=30)
def test_it_reads_as_it_was_meant(chosen: list[tuple[str, str, str]]) -> None:
    source = "".join(part for part, _, _ in chosen)
    document = read_html(source)
    assert is_html(source)
    assert document.source == source
    shown = words(*(flow for _, flow, _ in chosen))
    aside = words(*(aside for _, _, aside in chosen if any(map(str.isalnum, aside))))
    assert words(document.text) == shown + aside
    independent = "".join(Independent(document.replaced([]).source).text)
    assert words(independent) == words(*(flow for part, flow, _ in chosen if not part.startswith("<input")))


@given(DOCUMENTS)
@settings(max_examples=30)
def test_what_is_written_is_in_order_and_is_not_changed_again(chosen: list[tuple[str, str, str]]) -> None:
    cleaned = read_html("".join(part for part, _, _ in chosen)).replaced([])
    assert is_balanced(Independent(cleaned.source).tags)
    assert cleaned.replaced([]) is cleaned
    assert cleaned.removed == 0
    assert read_html(cleaned.source).source == cleaned.source
    assert cleaned.unwritten() == []
    assert not Independent(cleaned.source).beside or "class" not in Independent(cleaned.source).beside


@given(DOCUMENTS, st.sampled_from(["[NAME]", "a < b & c", "x \"y\" 'z'", "Zażółć"]), st.data())
@settings(max_examples=30)
def test_what_is_put_in_reads_as_it_was_meant(
    chosen: list[tuple[str, str, str]], new: str, data: st.DataObject
) -> None:
    document = read_html("".join(part for part, _, _ in chosen))
    places = [
        place
        for place, character in enumerate(document.text)
        if not character.isspace() and not any(first <= place < last for first, last in document.unwritten())
    ]
    if not places:
        return
    start = data.draw(st.sampled_from(places))
    end = data.draw(st.integers(start + 1, min(start + 12, len(document.text))))
    cleaned = document.replaced([Edit(start, end, new)])
    kept = document.replaced([])
    assert words(new) in words(cleaned.text)
    assert len(words(cleaned.text)) <= len(words(kept.text)) + len(words(new))
    assert cleaned.replaced([]) is cleaned


@given(DOCUMENTS)
@settings(max_examples=25)
def test_every_shown_character_has_its_own_place_in_the_original(chosen: list[tuple[str, str, str]]) -> None:
    document = read_html("".join(part for part, _, _ in chosen))
    for place, character in enumerate(document.text):
        if character.isspace():
            continue
        (found,) = [it for it in document.located([Finding(place, place + 1, "NAME", 1.0, "x")]) if it.source == "x"]
        there = document.source[found.start : found.end]
        assert html.unescape(there).strip() == character


def plain(value: str) -> str:
    return value


DISGUISES: dict[str, Callable[[str], str]] = {
    "plain": plain,
    "upper case": str.upper,
    "decimal": lambda value: "".join(f"&#{ord(c)};" for c in value),
    "decimal without an end": lambda value: "".join(f"&#{ord(c)}" if c.isalpha() else c for c in value),
    "hexadecimal": lambda value: "".join(f"&#x{ord(c):x};" for c in value),
    "hexadecimal with zeros": lambda value: "".join(f"&#x0000{ord(c):X};" for c in value),
    "soft hyphens": lambda value: "&shy;".join(value),
    "zero width": lambda value: "&#8203;".join(value),
    "no-break spaces": lambda value: value.replace(" ", "&nbsp;"),
    "line breaks": lambda value: value.replace(" ", "\n      "),
}
IN_TEXT: dict[str, Callable[[str], str]] = {
    "tags between": lambda value: "".join(f"<b>{c}</b>" for c in value),
    "comments between": lambda value: "<!-- -->".join(value),
    "unknown tags between": lambda value: "<o:p></o:p>".join(value),
    "hidden text between": lambda value: "<span hidden>xx</span>".join(value),
    "scripts between": lambda value: "<script>1</script>".join(value),
    "an unclosed tag within": lambda value: f"{value[:3]}<i title='t'>{value[3:]}",
    "an empty picture within": lambda value: f"{value[:3]}<img width=1 alt=''>{value[3:]}",
    "stray end tags": lambda value: "</u>".join(value),
}
PLACES = {
    "text": "<p>Seen {} today</p>",
    "text without an end": "<p>Seen <b>{}",
    "title element": "<html><title>{}</title><body>x",
    "textarea": "<p><textarea>{}</textarea>",
    "option": "<select><option value='{}'>{}</select><p>",
    "cell": "<table><tr><td>{}<td>{}</table>",
    "alt": "<p><img src='a.png' alt='{}'>",
    "title": '<p title="{}">x',
    "unquoted alt": "<p><img alt={}>",
    "value": "<p><input name='x' value='{}'>",
    "hidden value": "<p><input type=hidden value='{}'>",
    "mailto": "<p><a href='mailto:{}?subject={}'>write</a>",
    "address": "<p><a href='https://h.org/{}/x'>see</a><img src='/p/{}.png'>",
    "percent-encoded address": "<p><a href='https://h.org/%4Baria%20%4Bowalski/{}'>see</a>",
    "meta": "<head><meta name='author' content='{}'></head><p>",
    "comment": "<p>x<!-- {} -->y",
    "conditional comment": "<p><!--[if mso]><b>{}</b><![endif]-->y",
    "bogus comment": "<p><! {} >x<? {} ?>",
    "doctype": "<!DOCTYPE html SYSTEM '{}'><p>",
    "doctype that is known": "<!DOCTYPE HTML PUBLIC '-//W3C//DTD HTML 4.01 {}//EN' 'http://www.w3.org/TR/{}.dtd'><p>",
    "script": "<p><script>var who = '{}'</script>",
    "style": "<p><style>p::before {{ content: '{}' }}</style>",
    "style attribute": "<p style='background: url({})'>",
    "handler": "<p onclick=\"alert('{}')\">",
    "class and id": "<p class='{}' id='{}'>",
    "data": "<p data-patient='{}'>",
    "description": "<p aria-label='{}' aria-describedby='{}'>",
    "frame": "<p><iframe srcdoc='{}' src='{}'>{}</iframe>",
    "template": "<p><template><i>{}</i></template>",
    "noscript": "<p><noscript>{}</noscript>",
    "hidden element": "<p><span style='display:none'>{}</span>",
    "CDATA": "<p><![CDATA[{}]]>",
    "drawing": "<p><svg><title>{}</title><text id='{}'>{}</text></svg>",
    "end tag": "<p><b>x</b data-who='{}'>",
    "doubled attribute": "<p title='x' title='{}'><td colspan=2 colspan='{}'>",
    "structure": "<table><td colspan='{}' align='{}' scope='{}'>x</table><ol start='{}'>",
    "tag that has no end": "<p>x<b title='{}' ",
}
BARE = {"unknown tag": "<p>x <{}> y", "end tag of its name": "<p>x </{}> y", "attribute name": "<p {}=1 x={}>y"}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_nothing_survives_wherever_and_however_it_is_written(
    maria: PatientRecord, clean: Callable[[str, str], str], place: str, disguise: str
) -> None:
    for value in VALUES:
        source = PLACES[place].replace("{}", DISGUISES[disguise](value)).replace("{{", "{").replace("}}", "}")
        assert_clean(source, maria, clean)


@pytest.mark.parametrize("place", ["text", "text without an end", "cell", "noscript", "hidden element"])
@pytest.mark.parametrize("disguise", IN_TEXT)
def test_nothing_that_stands_between_its_letters_hides_a_name(
    maria: PatientRecord, clean: Callable[[str, str], str], place: str, disguise: str
) -> None:
    for value in VALUES:
        assert_clean(PLACES[place].replace("{}", IN_TEXT[disguise](value)), maria, clean)


@pytest.mark.parametrize("place", BARE)
def test_a_name_that_looks_like_markup_goes(maria: PatientRecord, clean: Callable[[str, str], str], place: str) -> None:
    for value in VALUES:
        assert_clean(BARE[place].replace("{}", value), maria, clean)


def assert_clean(source: str, maria: PatientRecord, clean: Callable[[str, str], str]) -> None:
    listed = listed_identifiers(maria)
    for mode in ("tag", "surrogate"):
        cleaned = clean(source, mode)
        found = Independent(cleaned)
        readings = (cleaned, html.unescape(cleaned), unquote(cleaned), found.everything)
        for reading in readings:
            visible = "".join(c for c in reading if c not in "\u200b\u00ad")
            assert survivors(visible, listed) == 0, (source, cleaned)
        assert not {"kowalski", "482913", "elena"} & set(re.findall(r"[a-z]{4,}|\d{6}", words(cleaned).lower())), (
            cleaned
        )
        assert is_balanced(found.tags), cleaned
        if mode == "tag":
            assert clean(cleaned, "tag") == cleaned


@pytest.mark.parametrize("encoding", ["8bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("place", PLACES)
def test_the_same_holds_for_html_within_mail(
    maria: PatientRecord, clean: Callable[[str, str], str], place: str, encoding: str
) -> None:
    inner = PLACES[place].replace("{}", "&shy;".join(NAME)).replace("{{", "{").replace("}}", "}")
    data = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(encoding, bytes)(inner.encode())
    source = (
        "From: ward@example.org\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n"
        f"Content-Transfer-Encoding: {encoding}\n\n{data.decode()}"
    )
    cleaned = clean(source, "tag")
    body = email.message_from_string(cleaned).get_payload(decode=True)
    assert isinstance(body, bytes)
    assert survivors(cleaned, listed_identifiers(maria)) == 0
    assert survivors(Independent(body.decode()).everything.replace("\u00ad", ""), listed_identifiers(maria)) == 0
    assert clean(cleaned, "tag") == cleaned


@pytest.mark.parametrize("name", ["Li", "Em", "Del"])
def test_somebody_may_be_called_like_an_element(name: str) -> None:
    record = PatientRecord.model_validate({"patient_id": "5512345", "names": [{"given": "Wei", "family": name}]})
    listed, known = listed_identifiers(record), KnownIdentifiers(record)
    low = name.lower()
    source = f"<p>Mr. {name} <{name}>was</{name}> <{low}>well</{low}>.<ul><li>stable<li>walks</ul>"
    cleaned = clean_text(source, known, None, None).text
    assert survivors(cleaned, listed) == 0
    assert not re.search(rf"(?<!</)(?<!<){name}", cleaned)
    assert Independent(cleaned).tags.count("li") >= 2
    for plain in (f"seen by <{name}> today", f"<li>{name}"):
        assert survivors(plain, listed) > 0


REPORT = """\
<!DOCTYPE html>
<html lang="en"><head><meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1">
<title>Discharge of Maria Kowalski</title>
<style>td { padding: 2px }</style></head>
<body class="letter">
  <h1>Discharge</h1>
  <table border="1">
    <tr><th scope="row">Patient<td>KOWALSKI, Maria&nbsp;E.</tr>
    <tr><th scope="row">Weight<td>72 kg (BMI &lt; 25 &amp; stable)</tr>
  </table>
  <p>Mrs. <b>Kow</b>alski was <i>well</i>; <img src="chart.png" alt="Fever chart of Kowalski">
  <br>Ring <a href="tel:+15550102233" title="Call Maria Kowalski">her</a>.
  <!-- dictated by Kowalski's husband Jan -->
</body></html>
"""

CLEANED_REPORT = """\
<!DOCTYPE html>
<html><head>
<title>Discharge of [NAME]</title>
</head>
<body>
  <h1>Discharge</h1>
  <table border="1">
    <tr><th scope="row">Patient<td>[NAME]</tr>
    <tr><th scope="row">Weight<td>72 kg (BMI &lt; 25 &amp; stable)</tr>
  </table>
  <p>Mrs. <b>[NAME]</b> was <i>well</i>; <img alt="Fever chart of [NAME]">
  <br>Ring <a title="Call [NAME]">her</a>.
</body></html>
"""


def test_the_clean_text_and_its_structure_stay(clean: Callable[[str, str], str]) -> None:
    cleaned = clean(REPORT, "tag")
    assert re.sub(r"\n\s*\n", "\n", cleaned) == CLEANED_REPORT
    surrogate = Independent(clean(REPORT, "surrogate"))
    assert surrogate.tags == Independent(cleaned).tags
    assert "72 kg (BMI < 25 & stable)" in "".join(surrogate.text)


def test_findings_are_reported_where_they_stand_in_the_original() -> None:
    source = (
        "<p>Seen by Dr. Kow<b>alski</b>, MRN: 0048&#50;913 <a href='mailto:k@x.org'>write</a>"
        "<!-- dictated by Dr. Susan Miller --><img alt='Photo of Dr. Adams'><a href='https://h.org/p/7'>see</a>"
    )
    found = {source[f.start : f.end]: f.label for f in detect(source)}
    assert found["Kow<b>alski"] == "NAME"
    assert found["0048&#50;913"] == "MRN"
    assert (found["k@x.org"], found["https://h.org/p/7"]) == ("EMAIL", "URL")
    assert found["Susan Miller"] == found["Adams"] == "NAME"
    places = [(f.start, f.end) for f in detect(source)]
    assert all(end <= start for (_, end), (start, _) in pairwise(places))


def test_what_is_removed_is_counted_stretch_by_stretch() -> None:
    assert read_document("<p>x</p>").removed == 0
    assert read_document("<p class=a>x<!-- two words --><b>y</b><script>1</script><style>2</style></p>").removed == 3


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ('<p>x<img src="data:image/png;base64,iVBO">', "attachment"),
        ('<p>x<img src=" DATA:image/png;base64,iVBO">', "attachment"),
        ('<p>x<object data="data&colon;application/pdf;base64,JVBE"></object>', "attachment"),
        ("<p>Seen <!-- Kowalski</p>", "encoded-text"),
        ("<p>Seen <script>Kowalski", "encoded-text"),
        ("<p>Seen <title>Kowalski", "encoded-text"),
        ("<p>Seen <plaintext>Kowalski", "encoded-text"),
        ("<p>Seen <xmp>Kowalski</xmp>", "encoded-text"),
        ("<p>Seen <![CDATA[Kowalski</p>", "encoded-text"),
        ('<p>Seen <a title="Kowalski>x</a>', "encoded-text"),
        ("<p>Seen <span hidden>Kowalski", "encoded-text"),
        ("<style>.h { display: none }</style><p>Kow<span class=h>xx</span>alski", "encoded-text"),
        ("<p>Kow<span style='d\\69 splay:none'>xx</span>alski", "encoded-text"),
        ("<meta charset='utf-7'><p>+AEs-owalski", "encoded-text"),
        ("<p>&lt;b&gt;Kow&lt;/b&gt;alski", "encoded-text"),
        ("<p>Seen =?utf-8?B?S293YWxza2k=?=", "encoded-text"),
        ("<p>" + "<div>" * 300 + "x", "encoded-text"),
    ],
)
def test_what_another_reader_could_read_otherwise_is_refused(source: str, code: str) -> None:
    with pytest.raises(UnreadableError) as refusal:
        read_document(source)
    assert refusal.value.reason == code
    assert "owalski" not in str(refusal.value)


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "windows-1252", "unicode", "none-such", ""])
def test_a_wrong_charset_or_none_changes_nothing(charset: str) -> None:
    document = read_document(f"<head><meta charset='{charset}'></head><p>Müller is well</p>")
    assert document.text.strip() == "Müller is well"
    assert "charset" not in document.replaced([]).source


@pytest.mark.parametrize(
    "text",
    [
        "K <3.5 and Na >140; if a<b then c>d",
        "Seen by <Kowalski> & <Miller>",
        "<Kowalski> <b>was</b> seen",
        "From <k@x.org> to <Dr. Miller>",
        "R&D &amp; H&P <-> x",
        "<?xml version='1.0'?><ClinicalDocument><text><table><td>x</td></table></text></ClinicalDocument>",
        "a </b> c",
        "<",
    ],
)
def test_notes_that_are_no_html_stay_as_they_are(text: str) -> None:
    document = read_document(text)
    assert document.source == document.text == text
    assert document.replaced([]) is document


def test_rows_are_lines_and_cells_are_parted_by_tabs() -> None:
    table = "<table>\n <tr>\n  <th>Name:</th>\n  <td><p>A</p></td></tr><tr><td>MRN<td>7<tr><td><td>x\n</table>y"
    assert read_document(table).text == "Name: \tA\nMRN\t7\nx \ny"
    assert read_document("<div>a<div>b</div></div><h1>c</h1>d<br><br>e").text == "a\nb\nc\nd\n\ne"


def test_text_with_a_few_tags_keeps_its_lines() -> None:
    assert read_document("Name: A\nMRN: <b>7</b>\n\nstable").text == "Name: A\nMRN: 7\n\nstable"
    assert read_document("<pre>a\n  b</pre>").text.strip("\n") == "a\n  b"
    assert read_document("<p>a\n  b</p>").text.strip() == "a b"


SOUP = st.lists(
    st.sampled_from(
        [
            *"<>/!-='\"&;# \nabpx[]",
            "<b>",
            "<p ",
            "<!--",
            "-->",
            "</p>",
            "<td>",
            "&lt",
            "<li>",
            "</table>",
            "<table>",
            "</div>",
            "<span>",
            "<ul>",
        ]
    ),
    max_size=16,
).map("".join)


@pytest.mark.parametrize("place", PLACES)
def test_a_reference_of_any_length_is_read_everywhere(
    maria: PatientRecord, clean: Callable[[str, str], str], place: str
) -> None:
    value = f"&#{'1' * 5_000}; {NAME} &#{'0' * 5_000}{ord('x')};"
    cleaned = clean(PLACES[place].replace("{}", value).replace("{{", "{").replace("}}", "}"), "tag")
    assert survivors(cleaned, listed_identifiers(maria)) == 0


@given(SOUP)
@settings(max_examples=100)
def test_any_soup_is_read_or_refused(soup: str) -> None:
    try:
        document = read_html(soup)
        cleaned = document.replaced([])
    except UnreadableError:
        return
    assert document.source == soup
    assert is_balanced(Independent(cleaned.source).tags), cleaned.source
    assert cleaned.replaced([]) is cleaned
    assert words(cleaned.text) == words(
        "".join(c for i, c in enumerate(document.text) if not any(a <= i < b for a, b in document.unwritten()))
    )


@pytest.mark.parametrize(
    "hostile",
    [
        "<",
        "<a ",
        "<b>",
        "</b>",
        "<p>",
        "</p>",
        "<!",
        "<!-- -->",
        "<a b='",
        "&",
        "&#1",
        "<![CDATA[",
        "<p><b>",
        "<td>",
        "\n ",
        "<a x=1 ",
    ],
)
def test_hostile_repetition_is_read_or_refused_without_an_error_of_another_kind(hostile: str) -> None:
    for source in (f"<p>{hostile * 1_000}", f"<p>{hostile * 2_000}>x"):
        try:
            read_document(source).replaced([])
        except UnreadableError:
            continue


def test_blanks_in_a_charset_take_linear_time() -> None:
    started = time.process_time()
    for content in ("charset=" + " " * 50_000, "charset" + " " * 50_000):
        assert read_html(f"<meta http-equiv=a content='{content}x'><p>stable").text.split() == ["stable"]
    assert time.process_time() - started < 5
