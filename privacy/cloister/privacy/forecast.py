"""What a private study will cost and can reach, before anybody trains: so that a hopeless one is never begun.

Three curves of epsilon: against rounds; against noise; and against the patients of a site, with as many of them in a
step as planned (more patients, smaller sampling rate). And the best signal-to-noise ratio that each site can have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cloister.privacy.plan import PrivatePlan
from cloister.privacy.trust_statement import TrustStatement

_NOISE_FACTORS = (0.7, 1.0, 1.4, 2.0, 4.0)
_PATIENT_FACTORS = (1.0, 2.0, 5.0, 10.0)
HOPELESS_BELOW, DOUBTFUL_BELOW = 1.0, 10.0
"""Signal to noise in one direction, all gradients aligned. Real ones are not."""


def forecast(
    trust: TrustStatement, rounds: int, steps_per_round: int, sites: Mapping[str, int], parameters: int | None
) -> dict[str, Any]:
    """The figures of a plan, ready for JSON.

    Args:
        trust: the plan of all rounds, and whose noise it is.
        rounds: how many.
        steps_per_round: of one model. A plan of more steps trains several on the same patients (Ditto): all of them
            cost privacy, and each model's signal is that of its own.
        sites: patients of each site that is known; the curve against patients is the smallest one's.
        parameters: how many are trained, for the ratio over all of them; None leaves it out.
    """
    whole = trust.plan
    one_model = whole.for_steps(rounds * steps_per_round)
    return {
        "schema_version": 1,
        "unit": "patient",
        "relation": "add or remove one patient",
        "sampling": "poisson",
        "sample_rate": whole.sample_rate,
        "noise_multiplier": whole.noise_multiplier,
        "delta": whole.delta,
        "rounds": rounds,
        "steps_per_round": steps_per_round,
        "trainings": whole.steps // one_model.steps,
        "epsilon": whole.epsilon(),
        "epsilon_rdp": whole.rdp_epsilon(),
        "trust": {
            "model": trust.trust,
            "noise_shares": trust.shares,
            "holds_against": trust.against,
            "statement": trust.sentences,
        },
        "by_rounds": _by_rounds(whole, rounds),
        "by_noise": _by_noise(whole),
        "by_patients": _by_patients(whole, min(sites.values())) if sites else [],
        "sites": [_site(one_model, name, patients, parameters) for name, patients in sites.items()],
    }


def _by_rounds(whole: PrivatePlan, rounds: int) -> list[dict[str, Any]]:
    steps = whole.steps // rounds
    return [{"rounds": number, **_epsilons(whole.for_steps(number * steps))} for number in _milestones(rounds)]


def _milestones(rounds: int) -> list[int]:
    """1, 2, 5, 10, 20, 50, ... and the last round."""
    steps = {leading * 10**power for power in range(len(str(rounds))) for leading in (1, 2, 5)}
    return sorted({step for step in steps if step < rounds} | {rounds})


def _by_noise(whole: PrivatePlan) -> list[dict[str, Any]]:
    plans = [replace(whole, noise_multiplier=factor * whole.noise_multiplier) for factor in _NOISE_FACTORS]
    return [{"noise_multiplier": plan.noise_multiplier, **_epsilons(plan)} for plan in plans]


def _by_patients(whole: PrivatePlan, patients: int) -> list[dict[str, Any]]:
    counts = sorted({max(1, round(factor * patients)) for factor in _PATIENT_FACTORS})
    rates = {count: min(1.0, whole.expected_patients(patients) / count) for count in counts}
    return [
        {"patients": count, "sample_rate": rate, **_epsilons(replace(whole, sample_rate=rate))}
        for count, rate in rates.items()
    ]


def _epsilons(plan: PrivatePlan) -> dict[str, float]:
    return {"epsilon": plan.epsilon(), "epsilon_rdp": plan.rdp_epsilon()}


def _site(plan: PrivatePlan, name: str, patients: int, parameters: int | None) -> dict[str, Any]:
    ratio = plan.signal_to_noise(patients)
    return {
        "site": name,
        "patients": patients,
        "patients_per_step": plan.expected_patients(patients),
        "empty_steps": (1 - plan.sample_rate) ** patients,
        "signal_to_noise": ratio,
        "signal_to_noise_all_parameters": None if parameters is None else plan.signal_to_noise(patients, parameters),
        "outlook": "hopeless" if ratio < HOPELESS_BELOW else "doubtful" if ratio < DOUBTFUL_BELOW else "possible",
    }
