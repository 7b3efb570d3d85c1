"""Values for the slots of carrier text: names, dates, addresses, numbers of every layout.

What is drawn is text with the part of it that identifies: a title before a doctor's name is written but not labelled.
Lists and layouts come from the language's pack (`carriers` names their keys), names from the `pool`.
"""

from __future__ import annotations

import random
import string
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from cloister.deid.text.finding import Label
from cloister.deid.text.training import coined
from cloister.deid.text.training.carriers import LanguagePack
from cloister.deid.text.training.pool import People, Pool

COINED_SHARE = 0.3
"""Of the drugs, diseases and eponyms: made up."""
PLACE_SHARE = 0.25
"""Of the coined eponyms: called after a town."""
COINED_NAMES_SHARE = 0.2
"""Of the names in Latin script: made up of parts of two, so that no list can hold them."""
LATIN_SHARE = 0.95
"""Names in Latin script; the others are in the script of their culture."""

Piece = tuple[str, Label | None]
"""Text, and the kind of identifier that it is."""

_LAYOUT_SLOTS: dict[str, tuple[str, Label]] = {
    "PHONE": ("phone", "PHONE"),
    "FAX": ("phone", "FAX"),
    "MRN": ("mrn", "MRN"),
    "ACCOUNT": ("account", "ACCOUNT"),
    "HEALTH_PLAN": ("health_plan", "HEALTH_PLAN"),
    "LICENSE": ("license", "LICENSE"),
    "VEHICLE": ("vehicle", "VEHICLE"),
    "DEVICE": ("device", "DEVICE"),
    "ID": ("id", "ID"),
    "SSN": ("ssn", "SSN"),
    "ZIP": ("zip", "ADDRESS"),
}
_DEFAULTS: dict[str, tuple[str, ...]] = {
    "age": ("{n}",),
    "zip": ("#####",),
    "phone": ("### ### ###", "+## ### ######", "0### ######", "##-##-##-##-##"),
    "mrn": ("#######", "######", "########", "##########"),
    "ssn": ("###-##-####", "###-##-####", "#########", "### ## ####", "xxx-xx-####", "***-**-####"),
    "account": ("##########", "########", "####-####-####"),
    "health_plan": ("@#########", "##########", "@@@######"),
    "license": ("@#######", "##########", "## ## #####"),
    "vehicle": ("@@@-####", "####@@@", "@@-@@-###", "@@-###-@@"),
    "device": ("@@@######@", "##########", "@##########"),
    "id": ("##-#####", "@@-####-####", "########", "@##-#####", "@@@#####"),
    "email_domain": ("gmail.com", "hotmail.com", "yahoo.com", "outlook.com", "example.org"),
    "title": ("",),
    "doctor_title": ("Dr.", "Dr"),
    "degree": ("MD",),
    "organization": ("{family}", "{proper} {family}"),
}
_ADDRESS_LISTS = {"CITY": "city", "STATE": "state", "COUNTRY": "country"}


