"""People: patients with their structured record, and clinicians.

Whatever could reach somebody by accident comes from reserved ranges: telephone numbers 555-01xx, mail domains of
RFC 2606, social security numbers that are never issued (area 900 to 999 or 666).
"""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from cloister.simulation.hospitals.date_layouts import iso
from cloister.simulation.hospitals.names import CLINICIAN_EPONYMS, CULTURES
from cloister.simulation.hospitals.places import STREETS, UNITS
from cloister.simulation.hospitals.seeds import digits, pick

Sex = Literal["F", "M"]
_CULTURES = tuple(CULTURES.values())
_RELATIONS: dict[Sex, tuple[str, ...]] = {
    "F": ("daughter", "sister", "wife", "mother", "granddaughter", "niece"),
    "M": ("son", "brother", "husband", "grandson", "father", "nephew"),
}
_CREDENTIALS = ("MD", "MD", "MD", "DO", "PA-C", "NP", "RN", "MD, PhD")


@dataclass(frozen=True)
class Name:
    """A person's name, in its own spelling."""

    given: str
    family: str

    @property
    def full(self) -> str:
        """Maria Elena Kowalski"""
        return f"{self.given} {self.family}"

    def record(self) -> dict[str, str]:
        """The name as the structured record holds it."""
        return {"given": self.given, "family": self.family}


@dataclass(frozen=True)
class Relative:
    """Somebody close to the patient."""

    name: Name
    relation: str
    phone: str


@dataclass(frozen=True)
class Clinician:
    """Somebody who writes or signs notes."""

    name: Name
    credential: str
    phone: str


@dataclass(frozen=True)
class Town:
    """Where a hospital stands and its patients live."""

    city: str
    state: str
    zip_code: str
    area_codes: tuple[str, ...]


@dataclass(frozen=True)
class Patient:
    """A patient with everything that the hospital's record lists of them.

    `names` has the current name first, then maiden names and aliases.
    """

    patient_id: str
    issuer: str
    names: tuple[Name, ...]
    birth_date: date
    sex: Sex
    street: str
    city: str
    address: str
    phones: tuple[str, ...]
    email: str
    ssn: str
    health_plan: str
    account: str
    relatives: tuple[Relative, ...]

    @property
    def name(self) -> Name:
        """The current name."""
        return self.names[0]

    def record(self) -> dict[str, object]:
        """The patient's line of `patients.jsonl`."""
        return {
            "patient_id": self.patient_id,
            "issuer": self.issuer,
            "names": [name.record() for name in self.names],
            "birth_date": iso(self.birth_date),
            "sex": self.sex,
            "addresses": [self.address],
            "phones": list(self.phones),
            "emails": [self.email],
            "ids": {"ssn": self.ssn, "health_plan": self.health_plan, "account": self.account},
            "relatives": [relative.name.record() for relative in self.relatives],
        }


def draw_patient(rng: random.Random, patient_id: str, issuer: str, town: Town) -> Patient:
    """Draw a patient of any culture, aged 24 to 101 at the end of 2020."""
    sex: Sex = "F" if rng.random() < 0.5 else "M"
    culture = pick(rng, _CULTURES)
    name = Name(pick(rng, culture.female if sex == "F" else culture.male), pick(rng, culture.family))
    names = [name]
    if rng.random() < (0.3 if sex == "F" else 0.04):
        other = pick(rng, culture.family)
        if other != name.family:
            names.append(Name(name.given, other))
    street = f"{1 + int(rng.random() ** 2 * 9800)} {pick(rng, STREETS)}"
    if rng.random() < 0.2:
        street += f", {pick(rng, UNITS)}"
    return Patient(
        patient_id=patient_id,
        issuer=issuer,
        names=tuple(names),
        birth_date=date(2020, 12, 31) - timedelta(days=int(365.25 * (24 + 77 * rng.random() ** 0.62))),
        sex=sex,
        street=street,
        city=town.city,
        address=f"{street}, {town.city}, {town.state} {town.zip_code}",
        phones=tuple(draw_phone(rng, town) for _ in range(1 + (rng.random() < 0.3))),
        email=_draw_email(rng, name),
        ssn=f"{pick(rng, ('666', '9' + digits(rng, 2)))}-{1 + int(rng.random() * 48):02d}-{digits(rng, 4)}",
        health_plan=pick(rng, ("HPN-{}-{}", "XHP{}{}", "W{} {} 01", "MBR-{}{}")).format(digits(rng, 4), digits(rng, 5)),
        account=pick(rng, ("ACC-{}", "{}", "V{}")).format(f"{1 + int(rng.random() * 9)}{digits(rng, 8)}"),
        relatives=tuple(_draw_relative(rng, culture.family, name, town) for _ in range(1 + (rng.random() < 0.45))),
    )


def draw_clinician(rng: random.Random, town: Town) -> Clinician:
    """Draw a clinician; one in ten bears a name that is also a word of medicine."""
    culture = pick(rng, _CULTURES)
    family = pick(rng, CLINICIAN_EPONYMS) if rng.random() < 0.1 else pick(rng, culture.family)
    given = pick(rng, culture.female if rng.random() < 0.5 else culture.male)
    return Clinician(Name(given, family), pick(rng, _CREDENTIALS), draw_phone(rng, town))


def draw_phone(rng: random.Random, town: Town) -> str:
    """A telephone number of the fictitious range, as records hold it: (614) 555-0123."""
    return f"({pick(rng, town.area_codes)}) 555-01{digits(rng, 2)}"


def ascii_folded(text: str) -> str:
    """The text without diacritics, as old systems store it: Muller, Nguyen, Lodz."""
    replaced = text.translate(_NOT_DECOMPOSABLE)
    decomposed = unicodedata.normalize("NFKD", replaced)
    return decomposed.encode("ascii", "ignore").decode()


_NOT_DECOMPOSABLE = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss"})


def _draw_email(rng: random.Random, name: Name) -> str:
    given = _mailbox(name.given)
    family = _mailbox(name.family)
    local = pick(rng, (f"{given}.{family}", f"{given[0]}{family}{digits(rng, 2)}", f"{family}_{given}"))
    return f"{local}@{pick(rng, ('example.org', 'example.com', 'example.net', 'mail.example.org'))}"


def _mailbox(text: str) -> str:
    return "".join(character for character in ascii_folded(text).lower() if character.isalnum())


def _draw_relative(rng: random.Random, families: tuple[str, ...], patient: Name, town: Town) -> Relative:
    """Somebody of the same culture, most often of the same family, never of the very same name."""
    sex: Sex = "F" if rng.random() < 0.5 else "M"
    culture = next(culture for culture in _CULTURES if culture.family is families)
    family = patient.family if rng.random() < 0.6 else pick(rng, families)
    given = pick(rng, [given for given in (culture.female if sex == "F" else culture.male) if given != patient.given])
    return Relative(Name(given, family), pick(rng, _RELATIONS[sex]), draw_phone(rng, town))
