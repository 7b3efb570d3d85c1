"""What a detector reports, and what every detector looks like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

Label = Literal[
    "NAME",
    "DATE",
    "AGE",
    "PHONE",
    "FAX",
    "EMAIL",
    "ADDRESS",
    "ORGANIZATION",
    "PROFESSION",
    "MRN",
    "SSN",
    "ACCOUNT",
    "HEALTH_PLAN",
    "LICENSE",
    "VEHICLE",
    "DEVICE",
    "URL",
    "IP",
    "ID",
]
LABELS: tuple[Label, ...] = get_args(Label)


@dataclass(frozen=True, slots=True)
class Finding:
    """An identifier in a text.

    `start` and `end` are Unicode code points into the unchanged text, end exclusive; `score` in [0, 1] is how sure
    the source is; `source` names the detectors that found it, joined by `+`.
    """

    start: int
    end: int
    label: Label
    score: float
    source: str


class Recognizer(Protocol):
    """Finds one kind of identifier."""

    @property
    def labels(self) -> tuple[Label, ...]:
        """The labels of what it finds."""

    def find(self, text: str) -> Iterable[Finding]:
        """Every occurrence; occurrences may overlap those of other recognisers."""
