"""HL7 v2 messages with reports (ORU, MDM and others): texts from OBX, the patient from PID, NK1, PV1 and OBR.

Fields are those of HL7 v2.5.1 (chapters 3, 4, 7 and 9); earlier versions have them in the same places. The texts below
one OBR or TXA are one note. A file holds one message or many, framed for the wire (MLLP) or not.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cloister.deid.categories import as_category
from cloister.deid.charsets import codec_of
from cloister.deid.note_sources.encoded_text import text_of
from cloister.deid.note_sources.hl7_escapes import decode_letters, limit_layout, unescape, unescape_switches
from cloister.deid.note_sources.item import Item, Reason, Refused, SourceNote, usable_record
from cloister.deid.patient_record import PatientRecord
from cloister.study.population import is_record_number

if TYPE_CHECKING:
    import hl7  # type: ignore[import-untyped]

_LARGEST_MESSAGE = 64 * 1024 * 1024
_CHARSETS = {
    "ASCII": "utf-8", "UNICODE UTF-8": "utf-8", "UNICODE": "utf-8", "UTF-8": "utf-8",
    **{f"8859/{part}": f"iso8859-{part}" for part in range(1, 17) if part != 12},
    "WINDOWS-1252": "cp1252",
}  # fmt: skip
"""Table 0211, as far as one byte or UTF-8 tells a letter."""
_SWITCHED = "iso2022_jp_ext"
"""What a message is read in that goes over to other sets within itself, as the Japanese ones do."""
_SWITCH = re.compile(rb"\x1b(?!\(B)(?:\$[(),-.]?|[(),-.])[@-Z]")
"""To any other set than ASCII (ISO 2022); printers' sequences end in figures or small letters."""
_UNREAD = re.compile("\x1b[,-][@-Z]")
"""A switch that Python leaves as it stands, and reads what is behind it in the set that was."""
_ASCII = b"\x1b(B"
_ROMAN = b"\x1b(J"
"""To JIS-Roman, whose yen and overline are the backslash and tilde that messages are written with: to ASCII, then."""
_HOME = re.compile(r"\x1b(?:\([BJ]|-[@-Z])")
"""What is left of switches in what a person reads: those to letters that the message was read in."""
_UPPER_HALVES = {
    **{f"iso8859-{part}": sign for part, sign in zip((*range(1, 11), 11, 13), "ABCDLGFHMVTY", strict=True)},
    "cp1252": "A",
}
"""What sets of one byte are called where a switch goes over to their own other letters than ASCII."""
_MESSAGE = re.compile(rb"^\x0b?(?=MSH[^\w\s]{2})", re.MULTILINE)
_BATCH = re.compile(rb"^(?:[FB]HS[^\w\s]{2}|[FB]TS(?:\||$))[^\n]*", re.MULTILINE)
_SEGMENT = rb"(?<!\n)\n++(?=[A-Z][A-Z0-9]{2}%b)"
"""What ends a segment. Other line breaks belong to the field in which they stand: texts hold lines, escaped or not."""
_TEXT_TYPES = {"TX", "FT", "ST", "CF"}
_TEXT_KINDS = {"TEXT", "TEXT/PLAIN", "PLAIN", "HTML", "RTF", "XML", "TXT"}
_OWN_KINDS = {"MR": 0, "PI": 1}
"""What a patient's own number is called (table 0203), best first."""
_NUMBER_KINDS = {"SS": "ssn", "DL": "licence", "MR": "mrn", "AN": "account", "PPN": "passport"}


def read_hl7(path: Path) -> Iterator[Item]:
    """The patients and notes of a file's messages."""
    for number, raw in enumerate(_messages(path), 1):
        if len(raw) > _LARGEST_MESSAGE:
            yield Refused(path, number, "too-large")
            continue
        text = _decoded(raw)
        if text is None:
            yield Refused(path, number, "not-utf-8")
            continue
        yield from _items(path, number, text)


