"""Studies of every task, small enough to build in a moment."""

from pathlib import Path
from typing import Any

import pytest

from cloister.study.schema import Study
from cloister.tasks.models.tokenizer import train_tokenizer

CLASSES = ["pneumonia", "heart-failure", "copd"]
TINY_BERT = {
    "architecture": "bert",
    "hidden_size": 16,
    "layers": 2,
    "heads": 2,
    "intermediate_size": 32,
    "vocabulary": 300,
    "max_tokens": 32,
}
TINY_CNN = {"architecture": "groupnorm-cnn", "channels": [4, 8], "image_size": 16, "groups": 2}
TINY_VIT = {
    "architecture": "vit",
    "hidden_size": 16,
    "layers": 2,
    "heads": 2,
    "intermediate_size": 32,
    "image_size": 16,
    "patch_size": 8,
}
QUERY_VALUE = {"rank": 2, "target_modules": ["query", "value"]}
FEATURES = [{"name": "age", "mean": 50, "scale": 10}, {"name": "sex"}]
TASKS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "tabular": (
        {"name": "tabular_classification", "model": {"architecture": "linear"}},
        {"kind": "table", "classes": ["absent", "present"], "features": FEATURES},
    ),
    "tabular, three classes": (
        {"name": "tabular_classification", "model": {"architecture": "linear"}},
        {"kind": "table", "classes": CLASSES, "features": FEATURES},
    ),
    "notes, full": ({"name": "note_classification", "model": TINY_BERT}, {"kind": "notes", "classes": CLASSES}),
    "notes, LoRA": (
        {"name": "note_classification", "model": TINY_BERT, "adapter": QUERY_VALUE},
        {"kind": "notes", "classes": CLASSES},
    ),
    "images, CNN": ({"name": "image_classification", "model": TINY_CNN}, {"kind": "images", "classes": CLASSES}),
    "images, ViT": ({"name": "image_classification", "model": TINY_VIT}, {"kind": "images", "classes": CLASSES}),
    "images, ViT with LoRA": (
        {
            "name": "image_classification",
            "model": TINY_VIT,
            "adapter": {"rank": 2, "target_modules": ["q_proj", "v_proj"]},
        },
        {"kind": "images", "classes": CLASSES},
    ),
    "notes and images": (
        {
            "name": "note_image_classification",
            "model": {"architecture": "bert-and-cnn", "text": TINY_BERT, "image": TINY_CNN},
            "adapter": QUERY_VALUE,
        },
        {"kind": "notes-and-images", "classes": CLASSES},
    ),
}


def study_of(task: dict[str, Any], data: dict[str, Any]) -> Study:
    return Study.model_validate(
        {
            "name": "example",
            "title": "An example",
            "rounds": 2,
            "federation": {"sites": ["north", "south"]},
            "data": data,
            "task": task,
            "training": {"steps_per_round": 5, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": 0.1},
            "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 1.0},
        }
    )


@pytest.fixture(params=list(TASKS.values()), ids=list(TASKS))
def study(request: pytest.FixtureRequest) -> Study:
    """A study of each task in turn."""
    return study_of(*request.param)


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A base folder with a tokenizer of public text."""
    folder = tmp_path_factory.mktemp("base")
    train_tokenizer(["the patient has a cough and fever", "chest x-ray shows clear lungs"] * 20, 300, folder)
    return folder
