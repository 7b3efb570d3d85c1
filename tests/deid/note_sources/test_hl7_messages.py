"""Whose is what in an HL7 message, and nothing of a text is lost."""

import base64
import time

import pytest
from tests.deid.note_sources.conftest import Import

HEAD = "MSH|^~\\&|LAB|ST MARY|||20240302||ORU^R01|M1|P|2.5\r"
ANNA = "PID|1||111^^^St Mary^MR||Arendt^Anna||19510307\r"
BERND = "PID|2||222^^^St Mary^MR||Brecht^Bernd||19620408\r"


def report(text: str, staff: str = "") -> str:
    return f"OBR|1|||71020^Chest X-ray|||20240301|||||||||{staff}\rOBX|1|TX|||{text}\r"


def test_a_message_about_two_patients_gives_each_their_own_notes_and_identifiers(imported: Import) -> None:
    anna = ANNA + "NK1|1|Arendt^Paul|SPO\r" + report("Of Anna.", "1^Adeyemi^Tunde") + report("Of Anna, again.")
    bernd = BERND + "NK1|1|Weigel^Helene|SPO\r" + report("Of Bernd.", "2^Brandt^Ines")
    found = imported({"x.hl7": HEAD + anna + bernd})
    assert [(note["id"], note["patient_id"], note["text"]) for note in found.notes] == [
        ("M1", "111", "Of Anna."), ("M1-2", "111", "Of Anna, again."), ("M1-3", "222", "Of Bernd."),
    ]  # fmt: skip
    assert found.refused == []
    for number, name, relative, provider in (
        ("111", "Anna Arendt", "Paul Arendt", "Tunde Adeyemi"),
        ("222", "Bernd Brecht", "Helene Weigel", "Ines Brandt"),
    ):
        patient = found.patients[number]
        said = (patient.names, patient.relatives, patient.providers)
        assert [[each.full for each in names] for names in said] == [[name], [relative], [provider]]


def test_a_text_that_is_cut_by_the_next_patient_stays_with_its_own(imported: Import) -> None:
    found = imported({"x.hl7": HEAD + ANNA + "OBX|1|TX|||Of Anna.\r" + BERND + "OBX|1|TX|||Of Bernd.\r"})
    assert [(note["id"], note["patient_id"], note["text"]) for note in found.notes] == [
        ("M1", "111", "Of Anna."), ("M1-2", "222", "Of Bernd."),
    ]  # fmt: skip


def test_a_report_above_the_first_patient_is_nobodys_and_refused(imported: Import) -> None:
    found = imported({"x.hl7": HEAD + report("Whose?") + ANNA + report("Of Anna.")})
    assert [(note["patient_id"], note["text"]) for note in found.notes] == [("111", "Of Anna.")]
    assert found.refused == [("x.hl7", 1, "bad-patient")]


def test_a_patient_without_a_number_is_not_taken_for_nobody(imported: Import) -> None:
    found = imported({"x.hl7": HEAD + ANNA.replace("111^^^St Mary^MR", "") + report("Of Anna.")})
    assert found.notes == []
    assert found.refused == [("x.hl7", 1, "bad-patient")]


@pytest.mark.parametrize("ends", ["\r", "\n", "\r\n"])
def test_a_text_with_line_breaks_in_it_is_read_whole(ends: str, imported: Import) -> None:
    lines = "Findings:\nNo effusion.\n\nMSH2 lost, MSH-6 kept.\nImpression: tumour"
    message = HEAD + ANNA + report(f"{lines}||||||F") + "OBX|2|TX|||End.\r\r"
    found = imported({"x.hl7": (message + message.replace("|M1|", "|M2|")).replace("\r", ends)})
    assert [(note["id"], note["text"]) for note in found.notes] == [("M1", f"{lines}\nEnd."), ("M2", f"{lines}\nEnd.")]
    assert found.refused == []


def test_a_text_that_a_separator_cuts_is_refused(imported: Import) -> None:
    cut = HEAD + ANNA + report("Findings:\nHb | 12.1\nImpression: tumour||||||F")
    found = imported({"x.hl7": cut + (HEAD + ANNA + report("Fine.")).replace("|M1|", "|M2|")})
    assert [note["text"] for note in found.notes] == ["Fine."]
    assert found.refused == [("x.hl7", 1, "not-hl7")]


def test_a_text_of_empty_lines_is_read_in_linear_time(imported: Import) -> None:
    text = "a" + "\n" * 100_000 + "b"
    started = time.process_time()
    found = imported({"x.hl7": HEAD + ANNA + report(text)})
    assert time.process_time() - started < 5
    assert [note["text"] for note in found.notes] == [text]


def test_an_encoded_document_may_stand_in_lines(imported: Import) -> None:
    document = base64.encodebytes(b"No effusion. " * 20).decode()
    found = imported({"x.hl7": HEAD + ANNA + f"OBR|1\rOBX|1|ED|||^TEXT^PLAIN^Base64^{document}\r"})
    assert [note["text"] for note in found.notes] == ["No effusion. " * 20]


