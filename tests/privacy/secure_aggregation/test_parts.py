"""Fixed point, secret sharing and masks, each against an independent way of saying it."""

import itertools
import math

import numpy as np
import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.privacy.randomness import RandomStream
from cloister.privacy.secure_aggregation import shamir
from cloister.privacy.secure_aggregation.fixed_point import FixedPoint
from cloister.privacy.secure_aggregation.masks import add_mask, pair_key
from cloister.privacy.secure_aggregation.thresholds import survivors_needed, threshold_of
from cloister.study.errors import InputError, SecureAggregationError, UpdateRefusedError


def stream(seed: int) -> RandomStream:
    return RandomStream.seeded_for_simulation(seed, "test")


@given(
    bound=st.floats(1e-3, 1e3),
    sites=st.integers(1, 300),
    extreme=st.sampled_from([1.0, -1.0, 0.5, 1e6, -1e6]),
)
def test_sums_of_extremes_never_overflow(bound: float, sites: int, extreme: float) -> None:
    """All sites send the same value, at or beyond the bound: the decoded sum is that of the clipped values."""
    encoding = FixedPoint(bound, sites)
    one = encoding.encode(np.array([extreme * bound]), stream(1))
    summed = (one.astype(np.uint64) * np.uint64(sites) % np.uint64(2**32)).astype(np.uint32)
    expected = sites * float(np.clip(extreme, -1, 1)) * bound
    assert encoding.decode(summed)[0] == pytest.approx(expected, rel=1e-6, abs=sites * bound / encoding.levels)


def test_rounding_is_unbiased() -> None:
    """The mean of 200,000 roundings of 0.3 levels: 5 standard errors, false alarm once in 1.7 million runs."""
    encoding = FixedPoint(1.0, 100)
    values = np.full(200_000, 0.3 / encoding.levels)
    mean = float(encoding.encode(values, stream(2)).astype(np.int32).mean())
    assert abs(mean - 0.3) < 5 * math.sqrt(0.3 * 0.7 / 200_000)


def test_what_is_not_finite_is_refused() -> None:
    for bad in (math.nan, math.inf):
        with pytest.raises(UpdateRefusedError):
            FixedPoint(1.0, 3).encode(np.array([0.0, bad]), stream(3))


@settings(max_examples=50)
@given(secret=st.binary(min_size=32, max_size=32), shares=st.integers(1, 8), data=st.data())
def test_every_choice_of_enough_shares_gives_the_secret_back(secret: bytes, shares: int, data: st.DataObject) -> None:
    threshold = data.draw(st.integers(1, shares))
    made = shamir.split(secret, threshold, shares)
    for chosen in itertools.islice(itertools.combinations(range(shares), threshold), 20):
        assert shamir.join({place + 1: made[place] for place in chosen}) == secret


def test_fewer_shares_fit_every_secret() -> None:
    """For any two shares of three needed and any secret there is a polynomial: the third share is found for each."""
    made = shamir.split(b"s" * 32, 3, 5)
    for guess in (bytes(32), b"g" * 32, b"\xff" * 32):
        # The value at 3 of the parabola through (0, guess), (1, share 1), (2, share 2).
        y0, y1, y2 = int.from_bytes(guess), int.from_bytes(made[0]), int.from_bytes(made[1])
        third = (y0 - 3 * y1 + 3 * y2) % shamir.PRIME
        fitting = {1: made[0], 2: made[1], 3: third.to_bytes(shamir.SHARE_BYTES)}
        assert shamir.join(fitting) == guess


def test_the_field_is_prime() -> None:
    """Miller and Rabin with 64 bases: a composite passes with probability 4^-64."""
    n, odd, twos = shamir.PRIME, shamir.PRIME - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in range(2, 66):
        x = pow(base, odd, n)
        assert x in (1, n - 1) or any((x := x * x % n) == n - 1 for _ in range(twos - 1))


def test_a_mask_is_the_ciphers_key_stream_and_comes_off_again() -> None:
    key, length = b"k" * 32, 3_000_001
    vector = np.zeros(length, np.uint32)
    add_mask(vector, key, 1)
    whole = Cipher(AES(key), CTR(bytes(16))).encryptor().update(bytes(4 * length))
    np.testing.assert_array_equal(vector, np.frombuffer(whole, "<u4"))
    add_mask(vector, key, -1)
    assert not vector.any()


def test_a_key_of_small_order_is_refused() -> None:
    with pytest.raises(SecureAggregationError):
        pair_key(b"p" * 32, bytes(32), "mask", "run", 1, ("a", "b"))


def test_more_than_half_of_the_sites_and_of_the_colluding_ones_give_a_secret_back() -> None:
    assert [threshold_of(sites, 0) for sites in (2, 3, 4, 5, 100)] == [2, 2, 3, 3, 51]
    assert threshold_of(10, 3) == 7
    for sites, colluding in ((3, 2), (4, -1)):
        with pytest.raises(InputError):
            threshold_of(sites, colluding)


@pytest.mark.parametrize(
    ("sites", "cohort", "minimum", "colluding", "needed"),
    [
        (3, 3, 2, 0, 2), (4, 4, 3, 0, 3), (5, 5, 2, 0, 3), (5, 5, 3, 0, 4), (10, 10, 3, 0, 6), (10, 10, 8, 0, 9),
        (10, 8, 3, 0, 6), (10, 5, 3, 0, 6), (12, 12, 5, 0, 8), (12, 12, 5, 2, 8), (100, 100, 2, 0, 51),
    ],
)  # fmt: skip
def test_the_survivors_that_a_sum_needs(sites: int, cohort: int, minimum: int, colluding: int, needed: int) -> None:
    assert survivors_needed(sites, cohort, minimum, colluding) == needed
