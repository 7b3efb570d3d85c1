"""Clinical notes of one patient's stay, with every identifier that was planted in them.

A note is written piece by piece; whoever writes an identifier says so at once, so the truth cannot drift from the
text. Offsets are Unicode code points.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from string import Formatter
from typing import Literal

from cloister.simulation.hospitals import note_templates as templates
from cloister.simulation.hospitals.conditions import CONDITIONS, FINDINGS, Condition, Kind
from cloister.simulation.hospitals.course import Course
from cloister.simulation.hospitals.date_layouts import FULL, PARTIAL, Layout, iso, month_day
from cloister.simulation.hospitals.note_templates import NoteType
from cloister.simulation.hospitals.people import Clinician, Name, Patient, ascii_folded, draw_clinician
from cloister.simulation.hospitals.places import EMPLOYERS, FACILITIES
from cloister.simulation.hospitals.profiles import HospitalProfile, word_column
from cloister.simulation.hospitals.seeds import digits, pick, stream
from cloister.simulation.hospitals.wordings import CONDITION_WORDS, STYLES, WORDINGS

SpanLabel = Literal[
    "NAME", "DATE", "AGE", "PHONE", "EMAIL", "ADDRESS", "ORGANIZATION", "MRN", "SSN", "ACCOUNT", "HEALTH_PLAN", "URL",
    "ID",
]  # fmt: skip

OLDEST_PLAIN_AGE = 89
"""Older ages identify (HIPAA Safe Harbor, 45 CFR 164.514(b)(2)(i)(C))."""
_STAFF = 40
_NAME_TYPOS = 0.01
_LOWER_CASE_SHARE = {"telegraphic": 0.15}
_UPPER_CASE_SHARE = {"templated": 0.08, "telegraphic": 0.04}
_MENTION_TRUE = 0.40
_HINT_TRUE = 0.55


@dataclass(frozen=True)
class Span:
    """A planted identifier: text[start:end] of its note."""

    start: int
    end: int
    label: SpanLabel
    text: str


@dataclass(frozen=True)
class Note:
    """One note; `label` is the condition to be learned."""

    id: str
    patient_id: str
    day: date
    type: NoteType
    text: str
    label: Condition
    spans: tuple[Span, ...]

    def record(self) -> dict[str, object]:
        """The note's line of `notes.jsonl`."""
        return {
            "id": self.id,
            "patient_id": self.patient_id,
            "date": iso(self.day),
            "type": self.type,
            "language": "en",
            "text": self.text,
            "label": self.label,
        }

    def truth(self) -> dict[str, object]:
        """The note's line of `truth/notes.jsonl`."""
        return {
            "id": self.id,
            "spans": [
                {"start": span.start, "end": span.end, "label": span.label, "text": span.text} for span in self.spans
            ],
        }


def write_notes(
    rng: random.Random, profile: HospitalProfile, patient: Patient, course: Course, prefix: str
) -> list[Note]:
    """All notes of a stay: admission, progress notes, one report per radiograph, discharge.

    Args:
        rng: the patient's stream for notes.
        profile: the hospital, for style and staff.
        patient: whose notes.
        course: the stay.
        prefix: what the notes' ids begin with; unique to the patient.
    """
    events: list[tuple[date, NoteType, str]] = [(course.admission, "admission", "")]
    events += [(examination.day, "radiology", examination.accession) for examination in course.examinations]
    events += [(day, "progress", "") for day in course.progress_days]
    events.append((course.discharge, "discharge", ""))
    writer = _NoteWriter(rng, profile, patient, course)
    return [
        writer.note(f"{prefix}-{number:02d}", day, kind, accession)
        for number, (day, kind, accession) in enumerate(events)
    ]


@cache
def staff_of(profile: HospitalProfile) -> tuple[Clinician, ...]:
    """The hospital's clinicians: always the same."""
    rng = stream("staff", profile.name)
    return tuple(draw_clinician(rng, profile.town) for _ in range(_STAFF))


@cache
def _words(profile: HospitalProfile) -> dict[str, str]:
    return {finding: wordings[word_column(profile, finding)] for finding, wordings in WORDINGS.items()}


