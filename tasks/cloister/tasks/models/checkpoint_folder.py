"""Checkpoints in the Hugging Face layout: a local folder with config.json and safetensors weights.

Real models are loaded with exactly this code; nothing is downloaded, pickled weights are refused, and code that a
checkpoint brings along is never run.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Final, Literal, Never

import torch
from torch import nn

from cloister.study.checkpoint_lengths import check_lengths, counts
from cloister.study.errors import CloisterError, MissingFileError, ModelMismatchError

_SPARE_WEIGHTS: Final = 10_000_000
"""A head and a pooler, beside an encoder that the checkpoint holds."""
_SPARE_LAYERS: Final = 100
"""Where a configuration counts layers that are not made, such as those of a decoder beside an encoder alone."""
_SPARE_PARTS: Final = 1000
"""Where it counts groups of channels, of which there is no tensor."""


def load_classifier(folder: Path, modality: Literal["text", "image"], classes: int) -> nn.Module:
    """A sequence or image classifier with the checkpoint's encoder.

    A classification head that the checkpoint lacks, or has for another number of classes, is initialised at random;
    any other missing weight is an error.

    Raises:
        MissingFileError: the folder or its config.json is missing.
        ModelMismatchError: the weights are not safetensors, or do not fill the architecture, which is found out before
            memory is taken for one that is much larger than they are; or the model takes texts of some lengths only.
    """
    import transformers

    loaders = {
        "text": transformers.AutoModelForSequenceClassification,
        "image": transformers.AutoModelForImageClassification,
    }
    model: nn.Module
    try:
        _check_size(folder, loaders[modality], classes)
        model, report = loaders[modality].from_pretrained(
            folder,
            num_labels=classes,
            ignore_mismatched_sizes=True,
            local_files_only=True,
            use_safetensors=True,
            trust_remote_code=False,
            output_loading_info=True,
            dtype=torch.float32,
            return_dict=True,
        )
    except CloisterError:
        raise
    except Exception as problem:  # noqa: BLE001 (the library raises anything on a damaged file)
        raise ModelMismatchError(
            f"{folder}: cannot be loaded as a {modality} classifier ({type(problem).__name__}).",
            "The folder needs config.json and model.safetensors of a supported architecture.",
        ) from None
    if modality == "text" and getattr(model.config, "chunk_size_feed_forward", 0) > 1:
        raise ModelMismatchError(
            f"{folder / 'config.json'}: chunk_size_feed_forward allows texts of its multiples only.",
            "Set it to 0 there, which changes no result.",
        )
    unfilled = {str(name) for name in report["missing_keys"]} | {str(entry[0]) for entry in report["mismatched_keys"]}
    not_head = sorted(name for name in unfilled if not name.startswith(HEADS) and "pooler" not in name)
    if not_head:
        raise ModelMismatchError(
            f"{folder}: the checkpoint lacks {not_head[0]} ({len(not_head)} such weights).",
            "Use a complete checkpoint of the architecture that its config.json names.",
        )
    freeze_position_embeddings(model)
    return model


def load_configuration(folder: Path, **settings: int) -> Any:
    """A checkpoint's configuration, without the code that it may name.

    Raises:
        MissingFileError: the folder or its config.json is missing.
        ModelMismatchError: transformers itself knows no such architecture, or the file is damaged.
    """
    from transformers import AutoConfig

    if not (folder / "config.json").is_file():
        raise MissingFileError(folder / "config.json", "checkpoint configuration", "Name a checkpoint's folder.")
    check_lengths(folder)
    try:
        return AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False, **settings)
    except Exception as problem:  # noqa: BLE001 (the library raises anything on a damaged file)
        raise ModelMismatchError(
            f"{folder / 'config.json'}: cannot be loaded ({type(problem).__name__}).",
            "Use the config.json of an architecture that transformers supports without code of the checkpoint's own.",
        ) from None


def vocabulary_of(folder: Path) -> int | None:
    """How many tokens a checkpoint has a vector for; None where its configuration does not say.

    Raises:
        MissingFileError: the folder or its config.json is missing.
        ModelMismatchError: as `load_configuration`.
    """
    told = getattr(load_configuration(folder).get_text_config(), "vocab_size", None)
    return told if isinstance(told, int) else None


def _check_size(folder: Path, loader: Any, classes: int) -> None:
    from safetensors import safe_open

    config = load_configuration(folder, num_labels=classes)
    _check_shards(folder)
    tensors = held = 0
    for path in folder.glob("*.safetensors"):
        with safe_open(path, framework="pt") as file:
            shapes = [file.get_slice(name).get_shape() for name in file.keys()]  # noqa: SIM118 (no mapping)
        tensors, held = tensors + len(shapes), held + sum(map(math.prod, shapes))
    for part, key, count in counts(config.to_dict()):
        if part != "label" and count > tensors + (_SPARE_LAYERS if part == "layer" else _SPARE_PARTS):
            _refuse_size(folder, f"{key} = {count}", f"{tensors} tensors")
    with torch.device("meta"):
        asked = sum(parameter.numel() for parameter in loader.from_config(config, trust_remote_code=False).parameters())
    if asked > 2 * held + _SPARE_WEIGHTS:
        _refuse_size(folder, f"{asked:,} weights", f"{held:,}")


def _check_shards(folder: Path) -> None:
    """Weights lie in the folder itself, whose hash the parties compare, wherever its files say that they are."""
    if (folder / "adapter_config.json").exists():
        raise ModelMismatchError(
            f"{folder}: an adapter, whose model lies elsewhere.",
            "Merge it into its model, and use the folder that this gives.",
        )
    index = folder / "model.safetensors.index.json"
    if not index.is_file():
        return
    files = json.loads(index.read_text("utf-8"))["weight_map"].values()
    if any("/" in file for file in files):
        raise ModelMismatchError(
            f"{index}: names weights outside the checkpoint's folder.",
            "Put all safetensors files beside the index, and name them without folders.",
        )


def _refuse_size(folder: Path, asked: str, held: str) -> Never:
    raise ModelMismatchError(
        f"{folder}: config.json asks for {asked}, the safetensors files hold {held}.",
        "Use a complete checkpoint of the architecture that its config.json names.",
    )


HEADS = ("classifier.", "score.", "pre_classifier.", "classification_head.")
"""Prefixes of the names that transformers gives classification heads."""


def freeze_position_embeddings(model: nn.Module) -> None:
    """Freeze what all examples of a batch share in one broadcast tensor.

    Such parameters have no gradient per example (their gradient hooks see a first dimension of 1).
    """
    for name, parameter in model.named_parameters():
        if "position_embeddings" in name or name.endswith(("cls_token", "mask_token")):
            parameter.requires_grad_(False)
