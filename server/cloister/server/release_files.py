"""The files of a release, as a folder or one zip file: written whole, and read as if somebody hostile had made them.

Names are relative paths of plain characters, so none can lead out of the release. Nothing is unpacked. In a folder
every entry must be a plain file or a folder that holds one; links are refused. A zip file must be, byte for byte, the
one that is written here for its files: stored, in the order of their names, without dates, comments or gaps. So nothing
in it is beyond the digests, and it cannot be larger once it is read.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
import re
import secrets
import shutil
import stat
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol

from cloister.study import atomic
from cloister.study.errors import EvidenceError, InputError, MissingFileError
from cloister.study.printable import printable

MOST_FILES = 4096
LARGEST_TEXT = 64 * 1024 * 1024
"""Bytes of a file that is read into memory; models are only hashed."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}(/[A-Za-z0-9][A-Za-z0-9._-]{0,127}){0,3}")
_REMEDY = "Get the release again, from its source."
_ZIPPED = ".zip"


class ReleaseFiles(Protocol):
    """The files of a release."""

    @property
    def names(self) -> frozenset[str]:
        """All of them."""
        ...

    def open(self, name: str) -> IO[bytes]:
        """One of them, to be read in pieces."""
        ...


def read(files: ReleaseFiles, name: str) -> bytes:
    """A file's bytes.

    Raises:
        EvidenceError: it is missing, or too large to be what it should be.
    """
    if name not in files.names:
        raise EvidenceError(f"{name}: missing in the release.", _REMEDY)
    with files.open(name) as file:
        content = file.read(LARGEST_TEXT + 1)
    if len(content) > LARGEST_TEXT:
        raise EvidenceError(f"{name}: larger than {LARGEST_TEXT} bytes.", _REMEDY)
    return content


def sha256(files: ReleaseFiles, name: str) -> str:
    """SHA-256 of a file, 64 hexadecimal digits."""
    with files.open(name) as file:
        digest = hashlib.sha256()
        while piece := file.read(1 << 20):
            digest.update(piece)
    return digest.hexdigest()


def write(output: Path, files: Mapping[str, bytes]) -> None:
    """Write a release: a zip file if `output` ends in `.zip`, otherwise a folder. All of it, or nothing.

    Raises:
        InputError: `output` exists.
    """
    if output.exists() or output.is_symlink():
        raise InputError(f"{output}: exists already.", "A release is never overwritten: name a new file or folder.")
    output.parent.mkdir(parents=True, exist_ok=True)
    unfinished = output.with_name(f".{output.name}.{secrets.token_hex(4)}")
    try:
        if output.suffix == _ZIPPED:
            with unfinished.open("xb") as file:
                _write_zip(file, files)
                file.flush()
                os.fsync(file.fileno())
        else:
            for name, content in files.items():
                atomic.write_bytes(unfinished / name, content)
        unfinished.rename(output)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        with suppress(OSError):
            unfinished.unlink()
        raise
    atomic.sync_folder(output.parent)


@contextmanager
def opened(path: Path) -> Iterator[ReleaseFiles]:
    """A release's files, folder or zip file.

    Raises:
        MissingFileError: there is none.
        EvidenceError: something in it is not a plain file of a release.
    """
    if path.is_dir():
        yield _Folder(path)
        return
    if not path.is_file():
        raise MissingFileError(path, "release")
    with path.open("rb") as file:
        yield _zip_of(file)


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.names = frozenset(_plain_files(folder, ""))

    def open(self, name: str) -> IO[bytes]:
        handle = os.open(self._folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        return os.fdopen(handle, "rb")


def _plain_files(folder: Path, prefix: str) -> list[str]:
    found: list[str] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            name, mode = prefix + entry.name, entry.stat(follow_symlinks=False).st_mode
            _check_name(name)
            if stat.S_ISDIR(mode):
                found += _plain_files(Path(entry.path), f"{name}/")
            elif stat.S_ISREG(mode):
                found.append(name)
            else:
                raise EvidenceError(f"{name}: a link or device, not a plain file.", _REMEDY)
            if len(found) > MOST_FILES:
                raise EvidenceError(f"More than {MOST_FILES} files.", _REMEDY)
    if not found:
        raise EvidenceError(f"{prefix or folder}: an empty folder.", _REMEDY)
    return found


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self.names = frozenset(archive.namelist())

    def open(self, name: str) -> IO[bytes]:
        return self._archive.open(name)


def _zip_of(file: IO[bytes]) -> ReleaseFiles:
    try:
        archive = zipfile.ZipFile(file)
        entries = archive.infolist()
        size = os.fstat(file.fileno()).st_size
        if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > size:
            raise EvidenceError("The zip file holds more than it has room for.", _REMEDY)
        for entry in entries:
            _check_name(entry.filename)
            if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
                raise EvidenceError(f"{printable(entry.filename)}: compressed or encrypted.", _REMEDY)
        written = _Hash()
        found = _Zip(archive)
        with zipfile.ZipFile(_Stream(written), "w") as again:
            for entry in entries:
                with found.open(entry.filename) as part:
                    _add(again, entry.filename, part, entry.file_size)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, ValueError, NotImplementedError, EOFError, RuntimeError, OSError):
        raise EvidenceError("Not a zip file of a release.", _REMEDY) from None
    names = [entry.filename for entry in entries]
    file.seek(0)
    if names != sorted(set(names)) or not hmac.compare_digest(written.digest, _digest_of(file)):
        raise EvidenceError("The zip file is not the one that Cloister writes for these files.", _REMEDY)
    return found


def _write_zip(file: IO[bytes], files: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(_Stream(file), "w") as archive:
        for name in sorted(files):
            _add(archive, name, io.BytesIO(files[name]), len(files[name]))


def _add(archive: zipfile.ZipFile, name: str, content: IO[bytes], size: int) -> None:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = 0o644 << 16
    entry.create_system = 3
    entry.file_size = size
    with archive.open(entry, "w") as target:
        shutil.copyfileobj(content, target, 1 << 20)


class _Stream(io.RawIOBase):
    """What a zip file is written to without going back: then its bytes do not depend on where they go."""

    def __init__(self, target: IO[bytes] | _Hash) -> None:
        self._target = target

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._target.write(data)
        return len(data)


class _Hash:
    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._sha256.update(data)

    @property
    def digest(self) -> bytes:
        return self._sha256.digest()


def _digest_of(file: IO[bytes]) -> bytes:
    return hashlib.file_digest(file, "sha256").digest()  # type: ignore[arg-type]


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise EvidenceError(f"{printable(name)}: not a name of a file of a release.", _REMEDY)
