"""Privacy spent is never forgotten (promise 3): crashes, second runs, other studies, tampering, two processes."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.privacy.accounting import Mechanism, epsilon_of
from cloister.privacy.ledger import Ledger, Reservation
from cloister.study.errors import BudgetExhaustedError, DataError, InputError, LedgerError, MissingFileError
from cloister.study.keys import SiteKey

KEY = SiteKey(bytes(range(32)))
ROUND = Mechanism(0.1, 2.0, 5)
HEART, CHEST = "a" * 64, "b" * 64


def ids(*numbers: int) -> list[str]:
    return [f"{number:032x}" for number in numbers]


ALL = ids(*range(20))


def reserve(ledger: Ledger, **changes: Any) -> Reservation:
    request: dict[str, Any] = {
        "study_sha256": HEART,
        "study_name": "heart",
        "run_id": "run-1",
        "round_number": 1,
        "dataset": "d" * 64,
        "members": ALL,
        "mechanism": ROUND,
        "delta": 1e-5,
        "max_epsilon_study": 100.0,
        "max_epsilon_lifetime": 100.0,
    }
    return ledger.reserve(**{**request, **changes})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "site" / "ledger.sqlite"


@pytest.fixture
def ledger(path: Path) -> Any:
    with Ledger.create(path, KEY) as created:
        yield created


# What counts.


def opacus_epsilon(mechanisms: list[Mechanism], delta: float) -> float:
    from opacus.accountants import RDPAccountant

    accountant = RDPAccountant()
    accountant.history = [(m.noise_multiplier, m.sample_rate, m.steps) for m in mechanisms]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(accountant.get_epsilon(delta))


def test_a_study_run_twice_on_the_same_patients_shows_the_sum(ledger: Ledger) -> None:
    for run in ("run-1", "run-2"):
        for round_number in (1, 2, 3):
            ledger.settle(reserve(ledger, run_id=run, round_number=round_number), 5)
    assert ledger.spent(accountant="rdp") == pytest.approx(opacus_epsilon([ROUND] * 6, 1e-5), rel=1e-6)
    assert ledger.epsilon(HEART, accountant="rdp") == pytest.approx(opacus_epsilon([ROUND] * 6, 1e-5), rel=1e-6)
    assert ledger.spent() == epsilon_of([ROUND] * 6, 1e-5)


def test_studies_compose_over_a_lifetime_and_stand_alone_by_themselves(ledger: Ledger) -> None:
    other = Mechanism(0.05, 1.5, 7)
    reserve(ledger)
    reserve(ledger, study_sha256=CHEST, study_name="chest", mechanism=other)
    assert ledger.spent(accountant="rdp") == pytest.approx(opacus_epsilon([ROUND, other], 1e-5), rel=1e-6)
    assert ledger.epsilon(CHEST) == epsilon_of([other], 1e-5)
    assert ledger.epsilon("c" * 64) == 0.0


def test_overlapping_populations_compose_for_whom_they_share_and_disjoint_ones_do_not(ledger: Ledger) -> None:
    reserve(ledger, members=ids(1, 2))
    reserve(ledger, members=ids(2, 3), study_sha256=CHEST)
    reserve(ledger, members=ids(4, 5))
    once, twice = epsilon_of([ROUND], 1e-5), epsilon_of([ROUND] * 2, 1e-5)
    assert [ledger.spent(ids(patient)) for patient in (1, 2, 3, 4)] == [once, twice, once, once]
    assert ledger.spent() == twice
    assert ledger.spent(ids(1, 3, 4)) == once
    assert ledger.spent(ids(99)) == 0.0


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sets(st.integers(0, 5), min_size=1), st.integers(1, 3)), max_size=6), st.data())
def test_what_a_patient_spent_is_the_composition_of_the_reservations_that_hold_the_patient(
    tmp_path_factory: pytest.TempPathFactory, requests: list[tuple[set[int], int]], data: st.DataObject
) -> None:
    asked = data.draw(st.sets(st.integers(0, 6), min_size=1))
    with Ledger.create(tmp_path_factory.mktemp("ledger") / "ledger.sqlite", KEY) as ledger:
        for members, steps in requests:
            reserve(ledger, members=ids(*members), mechanism=Mechanism(0.1, 2.0, steps))
        right = [
            epsilon_of([Mechanism(0.1, 2.0, steps) for members, steps in requests if patient in members], 1e-5, "rdp")
            for patient in asked
        ]
        assert ledger.spent(ids(*asked), accountant="rdp", delta=1e-5) == pytest.approx(max(right))


def test_an_unsettled_reservation_counts_as_much_as_a_settled_one_and_nothing_is_refunded(ledger: Ledger) -> None:
    ledger.settle(reserve(ledger), 0)
    reserve(ledger, round_number=2)
    assert ledger.spent() == epsilon_of([ROUND] * 2, 1e-5)


def test_reserving_the_same_round_again_after_a_crash_counts_again(path: Path) -> None:
    for _ in range(2):
        with (Ledger.open if path.exists() else Ledger.create)(path, KEY) as ledger:
            reserve(ledger)
    with Ledger.open(path, KEY) as ledger:
        assert ledger.spent() == epsilon_of([ROUND] * 2, 1e-5)


def test_the_order_and_repetition_of_members_do_not_make_another_population(ledger: Ledger) -> None:
    first, second = reserve(ledger, members=ids(1, 2)), reserve(ledger, members=[*ids(2, 1), *ids(1)])
    assert first.population == second.population


# Budgets.


def test_the_round_that_would_exceed_the_studys_epsilon_is_refused_and_costs_nothing(ledger: Ledger) -> None:
    limit = epsilon_of([ROUND] * 3, 1e-5)
    for _ in range(3):
        reserve(ledger, max_epsilon_study=limit)
    with pytest.raises(BudgetExhaustedError, match="the study's epsilon would be"):
        reserve(ledger, max_epsilon_study=limit)
    assert ledger.spent() == limit
    assert [entry.kind for entry in ledger.entries()] == ["opened", *["reservation"] * 3, "refusal"]
    reserve(ledger, study_sha256=CHEST, max_epsilon_study=limit)


def test_one_patient_who_spent_a_lifetime_stops_a_population_of_fresh_ones(ledger: Ledger) -> None:
    limit = epsilon_of([ROUND] * 2, 1e-5)
    reserve(ledger, members=ids(7))
    reserve(ledger, members=ids(7, 8), study_sha256=CHEST, max_epsilon_lifetime=limit)
    with pytest.raises(BudgetExhaustedError, match="the lifetime's epsilon"):
        reserve(ledger, members=ALL, study_sha256="c" * 64, max_epsilon_lifetime=limit)
    reserve(ledger, members=ids(8, 9), study_sha256="c" * 64, max_epsilon_lifetime=limit)


@pytest.mark.parametrize("limit", [0.0, float("nan")])
def test_a_limit_that_is_no_limit_allows_nothing(ledger: Ledger, limit: float) -> None:
    with pytest.raises(BudgetExhaustedError):
        reserve(ledger, max_epsilon_lifetime=limit)


@pytest.mark.parametrize("members", [[], ["", *ALL]])
def test_a_population_that_is_none_is_refused(ledger: Ledger, members: list[str]) -> None:
    with pytest.raises(DataError):
        reserve(ledger, members=members)
    with pytest.raises(InputError):
        reserve(ledger, delta=0.0)
    assert len(ledger.entries()) == 1


def test_more_steps_than_reserved_settling_twice_and_settling_a_strangers_reservation_are_refused(
    ledger: Ledger, tmp_path: Path
) -> None:
    reservation = reserve(ledger)
    with pytest.raises(LedgerError, match="6 steps were done, but 5 were reserved"):
        ledger.settle(reservation, 6)
    ledger.settle(reservation, 5)
    with pytest.raises(LedgerError, match="settled already"):
        ledger.settle(reservation, 5)
    with Ledger.create(tmp_path / "other.sqlite", KEY) as other, pytest.raises(LedgerError, match="no such"):
        other.settle(reservation, 5)


# What a killed process left open.

steps_of_a_site = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), st.sampled_from([HEART, CHEST]), st.integers(1, 3)),
        st.tuples(st.just("settle"), st.integers(0, 20), st.none()),
        st.tuples(st.just("restart"), st.none(), st.none()),
    ),
    max_size=12,
)


@settings(max_examples=25)
@given(steps_of_a_site)
def test_a_rounds_open_reservation_is_the_newest_that_is_not_settled(
    tmp_path_factory: pytest.TempPathFactory, actions: list[tuple[str, Any, Any]]
) -> None:
    path = tmp_path_factory.mktemp("open") / "ledger.sqlite"
    ledger, waiting = Ledger.create(path, KEY), list[Reservation]()
    for action, which, round_number in actions:
        if action == "restart":
            ledger.close()
            ledger = Ledger.open(path, KEY)
        elif action == "reserve":
            waiting.append(reserve(ledger, study_sha256=which, round_number=round_number, max_epsilon_lifetime=1e9))
        elif waiting:
            ledger.settle(waiting.pop(which % len(waiting)), 5)
    for study in (HEART, CHEST):
        for number in range(1, 4):
            left = [made for made in waiting if (made.study_sha256, made.round_number) == (study, number)]
            assert ledger.open_reservation(study, "run-1", number) == (left[-1] if left else None)
            assert ledger.open_reservation(study, "another run", number) is None
            assert ledger.open_reservation(study, "run-1", number, "another dataset") is None
    ledger.close()


@pytest.mark.parametrize(
    "statement",
    [
        """UPDATE entries SET content = replace(content, '"steps":5', '"steps":9') WHERE sequence = 2""",
        """UPDATE entries SET content = CAST(replace(content, '"steps":5', '"steps":9') AS BLOB) WHERE sequence = 2""",
        "UPDATE entries SET link = zeroblob(32) WHERE sequence = 1",
        "DELETE FROM entries WHERE sequence = 2",
    ],
)
def test_an_open_reservation_that_was_altered_is_none(path: Path, statement: str) -> None:
    """Or a round of nine steps could be trained under a reservation of five."""
    with Ledger.create(path, KEY) as ledger:
        made = reserve(ledger)
        reserve(ledger, round_number=2)
        assert ledger.open_reservation(HEART, "run-1", 1) == made
        attack(path, statement)
        assert ledger.open_reservation(HEART, "run-1", 1) is None


def test_the_open_reservation_of_a_long_ledger_is_found_without_reading_it_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Ledger.create(path, KEY) as ledger:
        made = reserve(ledger)
        for number in range(2, 40):
            ledger.settle(reserve(ledger, round_number=number), 5)
        read: list[int] = []
        rows = ledger._storage.rows

        def counted(after: int = 0) -> Any:
            for row in rows(after):
                read.append(row[0])
                yield row

        monkeypatch.setattr(ledger._storage, "rows", counted)
        assert ledger.open_reservation(HEART, "run-1", 1) == made
        assert ledger.open_reservation(HEART, "run-1", 2) is None
        assert read == []


# Files.


def test_a_lost_ledger_is_not_an_empty_one(path: Path) -> None:
    with pytest.raises(MissingFileError):
        Ledger.open(path, KEY)
    assert not path.exists()


def test_a_ledger_is_never_started_over_another(filled: Path) -> None:
    with pytest.raises(LedgerError, match="exists already"):
        Ledger.create(filled, KEY)


def test_only_the_owner_may_read_it(ledger: Ledger, path: Path) -> None:
    reserve(ledger)
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in path.parent.iterdir()}
    assert modes == dict.fromkeys(("ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm"), "0o600")


@pytest.mark.parametrize("content", [b"", b"not a database" * 100])
def test_a_file_that_is_no_ledger_is_a_ledger_error(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(LedgerError):
        Ledger.open(path, KEY)


def test_a_ledger_whose_schema_is_no_text_is_a_ledger_error(filled: Path) -> None:
    """SQLite then says so in words that are no text either."""
    filled.write_bytes(filled.read_bytes().replace(b"CREATE TABLE entries", b"CREATE TABLE \xed\xa0\x80tries"))
    with pytest.raises(LedgerError):
        Ledger.open(filled, KEY)


def test_another_sites_key_does_not_open_it(filled: Path) -> None:
    with pytest.raises(LedgerError, match="entry 1 was altered, or written with another key"):
        Ledger.open(filled, SiteKey(bytes(32)))


# Tampering. Each attack edits the file as somebody with write access and without the site key could.


@pytest.fixture
def filled(path: Path) -> Path:
    with Ledger.create(path, KEY) as ledger:
        for number in range(1, 5):
            ledger.settle(reserve(ledger, round_number=number, members=ids(number, number + 1)), 5)
    return path


def attack(path: Path, *statements: str) -> None:
    database = sqlite3.connect(path)
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


@pytest.mark.parametrize(
    ("statements", "found"),
    [
        (["UPDATE entries SET content = replace(content, '\"steps\":5', '\"steps\":1') WHERE sequence = 4"], "entry 4"),
        (["UPDATE entries SET content = CAST(content AS TEXT) WHERE sequence = 3"], "entry 3"),
        (["UPDATE entries SET link = zeroblob(32) WHERE sequence = 5"], "entry 5"),
        (["UPDATE entries SET link = (SELECT link FROM entries WHERE sequence = 2) WHERE sequence = 6"], "6"),
        (["DELETE FROM entries WHERE sequence = 6"], "entry 6 is missing"),
        (["DELETE FROM entries WHERE sequence = 1"], "entry 1 is missing"),
        (["DELETE FROM entries"], "no entry"),
        (
            ["DELETE FROM entries WHERE sequence = 2", "UPDATE entries SET sequence = sequence - 1 WHERE sequence > 2"],
            "entry 2",
        ),
        (
            [
                "UPDATE entries SET sequence = 100 WHERE sequence = 2",
                "UPDATE entries SET sequence = 2 WHERE sequence = 4",
                "UPDATE entries SET sequence = 4 WHERE sequence = 100",
            ],
            "entry 2",
        ),
        (["INSERT INTO entries SELECT 10, content, link FROM entries WHERE sequence = 9"], "entry 10"),
        (["DELETE FROM members WHERE patient LIKE '%3'"], "population"),
        (["UPDATE members SET patient = 'somebody-else' WHERE patient LIKE '%3'"], "population"),
        (["INSERT INTO members SELECT population, 'one-more' FROM members LIMIT 1"], "population"),
        (["DROP TABLE members"], "other tables"),
        (
            [
                "ALTER TABLE entries RENAME TO kept",
                "CREATE VIEW entries AS WITH RECURSIVE n (i) AS (VALUES (1) UNION ALL SELECT i FROM n) "
                "SELECT -1 AS sequence, content, link FROM n, kept",
            ],
            "other tables",
        ),
        (["CREATE TRIGGER t BEFORE INSERT ON entries BEGIN SELECT raise(ignore); END"], "other tables"),
    ],
    ids=[
        "fewer steps",
        "another type",
        "link",
        "link of another",
        "middle row",
        "first row",
        "all rows",
        "row cut out and closed up",
        "two rows swapped",
        "row repeated",
        "member removed",
        "member replaced",
        "member added",
        "members dropped",
        "entries without end",
        "entries that are not kept",
    ],
)
def test_tampering_is_found_and_named(filled: Path, statements: list[str], found: str) -> None:
    attack(filled, *statements)
    with pytest.raises(LedgerError, match=found):
        Ledger.open(filled, KEY)


def test_a_trigger_under_a_name_of_sqlites_own_is_found(filled: Path) -> None:
    attack(
        filled,
        "CREATE TRIGGER t BEFORE INSERT ON entries BEGIN SELECT raise(ignore); END",
        "PRAGMA writable_schema = ON",
        "UPDATE sqlite_master SET name = 'sqlite_t', sql = replace(sql, 'TRIGGER t', 'TRIGGER sqlite_t') "
        "WHERE name = 't'",
    )
    with pytest.raises(LedgerError, match="other tables"):
        Ledger.open(filled, KEY)


def test_a_ledger_that_sqlite_has_analysed_is_still_one(filled: Path) -> None:
    attack(filled, "ANALYZE")
    with Ledger.open(filled, KEY) as ledger:
        assert ledger.verify() == 9


def test_a_change_of_any_byte_of_any_entry_is_found(filled: Path) -> None:
    database = sqlite3.connect(filled, isolation_level=None)
    ((content,),) = database.execute("SELECT content FROM entries WHERE sequence = 4").fetchall()
    for position in range(len(content)):
        altered = bytearray(content)
        altered[position] ^= 1
        database.execute("UPDATE entries SET content = ? WHERE sequence = 4", (bytes(altered),))
        with pytest.raises(LedgerError, match="entry 4"):
            Ledger.open(filled, KEY)
    database.execute("UPDATE entries SET content = ? WHERE sequence = 4", (content,))
    database.close()
    with Ledger.open(filled, KEY) as ledger:
        assert ledger.verify() == 9


def test_an_entry_of_another_ledger_with_the_same_key_does_not_fit_in(filled: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    with Ledger.create(other, KEY) as ledger:
        reserve(ledger, mechanism=Mechanism(0.1, 50.0, 1))
    database = sqlite3.connect(filled)
    database.execute("ATTACH ? AS other", (str(other),))
    database.execute("DELETE FROM main.entries WHERE sequence >= 2")
    database.execute("INSERT INTO main.entries SELECT * FROM other.entries WHERE sequence = 2")
    database.commit()
    database.close()
    with pytest.raises(LedgerError, match="entry 2"):
        Ledger.open(filled, KEY)


def test_a_tail_cut_off_is_seen_by_who_had_it_open(filled: Path) -> None:
    with Ledger.open(filled, KEY) as ledger:
        attack(filled, "DELETE FROM entries WHERE sequence >= 8")
        with pytest.raises(LedgerError, match="entry 9 was there and is missing now"):
            reserve(ledger)
        with pytest.raises(LedgerError, match="entry 9 was there"):
            ledger.spent()
    # Afresh it is a valid shorter ledger: what the chain alone cannot show, as the module says.
    with Ledger.open(filled, KEY) as ledger:
        assert ledger.verify() == 7


def test_an_open_ledger_does_not_believe_what_is_altered_behind_its_back(filled: Path) -> None:
    with Ledger.open(filled, KEY) as ledger:
        before = ledger.spent()
        attack(filled, "DELETE FROM members", "DELETE FROM entries WHERE sequence BETWEEN 2 AND 5")
        assert ledger.spent() == before
        with pytest.raises(LedgerError, match="entry 2 is missing"):
            ledger.verify()


def test_a_clock_that_goes_backwards_changes_nothing(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import UTC, datetime

    class Backwards:
        year = 2030

        @classmethod
        def now(cls, _zone: Any) -> datetime:
            cls.year -= 1
            return datetime(cls.year, 1, 1, tzinfo=UTC)

    monkeypatch.setattr("cloister.privacy.ledger.ledger.datetime", Backwards)
    for number in (1, 2, 3):
        reserve(ledger, round_number=number)
    times = [entry.time for entry in ledger.entries()[1:]]
    assert times == sorted(times, reverse=True)
    assert ledger.spent() == epsilon_of([ROUND] * 3, 1e-5)


# Crashes and company.

_RESERVE_FOREVER = """
import sys
from pathlib import Path
from cloister.privacy.accounting import Mechanism
from cloister.privacy.ledger import Ledger
from cloister.study.errors import BudgetExhaustedError, LedgerError
from cloister.study.keys import SiteKey

