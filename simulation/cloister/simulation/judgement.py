"""All models of a run judged on the same held-out patients, and the ledgers read: the run's `Result`."""

from __future__ import annotations

import contextlib
import functools
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

import numpy as np
from torch import nn

from cloister.client.site_folder import SiteFolder
from cloister.privacy.accounting import Mechanism, epsilon_of
from cloister.privacy.ledger import Ledger
from cloister.privacy.trust_statement import TrustStatement
from cloister.server import evaluation as judging
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.simulation.comparison import CentralisedArm, load_arm
from cloister.simulation.engine import Engine
from cloister.simulation.federation import Federation
from cloister.simulation.result import (
    ComparedModel,
    DeidentifiedDataset,
    Interval,
    Result,
    Round,
    SitePrivacy,
    StudyFacts,
    Timing,
)
from cloister.strategies.server_state import RoundRecord, ServerState
from cloister.study.arrays import Arrays
from cloister.study.dataset import verify_dataset
from cloister.study.errors import CloisterError, LedgerError
from cloister.study.keys import SiteKey
from cloister.study.schema import DpSgd, Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.examples import Examples
from cloister.tasks.parameters import load_trainable, trainable_arrays
from cloister.tasks.reading import read_examples

_PACKAGES = ("cloister", "flwr", "torch", "transformers", "peft", "opacus", "dp-accounting", "pydicom", "numpy")


def judge(
    federation: Federation,
    twin: Federation | None,
    arms: Sequence[CentralisedArm],
    engine: Engine,
    seconds: Mapping[str, float],
    peak_memory: int,
    progress: Callable[[int, int], None],
) -> Result:
    """The result of a finished run.

    Args:
        federation: the run.
        twin: the same without differential privacy, if it was run.
        arms: the centralised models, trained.
        engine: which engine ran the federation.
        seconds: stage -> its duration.
        peak_memory: bytes.
        progress: called with models judged and models in all.
    """
    study = federation.study
    judged = _Judge(federation)
    state = _state(federation.coordinator)
    models = _models(study, state, None if twin is None else _state(twin.coordinator), arms, judged)
    comparison = []
    for number, (describe, arrays, heldout) in enumerate(models, start=1):
        comparison.append(judged.compare(describe, arrays, heldout))
        progress(number, len(models))
    return Result(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        engine=engine,
        study=_facts(study, judged.model),
        datasets=tuple(_datasets(federation)),
        heldout_patients=len(judged.heldout.patients),
        heldout_examples=len(judged.heldout),
        privacy=tuple(_privacy(site, folder, study) for site, folder in sorted(federation.sites.items())),
        rounds=tuple(_round(record) for record in state.history),
        stopped=state.stopped,
        comparison=tuple(comparison),
        timings=tuple(Timing(stage=stage, seconds=round(value, 3)) for stage, value in seconds.items()),
        peak_memory_bytes=peak_memory,
        model_sha256=_sha256(state.model),
        versions={name: metadata.version(name) for name in _PACKAGES},
        notices=(*_notices(federation), *_notices_of_rounds(state, study)),
    )


class _Judge:
    """Puts arrays into the study's model and compares it with the base."""

    def __init__(self, federation: Federation) -> None:
        self.study = federation.study
        self.task = task_of(self.study)
        self.model: nn.Module = self.task.build_model(federation.base, self.study.seeds.model)
        self.base_arrays = trainable_arrays(self.model)
        self.heldout = read_examples(self.study, federation.heldout, federation.base)
        pooled = federation.pooled_heldout
        self.pooled_heldout = read_examples(self.study, pooled, federation.base) if pooled else self.heldout
        self._base = self._evaluate(self.base_arrays, self.heldout)

    def compare(self, about: ComparedModel, arrays: Arrays, heldout: Examples) -> ComparedModel:
        """`about` with metrics and gain filled in."""
        found = self._evaluate(arrays, heldout)
        metric, confidence = self.study.evaluation.metric, self.study.evaluation.confidence
        difference = None if about.arm == "base" else found.difference(self._base, metric, confidence)
        gain = None if difference is None or np.isnan(difference.value) else interval(difference)
        return about.model_copy(
            update={
                "metrics": {
                    name: interval(value) for name, value in found.metrics.items() if not np.isnan(value.value)
                },
                "by_site": {site: _defined(values) for site, values in found.by_site.items()},
                "gain_over_base": gain,
            }
        )

    def _evaluate(self, arrays: Arrays, heldout: Examples) -> judging.Evaluation:
        load_trainable(self.model, arrays)
        return judging.evaluate(self.task, self.model, heldout, self.study)


