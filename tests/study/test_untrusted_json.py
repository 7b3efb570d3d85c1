"""Whatever is wrong with JSON from outside is a ValueError, and nothing that is read can be too deep to walk."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.study.canonical import canonical_json
from cloister.study.untrusted_json import DEEPEST, parse_json

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_json_is_read_as_it_was_written(value: object) -> None:
    assert parse_json(json.dumps(value)) == parse_json(json.dumps(value).encode()) == value


@given(st.text() | st.binary())
def test_anything_else_is_a_value_error(content: str | bytes) -> None:
    try:
        parse_json(content)
    except ValueError:
        return
    json.loads(content)


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_depth_is_bounded(opening: str, closing: str) -> None:
    def nested(depth: int) -> str:
        return opening * depth + "1" + closing * depth

    canonical_json(parse_json(nested(DEEPEST)))
    for depth in (DEEPEST + 1, 900, 100_000):
        with pytest.raises(ValueError, match="too deep"):
            parse_json(nested(depth))


def test_a_number_of_very_many_digits_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="digits"):
        parse_json("9" * 10_000)
