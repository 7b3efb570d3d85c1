"""The clinical allow-list: what medicine names after people stays, people stay people."""

from __future__ import annotations

import re

import pytest

from cloister.deid.text.allow_list import is_announced, is_clinical_term, is_medical_use

MEDICAL = [
    "Parkinson", "Parkinson's", "Foley catheter", "Cushing", "Hodgkin lymphoma", "Glasgow Coma Scale", "May-Thurner",
    "Ambien", "Lipitor", "Babinski sign", "Apgar", "Staphylococcus", "Guillain-Barré syndrome", "BRCA1",
    "Wells criteria",
    "Baker cyst", "Child-Pugh", "Von Hippel-Lindau disease", "Jackson-Pratt drain", "Bell's palsy", "Amiodarone",
    "Denys-Drash syndrome", "Roux-en-Y bypass", "Ottawa ankle rules", "Edinburgh Postnatal Depression Scale",
    "Cullen and Grey Turner signs", "Armenian", "Child-Pugh B", "Zyxwical disease", "Qwertzian criteria",
    "Wong-Baker FACES", "Lambert-Eaton", "Morton neuroma", "Hampton hump", "Skyrizi",
    "Ann Arbor stage", "pembrolizumab", "Lewy bodies", "Wilson disease", "Lisfranc", "Addison disease", "AHA",
    "Gleason score",
]  # fmt: skip
PEOPLE = [
    ("seen by Dr. Parkinson today", "Parkinson"),
    ("Mr. Foley is well", "Foley"),
    ("Patient: Cushing", "Cushing"),
    ("Herr Crohn kam", "Crohn"),
    ("Lewis called again", "Lewis"),
    ("her friend Addison Graves", "Addison Graves"),
    ("Wilson agrees with the plan", "Wilson"),
    ("Jackson fell", "Jackson"),
    ("Wilson denies fever", "Wilson"),
    ("Jackson has had a rash", "Jackson"),
    ("Okonkwo's disease is stable", "Okonkwo"),
    ("Meyer called", "Meyer"),
    ("Auer called", "Auer"),
    ("Adele Auer called", "Adele Auer"),
    ("Bruce is asleep", "Bruce"),
    ("seen by Dr. Miller Fisher", "Miller Fisher"),
    ("Clark type 2 diabetes", "Clark"),
    ("Chester and his score", "Chester"),
    ("Adaeze Okonkwo asks", "Adaeze Okonkwo"),
]


@pytest.mark.parametrize("phrase", MEDICAL)
@pytest.mark.parametrize("carrier", ["What about {} in adults?", "history of {}, stable", "{} was considered."])
def test_medicine_stays(phrase: str, carrier: str) -> None:
    text = carrier.format(phrase)
    word = phrase.split()[0]
    start = text.index(word)
    assert is_medical_use(text, start, start + len(word))


@pytest.mark.parametrize(("text", "name"), PEOPLE)
def test_people_are_no_medicine(text: str, name: str) -> None:
    start = text.index(name)
    assert not is_medical_use(text, start, start + len(name))


@pytest.mark.parametrize("title", ["Dr.", "Dr", "Mrs.", "Prof.", "Frau", "Sra.", "Mme", "Patient:", "Name:", "Nombre:"])
def test_a_title_or_label_announces_a_person(title: str) -> None:
    text = f"then {title} Parkinson"
    assert is_announced(text, text.index("Parkinson"))


@pytest.mark.parametrize(
    "name", ["Okonkwo", "Nguyen", "García", "Schmidt", "Paloma", "Tacoma", "April", "Eufemia", "Sonoma"]
)
def test_names_that_end_like_drugs_are_no_terms(name: str) -> None:
    assert not is_clinical_term(name)


@pytest.mark.parametrize(
    "phrase", ["circle of Willis", "pouch of Douglas", "sphincter of Oddi", "Islets of Langerhans"]
)
def test_what_lies_before_its_discoverer_makes_a_name_a_thing(phrase: str) -> None:
    start = phrase.rindex(" ") + 1
    assert is_medical_use(f"{phrase} seen", start, len(phrase))


@pytest.mark.parametrize("name", ["Braxton Hicks", "Miller Fisher", "Bloom-Richardson", "austin flint"])
def test_whole_names_that_medicine_uses_are_things_and_their_parts_are_not(name: str) -> None:
    assert is_medical_use(f"What is {name} for?", 8, 8 + len(name))
    last = re.split("[ -]", name)[1]
    assert not is_medical_use(f"Rosa {last} fell", 0, 5 + len(last))


def test_a_family_name_is_no_inflammation() -> None:
    assert not is_clinical_term("Adomaitis")
    assert is_clinical_term("sialadenitis")