@dataclass
class Values:
    """Draws values for one document.

    Args:
        pack: the language.
        pool: the names.
        random: the source of chance.
    """

    pack: LanguagePack
    pool: Pool
    random: random.Random

    def __post_init__(self) -> None:
        self._year = self.random.randint(1998, 2030)

    def labelled(self, slot: str) -> list[Piece]:
        """What fills a labelled slot, for example "NAME.family".

        Raises:
            KeyError: no such slot.
        """
        if slot in _LAYOUT_SLOTS:
            key, label = _LAYOUT_SLOTS[slot]
            return [(self.digits(self.choose(key)), label)]
        if slot in _ADDRESS_LISTS:
            return [(self._place(slot), "ADDRESS")]
        return _MAKERS[slot](self)

    def term(self, key: str) -> str:
        """An entry of the pack's list, or a generated number, dose or time.

        Raises:
            KeyError: the pack has no such list.
        """
        if key in _COINED and self.random.random() < COINED_SHARE:
            return _COINED[key](self.random)
        if key == "eponym" and self.random.random() < COINED_SHARE:
            families = (
                self._place("CITY")
                if self.random.random() < PLACE_SHARE
                else self.random.choice(self._culture().family)
                for _ in range(2)
            )
            return coined.eponym(self.random, self.pack.language, *families)
        if key in _GENERATED:
            return self.random.choice(_GENERATED[key])(self.random)
        if key in self.pack.terms:
            return self.choose(key)
        base, _, form = key.rpartition("_")
        if form == "cap":
            word = self.term(base)
            return word[:1].upper() + word[1:]
        if form == "title":
            return self.term(base).title()
        if form == "low":
            return self.term(base).lower()
        if key[-1].isdigit():
            return self.term(key[:-1])
        raise KeyError(key)

    def choose(self, key: str) -> str:
        """An entry of a list of the pack, or of the list that stands in for it."""
        return self.random.choice(self.pack.terms.get(key) or _DEFAULTS[key])

    def digits(self, layout: str) -> str:
        """A layout with its `#` and `@` filled."""
        draw = self.random.choice
        return "".join(
            draw("123456789") if c == "#" and (i == 0) else draw(string.digits) if c == "#"
            else draw(string.ascii_uppercase) if c == "@" else c
            for i, c in enumerate(layout)
        )  # fmt: skip

    def _culture(self) -> People:
        local = self.pack.terms.get("cultures", ())
        if local and self.random.random() < 0.4:
            culture = self.random.choice(local)
            if culture in self.pool.cultures:
                return self.pool.cultures[culture]
        return self.random.choice(self.pool.latin if self.random.random() < LATIN_SHARE else self.pool.native)

    def _name(self) -> list[Piece]:
        """A person in one of the layouts in which records and letters name people."""
        people = self._culture()
        given, family = self._one(people.given), self._one(people.family)
        draw = self.random.random()
        if draw < 0.12 and self._compounds(people):
            family = f"{family}{self.random.choice((' ', '-', ' '))}{self.random.choice(people.family)}"
        elif draw < 0.2:
            given = f"{given}{self.random.choice((' ', '-', ' '))}{self.random.choice(people.given)}"
        initial = self.random.choice(string.ascii_uppercase)
        layouts = (
            (46, f"{given} {family}"),
            (8, f"{given} {initial}. {family}"),
            (3, f"{given} {initial} {family}"),
            (6, f"{given[0]}. {family}"),
            (2, f"{given[0]} {family}"),
            (2, f"{given[0]}. {initial}. {family}"),
            (2, f"{given[0]}.{initial}. {family}"),
            (8, f"{family}, {given}"),
            (2, f"{family}, {given} {initial}"),
            (2, f"{family}, {given} {initial}."),
            (1, f"{family}, {given[0]}."),
            (1, f"{family},{given}"),
            (2, f"{family.upper()}, {given.upper()}"),
            (2, f"{given} {family.upper()}"),
            (2, f"{given.upper()} {family.upper()}"),
            (1, f"{family.upper()} {given}"),
            (3, f"{family} {given}"),
            (5, given),
            (6, family),
            (1, f"{given} {family}{self.random.choice((' Jr.', ' Jr', ' Sr.', ' III', ' II', ', Jr.'))}"),
            (1, f'{given} "{self.random.choice(people.given)}" {family}'),
            (1, f"{given} ({self.random.choice(people.given)}) {family}"),
        )
        if people.family_first and self.random.random() < 0.5:
            return [(f"{family} {given}", "NAME")]
        (layout,) = self.random.choices([text for _, text in layouts], [weight for weight, _ in layouts])
        return [(layout, "NAME")]

    def _one(self, names: tuple[str, ...]) -> str:
        """A name of a list, or a coined one."""
        name = self.random.choice(names)
        if self.random.random() >= COINED_NAMES_SHARE or not name.isascii():
            return name
        return coined.name(self.random, name, self.random.choice(names))

    def _compounds(self, people: People) -> bool:
        return len(people.family) > 1 and not people.family_first

    def _given(self) -> list[Piece]:
        return [(self._one(self._culture().given), "NAME")]

    def _family(self) -> list[Piece]:
        people = self._culture()
        family = self._one(people.family)
        if self.random.random() < 0.06:
            family += f"{self.random.choice('- ')}{self.random.choice(people.family)}"
        return [(family, "NAME")]

    def _doctor(self) -> list[Piece]:
        name = self._family() if self.random.random() < 0.45 else self._name()
        title, degree = self.choose("doctor_title"), self.choose("degree")
        draw = self.random.random()
        if draw < 0.55 and title:
            return [(f"{title} ", None), *name]
        if draw < 0.85 and degree:
            name = self._name()
            return [*name, (f"{self.random.choice((', ', ', ', ' '))}{degree}", None)]
        return self._name()

    def _date(self) -> list[Piece]:
        year = self._year if self.random.random() < 0.6 else self.random.randint(1915, 2032)
        month, day = self.random.randint(1, 12), self.random.randint(1, 28)
        terms = self.pack.terms
        months = terms["month"]
        shorts = terms.get("month_short", months)
        text = self.choose("date").format(
            d=day, dd=f"{day:02}", m=month, mm=f"{month:02}", yy=f"{year % 100:02}", yyyy=year,
            month=months[month - 1], mon=shorts[month - 1], weekday=self.random.choice(terms["weekday"]),
        )  # fmt: skip
        return [(text, "DATE")]

    def _age(self) -> list[Piece]:
        age = self.random.choice(
            (self.random.randint(1, 105), self.random.randint(18, 89), self.random.randint(85, 104))
        )
        return [(self.choose("age").format(n=age), "AGE")]

    def _email(self) -> list[Piece]:
        people = self._culture()
        given, family = (_ascii(self.random.choice(names)) or "info" for names in (people.given, people.family))
        number = self.random.choice(("", "", str(self.random.randint(1, 99)), str(self.random.randint(1950, 2010))))
        user = self.random.choice(
            (f"{given}.{family}", f"{given[0]}{family}", f"{given}_{family}", f"{given}{number}", f"{family}{given[0]}",
             f"{given}.{family}{number}", f"{given[0]}.{family}")
        )  # fmt: skip
        return [(f"{user}@{self.choose('email_domain')}", "EMAIL")]

    def _url(self) -> list[Piece]:
        domain = self.choose("email_domain")
        path = self.random.choice(("", "/appointments", f"/patients/{self.random.randint(100, 99999)}", "/portal"))
        start = self.random.choice(("https://", "http://", "www.", "https://www."))
        return [(f"{start}{domain}{path}", "URL")]

    def _ip(self) -> list[Piece]:
        return [(".".join(str(self.random.randint(1, 254)) for _ in range(4)), "IP")]

    def _street(self) -> list[Piece]:
        layout = self.choose("street")
        if self.random.random() < 0.5:
            proper = self.choose("street_proper")
        elif self.random.random() < 0.5 and self.pool.streets:
            proper = self.random.choice(self.pool.streets)
        else:
            proper = self.random.choice(self._culture().family)
        text = layout.format(
            proper=proper, n=self.random.choice((self.random.randint(1, 99), self.random.randint(1, 9999)))
        )
        return [(self.digits(text), "ADDRESS")]

    def _place(self, slot: str) -> str:
        if slot == "CITY" and self.random.random() < 0.4:
            return self.random.choice(self.pool.cities)
        return self.choose(_ADDRESS_LISTS[slot])

    def _institution(self, key: str) -> list[Piece]:
        text = self.choose(key).format(
            proper=self.choose("hospital_proper"),
            city=self._place("CITY"),
            family=self.random.choice(self._culture().family),
        )
        return [(text, "ORGANIZATION")]

    def _hospital(self) -> list[Piece]:
        return self._institution("hospital")

    def _organization(self) -> list[Piece]:
        return self._institution("organization")

    def _profession(self) -> list[Piece]:
        return [(self.choose("profession"), "PROFESSION")]


