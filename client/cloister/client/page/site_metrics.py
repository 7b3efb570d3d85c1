"""What Prometheus is told of a site: epsilon left, what waits for somebody, what left, the supervisor, GPUs, disk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, get_args

from cloister.client.page.data_held import Held
from cloister.client.page.gpus import Gpu, gpus
from cloister.client.page.site_state import SiteState
from cloister.client.site_health import State
from cloister.client.training_queue import Queue, queue_of
from cloister.study.prometheus import Metric, Sample, exposition, gauge

_NOT_RUNNING = "not-running"


def site_metrics(state: SiteState, now: datetime) -> str:
    """The text that Prometheus reads.

    Raises:
        CloisterError: the site's folder, its ledger or its audit log is not what it should be.
    """
    return exposition(
        [
            *_of_supervisor(state.health(), paused=state.is_paused()),
            *_of_privacy(state.ledger()),
            *_of_trainings(queue_of(state.folder)),
            *_of_queues(state, now),
            *_of_machine(gpus(), state.free_bytes()),
        ]
    )


def _of_supervisor(health: dict[str, Any] | None, *, paused: bool) -> list[Metric]:
    now = _NOT_RUNNING if health is None else health["state"]
    states = tuple(Sample(state == now, (("state", state),)) for state in (*get_args(State), _NOT_RUNNING))
    found = health or {}
    contact = found.get("last_contact")
    last = datetime.fromisoformat(contact).timestamp() if isinstance(contact, str) else None
    return [
        Metric("cloister_supervisor_state", "gauge", "1 for the state of `cloister site run`.", states),
        gauge("cloister_paused", "Whether people paused the site.", paused),
        gauge("cloister_node_restarts", "Restarts of the node since `cloister site run` began.", found.get("restarts")),
        gauge("cloister_working", "Whether a message is being answered.", found.get("working")),
        gauge("cloister_last_contact_seconds", "When a message was answered or refused last.", last),
    ]


def _of_privacy(statement: dict[str, Any]) -> list[Metric]:
    studies = statement["studies"]
    return [
        gauge("cloister_epsilon_ceiling", "The policy's epsilon over all studies.", statement["ceiling"]),
        gauge("cloister_epsilon_spent", "Epsilon of the patient who spent most.", statement["spent"]),
        gauge("cloister_epsilon_left", "What is left of it.", max(0.0, statement["ceiling"] - statement["spent"])),
        Metric(
            "cloister_study_epsilon",
            "gauge",
            "Epsilon that one study cost.",
            tuple(Sample(study["epsilon"], _study(study["study"], study["sha256"])) for study in studies),
        ),
        gauge("cloister_budget_refusals", "Rounds refused because a budget did not cover them.", statement["refusals"]),
    ]


def _of_trainings(queue: Queue) -> list[Metric]:
    waiting = tuple(Sample(number, (("sha256", study[:12]),)) for study, number in sorted(queue.waiting.items()))
    return [
        gauge("cloister_trainings", "Trainings that go on.", queue.training),
        Metric("cloister_trainings_waiting", "gauge", "Trainings that wait for their turn, by study.", waiting),
    ]


def _of_queues(state: SiteState, now: datetime) -> list[Metric]:
    waiting, unusable = state.studies(now)
    held, unreadable = state.data()
    left = state.left()
    until = state.enrolled_until()

    def per_study(name: str, text: str, values: Iterable[int]) -> Metric:
        samples = zip(left, values, strict=True)
        return Metric(
            name, "gauge", text, tuple(Sample(value, _study(row.study, row.sha256)) for row, value in samples)
        )

    return [
        gauge(
            "cloister_studies_waiting",
            "Signed studies that somebody here can decide on.",
            sum(study.awaits for study in waiting),
        ),
        gauge(
            "cloister_studies_unusable", "Files in the folder of studies that are none for this site.", len(unusable)
        ),
        _kept_back(held),
        gauge(
            "cloister_datasets_to_review", "Datasets with no reviewed sample.", sum(one.awaits_review for one in held)
        ),
        gauge("cloister_datasets_unreadable", "Registered datasets that cannot be read.", len(unreadable)),
        per_study("cloister_left_bytes", "Bytes that left, by study.", (row.bytes for row in left)),
        per_study("cloister_answers", "Answers that left, by study.", (row.answers for row in left)),
        per_study("cloister_refusals", "Messages that were refused, by study.", (row.refusals for row in left)),
        gauge(
            "cloister_enrolled_until_seconds",
            "When the enrolment runs out, or ran out.",
            until.timestamp() if until else None,
        ),
    ]


def _kept_back(held: Sequence[Held]) -> Metric:
    samples = tuple(
        Sample(records, (("dataset", one.folder), ("reason", reason)))
        for one in held
        for reason, records in sorted(one.certificate.quarantined.items())
    )
    return Metric("cloister_quarantined_records", "gauge", "Records that could not be cleaned.", samples)


def _of_machine(found: Sequence[Gpu], free: int) -> list[Metric]:
    def per_gpu(name: str, text: str, values: Iterable[float]) -> Metric:
        labelled = zip(found, values, strict=True)
        return Metric(name, "gauge", text, tuple(Sample(value, (("gpu", str(gpu.index)),)) for gpu, value in labelled))

    return [
        per_gpu("cloister_gpu_busy_ratio", "How busy a GPU is.", (gpu.busy for gpu in found)),
        per_gpu("cloister_gpu_memory_used_bytes", "GPU memory in use.", (gpu.used_bytes for gpu in found)),
        per_gpu("cloister_gpu_memory_bytes", "GPU memory.", (gpu.total_bytes for gpu in found)),
        gauge("cloister_free_disk_bytes", "Room on the disk of the site's folder.", free),
    ]


def _study(name: str, sha256: str | None) -> tuple[tuple[str, str], ...]:
    return (("study", name), ("sha256", (sha256 or "")[:12]))
