"""The private training plan: one frozen value that ties sampling, clipping, noise and accounting together.

What runs at a site is built from the plan, and epsilon is a function of it, so the two cannot disagree. The unit is
the patient: two datasets are neighbours if one has one patient more, with any number of examples. In each step

1. every patient joins independently with probability `sample_rate` (Poisson sampling),
2. each one's gradient (the mean over the patient's drawn examples) is clipped to `max_grad_norm` and all are summed,
3. Gaussian noise with standard deviation `noise_multiplier * max_grad_norm` is added to every coordinate.

The sum changes by at most `max_grad_norm` if one patient is added, so that is the sensitivity, whether gradients are
clipped as a whole or layer by layer: it is derived, never given. (In bfloat16 it is one per cent more, and so is the
noise: see `precision`.) If the norm adapts, the count that it follows is part
of the mechanism: the sum gets more noise, so that both together cost what `noise_multiplier` says (see
`adaptive_clipping`), and epsilon is the same function of the plan. A step that samples nobody adds its noise and counts
like any other. Dividing by a public constant, optimizer steps, masking and averaging are post-processing. What the plan
does not cover: metrics computed on the same patients, choosing between several runs by their results, and a patient who
is treated at two sites (the two epsilons add).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from cloister.privacy.accounting import Mechanism, calibrate_noise, epsilon_of
from cloister.privacy.adaptive_clipping import gradient_noise_multiplier
from cloister.privacy.precision import ROUNDING
from cloister.study.errors import DataError, InputError, StudyError
from cloister.study.schema import MOST_PRIVATE_STEPS, AdaptiveClipping, Clipping, DpSgd, Precision, Study


@dataclass(frozen=True)
class PrivatePlan:
    """Patient-level DP-SGD with Poisson sampling, add/remove relation (Abadi et al. 2016, arXiv 1607.00133).

    Args:
        sample_rate: probability that a patient joins a step, in (0, 1].
        noise_multiplier: standard deviation of the noise in units of the sensitivity, positive; of sum and count
            together if the norm adapts.
        max_grad_norm: L2 norm to which a patient's gradient is clipped, over all trainable parameters together; the
            largest one if it adapts.
        steps: optimizer steps, from 1 to `MOST_PRIVATE_STEPS`.
        delta: in (0, 1); fixed by policy, well below one over the number of patients.
        clipping: gradients are shortened as a whole, or each layer to its share of the norm.
        adaptive: how the norm adapts, if it does.
        precision: what the model computes in.

    Raises:
        InputError: a value is impossible.
    """

    sample_rate: float
    noise_multiplier: float
    max_grad_norm: float
    steps: int
    delta: float
    clipping: Clipping = "flat"
    adaptive: AdaptiveClipping | None = None
    precision: Precision = "float32"

    def __post_init__(self) -> None:
        Mechanism(self.sample_rate, self.noise_multiplier, self.steps)
        if self.steps > MOST_PRIVATE_STEPS:
            raise InputError(
                f"{self.steps} steps: more than {MOST_PRIVATE_STEPS}.", "Take fewer rounds, or fewer steps in a round."
            )
        if not 0 < self.max_grad_norm < math.inf:
            raise InputError(
                f"max_grad_norm = {self.max_grad_norm}: must be positive and finite.",
                "Without a clipping norm one patient could change the sum by any amount.",
            )
        if not 0 < self.delta < 1:
            raise InputError(f"delta = {self.delta}: not in (0, 1).", "Use a delta such as 1e-5.")
        if self.adaptive is not None:
            gradient_noise_multiplier(self.noise_multiplier, self.adaptive.clipped_count_stddev)

    @classmethod
    def of_study(cls, study: Study, calibrated: float | None = None) -> PrivatePlan:
        """The plan of a whole study, for a site that joins every round.

        Where the study gives a target epsilon, the noise is calibrated so that all its steps together stay within.

        Args:
            study: one with differential privacy.
            calibrated: the noise multiplier that this gave before, for this very study.

        Raises:
            StudyError: the study does not train with differential privacy, or its target epsilon cannot be met.
            InputError: the count of clipped patients would use up all of the privacy.
        """
        privacy, rate = study.privacy, study.training.sample_rate
        if not isinstance(privacy, DpSgd) or rate is None:
            raise StudyError(
                f"study {study.name}: privacy.mechanism = {privacy.mechanism!r} has no privacy plan.",
                'Set privacy.mechanism = "dp-sgd" and training.sampling = "poisson".',
            )
        noise = privacy.noise_multiplier or calibrated or _calibrated(study, privacy, rate)
        norm, steps, precision = privacy.max_grad_norm, study.total_steps, study.training.precision
        return cls(rate, noise, norm, steps, privacy.delta, privacy.clipping, privacy.adaptive_clipping, precision)

    def for_steps(self, steps: int) -> PrivatePlan:
        """The same mechanism for another number of steps, such as those of one round."""
        return replace(self, steps=steps)

    def at_norm(self, norm: float) -> PrivatePlan:
        """The same mechanism with the clipping norm that one step has, where it adapts."""
        return replace(self, max_grad_norm=norm)

    @property
    def first_norm(self) -> float:
        """The clipping norm of the first step."""
        return self.max_grad_norm if self.adaptive is None else self.adaptive.initial_norm

    @property
    def mechanism(self) -> Mechanism:
        """What the accountants and the ledger need to know."""
        return Mechanism(self.sample_rate, self.noise_multiplier, self.steps)

    @property
    def sensitivity(self) -> float:
        """How much one patient more changes a step's clipped sum, in L2 norm, what rounding may add included."""
        return self.max_grad_norm * (1 + ROUNDING[self.precision])

    @property
    def gradient_noise_multiplier(self) -> float:
        """Noise of the clipped sum in units of its sensitivity: `noise_multiplier`, or more if the norm adapts."""
        if self.adaptive is None:
            return self.noise_multiplier
        return gradient_noise_multiplier(self.noise_multiplier, self.adaptive.clipped_count_stddev)

    @property
    def noise_standard_deviation(self) -> float:
        """Standard deviation of the noise added to every coordinate of a step's clipped sum."""
        return self.gradient_noise_multiplier * self.sensitivity

    def epsilon(self) -> float:
        """Epsilon of all steps: the figure to report (PLD)."""
        return epsilon_of([self.mechanism], self.delta, "pld")

    def rdp_epsilon(self) -> float:
        """Epsilon of all steps by the quick upper bound (RDP)."""
        return epsilon_of([self.mechanism], self.delta, "rdp")

    def expected_patients(self, patients: int) -> float:
        """How many of a site's patients join a step on average."""
        return self.sample_rate * patients

    def check_patients(self, patients: int) -> None:
        """Refuse a dataset that is too small for the plan, or too large for its delta.

        Raises:
            DataError: less than one patient joins a step on average, so nothing but noise would be learned; or delta
                is not below one over the patients, so that giving away one of them would count as private.
        """
        if self.expected_patients(patients) < 1:
            raise DataError(
                f"{patients} patients at sample_rate {self.sample_rate:g} are less than one a step; the plan needs "
                f"{math.ceil(1 / self.sample_rate)}.",
                "Collect more data, or raise training.sample_rate in a new study.",
            )
        if self.delta * patients >= 1:
            raise DataError(
                f"{patients} patients at delta {self.delta:g}: delta must be below 1/{patients}.",
                f"Set privacy.delta to {0.1 / patients:.0e} or less in a new study.",
            )

    def signal_to_noise(self, patients: int, parameters: int = 1) -> float:
        """How far a whole run's gradients can stand out of its noise, at the very best.

        The ratio of the mean of all steps' sums to the mean of their noises, both in L2 norm, if every patient's
        gradient were as long as the clipping norm and all pointed the same way in every step:
        `sample_rate * patients * sqrt(steps) / (gradient_noise_multiplier * sqrt(parameters))`. Real gradients reach
        a fraction of it. Below about 1 in a single direction (`parameters` = 1) nothing can be learned. The steps are
        those of one model: a plan for Ditto's two trainings is asked `for_steps` of one.

        Args:
            patients: how many the site has.
            parameters: trainable parameters; 1 for the best single direction.
        """
        aligned = self.expected_patients(patients) * math.sqrt(self.steps)
        return aligned / (self.gradient_noise_multiplier * math.sqrt(parameters))


def _calibrated(study: Study, privacy: DpSgd, rate: float) -> float:
    assert privacy.target_epsilon is not None  # noqa: S101 - the schema gives exactly one of the two
    try:
        return calibrate_noise(rate, study.total_steps, privacy.delta, privacy.target_epsilon)
    except StudyError as problem:
        raise StudyError(
            f"study {study.name}: privacy.target_epsilon = {privacy.target_epsilon:g} with rounds = {study.rounds} and "
            f"training.steps_per_round = {study.training.steps_per_round}: {problem.message}",
            problem.remedy,
        ) from None
