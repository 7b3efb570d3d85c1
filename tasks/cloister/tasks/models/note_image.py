"""A note and an image read together: a BERT encoder and a CNN whose features are joined before the classifier."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from cloister.study.schema import NoteImageModel
from cloister.tasks.models.bert import bert_encoder
from cloister.tasks.models.groupnorm_cnn import GroupNormCnn


class NoteImageClassifier(nn.Module):
    """Late fusion. A missing image (`has_image` 0) contributes zeros.

    The note's feature is the mean of its token vectors, which learns faster than a pooling token from few notes.
    """

    def __init__(self, config: NoteImageModel, vocabulary: int, classes: int) -> None:
        super().__init__()
        self.encoder = bert_encoder(config.text, vocabulary, pooling=False)
        self.network = GroupNormCnn(config.image)
        self.text_norm = nn.LayerNorm(config.text.hidden_size)
        self.image_norm = nn.LayerNorm(self.network.features)
        self.classifier = nn.Linear(config.text.hidden_size + self.network.features, classes)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, pixel_values: Tensor, has_image: Tensor) -> Tensor:
        """Class logits, shape (examples, classes).

        Args:
            input_ids: (examples, tokens).
            attention_mask: (examples, tokens), 1 where there is a token.
            pixel_values: (examples, 1, height, width).
            has_image: (examples,), 1 where there is an image.
        """
        tokens = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weights = attention_mask.to(tokens.dtype).unsqueeze(-1)
        note = (tokens * weights).sum(dim=1) / weights.sum(dim=1)
        image = self.image_norm(self.network(pixel_values)) * has_image.to(tokens.dtype).unsqueeze(-1)
        logits: Tensor = self.classifier(torch.cat([self.text_norm(note), image], dim=1))
        return logits
