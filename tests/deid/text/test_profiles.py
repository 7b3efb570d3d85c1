"""Profiles: the default follows Safe Harbor, a limited dataset keeps dates and towns, the maximal one keeps nothing."""

from __future__ import annotations

import pytest

from cloister.deid.patient_record import PatientRecord
from cloister.deid.text.detector import detect
from cloister.deid.text.finding import LABELS
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.text.profiles import LIMITED_DATASET, MAXIMAL, PROFILES, SAFE_HARBOR, Profile, profile_named
from cloister.study.errors import InputError

TEXT = (
    "Mrs. Adaeze Okonkwo, a 45 year old retired teacher, lives at 14 Willow Street, Ashford, OH 44012. "
    "Her mother is 94 years old. Admitted 03/07/2021, MRN: 4471-229."
)


@pytest.fixture(autouse=True)
def _without_taggers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the taggers find in addition is measured elsewhere."""
    monkeypatch.setattr("cloister.deid.text.taggers.find_tagged", lambda *_: [])


def removed(profile: Profile) -> set[str]:
    return {TEXT[f.start : f.end] for f in detect(TEXT, profile=profile)}


def test_safe_harbor_keeps_professions_and_ages_under_90() -> None:
    found = removed(SAFE_HARBOR)
    assert {"Adaeze Okonkwo", "14 Willow Street, Ashford, OH 44012", "94", "03/07/2021", "4471-229"} <= found
    assert not any("45" in value or "teacher" in value for value in found)


def test_limited_dataset_keeps_dates_ages_and_towns_but_no_street() -> None:
    found = removed(LIMITED_DATASET)
    assert {"Adaeze Okonkwo", "14 Willow Street", "4471-229"} <= found
    assert not any(part in value for value in found for part in ("Ashford", "44012", "2021", "94", "45"))


def test_maximal_takes_every_age_and_profession_too() -> None:
    found = removed(MAXIMAL)
    assert removed(SAFE_HARBOR) <= {part for value in found for part in (value, value)} | found
    assert any("45" in value for value in found)
    assert any("teacher" in value for value in found)


def test_the_patients_own_record_passes_every_profile() -> None:
    record = PatientRecord.model_validate({"patient_id": "4471-229", "birth_date": "1951-03-07"})
    text = "born 03/07/1951, seen 03/09/1999"
    found = {text[f.start : f.end] for f in detect(text, KnownIdentifiers(record), profile=LIMITED_DATASET)}
    assert found == {"03/07/1951"}


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
def test_every_label_has_a_threshold_that_is_a_probability(profile: Profile) -> None:
    assert set(profile.thresholds) == set(LABELS)
    assert all(0 <= score <= 1 for score in (*profile.thresholds.values(), profile.tagged))
    assert profile_named(profile.name) is profile


def test_an_unknown_profile_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="safe-harbour") as refusal:
        profile_named("safe-harbour")
    assert "safe-harbor" in refusal.value.remedy
