"""What a site says, under its signature, of the privacy that one study spent there: evidence for a release.

    cloister/privacy-statement/1, signed with the site's identity, which the study's roster names

It comes from the site's verified ledger and from its record of what left. It names no patient, dataset or person, and
no count of patients.
"""

from __future__ import annotations

from typing import Annotated, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import AwareDatetime, Field

from cloister.study.document import Document, check
from cloister.study.errors import EvidenceError, InputError
from cloister.study.printable import printable
from cloister.study.schema import Name, TrustModel
from cloister.study.signed_document import open_signed, sign

STATEMENT_FORMAT = "cloister/privacy-statement/1"

MOST_SETTINGS = 64
"""Of all populations together. A run trains on one dataset with one setting, so an honest site has one for each run
that its data changed for. To compose very many takes whoever verifies a statement hours."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Run = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Steps(Document):
    """Steps of the Poisson-subsampled Gaussian mechanism with one setting."""

    sample_rate: Annotated[float, Field(gt=0, le=1)]
    noise_multiplier: Positive
    steps: Annotated[int, Field(ge=1)]


class Answers(Document):
    """What left the site in one round."""

    run: Run
    round: Count | None
    """None for answers before the first round."""
    answers: Annotated[int, Field(ge=1)]
    bytes: Count
    sha256: Sha256
    """Of the canonical JSON of the list of the answers' own SHA-256, in the order in which they left."""


class PrivacyStatement(Document):
    """One site's statement on one study. `PrivacyStatement.open` is the way in."""

    schema_version: Literal[1] = 1
    site: Name
    study: Name
    study_sha256: Sha256
    created: AwareDatetime
    epsilon: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    """Of the patient who spent most on this study, all its runs and given-up rounds together (PLD)."""
    delta: Annotated[float, Field(gt=0, lt=1)]
    populations: tuple[Annotated[tuple[Steps, ...], Field(min_length=1)], ...] = Field(min_length=1)
    """For each body of patients that was reserved for, the steps set aside: what epsilon can be computed from."""
    rounds: dict[Run, Annotated[int, Field(ge=1)]] = Field(min_length=1)
    """Run -> rounds that privacy was set aside for, given-up ones included."""
    seeded_rounds: Count
    """Rounds whose noise came from a seed: they protected nobody, whatever epsilon says."""
    trust: TrustModel = "local"
    """Whose noise the steps' is: this site's own, or that of several sites together, as the study says."""
    approval_sha256: Sha256 | None
    """Of the record with which somebody at the site approved the study; it stays there. None if there is none now."""
    answers: tuple[Answers, ...]
    """What left, where the site has a record of it."""

    def sign(self, identity: Ed25519PrivateKey) -> bytes:
        """The signed document's bytes."""
        return sign(STATEMENT_FORMAT, self.model_dump(mode="json"), identity)

    @classmethod
    def open(cls, content: bytes, signer: str | None = None, source: str = "the site's statement") -> PrivacyStatement:
        """A statement whose signature fits.

        Args:
            content: the document's bytes, from anywhere.
            signer: the site's identity, 64 hexadecimal digits; None only to learn which site it claims to be from.
            source: what to call it in errors.

        Raises:
            EvidenceError: altered, not a statement, of more steps than can be checked, or signed by another key.
        """
        body, _ = open_signed(content, STATEMENT_FORMAT, EvidenceError, source, signer)
        try:
            found = check(body, cls, InputError, source)
        except InputError as problem:
            raise EvidenceError(printable(problem.message), "Have the site make it again, with your version.") from None
        if sum(len(steps) for steps in found.populations) > MOST_SETTINGS:
            raise EvidenceError(
                f"{source}: steps of more than {MOST_SETTINGS} settings and populations.",
                "Ask the site why its data or the mechanism changed so often in one study.",
            )
        return found
