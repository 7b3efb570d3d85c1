"""What a tagger says is put right: words of everyday and medicine, years, numbers that are no codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.text.finding import LABELS, Finding, Label
from cloister.deid.text.plausibility import is_common_word, put_right


def tagged(text: str, value: str, label: Label, score: float = 0.8, language: str = "en") -> str | None:
    start = text.index(value)
    right = put_right(text, Finding(start, start + len(value), label, score, "crf"), language)
    return None if right is None else text[right.start : right.end]


@pytest.mark.parametrize(
    ("text", "value", "label"),
    [
        ("during that time she was seen", "she", "NAME"),
        ("pain is sharp, dull and aching", "sharp, dull", "NAME"),
        ("given Tylenol for pain", "Tylenol", "NAME"),
        ("Father died of an MI, Mother well", "MI", "ADDRESS"),
        ("quit smoking in 1972.", "1972", "DATE"),
        ("pain of 10/10 today", "10/10", "DATE"),
        ("over 24 hours", "24", "DATE"),
        ("a 10-day course", "10-day", "DATE"),
        ("CPT 99214 billed", "99214", "ADDRESS"),
        ("she lives in Texas", "Texas", "ADDRESS"),
        ("came from France", "France", "ADDRESS"),
        ("prior auth needed", "prior", "ID"),
        ("back in October he fell", "October", "ADDRESS"),
        ("blood pressure 152/94 today", "152/94", "PHONE"),
        ("HLA-B*15:02 positive", "B*15", "SSN"),
        ("the F508del mutation", "F508", "ID"),
        ("is 99.5 a fever", "99", "AGE"),
        ("saturation 97% on air", "97", "AGE"),
        ("a frequency of 25/25 means", "25/25", "DATE"),
        ("from October to May", "October", "DATE"),
        ("his PSA is at 0.01.", "0.01", "DATE"),
        ("wallet 16Yeky6GMjeNkAi1Boy was noted", "wallet 16Yeky6GMje", "ADDRESS"),
        ("he is 4-1/2-years posttreatment", "4-1", "DATE"),
        ("CPT 99214 vs 99215", "99215", "MRN"),
        ("flexing with Lhermitte's phenomena", "Lhermitte's phenomena", "NAME"),
    ],
)
def test_mistakes_are_dropped(text: str, value: str, label: Label) -> None:
    assert tagged(text, value, label) is None


@pytest.mark.parametrize(
    ("text", "value", "label", "kept"),
    [
        ("Adaeze Okonkwo is well", "Adaeze Okonkwo", "NAME", "Adaeze Okonkwo"),
        ("seen by Dr. Brown again", "Brown again", "NAME", "Brown"),
        ("saw the Kowalczyk family", "the Kowalczyk", "NAME", "Kowalczyk"),
        ("Mr. Parkinson is well", "Parkinson", "NAME", "Parkinson"),
        ("seen 3/14 in clinic", "3/14", "DATE", "3/14"),
        ("seen 31/12 in clinic", "31/12", "DATE", "31/12"),
        ("admitted in October", "October", "DATE", "October"),
        ("she is 97, frail", "97", "AGE", "97"),
        ("in November of that year", "November", "DATE", "November"),
        ("zip 83702", "83702", "ADDRESS", "83702"),
        ("file 4471-229", "4471-229", "MRN", "4471-229"),
        ("xqwertz yxcvb asks", "xqwertz yxcvb", "NAME", "xqwertz yxcvb"),
    ],
)
def test_identifiers_are_kept_and_trimmed(text: str, value: str, label: Label, kept: str) -> None:
    assert tagged(text, value, label, 0.95) == kept


def test_countries_and_years_are_judged_by_american_law_in_english_only() -> None:
    assert tagged("nacido en Francia en 1972", "1972", "DATE", language="es") == "1972"
    assert tagged("vive en Marruecos", "Marruecos", "ADDRESS", language="es") == "Marruecos"


def test_everyday_and_medical_words_are_common_and_names_are_not() -> None:
    assert all(is_common_word(word, "en") for word in ("She", "furthermore", "metformin", "biopsy"))
    assert not any(is_common_word(word, "en") for word in ("Okonkwo", "Giovanni", "van", "Boise"))


@given(
    st.text(max_size=40), st.integers(0, 39), st.integers(1, 20), st.sampled_from(LABELS), st.sampled_from(["en", "es"])
)
def test_nothing_is_added_but_words_beside_a_name(
    text: str, start: int, length: int, label: Label, language: str
) -> None:
    if start >= len(text):
        return
    finding = Finding(start, min(len(text), start + length), label, 0.8, "crf")
    right = put_right(text, finding, language)
    if right is not None:
        assert 0 <= right.start < right.end <= len(text)
        added = text[right.start : finding.start] + text[finding.end : right.end]
        assert added.replace(" ", "").isalpha() if label == "NAME" and added else not added
        assert (right.label, right.score, right.source) == (label, 0.8, "crf")


@pytest.mark.parametrize(
    ("text", "value", "whole"),
    [
        ("seen by eTheodora today", "Theodora", "eTheodora"),
        ("seen by TTheodora today", "Theodora", "TTheodora"),
        ("seen by Theodora today", "heodor", "Theodora"),
        ("with Volkre Pfannkuch here", "Pfannkuch", "Volkre Pfannkuch"),
        ("with Volker Pfannkcuh here", "Volker", "Volker Pfannkcuh"),
        ("with Joost te Winkel here", "Joost", "Joost te Winkel"),
    ],
)
def test_what_a_typing_error_parts_stays_together(text: str, value: str, whole: str) -> None:
    assert tagged(text, value, "NAME") == whole


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Patient Pfannkuch fell", "Pfannkuch"),
        ("on Monday Pfannkuch fell", "Pfannkuch"),
        ("Since Pfannkuch fell", "Pfannkuch"),
        ("Lipitor for Pfannkuch", "Pfannkuch"),
        ("ICU Pfannkuch", "Pfannkuch"),
        ("Mr. Pfannkuch", "Pfannkuch"),
    ],
)
def test_words_of_the_language_beside_a_name_stay_outside(text: str, value: str) -> None:
    assert tagged(text, value, "NAME") == value
