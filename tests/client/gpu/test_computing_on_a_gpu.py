"""Whatever a site or the coordinator computes on its GPU is what it would be on the CPU, to 1e-5."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from flwr.app import RecordDict
from torch import Tensor, nn

from cloister.client import participation
from cloister.client.approvals import approve
from cloister.client.local_rules.catalogue import local_rule
from cloister.client.local_rules.clipped_sum import ClippedSumRule
from cloister.client.local_rules.rule import Learnt, LocalRule, Work
from cloister.client.model_to_train import model_to_train
from cloister.client.participation import Participation
from cloister.client.preflight import preflight_study
from cloister.client.site_folder import SiteFolder
from cloister.client.trainer import PrivateGradient, Streams, gradient_for, train
from cloister.privacy.audit.canaries import Canaries, CanaryModel, canary_loss
from cloister.privacy.audit.canary_scores import CanaryObserver, black_box_scores
from cloister.privacy.audit.gradient_inversion import invert_gradient
from cloister.privacy.computing_device import CPU, computing_on
from cloister.privacy.patient_gradients import ENGINES, Batch, Engine, clipped_sum
from cloister.privacy.plan import PrivatePlan
from cloister.privacy.preflight import preflight
from cloister.privacy.randomness import RandomStream
from cloister.server.evaluation import predict
from cloister.study.arrays import CONTROL, Arrays
from cloister.study.errors import InputError, UnsafeGradientsError
from cloister.study.schema import Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.examples import Examples
from cloister.tasks.models.tokenizer import train_tokenizer
from cloister.tasks.parameters import trainable_arrays

OWNERS = ("a", "b", "a", "c", "d", "d", "d", "e")
PATIENTS = torch.tensor([0, 1, 0, 2, 3, 3, 3, 4])
BERT = {
    "architecture": "bert",
    "hidden_size": 16,
    "layers": 1,
    "heads": 2,
    "intermediate_size": 32,
    "vocabulary": 300,
    "max_tokens": 32,
}
CNN = {"architecture": "groupnorm-cnn", "channels": [4, 8], "image_size": 16, "groups": 2}
VIT = {
    "architecture": "vit",
    "hidden_size": 16,
    "layers": 1,
    "heads": 2,
    "intermediate_size": 32,
    "image_size": 16,
    "patch_size": 8,
}
LORA = {"rank": 2, "target_modules": ["query", "value"]}
TASKS: dict[str, dict[str, Any]] = {
    "table": {"name": "tabular_classification", "model": {"architecture": "linear"}},
    "notes": {"name": "note_classification", "model": BERT},
    "adapters": {"name": "note_classification", "model": BERT, "adapter": LORA},
    "images": {"name": "image_classification", "model": CNN},
    "transformer": {"name": "image_classification", "model": VIT},
    "notes and images": {
        "name": "note_image_classification",
        "model": {"architecture": "bert-and-cnn", "text": BERT, "image": CNN},
        "adapter": LORA,
    },
}
KINDS = {"tabular": "table", "note": "notes", "image": "images", "note_image": "notes-and-images"}
PRIVATE = {"mechanism": "dp-sgd", "noise_multiplier": 1.0, "max_grad_norm": 0.3, "delta": 1e-5}
pytestmark = pytest.mark.filterwarnings("ignore:for .*copying from a non-meta parameter:UserWarning")
STRATEGIES: dict[str, dict[str, Any]] = {
    "fedavg": {},
    "fedprox": {"proximal_mu": 0.1},
    "scaffold": {},
    "fednova": {"local_steps": {"north": 2, "south": 3}},
    "feddyn": {"dynamic_alpha": 0.1},
    "ditto": {"proximal_mu": 0.1},
    "fedper": {"personal": ["*bias"]},
    "fedbn": {"personal": ["blocks.1.*", "blocks.5.*"]},
    "norm-bounding": {"max_update_norm": 0.01},
}
with_every_engine = pytest.mark.parametrize(
    ("task", "engine"),
    # torch.func cannot look at the values of a mask, as transformers does with that of a text.
    [(task, engine) for task in TASKS for engine in ENGINES if engine != "vmap" or TASKS[task]["model"] in (CNN, VIT)],
)

Gradients = Mapping[str, Tensor]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    train_tokenizer(["chest pain and a cough", "no pain, no fever"] * 20, 300, folder)
    return folder


def study_of(task: str, /, **changes: Any) -> Study:
    kind = KINDS[TASKS[task]["name"].rpartition("_")[0]]
    training = {"steps_per_round": 3, "sample_rate": 0.7, "batch_divisor": 4, "learning_rate": 0.1, "micro_batch": 3}
    features = {"features": [{"name": "x"}, {"name": "y"}]} if kind == "table" else {}
    return Study.model_validate(
        {
            "name": "example",
            "title": "An example",
            "rounds": 2,
            "federation": {"sites": ["north", "south"]},
            "data": {"kind": kind, "classes": ["no", "yes"], **features},
            "task": TASKS[task],
            "privacy": PRIVATE,
            **changes,
            "training": {**training, **changes.get("training", {})},
        }
    )


def prepared(study: Study, base: Path) -> tuple[nn.Module, Examples]:
    """A model without dropout, whose randomness would be the device's, and made-up examples."""
    model, task = model_to_train(study, base).train(), task_of(study)
    torch.manual_seed(1)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:  # zero at the start, which would hide wrong gradients of lora_A
            nn.init.normal_(parameter, std=0.1)
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    return model, Examples.of(task.synthetic_batch(model, len(OWNERS), 1), OWNERS)


