"""Surnames made of ordinary words: found after a given name, a title or where a person acts; else left alone."""

from __future__ import annotations

import pytest

from cloister.deid.text.name_words import GIVEN_WORDS, MEDICAL_TOO, SURNAME_ATTRIBUTES, SURNAME_NOUNS
from cloister.deid.text.recognizers.name_of_words import find_names_of_words, is_surname_word


def found(text: str) -> list[str]:
    one_case = text.islower() or text.isupper()
    return [text[f.start : f.end] for f in find_names_of_words(text, in_one_case=one_case)]


@pytest.mark.parametrize(
    "name", ["marlene standing hawk", "vernon lone otter", "delores tall-crane", "ashkii grey feather", "carol l. deer"]
)
@pytest.mark.parametrize("carrier", ["the ct of {} shows no bleed", "reminder for {}: fasting labs", "{} slept poorly"])
def test_a_given_or_unknown_name_makes_the_words_behind_it_a_surname(name: str, carrier: str) -> None:
    text = carrier.format(name)
    assert found(text) == [name]
    assert found(text.upper()) == [name.upper()]
    assert found(carrier.format(name.title())) == [name.title()]


@pytest.mark.parametrize("text", ["mr. brave crane came", "Dr. Lone Wolf came", "patient lone wolf denies fever"])
def test_a_title_or_a_doing_announces_a_surname_alone(text: str) -> None:
    assert [name.lower() for name in found(text)] in (["brave crane"], ["lone wolf"])


@pytest.mark.parametrize("name", ["hunter rivers", "amber fox"])
def test_a_given_name_that_is_a_word_needs_a_person(name: str) -> None:
    assert found(f"{name} was admitted") == [name]
    assert found(f"surgeon: {name}\nroom 4") == [name]
    assert found(f"near the {name} stands a tree") == []


@pytest.mark.parametrize("text", ["name: robert face", "robert foot has gout", "call robert hand, he is home"])
def test_words_that_notes_are_full_of_end_a_name_where_the_sentence_goes_on(text: str) -> None:
    (name,) = found(text)
    assert name.startswith("robert ")


@pytest.mark.parametrize(
    "text",
    [
        "why is robert eye red",
        "red eye and cold hand since monday",
        "a dog bit his left hand",
        "tree pollen and grass allergy, no bee stings",
        "metformin tablets and fish oil",
        "patient has a swollen foot and black stool",
        "Red Eye and Cold Hands",
        "should the wound rest in water",
    ],
)
def test_the_same_words_without_a_person_stay(text: str) -> None:
    assert found(text) == []


def test_words_with_hyphens_are_surnames_if_each_part_is() -> None:
    assert is_surname_word("standing-elk")
    assert not is_surname_word("follow-up")


def test_the_lists_are_consistent() -> None:
    words = SURNAME_NOUNS | SURNAME_ATTRIBUTES
    assert all(word.isalpha() and word.islower() for word in words | GIVEN_WORDS)
    assert words > MEDICAL_TOO
