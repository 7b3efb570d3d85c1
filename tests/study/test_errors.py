"""Errors cross the network as numbers that mean the same at both ends."""

from cloister.study.errors import CloisterError, text_of_wire_code


def every_error(kind: type[CloisterError] = CloisterError) -> list[type[CloisterError]]:
    return [kind, *(found for child in kind.__subclasses__() for found in every_error(child))]


def test_every_code_is_its_own_both_ways() -> None:
    errors = every_error()
    assert len({error.wire_code for error in errors}) == len(errors)
    assert len({error.code for error in errors}) == len(errors)
    assert all(text_of_wire_code(error.wire_code) == error.code for error in errors)


def test_a_number_of_others_is_said_to_be_unknown() -> None:
    assert text_of_wire_code(7) == "unknown-7"
    assert {text_of_wire_code(code) for code in (-1, 10**9, -(2**63))} == {"unknown"}
