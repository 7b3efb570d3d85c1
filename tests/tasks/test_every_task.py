"""What every task promises, whatever it learns: losses per example, parameters that load strictly, safe gradients."""

from pathlib import Path
from typing import Any

import pytest
import torch

from cloister.client.preflight import preflight_study
from cloister.study.errors import ModelMismatchError, UnsafeGradientsError
from cloister.study.schema import Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.parameters import frozen_sha256, load_trainable, trainable_arrays


def test_a_loss_is_each_examples_own(study: Study, base: Path) -> None:
    """The loss of an example does not change with the company it is in."""
    task = task_of(study)
    model = task.build_model(base, seed=1).eval()
    batch = task.synthetic_batch(model, 6, seed=2)
    together = task.per_example_loss(model, batch)
    assert together.shape == (6,)
    alone = torch.cat(
        [task.per_example_loss(model, {name: value[i : i + 1] for name, value in batch.items()}) for i in range(6)]
    )
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)


def test_scores_are_probabilities(study: Study, base: Path) -> None:
    task = task_of(study)
    model = task.build_model(base, seed=1).eval()
    scores = task.scores(model, task.synthetic_batch(model, 6, seed=2))
    assert scores.shape == (6, len(study.data.classes))
    torch.testing.assert_close(scores.sum(dim=1), torch.ones(6))


def test_the_preflight_admits_every_model_we_ship(study: Study, base: Path) -> None:
    """All by the fast engine: none falls back to one patient at a time."""
    assert preflight_study(study, base).engine == "book-keeping"


def test_trainable_parameters_load_strictly(study: Study, base: Path) -> None:
    task = task_of(study)
    first, second = task.build_model(base, seed=1), task.build_model(base, seed=2)
    arrays = trainable_arrays(first)
    load_trainable(second, arrays)
    assert all((trainable_arrays(second)[name] == value).all() for name, value in arrays.items())
    name = next(iter(arrays))
    for broken in ({k: v for k, v in arrays.items() if k != name}, {**arrays, "extra": arrays[name]}):
        with pytest.raises(ModelMismatchError):
            load_trainable(second, broken)
    with pytest.raises(ModelMismatchError):
        load_trainable(second, {**arrays, name: arrays[name][..., :0]})


def test_equal_seeds_build_equal_models(study: Study, base: Path) -> None:
    task = task_of(study)
    first, second, other = (task.build_model(base, seed=seed) for seed in (1, 1, 2))
    assert frozen_sha256(first) == frozen_sha256(second)
    assert all((trainable_arrays(first)[n] == v).all() for n, v in trainable_arrays(second).items())
    assert any((trainable_arrays(first)[n] != v).any() for n, v in trainable_arrays(other).items())


def test_adapters_leave_the_encoder_frozen(study: Study, base: Path) -> None:
    if study.task.adapter is None:
        pytest.skip("trained in full")
    model = task_of(study).build_model(base, seed=1)
    trained = {name for name, value in model.named_parameters() if value.requires_grad}
    assert any("lora_" in name for name in trained)
    assert not any("embeddings" in name or "base_layer" in name for name in trained)


_NOTES: dict[str, Any] = {
    "name": "example",
    "title": "An example",
    "rounds": 2,
    "federation": {"sites": ["north", "south"]},
    "data": {"kind": "notes", "classes": ["a", "b"]},
    "task": {"name": "note_classification", "model": {"architecture": "bert", "layers": 1}},
    "training": {"steps_per_round": 5, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": 0.1},
    "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 1.0},
}


@pytest.mark.parametrize(
    ("target", "told"),
    [("qkv", "no"), ("word_embeddings", "more than"), ("LayerNorm", "more than"), ("output", "more than")],
)
def test_a_target_that_is_not_there_or_no_linear_layer_is_named(base: Path, target: str, told: str) -> None:
    task = {**_NOTES["task"], "adapter": {"target_modules": [target]}}
    with pytest.raises(ModelMismatchError, match=f"{target!r} names {told} linear layers"):
        task_of(Study.model_validate({**_NOTES, "task": task})).build_model(base, seed=1)


def test_survival_is_refused_private_training(base: Path) -> None:
    study = Study.model_validate(
        {
            **_NOTES,
            "data": {"kind": "table", "label": "time", "event": "dead", "features": [{"name": "age"}]},
            "task": {"name": "survival", "model": {"architecture": "linear"}},
            "evaluation": {"metric": "concordance"},
            "privacy": {"mechanism": "none"},
        }
    )
    with pytest.raises(UnsafeGradientsError, match="depends on the others"):
        preflight_study(study, base)
