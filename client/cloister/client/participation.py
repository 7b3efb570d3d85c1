"""A site's part in one round: admit, reserve, train, settle, check.

The order is the promise: nothing of the data is read before the study is admitted, and the privacy that the round
will cost is durably reserved before the first batch is drawn.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from pathlib import Path

import torch
from flwr.app import RecordDict

from cloister.client.egress import check_update
from cloister.client.guard import Admission, admit
from cloister.client.patients import check_patients
from cloister.client.planning import plan_at_site
from cloister.client.preflight import preflight_study
from cloister.client.site_folder import SiteFolder
from cloister.client.trainer import ProximalGradient, Streams, difference, gradient_for, train
from cloister.privacy.ledger import Ledger, Reservation
from cloister.privacy.patient_gradients import Engine
from cloister.privacy.plan import PrivatePlan
from cloister.study.arrays import Arrays, from_record
from cloister.study.canonical import sha256_of
from cloister.study.errors import ModelMismatchError, StudyError
from cloister.study.schema import Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.parameters import frozen_sha256, load_trainable, trainable_arrays
from cloister.tasks.reading import read_examples


class Participation:
    """What a site does when it is asked to train."""

    def __init__(self, site: SiteFolder) -> None:
        self.site = site

    def train(self, content: RecordDict) -> Arrays:
        """Take part in a round.

        Args:
            content: the coordinator's message: `arrays`, and `config` with study, run-id, server-round and hashes, and
                `rounds-contributed`: of how many rounds of this run the coordinator has an update of this site.

        Returns:
            The difference to the arrays received, float32.

        Raises:
            CloisterError: of the kind that says which condition does not hold.
        """
        request = _Request(content)
        study = request.study
        admission = admit(self.site, study, request.base_sha256)
        task = task_of(study)
        model = task.build_model(admission.base, study.seeds.model)
        if frozen_sha256(model) != request.frozen_sha256:
            raise ModelMismatchError(
                "The frozen weights here are not the coordinator's.", "Use the same base model and library versions."
            )
        received = from_record(content.array_records["arrays"], trainable_arrays(model))
        load_trainable(model, received)
        plan = plan_at_site(study, self.site.policy)
        engine: Engine = _engine(study.canonical, admission.base) if plan else "one-patient"
        reservation = self._reserve(study, plan, admission, request) if plan else None
        examples = read_examples(study, admission.datasets, admission.base)
        streams = Streams.of(self._seed, self.site.config.name, str(request.round))
        gradient = gradient_for(task, examples, study, streams, engine, plan)
        if study.strategy.proximal_mu is not None:
            gradient = ProximalGradient(gradient, model, study.strategy.proximal_mu)
        train(
            model,
            gradient,
            steps=study.training.steps_per_round,
            optimizer=study.training.optimizer,
            learning_rate=study.training.learning_rate,
        )
        if reservation is not None:
            with self._ledger() as ledger:
                ledger.settle(reservation, study.training.steps_per_round)
        update = difference(model, received)
        check_update(update, received)
        return update

    @property
    def _seed(self) -> int | None:
        return self.site.config.simulation.seed if self.site.config.simulation else None

    def _ledger(self) -> Ledger:
        return Ledger.open(self.site.ledger, self.site.key, self.site.anchors)

    def _reserve(self, study: Study, plan: PrivatePlan, admission: Admission, request: _Request) -> Reservation:
        check_patients(plan, admission.members, admission.datasets)
        ceilings = self.site.policy.ceilings
        with self._ledger() as ledger:
            return ledger.reserve(
                study_sha256=study.sha256,
                study_name=study.name,
                run_id=request.run_id,
                round_number=request.round,
                dataset=sha256_of(sorted(admission.content)),
                members=set(admission.members.values()),
                mechanism=plan.for_steps(study.training.steps_per_round).mechanism,
                delta=plan.delta,
                max_epsilon_study=ceilings.epsilon_per_study,
                max_epsilon_lifetime=ceilings.epsilon_lifetime,
                seeded=self._seed is not None,
                contributed=request.contributed,
            )


class _Request:
    """The coordinator's request, checked."""

    def __init__(self, content: RecordDict) -> None:
        config: Mapping[str, object] = content.config_records.get("config") or {}
        self.study = Study.from_canonical(_text(config, "study"))
        self.run_id = _text(config, "run-id")
        self.base_sha256 = _text(config, "base-sha256")
        self.frozen_sha256 = _text(config, "frozen-sha256")
        number = config.get("server-round")
        if not isinstance(number, int) or not 1 <= number <= self.study.rounds:
            raise StudyError("The request's round is not one of the study's.", "Check the coordinator's version.")
        self.round = number
        self.contributed = _count(config, "rounds-contributed")
        if "arrays" not in content.array_records:
            raise StudyError("The request holds no arrays.", "Check the coordinator's version.")


def _text(config: Mapping[str, object], key: str) -> str:
    value = config.get(key)
    if not isinstance(value, str):
        raise StudyError(f"The request holds no {key!r}.", "Check the coordinator's version.")
    return value


def _count(config: Mapping[str, object], key: str) -> int:
    """A number that a coordinator may leave out."""
    value = config.get(key, 0)
    if not isinstance(value, int) or value < 0:
        raise StudyError(f"The request's {key!r} is not a number of rounds.", "Check the coordinator's version.")
    return value


@functools.lru_cache(maxsize=8)
def _engine(study: str, base: Path | None) -> Engine:
    """The pre-flight's answer, asked once for each study and base in a process."""
    with torch.random.fork_rng():
        return preflight_study(Study.from_canonical(study), base).engine
