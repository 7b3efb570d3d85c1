"""The noise of a study is calibrated once at a site, and neither a file nor an earlier policy can lower it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cloister.client import planning
from cloister.client.planning import BoundedPlan, bounded_plan
from cloister.client.site_folder import SiteFolder
from cloister.privacy.plan import PrivatePlan
from cloister.study.errors import RefusedByPolicyError
from cloister.study.keys import SiteKey
from cloister.study.policy import Ceilings, Floors
from cloister.study.schema import Study

TARGET = {"mechanism": "dp-sgd", "target_epsilon": 4.0, "delta": 1e-4}


class Calibration:
    """Counts how often a plan was made without a noise multiplier known before."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, study: Study, calibrated: float | None = None) -> PrivatePlan:
        self.runs += calibrated is None
        return PrivatePlan.of_study(study, calibrated)

    def planned(self, site: SiteFolder, study: Study) -> tuple[BoundedPlan, bool]:
        """What a message in a process of its own plans, and whether it calibrated."""
        before = self.runs
        planning._plan.cache_clear()
        bounded = bounded_plan(site, study)
        assert bounded is not None
        return bounded, self.runs > before


@pytest.fixture
def calibration(monkeypatch: pytest.MonkeyPatch) -> Calibration:
    counted = Calibration()
    monkeypatch.setattr(planning, "PrivatePlan", type("Counted", (), {"of_study": counted}))
    planning._plan.cache_clear()
    return counted


@pytest.fixture
def targeted(make_study: Callable[..., Study]) -> Study:
    return make_study(privacy=TARGET)


def kept(site: SiteFolder) -> Path:
    (path,) = (site.folder / "plan").iterdir()
    return path


def test_later_messages_plan_the_same_without_calibrating(
    calibration: Calibration, site: SiteFolder, targeted: Study
) -> None:
    first, calibrated = calibration.planned(site, targeted)
    assert calibrated
    assert first.plan == PrivatePlan.of_study(targeted)
    assert first.most_epsilon == first.plan.for_steps(targeted.most_steps).epsilon()
    assert calibration.planned(SiteFolder.open(site.folder), targeted) == (first, False)


def test_another_study_or_other_code_calibrates_anew(
    calibration: Calibration,
    site: SiteFolder,
    targeted: Study,
    make_study: Callable[..., Study],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    calibration.planned(site, targeted)
    assert calibration.planned(site, make_study(privacy={**TARGET, "target_epsilon": 5.0}))[1]
    monkeypatch.setattr(planning, "installed_code", lambda: "0" * 64)
    assert calibration.planned(site, targeted)[1]


@pytest.mark.parametrize(("where", "value"), [("noise_multiplier", 0.1), ("epsilon", 1e9)])
def test_a_file_that_somebody_edited_lowers_no_noise_and_raises_no_bound(
    where: str, value: float, calibration: Calibration, site: SiteFolder, targeted: Study
) -> None:
    right, _ = calibration.planned(site, targeted)
    edited = json.loads(kept(site).read_text())
    edited["result"][where] = value
    kept(site).write_text(json.dumps(edited))
    assert calibration.planned(site, targeted) == (right, True)


def test_neither_another_sites_file_nor_another_studys_is_taken(
    calibration: Calibration, site: SiteFolder, targeted: Study, make_study: Callable[..., Study]
) -> None:
    calibration.planned(SiteFolder(site.folder, site.config, SiteKey(bytes(32)), site.policy), targeted)
    right, calibrated = calibration.planned(site, targeted)
    assert calibrated
    content = kept(site).read_bytes()
    kept(site).unlink()
    stricter = make_study(privacy={**TARGET, "target_epsilon": 1.0})
    calibration.planned(site, stricter)
    kept(site).write_bytes(content)
    bounded, calibrated = calibration.planned(site, stricter)
    assert calibrated
    assert bounded.plan.noise_multiplier > right.plan.noise_multiplier


def test_the_policy_of_today_holds_against_what_was_kept(
    calibration: Calibration, site: SiteFolder, targeted: Study
) -> None:
    before, _ = calibration.planned(site, targeted)
    ceilings = site.policy.model_copy(update={"ceilings": Ceilings(epsilon_per_study=2.0)})
    bounded, calibrated = calibration.planned(SiteFolder(site.folder, site.config, site.key, ceilings), targeted)
    assert (bounded.most_epsilon, calibrated) == (2.0, False)
    floors = site.policy.model_copy(update={"floors": Floors(noise_multiplier=before.plan.noise_multiplier + 0.1)})
    with pytest.raises(RefusedByPolicyError, match="below the policy's floor"):
        calibration.planned(SiteFolder(site.folder, site.config, site.key, floors), targeted)


def test_without_differential_privacy_there_is_no_plan(site: SiteFolder, make_study: Callable[..., Study]) -> None:
    assert bounded_plan(site, make_study(privacy={"mechanism": "none"})) is None
    assert not (site.folder / "plan").exists()
