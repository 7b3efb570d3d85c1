"""The ledger: the site's durable record of privacy spent, by patient, across rounds, studies and collections.

The rules, which together keep promise 3 (privacy spent is never forgotten):

1. A reservation is on the disk (SQLite, WAL, synchronous = FULL) before `reserve` returns, hence before the first
   batch. What could not be written was not reserved, and nothing may be trained.
2. A reservation counts in full from then on. Settling it records how many steps were done and gives nothing back:
   noise that was never used cannot be proven not to have been.
3. Every call of `reserve` counts, also for a run and round that were reserved before. After a crash nobody can prove
   that the earlier reservation was not trained with, so the safe reading is that it was.
4. What a patient has spent is the composition of all reservations whose population holds the patient. Populations
   that overlap therefore compose for whom they share, and disjoint ones do not.
5. A reservation is refused if any of its patients would exceed the study's or the lifetime's epsilon. The refusal is
   recorded; it costs nothing.
6. Entries are numbered, chained by SHA-256 and signed (HMAC) with the site key. Their order is their number: clocks
   are for reading only. Opening verifies every entry and every population, and budgets are computed from what was
   verified, not from what the file says later.
7. Two processes may reserve at once: SQLite's write lock is held while one looks, decides and writes.

**What the chain does not show**: a ledger whose last entries were cut off, or an older copy put back, is a valid
shorter ledger. An open ledger notices that its file became shorter; one that is opened afresh cannot. A lost file is
never silently replaced: `open` refuses, `create` is a decision.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from cloister.privacy.accounting import Accountant, Mechanism, epsilon_of
from cloister.study import atomic
from cloister.study.canonical import canonical_json, sha256_of
from cloister.study.errors import BudgetExhaustedError, DataError, InputError, LedgerError, MissingFileError
from cloister.study.keys import SiteKey

Kind = Literal["opened", "reservation", "settlement", "refusal"]

_SCHEMA = """
CREATE TABLE entries (
    sequence INTEGER PRIMARY KEY, content BLOB NOT NULL, sha256 TEXT NOT NULL, signature TEXT NOT NULL);
CREATE TABLE members (
    population TEXT NOT NULL, patient TEXT NOT NULL, PRIMARY KEY (population, patient)) WITHOUT ROWID;
