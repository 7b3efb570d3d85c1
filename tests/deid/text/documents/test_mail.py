"""Mail: read as Python's `email` reads it, written back as mail that `email` reads, without names."""

from __future__ import annotations

import base64
import email
import email.policy
import re
import time
from collections.abc import Callable
from contextlib import suppress
from email.header import Header, decode_header, make_header
from email.message import EmailMessage, Message

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.deid.patient_record import PatientRecord
from cloister.deid.text.detector import detect
from cloister.deid.text.documents import Edit, UnreadableError, read_document
from cloister.deid.text.finding import Finding
from cloister.deid.text.recognizers.mail_header import MAIL_HEADER
from cloister.deid.verification import listed_identifiers, survivors

PLANTED = "Maria Elena Kowalski"


def texts_of(source: str) -> list[str]:
    """The decoded header values and text parts, as `email` reads them."""
    found: list[str] = []

    def walk(message: Message) -> None:
        found.extend(str(make_header(decode_header(str(value)))) for value in message.values())
        if message.is_multipart():
            for part in message.get_payload():
                assert isinstance(part, Message)
                walk(part)
        else:
            data = message.get_payload(decode=True)
            assert isinstance(data, bytes)
            found.append(data.decode(message.get_content_charset("utf-8")))

    walk(email.message_from_string(source))
    return found


def structure_of(source: str) -> list[tuple[str, str, str]]:
    parts = email.message_from_string(source, policy=email.policy.default).walk()
    return [(p.get_content_type(), p.get("content-transfer-encoding", ""), p.get_content_charset("")) for p in parts]


WORDS = st.text(st.sampled_from("abc =.-é_ł?☺\t"), max_size=90)
BODIES = st.lists(WORDS, min_size=1, max_size=4).map(lambda lines: "\n".join(lines) + "\nend\n")


@st.composite
def mails(draw: st.DrawFn) -> str:
    """A mail that Python's `email` wrote."""
    message = EmailMessage(policy=email.policy.SMTP if draw(st.booleans()) else email.policy.default)
    message["From"] = f'"{draw(st.sampled_from(["Ana Ruiz", "Zoë Øst", "Ruiz, Ana"]))}" <a@x.org>'
    message["Subject"] = " ".join(draw(WORDS).split()) or "none"
    ways = st.sampled_from(["quoted-printable", "base64"])
    message.set_content(draw(BODIES), cte=draw(ways), charset="utf-8")
    if draw(st.booleans()):
        message.add_alternative(f"<p>{draw(BODIES)}</p>\n", subtype="html", cte=draw(ways), charset="utf-8")
    if draw(st.booleans()):
        message.add_attachment(draw(BODIES), filename="note.txt", cte=draw(ways), charset="utf-8")
    for number, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_part {number}")
    return message.as_bytes().decode("ascii")


@given(mails())
@settings(max_examples=40)
def test_it_reads_as_python_reads_it(source: str) -> None:
    document = read_document(source)
    assert document.source == source
    shown = "".join(document.text.split())
    mime = ("1.0", "multipart/", "text/", "base64", "quoted-printable", "attachment")
    for text in texts_of(source):
        if not text.startswith(mime):
            assert "".join(re.sub("<[^>]*>", "", text).split()) in shown
    assert read_document(document.text).text == document.text


@given(mails(), st.data())
@settings(max_examples=40)
def test_every_shown_character_has_its_place_and_what_is_put_in_reads_as_meant(
    source: str, data: st.DataObject
) -> None:
    document = read_document(source)
    each = [Finding(i, i + 1, "NAME", 1.0, "test") for i in range(len(document.text))]
    places = [document.located([finding]) for finding in each]
    assert all(0 <= f.start <= f.end <= len(source) for place in places for f in place)
    start = document.text.index("end")
    first = data.draw(st.integers(max(0, start - 30), start))
    before = document.text[first : start + 3]
    if document.text[first:start].startswith("\n") or "\n\n" in before:
        first = start
    written = document.replaced([Edit(first, start + 3, "Zażółć --b\ngęślą")])
    assert written.text == document.text[:first] + "Zażółć --b\ngęślą" + document.text[start + 3 :]
    assert structure_of(written.source) == structure_of(source)
    assert any("Zażółć --b\ngęślą" in text.replace("\r\n", "\n") for text in texts_of(written.source))


def quoted(name: str, flags: list[int]) -> str:
    """Each character as it stands, as bytes, or after a soft line break."""
    ways = (
        lambda c: c,
        lambda c: "".join(f"={b:02x}" for b in c.encode()),
        lambda c: f"=\n{c}",
        lambda c: f"={ord(c):02X}=\r\n",
    )
    return "".join(ways[flag](c) for c, flag in zip(name, flags, strict=True))


def words(name: str, flags: list[int]) -> str:
    """Encoded words that part it anywhere."""
    pieces, rest = [], ""
    for character, flag in zip(name, flags, strict=True):
        rest += character
        if flag:
            pieces.append(rest)
            rest = ""
    shown = [piece for piece in (*pieces, rest) if piece]
    return "\n ".join(
        f"=?UTF-8?b?{base64.b64encode(p.encode()).decode()}?="
        if i % 2
        else "=?iso-8859-1?q?" + p.replace(" ", "_") + "?="
        for i, p in enumerate(shown)
    )


