"""The gates that a model passes before it is released, read off the study, the evidence and the sites' statements.

1. The run is complete, or ended for a reason that the study allows.
2. The model is better than its untouched base: the whole interval of the paired gain lies above zero, on patients
   enough for an interval to mean something.
3. It is not worse than the best accepted round by more than the study tolerates.
4. Every site whose updates are in the model has stated what that cost: within the study's target, with noise that was
   not seeded, under the study's trust model, for at least as many rounds as the coordinator received, in steps of the
   study's setting that suffice for all the rounds stated, and so that epsilon follows from the steps.

The same gates are asked before a release is written and again by whoever verifies it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from cloister.privacy.accounting import Mechanism, epsilon_of
from cloister.privacy.plan import PrivatePlan
from cloister.server.evidence import Evidence
from cloister.strategies.acceptance import Stopped
from cloister.study.errors import CloisterError
from cloister.study.privacy_statement import PrivacyStatement, Steps
from cloister.study.schema import DpSgd, Study

LEAST_PATIENTS = 20
"""Held-out patients below which no gain is believed. A bootstrap interval over few patients is too narrow: for a mean
of 20 a 95 % interval covers 93 %, of 10 90 %, of 5 85 % (normal quantiles and n for n - 1, against Student's)."""
_ROUNDING = 1e-3
"""Relative; two ways of composing the same steps differ by less."""
_RECALIBRATED = 0.02
"""Relative; another version's calibration to the same target differs by less."""


@dataclass(frozen=True)
class Gate:
    """One gate's verdict."""

    name: str
    passed: bool
    detail: str
    """In plain words."""


def judge(study: Study, evidence: Evidence, statements: Mapping[str, PrivacyStatement]) -> tuple[Gate, ...]:
    """All verdicts.

    Args:
        study: the study.
        evidence: of this study, its transcript checked.
        statements: site -> statement whose signature was checked against the roster.
    """
    privacy = study.privacy
    fixed = (_complete(study, evidence), _better(study, evidence), _tolerated(study, evidence))
    if not isinstance(privacy, DpSgd):
        return (*fixed, Gate("privacy", True, "trained WITHOUT differential privacy, as the study says"))
    target, plan = target_epsilon(study), PrivatePlan.of_study(study)
    return (
        *fixed,
        *(
            _private(site, rounds, statements.get(site), _Asked(study, privacy, evidence.run, target, plan))
            for site, rounds in evidence.contributions.items()
        ),
    )


def target_epsilon(study: Study) -> float:
    """What a private study may cost at a site: its target, or what its noise comes to over all its steps."""
    assert isinstance(study.privacy, DpSgd)  # noqa: S101 (callers have asked)
    return study.privacy.target_epsilon or PrivatePlan.of_study(study).epsilon()


def _complete(study: Study, evidence: Evidence) -> Gate:
    done, reason = evidence.rounds_finished, evidence.stopped
    told = f"{done} of {study.rounds} rounds" + (f"; ended: {reason}" if reason else "")
    trained = done > 0 and bool(evidence.contributions)
    return Gate("complete", trained and (done == study.rounds or reason in get_args(Stopped)), told)


def _better(study: Study, evidence: Evidence) -> Gate:
    gain, metric = evidence.gain, study.evaluation.metric
    if evidence.heldout_patients < LEAST_PATIENTS:
        told = f"{evidence.heldout_patients} held-out patients; fewer than {LEAST_PATIENTS} show nothing"
        return Gate("better than base", False, told)
    if gain.value is None or gain.low is None or gain.high is None:
        told = f"{metric} is not defined on the held-out patients, or not on enough of their resamples"
        return Gate("better than base", False, told)
    share = f"{study.evaluation.confidence:.0%} interval"
    told = f"{metric} {gain.value:+.4f} ({share} {gain.low:+.4f} to {gain.high:+.4f})"
    return Gate("better than base", gain.low > 0, told)


def _tolerated(study: Study, evidence: Evidence) -> Gate:
    metric, tolerance = study.evaluation.metric, study.evaluation.tolerance
    if tolerance is None:
        return Gate("tolerance", True, "the study sets none")
    best = max((record.metrics[metric] for record in evidence.rounds if record.accepted and metric in record.metrics),
               default=None)  # fmt: skip
    measured = evidence.model.metrics.get(metric)
    value = measured.value if measured else None
    if best is None or value is None:
        return Gate("tolerance", False, f"{metric} is not defined on the held-out patients")
    told = f"{metric} {value:.4f}; the best accepted round had {best:.4f}, tolerance {tolerance:g}"
    return Gate("tolerance", value >= best - tolerance - 1e-9, told)


@dataclass(frozen=True)
class _Asked:
    """What every site's statement is held against."""

    study: Study
    privacy: DpSgd
    run: str
    target: float
    plan: PrivatePlan


def _private(site: str, rounds: int, statement: PrivacyStatement | None, asked: _Asked) -> Gate:
    name = f"privacy of {site}"
    if statement is None:
        return Gate(name, False, f"its updates are in {rounds} rounds, and there is no statement of it")
    fault = _fault(site, rounds, statement, asked)
    told = f"epsilon {statement.epsilon:.3f} at delta {statement.delta:g}; the study's target is {asked.target:.3f}"
    if asked.privacy.trust == "distributed":
        told += "; distributed trust"
    return Gate(name, fault is None, told if fault is None else f"{told}: {fault}")


def _fault(site: str, rounds: int, statement: PrivacyStatement, asked: _Asked) -> str | None:
    privacy, stated = asked.privacy, statement.rounds.get(asked.run, 0)
    if statement.seeded_rounds:
        return f"the noise of {statement.seeded_rounds} rounds came from a seed and protects nobody"
    if statement.trust != privacy.trust:
        return f"its trust model is {statement.trust!r}, and the study's {privacy.trust!r}"
    if statement.delta > privacy.delta:
        return f"its delta is above the study's {privacy.delta:g}"
    if stated < rounds:
        return f"it accounts for {stated} rounds, but its updates are in {rounds}"
    if statement.epsilon > asked.target * (1 + _ROUNDING):
        return "more than that was spent"
    if not _is_the_studys(statement, asked.plan):
        return "its steps have another sampling rate or noise than the study's"
    if not _suffice(statement, asked.study.accounted_steps(site)):
        return "the steps that it states are fewer than its rounds take"
    return None if _follows(statement) else "epsilon does not follow from the steps that it states"


def _suffice(statement: PrivacyStatement, steps_a_round: int) -> bool:
    """Whether the rounds can have been trained in the steps.

    A ledger sets a round's steps aside as a whole and never takes them back, so an honest one states at least these
    for each round. All rounds of a run are paid for by the same patients: a run trains on one dataset.
    """
    paid = [sum(found.steps for found in steps) for steps in statement.populations]
    rounds = statement.rounds.values()
    return sum(paid) >= sum(rounds) * steps_a_round and max(paid) >= max(rounds) * steps_a_round


def _is_the_studys(statement: PrivacyStatement, plan: PrivatePlan) -> bool:
    """Whether the steps' settings are the study's. There are others whose composition takes hours."""
    return all(
        found.sample_rate == plan.sample_rate
        and abs(found.noise_multiplier / plan.noise_multiplier - 1) <= _RECALIBRATED
        for steps in statement.populations
        for found in steps
    )


def _follows(statement: PrivacyStatement) -> bool:
    """Whether the patient who spent most lies between the costliest population and all of them together."""
    try:
        if any(_is_above(statement.epsilon, steps, statement.delta) for steps in set(statement.populations)):
            return False
        together = epsilon_of(_mechanisms(sum(statement.populations, ())), statement.delta)
    except (CloisterError, ArithmeticError, ValueError):
        return False
    return statement.epsilon <= together * (1 + _ROUNDING)


def _is_above(stated: float, steps: tuple[Steps, ...], delta: float) -> bool:
    """Whether a population spent more than is stated. Both accountants give upper bounds: the quick one may clear."""
    return all(
        epsilon_of(_mechanisms(steps), delta, accountant) * (1 - _ROUNDING) > stated for accountant in ("rdp", "pld")
    )


def _mechanisms(steps: tuple[Steps, ...]) -> list[Mechanism]:
    return [Mechanism(found.sample_rate, found.noise_multiplier, found.steps) for found in steps]
