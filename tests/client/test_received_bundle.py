"""Whatever arrives as a bundle, it is a signed study's text or a typed refusal, within bounded memory."""

import hashlib
import io
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.client.received_bundle import signed_study_in
from cloister.study.errors import BundleError
from cloister.study.printable import printable

PROJECT = """[project]
name = "study-0"
version = "0.1.0"

[tool.flwr.app]
publisher = "cloister"
fab-include = ["signed-study.json"]

[tool.flwr.app.components]
serverapp = "cloister.server.app:app"
clientapp = "cloister.client.app:app"

[tool.flwr.app.config]
coordinator-folder = "/srv/x"
"""


def zipped(study: bytes = b"{}", project: str = PROJECT) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("pyproject.toml", project)
        archive.writestr("signed-study.json", study)
        archive.writestr(".info/CONTENT", "")
    return buffer.getvalue()


HONEST = zipped()


def opened(bundle: bytes) -> bytes:
    return signed_study_in(bundle, hashlib.sha256(bundle).hexdigest())


@given(st.binary(max_size=2000))
def test_the_study_comes_out_as_it_went_in(study: bytes) -> None:
    assert opened(zipped(study)) == study


@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_refused_with_a_typed_error(bundle: bytes) -> None:
    with pytest.raises(BundleError):
        opened(bundle)


@given(edits=st.lists(st.tuples(st.integers(0, len(HONEST) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_bundle_is_refused_or_says_the_same(edits: list[tuple[int, int]]) -> None:
    damaged = bytearray(HONEST)
    for position, value in edits:
        damaged[position] = value
    try:
        assert opened(bytes(damaged)) == b"{}"
    except BundleError:
        return


@given(st.text(max_size=200))
def test_a_project_of_any_text_is_refused_with_a_typed_error(project: str) -> None:
    with pytest.raises(BundleError):
        opened(zipped(project=project))


def test_an_entry_beyond_the_end_of_all_files_is_refused() -> None:
    offset = struct.pack("<HHQ", 1, 8, 2**64 - 1)  # of ZIP64, in place of the entry's own
    at = HONEST.index(b"PK\x01\x02")
    after = at + 46 + len("pyproject.toml")
    (size,) = struct.unpack("<I", HONEST[-10:-6])
    entry = HONEST[at : at + 30] + struct.pack("<H", len(offset)) + HONEST[at + 32 : at + 42] + b"\xff" * 4
    rest = HONEST[after:-10] + struct.pack("<I", size + len(offset)) + HONEST[-6:]
    with pytest.raises(BundleError, match="cannot be read"):
        opened(HONEST[:at] + entry + HONEST[at + 46 : after] + offset + rest)


def test_a_bomb_takes_no_more_memory_than_its_bound() -> None:
    bomb = zipped(b" " * 16_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(BundleError, match="too large"):
            opened(bomb)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_project_that_would_take_seconds_to_read_is_too_large() -> None:
    with pytest.raises(BundleError, match="too large"):
        opened(zipped(project="a" + ".a" * 4096 + " = 1"))


def test_a_coordinators_folder_may_have_as_long_a_path_as_linux_has() -> None:
    assert opened(zipped(project=PROJECT.replace("/srv/x", "/é" * (4096 // 3)))) == b"{}"


@given(st.text())
def test_text_from_elsewhere_is_one_line_without_control_characters(text: str) -> None:
    assert printable(text).isprintable()
    assert not text.isprintable() or printable(text) == text
