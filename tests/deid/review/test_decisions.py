"""The log of a review survives kills, holds no PHI, and shows whoever edited it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cloister.deid.review.decisions import DecisionLog, Entry
from cloister.study.errors import InputError
from cloister.study.keys import SiteKey

ENTRIES = [
    Entry(action="sample", notes=("a", "b")),
    Entry(action="add", note="a", start=3, end=9, label="NAME"),
    Entry(action="finish", note="a"),
]


@pytest.fixture
def path(tmp_path: Path, site_key: SiteKey) -> Path:
    """A log with three entries."""
    path = tmp_path / "clean.review.jsonl"
    with DecisionLog.open(path, site_key, "main", "dataset") as log:
        for entry in ENTRIES:
            log.append(entry)
    return path


def actions(path: Path, site_key: SiteKey, dataset: str = "dataset") -> list[str]:
    with DecisionLog.open(path, site_key, "main", dataset) as log:
        return [entry.action for entry in log.entries]


def test_a_review_goes_on_where_it_was(path: Path, site_key: SiteKey) -> None:
    assert actions(path, site_key) == ["sample", "add", "finish"]
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_last_line_cut_by_a_kill_is_dropped_and_writing_goes_on(path: Path, site_key: SiteKey, cut: int) -> None:
    path.write_bytes(path.read_bytes()[:-cut])
    with DecisionLog.open(path, site_key, "main", "dataset") as log:
        assert [entry.action for entry in log.entries] == ["sample", "add"]
        log.append(Entry(action="finish", note="b"))
    assert actions(path, site_key) == ["sample", "add", "finish"]


def change(number: int, **values: object) -> Callable[[list[bytes]], list[bytes]]:
    def edit(lines: list[bytes]) -> list[bytes]:
        document = {**json.loads(lines[number]), **values}
        return [*lines[:number], json.dumps(document).encode() + b"\n", *lines[number + 1 :]]

    return edit


EDITS: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "a leak taken out": lambda lines: [lines[0], lines[2]],
    "a leak turned into a confirmation": change(1, action="confirm", removed=True),
    "another label": change(1, label="DATE"),
    "another sample": change(0, notes=["a"]),
    "two lines exchanged": lambda lines: [lines[0], lines[2], lines[1]],
    "a line twice": lambda lines: [*lines, lines[2]],
    "no mac": change(1, mac=None),
    "a mac that is not ASCII": change(1, mac="é"),
    "a mac that no encoding has": change(1, mac="\ud800"),
    "a note that no encoding has": change(1, note="\ud800"),
    "an unknown field": change(1, text="Maria"),
    "not JSON": lambda lines: [lines[0], b"{\n"],
    "too deep": lambda lines: [lines[0], b"[" * 100_000 + b"\n"],
    "not an object": lambda lines: [lines[0], b"[]\n"],
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_an_edited_log_is_refused(path: Path, site_key: SiteKey, edit: Callable[[list[bytes]], list[bytes]]) -> None:
    path.write_bytes(b"".join(edit(path.read_bytes().splitlines(keepends=True))))
    with pytest.raises(InputError, match=r"review.jsonl, line \d: not what this site's key wrote"):
        actions(path, site_key)


def test_the_log_of_another_dataset_or_key_is_refused(path: Path, site_key: SiteKey) -> None:
    with pytest.raises(InputError, match="line 1"):
        actions(path, site_key, "another dataset")
    with pytest.raises(InputError, match="line 1"):
        actions(path, SiteKey(bytes(32)))


def test_two_reviews_at_once_are_refused(path: Path, site_key: SiteKey) -> None:
    with (
        DecisionLog.open(path, site_key, "main", "dataset"),
        pytest.raises(InputError, match="another review has it open"),
    ):
        actions(path, site_key)


def test_hashes_of_equal_values_differ_between_notes_and_keys(path: Path, site_key: SiteKey, tmp_path: Path) -> None:
    with (
        DecisionLog.open(path, site_key, "main", "dataset") as log,
        DecisionLog.open(tmp_path / "other", SiteKey(bytes(32)), "main", "dataset") as other,
    ):
        assert log.value_hash("a", "Maria") == log.value_hash("a", "Maria")
        assert len({log.value_hash("a", "Maria"), log.value_hash("b", "Maria"), other.value_hash("a", "Maria")}) == 3
