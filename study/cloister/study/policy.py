"""A site's policy: what the hospital allows, whatever a study asks.

Ceilings bound what privacy may cost, floors bound what protection must be there. A study that asks for more than
a ceiling or offers less than a floor is refused, with the key named; nothing is silently changed.
"""

from __future__ import annotations

import re
from collections.abc import Container
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from cloister.study.dataset import Certificate, Kind
from cloister.study.document import Document, read_toml
from cloister.study.errors import PolicyError, RefusedByPolicyError
from cloister.study.schema import DpSgd, Positive, PositiveReal, Share, Study
from cloister.study.trust import trust_of

_CLOCKS_DIFFER_BY = timedelta(hours=1)


class Ceilings(Document):
    """No study may ask for more."""

    epsilon_per_study: PositiveReal = 8.0
    epsilon_lifetime: PositiveReal = 10.0
    """Over all studies and collections, for any one patient."""
    delta: Annotated[float, Field(gt=0, lt=0.1)] = 1e-5
    sample_rate: Share = 0.2
    max_grad_norm: PositiveReal = 16.0
    rounds: Positive = 1000
    steps_per_round: Positive = 1000


class Floors(Document):
    """No study may offer less."""

    noise_multiplier: PositiveReal = 0.3
    cohort: Positive = 2
    """Sites over which updates are summed."""
    patients: Positive = 10
    """Patients in the dataset that is trained on."""


_VERSION = r"[0-9]{1,9}(\.[0-9]{1,9}){0,5}"
Version = Annotated[str, Field(pattern=f"^{_VERSION}$")]


class Certificates(Document):
    """What the certificate of a dataset has to say before anything is trained on it.

    `profiles`, `oldest_engine` and `highest_residual_risk` concern what Cloister itself de-identified; data that others
    declared de-identified are a permission of their own.
    """

    profiles: tuple[str, ...] = ("safe-harbor", "maximal")
    """Profiles of de-identification that are accepted. `limited-dataset` keeps dates and places: a decision to take."""
    oldest_days: Annotated[int, Field(ge=1, le=36_525)] = 365
    """Days after which a dataset has to be de-identified anew, with what has been learnt since."""
    oldest_engine: Version | None = None
    """The oldest version of the de-identification that is accepted, such as "0.2"; any if absent."""
    highest_residual_risk: Share | None = None
    """Highest upper bound on the share of identifiers missed in notes, over all and in an average note. If set, notes
    need a reviewed sample: without a miss, 60 notes show 0.05, and 598 show 0.005."""


class Policy(Document):
    """What a site allows. The defaults allow private studies on data that Cloister itself de-identified."""

    schema_version: Literal[1] = 1
    ceilings: Ceilings = Ceilings()
    floors: Floors = Floors()
    certificates: Certificates = Certificates()
    allow_without_differential_privacy: bool = False
    """Whether a study may train without differential privacy. Only for public data."""
    allow_without_secure_aggregation: bool = False
    """Whether the coordinator may see this site's own update instead of a sum over sites."""
    allow_distributed_noise: bool = False
    """Whether epsilon may rest on the noise of several sites together, of which this site's share alone is too little
    (`privacy.trust = "distributed"`)."""
    allow_declared_datasets: bool = False
    """Whether datasets may be used that somebody else declared de-identified."""
    allowed_collections: tuple[str, ...] | None = None
    """Collections that studies may use; all of the site's if absent."""
    allowed_tasks: tuple[str, ...] | None = None

    @classmethod
    def read(cls, path: Path) -> Policy:
        """Read a policy document.

        Raises:
            MissingFileError: there is no such file.
            PolicyError: it is not a valid policy; every fault is named with line, key, value and remedy.
        """
        return read_toml(path, cls, PolicyError)


def check_study(study: Study, policy: Policy) -> None:
    """Refuse a study that asks for more than the policy allows.

    What depends on the dataset or on the ledger (patients, certificate, epsilon) is checked where these are known.

    Raises:
        RefusedByPolicyError: naming every key that is out of bounds, the value and the bound.
    """
    faults = [*_bounds(study, policy), *_permissions(study, policy)]
    if faults:
        raise RefusedByPolicyError(
            "\n".join(f"study {study.name}: {fault}" for fault in faults),
            "Change the study, or have the policy changed by those responsible for it.",
        )


def check_certificate(certificate: Certificate, policy: Policy, now: datetime, *, kinds: Container[Kind]) -> None:
    """Refuse a dataset whose certificate does not say what the policy asks for.

    Whether the certificate is genuine and the files are those it was written for is asked before, by `verify_dataset`.

    Args:
        certificate: a verified certificate.
        policy: the site's.
        now: the time, with its zone.
        kinds: what the dataset's tables hold.

    Raises:
        RefusedByPolicyError: naming everything that is outside the policy, the value and the bound.
    """
    faults = [*_age(certificate, policy, now), *_origin(certificate, policy)]
    if certificate.basis == "cloister":
        faults += _engine(certificate, policy.certificates)
        if "notes" in kinds:
            faults += _residual_risk(certificate, policy.certificates)
    if faults:
        raise RefusedByPolicyError(
            "\n".join(f"collection {certificate.collection}: its certificate {fault}" for fault in faults),
            f"{_AGAIN if certificate.basis == 'cloister' else _HERE}, or have the policy changed by those responsible "
            "for it.",
        )


