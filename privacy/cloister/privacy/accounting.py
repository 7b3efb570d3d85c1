"""What a sequence of private training steps costs: epsilon at a given delta.

The mechanism is the Poisson-subsampled Gaussian under the add/remove relation, one patient more or less. Its
privacy loss is composed over all steps, and over mechanisms that differ, exactly:

- `pld` is the figure that is reported: privacy loss distributions (dp-accounting), rounded pessimistically, so that
  it bounds the true epsilon from above by very little.
- `rdp` is the fast check: Renyi differential privacy at Opacus's default orders. It too is an upper bound, 5 to 15 %
  above the former where epsilon is of use. The divergence is integrated numerically (`renyi.py`), which agrees with
  Opacus at every order. dp-accounting agrees at whole orders; between them it bounds an alternating series by its
  absolute values and reports up to 0.1 % more.

Very many different settings are first rounded onto a grid of sampling rates and noises, rates up and noises down, until
few enough remain: that can only report more.

The Gaussian (central limit) accountant is not offered: it reports less than is spent. No amplification is claimed for
the sampling of sites.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from cloister.privacy.privacy_loss import PrivacyLoss
from cloister.privacy.renyi import epsilon_from_divergences, renyi_divergences
from cloister.study.errors import InputError, StudyError

Accountant = Literal["pld", "rdp"]

NOISE_MULTIPLIER_STEP = 0.001
"""Calibrated noise multipliers are multiples of this, so that equal mechanisms merge in a ledger."""
NOISE_MULTIPLIER_MINIMUM = 0.1
"""Calibration never goes below, however generous the target."""
NOISE_MULTIPLIER_LIMIT = 50.0
"""Calibration gives up above: the noise in every single coordinate would outweigh 50 patients that all agree."""

MOST_SETTINGS = 256
"""More different settings than this are rounded until no more are left; composing so many takes about 10 s."""

_COARSE, _FINE = 1e-3, 1e-4
_FINE_BELOW = 1.0
"""Discretisation of privacy losses: below this RDP epsilon the coarse one would round up by several per cent."""
_FINE_UP_TO = 64
"""Settings for which the fine one is affordable."""
_VACUOUS = 200.0
"""Above this RDP epsilon nobody is protected, and the RDP bound is reported: its distribution is too long to hold."""


@dataclass(frozen=True)
class Mechanism:
    """The Poisson-subsampled Gaussian mechanism, some number of times.

    Args:
        sample_rate: probability that a patient joins a step, from one in a billion to 1.
        noise_multiplier: standard deviation of the noise in units of the sensitivity, from a billionth to a billion.
        steps: how often, at least 1.

    Raises:
        InputError: a value is impossible.
    """

    sample_rate: float
    noise_multiplier: float
    steps: int

    def __post_init__(self) -> None:
        # Beyond these bounds, where nobody trains, the accountants' numbers overflow.
        if not 1e-9 <= self.sample_rate <= 1:
            raise InputError(f"sample_rate = {self.sample_rate}: not in [1e-9, 1].", "Give the true sampling rate.")
        if not 1e-9 <= self.noise_multiplier <= 1e9:
            raise InputError(
                f"noise_multiplier = {self.noise_multiplier}: not in [1e-9, 1e9].",
                "Without noise there is no privacy to account for.",
            )
        if self.steps < 1:
            raise InputError(f"steps = {self.steps}: must be at least 1.", "Count every optimizer step.")


def epsilon_of(mechanisms: Sequence[Mechanism], delta: float, accountant: Accountant = "pld") -> float:
    """Epsilon of all mechanisms together, for a patient who is exposed to every one of them.

    Args:
        mechanisms: in any order; equal settings are merged. None cost nothing.
        delta: in (0, 1).
        accountant: `pld` for the figure to report, `rdp` for the quick upper bound.

    Raises:
        InputError: delta is impossible.
    """
    if not 0 < delta < 1:
        raise InputError(f"delta = {delta}: not in (0, 1).", "Give a delta well below one over the patients.")
    segments = _few(merge(mechanisms))
    if not segments:
        return 0.0
    return _rdp_epsilon(segments, delta) if accountant == "rdp" else _pld_epsilon(segments, delta)


@lru_cache(maxsize=256)
def calibrate_noise(sample_rate: float, steps: int, delta: float, target_epsilon: float) -> float:
    """The smallest noise multiplier whose epsilon (PLD) over all steps is at most the target.

    Returns:
        A multiple of `NOISE_MULTIPLIER_STEP` between `NOISE_MULTIPLIER_MINIMUM` and `NOISE_MULTIPLIER_LIMIT`.

    Raises:
        StudyError: even `NOISE_MULTIPLIER_LIMIT` spends more.
        InputError: a value is impossible.
    """

    def fits(thousandths: int) -> bool:
        return spends(thousandths * NOISE_MULTIPLIER_STEP) <= target_epsilon

    def spends(noise_multiplier: float, accountant: Accountant = "pld") -> float:
        return epsilon_of([Mechanism(sample_rate, noise_multiplier, steps)], delta, accountant)

    if not 0 < target_epsilon < math.inf:
        raise InputError(f"target epsilon = {target_epsilon}: must be positive.", "Ask for an epsilon such as 3.")
    lowest, highest = _thousandths(NOISE_MULTIPLIER_MINIMUM), _thousandths(NOISE_MULTIPLIER_LIMIT)
    if not fits(highest):
        raise StudyError(
            f"target epsilon {target_epsilon:g} cannot be met in {steps} steps at sample rate {sample_rate:g} and "
            f"delta {delta:g}: even a noise multiplier of {NOISE_MULTIPLIER_LIMIT:g} spends "
            f"{spends(NOISE_MULTIPLIER_LIMIT):.3g}.",
            "Raise the target epsilon, or lower rounds, steps per round or the sample rate.",
        )
    # The quick bound gives a noise that is enough; what is needed is usually a few per cent less.
    enough = _bisect(lambda noise: spends(noise * NOISE_MULTIPLIER_STEP, "rdp") <= target_epsilon, lowest, highest)
    too_little = enough
    while too_little > lowest and fits(too_little):
        enough, too_little = too_little, max(lowest, int(0.85 * too_little))
    return round(_bisect(fits, too_little, enough) * NOISE_MULTIPLIER_STEP, 3)


def _bisect(fits: Callable[[int], bool], low: int, high: int) -> int:
    """The smallest number that fits, if fitting numbers follow those that do not; `high` if none below does."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle + 1, high)
    return high


