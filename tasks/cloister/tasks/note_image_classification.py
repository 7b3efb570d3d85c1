"""Classification of patients' notes together with their images.

An example is a note with the patient's image nearest in time. Both datasets belong to one collection, so the same
patient has the same key and the same date shift in each, and intervals between note and image are exact although
every date was moved.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import torch
from torch import Tensor, nn

from cloister.study.errors import DataError
from cloister.study.schema import NoteImageModel, Study
from cloister.tasks.base_folder import load_base_weights, require_base
from cloister.tasks.classification import cross_entropy, probabilities
from cloister.tasks.dataset_rows import Rows, class_indices, read_rows
from cloister.tasks.examples import Batch, Examples
from cloister.tasks.image_files import read_image
from cloister.tasks.models.checkpoint_folder import freeze_position_embeddings
from cloister.tasks.models.lora import train_adapters_only
from cloister.tasks.models.note_image import NoteImageClassifier
from cloister.tasks.models.seeded import seeded
from cloister.tasks.models.tokenizer import cut_to_longest, encode, load_tokenizer
from cloister.tasks.note_classification import synthetic_tokens

HEADS = ("classifier.", "text_norm.", "image_norm.", "network.")
"""Trained in full beside the adapters of the text encoder."""


class NoteImageClassification:
    """See the module."""

    couples_patients = False
    needs_base = True

    def __init__(self, study: Study) -> None:
        model = study.task.model
        assert isinstance(model, NoteImageModel)  # noqa: S101 (the study schema holds it)
        self.data = study.data
        self.model = model
        self.adapter = study.task.adapter

    def read(self, datasets: Sequence[Path], base: Path | None) -> Examples:
        """One example a note: its tokens, `pixel_values` (examples, 1, size, size), `has_image` and `label`.

        Raises:
            DataError: no note has an image; or see `read_rows`, `read_image` and `class_indices`.
        """
        notes, _ = read_rows(datasets, "notes", ["patient_key", *self.data.columns["notes"]])
        images, folders = read_rows(datasets, "images", ["patient_key", *self.data.columns["images"]])
        nearest = nearest_images(notes, images)
        if all(found is None for found in nearest):
            raise DataError(
                "No patient has both notes and images: no note has an image to train with.",
                "De-identify both with the same site key and --collection and, where only one of them names who issued "
                "the record numbers, the same --default-issuer.",
            )
        size = self.model.image.image_size
        pixels = [read_image(folder / file, size) for folder, file in zip(folders, images["file"], strict=True)]
        tokenizer = load_tokenizer(require_base(base))
        columns = encode(tokenizer, notes["text"], self.model.text.max_tokens, len(tokenizer))
        blank = torch.zeros(1, size, size)
        columns |= {
            "pixel_values": torch.stack([blank if found is None else pixels[found] for found in nearest]),
            "has_image": torch.tensor([float(found is not None) for found in nearest]),
            "label": torch.tensor(class_indices(notes[self.data.label], self.data.classes, self.data.label)),
        }
        return Examples.of(columns, notes["patient_key"], notes["site"])

    def build_model(self, base: Path | None, seed: int) -> nn.Module:
        """The classifier with the base's weights, adapters in its text encoder."""
        folder = require_base(base)
        vocabulary = len(load_tokenizer(folder))
        with seeded(seed):
            model = NoteImageClassifier(self.model, vocabulary, len(self.data.classes))
            load_base_weights(model, folder)
            freeze_position_embeddings(model)
            if self.adapter is not None:
                train_adapters_only(model, self.adapter, HEADS)
        return model

    def synthetic_batch(self, model: nn.Module, examples: int, seed: int) -> Batch:
        """Random tokens beside noise images, every third image missing, labels in turn."""
        generator = torch.Generator().manual_seed(seed)
        size = self.model.image.image_size
        return {
            **synthetic_tokens(model, examples, self.model.text.max_tokens, seed),
            "pixel_values": torch.randn(examples, 1, size, size, generator=generator),
            "has_image": (torch.arange(examples) % 3 != 0).float(),
            "label": torch.arange(examples) % len(self.data.classes),
        }

    def per_example_loss(self, model: nn.Module, batch: Batch) -> Tensor:
        """Cross-entropy."""
        return cross_entropy(_forward(model, batch), batch["label"])

    def scores(self, model: nn.Module, batch: Batch) -> Tensor:
        """Class probabilities, shape (examples, classes)."""
        return probabilities(_forward(model, batch))


def nearest_images(notes: Rows, images: Rows) -> list[int | None]:
    """For each note the position of the same patient's image nearest in time, or None.

    An undated note or image counts as infinitely far; among equals the first image wins.
    """
    of_patient: dict[str, list[tuple[date | None, int]]] = {}
    for position, (patient, day) in enumerate(zip(images["patient_key"], images["date"], strict=True)):
        of_patient.setdefault(patient, []).append((_day(day), position))
    nearest: list[int | None] = []
    for patient, text in zip(notes["patient_key"], notes["date"], strict=True):
        day = _day(text)
        candidates = of_patient.get(patient, [])
        ranked = [(abs((other - day).days) if other and day else float("inf"), p) for other, p in candidates]
        nearest.append(min(ranked)[1] if ranked else None)
    return nearest


def _day(text: object) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        raise DataError(
            f"date = {text!r} is not an ISO date.", "Run the de-identification again; it writes ISO dates."
        ) from None


def _forward(model: nn.Module, batch: Batch) -> object:
    return model(**cut_to_longest(batch), pixel_values=batch["pixel_values"], has_image=batch["has_image"])
