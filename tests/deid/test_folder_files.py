"""What lies in folders is found in a fixed order, however deep they are nested."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cloister.deid.folder_files import files_below

DEEPER_THAN_PYTHON_CALLS = 1500


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Path]:
    """The deepest folder; taken away here, as neither pytest nor shutil can in every version of Python."""
    nested = [tmp_path]
    for _ in range(DEEPER_THAN_PYTHON_CALLS):
        nested.append(nested[-1] / "d")
        nested[-1].mkdir()
    yield nested[-1]
    for path in nested[-1].iterdir():
        path.unlink()
    for folder in reversed(nested[1:]):
        folder.rmdir()


def test_folders_may_be_nested_deeper_than_python_calls(deep: Path, tmp_path: Path) -> None:
    (deep / "note.txt").write_text("Stable.")
    assert list(files_below(tmp_path)) == [deep / "note.txt"]


def test_files_come_in_the_order_of_their_names_and_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    for name in ("b/2.txt", "b/1.txt", "a.txt", "c.txt", ".hidden", ".folder/3.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
    (tmp_path / "bb").symlink_to(tmp_path / "b")
    found = [path.relative_to(tmp_path).as_posix() for path in files_below(tmp_path)]
    assert found == [".folder/3.txt", "a.txt", "b/1.txt", "b/2.txt", "bb", "c.txt"]
    hidden = {path.name for path in files_below(tmp_path, hidden=True)}
    assert hidden - {Path(name).name for name in found} == {".hidden"}