def assert_equal(found: Mapping[str, Any], right: Mapping[str, Any]) -> None:
    """Within 1e-5, relative to all of it."""
    assert found.keys() == right.keys()
    assert found
    here = {name: torch.as_tensor(value).double() for name, value in right.items()}
    there = {name: torch.as_tensor(value).cpu().double() for name, value in found.items()}
    length = torch.stack([value.norm() for value in here.values()]).norm()
    assert length > 0
    assert torch.stack([(there[name] - value).norm() for name, value in here.items()]).norm() <= 1e-5 * length


# Gradients.


@with_every_engine
def test_clipped_sums_are_those_of_the_cpu(gpu: torch.device, base: Path, task: str, engine: Engine) -> None:
    study = study_of(task)
    model, examples = prepared(study, base)

    def summed() -> Gradients:
        found = clipped_sum(
            model,
            task_of(study).per_example_loss,
            examples.batch(torch.arange(len(OWNERS))),
            PATIENTS,
            5,
            0.3,
            engine=engine,
            micro_batch=3,
        )
        assert {value.device for value in found.gradients.values()} == {next(model.parameters()).device}
        return found.gradients

    right = summed()
    with computing_on(gpu, model):
        assert_equal(summed(), right)


@pytest.mark.parametrize(
    "task", [task if task == "table" else pytest.param(task, marks=pytest.mark.heavy) for task in TASKS]
)
def test_the_preflight_takes_the_same_engine(gpu: torch.device, base: Path, task: str) -> None:
    here, there = (preflight_study(study_of(task), base, device) for device in (CPU, gpu))
    assert (there.engine, there.reason) == (here.engine, here.reason) == ("book-keeping", "")
    assert [check.name for check in there.checks] == [check.name for check in here.checks]


class Coupling(nn.Module):
    """Subtracts the batch's mean."""

    def __init__(self) -> None:
        super().__init__()
        self.inner, self.centre = nn.Linear(3, 2), Centre()

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.centre(self.inner(x))
        return found


