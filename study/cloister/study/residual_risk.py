"""The certificate's section on what a de-identification may have missed.

Three kinds of evidence, none of which holds text of a patient:

1. survival: identifiers that the patients' own records list, searched for verbatim in what was written;
2. the audit: people read a uniform random sample of notes and marked what had been missed; exact binomial bounds;
3. attacks: leaks were planted in memory, and an attacker tried to tell them from the surrogates around them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(ge=0)]
Probability = Annotated[float, Field(ge=0, le=1)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Rate(_Section):
    """How often something was seen in independent trials, with the exact bounds of Clopper and Pearson (1934)."""

    events: Count
    trials: Count
    upper: Probability = Field(description="one-sided upper bound")
    interval: tuple[Probability, Probability] = Field(description="two-sided, at the same confidence")


class Survival(_Section):
    """The search for listed identifiers in the written output."""

    checked: Count
    surviving: Count


class Audit(_Section):
    """What people found who read a uniform random sample of the notes.

    The identifiers of one note are not quite independent of each other; notes are, so `leaking_notes` is the bound
    that needs no assumption. Bounds by label hold for one label at a time.
    """

    method: Literal["clopper-pearson"] = "clopper-pearson"
    confidence: Probability
    audited: date
    notes: Count = Field(description="notes of the uniform sample, all read to the end")
    extensions: Count = Field(description="how often the sample was enlarged after it had been drawn")
    missed: Rate = Field(description="of the identifiers in these notes, those left in the dataset")
    by_label: dict[str, Rate]
    leaking_notes: Rate = Field(description="of these notes, those with at least one identifier left")
    leaks_per_1000_notes: Annotated[float, Field(ge=0)] = Field(
        description="upper bound of the rate of missed identifiers, times the sample's identifiers a note"
    )
    false_findings: Count = Field(description="removed although they identified nobody")


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
        """Upper bound of the share of identifiers that are left; None without an audited sample."""
        return None if self.audit is None else self.audit.missed.upper
