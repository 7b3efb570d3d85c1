"""Classification of images with a GroupNorm CNN, a vision transformer, or a local checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import torch
from torch import Tensor, nn

from cloister.study.errors import ModelMismatchError
from cloister.study.schema import CnnModel, FolderModel, Study, VitModel
from cloister.tasks.base_folder import load_base_weights, require_base
from cloister.tasks.classification import cross_entropy, probabilities
from cloister.tasks.dataset_rows import class_indices, read_rows
from cloister.tasks.examples import Batch, Examples
from cloister.tasks.image_files import read_image
from cloister.tasks.models.checkpoint_folder import (
    HEADS,
    freeze_position_embeddings,
    load_classifier,
    load_configuration,
)
from cloister.tasks.models.groupnorm_cnn import GroupNormCnn
from cloister.tasks.models.lora import train_adapters_only
from cloister.tasks.models.seeded import seeded
from cloister.tasks.models.vit import vit_classifier

_LARGEST_IMAGE: Final = 4096


class ImageClassification:
    """See the module."""

    couples_patients = False

    def __init__(self, study: Study) -> None:
        model = study.task.model
        assert isinstance(model, CnnModel | VitModel | FolderModel)  # noqa: S101 (the study schema holds it)
        self.data = study.data
        self.model = model
        self.adapter = study.task.adapter
        self.needs_base = isinstance(model, FolderModel) or study.task.adapter is not None

    def read(self, datasets: Sequence[Path], base: Path | None) -> Examples:
        """One example an image: `pixel_values` (examples, 1, size, size), `label` (examples,)."""
        rows, folders = read_rows(datasets, "images", ["patient_key", *self.data.columns["images"]])
        size = self._image_size(base)
        pixels = [read_image(folder / file, size) for folder, file in zip(folders, rows["file"], strict=True)]
        label = torch.tensor(class_indices(rows[self.data.label], self.data.classes, self.data.label))
        columns = {"pixel_values": torch.stack(pixels), "label": label}
        return Examples.of(columns, rows["patient_key"], rows["site"])

    def build_model(self, base: Path | None, seed: int) -> nn.Module:
        """The classifier with the base's weights, its adapters in place."""
        classes = len(self.data.classes)
        with seeded(seed):
            if isinstance(self.model, FolderModel):
                model = load_classifier(require_base(base), "image", classes)
            else:
                if isinstance(self.model, CnnModel):
                    model = GroupNormCnn(self.model, classes)
                else:
                    model = vit_classifier(self.model, classes)
                load_base_weights(model, base)
                freeze_position_embeddings(model)
            if self.adapter is not None:
                train_adapters_only(model, self.adapter, HEADS)
        return model

    def synthetic_batch(self, model: nn.Module, examples: int, seed: int) -> Batch:
        """Noise images, labels in turn."""
        generator = torch.Generator().manual_seed(seed)
        size = _size_of(model.config) if isinstance(self.model, FolderModel) else self.model.image_size
        pixels = torch.randn(examples, 1, size, size, generator=generator)
        return {"pixel_values": pixels, "label": torch.arange(examples) % len(self.data.classes)}

    def per_example_loss(self, model: nn.Module, batch: Batch) -> Tensor:
        """Cross-entropy."""
        return cross_entropy(_forward(model, batch), batch["label"])

    def scores(self, model: nn.Module, batch: Batch) -> Tensor:
        """Class probabilities, shape (examples, classes)."""
        return probabilities(_forward(model, batch))

    def _image_size(self, base: Path | None) -> int:
        if isinstance(self.model, FolderModel):
            return _size_of(load_configuration(require_base(base)))
        return self.model.image_size


def _size_of(config: object) -> int:
    size = getattr(config, "image_size", None)
    if type(size) is not int or not 0 < size <= _LARGEST_IMAGE:
        raise ModelMismatchError(
            f'The checkpoint names no "image_size", one number of pixels from 1 to {_LARGEST_IMAGE}.',
            "Add it to its config.json, the same at all sites and the coordinator: for most, 224.",
        )
    return size


def _forward(model: nn.Module, batch: Batch) -> object:
    pixels = batch["pixel_values"]
    config = getattr(model, "config", None)
    if config is not None and getattr(config, "num_channels", 1) == 3:
        pixels = pixels.expand(-1, 3, -1, -1).contiguous()
    return model(pixels)
