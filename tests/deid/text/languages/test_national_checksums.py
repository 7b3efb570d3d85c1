"""Check digits of national identifiers: published examples, and what a single wrong digit does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.text.recognizers.languages import national_checksums as checksums

# Examples that authorities and standards print: none belongs to a person.
PUBLISHED = [
    (checksums.dni, "12345678Z"),
    (checksums.dni, "12.345.678-Z"),
    (checksums.dni, "X1234567L"),
    (checksums.nass, "281234567840"),
    (checksums.steuer_id, "86 095 742 719"),
    (checksums.steuer_id, "47036892816"),
    (checksums.kvnr, "A123456780"),
    (checksums.identity_card, "L01X00T471"),
    (checksums.identity_card, "T220001293"),
    (checksums.ahv, "756.9217.0769.85"),
    (checksums.svnr, "1237 010180"),
    (checksums.nir, "2 55 08 14 168 025 38"),
    (checksums.codice_fiscale, "RSSMRA85T10A562S"),
    (checksums.nif, "123456789"),
    (checksums.cpf, "529.982.247-25"),
    (checksums.bsn, "111222333"),
    (checksums.niss, "85.07.30-033 28"),
    (checksums.niss, "17.07.30-033.84"),
]
CHECKS = sorted({check for check, _ in PUBLISHED}, key=lambda check: check.__name__)


@pytest.mark.parametrize(("check", "value"), PUBLISHED)
def test_published_examples_hold(check: Callable[[str], bool], value: str) -> None:
    assert check(value)


@pytest.mark.parametrize(("check", "value"), PUBLISHED)
def test_one_wrong_check_digit_is_noticed(check: Callable[[str], bool], value: str) -> None:
    last = value[-1]
    others = "0123456789" if last.isdigit() else "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert not any(check(value[:-1] + other) for other in others if other != last)


@pytest.mark.parametrize(("check", "value"), PUBLISHED)
def test_separators_do_not_matter(check: Callable[[str], bool], value: str) -> None:
    compact = "".join(sign for sign in value if sign.isalnum())
    assert check(compact)
    assert check("-".join(compact))


@given(number=st.integers(0, 10**8 - 1))
def test_exactly_one_letter_fits_a_dni(number: int) -> None:
    fitting = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if checksums.dni(f"{number:08}{letter}")]
    assert len(fitting) == 1
    assert fitting[0] == "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23]


@given(number=st.integers(10**12, 4 * 10**12 - 1))
def test_exactly_one_key_fits_a_nir(number: int) -> None:
    """Among the two-digit keys of 01 to 97; the number and its key together are divisible as INSEE defines."""
    fitting = [key for key in range(1, 98) if checksums.nir(f"{number}{key:02}")]
    assert len(fitting) == 1
    assert (number + fitting[0]) % 97 == 0


@given(value=st.text(max_size=30))
def test_any_text_is_answered(value: str) -> None:
    """Whatever stands in a note, a check says yes or no; it never raises."""
    for check in CHECKS:
        assert check(value) in {True, False}
