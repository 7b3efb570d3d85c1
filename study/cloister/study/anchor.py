"""The anchor: a signed note of a ledger's newest entry, kept in another folder than the ledger.

A backup that is put back, or a virtual machine that is rolled back, brings an older ledger whose chain is perfectly
valid. The anchor is not in that backup: it names an entry that the older copy does not have. It only ever moves
forwards, is written before `reserve` returns, and is one file for each ledger, named by the ledger's own id.

It does not help where ledger and anchor are put back together; the coordinator's receipts do then.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cloister.study import atomic
from cloister.study.canonical import canonical_json
from cloister.study.errors import LedgerError
from cloister.study.file_lock import ALONE, lock
from cloister.study.untrusted_json import parse_json


@dataclass(frozen=True)
class Mark:
    """A ledger's entry that is known to have been written: its number and its link."""

    sequence: int
    link: bytes


def usual_folder() -> Path:
    """The folder of notes where none is configured: `$XDG_STATE_HOME/cloister/anchors`; `~/.local/state` if unset."""
    state = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(state) / "cloister" / "anchors"


class Anchor:
    """The note of one ledger.

    Args:
        folder: where notes are; not the ledger's folder, nor one that is backed up with it.
        ledger: the ledger's id.
        key: the ledger's key.
    """

    def __init__(self, folder: Path, ledger: str, key: bytes) -> None:
        self.path = folder / f"{ledger}.json"
        self._ledger, self._key = ledger, key

    def read(self) -> Mark | None:
        """The newest entry noted; None if there is no note.

        Raises:
            LedgerError: the note cannot be read, or this site did not write it.
        """
        try:
            if self.path.exists() and not self.path.is_file():
                raise ValueError
            values = parse_json(self.path.read_bytes())
            mark = Mark(int(values["sequence"]), bytes.fromhex(values["link"]))
            valid = hmac.compare_digest(str(values["signature"]).encode(), self._sign(mark).encode())
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise LedgerError(f"{self.path}: cannot be read: {problem.strerror}.", "Check the folder.") from None
        except (ValueError, KeyError, TypeError, OverflowError):
            valid = False
        if not valid:
            raise LedgerError(
                f"{self.path}: not an anchor that this site wrote.",
                "Find out who changed it. If it is beyond repair, delete it and give a reason to `cloister site ledger "
                "--anchor-anew`.",
            )
        return mark

    def advance(self, mark: Mark) -> None:
        """Note a newer entry, durably. A note of a later one, by another process, stays.

        Raises:
            LedgerError: it cannot be written. What was reserved counts; nothing may be trained with it.
        """
        try:
            with self._alone():
                noted = self.read()
                if noted is None or noted.sequence < mark.sequence:
                    self._write(mark)
        except OSError as problem:
            raise LedgerError(
                f"{self.path}: cannot be written: {problem.strerror}.",
                "Make room, or correct `anchors` in site.toml. What was reserved counts, but nothing was trained.",
            ) from None

    def _write(self, mark: Mark) -> None:
        values = {"ledger": self._ledger, "sequence": mark.sequence, "link": mark.link.hex()}
        atomic.write_bytes(self.path, canonical_json({**values, "signature": self._sign(mark)}), mode=0o600)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with lock(self.path.with_suffix(".lock"), ALONE):
            yield

    def _sign(self, mark: Mark) -> str:
        message = canonical_json([self._ledger, mark.sequence, mark.link.hex()])
        return hmac.digest(self._key, b"cloister/v1/ledger-anchor\n" + message, hashlib.sha256).hex()
