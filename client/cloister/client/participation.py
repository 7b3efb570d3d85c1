"""A site's part in one round: admit, reserve, train, check, seal, settle.

The order is the promise: nothing of the data is read before the study is admitted, the privacy that the round will
cost is durably reserved before the first batch is drawn, and the reply is stored before the round is settled.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Mapping
from contextlib import nullcontext

from flwr.app import RecordDict

from cloister.client.clipping_norm import keep_norm, read_norm
from cloister.client.compressed_update import Compressed, compress, without_residual
from cloister.client.egress import check_update
from cloister.client.guard import Admission, admit
from cloister.client.kept_preflight import engine_for
from cloister.client.local_rules.catalogue import local_rule
from cloister.client.local_rules.rule import Learnt, Work
from cloister.client.local_state import LocalState
from cloister.client.model_to_train import model_to_train
from cloister.client.patients import check_patients
from cloister.client.planning import BoundedPlan, bounded_plan
from cloister.client.run_name import is_number, is_run_id, run_of_study
from cloister.client.site_folder import SiteFolder
from cloister.client.trainer import PrivateGradient, Streams, gradient_for, train
from cloister.client.training_device import training_device
from cloister.privacy.computing_device import computing_on
from cloister.privacy.ledger import Ledger, Reservation
from cloister.privacy.patient_gradients import Engine
from cloister.privacy.randomness import RandomStream
from cloister.privacy.secure_aggregation.fixed_point import Words
from cloister.study.arrays import Arrays, from_record
from cloister.study.canonical import sha256_of
from cloister.study.compression.encoding import Parts
from cloister.study.errors import DataError, ModelMismatchError, StudyError
from cloister.study.schema import Study
from cloister.study.trust import trust_of
from cloister.tasks.catalogue import task_of
from cloister.tasks.parameters import frozen_sha256, trainable_arrays
from cloister.tasks.reading import read_examples

log = logging.getLogger("cloister.site")


class Participation:
    """What a site does when it is asked to train."""

    def __init__(self, site: SiteFolder) -> None:
        self.site = site

    def train(self, content: RecordDict, seal: Callable[[Parts | Words], None] | None = None, place: int = 0) -> Arrays:
        """Take part in a round.

        Args:
            content: the coordinator's message: `arrays`, and `config` with study, run-id, server-round and hashes, and
                `rounds-contributed`: of how many rounds of this run the coordinator has an update of this site.
            seal: stores the reply that the update will leave in, durably, before the round is settled: arrays, or words
                if it is compressed for masks. A round that is not settled is one of which nothing has left; it is
                trained again under the same reservation.
            place: the number of this training among those of one moment, from 0 (`training_device`).

        Returns:
            The difference to the arrays received, float32.

        Raises:
            CloisterError: of the kind that says which condition does not hold.
        """
        request = _Request(content)
        study = request.study
        admission = admit(self.site, study, request.base_sha256)
        task, device = task_of(study), training_device(self.site.config, place)
        model = model_to_train(study, admission.base)
        if frozen_sha256(model) != request.frozen_sha256:
            raise ModelMismatchError(
                "The frozen weights here are not the coordinator's.", "Use the same base model and library versions."
            )
        name, trainable = self.site.config.name, trainable_arrays(model)
        rule = local_rule(study, name)
        received = from_record(content.array_records["arrays"], rule.receives(trainable))
        state = LocalState(self.site.folder, request.run)
        keeps_state = rule.keeps_state or study.federation.compression is not None
        kept = state.after(request.contributed, request.round) if keeps_state else {}
        bounded = bounded_plan(self.site, study)
        plan = bounded.plan if bounded else None
        engine: Engine = "one-patient"
        if plan:
            engine = engine_for(self.site, study, request.base_sha256, admission.base, device)
        norm = plan.first_norm if plan else None
        if plan and plan.adaptive is not None:
            norm = read_norm(self.site.folder, request.run, request.round, plan.first_norm)
        with self._ledger() if plan else nullcontext() as ledger:
            reservation = self._reserve(ledger, bounded, admission, request) if bounded and ledger else None
            examples = read_examples(study, admission.datasets, admission.base)
            if not admission.members.keys() >= set(examples.patients):
                raise DataError(
                    "The dataset changed while it was read: it holds patients whose privacy was not reserved.",
                    "Leave a dataset's folder alone while a round runs; register a new one instead.",
                )
            streams = Streams.of(self._seed, name, str(request.round))
            source = gradient_for(task, examples, study, streams, engine, plan, norm)
            take_steps = functools.partial(
                train,
                model,
                steps=study.local_steps(name),
                optimizer=study.training.optimizer,
                learning_rate=study.training.learning_rate,
            )
            with computing_on(device, model):
                learnt = rule.learn(Work(model, source, take_steps), received, without_residual(kept))
            if isinstance(source, PrivateGradient):
                self._after_private(source, request)
            check_update(learnt.update, rule.sends(trainable))
            leaves = self._compressed(learnt, kept, request)
            if keeps_state:
                state.keep(request.contributed + 1, learnt.kept | leaves.kept, request.round)
            if seal is not None:
                seal(leaves.sent)
            if ledger is not None and reservation is not None:
                ledger.settle(reservation, study.accounted_steps(name))
        return learnt.update

    def settle_open(self, content: RecordDict) -> None:
        """Settle the round of a request if a killed process left it open: before its stored reply is sent again."""
        request = _Request(content)
        if not request.study.is_private:
            return
        with self._ledger() as ledger:
            reservation = ledger.open_reservation(request.study.sha256, request.run_id, request.round)
            if reservation is not None:
                ledger.settle(reservation, request.study.accounted_steps(self.site.config.name))

    def _compressed(self, learnt: Learnt, kept: Arrays, request: _Request) -> Compressed:
        if request.study.federation.compression is None:
            return Compressed(learnt.update, {})
        name, seed, number = self.site.config.name, self._seed, str(request.round)
        random = RandomStream.from_system()
        if seed is not None:
            random = RandomStream.seeded_for_simulation(seed, "rounding", name, number)
        return compress(learnt.update, kept, request.study, name, request.round, random)

    def _after_private(self, gradient: PrivateGradient, request: _Request) -> None:
        if gradient.non_finite:
            log.warning(
                "round %d: %d gradients of patients were not finite, and counted as zero.",
                request.round,
                gradient.non_finite,
            )
        if gradient.plan.adaptive is not None:
            keep_norm(self.site.folder, request.run, request.round, gradient.norm)

    @property
    def _seed(self) -> int | None:
        return self.site.config.simulation.seed if self.site.config.simulation else None

    def _ledger(self) -> Ledger:
        return Ledger.open(self.site.ledger, self.site.key, self.site.anchors)

    def _reserve(self, ledger: Ledger, bounded: BoundedPlan, admission: Admission, request: _Request) -> Reservation:
        study, plan = request.study, bounded.plan
        check_patients(plan, admission.members, admission.datasets)
        members, dataset = set(admission.members.values()), sha256_of(sorted(admission.content))
        mechanism = plan.for_steps(study.accounted_steps(self.site.config.name)).mechanism
        left_open = ledger.open_reservation(study.sha256, request.run_id, request.round, dataset)
        if left_open is not None and (left_open.population, left_open.mechanism, left_open.delta) == (
            sha256_of(sorted(members)),
            mechanism,
            plan.delta,
        ):
            return left_open
        return ledger.reserve(
            study_sha256=study.sha256,
            study_name=study.name,
            run_id=request.run_id,
            round_number=request.round,
            dataset=dataset,
            members=members,
            mechanism=mechanism,
            delta=plan.delta,
            max_epsilon_study=bounded.most_epsilon,
            max_epsilon_lifetime=self.site.policy.ceilings.epsilon_lifetime,
            seeded=self._seed is not None,
            contributed=request.contributed,
            trust=trust_of(study) or "local",
        )


class _Request:
    """The coordinator's request, checked."""

    def __init__(self, content: RecordDict) -> None:
        config: Mapping[str, object] = content.config_records.get("config") or {}
        self.study = Study.from_canonical(_text(config, "study"))
        self.run_id = _text(config, "run-id")
        if not is_run_id(self.run_id):
            raise StudyError("The request's run-id is none.", "Check the coordinator's version.")
        self.run = run_of_study(self.study, self.run_id)
        self.base_sha256 = _text(config, "base-sha256")
        self.frozen_sha256 = _text(config, "frozen-sha256")
        number = config.get("server-round")
        if not is_number(number) or not 1 <= number <= self.study.rounds:
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
    if not is_number(value) or value < 0:
        raise StudyError(f"The request's {key!r} is not a number of rounds.", "Check the coordinator's version.")
    return value