class Centre(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x - x.mean(dim=0)


class Unknown(nn.Module):
    """A layer that book-keeping does not know."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(3, 2))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight


def squares(model: nn.Module, batch: Batch) -> Tensor:
    losses: Tensor = (model(batch["x"]) ** 2).sum(dim=1)
    return losses


def test_the_preflight_refuses_what_it_refuses_on_the_cpu(gpu: torch.device) -> None:
    torch.manual_seed(0)
    batch = {"x": torch.randn(8, 3)}
    with pytest.raises(UnsafeGradientsError, match="module 'centre' couples examples"):
        preflight(Coupling().to(gpu).train(), squares, batch, PATIENTS, 5)
    model = Unknown().train()
    here = preflight(model, squares, batch, PATIENTS, 5)
    there = preflight(model.to(gpu), squares, batch, PATIENTS, 5)
    assert (there.engine, there.reason) == (here.engine, here.reason)
    assert "book-keeping does not know" in here.reason


def test_a_loss_that_forgets_a_tensor_on_the_cpu_is_noticed(gpu: torch.device) -> None:
    """The fault that these tests look for, planted."""
    weights = torch.rand(8)

    def losses(model: nn.Module, batch: Batch) -> Tensor:
        return squares(model, batch) * weights[: len(batch["x"])]

    batch = {"x": torch.randn(8, 3)}
    for engine in ENGINES:
        model = nn.Linear(3, 2).train()
        clipped_sum(model, losses, batch, PATIENTS, 5, 1.0, engine=engine)
        with pytest.raises(RuntimeError, match="same device"):
            clipped_sum(model.to(gpu), losses, batch, PATIENTS, 5, 1.0, engine=engine)


def test_too_little_memory_halves_the_micro_batch(gpu: torch.device) -> None:
    torch.manual_seed(0)
    model, batch = nn.Linear(3, 2).train(), {"x": torch.randn(8, 3)}

    def cramped(model: nn.Module, batch: Batch) -> Tensor:
        if len(batch["x"]) > 3:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return squares(model, batch)

    right = clipped_sum(model, squares, batch, PATIENTS, 5, 0.3)
    with computing_on(gpu, model):
        found = clipped_sum(model, cramped, batch, PATIENTS, 5, 0.3)
        assert found.micro_batch == 4
        assert_equal(found.gradients, right.gradients)


# Rounds.


def learnt(rule: LocalRule, study: Study, base: Path, device: torch.device, kept: Arrays) -> Learnt:
    model, examples = prepared(study, base)
    received = rule.receives(trainable_arrays(model))
    if study.strategy.name == "scaffold":
        received |= {CONTROL + name: np.full_like(value, 0.01) for name, value in trainable_arrays(model).items()}
    plan = PrivatePlan.of_study(study) if study.is_private else None
    source = gradient_for(task_of(study), examples, study, Streams.of(3, "here"), "book-keeping", plan)
    steps = functools.partial(
        train,
        model,
        steps=study.local_steps("north"),
        optimizer=study.training.optimizer,
        learning_rate=study.training.learning_rate,
    )
    with computing_on(device, model):
        found = rule.learn(Work(model, source, steps), received, kept)
        assert {parameter.device for parameter in model.parameters()} == {device}
    assert {parameter.device for parameter in model.parameters()} == {CPU}
    return found


def assert_learns_alike(rule: LocalRule, study: Study, base: Path, gpu: torch.device) -> None:
    """For two rounds, if the rule keeps something between them."""
    kept: tuple[Arrays, Arrays] = {}, {}
    for _ in range(2 if rule.keeps_state else 1):
        here, there = (learnt(rule, study, base, *where) for where in zip((CPU, gpu), kept, strict=True))
        assert all(isinstance(value, np.ndarray) for value in (there.update | there.kept).values())
        assert_equal(there.update, here.update)
        if rule.keeps_state:
            assert_equal(there.kept, here.kept)
        kept = here.kept, there.kept


@pytest.mark.heavy
@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_learns_as_on_the_cpu(gpu: torch.device, base: Path, name: str) -> None:
    study = study_of("images", strategy={"name": name, **STRATEGIES[name]})
    assert_learns_alike(local_rule(study, "north"), study, base, gpu)


def test_a_sum_for_distributed_noise_is_that_of_the_cpu(gpu: torch.device, base: Path) -> None:
    study = study_of("images")
    assert_learns_alike(ClippedSumRule(study, "north"), study, base, gpu)


ADAPTIVE = {**PRIVATE, "adaptive_clipping": {"initial_norm": 0.1, "clipped_count_stddev": 2.0}}
SHUFFLED = {"sampling": "shuffle", "batch_size": 3, "sample_rate": None, "batch_divisor": None}
NOT_PRIVATE = {"mechanism": "none"}
SETTINGS: dict[str, dict[str, Any]] = {
    "adam": {"training": {"optimizer": "adam"}},
    "adaptive clipping": {"privacy": ADAPTIVE},
    "clipping by layer": {"privacy": {**PRIVATE, "clipping": "per-layer"}},
    "activations computed again": {"training": {"activation_checkpointing": True}},
    "plain": {"privacy": NOT_PRIVATE},
    "shuffled": {"privacy": NOT_PRIVATE, "training": SHUFFLED},
}


@pytest.mark.parametrize("name", SETTINGS)
def test_every_way_of_training_learns_as_on_the_cpu(gpu: torch.device, base: Path, name: str) -> None:
    study = study_of("adapters", **SETTINGS[name])
    assert_learns_alike(local_rule(study, "north"), study, base, gpu)


def test_survival_learns_as_on_the_cpu(gpu: torch.device, base: Path) -> None:
    data = {"kind": "table", "label": "time", "event": "dead", "features": [{"name": "age"}]}
    study = study_of(
        "table",
        data=data,
        task={"name": "survival", "model": {"architecture": "linear"}},
        evaluation={"metric": "concordance"},
        privacy=NOT_PRIVATE,
        training=SHUFFLED | {"batch_size": 8},
    )
    assert_learns_alike(local_rule(study, "north"), study, base, gpu)


@pytest.fixture
def seeded(site: SiteFolder) -> SiteFolder:
    """The site with its randomness seeded, so that two runs of a round can be compared."""
    settings = site.folder / "site.toml"
    settings.write_text(settings.read_text() + "[simulation]\nseed = 5\n")
    return SiteFolder.open(site.folder)


@pytest.mark.parametrize("private", [True, False])
def test_a_round_at_a_site_sends_what_it_sends_from_the_cpu(
    gpu: torch.device,
    seeded: SiteFolder,
    study: Study,
    make_request: Callable[..., RecordDict],
    monkeypatch: pytest.MonkeyPatch,
    private: bool,
) -> None:
    asked = study if private else study.without_privacy()
    (seeded.folder / "policy.toml").write_text(
        (seeded.folder / "policy.toml").read_text() + ("" if private else "allow_without_differential_privacy = true\n")
    )
    site = SiteFolder.open(seeded.folder)
    approve(site, asked, "the tests")
    right = Participation(site).train(make_request(asked, 1, "here"))
    used: list[torch.device] = []
    monkeypatch.setattr(participation, "training_device", lambda *_: gpu)
    original = train

    def noted(model: nn.Module, *rest: Any, **named: Any) -> None:
        used.append(next(model.parameters()).device)
        original(model, *rest, **named)

    monkeypatch.setattr(participation, "train", noted)
    found = Participation(site).train(make_request(asked, 1, "there"))
    assert used == [gpu]
    assert {value.dtype for value in found.values()} == {np.dtype(np.float32)}
    assert_equal(found, right)


# At the coordinator.


@pytest.mark.parametrize("task", TASKS)
def test_a_model_is_judged(gpu: torch.device, base: Path, task: str) -> None:
    study = study_of(task)
    model, examples = prepared(study, base)
    right = predict(task_of(study), model, examples, batch_size=3)
    with computing_on(gpu, model):
        found = predict(task_of(study), model, examples, batch_size=3)
    np.testing.assert_allclose(found, right, rtol=1e-5, atol=1e-6)
    assert right.std() > 0


# Audits.


def test_canaries_are_observed(gpu: torch.device) -> None:
    def scores(device: torch.device) -> Iterator[Any]:
        torch.manual_seed(0)
        canaries = Canaries.toss(6, RandomStream.seeded_for_simulation(2, "coins"))
        model = CanaryModel(nn.Linear(3, 2), canaries.count).train()
        columns, keys = canaries.join({"x": torch.randn(8, 3)}, OWNERS, records=2)
        examples = Examples.of(columns, keys)
        study = study_of("table")

        class Task:
            per_example_loss = staticmethod(canary_loss(squares))

        task: Any = Task()
        plan = PrivatePlan.of_study(study)
        source = gradient_for(task, examples, study, Streams.of(3, "here"), "book-keeping", plan)
        assert isinstance(source, PrivateGradient)
        observer = CanaryObserver(source, 4 / 0.3)
        with computing_on(device, model):
            train(model, observer, steps=3, optimizer="sgd", learning_rate=0.1)
            yield observer.observations
            yield from black_box_scores(model).values()

    for found, right in zip(scores(gpu), scores(CPU), strict=True):
        np.testing.assert_allclose(found, right, rtol=1e-4, atol=1e-4)


def test_gradients_are_inverted(gpu: torch.device) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Conv2d(1, 2, 3, stride=2), nn.Sigmoid(), nn.Flatten(), nn.Linear(18, 2))

    def losses(model: nn.Module, images: Tensor) -> Tensor:
        return model(images).square().sum(dim=1)

    observed = {name: torch.randn(value.shape) for name, value in model.named_parameters()}
    right = invert_gradient(model, losses, observed, (1, 1, 8, 8), steps=3, restarts=2)
    with computing_on(gpu, model):
        found = invert_gradient(model, losses, observed, (1, 1, 8, 8), steps=3, restarts=2)
        assert found.device == gpu
        torch.testing.assert_close(found.cpu(), right, rtol=1e-3, atol=1e-3)


# What cannot be pretended.


@pytest.mark.parametrize("task", ["adapters", "images"])
def test_bfloat16_on_a_gpu_is_right_but_for_rounding(cuda: torch.device, base: Path, task: str) -> None:
    study = study_of(task, training={"precision": "bfloat16"})
    assert preflight_study(study, base, cuda).engine == "book-keeping"


def test_a_gpus_memory_is_given_back(cuda: torch.device) -> None:
    before = torch.cuda.memory_reserved(cuda)
    with computing_on(cuda, nn.Linear(2048, 2048)) as _:
        assert torch.cuda.memory_reserved(cuda) > before
    assert torch.cuda.memory_reserved(cuda) == before


def test_a_model_larger_than_the_gpu_is_refused(cuda: torch.device) -> None:
    torch.cuda.set_per_process_memory_fraction(1e-4, cuda)
    try:
        with pytest.raises(InputError, match="memory of the device cuda:0"), computing_on(cuda, nn.Linear(8192, 8192)):
            pass
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0, cuda)