_AGAIN = "De-identify the data again with `cloister deid`, have a sample reviewed with `cloister deid review`"
_HERE = "De-identify the data here with `cloister deid`"


def _age(certificate: Certificate, policy: Policy, now: datetime) -> list[str]:
    created = certificate.created if certificate.created.tzinfo else certificate.created.replace(tzinfo=UTC)
    age, oldest = now - created, policy.certificates.oldest_days
    if age > timedelta(days=oldest):
        return [f"is {age.days} days old; the policy's certificates.oldest_days is {oldest}"]
    # One from the future would never grow old.
    if age < -_CLOCKS_DIFFER_BY:
        return [f"is dated in the future ({created:%Y-%m-%d})"]
    return []


def _origin(certificate: Certificate, policy: Policy) -> list[str]:
    faults = []
    allowed = policy.allowed_collections
    if allowed is not None and certificate.collection not in allowed:
        faults.append("is of a collection that is not among the policy's allowed_collections")
    if certificate.basis == "declared" and not policy.allow_declared_datasets:
        faults.append("says declared de-identified by others, which allow_declared_datasets = false does not accept")
    if certificate.known_identifiers_surviving:
        faults.append(f"reports {certificate.known_identifiers_surviving} surviving identifiers")
    return faults


def _engine(certificate: Certificate, wanted: Certificates) -> list[str]:
    faults = []
    engine = certificate.engine
    if engine.profile not in wanted.profiles:
        faults.append(f"has the profile {engine.profile!r}; certificates.profiles = {list(wanted.profiles)}")
    if wanted.oldest_engine is not None and not _at_least(engine.version, wanted.oldest_engine):
        faults.append(f"is of engine {engine.version}; certificates.oldest_engine is {wanted.oldest_engine}")
    return faults


def _residual_risk(certificate: Certificate, wanted: Certificates) -> list[str]:
    highest = wanted.highest_residual_risk
    if highest is None:
        return []
    bound = None if certificate.residual_risk is None else certificate.residual_risk.bound
    if bound is None:
        return [f"has no audited sample; certificates.highest_residual_risk = {highest} asks for one"]
    if bound > highest:
        return [f"bounds the missed identifiers at {bound:.4f}; certificates.highest_residual_risk is {highest}"]
    return []


def _at_least(version: str, oldest: str) -> bool:
    """Whether a dotted version is not older; one that is not made of numbers counts as older than any."""
    if not re.fullmatch(_VERSION, version):
        return False
    given, least = ([int(part) for part in text.split(".")] for text in (version, oldest))
    width = max(len(given), len(least))
    return given + [0] * (width - len(given)) >= least + [0] * (width - len(least))


def _bounds(study: Study, policy: Policy) -> list[str]:
    ceilings, floors = policy.ceilings, policy.floors
    steps = study.most_steps_a_round
    counted = ", all trainings counted," if steps > study.training.steps_per_round else ""
    over = [
        ("rounds", study.rounds, ceilings.rounds),
        (f"training.steps_per_round{counted}", steps, ceilings.steps_per_round),
    ]
    under: list[tuple[str, float, float]] = [
        ("federation.minimum_sites", study.federation.required_sites, floors.cohort)
    ]
    privacy = study.privacy
    if isinstance(privacy, DpSgd):
        over_real: list[tuple[str, float, float]] = [
            ("training.sample_rate", study.training.sample_rate or 1.0, ceilings.sample_rate),
            ("privacy.max_grad_norm", privacy.max_grad_norm, ceilings.max_grad_norm),
            ("privacy.delta", privacy.delta, ceilings.delta),
        ]
        if privacy.target_epsilon is not None:
            over_real.append(("privacy.target_epsilon", privacy.target_epsilon, ceilings.epsilon_per_study))
        if privacy.noise_multiplier is not None:
            under.append(("privacy.noise_multiplier", privacy.noise_multiplier, floors.noise_multiplier))
    else:
        over_real = []
    return [
        f"{key} = {value} is above the policy's ceiling of {bound}"
        for key, value, bound in [*over, *over_real]
        if value > bound
    ] + [f"{key} = {value} is below the policy's floor of {bound}" for key, value, bound in under if value < bound]


def _permissions(study: Study, policy: Policy) -> list[str]:
    faults = []
    if not study.is_private and not policy.allow_without_differential_privacy:
        faults.append("privacy.mechanism = 'none', but the policy asks for differential privacy")
    if trust_of(study) == "distributed" and not policy.allow_distributed_noise:
        faults.append("privacy.trust = 'distributed', but the policy asks for this site's own noise to suffice")
    if not study.federation.is_secure and not policy.allow_without_secure_aggregation:
        faults.append("federation.secure_aggregation is off, but the policy asks for it")
    if policy.allowed_tasks is not None and study.task.name not in policy.allowed_tasks:
        faults.append(f"task.name = {study.task.name!r} is not among the policy's allowed_tasks")
    wanted = study.data.collection
    if wanted is not None and policy.allowed_collections is not None and wanted not in policy.allowed_collections:
        faults.append(f"data.collection = {wanted!r} is not among the policy's allowed_collections")
    return faults
