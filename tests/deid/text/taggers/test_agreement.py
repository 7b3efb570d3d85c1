"""Two taggers that doubt the same token are surer together than either alone; one that hears nothing is no voice."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.text.taggers.agreement import HEARD, MOST, in_agreement

PROBABILITIES = st.lists(st.tuples(st.floats(0, 1, width=32), st.floats(0, 1, width=32)), min_size=1, max_size=20)


@given(PROBABILITIES)
def test_agreement_lifts_what_both_doubt_and_no_more(pairs: list[tuple[float, float]]) -> None:
    one, other = (np.array(side, np.float32) for side in zip(*pairs, strict=True))
    together = in_agreement([one, other])
    heard = np.minimum(one, other) >= HEARD
    assert (together[heard] >= np.minimum(np.maximum(one, other), MOST)[heard] - 1e-6).all()
    assert ((together >= 0) & (together <= MOST)).all()
    assert not together[~heard].any()


def test_two_independent_errors_multiply() -> None:
    together = in_agreement([np.array([0.3, 0.9], np.float32), np.array([0.4, 0.05], np.float32)])
    np.testing.assert_allclose(together, [1 - 0.7 * 0.6, 0.0], atol=1e-6)
