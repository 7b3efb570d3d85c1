"""A merged model is the adapted one, under the names of a model without adapters."""

from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import load as load_arrays
from safetensors.torch import load

from cloister.server.released_weights import ADAPTER_FILE, MODEL_FILE, weight_files
from cloister.study.schema import Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.parameters import load_trainable, trainable_arrays

VIT = {
    "architecture": "vit",
    "hidden_size": 16,
    "layers": 1,
    "heads": 2,
    "intermediate_size": 16,
    "image_size": 16,
    "patch_size": 8,
}


def study(**task: object) -> Study:
    return Study.model_validate(
        {
            "name": "example",
            "title": "An example",
            "rounds": 1,
            "federation": {"sites": ["north"]},
            "data": {"kind": "images", "classes": ["no", "yes"]},
            "task": {"name": "image_classification", "model": VIT, **task},
            "training": {"steps_per_round": 1, "sample_rate": 0.5, "batch_divisor": 1, "learning_rate": 0.1},
            "privacy": {"mechanism": "none"},
        }
    )


def test_the_merged_model_answers_as_the_adapted_one_did(tmp_path: Path) -> None:
    adapted = study(adapter={"rank": 2, "target_modules": ["q_proj", "v_proj"]})
    task = task_of(adapted)
    model = task.build_model(tmp_path, 1).eval()
    generator = np.random.default_rng(1)
    trained = {
        name: generator.normal(size=value.shape).astype(np.float32) for name, value in trainable_arrays(model).items()
    }
    load_trainable(model, trained)
    batch = task.synthetic_batch(model, 4, 1)
    with torch.no_grad():
        expected = task.scores(model, batch)
    files = weight_files(model, trained, adapter=True, header={"run": "1"})
    assert all((value == trained[name]).all() for name, value in load_arrays(files[ADAPTER_FILE]).items())
    plain = task_of(study()).build_model(tmp_path, 2).eval()
    plain.load_state_dict(load(files[MODEL_FILE]), strict=True)
    with torch.no_grad():
        torch.testing.assert_close(task_of(study()).scores(plain, batch), expected, atol=1e-5, rtol=1e-4)
