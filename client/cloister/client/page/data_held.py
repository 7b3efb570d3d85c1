"""What is registered at a site, what was kept back of it, and whether people reviewed a sample."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cloister.client.site_folder import SiteFolder
from cloister.study.dataset import QUARANTINE_FILE, Certificate, read_certificate, read_manifest
from cloister.study.errors import CertificateError, CloisterError
from cloister.study.policy import Policy
from cloister.study.residual_risk import Audit
from cloister.study.untrusted_json import parse_json

_SHOWN = 200


@dataclass(frozen=True)
class Held:
    """One registered dataset, as its certificate says; bytes and signature are checked before each start of a node."""

    folder: str
    kinds: tuple[str, ...]
    certificate: Certificate
    quarantine: tuple[tuple[str, int, str], ...]
    """Record (a keyed hash), position in the input, reason code: the first of them."""
    needs_review: bool
    """Whether the policy asks for a reviewed sample, or a lower bound, that is not there."""

    @property
    def kept_back(self) -> int:
        """Records in quarantine."""
        return sum(self.certificate.quarantined.values())

    @property
    def audit(self) -> Audit | None:
        """What people found who read a sample."""
        risk = self.certificate.residual_risk
        return None if risk is None else risk.audit

    @property
    def awaits_review(self) -> bool:
        """Whether its notes were cleaned here and nobody has reviewed a sample."""
        return "notes" in self.kinds and self.certificate.basis == "cloister" and self.audit is None


@dataclass(frozen=True)
class Unreadable:
    """A registered dataset that cannot be read, and why."""

    folder: str
    problem: str


def data_held(site: SiteFolder) -> tuple[list[Held], list[Unreadable]]:
    """All registered datasets."""
    found: list[Held] = []
    unreadable: list[Unreadable] = []
    for name, folder in zip(site.config.datasets, site.datasets, strict=True):
        try:
            found.append(_held(name, folder, site.policy))
        except CloisterError as problem:
            unreadable.append(Unreadable(name, problem.message))
        except OSError as problem:
            unreadable.append(Unreadable(name, f"{folder}: cannot be read: {problem.strerror}."))
    return found, unreadable


def _held(name: str, folder: Path, policy: Policy) -> Held:
    certificate = read_certificate(folder)
    kinds = tuple(sorted({table.kind for table in read_manifest(folder).tables}))
    highest = policy.certificates.highest_residual_risk
    risk = certificate.residual_risk
    bound = None if risk is None else risk.bound
    asked = highest is not None and "notes" in kinds and certificate.basis == "cloister"
    needs = asked and (bound is None or bound > (highest or 0.0))
    return Held(name, kinds, certificate, tuple(quarantined(folder / QUARANTINE_FILE)), needs)


def quarantined(path: Path) -> Iterator[tuple[str, int, str]]:
    """Record, position and code of the first that were kept back.

    Raises:
        CertificateError: the file is no list of them.
    """
    if not path.is_file():
        return
    with path.open("rb") as file:
        for _, line in zip(range(_SHOWN), file, strict=False):
            try:
                entry = parse_json(line)
                yield str(entry["record"])[:32], int(entry["position"]), str(entry["code"])[:64]
            except (ValueError, KeyError, TypeError, OverflowError):
                raise CertificateError(f"{path}: not a quarantine list.", "Run the de-identification again.") from None
