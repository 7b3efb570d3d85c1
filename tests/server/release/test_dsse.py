"""Envelopes, against the specification's own example and an oracle written from its text."""

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as some

from cloister.server.dsse import open_envelope, pae, seal
from cloister.study.errors import EvidenceError

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
TYPE = "application/vnd.in-toto+json"


def public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes_raw().hex()


def test_what_is_signed_is_the_specifications_example() -> None:
    expected = b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    assert pae("http://example.com/HelloWorld", b"hello world") == expected


@given(some.binary(max_size=300), some.text(max_size=20))
def test_whoever_knows_the_specification_can_verify(payload: bytes, kind: str) -> None:
    try:
        kind.encode()
    except UnicodeEncodeError:
        return
    document = json.loads(seal(payload, kind, KEY))
    assert document.keys() == {"payload", "payloadType", "signatures"}
    body, name = base64.b64decode(document["payload"]), document["payloadType"].encode()
    message = b" ".join([b"DSSEv1", str(len(name)).encode(), name, str(len(body)).encode(), body])
    KEY.public_key().verify(base64.b64decode(document["signatures"][0]["sig"]), message)
    assert (body, name.decode()) == (payload, kind)


@given(some.binary(max_size=300))
def test_what_was_sealed_comes_back(payload: bytes) -> None:
    assert open_envelope(seal(payload, TYPE, KEY), TYPE, public(KEY)) == payload


@given(some.data())
def test_no_bit_of_an_envelope_can_change(data: some.DataObject) -> None:
    sealed = bytearray(seal(b'{"a": 1}', TYPE, KEY))
    place, bit = data.draw(some.integers(0, len(sealed) - 1)), data.draw(some.integers(0, 7))
    sealed[place] ^= 1 << bit
    with pytest.raises(EvidenceError):
        open_envelope(bytes(sealed), TYPE, public(KEY))


@given(some.binary(max_size=200))
def test_anything_else_is_refused_by_name(content: bytes) -> None:
    with pytest.raises(EvidenceError):
        open_envelope(content, TYPE, public(KEY))


@pytest.mark.parametrize(
    "envelope",
    [b"[]", b"{}", b'"x"', b"[" * 100_000, b'{"payload": 1, "signatures": [{}]}', b'{"payload": "", "signatures": []}'],
)
def test_other_json_is_refused_by_name(envelope: bytes) -> None:
    with pytest.raises(EvidenceError):
        open_envelope(envelope, TYPE, public(KEY))


def test_another_key_and_another_type_are_refused() -> None:
    with pytest.raises(EvidenceError):
        open_envelope(seal(b"x", TYPE, OTHER), TYPE, public(KEY))
    with pytest.raises(EvidenceError):
        open_envelope(seal(b"x", "text/plain", KEY), TYPE, public(KEY))


def test_nothing_can_stand_beside_what_is_signed() -> None:
    sealed = json.loads(seal(b"x", TYPE, KEY))
    for wider in ({**sealed, "comment": "x"}, {**sealed, "signatures": sealed["signatures"] * 2}):
        with pytest.raises(EvidenceError):
            open_envelope(json.dumps(wider).encode(), TYPE, public(KEY))
