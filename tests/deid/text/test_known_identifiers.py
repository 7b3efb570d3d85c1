"""The matcher for what the record lists, against a brute-force oracle."""

from __future__ import annotations

import random
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.patient_record import PatientRecord
from cloister.deid.text import known_identifiers as module
from cloister.deid.text.known_identifiers import KnownIdentifiers, within_one_typo
from cloister.deid.text.merge import merge

GIVEN = ("Maria", "Jürgen", "Ngọc Anh", "Anna-Lena", "Sung-min", "Björn", "Khadija", "José Luis", "Siobhán")
FAMILY = ("Kowalski", "O'Brien", "van der Berg", "Garcia Lopez", "Müller", "al-Rashid", "Nguyễn", "Li", "Woldeyes")
words = st.sampled_from(["the patient denies cough", "Seen today;", "plan:", "CXR clear.", "2 L O2", "\n", "(stable)"])


@st.composite
def records(draw: st.DrawFn) -> PatientRecord:
    digits = st.text("0123456789", min_size=10, max_size=10)
    return PatientRecord.model_validate(
        {
            "patient_id": draw(st.from_regex(r"[1-9]\d{6}", fullmatch=True)),
            "names": [{"given": draw(st.sampled_from(GIVEN)), "family": draw(st.sampled_from(FAMILY))}],
            "birth_date": draw(st.dates(min_value=date(1920, 1, 1), max_value=date(2020, 12, 31))).isoformat()
            if draw(st.booleans())
            else None,
            "phones": ["2" + draw(digits)[1:]],
            "ids": {"ssn": draw(st.from_regex(r"9\d\d-\d\d-\d{4}", fullmatch=True))},
            "addresses": [f"{draw(st.integers(1, 9999))} Willow Street, Ashford, OH 44012"],
            "emails": ["jk.example@example.org"],
        }
    )


def variants(record: PatientRecord, rng: random.Random) -> list[str]:
    """Ways in which people write what a record lists; the oracle of this test."""
    name = record.names[0]
    phone = re.sub(r"\D", "", record.phones[0])
    ssn = record.ids["ssn"]
    found = [
        name.full,
        name.full.upper(),
        name.full.lower(),
        f"{name.family}, {name.given}",
        f"{name.family}^{name.given}".upper(),
        f"{name.given[0]}. {name.family}",
        name.full.replace("-", " "),
        name.full.replace("'", ""),
        f"({phone[:3]}) {phone[3:6]}-{phone[6:]}",
        f"+1 {phone[:3]}.{phone[3:6]}.{phone[6:]}",
        phone,
        ssn,
        ssn.replace("-", ""),
        ssn.replace("-", " "),
        record.patient_id,
        f"MRN{record.patient_id}",
        f"{record.patient_id[:3]}-{record.patient_id[3:]}",
        record.addresses[0],
        record.addresses[0].upper(),
        record.addresses[0].replace("Street", "St"),
        record.emails[0].upper(),
    ]
    if record.birth_date is not None:
        day = record.birth_date
        found += [f"{day:%m/%d/%Y}", f"{day:%Y%m%d}", f"{day:%d-%b-%Y}", f"{day:%B} {day.day}, {day.year}"]
        found += [f"{day.month}/{day.day}/{day:%y}", f"{day:%d%b%Y}".upper()]
    return rng.sample(found, 6)


@given(records(), st.lists(words, min_size=7, max_size=7), st.randoms(use_true_random=False))
def test_every_spelling_of_every_listed_identifier_is_covered(
    record: PatientRecord, between: list[str], rng: random.Random
) -> None:
    known = KnownIdentifiers(record)
    text, spans = between[0], []
    for variant, filler in zip(variants(record, rng), between[1:], strict=True):
        spans.append((len(text) + 1, len(text) + 1 + len(variant)))
        text += f" {variant} {filler}"
    covered = {position for finding in known.find(text) for position in range(finding.start, finding.end)}
    particles = re.compile(r"\b(?:van|der|al)\b", re.IGNORECASE)
    for start, end in spans:
        value = text[start:end]
        kept = {start + i for match in particles.finditer(value) for i in range(*match.span())}
        needed = {i for i in range(start, end) if text[i].isalnum()} - kept
        needed -= {start, start + 1} if value.startswith("+1 ") else set()
        needed -= {start, start + 1, start + 2} if value.startswith("MRN") else set()
        assert needed <= covered, (value, sorted(text[i] for i in needed - covered))


@given(records(), st.lists(words, min_size=1, max_size=8))
def test_text_about_nobody_is_left_alone(record: PatientRecord, fillers: list[str]) -> None:
    assert list(KnownIdentifiers(record).find(" ".join(fillers))) == []


@pytest.mark.parametrize("text", ["AYDIN, MEHMET", "aydin", "Aydin Mehmet", "Lukasz", "STROM", "Stroem"])
def test_strokes_and_dots_that_people_leave_out_do_not_hide_a_name(text: str) -> None:
    names = ["Mehmet Aydın", "Łukasz Strøm"]
    known = KnownIdentifiers(PatientRecord.model_validate({"patient_id": "12345", "names": names}))
    assert {f.label for f in known.find(f"pt {text} seen")} == {"NAME"}


@pytest.mark.parametrize("text", ["Hwiot agrees", "Hiwott", "hiwot"])
def test_short_names_are_found_with_letters_swapped_or_doubled(text: str) -> None:
    known = KnownIdentifiers(PatientRecord.model_validate({"patient_id": "12345", "names": ["Hiwot Bekele"]}))
    assert any(known.find(text))
    assert not list(known.find("Pivot joint, Hilot"))


