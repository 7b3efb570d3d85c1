"""A dataset is hashed once while it stays as it is, and again after any change or a day."""

import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cloister.client import verified_datasets
from cloister.client.verified_datasets import VerifiedDatasets
from cloister.study.dataset import CERTIFICATE_FILE, verify_dataset
from cloister.study.errors import CertificateError, MissingFileError

if TYPE_CHECKING:
    from tests.client.conftest import Federation


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The datasets that were hashed, in order."""
    folders: list[Path] = []

    def counted(folder: Path, *others: object) -> object:
        folders.append(folder)
        return verify_dataset(folder, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(verified_datasets, "verify_dataset", counted)
    return folders


def test_an_unchanged_dataset_is_hashed_once_a_day(federation: "Federation", hashed: list[Path]) -> None:
    site, now, verified = federation.site, federation.now, VerifiedDatasets()
    (folder,) = site.datasets
    first = verified.verify(folder, site.key, now)
    assert verified.verify(folder, site.key, now + timedelta(hours=23)) == first
    assert len(hashed) == 1
    verified.verify(folder, site.key, now + timedelta(hours=25))
    assert len(hashed) == 2
    verified.verify(folder, site.key, now)
    assert len(hashed) == 3, "a clock that was set back does not keep it for longer"


def altered(folder: Path) -> None:
    """With size and time of change as they were."""
    (table,) = folder.glob("*.parquet")
    status, content = table.stat(), bytearray(table.read_bytes())
    content[-1] ^= 1
    table.write_bytes(content)
    os.utime(table, ns=(status.st_atime_ns, status.st_mtime_ns))


def added(folder: Path) -> None:
    (folder / "more.txt").write_text("x")


def other_certificate(folder: Path) -> None:
    path = folder / CERTIFICATE_FILE
    path.write_text(path.read_text().replace("made up", "made_up"))


@pytest.mark.parametrize("spoil", [altered, added, other_certificate])
def test_no_change_goes_unnoticed(federation: "Federation", spoil: Callable[[Path], None]) -> None:
    site, verified = federation.site, VerifiedDatasets()
    (folder,) = site.datasets
    verified.verify(folder, site.key, federation.now)
    spoil(folder)
    for _ in range(2):
        with pytest.raises(CertificateError):
            verified.verify(folder, site.key, federation.now)


def test_a_file_that_is_gone_is_noticed(federation: "Federation") -> None:
    site, verified = federation.site, VerifiedDatasets()
    (folder,) = site.datasets
    verified.verify(folder, site.key, federation.now)
    next(folder.glob("*.parquet")).unlink()
    with pytest.raises(MissingFileError):
        verified.verify(folder, site.key, federation.now)
