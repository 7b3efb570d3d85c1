"""A study's private training plan as a site's policy sees it, before a record is read or an epsilon spent."""

from __future__ import annotations

import functools

from cloister.privacy.plan import PrivatePlan
from cloister.study.errors import RefusedByPolicyError
from cloister.study.policy import Policy
from cloister.study.schema import Study


def plan_at_site(study: Study, policy: Policy) -> PrivatePlan | None:
    """The plan of a study, with the noise that its target epsilon needs; None without differential privacy.

    The bounds that can be read off the study are `check_study`'s. What it leaves is the noise: only calibration shows
    what a target epsilon comes to.

    Raises:
        RefusedByPolicyError: the noise is below the policy's floor.
        StudyError: the target epsilon cannot be met.
    """
    if not study.is_private:
        return None
    plan, floor = _plan(study.canonical), policy.floors.noise_multiplier
    if plan.noise_multiplier < floor:
        raise RefusedByPolicyError(
            f"study {study.name}: its noise multiplier {plan.noise_multiplier:.3f} is below the policy's floor of "
            f"{floor}.",
            "Lower the target epsilon, or the number of steps; or have the policy changed.",
        )
    return plan


@functools.lru_cache(maxsize=8)
def _plan(study: str) -> PrivatePlan:
    return PrivatePlan.of_study(Study.from_canonical(study))
