"""The XML of the i2b2 de-identification corpora.

2014 (one note a file): `<deIdi2b2><TEXT>…</TEXT><TAGS><NAME start="16" end="20" text="Jane" TYPE="PATIENT"/>…`.
2006 (many notes a file): `<RECORD ID="1"><TEXT>… <PHI TYPE="DOCTOR">Kim</PHI> …</TEXT></RECORD>`.

The corpora are given out under a data use agreement and are not part of this project; the formats are public.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as Xml

from cloister.deid.evaluation.annotated_note import AnnotatedNote, Span
from cloister.deid.evaluation.readers.source_text import check_place, is_offset, quoted_briefly, read_source
from cloister.study.errors import DataError


def read_i2b2(path: Path) -> Iterator[AnnotatedNote]:
    """Every note of an XML file, or of all XML files of a folder in the order of their names.

    Labels are those of the corpus (`TYPE`). Ids are the file's stem, in 2006 the record's `ID`.

    Raises:
        MissingFileError: there is no such file.
        DataError: XML that cannot be parsed, declares a document type (entities could blow it up), or holds a tag
            that lies outside the text or quotes another text.
    """
    for file in sorted(path.glob("*.xml")) if path.is_dir() else [path]:
        root = _parsed(file)
        records = list(root.iter("RECORD"))
        if records:
            for number, record in enumerate(records, 1):
                yield _note_of_2006(f"{file}: record {number}", record)
        else:
            yield _note_of_2014(file, root)


def _parsed(file: Path) -> Xml.Element:
    source = read_source(file)
    if "<!DOCTYPE" in source or "<!ENTITY" in source:
        raise DataError(f"{file}: declares a document type.", "Remove the declaration; the i2b2 corpora have none.")
    try:
        # As text, which was UTF-8: whatever encoding the first line still names after a conversion counts no more.
        return Xml.fromstring(source)  # noqa: S314 - see above
    except Xml.ParseError as problem:
        raise DataError(f"{file}: no XML: {problem}.", "Write the file again.") from None


def _note_of_2014(file: Path, root: Xml.Element) -> AnnotatedNote:
    text = root.findtext("TEXT")
    tags = root.find("TAGS")
    if text is None or tags is None:
        raise DataError(f"{file}: neither <RECORD> nor <TEXT> with <TAGS>.", "Is it an i2b2 de-identification file?")
    spans = []
    for number, tag in enumerate(tags, 1):
        where = f"{file}: tag {number} ({tag.tag})"
        span = Span(_offset(where, tag, "start"), _offset(where, tag, "end"), tag.get("TYPE", tag.tag))
        check_place(where, span.start, span.end, text)
        quoted = tag.get("text")
        if quoted is not None and quoted.split() != text[span.start : span.end].split():
            there = quoted_briefly(text[span.start : span.end])
            raise DataError(
                f"{where}: quotes {quoted_briefly(quoted)}, the text has {there} there.",
                "Offsets count characters of <TEXT> after XML parsing.",
            )
        spans.append(span)
    return AnnotatedNote(file.stem, text, tuple(sorted(spans)))


def _offset(where: str, tag: Xml.Element, name: str) -> int:
    value = tag.get(name, "")
    if not is_offset(value):
        raise DataError(f"{where}: {name}={quoted_briefly(value)} is no offset.", "Expected a whole number.")
    return int(value)


def _note_of_2006(where: str, record: Xml.Element) -> AnnotatedNote:
    body = record.find("TEXT")
    if body is None:
        raise DataError(f"{where}: has no <TEXT>.", "Is it an i2b2 de-identification file?")
    pieces, spans, place = [body.text or ""], [], len(body.text or "")
    for element in body:
        inner, tail = "".join(element.itertext()), element.tail or ""
        if element.tag == "PHI" and inner:
            spans.append(Span(place, place + len(inner), element.get("TYPE", "PHI")))
        pieces += [inner, tail]
        place += len(inner) + len(tail)
    return AnnotatedNote(record.get("ID", where), "".join(pieces), tuple(sorted(spans)))
