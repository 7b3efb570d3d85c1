"""The one-run audit: an empirical lower bound on epsilon, from a single training with canary patients.

1. `Canaries.toss`, and `Canaries.join` them to the patients;
2. train a `CanaryModel` by `canary_loss`, its gradients passing a `CanaryObserver`, with everything else as always;
3. score the canaries, and `audit` the scores.

The guesses are that the canaries with the highest scores took part and that those with the lowest did not; the auditor
abstains on the rest. Several scores and numbers of guesses are tried, and the level is divided among them (Bonferroni).
A bound above the claim is evidence of a bug: a right implementation gives one with probability at most 1 - confidence.
A bound below the claim certifies nothing: the theorem is not tight, and only some faults are looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from cloister.privacy.audit.canaries import Canaries
from cloister.privacy.audit.canary_scores import Scores
from cloister.privacy.audit.one_run_bound import epsilon_lower_bound
from cloister.privacy.plan import PrivatePlan
from cloister.study.errors import InputError

_SHARES = (1 / 40, 1 / 16, 1 / 8, 1 / 4)
"""Guesses on one side, as parts of the canaries."""


@dataclass(frozen=True)
class Guesses:
    """Guesses about some of the canaries.

    Attributes:
        score: the name of the score that they follow.
        made: how many.
        correct: how many were right.
    """

    score: str
    made: int
    correct: int


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Attributes:
        claimed_epsilon: of the plan, by the accountant.
        delta: of the plan.
        lower_bound: epsilon is above this, unless chance misled: with probability at most 1 - `confidence`.
        confidence: in (0, 1), such as 0.95.
        canaries: how many there were, included or not.
        guesses: those that gave the bound.
    """

    claimed_epsilon: float
    delta: float
    lower_bound: float
    confidence: float
    canaries: int
    guesses: Guesses

    @property
    def exceeds_claim(self) -> bool:
        """Whether the claim is refuted."""
        return self.lower_bound > self.claimed_epsilon


def audit(plan: PrivatePlan, canaries: Canaries, scores: Mapping[str, Scores], confidence: float = 0.95) -> Audit:
    """Compare what can be told about the canaries with what the plan claims.

    Args:
        plan: all steps that the canaries were exposed to.
        canaries: with their coins.
        scores: (canaries,) each, by name, made without looking at the coins.
        confidence: in (0, 1).

    Raises:
        InputError: scores are missing, of another length or not numbers, or the confidence is impossible.
    """
    if not 0 < confidence < 1:
        raise InputError(f"confidence = {confidence}: not in (0, 1).", "Use a confidence such as 0.95.")
    for name, values in scores.items():
        if values.shape != (canaries.count,) or np.isnan(values).any():
            raise InputError(f"score {name!r}: not one number per canary.", "Train again; a model may have diverged.")
    tried = [guesses for name, values in scores.items() for guesses in _guesses(name, values, canaries)]
    if not tried:
        raise InputError("there are no scores to audit.", "Score the canaries first.")
    level = (1 - confidence) / len(tried)
    bounds = [epsilon_lower_bound(canaries.count, each.made, each.correct, plan.delta, level) for each in tried]
    best = int(np.argmax(bounds))
    return Audit(plan.epsilon(), plan.delta, bounds[best], confidence, canaries.count, tried[best])


def _guesses(name: str, scores: Scores, canaries: Canaries) -> Iterator[Guesses]:
    order = np.argsort(scores, kind="stable")
    for share in _SHARES:
        count = max(1, int(share * canaries.count))
        in_right = int(canaries.included[order[-count:]].sum())
        out_right = int((~canaries.included[order[:count]]).sum())
        yield Guesses(name, count, in_right)
        if 2 * count <= canaries.count:
            yield Guesses(name, 2 * count, in_right + out_right)
