"""The backup of SQLite files in use, and of others: whole, checked, private, never at the cost of older ones."""

import shutil
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
    assert sorted(path.name for path in tmp_path.glob("*-ledger-*")) == [copy.name]
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
    stranger = folder / f"{folder.name}-audit-of-others.sqlite"
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


def two_of_a_name(ledger: Path, *folders: str) -> list[Path]:
    """Ledgers of the same file name in several folders."""
    made = []
    for number, name in enumerate(folders):
        (ledger.parent / name).mkdir(parents=True)
        made.append(Path(shutil.copy(ledger, ledger.parent / name / ledger.name)))
        with closing(sqlite3.connect(made[-1])) as book, book:
            book.execute("UPDATE account SET holds = ?", (number,))
    return made


def test_files_of_one_name_in_two_folders_get_a_copy_each(backup_sqlite: Any, ledger: Path, tmp_path: Path) -> None:
    (place := tmp_path / "copies").mkdir()
    files = two_of_a_name(ledger, "st-mary", "st-john")
    assert backup_sqlite.main([*map(str, files), "--to", str(place), "--keep", "1"]) == 0
    assert {path.name.rsplit("-", 1)[0]: sums(path) for path in place.iterdir()} == {
        "st-mary-ledger": 0,
        "st-john-ledger": 2,
    }
    later = [backup_sqlite.back_up(file, place, 1, NOON + timedelta(days=36500)) for file in files]
    assert sorted(place.iterdir()) == sorted(later), "each counts its own"


def test_two_copies_never_get_one_name(
    backup_sqlite: Any, ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place := tmp_path / "copies").mkdir()
    files = two_of_a_name(ledger, "a/site", "b/site")
    with pytest.raises(SystemExit) as refused:
        backup_sqlite.main([*map(str, files), "--to", str(place), "--keep", "9"])
    assert refused.value.code == 2
    assert "site-ledger" in capsys.readouterr().err
    assert not list(place.iterdir())
    first = backup_sqlite.back_up(files[0], place, 9, NOON)
    with pytest.raises(backup_sqlite.BackupError, match="exists"):
        backup_sqlite.back_up(files[1], place, 9, NOON)
    assert sums(first) == 0


def test_other_files_are_copied_as_they_are(backup_sqlite: Any, ledger: Path, tmp_path: Path) -> None:
    (place := tmp_path / "copies").mkdir()
    (roster := tmp_path / "roster.json").write_text('{"members": []}')
    roster.chmod(0o644)
    assert backup_sqlite.main([str(ledger), str(roster), "--to", str(place), "--keep", "2"]) == 0
    (copy,) = place.glob(f"{tmp_path.name}-roster-*.json")
    assert copy.read_text() == roster.read_text()
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_what_need_not_be_there_yet_fails_no_backup(backup_sqlite: Any, ledger: Path, tmp_path: Path) -> None:
    (place := tmp_path / "copies").mkdir()
    roster = tmp_path / "roster.json"
    command = [str(ledger), f"--if-there={roster}", "--to", str(place), "--keep", "2"]
    assert backup_sqlite.main(command) == 0
    assert len(list(place.iterdir())) == 1
    roster.write_text("{}")
    assert backup_sqlite.main([*command[1:], str(tmp_path / "absent.sqlite")]) == 1
    assert [path.suffix for path in place.iterdir()].count(".json") == 1
