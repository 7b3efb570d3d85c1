"""A parser of what comes from the network or from a file, with a genuine input to damage."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloister.study.canonical import canonical_json
from cloister.study.errors import CloisterError
from cloister.study.keys import SiteKey
from cloister.study.signed_document import sign

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEY = SiteKey(bytes(range(32)))
SIGNER = KEY.identity
"""Whoever signs something here."""
PUBLIC = SIGNER.public_key().public_bytes_raw().hex()
Read = Callable[[bytes, Path], object]


@dataclass(frozen=True)
class Parser:
    """What reads bytes, with the help of an empty folder, and what it may raise beside `CloisterError`."""

    genuine: bytes
    read: Read
    refusals: tuple[type[Exception], ...] = (CloisterError,)


Build = Callable[[Path], Parser]
"""Makes a parser; what it keeps lies in the folder given. Imports only what this parser needs."""


def file_reader(name: str, read: Callable[[Path], object]) -> Read:
    """For parsers that want a file."""
    return folder_reader(name, {}, lambda folder: read(folder / name))


def folder_reader(name: str, beside: Mapping[str, bytes], read: Callable[[Path], object]) -> Read:
    """For parsers that want a folder; the damaged file is one of several."""

    def of_bytes(data: bytes, folder: Path) -> object:
        for other, content in {**beside, name: data}.items():
            (folder / other).parent.mkdir(parents=True, exist_ok=True)
            (folder / other).write_bytes(content)
        found = read(folder)
        return list(found) if isinstance(found, Iterator) else found

    return of_bytes


def signed_again(document_format: str, data: bytes) -> bytes:
    """A document with this body: also what is genuinely signed may be nonsense. What cannot be signed, as it is."""
    try:
        return sign(document_format, json.loads(data), SIGNER)
    except (ValueError, RecursionError):
        return data


def signed(document_format: str, body: Mapping[str, Any], open_signed: Callable[[bytes], object]) -> Parser:
    """For signed documents, of which the body is damaged before it is signed."""
    return Parser(canonical_json(dict(body)), lambda data, _: open_signed(signed_again(document_format, data)))


def safetensors_reader(content: bytes, read: Callable[[Path], object], name: str = "a.safetensors") -> Parser:
    """For safetensors files, of which the header is damaged: its length always fits, or nothing else would be read."""
    length = int.from_bytes(content[:8], "little")
    header, arrays = content[8 : 8 + length], content[8 + length :]
    of_file = file_reader(name, read)
    return Parser(header, lambda data, folder: of_file(len(data).to_bytes(8, "little") + data + arrays, folder))


def all_of(*steps: Callable[[], object]) -> object:
    """Every step; then the first refusal, if there was one."""
    found, refusals = [], []
    for step in steps:
        try:
            found.append(step())
        except CloisterError as refusal:
            refusals.append(refusal)
    if refusals:
        raise refusals[0]
    return found


def site_key(number: int) -> Ed25519PrivateKey:
    """Keys of other sites, always the same."""
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
