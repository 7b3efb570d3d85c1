"""The backup of SQLite files in use: whole, checked, private, and never at the cost of older ones."""

import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

SCRIPT = Path(__file__).parents[2] / "deploy" / "backup_sqlite.py"
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A file in WAL mode with two accounts that hold 1000 together, as every transaction leaves them."""
    path = tmp_path / "ledger.sqlite"
    with closing(sqlite3.connect(path)) as book, book:
        book.execute("PRAGMA journal_mode = WAL")
        book.execute("CREATE TABLE account (name TEXT PRIMARY KEY, holds INTEGER, padding BLOB)")
        book.executemany("INSERT INTO account VALUES (?, 500, zeroblob(200000))", [("a",), ("b",)])
    return path


def sums(path: Path) -> int:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as book:
        return int(book.execute("SELECT sum(holds) FROM account").fetchone()[0])


def test_a_copy_made_while_others_write_is_one_moment_of_the_original(
    backup_sqlite: Any, ledger: Path, tmp_path: Path
) -> None:
    stop = threading.Event()

    def move() -> None:
        with closing(sqlite3.connect(ledger, timeout=30.0, isolation_level=None)) as book:
            while not stop.is_set():
                book.execute("BEGIN IMMEDIATE")
                book.execute("UPDATE account SET holds = holds - 1, padding = randomblob(200000) WHERE name = 'a'")
                book.execute("UPDATE account SET holds = holds + 1, padding = randomblob(200000) WHERE name = 'b'")
                book.execute("COMMIT")

    writer = threading.Thread(target=move)
    writer.start()
    try:
        copies = [backup_sqlite.back_up(ledger, tmp_path, 9, NOON + timedelta(seconds=n)) for n in range(5)]
    finally:
        stop.set()
        writer.join()
    assert [sums(copy) for copy in copies] == [1000] * 5


def test_a_copy_holds_what_is_still_in_the_write_ahead_log(backup_sqlite: Any, ledger: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(ledger)) as writer:
        with writer:
            writer.execute("UPDATE account SET holds = 700 WHERE name = 'a'")
        assert ledger.with_name("ledger.sqlite-wal").stat().st_size > 0
        copy = backup_sqlite.back_up(ledger, tmp_path, 1, NOON)
    # One file, whole by itself: nothing beside it is needed to restore it.
    assert sorted(path.name for path in tmp_path.glob("ledger-*")) == [copy.name]
    assert sums(copy) == 1200


def test_a_copy_is_for_its_owner_alone(backup_sqlite: Any, ledger: Path, tmp_path: Path) -> None:
    copy = backup_sqlite.back_up(ledger, tmp_path, 1, NOON)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def missing(path: Path) -> None:
    path.unlink()


def other(path: Path) -> None:
    path.write_bytes(b"not a database" * 100)


def torn(path: Path) -> None:
    with closing(sqlite3.connect(path)) as book:
        book.execute("PRAGMA journal_mode = DELETE")
    content = bytearray(path.read_bytes())
    content[4096:12288] = b"\xff" * 8192
    path.write_bytes(content)


@pytest.mark.parametrize("spoil", [missing, other, torn])
def test_what_cannot_be_copied_costs_no_older_copy(
    backup_sqlite: Any, ledger: Path, tmp_path: Path, spoil: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    older = backup_sqlite.back_up(ledger, tmp_path, 1, NOON)
    for name in ("ledger.sqlite-wal", "ledger.sqlite-shm"):
        ledger.with_name(name).unlink(missing_ok=True)
    spoil(ledger)
    assert backup_sqlite.main([str(ledger), "--to", str(tmp_path), "--keep", "1"]) == 1
    assert "ledger.sqlite" in capsys.readouterr().err
    assert backup_sqlite.backups(ledger, tmp_path) == [older]
    assert not list(tmp_path.glob("*.unfinished*"))


def test_one_bad_file_does_not_keep_the_others_from_being_copied(
    backup_sqlite: Any, ledger: Path, tmp_path: Path
) -> None:
    assert backup_sqlite.main([str(tmp_path / "absent.sqlite"), str(ledger), "--to", str(tmp_path), "--keep", "1"]) == 1
    assert len(backup_sqlite.backups(ledger, tmp_path)) == 1


@settings(max_examples=20)  # each writes up to eight files to the disk
@given(made=st.integers(1, 8), keep=st.integers(1, 8))
def test_the_newest_stay(backup_sqlite: Any, tmp_path_factory: pytest.TempPathFactory, made: int, keep: int) -> None:
    folder = tmp_path_factory.mktemp("copies")
    source = folder / "audit.sqlite"
    sqlite3.connect(source).close()
    # Names that only look alike are somebody else's.
    stranger = folder / "audit-of-others.sqlite"
    stranger.touch()
    copies = [backup_sqlite.back_up(source, folder, keep, NOON + timedelta(days=n)) for n in range(made)]
    assert backup_sqlite.backups(source, folder) == copies[-keep:]
    assert stranger.exists()


@pytest.mark.parametrize("keep", ["0", "-1", "all"])
def test_keeping_none_is_refused(ledger: Path, tmp_path: Path, keep: str) -> None:
    command = [sys.executable, "-I", str(SCRIPT), str(ledger), "--to", str(tmp_path), f"--keep={keep}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--keep" in done.stderr
    assert "Traceback" not in done.stderr


def test_runs_isolated_as_the_cron_job_does(ledger: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-I", "-S", str(SCRIPT), str(ledger), "--to", str(tmp_path), "--keep", "2"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert sums(Path(done.stdout.strip())) == 1000
