"""Streams of random numbers: distribution, independence, and who can repeat them."""

from __future__ import annotations

import os

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cloister.privacy.randomness import RandomStream


def seeded(*purpose: str) -> RandomStream:
    return RandomStream.seeded_for_simulation(11, *purpose)


@pytest.mark.parametrize(("draw", "law"), [("uniform", "uniform"), ("normal", "norm")])
def test_numbers_follow_their_law(draw: str, law: str) -> None:
    # Kolmogorov-Smirnov with a fixed seed: passes or fails for good; 0.1 % of seeds would fail.
    numbers = getattr(seeded("law"), draw)(200_001)
    assert len(numbers) == 200_001
    assert stats.kstest(numbers, law).pvalue > 1e-3


def test_neighbouring_normal_numbers_are_uncorrelated() -> None:
    # Box-Muller makes them in pairs. Fixed seed; 0.1 % of seeds would fail (|correlation| sqrt(n) > 3.3).
    numbers = seeded("pairs").normal(100_000)
    correlation = np.corrcoef(numbers[:-1], numbers[1:])[0, 1]
    assert abs(correlation) * len(numbers) ** 0.5 < 3.3


def test_tails_reach_beyond_what_float32_uniforms_could_give() -> None:
    # A 24-bit uniform can give no normal above 5.8; 4e6 numbers exceed 4.9 with probability 0.85 (fixed seed).
    assert np.abs(seeded("tails").normal(4_000_000)).max() > 4.9


@given(st.lists(st.integers(0, 50), min_size=1, max_size=6))
def test_a_stream_is_one_sequence_however_it_is_cut(sizes: list[int]) -> None:
    parts = seeded("cut")
    drawn = np.concatenate([parts.uniform(size) for size in sizes])
    np.testing.assert_array_equal(drawn, seeded("cut").uniform(sum(sizes)))


def test_streams_for_different_purposes_differ_and_words_do_not_run_together() -> None:
    streams = [seeded("noise", "1", "2"), seeded("noise", "12"), seeded("noise1", "2"), seeded("sampling", "1", "2")]
    assert len({stream.uniform(4).tobytes() for stream in streams}) == 4


def test_no_seed_of_torch_or_numpy_repeats_the_systems_stream() -> None:
    draws = []
    for _ in range(2):
        torch.manual_seed(0)
        np.random.seed(0)
        draws.append(RandomStream.from_system().normal(4).tobytes())
    assert draws[0] != draws[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_process_does_not_repeat_its_parents_noise() -> None:
    stream = RandomStream.from_system()
    stream.uniform(1)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        os.write(writer, stream.uniform(4).tobytes())
        os._exit(0)
    os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as pipe:
        os.close(writer)
        assert pipe.read() != stream.uniform(4).tobytes()
