"""Classification of clinical notes with a transformer encoder, trained in full or through adapters."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from cloister.study.schema import BertModel, FolderModel, Study
from cloister.tasks.base_folder import load_base_weights, require_base
from cloister.tasks.classification import cross_entropy, probabilities
from cloister.tasks.dataset_rows import class_indices, read_rows
from cloister.tasks.examples import Batch, Examples
from cloister.tasks.models.bert import bert_classifier
from cloister.tasks.models.checkpoint_folder import (
    HEADS,
    freeze_position_embeddings,
    load_classifier,
    vocabulary_of,
)
from cloister.tasks.models.lora import train_adapters_only
from cloister.tasks.models.seeded import seeded
from cloister.tasks.models.tokenizer import cut_to_longest, encode, load_tokenizer


class NoteClassification:
    """See the module."""

    couples_patients = False
    needs_base = True

    def __init__(self, study: Study) -> None:
        model = study.task.model
        assert isinstance(model, BertModel | FolderModel)  # noqa: S101 (the study schema holds it)
        self.data = study.data
        self.model = model
        self.adapter = study.task.adapter

    def read(self, datasets: Sequence[Path], base: Path | None) -> Examples:
        """One example a note: `input_ids` and `attention_mask` (examples, tokens), `label` (examples,)."""
        rows, _ = read_rows(datasets, "notes", ["patient_key", *self.data.columns["notes"]])
        tokenizer = load_tokenizer(folder := require_base(base))
        own = vocabulary_of(folder) if isinstance(self.model, FolderModel) else len(tokenizer)
        columns = encode(tokenizer, rows["text"], self.model.max_tokens, own)
        label = torch.tensor(class_indices(rows[self.data.label], self.data.classes, self.data.label))
        return Examples.of({**columns, "label": label}, rows["patient_key"], rows["site"])

    def build_model(self, base: Path | None, seed: int) -> nn.Module:
        """The classifier with the base's weights, its adapters in place."""
        folder = require_base(base)
        classes = len(self.data.classes)
        with seeded(seed):
            if isinstance(self.model, FolderModel):
                model = load_classifier(folder, "text", classes)
            else:
                model = bert_classifier(self.model, len(load_tokenizer(folder)), classes)
                load_base_weights(model, folder)
                freeze_position_embeddings(model)
            if self.adapter is not None:
                train_adapters_only(model, self.adapter, HEADS)
        return model

    def synthetic_batch(self, model: nn.Module, examples: int, seed: int) -> Batch:
        """Random tokens in texts of different lengths, labels in turn."""
        label = torch.arange(examples) % len(self.data.classes)
        return {**synthetic_tokens(model, examples, self.model.max_tokens, seed), "label": label}

    def per_example_loss(self, model: nn.Module, batch: Batch) -> Tensor:
        """Cross-entropy."""
        return cross_entropy(_forward(model, batch), batch["label"])

    def scores(self, model: nn.Module, batch: Batch) -> Tensor:
        """Class probabilities, shape (examples, classes)."""
        return probabilities(_forward(model, batch))


def synthetic_tokens(model: nn.Module, examples: int, max_tokens: int, seed: int) -> dict[str, Tensor]:
    """Random `input_ids` and a ragged `attention_mask`, shape (examples, max_tokens).

    The first text has `max_tokens`, the others have 9 to 16, which costs no more time than need be.
    """
    from transformers import PreTrainedModel

    encoder = next(module for module in model.modules() if isinstance(module, PreTrainedModel))
    vocabulary = encoder.get_input_embeddings().num_embeddings
    told = getattr(encoder.config, "pad_token_id", None)
    padding = told if isinstance(told, int) and 0 <= told < vocabulary else 0
    generator = torch.Generator().manual_seed(seed)
    words = torch.randint(5, vocabulary, (examples, max_tokens), generator=generator)
    lengths = 16 - torch.arange(examples) % 8
    lengths[0] = max_tokens
    mask = torch.arange(max_tokens)[None, :] < lengths[:, None]
    return {"input_ids": words.where(mask & (words != padding), padding), "attention_mask": mask.long()}


def _forward(model: nn.Module, batch: Batch) -> object:
    return model(**cut_to_longest(batch))