@pytest.mark.parametrize("birth", ["00000000", "19510300", "19511303"])
def test_a_date_of_birth_that_is_no_date_costs_nothing_else_of_the_record(birth: str, imported: Import) -> None:
    found = imported({"x.hl7": HEAD + ANNA.replace("19510307", birth) + report("Of Anna.")})
    assert [(note["patient_id"], note["issuer"]) for note in found.notes] == [("111", "St Mary")]
    assert (found.patients["111"].names[0].full, found.patients["111"].birth_date) == ("Anna Arendt", None)
    assert found.refused == [("x.hl7", 1, "bad-birth-date")]


def test_a_day_that_is_none_dates_no_note(imported: Import) -> None:
    found = imported({"x.hl7": HEAD.replace("20240302", "00000000") + ANNA + "OBX|1|TX|||Of Anna.\r"})
    assert "date" not in found.notes[0]


def test_a_year_of_birth_alone_is_nothing_bad(imported: Import) -> None:
    found = imported({"x.hl7": HEAD + ANNA.replace("19510307", "1951") + report("Of Anna.")})
    assert found.refused == []


@pytest.mark.parametrize("order", [1, -1])
def test_the_order_of_a_patients_numbers_makes_no_other_patient(order: int, imported: Import) -> None:
    numbers = ["111^^^St Mary&1.2.840&ISO^MR", "999^^^Region^PI", "5^^^Insurer^NH"][::order]
    found = imported({"x.hl7": HEAD + f"PID|1||{'~'.join(numbers)}||Arendt^Anna\r" + report("Of Anna.")})
    assert [(note["patient_id"], note["issuer"]) for note in found.notes] == [("111", "St Mary")]
    assert set(found.patients["111"].ids.values()) == {"999", "5"}


@pytest.mark.parametrize(("authority", "issuer"), [("", ""), ("&1.2.840&ISO", "1.2.840"), ("A \\T\\ B", "A & B")])
def test_an_authority_is_called_by_its_name_else_by_its_id(authority: str, issuer: str, imported: Import) -> None:
    found = imported({"x.hl7": HEAD + f"PID|1||111^^^{authority}^MR||Arendt^Anna\r" + report("Of Anna.")})
    assert found.patients["111"].issuer == issuer


@pytest.mark.parametrize(
    ("charset", "notes", "refused"),
    [
        ("8859/1", ["M\xfcde."], []),
        ("UNICODE UTF-8", [], ["not-utf-8"]),
        ("ASCII", [], ["not-utf-8"]),
        ("nobody's", [], ["not-utf-8"]),
        ("hex", [], ["not-utf-8"]),  # a codec of Python's, but not of text
        ("undefined", [], ["not-utf-8"]),
        ("UTF\0-8", [], ["not-utf-8"]),
    ],
)
def test_a_message_is_read_in_the_character_set_that_it_names(
    charset: str, notes: list[str], refused: list[str], imported: Import
) -> None:
    head = HEAD.rstrip("\r") + "||||||" + charset + "\r"
    found = imported({"x.hl7": (head + ANNA + report("M\xfcde.")).encode("latin-1")})
    assert [note["text"] for note in found.notes] == notes
    assert [reason for *_, reason in found.refused] == refused


@pytest.mark.parametrize("charset", ["punycode", "raw-unicode-escape", "unicode-escape"])
def test_what_python_alone_calls_an_encoding_is_no_character_set(charset: str, imported: Import) -> None:
    head = HEAD.rstrip("\r") + "||||||" + charset + "\r"
    text = "Hb 12-a \\u00e9"
    found = imported({"x.hl7": head + ANNA + report(text.replace("\\", "\\E\\"))})
    assert [note["text"] for note in found.notes] == [text]


KANJI = "\x1b$B;3ED\x1b(B"


@pytest.mark.parametrize(
    "charset", ["~ISO IR87", "ISO IR14~ISO IR87", "8859/1~ISO IR159", "", "ISO-2022-JP", "ISO 2022-1994"]
)
@pytest.mark.parametrize(
    "family",
    [KANJI, "\\M2442\\;3ED\\C2842\\", "\\X1B\\$B;3ED\\X1B\\(B", "\\X1B24423B3345441B2842\\"],
)
def test_a_message_may_go_over_to_another_character_set_and_back(charset: str, family: str, imported: Import) -> None:
    head = HEAD.rstrip("\r") + "||||||" + charset + "\r"
    found = imported({"x.hl7": head + ANNA.replace("Arendt", family) + report(f"{KANJI} \x1b$B0|\x1b(B, C2842.")})
    assert [note["text"] for note in found.notes] == ["\u5c71\u7530 \u6deb, C2842."]
    assert [name.family for name in found.patients["111"].names] == ["\u5c71\u7530"]


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("\x1b$)C\x0e;3\x0f", ["not-utf-8"]),  # Korean
        (f"{KANJI} M\xfcde", ["not-utf-8"]),
        ("\\M2442\\;", ["not-utf-8"]),  # cut off
        ("\x1b(s0pM\xfcde\x1b(8U", []),  # for a printer
        ("\\C2842\\M\xfcde", []),
        ("\\C2D41\\M\\XFC\\de", ["not-utf-8"]),
        ("\x1b,AM\\XFC\\de", ["not-utf-8"]),
    ],
)
def test_a_message_in_sets_that_cannot_be_told_is_refused(text: str, refused: list[str], imported: Import) -> None:
    found = imported({"x.hl7": HEAD + ANNA + report(text)})
    assert [reason for *_, reason in found.refused] == refused