FLAGS = st.lists(st.integers(0, 3), min_size=len(PLANTED), max_size=len(PLANTED))
HEAD = "From: a@x.org\nTo: b@x.org\nMIME-Version: 1.0\n"
TYPE = "Content-Type: text/{}; charset=utf-8\nContent-Transfer-Encoding: {}\n\n"


@given(FLAGS, st.sampled_from(["quoted", "words", "base64", "html"]), st.integers(1, 60))
@settings(max_examples=40)
def test_no_encoding_hides_a_name(
    maria: PatientRecord, clean: Callable[[str, str], str], flags: list[int], way: str, width: int
) -> None:
    if way == "quoted":
        body = HEAD + TYPE.format("plain", "quoted-printable") + f"Seen {quoted(PLANTED, flags)} today.\n"
    elif way == "words":
        body = HEAD + f"Subject: seen {words(PLANTED, flags)} today\n\nstable.\n"
    else:
        text = f"Seen {PLANTED} today.\n"
        if way == "html":
            text = "<p>Seen " + "".join(f"<b>{c}</b>" if flag else c for c, flag in zip(PLANTED, flags, strict=True))
        letters = base64.b64encode(text.encode()).decode()
        lines = [letters[i : i + width] for i in range(0, len(letters), width)]
        body = HEAD + TYPE.format("html" if way == "html" else "plain", "base64") + "\n".join(lines) + "\n"
    listed = listed_identifiers(maria)
    assert survivors(body, listed) > 0
    for mode in ("tag", "surrogate"):
        cleaned = clean(body, mode)
        assert survivors(cleaned, listed) == 0
        assert survivors("\n".join(texts_of(cleaned)), listed) == 0
        assert structure_of(cleaned) == structure_of(body)
    tagged = clean(body, "tag")
    assert any("een [NAME]" in re.sub("<[^>]*>", "", text) for text in texts_of(tagged))
    assert clean(tagged, "tag") == tagged


MESSAGE = """\
Return-Path: <okonkwo@example.org>
Received: from okonkwo-pc (okonkwo-pc.ward5.example.org [192.0.2.7])
\tby mx.example.org with ESMTP id 4Fq1 for <ruiz@example.org>; Tue, 4 May 2021 10:11:12 +0200
Message-ID: <CAF+0048@mail.example.org>
From: "Qhawe Xolobeni" <q.xolobeni@example.org>
To: Ruizena Vlk <r.vlk@example.org>,
 =?iso-8859-1?Q?S=F8lve_Tr=E4sk?= <s.t@example.org>
Reply-To: q2@example.org (Qhawe at home)
Subject: Re: follow-up
X-Originating-IP: [192.0.2.7]
MIME-Version: 1.0 (Mac OS X Mail 14.0)
Content-Type: multipart/mixed; boundary="=_b 1"

--=_b 1
Content-Type: text/plain; charset=utf-8; name="report on Kowalski.txt"
Content-Disposition: attachment; filename="Kowalski.txt"

The patient is stable.
--=_b 1
Content-Type: message/rfc822

From: "Ines Quispe" <i.q@example.org>
Subject: earlier

BP 120/80.
--=_b 1--
"""


def test_the_header_tells_nobody_who_wrote_to_whom(clean: Callable[[str, str], str]) -> None:
    written = clean(MESSAGE, "tag")
    gone = (
        "xolobeni", "qhawe", "vlk", "s.t@", "example.org", "192.0.2.7", "quispe", "4fq1", "0048", "okonkwo", "2021",
        "kowalski", "sølve",
    )  # fmt: skip
    read = "\n".join(texts_of(written)).lower()
    assert not [name for name in gone if name in written.lower() or name in read]
    assert structure_of(written) == structure_of(MESSAGE)
    assert "The patient is stable." in written
    assert "BP 120/80." in written
    assert "Subject: Re: follow-up" in written
    assert clean(written, "tag") == written