"""
_FIRST_LINK = "0" * 64
_WAIT_FOR_LOCK = 120.0
_REMEDY = "Restore the ledger from its newest backup and report the event; do not train until it verifies."


@dataclass(frozen=True)
class Reservation:
    """Privacy set aside for one round of one run, for all patients of a population."""

    sequence: int
    study_sha256: str
    run_id: str
    round_number: int
    population: str
    mechanism: Mechanism
    delta: float


@dataclass(frozen=True)
class Entry:
    """One line of the ledger.

    Attributes:
        sequence: 1, 2, 3, ...
        time: when the site's clock said it was, UTC; for reading only.
        kind: `opened` is the first entry, and only that.
        content: what the entry says, by kind.
    """

    sequence: int
    time: str
    kind: Kind
    content: dict[str, Any]


class Ledger:
    """A site's ledger file. `Ledger.open` or `Ledger.create` is the way in; threads may share one.

    Every method raises `LedgerError` if the file cannot be read or written, or is not what it was.
    """

    def __init__(self, path: Path, site_key: SiteKey) -> None:
        self._path = path
        self._key = site_key.subkey("ledger-chain")
        self._key_id = site_key.key_id
        self._lock = threading.RLock()
        self._committed = (0, _FIRST_LINK)
        self._forget()
        with _as_ledger_error(path):
            self._database = sqlite3.connect(
                path, timeout=_WAIT_FOR_LOCK, isolation_level=None, check_same_thread=False
            )
            try:
                self._database.execute("PRAGMA synchronous = FULL")
                self._database.execute("PRAGMA journal_mode = WAL")
            except sqlite3.Error:
                self._database.close()
                raise

    @classmethod
    def create(cls, path: Path, site_key: SiteKey) -> Ledger:
        """Start an empty ledger.

        Raises:
            LedgerError: the file exists, or cannot be written.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            raise LedgerError(f"{path}: exists already.", "A ledger is never started anew over another.") from None
        except OSError as problem:
            raise LedgerError(f"{path}: cannot be written: {problem.strerror}.", "Check the folder.") from None
        ledger = cls(path, site_key)
        with ledger._writing():
            for statement in _SCHEMA.split(";"):
                ledger._database.execute(statement)
            ledger._append("opened", {"ledger": secrets.token_hex(16), "key_id": site_key.key_id})
        atomic.sync_folder(path.parent)
        return ledger

    @classmethod
    def open(cls, path: Path, site_key: SiteKey) -> Ledger:
        """Open a ledger and verify all of it.

        Raises:
            MissingFileError: there is none. A lost ledger is not an empty one.
            LedgerError: it was altered, is damaged, or was written with another key.
        """
        if not path.is_file():
            raise MissingFileError(
                path, "privacy ledger", "Restore it from its backup. Only a new site starts one: `cloister site init`."
            )
        ledger = cls(path, site_key)
        try:
            ledger.verify()
        except BaseException:
            ledger.close()
            raise
        return ledger

    def close(self) -> None:
        """Close the file. Everything is on the disk already."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def reserve(
        self,
        *,
        study_sha256: str,
        study_name: str,
        run_id: str,
        round_number: int,
        members: Collection[str],
        mechanism: Mechanism,
        delta: float,
        max_epsilon_study: float,
        max_epsilon_lifetime: float,
    ) -> Reservation:
        """Set privacy aside for a round, durably, before its first batch.

        Args:
            study_sha256: the study's identity; its rounds and runs compose towards `max_epsilon_study`.
            study_name: for people.
            run_id: the run that the round belongs to.
            round_number: for people; a round reserved twice counts twice.
            members: ledger ids of **all** patients of the dataset, drawn or not.
            mechanism: what the round will do, with all its steps.
            delta: at which the two limits hold.
            max_epsilon_study: the stricter of what study and policy allow.
            max_epsilon_lifetime: what the policy allows over all studies.

        Returns:
            The reservation, to be settled after the round.

        Raises:
            BudgetExhaustedError: a patient would exceed a limit; the refusal is recorded and costs nothing.
            DataError: there are no members, or one has no id.
            LedgerError: nothing was reserved, so nothing may be trained.
        """
        patients = sorted(set(members))
        if not patients or not patients[0]:
            raise DataError("a population without patients, or with a patient without id.", "Check the dataset.")
        if not 0 < delta < 1:
            raise InputError(f"delta = {delta}: not in (0, 1).", "Use the delta of study and policy.")
        population = sha256_of(patients)
        content = {
            "study_sha256": study_sha256,
            "study_name": study_name,
            "run_id": run_id,
            "round_number": round_number,
            "population": population,
            "patients": len(patients),
            "mechanism": asdict(mechanism),
            "delta": delta,
        }
        reservation = Reservation(0, study_sha256, run_id, round_number, population, mechanism, delta)
        with self._writing():
            reason = self._refusal(reservation, frozenset(patients), max_epsilon_study, max_epsilon_lifetime)
            if reason is None:
                self._keep_members(population, patients)
                return _numbered(reservation, self._append("reservation", content))
            self._append("refusal", {**content, "reason": reason})
        raise BudgetExhaustedError(
            f"study {study_name}, round {round_number}: {reason}.",
            "Nothing was trained. Spent privacy does not come back: use other patients, or have the policy changed.",
        )

    def settle(self, reservation: Reservation, steps_done: int) -> None:
        """Record how a reservation ended. It keeps counting in full.

        Args:
            reservation: as `reserve` returned it.
            steps_done: optimizer steps that were taken, 0 if the round was given up.

        Raises:
            LedgerError: more steps than were reserved, no such reservation, or settled before.
        """
        if not 0 <= steps_done <= reservation.mechanism.steps:
            raise LedgerError(
                f"{self._path}: {steps_done} steps were done, but {reservation.mechanism.steps} were reserved.",
                "Reserve every step before it is taken; discard this round's update.",
            )
        with self._writing():
            if self._reservations.get(reservation.sequence) != reservation:
                raise LedgerError(f"{self._path}: holds no such reservation ({reservation.sequence}).", _REMEDY)
            if reservation.sequence in self._settled:
                raise LedgerError(
                    f"{self._path}: reservation {reservation.sequence} is settled already.", "Settle a round once."
                )
            self._append("settlement", {"reservation": reservation.sequence, "steps_done": steps_done})

    def spent(
        self,
        members: Collection[str] | None = None,
        *,
        accountant: Accountant = "pld",
        delta: float | None = None,
    ) -> float:
        """Epsilon of the patient who spent most, over everything that was ever reserved.

        Args:
            members: among these patients (ledger ids); all if absent.
            accountant: `pld` to report, `rdp` to check quickly.
            delta: the smallest delta of any reservation if absent, so that nothing is under-reported.

        Returns:
            0.0 if none of them is in any reservation.
        """
        with self._reading():
            return self._epsilon(list(self._reservations.values()), _frozen(members), accountant, delta)

    def epsilon(
        self,
        study_sha256: str,
        members: Collection[str] | None = None,
        *,
        accountant: Accountant = "pld",
        delta: float | None = None,
    ) -> float:
        """The same over the reservations of one study, all its runs together."""
        with self._reading():
            return self._epsilon(self._of_study(study_sha256), _frozen(members), accountant, delta)

    def entries(self) -> tuple[Entry, ...]:
        """All entries, oldest first, for display."""
        with self._lock:
            self.verify()
            rows = self._database.execute("SELECT content FROM entries ORDER BY sequence").fetchall()
            return tuple(_entry(content) for (content,) in rows)

    def verify(self) -> int:
        """Check every entry and every population anew.

        Returns:
            How many entries were checked.

        Raises:
            LedgerError: naming the first entry that is altered, missing, out of order or signed with another key;
                or the population whose patients are not the ones it had.
        """
        with self._lock:
            self._forget()
            with self._reading():
                for reservation in self._reservations.values():
                    self._members_of(reservation.population)
                return self._head[0]

    # Reading: entries are verified once, in order, and what they say is kept.

    def _forget(self) -> None:
        self._head: tuple[int, str] = (0, _FIRST_LINK)
        self._reservations: dict[int, Reservation] = {}
        self._settled: set[int] = set()
        self._members: dict[str, frozenset[str]] = {}

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._transaction("BEGIN"):
            self._catch_up()
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._transaction("BEGIN IMMEDIATE"):
            if self._head[0] or self._has_tables():
                self._catch_up()
            yield

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        with self._lock, _as_ledger_error(self._path):
            self._database.execute(begin)
            try:
                yield
                self._database.execute("COMMIT")
                self._committed = self._head
            except BaseException:
                # What was read of entries that are now rolled back must not be believed.
                self._forget()
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    def _has_tables(self) -> bool:
        return bool(self._database.execute("SELECT 1 FROM sqlite_master").fetchone())

    def _catch_up(self) -> None:
        if not self._has_tables():
            raise LedgerError(
                f"{self._path}: is empty: its creation was not finished, or its content was removed.",
                "If this site has never trained, delete the file and run `cloister site init`. Otherwise restore it.",
            )
        last, _ = self._head
        rows = self._database.execute(
            "SELECT sequence, content, sha256, signature FROM entries WHERE sequence > ? ORDER BY sequence", (last,)
        )
        for row in rows:
            self._read_entry(*row)
        if not self._head[0]:
            raise LedgerError(f"{self._path}: holds no entry, not even its first.", _REMEDY)
        self._check_still_there()

    def _check_still_there(self) -> None:
        """What this process once saw on the disk must still be there."""
        last, link = self._committed
        row = self._database.execute("SELECT sha256 FROM entries WHERE sequence = ?", (last,)).fetchone()
        if last and row is None:
            raise LedgerError(f"{self._path}: entry {last} was there and is missing now.", _REMEDY)
        if last and not hmac.compare_digest(str(row[0]).encode(), link.encode()):
            raise LedgerError(f"{self._path}: entry {last} is not the one that was there.", _REMEDY)

    def _read_entry(self, sequence: int, content: bytes, sha256: str, signature: str) -> None:
        last, link = self._head
        if sequence != last + 1:
            raise LedgerError(f"{self._path}: entry {last + 1} is missing.", _REMEDY)
        wanted = (_link(link, content), self._sign(_link(link, content))) if isinstance(content, bytes) else None
        given = f"{sha256} {signature}".encode()
        if wanted is None or not hmac.compare_digest(" ".join(wanted).encode(), given):
            raise LedgerError(
                f"{self._path}: entry {sequence} was altered, or written with another key than {self._key_id}.",
                _REMEDY,
            )
        entry = _entry(content)
        if entry.sequence != sequence or (entry.kind == "opened") != (sequence == 1):
            raise LedgerError(f"{self._path}: entry {sequence} is out of place.", _REMEDY)
        self._head = (sequence, wanted[0])
        self._remember(entry)

    def _remember(self, entry: Entry) -> None:
        if entry.kind == "reservation":
            self._reservations[entry.sequence] = _reservation(entry)
        elif entry.kind == "settlement":
            self._settled.add(entry.content["reservation"])

    def _members_of(self, population: str) -> frozenset[str]:
        if population not in self._members:
            found = self._database.execute("SELECT patient FROM members WHERE population = ?", (population,))
            patients = sorted(str(patient) for (patient,) in found)
            if not hmac.compare_digest(sha256_of(patients), population):
                raise LedgerError(f"{self._path}: population {population[:12]} has other patients.", _REMEDY)
            self._members[population] = frozenset(patients)
        return self._members[population]

    # Writing.

    def _append(self, kind: Kind, content: dict[str, Any]) -> int:
        last, link = self._head
        sequence = last + 1
        time = datetime.now(UTC).isoformat(timespec="seconds")
        encoded = canonical_json({**content, "sequence": sequence, "time": time, "kind": kind})
        sha256 = _link(link, encoded)
        self._database.execute(
            "INSERT INTO entries VALUES (?, ?, ?, ?)", (sequence, encoded, sha256, self._sign(sha256))
        )
        self._head = (sequence, sha256)
        self._remember(_entry(encoded))
        return sequence

    def _keep_members(self, population: str, patients: Collection[str]) -> None:
        known = any(reservation.population == population for reservation in self._reservations.values())
        if not known:
            self._database.execute("DELETE FROM members WHERE population = ?", (population,))
            rows = ((population, patient) for patient in patients)
            self._database.executemany("INSERT INTO members VALUES (?, ?)", rows)

    def _sign(self, sha256: str) -> str:
        return hmac.digest(self._key, f"cloister/v1/ledger\n{sha256}".encode(), hashlib.sha256).hex()

    # Budgets.

    def _refusal(
        self, wanted: Reservation, patients: frozenset[str], max_epsilon_study: float, max_epsilon_lifetime: float
    ) -> str | None:
        """Why a reservation cannot be made; None if it can."""
        self._members[wanted.population] = patients
        of_study = [*self._of_study(wanted.study_sha256), wanted]
        of_lifetime = [*self._reservations.values(), wanted]
        for name, reservations, limit in (
            ("the study's", of_study, max_epsilon_study),
            ("the lifetime's", of_lifetime, max_epsilon_lifetime),
        ):
            # Both are upper bounds, so the quick one may allow, and only the tight one may refuse.
            if self._epsilon(reservations, patients, "rdp", wanted.delta) <= limit:
                continue
            would_be = self._epsilon(reservations, patients, "pld", wanted.delta)
            if not would_be <= limit:
                return f"{name} epsilon would be {would_be:.4g}, above {limit:g}, for at least one patient"
        return None

    def _of_study(self, study_sha256: str) -> list[Reservation]:
        return [found for found in self._reservations.values() if found.study_sha256 == study_sha256]

    def _epsilon(
        self,
        reservations: list[Reservation],
        members: frozenset[str] | None,
        accountant: Accountant,
        delta: float | None,
    ) -> float:
        if not reservations:
            return 0.0
        at = min(reservation.delta for reservation in reservations) if delta is None else delta
        loads = self._loads(reservations, members)
        return max((epsilon_of(_mechanisms(load), at, accountant) for load in loads), default=0.0)

    def _loads(self, reservations: list[Reservation], members: frozenset[str] | None) -> list[_Load]:
        """What different groups of patients were exposed to, without groups that were exposed to less than others."""
        of_population: dict[str, _Load] = {}
        for reservation in reservations:
            mechanism = reservation.mechanism
            load = of_population.setdefault(reservation.population, Counter())
            load[mechanism.sample_rate, mechanism.noise_multiplier] += mechanism.steps
        populations = {name: self._members_of(name) for name in of_population}
        loads = [
            sum((of_population[name] for name in names), start=Counter()) for names in _overlaps(populations, members)
        ]
        distinct = [load for number, load in enumerate(loads) if load not in loads[:number]]
        return [load for load in distinct if not any(load < other for other in distinct)]


_Load = Counter[tuple[float, float]]
"""(sample rate, noise multiplier) -> steps."""


def _overlaps(populations: dict[str, frozenset[str]], members: frozenset[str] | None) -> set[frozenset[str]]:
    """The sets of populations that at least one patient is in exactly."""
    everybody = frozenset().union(*populations.values()) if members is None else members
    groups: dict[frozenset[str], frozenset[str]] = {frozenset(): everybody}
    for name, population in populations.items():
        split: dict[frozenset[str], frozenset[str]] = {}
        for names, patients in groups.items():
            split[names | {name}] = patients & population
            split[names] = patients - population
        groups = {names: patients for names, patients in split.items() if patients}
    return groups.keys() - {frozenset()}


def _mechanisms(load: _Load) -> list[Mechanism]:
    return [Mechanism(rate, noise, steps) for (rate, noise), steps in load.items()]


def _frozen(members: Collection[str] | None) -> frozenset[str] | None:
    return None if members is None else frozenset(members)


def _link(previous: str, content: bytes) -> str:
    return hashlib.sha256(previous.encode() + content).hexdigest()


def _entry(content: bytes) -> Entry:
    values: dict[str, Any] = json.loads(content)
    take: Callable[[str], Any] = values.pop
    return Entry(sequence=take("sequence"), time=take("time"), kind=take("kind"), content=values)


def _reservation(entry: Entry) -> Reservation:
    values = entry.content
    return Reservation(
        entry.sequence,
        values["study_sha256"],
        values["run_id"],
        values["round_number"],
        values["population"],
        Mechanism(**values["mechanism"]),
        values["delta"],
    )


def _numbered(reservation: Reservation, sequence: int) -> Reservation:
    return Reservation(**{**vars(reservation), "sequence": sequence})


@contextmanager
def _as_ledger_error(path: Path) -> Iterator[None]:
    """A full disk, a lock that is never released or a damaged file is a ledger's error, not a traceback."""
    try:
        yield
    except sqlite3.Error as problem:
        raise LedgerError(
            f"{path}: the ledger cannot be used: {problem}.",
            "Check the disk, its free space and who else holds the file. Nothing may be trained until this works.",
        ) from problem
