"""The mean of updates is the mean, whoever answers first."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cloister.strategies.averaging import RunningMean, weighted_mean
from cloister.study.errors import TooFewSitesError, UpdateRefusedError

sites = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=6, unique=True)
values = arrays.arrays(np.float32, (2, 3), elements=st.floats(-1e3, 1e3, width=32))


@given(st.data())
def test_the_mean_is_the_mean_in_any_order(data: st.DataObject) -> None:
    updates = {site: {"w": data.draw(values)} for site in data.draw(sites)}
    weights = {site: data.draw(st.floats(0.1, 10)) for site in updates}
    found = weighted_mean(updates, weights)["w"]
    shuffled = dict(data.draw(st.permutations(list(updates.items()))))
    assert weighted_mean(shuffled, weights)["w"].tobytes() == found.tobytes()
    stacked = np.stack([updates[site]["w"] for site in updates]).astype(np.float64)
    expected = np.average(stacked, axis=0, weights=[weights[site] for site in updates])
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-4)


def test_weights_are_normalised_over_those_who_answered() -> None:
    one = {"a": {"w": np.ones((1,), np.float32)}}
    assert weighted_mean(one, {"a": 5.0, "absent": 100.0})["w"] == 1.0


def test_nobody_is_no_mean() -> None:
    with pytest.raises(TooFewSitesError):
        weighted_mean({})


@given(arrays.arrays(np.float32, (4, 9), elements=st.floats(-1e4, 1e4, width=32)))
def test_each_value_of_the_mean_is_the_float32_nearest_to_the_true_one(rows: np.ndarray) -> None:
    """The oracle adds rational numbers. 2^-46 is the unit of four sites: two halves of it are all that may be lost."""
    running = RunningMean({"w": rows[0]}, 4)
    for row in rows:
        running.add({"w": row})
    for found, column in zip(running.mean()["w"], rows.T, strict=True):
        true = sum(map(Fraction, column.tolist()), start=Fraction()) / 4
        allowed = Fraction(float(np.spacing(np.abs(found)))) / 2 + Fraction(1, 2**46)
        assert abs(Fraction(float(found)) - true) <= allowed


@pytest.mark.parametrize("bad", [1.1e4, -1.1e4, 3e38])
def test_an_update_beyond_all_updates_leaves_no_trace(bad: float) -> None:
    like = {"v": np.ones(3, np.float32), "w": np.ones(2, np.float32)}
    running = RunningMean(like, 3)
    running.add(like)
    with pytest.raises(UpdateRefusedError, match="w: holds values beyond"):
        running.add({**like, "w": np.array([0, bad], np.float32)})
    running.add({name: 3 * value for name, value in like.items()})
    assert {name: value.tolist() for name, value in running.mean().items()} == {"v": [2.0] * 3, "w": [2.0] * 2}


def test_as_many_sites_as_were_said_cannot_overflow() -> None:
    largest = {"w": np.full(2, 1e4, np.float32)}
    running = RunningMean(largest, 300)
    for _ in range(300):
        running.add(largest)
    assert running.mean()["w"].tolist() == [1e4, 1e4]
