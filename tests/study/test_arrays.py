"""A model travels as one vector, which is taken for no other model's."""

import numpy as np
import pytest
from flwr.supercore.inflatable.inflatable_object import get_all_nested_objects
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays_of

from cloister.study.arrays import CONTROL, PARAMETERS, Arrays, from_record, in_record, joined, to_record
from cloister.study.errors import UpdateRefusedError

FINITE = some.floats(-1e3, 1e3, width=32)
SHAPES = arrays_of.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
MODELS = some.dictionaries(
    some.text(min_size=1, max_size=12).filter(lambda name: not name.startswith(CONTROL)),
    arrays_of.arrays(np.float32, SHAPES, elements=FINITE),
    min_size=1,
    max_size=6,
)


def beside(model: Arrays) -> Arrays:
    """The model, and what SCAFFOLD sends with it."""
    return model | {CONTROL + name: -value for name, value in model.items()}


@given(MODELS, some.booleans())
def test_what_arrives_is_what_was_sent(model: Arrays, controlled: bool) -> None:
    sent = beside(model) if controlled else model
    arrived = from_record(to_record(sent), sent)
    assert arrived.keys() == sent.keys()
    for name, value in sent.items():
        np.testing.assert_array_equal(arrived[name], value, strict=True)


@given(MODELS)
def test_a_vector_is_one_that_numpy_reads(model: Arrays) -> None:
    (vector,) = to_record(model).values()
    np.testing.assert_array_equal(vector.numpy(), joined(model), strict=True)


@given(MODELS, MODELS)
def test_no_vector_fits_parameters_of_other_names_or_shapes(model: Arrays, other: Arrays) -> None:
    shapes, others = ({name: value.shape for name, value in each.items()} for each in (model, other))
    if shapes != others:
        with pytest.raises(UpdateRefusedError):
            from_record(to_record(model), other)


@given(MODELS)
def test_what_is_beside_a_model_is_not_taken_for_it(model: Arrays) -> None:
    both = to_record(beside(model))
    assert [name.partition("/")[0] + "/" for name in sorted(both)] == [CONTROL, PARAMETERS]
    for wanted, sent in ((model, beside(model)), (beside(model), model)):
        with pytest.raises(UpdateRefusedError):
            from_record(to_record(sent), wanted)


def test_arrays_in_a_record_are_there_once() -> None:
    model = {"a": np.ones((2, 3), np.float32), "b": np.zeros(4, np.float32)}
    record = to_record(model)
    (vector,) = record.values()
    memory = np.frombuffer(vector.data, np.uint8)
    for value in in_record(record, model).values():
        assert np.shares_memory(value, memory)
        assert not value.flags.writeable


def test_a_record_has_as_many_parts_however_many_parameters_a_model_has() -> None:
    """Flower asks the SuperLink for each part by itself, and the node again."""

    def parts(parameters: int) -> int:
        model = {f"layer.{number}": np.full(2, number, np.float32) for number in range(parameters)}
        return len(get_all_nested_objects(to_record(model)))

    assert parts(1) == parts(500)
