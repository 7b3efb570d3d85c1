"""The reservation of a round that a killed process left open.

A round is settled after its reply was stored and before the reply may leave. So of a round whose reservation is not
settled nothing has left, and it may be trained again under the same reservation: only one result of it ever gets out.
"""

from __future__ import annotations

from cloister.privacy.ledger import Ledger, Reservation


def open_reservation(
    ledger: Ledger, study_sha256: str, run_id: str, round_number: int, dataset: str | None = None
) -> Reservation | None:
    """The latest reservation of a round if it is not settled; None if it is, or if there is none.

    Args:
        ledger: the site's.
        study_sha256: the study's identity.
        run_id: the run.
        round_number: the round.
        dataset: identity of what it has to be reserved for; any if absent.

    Raises:
        LedgerError: the ledger does not verify.
    """
    settled: set[int] = set()
    for entry in reversed(ledger.entries()):
        if entry.kind == "settlement":
            settled.add(entry.content["reservation"])
        elif entry.kind == "reservation":
            found = Reservation.of(entry.sequence, entry.content)
            if (found.study_sha256, found.run_id, found.round_number) == (study_sha256, run_id, round_number):
                usable = entry.sequence not in settled and dataset in {None, entry.content["dataset"]}
                return found if usable else None
    return None
