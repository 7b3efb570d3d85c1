"""Every error Cloister raises on purpose.

One small hierarchy. Each error says what is wrong and what to do next, carries a stable `code` for machines,
and an `exit_code` for the command line (2: bad usage or input, 1: failure). Only the code may cross the network
(promise 7): `wire_code` is the number that a Flower error carries, and `text_of_wire_code` turns it back into
words at the other end.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


class CloisterError(Exception):
    """Something went wrong in a way that was foreseen.

    Args:
        message: what is wrong, naming the file, key or value concerned.
        remedy: what the reader can do about it.
    """

    code = "failure"
    exit_code = 1
    wire_code = 9400

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.failed: Mapping[str, str] = {}
        """Site -> code, of the sites for which a round failed, if one did: for the coordinator's own records."""

    def __str__(self) -> str:
        return f"{self.message}\n  Remedy: {self.remedy}" if self.remedy else self.message


class InputError(CloisterError):
    """A file or an argument that the person at the keyboard has to correct."""

    code = "bad-input"
    exit_code = 2
    wire_code = 9410


class MissingFileError(InputError):
    """A file or folder that was named does not exist."""

    code = "missing-file"
    wire_code = 9411

    def __init__(self, path: str | Path, what: str = "file", remedy: str = "") -> None:
        super().__init__(f"{path}: no such {what}.", remedy or f"Check the path, or create the {what} first.")


class StudyError(InputError):
    """A study document that cannot be run as written."""

    code = "bad-study"
    wire_code = 9412


class PolicyError(InputError):
    """A site policy or site configuration that is not valid."""

    code = "bad-policy"
    wire_code = 9413


class DataError(InputError):
    """Data that do not keep to the study's data contract."""

    code = "bad-data"
    wire_code = 9414


class CertificateError(CloisterError):
    """A dataset whose manifest or certificate is missing, altered or signed with another key."""

    code = "bad-certificate"
    wire_code = 9420


class RefusedByPolicyError(CloisterError):
    """A site's policy does not allow what a study asks for."""

    code = "refused-by-policy"
    wire_code = 9421


class NotApprovedError(CloisterError):
    """A study that this site has not approved."""

    code = "not-approved"
    wire_code = 9422


class BudgetExhaustedError(CloisterError):
    """The privacy budget does not cover what a study asks for."""

    code = "budget-exhausted"
    wire_code = 9423


class LedgerError(CloisterError):
    """The privacy ledger is damaged, altered or cannot be written."""

    code = "bad-ledger"
    wire_code = 9424


class UnsafeGradientsError(CloisterError):
    """A model whose per-patient gradients cannot be trusted: private training is refused."""

    code = "unsafe-gradients"
    wire_code = 9425


class ModelMismatchError(CloisterError):
    """Model weights that are not the ones the study names, or do not fit the model."""

    code = "model-mismatch"
    wire_code = 9426


class UpdateRefusedError(CloisterError):
    """The egress guard or the aggregation refused an update's shape, size, dtype or value."""

    code = "update-refused"
    wire_code = 9427


class TooFewSitesError(CloisterError):
    """Fewer sites answered than the study's minimum."""

    code = "too-few-sites"
    wire_code = 9428


class SecureAggregationError(CloisterError):
    """A message of the secure aggregation is not what the protocol allows: nothing is revealed."""

    code = "secure-aggregation-refused"
    wire_code = 9429


class PastRoundError(CloisterError):
    """A request for a round that this site knows to be over."""

    code = "past-round"
    wire_code = 9430


class RunningElsewhereError(CloisterError):
    """A run that another process is working on already."""

    code = "running-elsewhere"
    wire_code = 9431


class EnrolmentError(CloisterError):
    """An enrolment request or answer that is altered, out of date or meant for somebody else; or there is none."""

    code = "bad-enrolment"
    wire_code = 9450


class TransportCertificateError(CloisterError):
    """A TLS certificate or authority that is out of date, for another name, or does not fit its key."""

    code = "bad-tls-certificate"
    wire_code = 9451


