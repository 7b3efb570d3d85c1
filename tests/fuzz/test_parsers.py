"""No input, however damaged, gets more out of a parser than a value or its typed refusal.

The genuine input is damaged by random edits of a fixed seed. `pytest -m heavy tests/fuzz` goes on for a while with each
parser; `CLOISTER_FUZZ_SECONDS=600` says how long.
"""

import os
import random
import shutil
import time
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.fuzz.conftest import Parser

SECONDS = float(os.environ.get("CLOISTER_FUZZ_SECONDS", "10"))
FEW = 60
NASTY = (
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\r", b"\n", b'"', b"'", b"\\", b"{", b"}", b"[" * 3000, b"(" * 3000,
    b"-1", b"0", b"1e999", b"NaN", b"9" * 40, b"9" * 5000, b"null", b"true", b"../../etc/passwd", b"%00", b"&#x110000;",
    b"<!ENTITY a 'b'>", b"\\ud800", b"\xc3", b"=?utf-8?b?/w==?=", b"\\u-70000 ", b"\\bin99999999 ", b"|", b"^", b"~",
)  # fmt: skip
"""What parsers stumble over: depth, size, signs of their own syntax, halves of characters."""

NAMES = (
    "study", "signed study", "policy", "site.toml", "coordinator.toml", "site key", "bundle", "envelope", "arrays",
    "ledger", "audit log", "notes", "patients", "detectors", "hl7", "fhir", "csv", "parquet", "brat", "i2b2",
    "presidio-research", "spans", "html", "rtf", "mail", "image's identity", "image", "manifest",
    "dataset: manifest.json", "dataset: certificate.json", "dataset: table.parquet", "dataset: population.sealed",
    "dataset: quarantine.jsonl",
)  # fmt: skip


def damaged(genuine: bytes, chance: random.Random) -> bytes:
    """One to six edits: a byte, a bit, a piece cut out, doubled, moved or put in."""
    data = bytearray(genuine)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 2, 4, 8, 64, 1024)))
        match chance.randrange(6):
            case 0:
                data[at:at] = chance.choice(NASTY)
            case 1:
                data[at:end] = chance.choice(NASTY)
            case 2:
                del data[at:end]
            case 3:
                data[at:at] = data[at:end]
            case 4 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case _:
                data = data[:at] if chance.random() < 0.2 else data + data[at:end]
    return bytes(data)


def try_once(parser: "Parser", folder: Path, chance: random.Random) -> None:
    data = damaged(parser.genuine, chance)
    place = folder / "try"
    place.mkdir()
    try:
        with warnings.catch_warnings():
            # pydicom warns of what it then reads or refuses.
            warnings.simplefilter("ignore")
            parser.read(data, place)
    except parser.refusals:
        pass
    except BaseException:
        (folder / "input").write_bytes(data)
        raise
    shutil.rmtree(place)


def test_every_parser_is_tried(parsers: Mapping[str, "Parser"]) -> None:
    assert set(NAMES) == set(parsers)


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_input_is_read_or_refused(name: str, parsers: Mapping[str, "Parser"], tmp_path: Path) -> None:
    parsers[name].read(parsers[name].genuine, tmp_path)
    chance = random.Random(f"{name} {0}")
    for _ in range(FEW):
        try_once(parsers[name], _fresh(tmp_path), chance)


@pytest.mark.heavy
@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_input_is_read_or_refused_for_long(
    name: str, parsers: Mapping[str, "Parser"], tmp_path: Path
) -> None:
    chance = random.Random(f"{name} {1}")
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try_once(parsers[name], _fresh(tmp_path), chance)


def _fresh(folder: Path) -> Path:
    place = folder / "damaged"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    return place