def _messages(path: Path) -> Iterator[bytes]:
    """Each message; what stands before the first, if it is no head of a batch, as if it were one."""
    # MULTILINE knows line feeds only.
    data = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    ends = [*(match.end() for match in _MESSAGE.finditer(data)), len(data)]
    for start, end in pairwise([0, *ends]):
        message = _BATCH.sub(b"", data[start:end]).strip(b"\x0b\x1c\n")
        if message:
            separator = message[3:4] if message.startswith(b"MSH") else b"|"
            yield re.sub(_SEGMENT % re.escape(separator), b"\r", message)


def _decoded(raw: bytes) -> str | None:
    """The message in letters, also of those bytes that are escaped; None if it is not in its character set."""
    charset = _charset(raw)
    codec = _codec(charset)
    data = _without_switches_home(unescape_switches(raw), codec)
    # What stands in another set is ASCII by its bytes, and would be read as a name that nobody has.
    if not _SWITCH.search(data):
        data = _without_switches_home(raw, codec)
    elif not codec.startswith("iso2022"):
        charset = _SWITCHED
    text = text_of(data, charset)
    return None if text is None or _UNREAD.search(text) else limit_layout(decode_letters(text, charset))


def _without_switches_home(data: bytes, codec: str) -> bytes:
    """A message without switches to the letters that it is in anyway, in ASCII where it says JIS-Roman."""
    upper = _UPPER_HALVES.get(codec)
    return (data if upper is None else data.replace(f"\x1b-{upper}".encode(), b"")).replace(_ROMAN, _ASCII)


def _codec(charset: str) -> str:
    try:
        return codec_of(charset)
    except (LookupError, ValueError):
        return "utf-8"


def _charset(raw: bytes) -> str:
    head = raw.split(b"\r", 1)[0]
    fields = head.split(head[3:4]) if len(head) > 3 else []
    name = fields[17].decode("ascii", "replace").split("~")[0].strip().upper() if len(fields) > 17 else ""
    return _CHARSETS.get(name, name)


def _items(path: Path, number: int, text: str) -> Iterator[Item]:
    import hl7

    try:
        message = hl7.parse(text)
        head = message.segment("MSH")
        control = _plain(message, _field(head, 10)) or f"{path.stem}-{number}"
        day = _day(_plain(message, _field(head, 7)))
        parts = [(*_patient(message, part), list(_notes(message, part, day))) for part in _by_patient(message)]
    except Exception:  # noqa: BLE001 -- the parser raises anything; the message is at fault
        yield Refused(path, number, "not-hl7")
        return
    written = 0
    for patient, problem, notes in parts:
        if patient is not None:
            yield patient
        elif notes and len(parts) > 1:  # they may be of any of the message's patients, or of none
            problem = "bad-patient"
        if problem is not None:
            yield Refused(path, number, problem)
        if problem == "bad-patient":
            continue
        bearer = {} if patient is None else {"patient_id": patient.patient_id, "issuer": patient.issuer}
        for values in notes:
            if values is None:
                yield Refused(path, number, "attachment")
            elif not values["text"].strip():
                yield Refused(path, number, "missing-text")
            else:
                written += 1
                note = {"id": control if written == 1 else f"{control}-{written}", **values, **bearer}
                yield SourceNote({key: value for key, value in note.items() if value})
    if not any(notes for *_, notes in parts):
        yield Refused(path, number, "missing-text")


def _by_patient(message: hl7.Message) -> list[list[hl7.Segment]]:
    """What stands above the first PID, then each PID with what stands below it: a message may be about several."""
    parts: list[list[hl7.Segment]] = [[]]
    for segment in message:
        if str(segment[0]) == "PID":
            parts.append([])
        parts[-1].append(segment)
    return parts


