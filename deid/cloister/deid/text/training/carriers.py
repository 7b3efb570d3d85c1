r"""Carrier text: what surrounds an identifier in clinical writing, one pack per language.

A pack is data. A template is a piece of clinical text with slots; the generator fills the slots and knows, for every
character, whether it belongs to an identifier and to which kind.

Slots that become labelled identifiers:
    `{NAME}` (any layout: given family, family only, initials, "Family, Given"), `{NAME.family}`, `{NAME.given}`,
    `{DOCTOR}` (with or without title and degrees, neither of which belongs to the span), `{DATE}`, `{AGE}`,
    `{PHONE}`, `{FAX}`, `{EMAIL}`, `{STREET}`, `{CITY}`, `{ZIP}`, `{STATE}`, `{COUNTRY}` (these five are ADDRESS),
    `{HOSPITAL}`, `{ORGANIZATION}` (both ORGANIZATION), `{PROFESSION}`, `{MRN}`, `{SSN}`, `{ACCOUNT}`,
    `{HEALTH_PLAN}`, `{LICENSE}`, `{VEHICLE}`, `{DEVICE}`, `{URL}`, `{IP}`, `{ID}`.
    ADDRESS slots that only spaces, commas or a dash separate become one span.

Slots that become unlabelled text:
    `{drug}`, `{disease}`, `{procedure}`, `{anatomy}`, `{symptom}`, `{lab}`, `{eponym}`, `{scale}`, `{microbe}` (drawn
    from `terms` under the same key) and `{dose}`, `{number}`, `{time}` (generated).
    Any other lower-case slot `{x}` is drawn from `terms["x"]`, whose entries may hold slots themselves; a slot that
    ends in a digit (`{drug2}`) draws anew from the same list.

Everything else in a template stands for itself; `\n` is a line break. A template should be a sentence, a header
block or a short note, and may hold any number of slots. Negatives have no labelled slots.

Keys of `terms` that make the values of labelled slots (a layout is a string in which `#` is a digit, `@` a capital
letter, and the named places below are filled; every key except those marked * may be missing, then there is a
default):
    month*, weekday*: full names in order, as they are written in running text; month_short: abbreviations in order.
    date: layouts of `{d} {dd} {m} {mm} {month} {mon} {yy} {yyyy} {weekday}`, for example "{d} de {month} de {yyyy}".
    age: layouts of `{n}`, for example "{n} años"; default "{n}", the unit being carrier text.
    title: what stands before a layperson's name ("Herr", "Sra."); doctor_title: before a doctor's ("Dr.", "OA Dr.");
    degree: after a doctor's name ("MD").
    street*: layouts of `{proper}` and `{n}`, for example "{proper}straße {n}", "C/ {proper}, {n}, #º @".
    street_proper*: what streets are called after, without the word for street.
    city*, state*, country*: names. zip: layouts, for example "#####".
    hospital*: layouts of `{proper}`, `{city}`, `{family}`, for example "Klinikum {city}", "{proper} General Hospital".
    hospital_proper*: what hospitals are called after ("St. Mary's", "Virgen del Rocío").
    organization: layouts of `{proper}`, `{city}`, `{family}`: employers, schools, churches, insurers, care homes.
    profession*: occupations as a social history states them.
    phone, mrn, ssn, account, health_plan, license, vehicle, device, id: layouts, for example "+34 6## ## ## ##".
    email_domain: domains of hospitals and of providers in the language's countries.
    cultures*: keys of `cloister.deid.text.training.names.CULTURES` that are most common there; the generator draws
    half of the names from these and the rest from all cultures.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent


@dataclass(frozen=True)
class LanguagePack:
    """The carrier text of one language.

    Args:
        language: two-letter code.
        templates: texts with labelled slots.
        negatives: texts without identifiers, with filler slots only.
        terms: word lists and layouts by slot or by the keys that the module lists.
    """

    language: str
    templates: tuple[str, ...]
    negatives: tuple[str, ...]
    terms: Mapping[str, tuple[str, ...]]


def lined(text: str) -> tuple[str, ...]:
    r"""The entries of a text that holds one a line; a line indented deeper than the rest
    continues the entry above it.

    The two characters of a backslash and an `n` stand for a line break within an entry, those of a backslash and a
    `t` for a tab.

    >>> lined("one\n  more\ntwo")
    ('one more', 'two')
    """
    entries: list[str] = []
    for line in dedent(text).splitlines():
        if not line.strip():
            continue
        if line.startswith(" ") and entries:
            entries[-1] += " " + line.strip()
        else:
            entries.append(line.strip())
    return tuple(entry.replace("\\n", "\n").replace("\\t", "\t") for entry in entries)
