"""A site's policy: what the hospital allows, whatever a study asks.

Ceilings bound what privacy may cost, floors bound what protection must be there. A study that asks for more than
a ceiling or offers less than a floor is refused, with the key named; nothing is silently changed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from cloister.study.document import Document, read_toml
from cloister.study.errors import PolicyError, RefusedByPolicyError
from cloister.study.schema import DpSgd, Positive, PositiveReal, Share, Study


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


class Policy(Document):
    """What a site allows. The defaults allow private studies on data that Cloister itself de-identified."""

    schema_version: Literal[1] = 1
    ceilings: Ceilings = Ceilings()
    floors: Floors = Floors()
    allow_without_differential_privacy: bool = False
    """Whether a study may train without differential privacy. Only for public data."""
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


def _bounds(study: Study, policy: Policy) -> list[str]:
    ceilings, floors = policy.ceilings, policy.floors
    over = [
        ("rounds", study.rounds, ceilings.rounds),
        ("training.steps_per_round", study.training.steps_per_round, ceilings.steps_per_round),
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
    if policy.allowed_tasks is not None and study.task.name not in policy.allowed_tasks:
        faults.append(f"task.name = {study.task.name!r} is not among the policy's allowed_tasks")
    wanted = study.data.collection
    if wanted is not None and policy.allowed_collections is not None and wanted not in policy.allowed_collections:
        faults.append(f"data.collection = {wanted!r} is not among the policy's allowed_collections")
    return faults