path, name, times, limit, members = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), sys.argv[5]
with Ledger.open(path, SiteKey(bytes(range(32)))) as ledger:
    for number in range(times):
        try:
            reservation = ledger.reserve(
                study_sha256="a" * 64, study_name="heart", run_id=name, round_number=number, dataset="d" * 64,
                members=[f"{patient:032x}" for patient in range(int(members))], mechanism=Mechanism(0.1, 2.0, 5),
                delta=1e-5, max_epsilon_study=limit, max_epsilon_lifetime=limit,
            )
            print(reservation.sequence, flush=True)
            ledger.settle(reservation, 5)
        except (BudgetExhaustedError, LedgerError) as problem:
            print(problem.code, flush=True)
"""


def start(path: Path, name: str, times: int, limit: float, members: int = 20) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", _RESERVE_FOREVER, str(path), name, str(times), str(limit), str(members)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_kill_9_never_loses_a_reservation(path: Path) -> None:
    Ledger.create(path, KEY).close()
    seen: list[int] = []
    for kill, lines in enumerate((1, 7, 20)):
        process = start(path, f"run-{kill}", 10_000, 1e9)
        assert process.stdout is not None
        seen += [int(process.stdout.readline()) for _ in range(lines)]
        process.kill()
        rest, errors = process.communicate()
        assert process.returncode == -9, errors
        seen += [int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")]
    with Ledger.open(path, KEY) as ledger:
        kept = {entry.sequence for entry in ledger.entries() if entry.kind == "reservation"}
        assert len(seen) >= 28
        assert set(seen) <= kept
        assert ledger.spent(accountant="rdp") == pytest.approx(epsilon_of([ROUND] * len(kept), 1e-5, "rdp"))


def test_two_processes_together_never_exceed_the_limit(path: Path) -> None:
    Ledger.create(path, KEY).close()
    limit = epsilon_of([ROUND] * 6, 1e-5)
    processes = [start(path, name, 5, limit) for name in ("one", "two")]
    answers = [line for process in processes for line in process.communicate()[0].split()]
    assert sorted(answers)[-4:] == ["budget-exhausted"] * 4
    assert len(set(answers)) == 7, "six different reservations and the refusals"
    with Ledger.open(path, KEY) as ledger:
        assert ledger.spent() == limit


def test_threads_share_a_ledger(ledger: Ledger) -> None:
    limit = epsilon_of([ROUND] * 8, 1e-5)
    refused: list[BaseException] = []

    def work(name: int) -> None:
        for number in range(3):
            try:
                ledger.settle(reserve(ledger, run_id=str(name), round_number=number, max_epsilon_study=limit), 5)
            except BudgetExhaustedError as problem:
                refused.append(problem)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 4
    assert ledger.spent() == limit
    assert ledger.verify() == 1 + 8 * 2 + 4


def test_a_full_disk_refuses_the_reservation_and_leaves_the_ledger_as_it_was(path: Path) -> None:
    with Ledger.create(path, KEY) as ledger:
        reserve(ledger)
    bound = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
    found = subprocess.run(
        [sys.executable, "-c", bound + _RESERVE_FOREVER, str(path), "big", "1", "1e9", "50000"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.stdout.split() == ["bad-ledger"], found.stderr
    with Ledger.open(path, KEY) as ledger:
        assert [entry.kind for entry in ledger.entries()] == ["opened", "reservation"]


def test_entries_tell_what_happened_without_naming_a_patient(ledger: Ledger) -> None:
    ledger.settle(reserve(ledger), 4)
    _, reservation, settlement = ledger.entries()
    assert reservation.content["mechanism"] == {"sample_rate": 0.1, "noise_multiplier": 2.0, "steps": 5}
    assert (reservation.content["patients"], reservation.content["study_name"]) == (20, "heart")
    assert settlement.content == {"reservation": reservation.sequence, "steps_done": 4}
    shown = json.dumps([entry.content for entry in ledger.entries()])
    assert not any(patient in shown for patient in ALL)
