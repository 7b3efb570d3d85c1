"""What `[training]` says about computing is what the site's own model and gradients do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from cloister.client.model_to_train import model_to_train
from cloister.client.preflight import preflight_study
from cloister.client.trainer import Streams, gradient_for, train
from cloister.privacy.activation_checkpointing import checkpoint_activations
from cloister.privacy.patient_gradients import clipped_sum
from cloister.privacy.plan import PrivatePlan
from cloister.study.errors import ModelMismatchError, StudyError
from cloister.study.schema import Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.examples import Examples
from cloister.tasks.models.tokenizer import train_tokenizer

TINY = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
OWNERS = ("a", "b", "a", "c", "d", "d", "d", "e")
POISSON = {"sampling": "poisson", "sample_rate": 1.0, "batch_divisor": 5}
SHUFFLE = {"sampling": "shuffle", "batch_size": 8}
PRIVATE = {"mechanism": "dp-sgd", "noise_multiplier": 1e-7}
NOT_PRIVATE = {"mechanism": "none"}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    train_tokenizer(["chest pain and a cough", "no pain, no fever"] * 20, 300, folder)
    return folder


def notes(
    sampling: dict[str, Any] = POISSON, privacy: dict[str, Any] = PRIVATE, *, adapters: bool = True, **training: Any
) -> Study:
    """All patients in every step, and next to no noise, so that what is left is the gradient."""
    bert = {"architecture": "bert", "hidden_size": 16, "intermediate_size": 32, "vocabulary": 300, "max_tokens": 32}
    task: dict[str, Any] = {"name": "note_classification", "model": bert}
    if adapters:
        task["adapter"] = {"rank": 2, "target_modules": ["query", "value"]}
    return Study.model_validate(
        {
            "name": "notes",
            "title": "A small encoder",
            "rounds": 1,
            "federation": {"sites": ["north", "south"]},
            "data": {"kind": "notes", "classes": ["no", "yes"]},
            "task": task,
            "training": {"steps_per_round": 1, "learning_rate": 0.1, **sampling, **training},
            "privacy": privacy,
        }
    )


def of_images(privacy: dict[str, Any] = PRIVATE, **training: Any) -> Study:
    """A study that trains a checkpoint for images in full."""
    values = notes(privacy=privacy, adapters=False, **training).model_dump(mode="json")
    values["data"]["kind"] = "images"
    values["task"] = {"name": "image_classification", "model": {"architecture": "folder", "path": "base"}}
    return Study.model_validate(values)


def vit(**config: Any) -> nn.Module:
    from transformers import ViTConfig, ViTForImageClassification

    model: nn.Module = ViTForImageClassification(
        ViTConfig(**TINY, image_size=16, patch_size=8, attn_implementation="eager", **config)
    )
    return model


def convnext(**config: Any) -> nn.Module:
    from transformers import ConvNextConfig, ConvNextForImageClassification

    sizes: dict[str, Any] = {"hidden_sizes": [8, 16], "depths": [1, 2], "num_stages": 2, "layer_scale_init_value": 1.0}
    model: nn.Module = ConvNextForImageClassification(ConvNextConfig(image_size=16, patch_size=4, **sizes, **config))
    return model


RANDOM: dict[str, Callable[[], nn.Module]] = {
    "a module for dropout": lambda: vit(hidden_dropout_prob=0.3),
    "a function for dropout": lambda: vit(attention_probs_dropout_prob=0.3),
    "stochastic depth": lambda: convnext(drop_path_rate=0.3),
}


def saved(model: nn.Module, folder: Path) -> Path:
    model.save_pretrained(folder)  # type: ignore[operator]
    return folder


def sum_of(patients: int, study: Study, base: Path, norm: float) -> dict[str, Tensor]:
    """The clipped sum of the last patients of six, one image each, by a model that was built for it."""
    task, model = task_of(study), model_to_train(study, base).train()
    batch = {name: values[-patients:] for name, values in task.synthetic_batch(model, 6, 1).items()}
    index = torch.arange(patients)
    return clipped_sum(model, task.per_example_loss, batch, index, patients, norm, engine="one-patient").gradients


def length(gradients: dict[str, Tensor]) -> float:
    return float(torch.stack([value.norm() for value in gradients.values()]).norm())


@pytest.mark.parametrize("kind", RANDOM)
def test_one_patient_more_draws_no_other_masks_for_the_others(kind: str, tmp_path: Path) -> None:
    """Dropout that is drawn from one stream for all patients, whatever its seed, would couple them."""
    torch.manual_seed(0)
    study, base = of_images(), saved(RANDOM[kind](), tmp_path)
    six, five = sum_of(6, study, base, 0.1), sum_of(5, study, base, 0.1)
    alone = {name: value - five[name] for name, value in six.items()}
    assert length(alone) <= 0.1 * (1 + 1e-4)
    torch.manual_seed(1)
    again = sum_of(6, study, base, 0.1)
    assert all(torch.equal(value, again[name]) for name, value in six.items())


@pytest.mark.parametrize("kind", RANDOM)
def test_without_privacy_a_checkpoint_keeps_its_dropout(kind: str, tmp_path: Path) -> None:
    torch.manual_seed(0)
    study, base = of_images(NOT_PRIVATE), saved(RANDOM[kind](), tmp_path)
    task, model = task_of(study), model_to_train(study, base).train()
    batch = task.synthetic_batch(model, 6, 1)
    assert not torch.equal(task.per_example_loss(model, batch), task.per_example_loss(model, batch))


def test_building_a_model_leaves_the_random_numbers_of_the_process_alone(base: Path, tmp_path: Path) -> None:
    """They are no part of a study: a public seed for them would be one for whatever else draws."""
    checkpoint = saved(vit(), tmp_path)
    before = torch.get_rng_state()
    for study, folder in ((notes(), base), (of_images(), checkpoint)):
        model_to_train(study, folder)
        assert torch.equal(torch.get_rng_state(), before)


def resnet(**config: Any) -> nn.Module:
    from transformers import ResNetConfig, ResNetForImageClassification

    sizes: dict[str, Any] = {"embedding_size": 8, "hidden_sizes": [8, 16], "depths": [1, 1], "layer_type": "basic"}
    model: nn.Module = ResNetForImageClassification(ResNetConfig(**sizes, **config))
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.normal_(std=0.1)  # as if it had been trained
    return model


def test_a_checkpoints_batch_norms_keep_to_their_statistics_and_are_trained(tmp_path: Path) -> None:
    torch.manual_seed(0)
    study, base = of_images(steps_per_round=2), saved(resnet(image_size=32), tmp_path)
    engine = preflight_study(study, base).engine
    assert engine != "one-patient"
    task, model = task_of(study), model_to_train(study, base)
    examples = Examples.of(task.synthetic_batch(model, len(OWNERS), 1), OWNERS)
    source = gradient_for(task, examples, study, Streams.of(3, "here"), engine, PrivatePlan.of_study(study))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    train(model, source, steps=2, optimizer="sgd", learning_rate=0.1)
    changed = {name for name, value in model.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {name for name, _ in model.named_parameters()}
    assert model.training


def test_without_privacy_batch_norms_follow_the_batch(tmp_path: Path) -> None:
    study, base = of_images(NOT_PRIVATE), saved(resnet(image_size=32), tmp_path)
    norms = [module for module in model_to_train(study, base).train().modules() if isinstance(module, nn.BatchNorm2d)]
    assert norms
    assert all(module.training for module in norms)


def test_a_checkpoint_that_does_not_say_how_large_its_images_are_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelMismatchError, match=r'no "image_size"(.|\n)*config.json'):
        preflight_study(of_images(), saved(resnet(), tmp_path))


def gradient(study: Study, base: Path) -> dict[str, Tensor]:
    task, model = task_of(study), model_to_train(study, base).train()
    torch.manual_seed(0)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:  # zero at the start, which would make the gradients of lora_A zero
            nn.init.normal_(parameter, std=0.1)
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    examples = Examples.of(task.synthetic_batch(model, len(OWNERS), 1), OWNERS)
    plan = PrivatePlan.of_study(study) if study.is_private else None
    return gradient_for(task, examples, study, Streams.of(3, "here"), "book-keeping", plan)(model)


def relative_error(found: dict[str, Tensor], right: dict[str, Tensor]) -> float:
    difference = torch.stack([(found[name] - value).norm() for name, value in right.items()]).norm()
    return float(difference / torch.stack([value.norm() for value in right.values()]).norm())


@pytest.mark.parametrize(
    ("sampling", "privacy"),
    [(POISSON, PRIVATE), (POISSON, NOT_PRIVATE), (SHUFFLE, NOT_PRIVATE)],
    ids=["private", "plain", "shuffled"],
)
def test_a_study_in_bfloat16_computes_in_it_and_keeps_float32(
    base: Path, sampling: dict[str, Any], privacy: dict[str, Any]
) -> None:
    right = gradient(notes(sampling, privacy), base)
    found = gradient(notes(sampling, privacy, precision="bfloat16"), base)
    assert {value.dtype for value in found.values()} == {torch.float32}
    assert 1e-4 < relative_error(found, right) <= 0.05


@pytest.mark.parametrize("adapters", [True, False])
def test_activations_computed_again_give_the_same_gradient(base: Path, adapters: bool) -> None:
    right = gradient(notes(adapters=adapters), base)
    assert relative_error(gradient(notes(adapters=adapters, activation_checkpointing=True), base), right) <= 1e-5


@pytest.mark.parametrize(("again", "times"), [(False, 1), (True, 2)])
def test_activations_are_computed_again_only_if_the_study_says_so(base: Path, again: bool, times: int) -> None:
    study = notes(activation_checkpointing=again)
    model = model_to_train(study, base).train()
    runs: list[nn.Module] = []
    layers = [module for module in model.modules() if type(module).__name__ == "BertSelfAttention"]
    for layer in layers:
        layer.register_forward_hook(lambda layer, *_: runs.append(layer))
    losses = task_of(study).per_example_loss(model, task_of(study).synthetic_batch(model, 4, 1))
    losses.sum().backward()  # type: ignore[no-untyped-call]
    assert len(layers) == 2
    assert len(runs) == times * len(layers)


@pytest.mark.parametrize("training", [{"precision": "bfloat16"}, {"activation_checkpointing": True}], ids=str)
@pytest.mark.parametrize("adapters", [True, False])
def test_the_preflight_checks_the_model_that_is_trained(base: Path, adapters: bool, training: dict[str, Any]) -> None:
    report = preflight_study(notes(adapters=adapters, **training), base)
    assert report.engine == "book-keeping"
    asked = any("bfloat16" in check.name for check in report.checks)
    assert asked == ("precision" in training)


def test_a_model_without_blocks_is_refused_checkpointing() -> None:
    values = notes(activation_checkpointing=True).model_dump(mode="json")
    values["data"]["kind"] = "images"
    values["task"] = {"name": "image_classification", "model": {"architecture": "groupnorm-cnn"}}
    with pytest.raises(ValueError, match="activation_checkpointing: 'groupnorm-cnn' has no blocks"):
        Study.model_validate(values)


def test_a_model_that_cannot_is_named() -> None:
    with pytest.raises(StudyError, match=r"Sequential holds no transformer(.|\n)*Remove the key"):
        checkpoint_activations(nn.Sequential(nn.Linear(3, 2)))