@pytest.mark.parametrize("charset", ["8859/1", "", "ISO-2022-JP"])
@pytest.mark.parametrize("switch", ["\x1b(J", "\x1b(B", "\\C284A\\", "\\X1B284A\\"])
def test_messages_are_written_with_the_backslash_and_tilde_of_ascii_also_in_jis_roman(
    switch: str, charset: str, imported: Import
) -> None:
    head = HEAD.rstrip("\r") + "||||||" + charset + "\r"
    anna = ANNA.replace("Arendt^Anna", f"{switch}M\\XFC\\ller^Jo~T\\H\\o\\N\\th^Eva")
    found = imported({"x.hl7": head + anna + report(f"{switch}M\\XFC\\ller, B\\H\\er\\N\\g.")})
    assert [note["text"] for note in found.notes] == ["M\xfcller, Berg."]
    assert [name.full for name in found.patients["111"].names] == ["Jo M\xfcller", "Eva Toth"]


def test_jis_roman_also_ends_japanese(imported: Import) -> None:
    family = KANJI.replace("(B", "(J")
    found = imported({"x.hl7": HEAD + ANNA.replace("Arendt", family) + report(f"{family}, M\\XFC\\ller \\C284A\\~ 1.")})
    assert [note["text"] for note in found.notes] == ["\u5c71\u7530, M\xfcller\n1."]
    assert [name.full for name in found.patients["111"].names] == ["Anna \u5c71\u7530"]


@pytest.mark.parametrize("switch", ["\x1b-{}", "\\C2D{:X}\\", "\\X1B2D{:X}\\"])
@pytest.mark.parametrize(
    ("charset", "codec", "upper", "refused"),
    [
        ("8859/1", "iso8859-1", "A", []),
        ("ISO-8859-1", "iso8859-1", "A", []),
        ("WINDOWS-1252", "cp1252", "A", []),
        ("8859/2", "iso8859-2", "B", []),
        ("8859/5", "iso8859-5", "L", []),
        ("8859/7", "iso8859-7", "F", []),
        ("8859/9", "iso8859-9", "M", []),
        ("8859/1", "iso8859-1", "B", ["not-utf-8"]),
        ("8859/2", "iso8859-2", "A", ["not-utf-8"]),
    ],
)
def test_a_switch_to_the_set_that_a_message_is_in_anyway_is_none(
    switch: str, charset: str, codec: str, upper: str, refused: list[str], imported: Import
) -> None:
    head = HEAD.rstrip("\r") + "||||||" + charset + "\r"
    letter = b"\xc9".decode(codec)
    text = f"{switch.format(upper if '{}' in switch else ord(upper))}{letter}rendt was here."
    found = imported({"x.hl7": (head + ANNA + report(text)).encode(codec)})
    assert [note["text"] for note in found.notes] == ([] if refused else [f"{letter}rendt was here."])
    assert [reason for *_, reason in found.refused] == refused


def test_a_message_with_half_a_character_is_refused(imported: Import) -> None:
    head = HEAD.rstrip("\r") + "||||||UTF-7\r"
    found = imported({"x.hl7": head + ANNA + report("Of +2AA-") + head + ANNA + report("Of +AOk-tienne.")})
    assert [note["text"] for note in found.notes] == ["Of \u00e9tienne."]
    assert found.refused == [("x.hl7", 1, "not-utf-8")]


@pytest.mark.parametrize(
    "text", ["Kowalski \\ Nowak \\", "Kowalski\\\\Nowak", "\\Kowalski\\", "Kowalski\\.sk99999\\", "\\Xzz\\Kowalski"]
)
def test_a_backslash_costs_nothing_of_a_text_and_brings_nothing_of_it_into_a_log(
    text: str, imported: Import, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    found = imported({"x.hl7": HEAD + ANNA + report(text)})
    assert [note["text"] for note in found.notes] == [text]
    assert found.refused == []
    assert "Kowalski" not in caplog.text + "".join(capfd.readouterr())


def test_a_messages_blanks_grow_into_no_gigabytes(imported: Import) -> None:
    found = imported({"x.hl7": HEAD + ANNA + "".join(report("a\\.in99\\" * 10) for _ in range(400))})
    assert [note["text"].split() for note in found.notes] == [["a"] * 10] * 400
    assert sum(len(note["text"]) for note in found.notes) < 1_100_000
