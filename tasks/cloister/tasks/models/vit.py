"""A vision transformer (Dosovitskiy et al. 2021) built from a study's configuration."""

from __future__ import annotations

from torch import nn

from cloister.study.schema import VitModel


def vit_classifier(config: VitModel, classes: int) -> nn.Module:
    """A ViT with one grey channel and a classification head, as transformers builds it."""
    from transformers import ViTConfig, ViTForImageClassification

    model: nn.Module = ViTForImageClassification(
        ViTConfig(
            hidden_size=config.hidden_size,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            intermediate_size=config.intermediate_size,
            image_size=config.image_size,
            patch_size=config.patch_size,
            num_channels=1,
            num_labels=classes,
            hidden_dropout_prob=0.0,
            attention_probs_dropout_prob=0.0,
            attn_implementation="eager",
        )
    )
    return model