def _notes(message: hl7.Message, segments: list[hl7.Segment], day: str) -> Iterator[dict[str, str] | None]:
    """One a group of OBX below an OBR or TXA, of the message's day if it names none; None for each that is no text."""
    about = {"date": day}
    lines: list[str] = []
    for segment in segments:
        kind = str(segment[0])
        if kind in {"OBR", "TXA"}:
            if lines:
                yield {"text": "\n".join(lines), **about}
            lines = []
            place, when = (4, 7) if kind == "OBR" else (2, 4)
            service = _components(message, segment, place)
            own = _day(_plain(message, _field(segment, when)))
            about = {"date": own or about["date"], "type": as_category(next(filter(None, service[1::-1]), ""))}
        elif kind == "OBX":
            found = _observation(message, segment)
            if found is None:
                yield None
            else:
                lines += found
        elif kind == "NTE":
            lines += [_plain(message, str(each)) for each in _repetitions(segment, 3)]
    if lines:
        yield {"text": "\n".join(lines), **about}


def _observation(message: hl7.Message, segment: hl7.Segment) -> list[str] | None:
    """The lines of an OBX; a heading where it names one; None where it holds no text.

    Raises:
        ValueError: a text with line breaks goes on below the value: separators in it were not escaped.
    """
    if any("\n" in str(field) for field in segment[6:]):
        raise ValueError("separators within a text")
    kind = _plain(message, _field(segment, 2)).upper()
    if kind in _TEXT_TYPES:
        return [_plain(message, str(each)) for each in _repetitions(segment, 5)]
    if kind == "ED":  # source, type, sub-type, encoding, data
        _, media, subtype, encoding, data, *_ = [*_components(message, segment, 5), *[""] * 5]
        if not {media.upper(), subtype.upper()} & _TEXT_KINDS:
            return None
        text = data if encoding.upper() in {"", "A"} else _from_base64(data)
        return None if text is None else [text]
    if kind in {"RP", "NA", "MA"}:
        return None
    value = " ".join(part for each in _repetitions(segment, 5) for part in _parts(message, each) if part)
    name = next((part for part in _components(message, segment, 3)[1::-1] if part), "")
    return [f"{name}: {value}" if name else value] if value else []


def _from_base64(data: str) -> str | None:
    try:
        return text_of(base64.b64decode(re.sub(r"\s", "", data), validate=True))
    except (binascii.Error, ValueError):
        return None


def _patient(message: hl7.Message, segments: list[hl7.Segment]) -> tuple[PatientRecord | None, Reason | None]:
    """What PID, NK1, PV1 and OBR say of one patient, and what of it cannot be used; nothing if there is no PID."""
    pid = segments[0]
    if str(pid[0]) != "PID":
        return None, None
    numbers = [_number(message, each) for place in (3, 2, 4) for each in _repetitions(pid, place)]
    numbers = [parts for parts in numbers if is_record_number(parts[0])]
    if not numbers:
        return None, "bad-patient"
    # Not the first of either kind: messages list a patient's numbers in any order.
    own = min(numbers, key=lambda parts: _OWN_KINDS.get(parts[4].upper(), len(_OWN_KINDS)))
    ids = {_name_of(parts, place): parts[0] for place, parts in enumerate(numbers) if parts is not own}
    ids |= {
        name: value
        for name, place in (("account", 18), ("ssn", 19), ("licence", 20))
        if is_record_number(value := _components(message, pid, place)[0])
    }
    kin = [segment for segment in segments if str(segment[0]) == "NK1"]
    staff = [(segment, place) for segment in segments for place in _STAFF.get(str(segment[0]), ())]
    known = {
        "patient_id": own[0],
        "issuer": own[3],
        "names": [name for place in (5, 9) for name in _names(message, pid, place, 0)],
        "birth_date": _written_day(_plain(message, _field(pid, 7))) or None,
        "sex": sex if (sex := _plain(message, _field(pid, 8)).upper()) in {"F", "M", "O", "U"} else None,
        "addresses": [text for place in (11,) for text in _joined(message, pid, place)]
        + [text for segment in kin for text in _joined(message, segment, 4)],
        "phones": [phone for place in (13, 14) for phone in _phones(message, pid, place)]
        + [phone for segment in kin for place in (5, 6) for phone in _phones(message, segment, place)],
        "emails": [part for each in _repetitions(pid, 13) for part in _parts(message, each) if "@" in part],
        "ids": ids,
        "relatives": [
            *_names(message, pid, 6, 0),
            *(name for segment in kin for place in (2, 30) for name in _names(message, segment, place, 0)),
        ],
        "providers": [name for segment, place in staff for name in _names(message, segment, place, 1)],
    }
    return usable_record(known)


