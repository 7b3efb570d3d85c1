"""What a certificate has to say before anything is trained on its dataset; every way around it is closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from cloister.study.dataset import Certificate, Engine, Kind
from cloister.study.errors import PolicyError, RefusedByPolicyError
from cloister.study.policy import Certificates, Policy, check_certificate
from cloister.study.residual_risk import Audit, NoteShare, Rate, ResidualRisk, Survival

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
NOTES: tuple[Kind, ...] = ("notes",)


def certificate(upper: float | None = None, per_note: float | None = None, **changes: Any) -> Certificate:
    values: dict[str, Any] = {
        "collection": "main",
        "basis": "cloister",
        "engine": Engine(name="cloister.deid", version="0.2.0", profile="safe-harbor"),
        "created": NOW - timedelta(days=30),
        "manifest_sha256": "0" * 64,
        "records_in": 1,
        "records_out": 1,
        "quarantined": {},
        "findings": {},
        "known_identifiers_checked": 0,
        "known_identifiers_surviving": 0,
    }
    if upper is not None:
        rate = Rate(events=0, trials=600, upper=upper, interval=(0.0, upper))
        audit = Audit(
            confidence=0.95,
            audited=NOW.date(),
            notes=60,
            extensions=0,
            missed=rate,
            missed_per_note=None if per_note is None else NoteShare(mean=0.0, notes=60, upper=per_note),
            by_label={},
            leaking_notes=rate.model_copy(update={"upper": 0.048}) if per_note is not None else rate,
            leaks_per_1000_notes=0.0,
            false_findings=0,
        )
        values["residual_risk"] = ResidualRisk(survival=Survival(checked=0, surviving=0), audit=audit)
    return Certificate(**{**values, **changes})


def policy(**certificates: Any) -> Policy:
    return Policy(certificates=Certificates(**certificates))


def engine(**changes: str) -> Engine:
    return Engine(**{"name": "cloister.deid", "version": "0.2.0", "profile": "safe-harbor", **changes})


def test_a_fresh_certificate_of_the_default_profile_is_accepted() -> None:
    check_certificate(certificate(), Policy(), NOW, kinds=NOTES)
    check_certificate(certificate(0.005), policy(highest_residual_risk=0.005), NOW, kinds=NOTES)
    check_certificate(certificate(0.004, per_note=0.005), policy(highest_residual_risk=0.005), NOW, kinds=NOTES)


REFUSALS: list[tuple[Certificate, Policy, str]] = [
    (certificate(created=NOW - timedelta(days=366)), Policy(), "is 366 days old"),
    (certificate(created=NOW - timedelta(days=31)), policy(oldest_days=30), "oldest_days is 30"),
    (certificate(created=(NOW - timedelta(days=400)).replace(tzinfo=None)), Policy(), "days old"),
    (certificate(created=NOW + timedelta(days=2)), Policy(), "dated in the future"),
    (certificate(engine=engine(profile="limited-dataset")), Policy(), "profile 'limited-dataset'"),
    (certificate(engine=engine(profile="")), Policy(), "has the profile ''"),
    (certificate(engine=engine(profile="safe-harbor")), policy(profiles=("maximal",)), "profile 'safe-harbor'"),
    (certificate(), policy(profiles=()), "certificates.profiles = []"),
    (certificate(engine=engine(version="0.1.9")), policy(oldest_engine="0.2"), "is of engine 0.1.9"),
    (certificate(engine=engine(version="0.9")), policy(oldest_engine="0.10"), "is of engine 0.9"),
    (certificate(engine=engine(version="9dev")), policy(oldest_engine="0.2"), "is of engine 9dev"),
    (certificate(engine=engine(version="٩.٩")), policy(oldest_engine="0.2"), "is of engine"),
    (certificate(), policy(highest_residual_risk=0.01), "has no audited sample"),
    (certificate(0.004, 0.0101), policy(highest_residual_risk=0.01), "bounds the missed identifiers at 0.0101"),
    (certificate(0.0101, 0.004), policy(highest_residual_risk=0.01), "bounds the missed identifiers at 0.0101"),
    (certificate(0.0101), policy(highest_residual_risk=0.01), "bounds the missed identifiers at 0.0101"),
    (certificate(known_identifiers_surviving=1), Policy(), "reports 1 surviving identifiers"),
    (certificate(basis="declared", engine=engine(profile="declared")), Policy(), "declared de-identified by others"),
    (certificate(), Policy(allowed_collections=("other",)), "allowed_collections"),
]


@pytest.mark.parametrize(("given_certificate", "asked", "told"), REFUSALS, ids=[told for _, _, told in REFUSALS])
def test_a_certificate_outside_the_policy_is_refused_by_name(
    given_certificate: Certificate, asked: Policy, told: str
) -> None:
    with pytest.raises(RefusedByPolicyError) as refusal:
        check_certificate(given_certificate, asked, NOW, kinds=NOTES)
    assert told in str(refusal.value)


def test_every_fault_is_told_at_once() -> None:
    stale = certificate(created=NOW - timedelta(days=999), engine=engine(profile="limited-dataset"))
    with pytest.raises(RefusedByPolicyError, match=r"(?s)999 days old.*limited-dataset"):
        check_certificate(stale, Policy(), NOW, kinds=NOTES)


def test_images_have_no_reviewed_text_and_declared_data_no_profile() -> None:
    check_certificate(certificate(), policy(highest_residual_risk=0.01), NOW, kinds=("images",))
    declared = certificate(basis="declared", engine=engine(profile="declared"))
    allowing = Policy(allow_declared_datasets=True, certificates=Certificates(highest_residual_risk=0.01))
    check_certificate(declared, allowing, NOW, kinds=NOTES)


VERSIONS = st.lists(st.integers(0, 30), min_size=1, max_size=4).map(lambda parts: ".".join(map(str, parts)))


def test_an_engine_of_an_endless_version_is_older_than_any() -> None:
    endless = certificate(engine=engine(version="9" * 5000))
    with pytest.raises(RefusedByPolicyError, match=r"is of engine 999"):
        check_certificate(endless, policy(oldest_engine="0.1"), NOW, kinds=NOTES)


@given(VERSIONS, VERSIONS)
def test_versions_are_ordered_as_packaging_orders_them(given_version: str, oldest: str) -> None:
    try:
        check_certificate(
            certificate(engine=engine(version=given_version)), policy(oldest_engine=oldest), NOW, kinds=NOTES
        )
        accepted = True
    except RefusedByPolicyError:
        accepted = False
    assert accepted == (Version(given_version) >= Version(oldest))


@pytest.mark.parametrize(
    "line",
    [
        "oldest_days = 0",
        "oldest_days = -1",
        "oldest_days = 10_000_000_000",
        "highest_residual_risk = 1.5",
        'oldest_engine = "new"',
        f'oldest_engine = "{"1" * 5000}"',
        'oldest_engine = "\N{ARABIC-INDIC DIGIT ONE}"',
        "profile = []",
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(tmp_path: Any, line: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(f"[certificates]\n{line}\n")
    with pytest.raises(PolicyError, match=r"policy.toml, line 2: certificates"):
        Policy.read(path)
