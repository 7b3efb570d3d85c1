"""A signed document says who wrote what kind of document; every altered, mixed up or malformed one is refused."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from cloister.study.errors import EnrolmentError
from cloister.study.signed_document import LARGEST, open_signed, sign

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
FORMAT = "cloister/example/1"
PUBLIC = KEY.public_key().public_bytes_raw().hex()
bodies = st.dictionaries(
    st.text(max_size=5),
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(max_size=5).filter(lambda text: text.isprintable()),
        lambda inner: st.lists(inner, max_size=3),
        max_leaves=5,
    ),
    max_size=4,
)


def opened(content: bytes, signer: str | None = PUBLIC) -> tuple[dict[str, Any], str]:
    return open_signed(content, FORMAT, EnrolmentError, "the document", signer)


@given(bodies)
def test_what_was_signed_is_what_is_opened(body: dict[str, Any]) -> None:
    assert opened(sign(FORMAT, body, KEY)) == (body, PUBLIC)


def test_the_signature_is_plain_ed25519_over_format_and_canonical_body() -> None:
    """An independent reader needs nothing of ours."""
    document = json.loads(sign(FORMAT, {"b": 1, "a": "ü"}, KEY))
    message = b"cloister/example/1\n" + '{"a":"ü","b":1}'.encode()
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(document["public_key"]))
    key.verify(bytes.fromhex(document["signature"]), message)


@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_flipped_bit_changes_what_is_opened(position: int, bit: int) -> None:
    content = bytearray(sign(FORMAT, {"site": "north", "epsilon": 1.5}, KEY))
    content[position % len(content)] ^= 1 << bit
    try:
        body, signer = opened(bytes(content))
    except EnrolmentError:
        return
    assert (body, signer) == ({"site": "north", "epsilon": 1.5}, PUBLIC)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_bytes_of_any_kind_are_refused_with_a_typed_error(content: bytes) -> None:
    with pytest.raises(EnrolmentError):
        opened(content)


def altered(**changes: object) -> bytes:
    return json.dumps({**json.loads(sign(FORMAT, {"a": 1}, KEY)), **changes}).encode()


@pytest.mark.parametrize(
    "content",
    [
        altered(body={"a": 2}),
        altered(format="cloister/example/2"),
        altered(extra=1),
        altered(public_key=OTHER.public_key().public_bytes_raw().hex()),
        altered(public_key=PUBLIC.upper()),
        altered(public_key=7),
        altered(signature="00" * 64),
        altered(signature="zz"),
        altered(body=[1]),
        altered(body={"a": float("nan")}),
        sign("cloister/example/2", {"a": 1}, KEY),
        sign(FORMAT, {"a": 1}, OTHER),
        sign(FORMAT, {"a": "x" * LARGEST}, KEY),
        b"[" * 200_000,
        b'{"body":' * 100_000,
        b'{"format": ' + b"9" * 10_000 + b"}",
    ],
    ids=[
        "body", "format", "extra key", "other key", "upper case", "key no text", "signature", "no hex", "no object",
        "not a number", "signed as another kind", "signed by another", "too large", "deep list", "deep object", "long",
    ],
)  # fmt: skip
def test_attacks_on_the_form(content: bytes) -> None:
    with pytest.raises(EnrolmentError):
        opened(content)


def test_without_a_known_signer_the_one_in_the_document_is_told() -> None:
    assert opened(sign(FORMAT, {}, OTHER), None) == ({}, OTHER.public_key().public_bytes_raw().hex())