def interval(found: judging.Interval) -> Interval:
    """An interval as the result holds it: undefined bounds are None."""
    low, high = (None if np.isnan(bound) else bound for bound in (found.low, found.high))
    return Interval(value=found.value, low=low, high=high)


def _models(
    study: Study, state: ServerState, twin: ServerState | None, arms: Sequence[CentralisedArm], judged: _Judge
) -> list[tuple[ComparedModel, Arrays, Examples]]:
    heldout = judged.heldout
    about = functools.partial(ComparedModel, metrics={}, by_site={}, gain_over_base=None)
    models = [(about(arm="base", name="untouched base", private=False), judged.base_arrays, heldout)]
    for arm in arms:
        arrays = load_arm(arm.output)
        if arm.name == "pooled":
            described = about(arm="pooled", name="all data pooled", private=False)
            models.append((described, arrays, judged.pooled_heldout))
        else:
            models.append((about(arm="alone", name=f"{arm.name} alone", private=False), arrays, heldout))
    if twin is not None:
        described = about(arm="federated-without-dp", name="federated, no privacy", private=False, curve=_curve(twin))
        models.append((described, twin.model, heldout))
    name = "federated, differentially private" if study.is_private else "federated"
    described = about(arm="federated", name=name, private=study.is_private, curve=_curve(state))
    return [*models, (described, state.model, heldout)]


def _state(coordinator: Path) -> ServerState:
    state = CoordinatorFolder.open(coordinator).latest()
    if state is None:
        raise CloisterError(f"{coordinator}: no checkpoint was written.", "Run again with --resume.")
    return state


def _curve(state: ServerState) -> dict[str, tuple[float, ...]]:
    """Metrics that are defined in every round."""
    defined = set.intersection(*(set(record.metrics) for record in state.history))
    names = [name for name in state.history[0].metrics if "." not in name and "@" not in name and name in defined]
    return {name: tuple(record.metrics[name] for record in state.history) for name in names}


def _round(record: RoundRecord) -> Round:
    names = [name for name in record.metrics if "." not in name and "@" not in name]
    metrics = {
        name: Interval(
            value=record.metrics[name],
            low=record.metrics.get(f"{name}.low"),
            high=record.metrics.get(f"{name}.high"),
        )
        for name in names
    }
    return Round(**{**vars(record), "metrics": metrics})


def _facts(study: Study, model: nn.Module) -> StudyFacts:
    trust = TrustStatement.of_study(study) if study.is_private else None
    return StudyFacts(
        name=study.name,
        title=study.title,
        sha256=study.sha256,
        task=study.task.name,
        metric=study.evaluation.metric,
        confidence=study.evaluation.confidence,
        rounds=study.rounds,
        sites=tuple(sorted(study.federation.sites)),
        strategy=study.strategy.name,
        architecture=study.task.model.architecture + ("" if study.task.adapter is None else " with LoRA"),
        trainable_parameters=sum(value.numel() for value in model.parameters() if value.requires_grad),
        total_parameters=sum(value.numel() for value in model.parameters()),
        private=study.is_private,
        trust=trust and trust.trust,
        trust_statement=trust.sentences if trust else "",
        document=study.canonical,
    )


