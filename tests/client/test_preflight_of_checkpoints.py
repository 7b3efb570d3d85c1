"""Whatever checkpoint a study names, its pre-flight sees what a step will: texts of any length, padded together."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from cloister.client.preflight import preflight_study
from cloister.study.errors import ModelMismatchError, UnsafeGradientsError
from cloister.study.schema import Study

TINY: dict[str, Any] = {
    "vocab_size": 300,
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 66,
    "initializer_range": 0.2,
}

ADAPTER = {"rank": 2, "target_modules": ["query", "value"]}


def notes(*, max_tokens: int = 64, **task: Any) -> Study:
    model = {"architecture": "folder", "path": "base", "max_tokens": max_tokens}
    return Study.model_validate(
        {
            "name": "notes",
            "title": "A checkpoint",
            "rounds": 1,
            "federation": {"sites": ["north", "south"]},
            "data": {"kind": "notes", "classes": ["no", "yes"]},
            "task": {"name": "note_classification", "model": model, **task},
            "training": {"steps_per_round": 1, "learning_rate": 0.1, "sample_rate": 0.1, "batch_divisor": 5},
            "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 1.0},
        }
    )


def bert() -> nn.Module:
    from transformers import BertConfig, BertForSequenceClassification

    return BertForSequenceClassification(BertConfig(**TINY))


def roberta() -> nn.Module:
    """Its padding is not number 0, and its first position is the one after."""
    from transformers import RobertaConfig, RobertaForSequenceClassification

    return RobertaForSequenceClassification(RobertaConfig(**TINY))


def gpt2() -> nn.Module:
    """It reads its answer from the last word that is no padding."""
    from transformers import GPT2Config, GPT2ForSequenceClassification

    sizes: dict[str, Any] = {"n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": 64}
    return GPT2ForSequenceClassification(GPT2Config(vocab_size=300, pad_token_id=299, **sizes))


def convbert() -> nn.Module:
    """Its convolutions read beyond a text's end, where there is padding or nothing."""
    from transformers import ConvBertConfig, ConvBertForSequenceClassification

    return ConvBertForSequenceClassification(ConvBertConfig(**TINY, embedding_size=16, head_ratio=1))


def mobilebert() -> nn.Module:
    """It reads every word together with its neighbours."""
    from transformers import MobileBertConfig, MobileBertForSequenceClassification

    sizes: dict[str, Any] = {"embedding_size": 16, "intra_bottleneck_size": 16}
    return MobileBertForSequenceClassification(MobileBertConfig(**TINY, **sizes))


def big_bird() -> nn.Module:
    """Where all texts of a batch are short, it changes to another attention, and never back."""
    from transformers import BigBirdConfig, BigBirdForSequenceClassification

    return BigBirdForSequenceClassification(BigBirdConfig(**TINY, block_size=4, num_random_blocks=1))


def saved(build: Callable[[], nn.Module], folder: Path) -> Path:
    torch.manual_seed(0)
    build().save_pretrained(folder)  # type: ignore[operator]
    return folder


@pytest.mark.parametrize("build", [bert, roberta, gpt2])
def test_texts_of_any_length_are_apart_where_padding_is_masked(build: Callable[[], nn.Module], tmp_path: Path) -> None:
    assert preflight_study(notes(), saved(build, tmp_path)).engine in {"book-keeping", "one-patient"}


@pytest.mark.parametrize("build", [convbert, mobilebert])
def test_a_model_that_reads_padding_is_refused(build: Callable[[], nn.Module], tmp_path: Path) -> None:
    """How much there is of it depends on the longest text of the others."""
    with pytest.raises(UnsafeGradientsError, match="couples examples"):
        preflight_study(notes(), saved(build, tmp_path))


def test_a_model_that_short_texts_change_for_good_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsafeGradientsError, match="'attention_type' of module"):
        preflight_study(notes(adapter=ADAPTER), saved(big_bird, tmp_path))


def test_the_same_model_is_admitted_where_texts_are_always_short(tmp_path: Path) -> None:
    assert preflight_study(notes(max_tokens=16, adapter=ADAPTER), saved(big_bird, tmp_path)).reason == ""


def test_texts_that_are_longer_than_a_model_takes_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(ModelMismatchError, match=r"largest example(.|\n)*max_tokens"):
        preflight_study(notes(max_tokens=100), saved(bert, tmp_path))