@cache
def _parse(template: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((literal, field) for literal, field, _, _ in Formatter().parse(template))


class _NoteWriter:
    """Writes the notes of one patient, one after the other."""

    def __init__(self, rng: random.Random, profile: HospitalProfile, patient: Patient, course: Course) -> None:
        self.rng = rng
        self.profile = profile
        self.style = profile.style
        self.patient = patient
        self.course = course
        self.words = _words(profile)
        staff = staff_of(profile)
        self.team = [pick(rng, staff) for _ in range(4)]
        self.facility = pick(rng, FACILITIES)
        self.employer = pick(rng, EMPLOYERS)
        self.encounter = digits(rng, 9)
        self.dates: Layout = pick(rng, FULL[self.style])
        self.earlier = course.admission - timedelta(days=30 + int(rng.random() ** 2 * 1500))
        self.said: dict[Kind, list[str]] = {}
        self.denied: dict[Kind, list[str]] = {}
        for finding in FINDINGS:
            side = self.said if finding.name in course.present else self.denied
            side.setdefault(finding.kind, []).append(self.words[finding.name])

    def note(self, note_id: str, day: date, kind: NoteType, accession: str) -> Note:
        """Write one note."""
        rng, style = self.rng, self.style
        self.day, self.kind, self.accession = day, kind, accession
        self.parts: list[str] = []
        self.length = 0
        self.marks: list[tuple[int, int, SpanLabel]] = []
        self.relative = pick(rng, self.patient.relatives)
        self.doctor = pick(rng, self.team)
        self.weighed = self._weigh(_MENTION_TRUE)
        for template in (
            pick(rng, templates.HEADERS[style]),
            pick(rng, templates.BODIES[style][kind]),
            pick(rng, templates.SIGNATURES[style]),
        ):
            self.fill(template)
        text = self._cased("".join(self.parts))
        return Note(
            id=note_id,
            patient_id=self.patient.patient_id,
            day=day,
            type=kind,
            text=text,
            label=self.course.condition,
            spans=tuple(Span(start, end, label, text[start:end]) for start, end, label in self.marks),
        )

    def fill(self, template: str) -> None:
        """Write a template, its fields filled in."""
        rng, typos = self.rng, self.profile.typos
        for literal, field in _parse(template):
            if literal:
                self.add(_mistyped(rng, literal) if typos and len(literal) > 8 and rng.random() < typos else literal)
            if field is not None:
                _FIELDS[field](self)

    def add(self, text: str) -> None:
        """Write text that identifies nobody."""
        self.parts.append(text)
        self.length += len(text)

    def identify(self, text: str, label: SpanLabel) -> None:
        """Write an identifier."""
        self.marks.append((self.length, self.length + len(text), label))
        self.add(text)

    def _cased(self, text: str) -> str:
        """Some notes come in one case. Never where that would move offsets."""
        chance = self.rng.random()
        lower = _LOWER_CASE_SHARE.get(self.style, 0.0)
        if chance < lower:
            changed = text.lower()
        elif chance < lower + _UPPER_CASE_SHARE.get(self.style, 0.0):
            changed = text.upper()
        else:
            return text
        return changed if len(changed) == len(text) else text

    def _weigh(self, chance_of_true: float) -> tuple[str, str, str]:
        """Three conditions under discussion, the true one first more often than chance has it."""
        rng = self.rng
        others = list(CONDITIONS)
        rng.shuffle(others)
        if rng.random() < chance_of_true:
            others.remove(self.course.condition)
            others.insert(0, self.course.condition)
        column = STYLES.index(self.style)
        first, second, third = (pick(rng, CONDITION_WORDS[condition][column]) for condition in others[:3])
        return first, second, third

    # People

    def name(self, name: Name) -> None:
        """A name as this style writes it in passing."""
        chance = self.rng.random()
        if self.style == "telegraphic":
            text = name.family if chance < 0.5 else name.full if chance < 0.85 else f"{name.given[0]}. {name.family}"
        else:
            text = name.full if chance < 0.8 else f"{name.given[0]}. {name.family}" if chance < 0.9 else name.given
        self.person(text)

    def person(self, text: str) -> None:
        """A name; now and then mistyped or without its diacritics, as keyboards have it."""
        chance = self.rng.random()
        if chance < _NAME_TYPOS and len(text) > 4:
            text = _mistyped(self.rng, text)
        elif chance < 0.06:
            text = ascii_folded(text)
        self.identify(text, "NAME")

    def in_passing(self) -> None:
        """The patient, as mentioned within a sentence."""
        name, rng = self.patient.name, self.rng
        title = "Ms. " if self.patient.sex == "F" else "Mr. "
        chance = rng.random()
        if chance < 0.35:
            self.add(title if rng.random() < 0.9 else title.strip())
            self.person(name.family)
        elif chance < 0.55:
            self.person(name.full)
        elif chance < 0.62:
            self.person(name.given)
        elif chance < 0.70:
            self.person(name.family)
        else:
            starts = not self.parts or self.parts[-1].endswith((".", ". ", "\n"))
            self.add("pt" if self.style == "telegraphic" else "The patient" if starts else "the patient")

    def last_first(self) -> None:
        """KOWALSKI, MARIA ELENA in one of its variants."""
        name = self.patient.name
        family, given = name.family, name.given
        if self.rng.random() < 0.6 and len(family.upper()) == len(family) and len(given.upper()) == len(given):
            family, given = family.upper(), given.upper()
        self.identify(f"{family}{',' if self.rng.random() < 0.2 else ', '}{given}", "NAME")

    def alias(self) -> None:
        """A former name, if there is one."""
        self.person(pick(self.rng, self.patient.names).full)

    def clinician(self, clinician: Clinician, form: str) -> None:
        """A clinician: `Dr. Okafor`, `Okafor`, `Ngozi Okafor, MD`, `N. Okafor`."""
        name = clinician.name
        if form == "titled":
            self.add("Dr. ")
            self.identify(name.family if self.rng.random() < 0.7 else name.full, "NAME")
        elif form == "bare":
            self.identify(name.family, "NAME")
        elif form == "initial":
            self.identify(f"{name.given[0]}{self.rng.choice(('.', '. ', ' '))}{name.family}", "NAME")
        else:
            self.identify(name.full.upper() if form == "upper" else name.full, "NAME")
            self.add(f", {clinician.credential}")

    # Numbers and dates

    def full_date(self, day: date) -> None:
        """A complete date, mostly in the layout that this patient's notes prefer."""
        layout = self.dates if self.rng.random() < 0.8 else pick(self.rng, FULL[self.style])
        self.identify(layout(day), "DATE")

    def partial_date(self, day: date) -> None:
        """A date without its year or day, or a complete one."""
        layouts = PARTIAL[self.style] if self.rng.random() < 0.5 else FULL[self.style]
        self.identify(pick(self.rng, layouts)(day), "DATE")

    def phone(self, number: str) -> None:
        """A telephone number, kept as (614) 555-0123, in one of the layouts people use."""
        area, rest = number[1:4], number[6:]
        chance = self.rng.random()
        if chance < 0.4:
            text = number
        elif chance < 0.65:
            text = f"{area}-{rest}"
        elif chance < 0.8:
            text = f"{area}.{rest.replace('-', '.')}"
        elif chance < 0.9:
            text = f"{area}{rest.replace('-', '')}"
        else:
            text = f"+1 {area} {rest.replace('-', ' ')}"
        self.identify(text, "PHONE")

    def age(self) -> int:
        """Age in years on the note's day."""
        born = self.patient.birth_date
        return self.day.year - born.year - ((self.day.month, self.day.day) < (born.month, born.day))

    def aged(self, suffix: str = "") -> None:
        """The age; above 89 it identifies."""
        age = self.age()
        if age > OLDEST_PLAIN_AGE:
            self.identify(str(age), "AGE")
        else:
            self.add(str(age))
        self.add(suffix)

    # Findings

    def some(self, kind: Kind, *, present: bool, most: int) -> None:
        """Up to `most` findings of a kind that the patient has, or has not."""
        source = (self.said if present else self.denied).get(kind)
        if not source:
            self.add("none" if self.style == "templated" else "nothing of note")
            return
        count = min(len(source), most - (self.rng.random() < 0.5))
        start = int(self.rng.random() * len(source))
        chosen = [source[(start + step) % len(source)] for step in range(count)]
        if self.style in ("narrative", "textbook") and len(chosen) > 1:
            self.add(", ".join(chosen[:-1]) + (" and " if present else " or ") + chosen[-1])
        else:
            self.add(", ".join(chosen))

    def labs(self) -> None:
        """Three or four laboratory values."""
        names = self.rng.sample(_LAB_NAMES, 3 + (self.rng.random() < 0.5))
        low, high = templates.LAB_FLAGS[self.style]
        shown = []
        for name in names:
            deviation = self.course.labs[name] + self.rng.gauss(0, 0.3)
            flag = high if deviation > 1.5 else low if deviation < -1.5 else ""
            shown.append(templates.LABS[self.style][name].format(_lab_value(name, deviation)) + flag)
        self.add(", ".join(shown))

    def vitals(self) -> None:
        """Pulse, pressure and saturation: of no use for the condition."""
        rng = self.rng
        self.add(
            templates.VITALS[self.style].format(
                pulse=60 + int(rng.random() * 55),
                systolic=100 + int(rng.random() * 70),
                diastolic=55 + int(rng.random() * 40),
                saturation=86 + int(rng.random() * 13),
                breaths=12 + int(rng.random() * 14),
            )
        )

    def weigh(self, wording: str) -> None:
        """A sentence that weighs conditions against each other."""
        first, second, third = self.weighed
        self.add(wording.format(first=first, second=second, third=third, he=self.pronoun("he", "she")))

    def hint(self) -> None:
        """The discharge's leaning."""
        self.weighed = self._weigh(_HINT_TRUE)
        self.weigh(pick(self.rng, templates.HINTS[self.style]))

    def plans(self) -> None:
        """One or two things to do, of no use for the condition."""
        chosen = self.rng.sample(templates.PLANS[self.style], 1 + (self.rng.random() < 0.6))
        joined = (" and " if self.style in ("narrative", "textbook") else "; ").join(chosen)
        self.add(
            joined.format(he=self.pronoun("he", "she"), his=self.pronoun("his", "her"), him=self.pronoun("him", "her"))
        )

    def pronoun(self, male: str, female: str) -> str:
        """One of two words, by the patient's sex."""
        return female if self.patient.sex == "F" else male

    def portal(self) -> None:
        """The patient's page at the hospital."""
        host = self.profile.issuer
        self.identify(f"https://portal.{host}.example.org/p/{self.encounter}", "URL")


def _mistyped(rng: random.Random, text: str) -> str:
    """Two neighbouring letters swapped, or one dropped, somewhere inside a word."""
    place = 1 + int(rng.random() * (len(text) - 3))
    pair = text[place : place + 2]
    if not pair.isalpha():
        return text
    if rng.random() < 0.6:
        return text[:place] + pair[::-1] + text[place + 2 :]
    return text[:place] + text[place + 1 :]


_LAB_NAMES = ("wbc", "crp", "bnp", "creatinine", "hemoglobin", "sodium", "calcium", "pco2")


def _lab_value(name: str, deviation: float) -> str:
    if name == "wbc":
        return f"{max(1.5, 8 + 2.4 * deviation):.1f}"
    if name == "crp":
        return f"{max(1, 25 + 40 * deviation):.0f}"
    if name == "bnp":
        return f"{max(12, 180 + 260 * deviation):.0f}"
    if name == "creatinine":
        return f"{max(0.4, 1.0 + 0.25 * deviation):.1f}"
    if name == "hemoglobin":
        return f"{max(6.0, 13.4 + 1.3 * deviation):.1f}"
    if name == "sodium":
        return f"{139 + 3 * deviation:.0f}"
    if name == "calcium":
        return f"{9.3 + 0.5 * deviation:.1f}"
    return f"{41 + 6 * deviation:.0f}"


def _bare_record_number(patient_id: str) -> str:
    """The record number as people type it: without leading zeros, dashes or letter."""
    return "".join(character for character in patient_id if character.isdigit()).lstrip("0")


Field = Callable[[_NoteWriter], None]
_FIELDS: dict[str, Field] = {
    # the note
    "title": lambda w: w.add(templates.TITLES[w.style][w.kind]),
    "date": lambda w: w.full_date(w.day),
    "time": lambda w: w.add(f"{int(w.rng.random() * 24):02d}:{int(w.rng.random() * 60):02d}"),
    "hospital": lambda w: w.identify(w.profile.title, "ORGANIZATION"),
    "accession": lambda w: w.identify(w.accession, "ID"),
    "encounter": lambda w: w.identify(w.encounter, "ID"),
    "document": lambda w: w.identify(f"{digits(w.rng, 4)}-{digits(w.rng, 6)}", "ID"),
    # the patient
    "patient": _NoteWriter.in_passing,
    "full_name": lambda w: w.person(w.patient.name.full),
    "given": lambda w: w.person(w.patient.name.given),
    "last_first": _NoteWriter.last_first,
    "alias": _NoteWriter.alias,
    "mrn": lambda w: w.identify(w.patient.patient_id, "MRN"),
    "mrn_bare": lambda w: w.identify(_bare_record_number(w.patient.patient_id), "MRN"),
    "dob": lambda w: w.full_date(w.patient.birth_date),
    "account": lambda w: w.identify(w.patient.account, "ACCOUNT"),
    "ssn": lambda w: w.identify(w.patient.ssn if w.rng.random() < 0.8 else w.patient.ssn.replace("-", ""), "SSN"),
    "health_plan": lambda w: w.identify(w.patient.health_plan, "HEALTH_PLAN"),
    "phone": lambda w: w.phone(pick(w.rng, w.patient.phones)),
    "email": lambda w: w.identify(w.patient.email, "EMAIL"),
    "address": lambda w: w.identify(w.patient.address, "ADDRESS"),
    "street": lambda w: w.identify(w.patient.street, "ADDRESS"),
    "city": lambda w: w.identify(w.patient.city, "ADDRESS"),
    "portal": _NoteWriter.portal,
    "age": _NoteWriter.aged,
    "years": lambda w: w.aged("-year-old"),
    "sex": lambda w: w.add(w.patient.sex),
    "man": lambda w: w.add(w.pronoun("man", "woman")),
    "he": lambda w: w.add(w.pronoun("he", "she")),
    "He": lambda w: w.add(w.pronoun("He", "She")),
    "his": lambda w: w.add(w.pronoun("his", "her")),
    "His": lambda w: w.add(w.pronoun("His", "Her")),
    # people and places around the patient
    "relative": lambda w: w.name(w.relative.name),
    "relation": lambda w: w.add(w.relative.relation),
    "relative_phone": lambda w: w.phone(w.relative.phone),
    "doctor": lambda w: w.clinician(w.doctor, "titled"),
    "doctor_bare": lambda w: w.clinician(w.doctor, "bare"),
    "doctor_full": lambda w: w.clinician(w.doctor, "full"),
    "signer": lambda w: w.clinician(w.team[0], "full"),
    "signer_short": lambda w: w.clinician(w.team[0], "initial"),
    "signer_upper": lambda w: w.clinician(w.team[0], "upper"),
    "colleague": lambda w: w.identify(w.team[3].name.full, "NAME"),
    "pager": lambda w: w.phone(w.doctor.phone),
    "ext": lambda w: w.identify(digits(w.rng, 4), "PHONE"),
    "facility": lambda w: w.identify(w.facility, "ORGANIZATION"),
    "employer": lambda w: w.identify(w.employer, "ORGANIZATION"),
    "contact": lambda w: w.fill(pick(w.rng, templates.CONTACTS[w.style])),
    # days
    "admitted": lambda w: w.full_date(w.course.admission),
    "discharged": lambda w: w.full_date(w.course.discharge),
    "earlier": lambda w: w.partial_date(w.earlier),
    "later": lambda w: w.partial_date(w.course.discharge + timedelta(days=7 + int(w.rng.random() * 21))),
    "later_sign": lambda w: w.full_date(w.day + timedelta(days=1)),
    "day_month": lambda w: w.identify(month_day(w.day), "DATE"),
    "day": lambda w: w.add(str((w.day - w.course.admission).days + 1)),
    # what was found
    "symptoms": lambda w: w.some("symptom", present=True, most=4),
    "no_symptoms": lambda w: w.some("symptom", present=False, most=2),
    "history": lambda w: w.some("history", present=True, most=3),
    "exam": lambda w: w.some("exam", present=True, most=3),
    "no_exam": lambda w: w.some("exam", present=False, most=2),
    "drugs": lambda w: w.some("drug", present=True, most=3),
    "imaging": lambda w: w.some("imaging", present=True, most=3),
    "no_imaging": lambda w: w.some("imaging", present=False, most=2),
    "labs": _NoteWriter.labs,
    "vitals": _NoteWriter.vitals,
    "calm": lambda w: w.add(pick(w.rng, templates.CALM[w.style])),
    # what is thought
    "differential": lambda w: w.weigh(pick(w.rng, templates.DIFFERENTIALS[w.style])),
    "question": lambda w: w.weigh(templates.QUESTIONS[w.style]),
    "impression": lambda w: w.weigh(pick(w.rng, templates.IMPRESSIONS[w.style])),
    "hint": _NoteWriter.hint,
    "plan": _NoteWriter.plans,
}
