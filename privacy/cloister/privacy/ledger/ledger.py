"""A site's ledger: the rules of this package's text, over a file and in its order."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from cloister.privacy.accounting import Accountant, Mechanism, epsilon_of
from cloister.privacy.ledger import exposure
from cloister.privacy.ledger.balance import Balance
from cloister.privacy.ledger.entries import Entry, Kind, Reservation
from cloister.privacy.ledger.export import write_export
from cloister.privacy.ledger.losses import LossCache
from cloister.privacy.ledger.storage import Storage
from cloister.study import atomic
from cloister.study.anchor import Anchor, Mark
from cloister.study.canonical import sha256_of
from cloister.study.chain import FIRST_LINK, BrokenChainError, Chain
from cloister.study.errors import BudgetExhaustedError, DataError, InputError, LedgerError
from cloister.study.keys import SiteKey
from cloister.study.schema import TrustModel

_REMEDY = "Restore the ledger from its newest backup and report the event; do not train until it verifies."
_OLDER = (
    "Restore the ledger from its newest backup and report the event. If no newer copy than this one exists, nobody "
    "knows what was spent since: take every dataset that may have been trained on since then out of `datasets` in "
    "site.toml, and its patients out of all others, for good. Only then move {} away, keep it, and run `cloister site "
    'ledger --anchor-anew "REASON"` (docs/privacy.md, "When no newer copy exists").'
)


class Ledger:
    """A site's ledger file. `Ledger.open` or `Ledger.create` is the way in; threads may share one.

    Every method raises `LedgerError` if the file cannot be read or written, or is not what it was.
    """

    def __init__(self, storage: Storage, site_key: SiteKey, anchors: Path | None) -> None:
        self._storage = storage
        self._key = site_key.subkey("ledger-chain")
        self._key_id = site_key.key_id
        self._chain = Chain(self._key)
        self._anchors = anchors
        self._losses = LossCache(storage.path.with_name(f"{storage.path.name}.losses"), self._key)
        self._lock = threading.RLock()
        self._committed = Mark(0, FIRST_LINK)
        self._forget()

    @classmethod
    def create(cls, path: Path, site_key: SiteKey) -> Ledger:
        """Start an empty ledger.

        Raises:
            LedgerError: the file exists, or cannot be written.
        """
        Storage.create_file(path)
        ledger = cls(Storage(path), site_key, None)
        try:
            with ledger._transaction(write=True):
                ledger._storage.create_tables()
                ledger._append("opened", {"ledger": secrets.token_hex(16), "key_id": site_key.key_id})
        except BaseException:
            ledger.close()
            raise
        atomic.sync_folder(path.parent)
        return ledger

    @classmethod
    def open(cls, path: Path, site_key: SiteKey, anchors: Path | None = None) -> Ledger:
        """Open a ledger and verify all of it.

        Args:
            path: its file.
            site_key: the site's key.
            anchors: the folder of anchors. Without it a ledger can be read; once something was reserved under an
                anchor, it cannot be reserved from.

        Raises:
            MissingFileError: there is none. A lost ledger is not an empty one.
            LedgerError: it was altered, is damaged, was written with another key, or is older than its anchor.
        """
        ledger = cls(Storage(path), site_key, anchors)
        try:
            ledger.verify()
        except BaseException:
            ledger.close()
            raise
        return ledger

    @classmethod
    def anchor_anew(cls, path: Path, site_key: SiteKey, anchors: Path, reason: str) -> None:
        """Accept a ledger whose anchor is gone as the newest one, such as after a move to another machine.

        The decision stands in the ledger with its reason. An anchor that contradicts the ledger is not replaced.

        Raises:
            LedgerError: there is an anchor.
            InputError: no reason is given.
        """
        if not reason.strip():
            raise InputError("A ledger is anchored anew for a reason only.", "Say why the old anchor is gone.")
        with cls.open(path, site_key) as ledger:
            anchor = Anchor(anchors, ledger._balance.ledger, ledger._key)
            if anchor.read() is not None:
                raise LedgerError(
                    f"{anchor.path}: there is an anchor, and it decides.",
                    "`cloister site ledger --verify` says whether the ledger is older than it, and what to do then.",
                )
            with ledger._writing():
                ledger._append("anchored", {"reason": reason})
            anchor.advance(ledger._committed)

    def close(self) -> None:
        """Close the file. Everything is on the disk already."""
        self._storage.close()

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
        dataset: str,
        members: Collection[str],
        mechanism: Mechanism,
        delta: float,
        max_epsilon_study: float,
        max_epsilon_lifetime: float,
        seeded: bool = False,
        contributed: int = 0,
        trust: TrustModel = "local",
    ) -> Reservation:
        """Set privacy aside for a round, durably, before its first batch.

        Args:
            study_sha256: the study's identity; its rounds and runs compose towards `max_epsilon_study`.
            study_name: for people.
            run_id: the run that the round belongs to.
            round_number: for people; a round reserved twice counts twice.
            dataset: identity of what is trained on; the same in all rounds of a run.
            members: ledger ids of **all** patients of the dataset, drawn or not, canaries included.
            mechanism: what the round will do, with all its steps.
            delta: at which the two limits hold.
            max_epsilon_study: the stricter of what study and policy allow.
            max_epsilon_lifetime: what the policy allows over all studies.
            seeded: sampling and noise come from a seed, so the round protects nobody. Recorded, and shown.
            contributed: the coordinator's receipt: rounds of this run that this site has contributed to.
            trust: whose noise the mechanism's is: this site's own, or that of several sites together. Recorded, and
                shown.

        Returns:
            The reservation, which is on the disk.

        Raises:
            BudgetExhaustedError: a patient would exceed a limit. Recorded, nothing spent.
            DataError: no patients, or one without an id; or the run's dataset has changed.
            InputError: delta is impossible.
            LedgerError: it could not be written, or shows fewer rounds than the site contributed: do not train.
        """
        patients = _checked(members, delta)
        wanted = Reservation(0, study_sha256, run_id, round_number, sha256_of(sorted(patients)), mechanism, delta)
        content = {
            **{name: value for name, value in vars(wanted).items() if name != "sequence"},
            "study_name": study_name,
            "dataset": dataset,
            "patients": len(patients),
            "mechanism": asdict(mechanism),
            "noise": "seeded" if seeded else "system",
            "trust": trust,
            "anchored": self._anchors is not None,
        }
        with self._writing():
            self._check_noted(self._noted())
            self._check_receipt(wanted, contributed)
            self._check_dataset(wanted, dataset)
            reason = self._refusal(wanted, patients, max_epsilon_study, max_epsilon_lifetime)
            if reason is None:
                if wanted.population not in self._balance.populations():
                    self._storage.keep_members(wanted.population, patients)
                    self._members[wanted.population] = patients
                sequence = self._append("reservation", content)
            else:
                self._append("refusal", {**content, "reason": reason})
        if reason is not None:
            raise BudgetExhaustedError(
                f"study {study_name}, round {round_number}: {reason}.",
                "Nothing was trained. Spent privacy does not come back: use other patients; or, where rounds were "
                "repeated, have a study with privacy.spare_rounds approved; or have the policy changed.",
            )
        self._move_anchor()
        return replace(wanted, sequence=sequence)

    def settle(self, reservation: Reservation, steps_done: int) -> None:
        """Record how a reservation ended. It keeps counting in full.

        Args:
            reservation: as `reserve` returned it.
            steps_done: optimizer steps that were taken, 0 if the round was given up.

        Raises:
            LedgerError: more steps than were reserved, no such reservation, or settled before.
        """
        path, number = self._storage.path, reservation.sequence
        if not 0 <= steps_done <= reservation.mechanism.steps:
            raise LedgerError(
                f"{path}: {steps_done} steps were done, but {reservation.mechanism.steps} were reserved.",
                "Reserve every step before it is taken; discard this round's update.",
            )
        with self._writing():
            if self._reservation(number) != reservation:
                raise LedgerError(f"{path}: holds no such reservation ({number}).", _REMEDY)
            if number not in self._balance.open:
                raise LedgerError(f"{path}: reservation {number} is settled already.", "Settle a round once.")
            self._append("settlement", {"reservation": number, "steps_done": steps_done})
        self._move_anchor()

    def open_reservation(
        self, study_sha256: str, run_id: str, round_number: int, dataset: str | None = None
    ) -> Reservation | None:
        """What a killed process left: the newest reservation of a round that is not settled.

        A round is settled after its reply was stored and before the reply may leave. So of a round whose reservation is
        not settled nothing has left, and it may be trained again under the same reservation: only one result of it ever
        gets out.

        Args:
            study_sha256: the study's identity.
            run_id: the run.
            round_number: the round.
            dataset: identity of what it has to be reserved for; any if absent.

        Returns:
            None if there is none.
        """
        with self._reading():
            number = self._balance.open_reservation(study_sha256, run_id, round_number)
            if number is None or dataset not in {None, self._balance.dataset(study_sha256, run_id)}:
                return None
            return self._reservation(number)

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
        return self._epsilon(None, members, accountant, delta)

    def epsilon(
        self,
        study_sha256: str,
        members: Collection[str] | None = None,
        *,
        accountant: Accountant = "pld",
        delta: float | None = None,
    ) -> float:
        """The same over the reservations of one study, all its runs together."""
        return self._epsilon(study_sha256, members, accountant, delta)

    def entries(self) -> tuple[Entry, ...]:
        """All entries, oldest first, for display."""
        with self._lock:
            self.verify()
            with self._storage.transaction(write=False):
                return tuple(Entry.of(content) for _, content, _ in self._storage.rows())

    def verify(self) -> int:
        """Check every entry, every population and the anchor anew.

        Returns:
            How many entries were checked.

        Raises:
            LedgerError: naming the first entry that is altered, missing, out of order or signed with another key;
                the population whose patients are not the ones it had; or the entry that the anchor knows and the
                ledger does not.
        """
        with self._lock:
            self._forget()
            with self._reading():
                for population in self._balance.populations():
                    self._members_of(population)
            # Read before the ledger is read again: another process may go on, and its anchor with it.
            noted = self._noted()
            with self._reading():
                self._check_noted(noted)
            self._move_anchor()
            return self._head.sequence

    def forget_losses(self) -> None:
        """Throw away the cache of composed losses, so that the next refusal is computed from the entries alone."""
        with self._lock:
            self._losses.forget()

    def export(self, path: Path) -> int:
        """Write a copy that anybody can verify without the site key; see `export.py`.

        Returns:
            How many entries were written.
        """
        with self._lock:
            self.verify()
            with self._storage.transaction(write=False):
                contents = [content for _, content, _ in self._storage.rows()]
            return write_export(path, self._balance.ledger, self._key_id, self._key, contents)

    # Reading: entries are verified once, in order, and what they say is kept.

    def _forget(self) -> None:
        self._head = Mark(0, FIRST_LINK)
        self._balance = Balance()
        self._members: dict[str, frozenset[str]] = {}

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with self._transaction(write=False):
            self._catch_up()
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._transaction(write=True):
            self._catch_up()
            yield

    @contextmanager
    def _transaction(self, *, write: bool) -> Iterator[None]:
        with self._lock:
            try:
                with self._storage.transaction(write=write):
                    yield
                self._committed = self._head
            except BaseException:
                # What was read of entries that are now rolled back must not be believed.
                self._forget()
                raise

    def _catch_up(self) -> None:
        path = self._storage.path
        if not self._storage.has_tables():
            raise LedgerError(
                f"{path}: is empty: its creation was not finished, or its content was removed.",
                "If this site has never trained, delete the file and run `cloister site init`. Otherwise restore it.",
            )
        try:
            last, link = self._head.sequence, self._head.link
            for entries, newest in self._chain.checked(self._storage.rows(last), last, link):
                for entry in entries:
                    self._balance.add(entry)
                self._head = Mark(entries[-1]["sequence"], newest)
        except BrokenChainError as problem:
            raise LedgerError(f"{path}: {problem} (this site's key is {self._key_id}).", _REMEDY) from None
        if not self._head.sequence:
            raise LedgerError(f"{path}: holds no entry, not even its first.", _REMEDY)
        self._check_still_there(self._committed, "entry {} was there")

    def _check_still_there(self, mark: Mark, known: str, if_missing: str = _REMEDY) -> None:
        """An entry that is known to have been written must still be there; `if_missing` says what to do if none is."""
        row = self._storage.row(mark.sequence)
        if mark.sequence and (row is None or row[1] != mark.link):
            what, remedy = ("is missing now", if_missing) if row is None else ("is another one now", _REMEDY)
            raise LedgerError(f"{self._storage.path}: {known.format(mark.sequence)} and {what}.", remedy)

    def _members_of(self, population: str) -> frozenset[str]:
        if population not in self._members:
            patients = self._storage.members(population)
            if not hmac.compare_digest(sha256_of(patients), population):
                raise LedgerError(f"{self._storage.path}: population {population[:12]} has other patients.", _REMEDY)
            self._members[population] = frozenset(patients)
        return self._members[population]

    def _reservation(self, sequence: int) -> Reservation | None:
        """A reservation as the file shows it now; None if it is none, or another one than was written."""
        before, row = self._storage.row(sequence - 1), self._storage.row(sequence)
        with suppress(ValueError, KeyError, TypeError):
            if before and row and hmac.compare_digest(self._chain.link(before[1], row[0]), row[1]):
                return Reservation.of(sequence, Entry.of(row[0]).content)
        return None

    # Anchor and receipts.

    @property
    def _anchor(self) -> Anchor | None:
        return None if self._anchors is None else Anchor(self._anchors, self._balance.ledger, self._key)

    def _noted(self) -> Mark | None:
        return None if self._anchor is None else self._anchor.read()

    def _check_noted(self, noted: Mark | None) -> None:
        if self._anchor is None:
            return
        if noted is not None:
            known = f"is older than its anchor {self._anchor.path} knows: entry {{}} was there"
            self._check_still_there(noted, known, _OLDER.format(self._anchor.path))
        elif self._balance.anchored:
            raise LedgerError(
                f"{self._anchor.path}: the ledger's anchor is missing, so an older copy of {self._storage.path} would "
                "not be noticed.",
                "Restore the anchor, or correct `anchors` in site.toml. If the ledger moved to a new machine and is "
                'its newest copy, run `cloister site ledger --anchor-anew "REASON"`.',
            )

    def _move_anchor(self) -> None:
        if self._anchor is not None:
            self._anchor.advance(self._committed)

    def _check_receipt(self, wanted: Reservation, contributed: int) -> None:
        if self._anchors is None and self._balance.anchored:
            raise LedgerError(
                f"{self._storage.path}: was used with an anchor and is opened without one.",
                "Open it with the folder of anchors.",
            )
        shown = self._balance.rounds(wanted.study_sha256, wanted.run_id)
        if shown < contributed:
            raise LedgerError(
                f"{self._storage.path}: shows {shown} rounds of this run, but the coordinator has received "
                f"{contributed} from this site: the ledger is an older copy.",
                _REMEDY,
            )

    def _check_dataset(self, wanted: Reservation, dataset: str) -> None:
        before = self._balance.dataset(wanted.study_sha256, wanted.run_id)
        if before not in {None, dataset}:
            raise DataError(
                f"round {wanted.round_number} of run {wanted.run_id}: the dataset has changed since this run was "
                "first reserved.",
                "Put the dataset of the earlier rounds back, or start a new run with the new one.",
            )

    # Writing.

    def _append(self, kind: Kind, content: Mapping[str, Any]) -> int:
        sequence = self._head.sequence + 1
        time = datetime.now(UTC).isoformat(timespec="seconds")
        encoded = Entry(sequence, time, kind, dict(content)).to_bytes()
        link = self._chain.link(self._head.link, encoded)
        self._storage.append(sequence, encoded, link)
        self._head = Mark(sequence, link)
        self._balance.add({**content, "sequence": sequence, "kind": kind})
        return sequence

    # Budgets.

    def _refusal(
        self, wanted: Reservation, patients: frozenset[str], max_epsilon_study: float, max_epsilon_lifetime: float
    ) -> str | None:
        """Why a reservation cannot be made; None if it can."""
        for name, study, limit in (
            ("the study's", wanted.study_sha256, max_epsilon_study),
            ("the lifetime's", None, max_epsilon_lifetime),
        ):
            loads = self._loads(study, patients, wanted)

            def tight(load: exposure.Segments, limit: float = limit) -> float:
                return self._losses.epsilon(load, wanted.mechanism, wanted.delta, limit)

            epsilon = exposure.exceeding(loads, wanted.delta, limit, tight)
            if epsilon is not None:
                return f"{name} epsilon would be {epsilon:.4g}, above {limit:g}, for at least one patient"
            heaviest = max(loads, key=lambda load: epsilon_of(load, wanted.delta, "rdp"))
            self._losses.warm(heaviest, wanted.mechanism, wanted.delta)
        return None

    def _loads(
        self, study: str | None, patients: frozenset[str] | None, wanted: Reservation | None = None
    ) -> list[exposure.Segments]:
        by_population = self._balance.loads(study)
        members = {name: self._members_of(name) for name in by_population}
        if wanted is not None and patients is not None:
            mechanism = wanted.mechanism
            added = exposure.Load({(mechanism.sample_rate, mechanism.noise_multiplier): mechanism.steps})
            by_population[wanted.population] = by_population.get(wanted.population, exposure.Load()) + added
            members[wanted.population] = patients
        return exposure.loads_of_patients(by_population, members, patients)

    def _epsilon(
        self, study: str | None, members: Collection[str] | None, accountant: Accountant, delta: float | None
    ) -> float:
        with self._reading():
            at = self._balance.delta(study) if delta is None else delta
            if at is None:
                return 0.0
            loads = self._loads(study, None if members is None else frozenset(members))
            tight = None if accountant == "rdp" else lambda load: epsilon_of(load, at)
            return exposure.highest(loads, at, tight)


def _checked(members: Collection[str], delta: float) -> frozenset[str]:
    patients = frozenset(members)
    if not patients or not all(patients):
        raise DataError(
            "The dataset has no patients, or one without an id in the ledger.",
            "Run the de-identification again: it gives every patient an id.",
        )
    if not 0 < delta < 1:
        raise InputError(f"delta = {delta}: not in (0, 1).", "Give a delta well below one over the patients.")
    return patients
