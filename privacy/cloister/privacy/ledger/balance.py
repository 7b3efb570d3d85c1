"""What verified entries add up to: kept in memory while a ledger is open, a line for each study and population."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from cloister.privacy.ledger.exposure import Load

Round = tuple[str, str, int]
"""Study, run, number."""


class Balance:
    """The sum of some entries, in their order. It believes what it is told: tell it only what was verified."""

    def __init__(self) -> None:
        self.ledger = ""
        """The ledger's own id, random, from its first entry."""
        self.anchored = False
        """Whether something was reserved under an anchor, so that a missing one means something."""
        self.open: dict[int, Round] = {}
        """The reservations that are not settled: a few, whatever the ledger's length, since only a kill leaves one."""
        self._loads: dict[tuple[str, str], Load] = defaultdict(Counter)
        self._deltas: dict[str, float] = {}
        self._rounds: dict[tuple[str, str], set[int]] = defaultdict(set)
        self._datasets: dict[tuple[str, str], str] = {}

    def add(self, entry: Mapping[str, Any]) -> None:
        """Count one entry (its values as they are stored)."""
        kind = entry["kind"]
        if kind == "reservation":
            self._reserve(entry)
        elif kind == "settlement":
            self.open.pop(entry["reservation"], None)
        elif kind == "opened":
            self.ledger = entry["ledger"]
        elif kind == "anchored":
            self.anchored = False

    def populations(self) -> set[str]:
        """All populations that anything was reserved for."""
        return {population for _, population in self._loads}

    def loads(self, study: str | None = None) -> dict[str, Load]:
        """For each population what was reserved, by one study or by all."""
        found: dict[str, Load] = defaultdict(Counter)
        for (of_study, population), load in self._loads.items():
            if study in {None, of_study}:
                found[population] += load
        return dict(found)

    def delta(self, study: str | None = None) -> float | None:
        """The smallest delta of any reservation; None if there is none."""
        found = self._deltas.values() if study is None else [self._deltas[study]] if study in self._deltas else []
        return min(found, default=None)

    def dataset(self, study: str, run: str) -> str | None:
        """What a run of a study was reserved to train on; None if nothing was."""
        return self._datasets.get((study, run))

    def rounds(self, study: str, run: str) -> int:
        """How many different rounds of a run were reserved."""
        return len(self._rounds.get((study, run), ()))

    def open_reservation(self, study: str, run: str, round_number: int) -> int | None:
        """Sequence of the newest reservation of a round that is not settled; None if there is none."""
        wanted = study, run, round_number
        return next((sequence for sequence, of_round in reversed(self.open.items()) if of_round == wanted), None)

    def _reserve(self, entry: Mapping[str, Any]) -> None:
        # One copy of the names that stand in every entry of a run: less memory, and hashed once.
        study, run, number = sys.intern(entry["study_sha256"]), sys.intern(entry["run_id"]), entry["round_number"]
        mechanism, delta = entry["mechanism"], entry["delta"]
        setting = mechanism["sample_rate"], mechanism["noise_multiplier"]
        self.open[entry["sequence"]] = study, run, number
        self._loads[study, entry["population"]][setting] += mechanism["steps"]
        if delta < self._deltas.get(study, 1.0):
            self._deltas[study] = delta
        self._rounds[study, run].add(number)
        self._datasets.setdefault((study, run), entry["dataset"])
        self.anchored = self.anchored or entry["anchored"]
