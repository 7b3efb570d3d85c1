"""A small convolutional network with group normalisation (Wu and He 2018).

Batch normalisation mixes the patients of a batch; group normalisation looks at one image alone, so per-patient
gradients exist.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cloister.study.schema import CnnModel


class GroupNormCnn(nn.Module):
    """Blocks of 3x3 convolution, group norm, ReLU and 2x2 pooling; then the means over a grid of positions.

    The grid keeps where in the image something is: a heart's size, a lobe's shadow.

    Input: images of shape (examples, 1, height, width), standardised.
    Output: features of shape (examples, last number of channels x grid x grid), or class logits if `classes` is given.
    """

    def __init__(self, config: CnnModel, classes: int | None = None) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        inputs = 1
        for outputs in config.channels:
            layers += [
                nn.Conv2d(inputs, outputs, kernel_size=3, padding=1),
                nn.GroupNorm(config.groups, outputs),
                nn.ReLU(),
                nn.MaxPool2d(2, ceil_mode=True),
            ]
            inputs = outputs
        self.blocks = nn.Sequential(*layers)
        self.pooling = nn.AdaptiveAvgPool2d(config.grid)
        self.features = inputs * config.grid**2
        self.classifier = nn.Linear(self.features, classes) if classes is not None else nn.Identity()

    def forward(self, pixel_values: Tensor) -> Tensor:
        """Features or logits; see the class."""
        features: Tensor = torch.flatten(self.pooling(self.blocks(pixel_values)), 1)
        result: Tensor = self.classifier(features)
        return result
