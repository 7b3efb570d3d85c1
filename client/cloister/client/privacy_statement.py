"""A site's signed statement on one study, for the coordinator's evidence: made from its verified ledger and records."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any

from cloister.client.egress_record import EgressRecord
from cloister.client.ledger_statement import rest_on_others
from cloister.client.site_folder import SiteFolder
from cloister.privacy.accounting import Mechanism, merge
from cloister.privacy.ledger import Entry, Ledger
from cloister.study.audit_entry import run_of
from cloister.study.canonical import sha256_of, sha256_of_file
from cloister.study.errors import InputError
from cloister.study.privacy_statement import Answers, PrivacyStatement, Steps


def state_privacy(site: SiteFolder, study: str, now: datetime) -> PrivacyStatement:
    """What one study cost at this site.

    Args:
        site: the opened site.
        study: the study's SHA-256, or its first digits.
        now: the time, with its zone.

    Raises:
        InputError: the ledger holds no study, or more than one, whose hash begins so.
        LedgerError: the ledger is not what it was.
        AuditLogError: the record of what left is not what it was.
    """
    with Ledger.open(site.ledger, site.key, site.anchors) as ledger:
        found = [
            entry
            for entry in ledger.entries()
            if entry.kind == "reservation" and entry.content["study_sha256"].startswith(study)
        ]
        studies = {entry.content["study_sha256"]: entry.content["study_name"] for entry in found}
        if len(studies) != 1 or not study:
            raise InputError(
                f"{study!r}: {len(studies)} studies in the ledger have a SHA-256 that begins so.",
                "Give the whole SHA-256, as `cloister site ledger --json` shows it. Only private studies are there.",
            )
        ((sha256, name),) = studies.items()
        delta = min(entry.content["delta"] for entry in found)
        epsilon = ledger.epsilon(sha256, delta=delta)
    approval = site.approvals / f"{sha256}.json"
    return PrivacyStatement(
        site=site.config.name,
        study=name,
        study_sha256=sha256,
        created=now,
        epsilon=epsilon,
        delta=delta,
        populations=_populations(found),
        rounds=_rounds(found),
        seeded_rounds=sum(entry.content["noise"] == "seeded" for entry in found),
        trust="distributed" if rest_on_others(found) else "local",
        approval_sha256=sha256_of_file(approval) if approval.is_file() else None,
        answers=_answers(EgressRecord(site).entries(), sha256),
    )


def _populations(reservations: Iterable[Entry]) -> tuple[tuple[Steps, ...], ...]:
    by_population: dict[str, list[Mechanism]] = {}
    for entry in reservations:
        by_population.setdefault(entry.content["population"], []).append(Mechanism(**entry.content["mechanism"]))
    return tuple(tuple(Steps(**vars(part)) for part in merge(spent)) for spent in by_population.values())


def _rounds(reservations: Iterable[Entry]) -> dict[str, int]:
    """Runs as the record of what left calls them: a coordinator's id of one may be any text."""
    numbers: dict[str, set[int]] = {}
    for entry in reservations:
        numbers.setdefault(str(run_of(entry.content["run_id"])), set()).add(entry.content["round_number"])
    return {run: len(of_run) for run, of_run in sorted(numbers.items())}


def _answers(entries: Iterable[dict[str, Any]], study: str) -> tuple[Answers, ...]:
    left = [entry for entry in entries if entry["study_sha256"] == study and entry["code"] is None and entry["run"]]
    left.sort(key=_round_of)
    return tuple(
        Answers(
            run=run,
            round=None if number < 0 else number,
            answers=len(of_round),
            bytes=sum(entry["bytes"] for entry in of_round),
            sha256=sha256_of([entry["sha256"] for entry in of_round]),
        )
        for (run, number), group in groupby(left, _round_of)
        for of_round in [list(group)]
    )


def _round_of(entry: dict[str, Any]) -> tuple[str, int]:
    number = entry["round"]
    return entry["run"], -1 if number is None else number
