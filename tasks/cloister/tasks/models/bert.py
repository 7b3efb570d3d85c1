"""BERT (Devlin et al. 2019) built from a study's configuration."""

from __future__ import annotations

from typing import Any

from torch import nn

from cloister.study.schema import BertModel


def bert_encoder(config: BertModel, vocabulary: int, *, pooling: bool) -> nn.Module:
    """A BERT encoder without head; eager attention, so that per-example gradients can be taken through it."""
    from transformers import BertModel as Encoder

    encoder: nn.Module = Encoder(_hugging_face_config(config, vocabulary), add_pooling_layer=pooling)
    return encoder


def bert_classifier(config: BertModel, vocabulary: int, classes: int) -> nn.Module:
    """A BERT encoder with a classification head, as transformers builds it."""
    from transformers import BertForSequenceClassification

    hugging_face = _hugging_face_config(config, vocabulary)
    hugging_face.num_labels = classes
    model: nn.Module = BertForSequenceClassification(hugging_face)
    return model


def _hugging_face_config(config: BertModel, vocabulary: int) -> Any:
    from transformers import BertConfig

    return BertConfig(
        vocab_size=vocabulary,
        hidden_size=config.hidden_size,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        intermediate_size=config.intermediate_size,
        max_position_embeddings=config.max_tokens,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
        attn_implementation="eager",
    )