def _datasets(federation: Federation) -> list[DeidentifiedDataset]:
    keys = {name: SiteFolder.open(folder).key for name, folder in federation.sites.items()}
    keys["coordinator"] = SiteKey.read(federation.coordinator / "coordinator.key")
    folders = {**federation.site_datasets, "coordinator": federation.heldout}
    found = []
    for site, datasets in folders.items():
        for folder in datasets:
            manifest, certificate = verify_dataset(folder, keys[site])
            found.append(
                DeidentifiedDataset(
                    site=site,
                    kind=folder.name,
                    basis=certificate.basis,
                    records_in=certificate.records_in,
                    records_out=certificate.records_out,
                    patients=max((table.patients for table in manifest.tables), default=0),
                    findings=certificate.findings,
                    quarantined=certificate.quarantined,
                    known_identifiers_checked=certificate.known_identifiers_checked,
                    known_identifiers_surviving=certificate.known_identifiers_surviving,
                    statement=certificate.statement,
                )
            )
    return found


def _privacy(site: str, folder: Path, study: Study) -> SitePrivacy:
    spent = _Spent()
    with contextlib.suppress(LedgerError):
        spent = _read_ledger(SiteFolder.open(folder), study)
    reserved = spent.reserved
    privacy = study.privacy
    private = isinstance(privacy, DpSgd)
    delta = privacy.delta if isinstance(privacy, DpSgd) else None
    return SitePrivacy(
        site=site,
        epsilon=spent.epsilon,
        epsilon_rdp=spent.epsilon_rdp,
        epsilon_by_round=tuple(_epsilon(reserved[: k + 1], delta or 0.0) for k in range(len(reserved))),
        delta=delta,
        noise_multiplier=reserved[-1].noise_multiplier if reserved else None,
        max_grad_norm=privacy.max_grad_norm if isinstance(privacy, DpSgd) else None,
        sample_rate=study.training.sample_rate if private else None,
        steps=sum(mechanism.steps for mechanism in reserved),
        ledger_entries=spent.entries,
        ledger_verified=spent.entries > 0,
    )


@dataclass(frozen=True)
class _Spent:
    """What a verified ledger says of one study; empty if the ledger does not verify."""

    entries: int = 0
    reserved: tuple[Mechanism, ...] = ()
    epsilon: float | None = None
    epsilon_rdp: float | None = None


def _read_ledger(site: SiteFolder, study: Study) -> _Spent:
    with Ledger.open(site.ledger, site.key) as ledger:
        entries = ledger.verify()
        reserved = tuple(
            Mechanism(**entry.content["mechanism"])
            for entry in ledger.entries()
            if entry.kind == "reservation" and entry.content["study_sha256"] == study.sha256
        )
        if not reserved:
            return _Spent(entries)
        rdp = ledger.epsilon(study.sha256, accountant="rdp")
        return _Spent(entries, reserved, ledger.epsilon(study.sha256), rdp)


@functools.lru_cache(maxsize=4096)
def _epsilon(mechanisms: tuple[Mechanism, ...], delta: float) -> float:
    return epsilon_of(mechanisms, delta)


def _sha256(arrays: Arrays) -> str:
    digest = hashlib.sha256()
    for name in sorted(arrays):
        digest.update(name.encode() + arrays[name].tobytes())
    return digest.hexdigest()


def _defined(values: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in values.items() if not np.isnan(value)}


def _notices(federation: Federation) -> list[str]:
    notices = []
    if not federation.study.is_private:
        notices.append("No differential privacy: updates of such a run can reveal patients. Only for public data.")
    else:
        notices.append(
            "Simulated sites draw sampling and noise from a seeded generator, so that runs can be repeated. "
            "Real sites draw from the operating system."
        )
    if any(entry.kind != "table" for entry in _datasets(federation)):
        return notices
    return [*notices, "The tables came de-identified from their publishers; Cloister did not clean them."]


def _notices_of_rounds(state: ServerState, study: Study) -> list[str]:
    notices = []
    rejected = [str(record.round) for record in state.history if not record.accepted]
    if rejected:
        notices.append(f"Models of these rounds were rejected, and the one before stayed: {', '.join(rejected)}.")
    if state.stopped is not None:
        notices.append(f"The run ended after round {state.round} of {study.rounds}: {state.stopped}.")
    evaluation = study.evaluation
    if (evaluation.tolerance, evaluation.target, evaluation.patience) != (None, None, None):
        notices.append(
            "Rounds were accepted, or the run was ended, by the metric on the held-out patients: the figures on these "
            "patients are optimistic by that selection."
        )
    return notices
