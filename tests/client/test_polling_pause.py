"""The longer nothing came, the seldomer one looks."""

from hypothesis import given
from hypothesis import strategies as st

from cloister.client.polling_pause import polling_pause


@given(st.floats(0, 1e9), st.floats(0.1, 1e3))
def test_a_pause_is_within_its_bounds_and_in_proportion(quiet: float, longest: float) -> None:
    pause = polling_pause(quiet, longest)
    assert 0.05 <= pause <= longest
    assert pause <= max(0.05, quiet / 8)
