"""Names that no list and no capital tells: found by their spelling and by what is said of a person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.text.recognizers.name_among_words import find_among_words

UNLISTED = ["nattaporn", "umeko", "fawzia", "gunnhild", "hatzimichalis", "kouyaté", "ssebunya", "kloosterman"]


def found(text: str) -> list[str]:
    one_case = text.islower() or text.isupper()
    return [text[f.start : f.end] for f in find_among_words(text, in_one_case=one_case)]


@pytest.mark.parametrize("name", UNLISTED)
@pytest.mark.parametrize(
    "carrier", ["{} says the pain is worse at night", "should {} take it with food?", "please remind {} to fast"]
)
def test_one_unlisted_word_is_a_name_where_a_person_is_named(name: str, carrier: str) -> None:
    text = carrier.format(name)
    assert found(text) == [name]
    assert found(text.upper()) == [name.upper()]
    assert found(carrier.capitalize().format(name.capitalize())) == [name.capitalize()]


@pytest.mark.parametrize(
    "name", ["nektarios mitropoulos", "sopheap sengsavang", "zühal tekinalp", "gunnhild fagerström", "kofi sanogo"]
)
@pytest.mark.parametrize("carrier", ["can i restart apixaban in the evening for {} now", "{} was admitted overnight"])
def test_several_unusual_words_are_one(name: str, carrier: str) -> None:
    assert found(carrier.format(name)) == [name]


@pytest.mark.parametrize("name", ["do yeo-jin", "sang-ok ban", "lim ji-hoon", "ka-wai ng"])
def test_a_short_family_name_goes_with_a_given_name_of_two_syllables(name: str) -> None:
    assert found(f"message for {name}: your test is back") == [name]


@pytest.mark.parametrize("name", ["zeferino do couto", "joost te winkel", "lurdes das neves"])
def test_a_particle_that_is_a_word_as_well_counts_between_two_names(name: str) -> None:
    assert found(f"message for {name}: your test is back") == [name]
    given = name.split()[0]
    assert not any("do" in name.split() for name in found(f"should {given} do exercises daily?"))


@pytest.mark.parametrize("name", ["june easterling", "Dawn Wouterlood"])
def test_a_given_name_that_is_a_word_goes_with_an_unusual_one(name: str) -> None:
    assert found(f"message for {name}: your test is back") == [name]


def test_a_comma_stands_between_the_names_at_the_beginning_of_a_line() -> None:
    assert found("quesnel, donatien presented with vomiting") == ["quesnel, donatien"]


@pytest.mark.parametrize(
    "text",
    [
        "should toddlers take melatonin",
        "patient education on inhaler technique",
        "patient selfcare for lymphedema",
        "her husband manages the pill box",
        "what are the symptoms of hoyeraal hreidarsson syndrome?",
        "this segment is made up of a series of triplets",
        "can tirzepatide be combined with insulin",
        "What are the symptoms of Hoyeraal Hreidarsson syndrome?",
        "Keytruda works in this cancer",
    ],
)
def test_medicine_and_everyday_words_are_left(text: str) -> None:
    assert found(text) == []


@given(st.text(max_size=60))
def test_findings_lie_within_the_text_in_order(text: str) -> None:
    for in_one_case in (True, False):
        ends = [0]
        for finding in find_among_words(text, in_one_case=in_one_case):
            assert ends[-1] <= finding.start < finding.end <= len(text)
            ends.append(finding.end)