_STAFF = {"PV1": (7, 8, 9, 17), "OBR": (16, 28), "TXA": (5, 9, 10, 11, 22), "ORC": (10, 11, 12), "OBX": (16,)}
"""Fields with names of staff (XCN), by segment."""


def _number(message: hl7.Message, repetition: Any) -> list[str]:
    """Of a number (CX) five components at least; the authority (HD) is its name, or its id if it has none."""
    parts = [*_parts(message, repetition), *[""] * 5]
    if parts[3]:
        authority = repetition[3]
        names = [_plain(message, str(each)) for each in ([authority] if isinstance(authority, str) else authority)]
        parts[3] = next(filter(None, names), "")
    return parts


def _name_of(parts: list[str], place: int) -> str:
    kind = _NUMBER_KINDS.get(parts[4].upper(), parts[4].lower() or "id")
    return f"{kind} {place + 1}"


def _names(message: hl7.Message, segment: hl7.Segment, place: int, first: int) -> list[dict[str, str]]:
    """Names in XPN (family^given^middle, `first` 0) or XCN (id^family^given^middle, 1)."""
    found = []
    for each in _repetitions(segment, place):
        family, given, middle = [*_parts(message, each)[first:], "", "", ""][:3]
        family = family.split("&")[0]
        if family.strip() or given.strip():
            found.append({"family": family.strip(), "given": f"{given} {middle}".strip()})
    return found


def _joined(message: hl7.Message, segment: hl7.Segment, place: int) -> list[str]:
    """Addresses (XAD): street, other designation, city, state, postal code, country."""
    texts = []
    for each in _repetitions(segment, place):
        text = ", ".join(part.replace("&", " ").strip() for part in _parts(message, each)[:6] if part.strip())
        if text:
            texts.append(text)
    return texts


def _phones(message: hl7.Message, segment: hl7.Segment, place: int) -> list[str]:
    """Telephone numbers (XTN): as one text, and taken apart into area code and number."""
    found = []
    for each in _repetitions(segment, place):
        parts = [*_parts(message, each), *[""] * 12]
        numbers = [parts[0], parts[11], "-".join(part for part in parts[5:7] if part)]
        found += [number for number in numbers if any(map(str.isdigit, number))]
    return found


def _day(stamp: str) -> str:
    """The day of a time stamp (YYYYMMDD…), ISO; empty if there is none, or it is no day."""
    try:
        return date.fromisoformat(_written_day(stamp)).isoformat()
    except ValueError:
        return ""


def _written_day(stamp: str) -> str:
    match = re.match(r"(\d{4})(\d{2})(\d{2})", stamp)
    return "-".join(match.groups()) if match else ""


def _field(segment: hl7.Segment, place: int) -> str:
    return str(segment[place]) if place < len(segment) else ""


def _repetitions(segment: hl7.Segment, place: int) -> list[Any]:
    return [each for each in segment[place] if str(each)] if place < len(segment) else []


def _parts(message: hl7.Message, repetition: Any) -> list[str]:
    return [_plain(message, str(each)) for each in ([repetition] if isinstance(repetition, str) else repetition)]


def _components(message: hl7.Message, segment: hl7.Segment, place: int) -> list[str]:
    found = _repetitions(segment, place)
    return _parts(message, found[0]) if found else [""]


def _plain(message: hl7.Message, text: str) -> str:
    """Escapes undone, without switches: their last letter would become the first of the name behind them."""
    shown = unescape(text, message.esc, message.separators)
    return _HOME.sub("", shown).replace("\r", "\n").strip(" ")
