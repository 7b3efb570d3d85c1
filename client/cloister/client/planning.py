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


def most_epsilon(study: Study, plan: PrivatePlan, policy: Policy) -> float:
    """Epsilon above which a site does not train for a study: the stricter of what study and policy allow.

    Args:
        study: one with differential privacy.
        plan: the study's.
        policy: the site's.
    """
    return min(plan.for_steps(study.most_steps).epsilon(), policy.ceilings.epsilon_per_study)


@functools.lru_cache(maxsize=8)
def _plan(study: str) -> PrivatePlan:
    return PrivatePlan.of_study(Study.from_canonical(study))
