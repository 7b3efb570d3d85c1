"""What stands in a ledger: entries, and the reservation among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from cloister.privacy.accounting import Mechanism
from cloister.study.canonical import canonical_json
from cloister.study.untrusted_json import parse_json

Kind = Literal["opened", "reservation", "settlement", "refusal", "anchored"]


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

    @classmethod
    def of(cls, content: bytes) -> Self:
        """The entry that `to_bytes` wrote."""
        values: dict[str, Any] = parse_json(content)
        return cls(values.pop("sequence"), values.pop("time"), values.pop("kind"), values)

    def to_bytes(self) -> bytes:
        """The canonical form, which the chain covers."""
        return canonical_json({**self.content, "sequence": self.sequence, "time": self.time, "kind": self.kind})


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

    @classmethod
    def of(cls, sequence: int, content: Mapping[str, Any]) -> Self:
        """The reservation that an entry records."""
        return cls(
            sequence,
            content["study_sha256"],
            content["run_id"],
            content["round_number"],
            content["population"],
            Mechanism(**content["mechanism"]),
            content["delta"],
        )
