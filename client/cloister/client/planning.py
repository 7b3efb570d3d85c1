"""A study's private training plan as a site's policy sees it, before a record is read or an epsilon spent.

To calibrate the noise takes seconds, and it depends on the study and the code alone: what a training message found is
kept for the later ones (`kept_result.py`).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import cast

from cloister.client.installed_code import installed_code
from cloister.client.kept_result import keep, kept_result
from cloister.client.site_folder import SiteFolder
from cloister.privacy.plan import PrivatePlan
from cloister.study.errors import RefusedByPolicyError
from cloister.study.policy import Policy
from cloister.study.schema import Study


@dataclass(frozen=True)
class BoundedPlan:
    """A study's plan, and what a site spends on it."""

    plan: PrivatePlan
    most_epsilon: float
    """Epsilon above which the site does not train for the study: the stricter of what study and policy allow."""


def plan_at_site(study: Study, policy: Policy) -> PrivatePlan | None:
    """The plan of a study, with the noise that its target epsilon needs; None without differential privacy.

    The bounds that can be read off the study are `check_study`'s. What it leaves is the noise: only calibration shows
    what a target epsilon comes to.

    Raises:
        RefusedByPolicyError: the noise is below the policy's floor.
        StudyError: the target epsilon cannot be met.
    """
    return _above_floor(_plan(study.canonical), study, policy) if study.is_private else None


def bounded_plan(site: SiteFolder, study: Study) -> BoundedPlan | None:
    """The same with its epsilon, for training; calibrated by the first message of a study.

    Raises:
        CloisterError: as `plan_at_site` says.
    """
    if not study.is_private:
        return None
    about = {"study": study.sha256, "code": installed_code()}
    kept = cast("dict[str, float] | None", kept_result(site, "plan", about))
    if kept is None:
        found = _plan(study.canonical)
        epsilon = found.for_steps(study.most_steps).epsilon()
        kept = {"noise_multiplier": found.noise_multiplier, "epsilon": epsilon}
        keep(site, "plan", about, kept)
    plan = _above_floor(PrivatePlan.of_study(study, kept["noise_multiplier"]), study, site.policy)
    return BoundedPlan(plan, min(kept["epsilon"], site.policy.ceilings.epsilon_per_study))


def _above_floor(plan: PrivatePlan, study: Study, policy: Policy) -> PrivatePlan:
    floor = policy.floors.noise_multiplier
    if plan.noise_multiplier < floor:
        raise RefusedByPolicyError(
            f"study {study.name}: its noise multiplier {plan.noise_multiplier:.3f} is below the policy's floor of "
            f"{floor}.",
            "Lower the target epsilon, or the number of steps; or have the policy changed.",
        )
    return plan


@functools.lru_cache(maxsize=8)
def _plan(study: str) -> PrivatePlan:
    """A study's plan, once in a process: in a simulation, for all sites."""
    return PrivatePlan.of_study(Study.from_canonical(study))
