"""A study as its coordinator signs it and as sites verify it.

The signature covers the study itself, the roster (each site's name and identity), who signed, from when to when it may
be run, and the version of Cloister that it was made for. What a site asks of it, in this order:

1. the coordinator of its own enrolment signed these bytes;
2. the study in it is the one that the hash in it names, as this version reads it;
3. it was made for the version installed here;
4. it may be run now;
5. its roster names this site with its identity, and nobody whom the study does not name.

Whether a person here approved it, and whether the policy allows it, is asked after that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import AwareDatetime, Field, model_validator

from cloister.study.document import Document, check
from cloister.study.enrolment import CLOCKS_DIFFER_BY, PublicKey
from cloister.study.errors import (
    ExpiredStudyError,
    InputError,
    NotOnRosterError,
    OtherStudyError,
    StudyError,
    StudySignatureError,
    VersionRefusedError,
)
from cloister.study.printable import printable
from cloister.study.schema import Name, Study
from cloister.study.signed_document import open_signed, sign

SIGNED_STUDY_FORMAT = "cloister/signed-study/1"
SIGNED_STUDY_FILE = "signed-study.json"
_SOURCE = "the signed study"


class SignedStudy(Document):
    """A study with everything that its signature covers. `SignedStudy.open` is the way in."""

    schema_version: Literal[1] = 1
    study: dict[str, Any]
    """The study's values with every default written out."""
    study_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    roster: dict[Name, PublicKey] = Field(min_length=1)
    """Site -> its identity."""
    coordinator: Name
    issued: AwareDatetime
    expires: AwareDatetime
    cloister_version: Annotated[str, Field(pattern=r"^\d+(\.\d+)+[a-z0-9.+]*$", max_length=32)]

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> SignedStudy:
        if self.expires <= self.issued:
            raise ValueError("it ends before it begins")
        return self

    @classmethod
    def of(
        cls,
        study: Study,
        roster: Mapping[str, str],
        coordinator: str,
        issued: datetime,
        expires: datetime,
        version: str,
    ) -> SignedStudy:
        """The document that a coordinator signs.

        Raises:
            StudyError: the roster is not the study's, or the study names other identities.
        """
        if roster.keys() != set(study.federation.sites):
            raise StudyError("The roster is not the study's.", "Enrol every site that `federation.sites` names.")
        wrong = [name for name, identity in (study.federation.identities or {}).items() if roster[name] != identity]
        if wrong:
            raise StudyError(
                f"study {study.name}: federation.identities.{min(wrong)} is not the identity enrolled.",
                "Put the identities into the study that `cloister server roster` shows.",
            )
        return cls(
            study=study.model_dump(mode="json"),
            study_sha256=study.sha256,
            roster=dict(roster),
            coordinator=coordinator,
            issued=issued,
            expires=expires,
            cloister_version=version,
        )

    def sign(self, key: Ed25519PrivateKey) -> bytes:
        """The signed document's bytes."""
        return sign(SIGNED_STUDY_FORMAT, self.model_dump(mode="json"), key)

    @classmethod
    def open(cls, content: bytes, signer: str) -> tuple[SignedStudy, Study]:
        """Rules 1 and 2: the signed study, and the study in it.

        Args:
            content: the document's bytes, from anywhere.
            signer: public key of the coordinator, 64 hexadecimal digits.

        Raises:
            StudySignatureError: another key signed it, it was altered, or it is not a signed study.
            OtherStudyError: it holds another study than the one it names.
        """
        body, _ = open_signed(content, SIGNED_STUDY_FORMAT, StudySignatureError, _SOURCE, signer)
        try:
            signed = check(body, cls, InputError, _SOURCE)
            study = check(signed.study, Study, StudyError, _SOURCE)
        except StudyError as problem:
            raise OtherStudyError(
                printable(problem.message), "Have the coordinator submit it with your version."
            ) from None
        except InputError as problem:
            raise StudySignatureError(printable(problem.message), "Have the coordinator submit it again.") from None
        if study.sha256 != signed.study_sha256:
            raise OtherStudyError(
                f"{_SOURCE} names study {signed.study_sha256[:12]}… and holds {study.sha256[:12]}….",
                "Install the version of Cloister that the coordinator submitted it with.",
            )
        return signed, study

    def check_use(self, study: Study, site: str, identity: str, installed: str, now: datetime) -> None:
        """Rules 3 to 5.

        Args:
            study: the study in it.
            site: the name of the site that asks.
            identity: that site's public key, 64 hexadecimal digits.
            installed: the version of Cloister installed there.
            now: the time, with its zone.

        Raises:
            VersionRefusedError: it was made for another version.
            ExpiredStudyError: it may not be run now.
            NotOnRosterError: the roster does not name this site with this identity, or is not the study's.
        """
        if _feature_version(self.cloister_version) != _feature_version(installed):
            raise VersionRefusedError(
                f"Study {study.name} was signed for Cloister {self.cloister_version}; {installed} is installed here.",
                "Install the same version at both ends: another one may read the same study differently.",
            )
        if now > self.expires or now + CLOCKS_DIFFER_BY < self.issued:
            raise ExpiredStudyError(
                f"Study {study.name} may run from {self.issued:%Y-%m-%d %H:%M} to {self.expires:%Y-%m-%d %H:%M} UTC.",
                "Have the coordinator submit it anew, and check this machine's clock.",
            )
        if self.roster.get(site) != identity or self.roster.keys() != set(study.federation.sites):
            raise NotOnRosterError(
                f"The roster of study {study.name} does not name {site} with this site's identity.",
                "Sites work only for studies that name them: have the coordinator enrol this site.",
            )


def _feature_version(version: str) -> list[str]:
    """The two numbers of a version that change with what a study means."""
    return version.split(".")[:2]
