"""Messages of the protocol as flat maps of strings, bytes and lists of them: what a Flower ConfigRecord can hold.

Whatever arrives is checked for form here, before any cryptography sees it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cloister.privacy.secure_aggregation.messages import Advertisement, Revealed
from cloister.study.errors import SecureAggregationError
from cloister.study.utf8 import has_utf8

Wire = dict[str, str | int | bytes | list[str] | list[bytes]]
SECURE, MASKED = "secure", "masked"
"""Names of the records that hold the protocol's messages and the masked vector."""
_LONGEST = 4096
"""Bytes: more than any key, share or signature has."""
_MOST = 65_536


def advertisements_to_wire(advertisements: Iterable[Advertisement]) -> Wire:
    """Advertisements as parallel lists."""
    ads = list(advertisements)
    return {
        "ad-sites": [ad.site for ad in ads],
        "ad-sealing-keys": [ad.sealing_key for ad in ads],
        "ad-mask-keys": [ad.mask_key for ad in ads],
        "ad-commitments": [ad.seed_commitment for ad in ads],
        "ad-signatures": [ad.signature for ad in ads],
    }


def advertisements_from_wire(wire: Mapping[str, object]) -> list[Advertisement]:
    """What `advertisements_to_wire` wrote; none if there are none.

    Raises:
        SecureAggregationError: the lists do not fit together.
    """
    names = ("ad-sealing-keys", "ad-mask-keys", "ad-commitments", "ad-signatures")
    sites = _strings(wire, "ad-sites")
    columns = [_bytes(wire, name, len(sites)) for name in names]
    return [Advertisement(site, *fields) for site, *fields in zip(sites, *columns, strict=True)]


def by_site_to_wire(prefix: str, values: Mapping[str, bytes]) -> Wire:
    """Bytes by site, such as sealed shares or signatures."""
    return {f"{prefix}-sites": list(values), f"{prefix}-values": list(values.values())}


def by_site_from_wire(prefix: str, wire: Mapping[str, object]) -> dict[str, bytes]:
    """What `by_site_to_wire` wrote; empty if there is nothing.

    Raises:
        SecureAggregationError: the lists do not fit together, or a site is named twice.
    """
    sites = _strings(wire, f"{prefix}-sites")
    values = _bytes(wire, f"{prefix}-values", len(sites))
    if len(set(sites)) != len(sites):
        raise _malformed(f"{prefix}-sites")
    return dict(zip(sites, values, strict=True))


def revealed_to_wire(revealed: Revealed) -> Wire:
    """A site's answer to `unmask`."""
    return {**by_site_to_wire("seed", revealed.seeds), **by_site_to_wire("mask-key", revealed.mask_keys)}


def revealed_from_wire(site: str, wire: Mapping[str, object]) -> Revealed:
    """What `revealed_to_wire` wrote.

    Raises:
        SecureAggregationError: it is something else.
    """
    return Revealed(site, by_site_from_wire("seed", wire), by_site_from_wire("mask-key", wire))


def text_from_wire(wire: Mapping[str, object], name: str) -> str:
    """A required string.

    Raises:
        SecureAggregationError: it is missing or too long.
    """
    value = wire.get(name)
    if not _is_text(value):
        raise _malformed(name)
    return str(value)


def bytes_from_wire(wire: Mapping[str, object], name: str) -> bytes:
    """A required byte string.

    Raises:
        SecureAggregationError: it is missing or too long.
    """
    value = wire.get(name)
    if not isinstance(value, bytes) or len(value) > _LONGEST:
        raise _malformed(name)
    return value


def names_from_wire(wire: Mapping[str, object], name: str) -> list[str]:
    """A list of names; empty if there is none.

    Raises:
        SecureAggregationError: it is something else.
    """
    return _strings(wire, name)


def _strings(wire: Mapping[str, object], name: str) -> list[str]:
    values = wire.get(name, [])
    if not isinstance(values, Sequence) or isinstance(values, str | bytes) or len(values) > _MOST:
        raise _malformed(name)
    if not all(_is_text(value) for value in values):
        raise _malformed(name)
    return list(values)


def _is_text(value: object) -> bool:
    """Not too long, and without halves of surrogate pairs, which nothing that is signed or hashed can hold."""
    return isinstance(value, str) and len(value) <= _LONGEST and has_utf8(value)


def _bytes(wire: Mapping[str, object], name: str, count: int) -> list[bytes]:
    values = wire.get(name, [])
    if not isinstance(values, Sequence) or isinstance(values, str | bytes) or len(values) != count:
        raise _malformed(name)
    if not all(isinstance(value, bytes) and len(value) <= _LONGEST for value in values):
        raise _malformed(name)
    return list(values)


def _malformed(name: str) -> SecureAggregationError:
    return SecureAggregationError(
        f"{name}: not what the protocol of secure aggregation sends.", "Run the same version of Cloister at both ends."
    )