def _thousandths(noise_multiplier: float) -> int:
    return round(noise_multiplier / NOISE_MULTIPLIER_STEP)


def merge(mechanisms: Iterable[Mechanism]) -> tuple[Mechanism, ...]:
    """The same mechanisms with equal settings added up, in a fixed order."""
    steps: Counter[tuple[float, float]] = Counter()
    for mechanism in mechanisms:
        steps[mechanism.sample_rate, mechanism.noise_multiplier] += mechanism.steps
    return tuple(Mechanism(*setting, count) for setting, count in sorted(steps.items()))


def privacy_loss(segments: Sequence[Mechanism], delta: float) -> PrivacyLoss | None:
    """The privacy loss distribution of all segments together; None where it would be too long to be of use."""
    bound = epsilon_of(segments, delta, "rdp")
    if not segments or bound > _VACUOUS:
        return None
    interval = _FINE if bound < _FINE_BELOW and len(segments) <= _FINE_UP_TO else _COARSE
    first, *others = segments
    loss = PrivacyLoss.of(first, interval)
    for segment in others:
        loss = loss.then(segment)
    return loss


def _few(segments: tuple[Mechanism, ...]) -> tuple[Mechanism, ...]:
    """At most `MOST_SETTINGS` segments that cost at least as much."""
    rounded, width = segments, 1e-3
    while len(rounded) > MOST_SETTINGS:
        rounded = _rounded_up(segments, width)
        width *= 2
    return rounded


def _rounded_up(segments: tuple[Mechanism, ...], width: float) -> tuple[Mechanism, ...]:
    """Rates up and noises down by at most a factor of exp(width), which can only raise epsilon, and equal ones merged.

    Counted from the highest rate and the lowest noise, so that a width beyond their range leaves one setting.
    """
    highest = max(segment.sample_rate for segment in segments)
    lowest = min(segment.noise_multiplier for segment in segments)

    def up(segment: Mechanism) -> Mechanism:
        rate = highest * math.exp(-width * math.floor(math.log(highest / segment.sample_rate) / width))
        noise = lowest * math.exp(width * math.floor(math.log(segment.noise_multiplier / lowest) / width))
        return Mechanism(max(rate, segment.sample_rate), min(noise, segment.noise_multiplier), segment.steps)

    return merge(up(segment) for segment in segments)


@lru_cache(maxsize=4096)
def _rdp_epsilon(segments: tuple[Mechanism, ...], delta: float) -> float:
    spent = sum(
        segment.steps * renyi_divergences(segment.sample_rate, segment.noise_multiplier) for segment in segments
    )
    return epsilon_from_divergences(spent, delta)


@lru_cache(maxsize=4096)
def _pld_epsilon(segments: tuple[Mechanism, ...], delta: float) -> float:
    bound = _rdp_epsilon(segments, delta)
    loss = privacy_loss(segments, delta)
    # Both are upper bounds. Only where epsilon is nearly zero does discretisation leave the distribution above RDP.
    return bound if loss is None else min(bound, loss.epsilon(delta))
