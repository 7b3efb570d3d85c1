"""The evidence of a release: what the coordinator signs about a model, and what it is made of.

It is the predicate of an in-toto Statement (v1) whose subjects are the release's files with their SHA-256. Everything
else in a release is either such a file or can be computed from this.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AwareDatetime, Field
from pydantic_core import from_json

from cloister.study.canonical import canonical_json, sha256_of
from cloister.study.document import Document, check
from cloister.study.errors import EvidenceError, InputError
from cloister.study.printable import printable
from cloister.study.privacy_statement import Count, Run, Sha256
from cloister.study.schema import Name

if TYPE_CHECKING:
    from cloister.server.evaluation import Evaluation, Interval
    from cloister.strategies.server_state import RoundRecord

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:x-cloister:release:1"

Real = Annotated[float, Field(allow_inf_nan=False)]


class Measured(Document):
    """A value with its bootstrap interval over held-out patients; None where it is not defined."""

    value: Real | None
    low: Real | None
    high: Real | None

    @classmethod
    def of(cls, interval: Interval) -> Measured:
        """As the evaluation found it."""
        return cls(value=_real(interval.value), low=_real(interval.low), high=_real(interval.high))


class Judged(Document):
    """One model on the coordinator's held-out patients."""

    metrics: dict[str, Measured]
    by_site: dict[str, dict[str, Real | None]]
    """Where the held-out data tell their sites: site -> metric -> value."""

    @classmethod
    def of(cls, evaluation: Evaluation) -> Judged:
        """As the evaluation found it."""
        return cls(
            metrics={name: Measured.of(interval) for name, interval in evaluation.metrics.items()},
            by_site={
                site: {name: _real(value) for name, value in values.items()}
                for site, values in evaluation.by_site.items()
            },
        )


class Round(Document):
    """One round as the coordinator recorded it; round 0 is the untouched base."""

    round: Count
    replied: tuple[Name, ...]
    failed: dict[Name, str]
    bytes_down: Count
    bytes_up: Count
    metrics: dict[str, Real]
    accepted: bool

    @classmethod
    def of(cls, record: RoundRecord) -> Round:
        """From the checkpoint's history."""
        return cls.model_validate({name: value for name, value in vars(record).items() if name in cls.model_fields})


class Evidence(Document):
    """What the coordinator says about one released model."""

    schema_version: Literal[1] = 1
    released: AwareDatetime
    cloister_version: Annotated[str, Field(max_length=32)]
    study_sha256: Sha256
    run: Run
    base_sha256: Sha256 | None
    """Of the base folder that training started from; None: weights initialised from the study's seed."""
    rounds: tuple[Round, ...] = Field(min_length=1)
    transcript: tuple[Sha256, ...]
    """One hash a round: of the hash before (64 zeros at first) and the round's canonical JSON."""
    stopped: str | None
    """Why the run ended before the study's last round."""
    heldout_patients: Annotated[int, Field(ge=1)]
    heldout_examples: Annotated[int, Field(ge=1)]
    base: Judged
    model: Judged
    gain: Measured
    """Paired difference, model minus base, in the study's metric."""

    @property
    def contributions(self) -> dict[str, int]:
        """Site -> rounds that its update is in."""
        return dict(sorted(Counter(site for record in self.rounds for site in record.replied).items()))

    @property
    def rounds_finished(self) -> int:
        """Rounds that the model went through."""
        return self.rounds[-1].round

    def check_transcript(self) -> None:
        """Refuse a transcript that is not the rounds'.

        Raises:
            EvidenceError: hashes do not follow from the rounds, or rounds are missing.
        """
        if self.transcript != transcript_of(self.rounds) or [found.round for found in self.rounds] != list(
            range(len(self.rounds))
        ):
            raise EvidenceError("The transcript is not that of the rounds.", "Ask the coordinator.")


def transcript_of(rounds: tuple[Round, ...]) -> tuple[str, ...]:
    """The chain of hashes over rounds."""
    hashes, last = [], "0" * 64
    for record in rounds:
        last = sha256_of([last, record.model_dump(mode="json")])
        hashes.append(last)
    return tuple(hashes)


def in_toto(evidence: Evidence, digests: Mapping[str, str]) -> bytes:
    """The Statement that is signed: canonical JSON.

    Args:
        evidence: the predicate.
        digests: file of the release -> its SHA-256.
    """
    return canonical_json(
        {
            "_type": STATEMENT_TYPE,
            "subject": [{"name": name, "digest": {"sha256": digests[name]}} for name in sorted(digests)],
            "predicateType": PREDICATE_TYPE,
            "predicate": evidence.model_dump(mode="json"),
        }
    )


class _Digest(Document):
    sha256: Sha256


class _Subject(Document):
    name: str
    digest: _Digest


class _Statement(Document):
    type: Literal["https://in-toto.io/Statement/v1"] = Field(alias="_type")
    subject: tuple[_Subject, ...]
    predicateType: Literal["urn:x-cloister:release:1"]  # noqa: N815 (in-toto's name)
    predicate: dict[str, Any]


def from_in_toto(payload: bytes) -> tuple[Evidence, dict[str, str]]:
    """The evidence of a Statement, and file -> SHA-256.

    Raises:
        EvidenceError: it is none of this version, or names a file twice.
    """
    source, remedy = "the evidence", "Verify it with the version of Cloister that made it."
    try:
        statement = check(from_json(payload), _Statement, InputError, source)
        evidence = check(statement.predicate, Evidence, InputError, source)
    except (ValueError, InputError) as problem:
        raise EvidenceError(printable(f"{source}: {problem}"), remedy) from None
    digests = {found.name: found.digest.sha256 for found in statement.subject}
    if len(digests) != len(statement.subject):
        raise EvidenceError(f"{source} names a file twice.", remedy)
    return evidence, digests


def _real(value: float) -> float | None:
    return value if math.isfinite(value) else None
