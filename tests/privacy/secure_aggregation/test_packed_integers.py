"""Several integers in a word add up as if each had a word of its own, up to the bounds that the study sets."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.privacy.randomness import RandomStream
from cloister.privacy.secure_aggregation.packed_integers import LEVELS, PackedIntegers
from cloister.study.errors import InputError, UpdateRefusedError


def stream(*purpose: str) -> RandomStream:
    return RandomStream.seeded_for_simulation(1, *purpose)


@given(sites=st.integers(1, 258), values=st.integers(1, 40), seed=st.integers(0, 2**31))
def test_the_sum_of_the_words_is_the_words_of_the_sums(sites: int, values: int, seed: int) -> None:
    """Exactly: the values are levels, so nothing is rounded, and all sites add up. Extremes come often."""
    packed = PackedIntegers(1.0, sites)
    integers = np.random.default_rng(seed).choice([-packed.levels, -1, 0, 1, packed.levels], size=(sites, values))
    summed = np.zeros(packed.words(values), np.uint32)
    for row in integers:
        summed += packed.encode(row / packed.levels, stream(str(seed)))
    found = np.rint(packed.decode(summed)[:values].astype(np.float64) * packed.levels)
    np.testing.assert_array_equal(found, integers.sum(axis=0))


@pytest.mark.parametrize("sites", [1, 4, 5, 258])
@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_all_sites_at_the_bound_do_not_overflow(sites: int, sign: float) -> None:
    packed = PackedIntegers(2.5, sites)
    one = packed.encode(np.full(7, sign * 1e9), stream("bound"))
    found = packed.decode(one * np.uint32(sites))[:7]
    np.testing.assert_allclose(found, sign * 2.5 * sites, rtol=1e-6)


@pytest.mark.parametrize(("sites", "lanes"), [(1, 4), (2, 3), (4, 3), (5, 2), (258, 2)])
def test_words_are_fewer_than_values_and_levels_at_least_those_of_eight_bits(sites: int, lanes: int) -> None:
    packed = PackedIntegers(1.0, sites)
    assert (packed.lanes, packed.words(10)) == (lanes, -(-10 // lanes))
    assert packed.levels >= LEVELS
    assert packed.levels * sites < 2 ** (packed.bits - 1)


@pytest.mark.parametrize(("bound", "sites"), [(1.0, 259), (1.0, 0), (0.0, 3), (float("inf"), 3)])
def test_what_does_not_fit_is_refused(bound: float, sites: int) -> None:
    with pytest.raises(InputError):
        PackedIntegers(bound, sites)


def test_rounding_has_no_bias() -> None:
    """30,000 roundings of one value: six standard errors are passed with a probability of 2e-9."""
    packed = PackedIntegers(1.0, 4)
    found = packed.decode(packed.encode(np.full(30_000, 0.3), stream("bias"))).astype(np.float64)
    assert abs(found.mean() - 0.3) < 6 * 0.5 / packed.levels / np.sqrt(len(found))


def test_what_is_not_finite_is_refused() -> None:
    with pytest.raises(UpdateRefusedError):
        PackedIntegers(1.0, 3).encode(np.array([0.0, np.nan]), stream("nan"))