@pytest.mark.parametrize("text", ["Ms. Kowalsky", "KOWALKSI", "kowaalski", "Kowlski agrees", "Kowalskis"])
def test_one_typing_error_in_a_long_name_does_not_hide_it(maria: PatientRecord, text: str) -> None:
    assert any(finding.label == "NAME" for finding in KnownIdentifiers(maria).find(text))


@pytest.mark.parametrize("length", [39, 40, 41, 42, 60, 5_000])
@pytest.mark.parametrize("typo", ["", "x", "swapped", "other"])
def test_a_typing_error_hides_no_name_however_long(typo: str, length: int) -> None:
    family = "".join(random.Random(1).choices("abcdefghijklmnoprstuvwyz", k=length))
    known = KnownIdentifiers(PatientRecord.model_validate({"patient_id": "12345", "names": [f"Jo {family}"]}))
    for place in (0, 1, length // 2, length - 2, length - 1):
        before, at, after = family[:place], family[place], family[place + 1 :]
        changed = {"other": "q", "swapped": after[:1] + at}.get(typo, typo + at if typo else "")
        written = before + changed + after[1 if typo == "swapped" else 0 :]
        (found,) = merge(known.find(f"Ms. {written.capitalize()} agrees"))
        assert (found.start, found.end) == (4, 4 + len(written))
        assert known.lists_word(written)
        assert known.name_part(written) == family
    two = "q" + family[1:-1] + "q"
    assert not list(known.find(f"Ms. {two.capitalize()} agrees"))
    assert not known.lists_word(two)


def test_no_word_takes_the_square_of_its_length() -> None:
    long = "".join(random.Random(1).choices("abcdefghijklmnopqrstuvwxyz", k=5000))
    known = KnownIdentifiers(PatientRecord.model_validate({"patient_id": "12345", "names": [f"Jo {long}", "Al Berg"]}))
    assert [f.label for f in merge(known.find(f"Ms. {long.upper()} agrees"))] == ["NAME"]
    assert sum(map(len, known._typos)) < 100
    assert sum(map(len, module._deletions(long))) == len(long)


def test_a_name_that_is_an_everyday_word_counts_only_when_capitalised() -> None:
    known = KnownIdentifiers(PatientRecord.model_validate({"patient_id": "12345", "names": ["May Long"]}))
    assert not list(known.find("she may take long walks"))
    assert [f.label for f in known.find("Ms. Long agreed")] == ["NAME"]


def test_decomposed_accents_do_not_hide_a_name() -> None:
    import unicodedata

    known = KnownIdentifiers(PatientRecord.model_validate({"patient_id": "12345", "names": ["Jürgen Müller"]}))
    text = "seen: " + unicodedata.normalize("NFD", "Jürgen Müller") + " today"
    (finding,) = merge(known.find(text))
    assert unicodedata.normalize("NFC", text[finding.start : finding.end]) == "Jürgen Müller"


@pytest.mark.parametrize("text", ["ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダ", "ハナコヤマダ"])
def test_half_width_katakana_are_the_name_that_full_width_ones_are(text: str) -> None:
    record = PatientRecord.model_validate({"patient_id": "12345", "names": [{"given": "ﾊﾅｺ", "family": "ﾔﾏﾀﾞ"}]})
    (finding,) = merge(KnownIdentifiers(record).find(f"患者 {text} 様"))
    assert (finding.start, finding.end, finding.label) == (3, 3 + len(text), "NAME")


@pytest.mark.parametrize("before", ["\uff7a\uff9e", "\uff8e\uff9f", "\u304b\u3099", "\u0e14\u0e38", "e\u0301"])
def test_a_mark_belongs_to_the_letter_before_it_and_not_to_the_name_behind(before: str) -> None:
    record = PatientRecord.model_validate({"patient_id": "12345", "names": [{"given": "ﾊﾅｺ", "family": "ﾔﾏﾓﾄ"}]})
    (finding,) = merge(KnownIdentifiers(record).find(f"患者 {before}ﾔﾏﾓﾄ 様"))
    assert (finding.start, finding.end) == (3 + len(before), 3 + len(before) + 4)


@pytest.mark.parametrize("mark", ["\uff9e", "\u0e38", "\u3099", "'"])
def test_a_name_that_is_only_marks_has_no_parts(mark: str) -> None:
    names = [{"given": mark, "family": mark}, {"given": mark, "family": "Doe"}, mark]
    known = KnownIdentifiers(PatientRecord.model_validate({"patient_id": "12345", "names": names}))
    assert {f.label for f in known.find("seen by Ms. Doe")} == {"NAME"}
    assert not list(known.find(f"seen by {mark} today"))


@given(st.text("abcd", min_size=1, max_size=7), st.text("abcd", min_size=1, max_size=7))
def test_one_typo_means_what_the_textbook_says(left: str, right: str) -> None:
    """Against the dynamic programme of the optimal string alignment distance."""
    table = [[max(i, j) if not (i and j) else 0 for j in range(len(right) + 1)] for i in range(len(left) + 1)]
    for i in range(1, len(left) + 1):
        for j in range(1, len(right) + 1):
            cost = left[i - 1] != right[j - 1]
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + cost)
            if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    assert within_one_typo(left, right) == (table[-1][-1] <= 1)
