"""A cache of composed privacy losses beside the ledger, so that a refusal after 200 studies takes no 10 seconds.

While a study runs, everything else that its patients were exposed to stays as it is. The distribution of that rest is
kept; a check composes it with the study's own steps. Kept distributions carry an HMAC under the site key over the
segments they are of, so nobody without the key can put a smaller one there. A cache that is missing, damaged or forged
is not believed and not an error: it is computed again. What the ledger reports as spent is never taken from here.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from cloister.privacy.accounting import MOST_SETTINGS, Mechanism, epsilon_of, privacy_loss
from cloister.privacy.ledger.exposure import Segments
from cloister.privacy.privacy_loss import PrivacyLoss
from cloister.study.canonical import canonical_json
from cloister.study.sqlite_schema import stored_schema

_TABLE = "CREATE TABLE losses (number INTEGER PRIMARY KEY, load TEXT UNIQUE, loss BLOB, mac BLOB)"
_AT_ONCE = 3
"""Up to this many settings are composed directly, in well under a second."""
_KEPT = 8
_CLOSE = 1e-3
"""A refusal by less than this, relatively, is confirmed by composing everything anew."""


class LossCache:
    """Epsilon of long loads, quickly.

    Args:
        path: the cache's file; made when it is first needed.
        key: the ledger's key.
    """

    def __init__(self, path: Path, key: bytes) -> None:
        self._path, self._key = path, key
        self._held: dict[Segments, PrivacyLoss] = {}

    def warm(self, load: Segments, added: Mechanism, delta: float) -> None:
        """Have ready what `epsilon` will need for a load while `added` goes on."""
        if _AT_ONCE < len(load) <= MOST_SETTINGS:
            self._loss(_without(load, added), delta)

    def epsilon(self, load: Segments, added: Mechanism, delta: float, limit: float) -> float:
        """Epsilon of a load: an upper bound, within `_CLOSE` of the limit the same that is reported.

        Args:
            load: everything, with `added`.
            added: the mechanism whose setting grows.
            delta: at which epsilon holds.
            limit: what epsilon will be held against.
        """
        if not _AT_ONCE < len(load) <= MOST_SETTINGS:
            return epsilon_of(load, delta)
        rest = self._loss(_without(load, added), delta)
        if rest is None:
            return epsilon_of(load, delta)
        own = next(segment for segment in load if _setting(segment) == _setting(added))
        epsilon = min(rest.then(own).epsilon(delta), epsilon_of(load, delta, "rdp"))
        return epsilon_of(load, delta) if limit < epsilon <= limit * (1 + _CLOSE) else epsilon

    def forget(self) -> None:
        """Throw everything away; it is computed again when needed."""
        self._held = {}
        self._path.unlink(missing_ok=True)

    def _loss(self, load: Segments, delta: float) -> PrivacyLoss | None:
        found = self._known(load) or self._one_more(load) or privacy_loss(load, delta)
        if found is not None and load not in self._held:
            self._held = dict([*self._held.items(), (load, found)][-_KEPT:])
            with suppress(sqlite3.Error, OSError, UnicodeDecodeError):
                self._write(load, found.to_bytes())
        return found

    def _known(self, load: Segments) -> PrivacyLoss | None:
        if load not in self._held:
            with suppress(sqlite3.Error, ValueError, KeyError, TypeError):
                found = self._read(load)
                if found is not None:
                    self._held[load] = PrivacyLoss.from_bytes(found)
        return self._held.get(load)

    def _one_more(self, load: Segments) -> PrivacyLoss | None:
        """From a load that is known and has one setting less, such as before the last study began."""
        for segment in load:
            known = self._known(_without(load, segment))
            if known is not None:
                return known.then(segment)
        return None

    def _read(self, load: Segments) -> bytes | None:
        if not self._path.is_file():
            return None
        with closing(sqlite3.connect(self._path, timeout=0.1)) as database:
            if stored_schema(database) != {_TABLE}:
                return None
            row = database.execute("SELECT loss, mac FROM losses WHERE load = ?", (_name(load),)).fetchone()
        if row is None or not all(isinstance(value, bytes) for value in row):
            return None
        return row[0] if hmac.compare_digest(self._mac(load, row[0]), row[1]) else None

    def _write(self, load: Segments, loss: bytes) -> None:
        os.close(os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(self._path, timeout=0.1)) as database, database:
            found = stored_schema(database)
            if found and found != {_TABLE}:  # a trigger of somebody else's would see what is written
                return
            if not found:
                database.execute(_TABLE)
            row = (_name(load), loss, self._mac(load, loss))
            database.execute("INSERT OR REPLACE INTO losses (load, loss, mac) VALUES (?, ?, ?)", row)
            database.execute("DELETE FROM losses WHERE number <= (SELECT max(number) FROM losses) - ?", (_KEPT,))

    def _mac(self, load: Segments, loss: bytes) -> bytes:
        return hmac.digest(self._key, b"cloister/v1/ledger-losses\n" + _name(load).encode() + loss, hashlib.sha256)


def _without(load: Segments, added: Mechanism) -> Segments:
    return tuple(segment for segment in load if _setting(segment) != _setting(added))


def _setting(mechanism: Mechanism) -> tuple[float, float]:
    return mechanism.sample_rate, mechanism.noise_multiplier


def _name(load: Segments) -> str:
    values = [[segment.sample_rate, segment.noise_multiplier, segment.steps] for segment in load]
    return hashlib.sha256(canonical_json(values)).hexdigest()
