import itertools
import re
from datetime import date
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.simulation.hospitals import PROFILES, draw_stay, profile_for
from cloister.simulation.hospitals.notes import Note, SpanLabel, staff_of


def outside_spans(note: Note) -> str:
    """The note with every planted identifier blanked out."""
    characters = list(note.text)
    for span in note.spans:
        characters[span.start : span.end] = "\0" * (span.end - span.start)
    return "".join(characters)


def test_offsets_are_exact_in_the_files(hospital: Any) -> None:
    texts = {note["id"]: note["text"] for note in hospital.lines("notes.jsonl")}
    spans = 0
    for truth in hospital.lines("truth/notes.jsonl"):
        for span in truth["spans"]:
            assert texts[truth["id"]][span["start"] : span["end"]] == span["text"] != ""
            assert span["label"] in get_args(SpanLabel)
            spans += 1
    assert spans > len(texts) * 4


@settings(max_examples=60)
@given(
    index=st.integers(0, 100_000),
    seed=st.integers(0, 2**32),
    site=st.sampled_from([*PROFILES, "hospital-a", "hospital-b", "hospital-c"]),
)
def test_no_identifier_stands_outside_the_truth(index: int, seed: int, site: str) -> None:
    profile = profile_for(site, len(site))
    stay = draw_stay(site, [profile], index, seed, images=False)
    record: dict[str, Any] = stay.patient.record()
    people = [*record["names"], *record["relatives"]]
    words = {part for person in people for part in (person["given"], person["family"])}
    words |= {part for clinician in staff_of(profile) for part in (clinician.name.given, clinician.name.family)}
    words |= {profile.title, profile.town.city, *record["ids"].values(), *record["emails"], *record["phones"]}
    words |= {record["patient_id"], record["birth_date"], *record["addresses"]}
    for note in stay.notes:
        rest = outside_spans(note)
        for word in words:
            assert not re.search(rf"(?<!\w){re.escape(word)}(?!\w)", rest), (word, rest)


MONTHS = "January|February|March|April|June|July|August|September|October|November|December|MAY"
SUSPICIOUS = re.compile(rf"\d{{5,}}|@|https?:|555|\d\d?[/.-]\d\d?[/.-]\d\d|\d{{4}}-\d\d|\b(?:{MONTHS})\b|\b9[0-9]-year")


def test_nothing_that_looks_like_an_identifier_is_left_beside_the_truth() -> None:
    for site in [*PROFILES, "hospital-a", "hospital-b", "hospital-c"]:
        profile = profile_for(site, len(site))
        for index in range(150):
            for note in draw_stay(site, [profile], index, 23, images=False).notes:
                found = SUSPICIOUS.search(outside_spans(note))
                assert found is None, (found, note.text)


def test_spans_do_not_overlap_and_come_in_order(hospital: Any) -> None:
    for truth in hospital.lines("truth/notes.jsonl"):
        spans = truth["spans"]
        assert all(first["end"] <= second["start"] for first, second in itertools.pairwise(spans))


def test_every_kind_of_identifier_is_planted_in_every_language_style(hospitals: dict[str, Any]) -> None:
    everywhere = {"NAME", "DATE", "PHONE", "ADDRESS", "ORGANIZATION", "MRN", "ID"}
    labels = {
        name: {span["label"] for truth in hospital.lines("truth/notes.jsonl") for span in truth["spans"]}
        for name, hospital in hospitals.items()
    }
    assert all(found >= everywhere for found in labels.values())
    assert set.union(*labels.values()) == set(get_args(SpanLabel))


def test_only_ages_over_89_are_identifiers() -> None:
    ages = []
    for index in range(400):
        stay = draw_stay("public", [PROFILES["public"]], index, 2, images=False)
        born = stay.patient.birth_date
        for note in stay.notes:
            true_age = note.day.year - born.year - ((note.day.month, note.day.day) < (born.month, born.day))
            for span in note.spans:
                if span.label == "AGE":
                    assert int(span.text) == true_age > 89
                    ages.append(true_age)
            if true_age > 89:
                assert not re.search(rf"\b{true_age} years", outside_spans(note))
    assert ages


def test_dates_in_notes_agree_with_the_record() -> None:
    """Complete dates, in whatever layout, are the patient's birth, a day of the stay, or days before and after it."""
    layouts = (
        (r"(\d{4})-(\d\d)-(\d\d)", "ymd"),
        (r"(\d\d)/(\d\d)/(\d{4})", "mdy"),
        (r"(\d\d)-(\d\d)-(\d{4})", "mdy"),
        (r"(\d{4})(\d\d)(\d\d)", "ymd"),
        (r"(\d\d)\.(\d\d)\.(\d{4})", "dmy"),
    )
    read = 0
    for profile in PROFILES.values():
        for index in range(60):
            stay = draw_stay(profile.name, [profile], index, 4, images=False)
            known = {stay.patient.birth_date}
            for span in (span for note in stay.notes for span in note.spans if span.label == "DATE"):
                for pattern, order in layouts:
                    match = re.fullmatch(pattern, span.text)
                    if match:
                        parts = dict(zip(order, map(int, match.groups()), strict=True))
                        day = date(parts["y"], parts["m"], parts["d"])
                        near = -1600 <= (day - stay.course.admission).days <= 90
                        assert near or day in known, span
                        read += 1
    assert read > 500


def test_notes_have_the_promised_amount_of_text(hospitals: dict[str, Any]) -> None:
    for name, hospital in hospitals.items():
        notes = hospital.lines("notes.jsonl")
        per_patient = len(notes) / hospital.summary.patients
        mean = sum(len(note["text"]) for note in notes) / len(notes)
        assert 4 <= per_patient <= 7, name
        assert 400 <= mean <= 1200, name
