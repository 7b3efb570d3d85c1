"""A coordinator's Flower bundle, read in memory and never unpacked.

It may hold three files and nothing else: `pyproject.toml`, the signed study, and the list of contents that Flower adds.
Nothing in it is ever imported, and none of its names becomes a path. In this order, nothing being decompressed before
the third: size and hash; names, kinds and sizes of the files; the two texts, within their bounds.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import stat
import struct
import tomllib
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import Any, Final

from cloister.study.errors import BundleError, CodeInBundleError
from cloister.study.signed_study import SIGNED_STUDY_FILE

LARGEST: Final = 2 * 1024 * 1024
"""Bytes of a bundle."""
_PROJECT, _CONTENTS = "pyproject.toml", ".info/CONTENT"
# Ours have some 600 bytes and the coordinator's path, which may have 4096. TOML's keys take time by their square.
_LARGEST_FILE = {_PROJECT: 8 * 1024, _CONTENTS: 8 * 1024, SIGNED_STUDY_FILE: 1024 * 1024}
_HARMLESS = {".toml", ".json", ".jsonl", ".md", ".yaml", ".yml"}
_COMPONENTS = {"serverapp": "cloister.server.app:app", "clientapp": "cloister.client.app:app"}
_APP_KEYS = {"publisher", "fab-include", "components", "config", "fab-format-version"}
_PROJECT_KEYS = {"name", "version", "description", "license"}
_CONFIG_KEYS = {"coordinator-folder"}
_REMEDY = (
    "Nothing of it was unpacked or run. Ask the coordinator how the run was started; report it if it was not meant."
)


# Offsets may be beyond any number that a file can be sought by.
_BAD_ZIP = (
    *(zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError),
    *(ValueError, OverflowError, RecursionError, NotImplementedError),
)


def signed_study_in(bundle: bytes, sha256: str) -> bytes:
    """The signed study of a bundle, not yet verified.

    Args:
        bundle: the bundle's bytes.
        sha256: the hash under which Flower runs it, 64 hexadecimal digits.

    Raises:
        CodeInBundleError: it holds a file of a kind that could be run.
        BundleError: it is not exactly what Cloister makes of a signed study.
    """
    if len(bundle) > LARGEST:
        raise BundleError(f"The bundle has {len(bundle)} bytes; at most {LARGEST} are read.", _REMEDY)
    if not hmac.compare_digest(hashlib.sha256(bundle).hexdigest().encode(), sha256.encode()):
        raise BundleError("The bundle has another hash than the run it came with.", _REMEDY)
    try:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            _check_names(archive.infolist())
            texts = {name: _text(archive, name) for name in (_PROJECT, SIGNED_STUDY_FILE)}
        project = tomllib.loads(texts[_PROJECT].decode())
    except _BAD_ZIP:
        raise BundleError("The bundle cannot be read.", _REMEDY) from None
    _check_project(project)
    return texts[SIGNED_STUDY_FILE]


def _check_names(entries: list[zipfile.ZipInfo]) -> None:
    # `orig_filename`: `filename` is cut at a NUL and has its separators changed.
    names = [entry.orig_filename for entry in entries]
    for name in names:
        if name not in _LARGEST_FILE and PurePosixPath(name).suffix.lower() not in _HARMLESS:
            raise CodeInBundleError("The bundle holds a file that could be code.", _REMEDY)
    if sorted(names) != sorted(_LARGEST_FILE):
        raise BundleError("The bundle holds files beside the signed study.", _REMEDY)
    for entry in entries:
        mode = entry.external_attr >> 16
        if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
            raise BundleError("The bundle holds a link, or something else that is not a file.", _REMEDY)
        if entry.flag_bits & 1 or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise BundleError("The bundle holds a file that is packed in another way than Flower does.", _REMEDY)
        if entry.file_size > _LARGEST_FILE[entry.orig_filename]:
            raise BundleError("The bundle holds a file that is too large.", _REMEDY)


def _text(archive: zipfile.ZipFile, name: str) -> bytes:
    # What an entry says of its size need not be true.
    with archive.open(name) as file:
        content = file.read(_LARGEST_FILE[name] + 1)
    if len(content) > _LARGEST_FILE[name]:
        raise BundleError("The bundle holds a file that is too large.", _REMEDY)
    return content


def _check_project(project: dict[str, Any]) -> None:
    """Refuse a project that names other components than the installed ones, dependencies, or settings."""
    try:
        tool = project["tool"]
        app = tool["flwr"]["app"]
        valid = (
            project.keys() == {"project", "tool"}
            and tool.keys() == {"flwr"}
            and tool["flwr"].keys() == {"app"}
            and app.keys() <= _APP_KEYS
            and app["components"] == _COMPONENTS
            and app["config"].keys() <= _CONFIG_KEYS
            and project["project"].keys() <= _PROJECT_KEYS
        )
    except (KeyError, AttributeError, TypeError):
        valid = False
    if not valid:
        raise BundleError("The bundle's pyproject.toml is not the one that Cloister writes.", _REMEDY)
