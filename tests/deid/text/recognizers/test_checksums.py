"""Check digits, against published examples and against every single wrong digit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.text.finding import Label
from cloister.deid.text.recognizers.checksums import dea, gtin, luhn, npi, vin
from cloister.deid.text.recognizers.device import DEVICE
from cloister.deid.text.recognizers.license import LICENSE
from cloister.deid.text.recognizers.vehicle import VEHICLE

VALID: list[tuple[Callable[[str], bool], str]] = [
    (luhn, "4111111111111111"), (luhn, "79927398713"), (npi, "1234567893"), (dea, "AP5836727"),
    (vin, "1M8GDM9AXKP042788"), (vin, "1HGCM82633A004352"), (gtin, "00844588003288"),
]  # fmt: skip


@pytest.mark.parametrize(("check", "value"), VALID)
def test_published_examples_hold(check: Callable[[str], bool], value: str) -> None:
    assert check(value)


@pytest.mark.parametrize(("check", "value"), VALID)
def test_no_single_wrong_digit_passes(check: Callable[[str], bool], value: str) -> None:
    places = [i for i, character in enumerate(value) if character.isdigit()]
    wrong = [value[:i] + str((int(value[i]) + 1) % 10) + value[i + 1 :] for i in places]
    # A VIN's own check digit is replaced by another: still wrong. Its weight for place 9 is 0.
    assert not any(check(other) for other in wrong)


@given(st.text(max_size=20))
def test_anything_else_is_answered_with_false_or_true(value: str) -> None:
    for check in (luhn, npi, dea, vin, gtin):
        assert check(value) in {True, False}


@pytest.mark.parametrize(
    ("recognizer", "label", "right", "wrong"),
    [
        (VEHICLE, "VEHICLE", "1M8GDM9AXKP042788", "1M8GDM9AXKP042789"),
        (LICENSE, "LICENSE", "AP5836727", "AP5836728"),
        (DEVICE, "DEVICE", "(01)00844588003288", "(01)00844588003289"),
    ],
)
def test_a_failed_checksum_lowers_the_score_and_drops_nothing(
    recognizer: object, label: Label, right: str, wrong: str
) -> None:
    scores = []
    for value in (right, wrong):
        (finding,) = recognizer.find(value)  # type: ignore[attr-defined]
        assert (finding.start, finding.end, finding.label) == (0, len(value), label)
        scores.append(finding.score)
    assert 0 < scores[1] < scores[0]