_MAKERS = {
    "NAME": Values._name,
    "NAME.given": Values._given,
    "NAME.family": Values._family,
    "DOCTOR": Values._doctor,
    "DATE": Values._date,
    "AGE": Values._age,
    "EMAIL": Values._email,
    "URL": Values._url,
    "IP": Values._ip,
    "STREET": Values._street,
    "HOSPITAL": Values._hospital,
    "ORGANIZATION": Values._organization,
    "PROFESSION": Values._profession,
}

_COINED = {"drug": coined.drug, "disease": coined.disease, "symptom": coined.disease}

_GENERATED: dict[str, tuple[Callable[[random.Random], str], ...]] = {
    "number": (
        lambda r: str(r.randint(1, 20)),
        lambda r: str(r.randint(20, 400)),
        lambda r: f"{r.uniform(0.1, 15):.1f}",
        lambda r: f"{r.uniform(0, 3):.2f}",
        lambda r: str(r.randint(1000, 9999)),
        lambda r: f"{r.randint(1, 300)},{r.randint(0, 999):03}",
        lambda r: f"{r.randint(1, 99)}%",
    ),
    "dose": (
        lambda r: (
            f"{r.choice((5, 10, 20, 25, 40, 50, 75, 81, 100, 125, 200, 250, 300, 325, 500, 650, 750, 800, 1000))} mg"
        ),
        lambda r: f"{r.choice((5, 10, 12.5, 25, 40, 81, 100, 500, 1000))}mg",
        lambda r: f"{r.choice((0.25, 0.5, 1, 1.5, 2, 2.5, 3.375, 4.5))} g",
        lambda r: f"{r.choice((25, 50, 75, 88, 100, 112, 125, 150, 200))} mcg",
        lambda r: f"{r.randint(1, 60)} units",
        lambda r: f"{r.choice((5, 10, 15, 20, 100, 250, 500, 1000))} mL",
        lambda r: f"{r.randint(1, 20)} mg/kg",
    ),
    "time": (
        lambda r: f"{r.randint(0, 23):02}:{r.randint(0, 59):02}",
        lambda r: f"{r.randint(1, 12)}:{r.randint(0, 59):02} {r.choice(('AM', 'PM', 'am', 'pm', 'a.m.', 'p.m.'))}",
        lambda r: f"{r.randint(0, 23):02}{r.choice((0, 15, 30, 45)):02}",
        lambda r: f"{r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}",
    ),
    "temp": (lambda r: f"{r.uniform(35.5, 40.2):.1f}", lambda r: f"{r.uniform(96, 104):.1f} F"),
    "bp": (lambda r: f"{r.randint(85, 210)}/{r.randint(45, 115)}",),
    "hr": (lambda r: str(r.randint(45, 150)),),
}


def _ascii(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.lower())
    return "".join(character for character in decomposed if character.isascii() and character.isalnum())
