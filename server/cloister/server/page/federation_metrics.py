"""What Prometheus is told of a coordinator: rounds, drop-outs, bytes, epsilon, acceptance, and what runs out when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime

from cloister.server.page.federation import Federation, StudyRow
from cloister.study.errors import CloisterError
from cloister.study.prometheus import Metric, Sample, exposition, gauge


def federation_metrics(federation: Federation, now: datetime) -> str:
    """The text that Prometheus reads.

    Raises:
        CloisterError: the folder, or its audit log, is not what it should be.
    """
    studies, broken = federation.studies()
    return exposition([*_of_studies(studies), *_of_server(federation, len(broken), now)])


def _of_studies(studies: list[StudyRow]) -> list[Metric]:
    def per_study(name: str, help_text: str, values: Iterable[tuple[StudyRow, float | None]]) -> Metric:
        samples = tuple(Sample(value, (("study", row.key),)) for row, value in values if value is not None)
        return Metric(f"cloister_{name}", "gauge", help_text, samples)

    begun = [(row, row.progress) for row in studies if row.progress is not None]
    return [
        per_study("rounds", "Rounds that a study has.", ((row, row.study.rounds) for row in studies)),
        per_study("rounds_finished", "Rounds that are over.", ((row, row.finished) for row in studies)),
        per_study(
            "rounds_rejected",
            "Rounds whose model was not accepted.",
            ((row, sum(not record.accepted for record in found.rounds)) for row, found in begun),
        ),
        per_study(
            "run_under_way",
            "Whether a run has begun and not ended.",
            ((row, row.state == "under way") for row in studies),
        ),
        per_study(
            "round_seconds",
            "How long the last round took.",
            ((row, found.rounds[-1].seconds if found.rounds else None) for row, found in begun),
        ),
        per_study(
            "sent_bytes",
            "Sent to sites.",
            ((row, sum(done.bytes_down for done in found.rounds)) for row, found in begun),
        ),
        per_study(
            "received_bytes",
            "Received from sites.",
            ((row, sum(done.bytes_up for done in found.rounds)) for row, found in begun),
        ),
        per_study(
            "model_metric", "The study's metric of the newest model.", ((row, row.latest_metric) for row in studies)
        ),
        Metric("cloister_site_replies", "gauge", "Rounds that have a site's update.", tuple(_replies(studies))),
        Metric(
            "cloister_site_failures",
            "gauge",
            "Rounds a site failed in, and runs that ended for want of it, by code.",
            tuple(_failures(studies)),
        ),
        Metric("cloister_site_epsilon", "gauge", "Epsilon of the rounds with a site's update.", tuple(_spent(studies))),
    ]


def _replies(studies: list[StudyRow]) -> Iterator[Sample]:
    for row in studies:
        for budget in row.budgets:
            yield Sample(budget.contributed, (("study", row.key), ("site", budget.site)))


def _failures(studies: list[StudyRow]) -> Iterator[Sample]:
    for row in studies:
        for budget in row.budgets:
            for code, rounds in sorted(budget.failed.items()):
                yield Sample(rounds, (("study", row.key), ("site", budget.site), ("code", code)))


def _spent(studies: list[StudyRow]) -> Iterator[Sample]:
    for row in studies:
        for budget in row.budgets:
            if budget.epsilon is not None:
                yield Sample(budget.epsilon, (("study", row.key), ("site", budget.site)))


def _of_server(federation: Federation, broken: int, now: datetime) -> list[Metric]:
    until = None
    with suppress(CloisterError):
        until = federation.certificate_until(now).timestamp()
    sites = federation.sites(now)
    entries = federation.entries()
    rounds = [entry["at"] for entry in entries if entry["event"] == "round-finished"]
    enrolled = tuple(
        Sample(row.member.expires.timestamp(), (("site", row.member.site),))
        for row in sites
        if row.member.revoked is None
    )
    last = datetime.fromisoformat(rounds[-1]).timestamp() if rounds else None
    return [
        Metric("cloister_site_enrolled_until_seconds", "gauge", "When a site's enrolment runs out.", enrolled),
        gauge("cloister_certificate_until_seconds", "When the TLS certificate runs out; absent if it has.", until),
        gauge("cloister_last_round_seconds", "When the last round was finished.", last),
        gauge("cloister_audit_entries", "Entries of the audit log, all verified.", len(entries)),
        gauge("cloister_unreadable_studies", "Study folders that cannot be read.", broken),
    ]