class BundleError(CloisterError):
    """A Flower bundle that is not exactly what Cloister makes of a signed study."""

    code = "bad-bundle"
    wire_code = 9452


class CodeInBundleError(BundleError):
    """A Flower bundle that brings code along. Nothing of it was unpacked or imported."""

    code = "code-in-bundle"
    wire_code = 9453


class StudySignatureError(CloisterError):
    """A study that the coordinator of this site's enrolment did not sign, or that was altered since."""

    code = "bad-study-signature"
    wire_code = 9454


class OtherStudyError(CloisterError):
    """A request, bundle or hash that belongs to another study than the signed one."""

    code = "other-study"
    wire_code = 9455


class ExpiredStudyError(CloisterError):
    """A signed study before or after the time in which it may run."""

    code = "expired-study"
    wire_code = 9456


class NotOnRosterError(CloisterError):
    """A study whose roster does not name this site with its identity."""

    code = "not-on-roster"
    wire_code = 9457


class VersionRefusedError(CloisterError):
    """A study signed for another version of Cloister than the one installed here."""

    code = "version-refused"
    wire_code = 9458


class RunConfigError(CloisterError):
    """A run started with settings beside the study's."""

    code = "run-config-refused"
    wire_code = 9459


class CommandRefusedError(CloisterError):
    """A kind of work that a site never does for a coordinator, whatever the study."""

    code = "command-refused"
    wire_code = 9460


class EgressError(CloisterError):
    """An answer that may not leave the site. Nothing of it was sent."""

    code = "egress-refused"
    wire_code = 9461


class AuditLogError(CloisterError):
    """The audit log, with the record of what left, is damaged, altered or cannot be written."""

    code = "bad-audit-log"
    wire_code = 9462


class SuperLinkError(CloisterError):
    """Flower's SuperLink does not answer the coordinator, or refuses."""

    code = "superlink-failed"
    wire_code = 9463


class SitePausedError(CloisterError):
    """A new round while the site's people have paused it."""

    code = "site-paused"
    wire_code = 9464


class OutsideWindowError(CloisterError):
    """A new round outside the hours in which the site works."""

    code = "outside-window"
    wire_code = 9465


class DiskFullError(CloisterError):
    """Less room on the site's disk than it keeps free."""

    code = "disk-full"
    wire_code = 9466


class ClockError(CloisterError):
    """A clock that cannot be right: it shows a time before what was already recorded."""

    code = "bad-clock"
    wire_code = 9467


class SiteBusyError(CloisterError):
    """A round whose time ran out while other studies trained at the site."""

    code = "site-busy"
    wire_code = 9468


class ReleaseRefusedError(CloisterError):
    """A model that did not pass the study's gates. Nothing was written."""

    code = "release-refused"
    wire_code = 9470


class EvidenceError(CloisterError):
    """A release or a site's statement that is altered, incomplete, signed by another key, or contradicts itself."""

    code = "bad-evidence"
    wire_code = 9471


class UnexpectedSiteError(CloisterError):
    """Anything that was not foreseen at a site. Its text stays at the site."""

    code = "unexpected-site-error"
    wire_code = 9499


class SignInRefusedError(CloisterError):
    """Nobody is signed in to a page: the institution's provider, its token or the user does not pass.

    Args:
        name: whom the provider vouched for, where it did.
    """

    code = "sign-in-refused"
    wire_code = 9473

    def __init__(self, message: str, remedy: str, name: str | None = None) -> None:
        super().__init__(message, remedy)
        self.name = name


def text_of_wire_code(wire_code: int) -> str:
    """The stable code of an error that arrived over the network as a number.

    Returns:
        Such as `"budget-exhausted"`; `"unknown-9777"` for a number that no error of ours carries, and `"unknown"` where
        it is none that anybody's error would.
    """
    unknown = f"unknown-{wire_code}" if 0 <= wire_code < 10**9 else "unknown"
    return codes().get(wire_code, unknown)


def codes(kind: type[CloisterError] = CloisterError) -> dict[int, str]:
    """Number -> stable code of every error of a kind."""
    found = {kind.wire_code: kind.code}
    for child in kind.__subclasses__():
        found |= codes(child)
    return found
