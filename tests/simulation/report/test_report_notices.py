"""What a reader must know stands in a banner above every figure, even if the run forgot to say it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cloister.simulation.report.notices import notices
from cloister.simulation.report.page import page
from cloister.simulation.result import Result

MakeResult = Callable[..., Result]


def test_a_sound_private_run_has_no_banner(make_result: MakeResult) -> None:
    result = make_result(notices=())
    assert notices(result) == ()
    assert "Read this first" not in page(result)


def test_the_runs_own_notices_come_first_and_stand_above_every_figure(make_result: MakeResult) -> None:
    written = page(make_result())
    banner = written.index("Noise and sampling are seeded")
    assert banner < written.index('class="lead"') < written.index("<figure")


def test_training_without_privacy_is_told_even_if_the_run_forgot(make_result: MakeResult) -> None:
    [notice] = notices(make_result(private=False, notices=()))
    assert notice.startswith("No differential privacy")
    told = "Trained without differential privacy."
    assert notices(make_result(private=False, notices=(told,))) == (told,)


def _broken(result: Result, part: str, field: str, value: object) -> Result:
    whole = result.model_dump()
    whole[part][1][field] = value
    return Result.model_validate(whole)


@pytest.mark.parametrize(
    ("part", "field", "value", "told"),
    [
        ("datasets", "known_identifiers_surviving", 2, "left two known identifiers"),
        ("privacy", "ledger_verified", False, "ledger could not be verified at st-anna"),
        ("privacy", "epsilon", None, "No epsilon was accounted at st-anna"),
    ],
)
def test_a_broken_promise_raises_a_notice(
    part: str, field: str, value: object, told: str, make_result: MakeResult
) -> None:
    [notice] = notices(_broken(make_result(notices=()), part, field, value))
    assert told in notice
