"""The privacy loss distribution of composed mechanisms (Koskela et al. 2020; Sommer et al. 2019), by dp-accounting.

Every operation rounds pessimistically: losses up, cut-off tails to an infinite loss. So each epsilon is an upper
bound, however the composition was put together, and two orders of composing differ by no more than what was cut off.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from cloister.privacy.accounting import Mechanism

_TAIL = 1e-15
"""Probability mass that one composition may move to the infinite loss, to keep arrays short."""
_SPARSE_UP_TO = 1000
"""Steps from which on dp-accounting is given a dense distribution. It would make it one itself, but first it computes
the size to the power of the steps, as a whole number: 40 s for 10**8 steps."""


@dataclass(frozen=True)
class PrivacyLoss:
    """The loss of some mechanisms together, for one patient more or less. `PrivacyLoss.of` is the way in."""

    interval: float
    """Width of the grid of losses."""
    _distribution: Any

    @classmethod
    def of(cls, mechanism: Mechanism, interval: float) -> Self:
        """The loss of one mechanism with all its steps.

        Args:
            mechanism: what is done.
            interval: width of the grid of losses, such as 1e-3; a finer one is tighter and takes longer.
        """
        from dp_accounting.pld import privacy_loss_distribution

        one = privacy_loss_distribution.from_gaussian_mechanism(
            mechanism.noise_multiplier, value_discretization_interval=interval, sampling_prob=mechanism.sample_rate
        )
        if mechanism.steps > _SPARSE_UP_TO:
            one = privacy_loss_distribution.PrivacyLossDistribution(*[part.to_dense_pmf() for part in _parts(one)])
        return cls(interval, one.self_compose(mechanism.steps))

    def then(self, mechanism: Mechanism) -> PrivacyLoss:
        """The loss if the mechanism is done as well."""
        other = PrivacyLoss.of(mechanism, self.interval)
        return PrivacyLoss(self.interval, self._distribution.compose(other._distribution, tail_mass_truncation=_TAIL))

    def epsilon(self, delta: float) -> float:
        """The epsilon that holds at a delta."""
        return float(self._distribution.get_epsilon_for_delta(delta))

    def to_bytes(self) -> bytes:
        """Numbers only, for `from_bytes`: a line of JSON, then the probabilities."""
        parts = [part.to_dense_pmf() for part in _parts(self._distribution)]
        head = [[int(part._lower_loss), float(part._infinity_mass), len(part._probs)] for part in parts]
        line = json.dumps({"interval": self.interval, "parts": head}).encode() + b"\n"
        return line + b"".join(np.asarray(part._probs, dtype="<f8").tobytes() for part in parts)

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """What `to_bytes` wrote.

        Raises:
            ValueError: it did not write this.
        """
        from dp_accounting.pld import pld_pmf, privacy_loss_distribution

        line, _, numbers = content.partition(b"\n")
        head = json.loads(line)
        interval, parts, start = float(head["interval"]), [], 0
        for lower, infinity_mass, count in head["parts"]:
            probabilities = np.frombuffer(numbers, dtype="<f8", count=count, offset=start)
            parts.append(pld_pmf.DensePLDPmf(interval, lower, probabilities, infinity_mass, pessimistic_estimate=True))
            start += 8 * count
        return cls(interval, privacy_loss_distribution.PrivacyLossDistribution(*parts))


def _parts(whole: Any) -> list[Any]:
    """Losses of removing a patient and, if they differ, of adding one."""
    return [whole._pmf_remove] if whole._symmetric else [whole._pmf_remove, whole._pmf_add]
