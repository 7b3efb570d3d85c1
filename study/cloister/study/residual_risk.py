"""The certificate's section on what a de-identification may have missed.

Three kinds of evidence, none of which holds text of a patient:

1. survival: identifiers that the patients' own records list, searched for verbatim in what was written;
2. the audit: people read a uniform random sample of notes and marked what had been missed; bounds on what that says
   of the notes that nobody read;
3. attacks: leaks were planted in memory, and an attacker tried to tell them from the surrogates around them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from cloister.study.document import Count

Probability = Annotated[float, Field(ge=0, le=1)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Rate(_Section):
    """How often something was seen in independent trials, with the exact bounds of Clopper and Pearson (1934)."""

    events: Count
    trials: Count
    upper: Probability = Field(description="one-sided upper bound")
    interval: tuple[Probability, Probability] = Field(description="two-sided, at the same confidence")


class NoteShare(_Section):
    """The mean over notes of the share of a note's identifiers that were missed, with its one-sided upper bound."""

    mean: Probability
    notes: Count = Field(description="notes of the sample with an identifier")
    upper: Probability = Field(description="Hoeffding (1963), theorem 1: for independent notes")


class Survival(_Section):
    """The search for listed identifiers in the written output."""

    checked: Count
    surviving: Count


class Audit(_Section):
    """What people found who read a uniform random sample of the notes.

    The identifiers of one note are not independent of each other: a template may hide all of them from the detectors.
    Notes are, so `missed_per_note` and `leaking_notes` need no assumption; `missed` and `by_label` do. Bounds by label
    hold for one label at a time.
    """

    method: Literal["clopper-pearson"] = "clopper-pearson"
    confidence: Probability
    audited: date
    notes: Count = Field(description="notes of the uniform sample, all read to the end")
    extensions: Count = Field(description="how often the sample was enlarged after it had been drawn")
    missed: Rate = Field(description="of the identifiers in these notes, those left in the dataset")
    missed_per_note: NoteShare | None = Field(default=None, description="older certificates lack it")
    by_label: dict[str, Rate]
    leaking_notes: Rate = Field(description="of these notes, those with at least one identifier left")
    leaks_per_1000_notes: Annotated[float, Field(ge=0)] = Field(
        description="upper bound of the rate of missed identifiers, times the sample's identifiers a note"
    )
    false_findings: Count = Field(description="removed although they identified nobody")

    @model_serializer(mode="wrap")
    def _without_what_is_absent(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Absent and None are the same, also to the signature: older certificates stay valid."""
        document: dict[str, Any] = serialize(self)
        if self.missed_per_note is None:
            del document["missed_per_note"]
        return document

    @property
    def bound(self) -> float:
        """Upper bound of the share of identifiers missed: of all of them, or of an average note's if that is higher.

        The first alone would take 600 identifiers of three notes for 600 trials. A note's share is at most 1, so
        without the second the share of leaking notes bounds it.
        """
        by_note = self.leaking_notes if self.missed_per_note is None else self.missed_per_note
        return max(self.missed.upper, by_note.upper)


class Attack(_Section):
    """An attack on the surrogates, scored on leaks that were planted for it."""

    name: Literal["parrot", "rarity"]
    attacked: date
    notes: Count
    spans: Count = Field(description="PHI-like spans in these notes: surrogates and planted leaks")
    planted: Count
    recall: Rate = Field(description="of the planted leaks, those that the attacker named")
    precision: Rate = Field(description="of the spans that the attacker named, those that were leaks")


class ResidualRisk(_Section):
    """What may have been missed. Without an audit there is no bound."""

    survival: Survival
    audit: Audit | None = None
    attacks: tuple[Attack, ...] = ()

    @property
    def bound(self) -> float | None:
        """Upper bound of the share of identifiers that are left, see `Audit`; None without an audited sample."""
        return None if self.audit is None else self.audit.bound
