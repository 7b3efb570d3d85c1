"""Fingerprints can be said aloud, and only the right one matches."""

import re

from hypothesis import given
from hypothesis import strategies as st

from cloister.study.fingerprint import Fingerprint, fault_of


def test_words_are_the_published_proquints() -> None:
    """The examples of Wilkerson 2009: 127.0.0.1 is lusab-babad, 63.84.220.193 is gutih-tugad."""
    digest = bytes([127, 0, 0, 1, 63, 84, 220, 193]) + bytes(8)
    assert Fingerprint(digest).words == "lusab babad gutih tugad babab babab babab babab"


@given(st.lists(st.binary(max_size=8), max_size=3), st.lists(st.binary(max_size=8), max_size=3))
def test_fingerprints_are_equal_only_for_equal_parts(first: list[bytes], second: list[bytes]) -> None:
    assert (Fingerprint.of("site", *first) == Fingerprint.of("site", *second)) == (first == second)
    assert Fingerprint.of("site", *first) != Fingerprint.of("coordinator", *first)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_people_may_say_words_or_digits_in_any_case_and_grouping(digest: bytes, other: bytes) -> None:
    said = Fingerprint(digest)
    forms = [said.words, said.words.upper().replace(" ", "-"), said.hexadecimal, digest.hex(":"), f" {digest.hex()}\n"]
    assert all(said.matches(form) for form in forms)
    assert digest == other or not any(Fingerprint(other).matches(form) for form in forms)
    assert re.fullmatch(r"([bdfghjklmnprstvz][aiou]){2}.( \w{5}){7}", said.words)


@given(st.binary(min_size=16, max_size=16), st.text(max_size=10))
def test_a_part_of_it_is_not_enough(digest: bytes, said: str) -> None:
    fingerprint = Fingerprint(digest)
    for form in (said, fingerprint.words[:-1], fingerprint.hexadecimal[:-1], ""):
        assert not fingerprint.matches(form)


@given(st.binary(min_size=16, max_size=16), st.integers(1, 38))
def test_a_part_of_it_is_called_incomplete_and_not_another(digest: bytes, length: int) -> None:
    said = Fingerprint(digest)
    assert fault_of(said.words) is fault_of(digest.hex(":")) is None
    assert length == 32 or f"is incomplete: {length} letters or digits" in str(
        fault_of(said.words.replace(" ", "")[:length])
    )
    assert "too long" in str(fault_of(str(said)))
