"""Every error Cloister raises on purpose.

One small hierarchy. Each error says what is wrong and what to do next, carries a stable `code` for machines,
and an `exit_code` for the command line (2: bad usage or input, 1: failure). Only the code may cross the network
(promise 7): `wire_code` is the number that a Flower error carries, and `text_of_wire_code` turns it back into
words at the other end.
"""

from __future__ import annotations

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


class UnexpectedSiteError(CloisterError):
    """Anything that was not foreseen at a site. Its text stays at the site."""

    code = "unexpected-site-error"
    wire_code = 9499


def text_of_wire_code(wire_code: int) -> str:
    """The stable code of an error that arrived over the network as a number.

    Returns:
        Such as `"budget-exhausted"`; `"unknown-9777"` for a number that no error of ours carries.
    """
    found = _codes(CloisterError)
    return found.get(wire_code, f"unknown-{wire_code}")


def _codes(kind: type[CloisterError]) -> dict[int, str]:
    codes = {kind.wire_code: kind.code}
    for child in kind.__subclasses__():
        codes |= _codes(child)
    return codes
