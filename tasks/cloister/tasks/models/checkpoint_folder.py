"""Checkpoints in the Hugging Face layout: a local folder with config.json and safetensors weights.

Real models are loaded with exactly this code; nothing is downloaded, pickled weights are refused, and code that a
checkpoint brings along is never run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import torch
from torch import nn

from cloister.study.errors import MissingFileError, ModelMismatchError


def load_classifier(folder: Path, modality: Literal["text", "image"], classes: int) -> nn.Module:
    """A sequence or image classifier with the checkpoint's encoder.

    A classification head that the checkpoint lacks, or has for another number of classes, is initialised at random;
    any other missing weight is an error.

    Raises:
        MissingFileError: the folder or its config.json is missing.
        ModelMismatchError: the weights are not safetensors, or do not fill the architecture.
    """
    import transformers

    if not (folder / "config.json").is_file():
        raise MissingFileError(folder / "config.json", "checkpoint configuration", "Name a checkpoint's folder.")
    loaders = {
        "text": transformers.AutoModelForSequenceClassification,
        "image": transformers.AutoModelForImageClassification,
    }
    model: nn.Module
    try:
        model, report = loaders[modality].from_pretrained(
            folder,
            num_labels=classes,
            ignore_mismatched_sizes=True,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
            dtype=torch.float32,
        )
    except Exception as problem:  # noqa: BLE001 (the library raises anything on a damaged file)
        raise ModelMismatchError(
            f"{folder}: cannot be loaded as a {modality} classifier ({type(problem).__name__}).",
            "The folder needs config.json and model.safetensors of a supported architecture.",
        ) from None
    unfilled = {str(name) for name in report["missing_keys"]} | {str(entry[0]) for entry in report["mismatched_keys"]}
    not_head = sorted(name for name in unfilled if not name.startswith(HEADS) and "pooler" not in name)
    if not_head:
        raise ModelMismatchError(
            f"{folder}: the checkpoint lacks {not_head[0]} ({len(not_head)} such weights).",
            "Use a complete checkpoint of the architecture that its config.json names.",
        )
    freeze_position_embeddings(model)
    return model


HEADS = ("classifier.", "score.", "pre_classifier.", "classification_head.")
"""Prefixes of the names that transformers gives classification heads."""


def freeze_position_embeddings(model: nn.Module) -> None:
    """Freeze what all examples of a batch share in one broadcast tensor.

    Such parameters have no gradient per example (their gradient hooks see a first dimension of 1).
    """
    for name, parameter in model.named_parameters():
        if "position_embeddings" in name or name.endswith(("cls_token", "mask_token")):
            parameter.requires_grad_(False)
