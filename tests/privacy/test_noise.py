"""Noise on a clipped sum."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy import stats

from cloister.privacy.noise import GaussianNoise
from cloister.privacy.randomness import RandomStream
from cloister.study.errors import InputError


def test_every_coordinate_gets_independent_noise_of_the_planned_size() -> None:
    # Fixed seed; each of the two tests fails for 0.1 % of seeds.
    noise = GaussianNoise(RandomStream.seeded_for_simulation(3, "noise"))
    noisy = noise.add_to({"a": torch.full((100, 200), 5.0), "b": torch.zeros(20_000)}, 0.8)
    first, second = noisy["a"].flatten().numpy(), noisy["b"].numpy()
    assert stats.kstest(np.concatenate([first - 5.0, second]) / 0.8, "norm").pvalue > 1e-3
    assert stats.pearsonr(first, second).pvalue > 1e-3


def test_one_step_never_repeats_the_noise_of_another() -> None:
    sums = {"a": torch.zeros(3)}
    noise = GaussianNoise()
    draws = [noise.add_to(sums, 1.0), noise.add_to(sums, 1.0), GaussianNoise().add_to(sums, 1.0)]
    assert len({tuple(draw["a"].tolist()) for draw in draws}) == 3


def test_a_seed_set_before_each_round_does_not_repeat_the_noise() -> None:
    draws = []
    for _ in range(2):
        torch.manual_seed(42)
        draws.append(tuple(GaussianNoise().add_to({"a": torch.zeros(3)}, 1.0)["a"].tolist()))
    assert draws[0] != draws[1]


def test_the_sum_itself_is_left_alone_and_types_and_shapes_are_kept() -> None:
    sums = {"scalar": torch.tensor(1.0, dtype=torch.float64), "matrix": torch.zeros(2, 3), "empty": torch.zeros(0)}
    before = {name: value.clone() for name, value in sums.items()}
    noisy = GaussianNoise().add_to(sums, 1.0)
    for name, value in sums.items():
        assert torch.equal(value, before[name])
        assert (noisy[name].shape, noisy[name].dtype) == (value.shape, value.dtype)


@pytest.mark.parametrize("deviation", [0.0, -1.0, float("inf"), float("nan")])
def test_there_is_no_such_thing_as_no_noise(deviation: float) -> None:
    with pytest.raises(InputError):
        GaussianNoise().add_to({"a": torch.zeros(1)}, deviation)