def test_findings_are_reported_where_they_stand_in_the_original() -> None:
    letters = base64.b64encode(b"Seen by Dr. Kowalski. MRN: 00482913 stable").decode()
    source = HEAD + TYPE.format("plain", "base64") + letters + "\n"
    found = {f.label: source[f.start : f.end] for f in detect(source)}
    assert base64.b64decode(found["NAME"] + "==")[:8].endswith(b"ski") or "b3dhbHNr" in found["NAME"]
    assert source.index(found["NAME"]) < source.index(found["MRN"])
    source = HEAD + TYPE.format("plain", "quoted-printable") + "Seen by Dr. Kow=\nalski today\n"
    assert "Kow=\nalski" in {source[f.start : f.end] for f in detect(source)}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (HEAD + "Content-Type: image/png\n\nx", "attachment"),
        (HEAD + "Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nJVBERg==", "attachment"),
        (HEAD + "Content-Type: text/calendar\n\nBEGIN:VCALENDAR", "attachment"),
        (HEAD + TYPE.format("html", "8bit") + '<img src="data:image/png;base64,iVBO">', "attachment"),
        (HEAD + TYPE.format("plain", "x-uuencode") + "M", "encoded-text"),
        (HEAD + TYPE.format("plain", "base64") + "S293!YWxza2k=", "encoded-text"),
        (HEAD + TYPE.format("plain", "quoted-printable") + "Kow=zzalski", "encoded-text"),
        (HEAD + TYPE.format("plain", "quoted-printable") + "Kow=FFalski", "encoded-text"),
        (HEAD + TYPE.format("plain", "7bit").replace("utf-8", "utf-7") + "+AEs-owalski", "encoded-text"),
        (HEAD + TYPE.format("plain", "base64").replace("utf-8", "utf-16") + "SwBvAHcA", "encoded-text"),
        (HEAD + "Content-Type: text/plain\nContent-Type: text/html\n\nx", "encoded-text"),
        (HEAD + "Content-Type: text/plain; format=flowed; delsp=yes\n\nKow \nalski", "encoded-text"),
        (HEAD + "Content-Type: text/plain; name*=utf-8''%4bowalski\n\nx", "encoded-text"),
        (HEAD + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nno end", "encoded-text"),
        (HEAD + "Content-Type: multipart/mixed\n\n--b\n\nx\n--b--\n", "encoded-text"),
        (HEAD + TYPE.format("plain", "base64") + base64.b64encode(b"{\\rtf1 nested}").decode(), "encoded-text"),
        (HEAD + TYPE.format("plain", "base64") + base64.b64encode(b"=?utf-8?B?S293?=").decode(), "encoded-text"),
        (HEAD + "Subject: a\rContent-Transfer-Encoding: base64\n\nS293", "encoded-text"),
        ("Copied:\n\nContent-Transfer-Encoding: base64\n\nS293YWxza2k=", "encoded-text"),
        ("Seen: =?utf-8?B?S293YWx!?=", "encoded-text"),
        ("Seen by M=C3=BCller", "encoded-text"),
        ("-----BEGIN PGP MESSAGE-----\n\nhQEM", "encoded-text"),
    ],
)
def test_what_another_reader_could_read_otherwise_is_refused(source: str, code: str) -> None:
    with pytest.raises(UnreadableError) as refusal:
        read_document(source)
    assert refusal.value.reason == code


def test_a_field_may_be_called_like_the_patient(clean: Callable[[str, str], str]) -> None:
    text = "From: ward 5\nTo: ICU\nKowalski: stable,\n on 2 l\n\nMaria\n"
    assert clean(text, "tag") == "From: ward 5\nTo: ICU\n[NAME]: stable,\n on 2 l\n\n[NAME]\n"
    assert not {"kowalski", "maria"} & set(re.findall(r"\w+", clean(text, "surrogate").lower()))


@pytest.mark.parametrize("hostile", ["x@", "a ", '" ', "<", "<x@", "(", "=?", "=?a?q?", "Kow\n ", "a:\n"])
def test_hostile_repetition_takes_linear_time(hostile: str) -> None:
    text = f"From: a@b.org {hostile * 50_000}\nSubject: {hostile * 50_000}"
    started = time.process_time()
    try:
        shown = read_document(text).text
    except UnreadableError:
        shown = text
    list(MAIL_HEADER.find(shown))
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "Received:" + " " * 100_000 + "\n\nx\n",
        HEAD.rstrip() + " " * 100_000 + "x\n\nstable\n",
        HEAD + "Content-Type: text/plain" + " " * 120_000 + "x\n\nstable\n",
        HEAD + TYPE.format("plain", "quoted-printable") + " " * 60_000 + "x\n",
    ],
)
def test_many_blanks_take_linear_time(text: str) -> None:
    started = time.process_time()
    list(MAIL_HEADER.find(text))
    with suppress(UnreadableError):
        assert read_document(text).text.endswith("x\n")
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "text",
    [
        "Stable.\nBP: 120/80\nX-ray: no fracture\nTo: home",
        "Assessment: stable\nPlan: discharge\n\nFrom ward 5 to ICU; x = 3 == 3; T=37.5",
        "X-ray: normal\nFrom: ICU\nTo: ward 5\n\nThe patient is stable.",
        "Name:\tKowalski\r\n\r\nstable\r\n",
    ],
)
def test_notes_that_are_no_mail_stay_as_they_are(text: str) -> None:
    document = read_document(text)
    assert document.source == document.text == text
    assert not [f for f in detect(text) if "mail-header" in f.source]


def test_an_encoded_word_in_a_plain_note_is_read_too(clean: Callable[[str, str], str]) -> None:
    text = f"Copied subject: Re: {Header(PLANTED, 'utf-8').encode()} is well"
    assert texts_of(f"Subject: {clean(text, 'tag')}\n\n")[0] == "Copied subject: Re: [NAME] is well"
