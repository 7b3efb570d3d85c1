"""The mean of updates is the mean, whoever answers first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from cloister.strategies.averaging import weighted_mean
from cloister.study.errors import TooFewSitesError

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
