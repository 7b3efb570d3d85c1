"""Training the small neural tagger with torch; the architecture is that of `taggers.neural`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cloister.deid.text.taggers.crf import OUTSIDE
from cloister.deid.text.taggers.features import Lists
from cloister.deid.text.taggers.neural import LAYERS, ROWS, UNITS, WIDTH, Network, piece_rows
from cloister.deid.text.taggers.tokens import PLACES, Tokens

if TYPE_CHECKING:
    import torch


def fit(
    examples: Iterable[tuple[Tokens, Sequence[str]]],
    lists: Lists,
    *,
    epochs: int = 6,
    batch: int = 48,
    rate: float = 2e-3,
    seed: int = 1,
    progress: Callable[[str], None] = lambda _: None,
) -> Network:
    """A network trained on labelled tokens.

    Args:
        examples: tokens of a text and a label for each.
        lists: which lists of names and places hold a word.
        epochs: passes over the examples.
        batch: texts per step.
        rate: highest learning rate of AdamW; it falls to nothing along a cosine.
        seed: of the initial weights and of the order of the texts.
        progress: is told about every epoch.
    """
    import torch
    from torch.nn import functional

    torch.manual_seed(seed)
    order = torch.Generator().manual_seed(seed)
    data = [(tokens, labels) for tokens, labels in examples if len(tokens)]
    labels = (OUTSIDE, *sorted({label for _, given in data for label in given} - {OUTSIDE}))
    column = {label: index for index, label in enumerate(labels)}
    targets = [torch.tensor([column[label] for label in given]) for _, given in data]
    rows: dict[tuple[str, str], list[int]] = {}
    for tokens, _ in data:
        for word in zip(tokens.words, tokens.case, strict=True):
            if word not in rows:
                rows[word] = piece_rows(*word, lists)
    places = [torch.tensor(tokens.place) for tokens, _ in data]
    weights = _weights(len(labels))
    steps = epochs * (len(data) // batch)
    optimizer = torch.optim.AdamW(list(weights.values()), lr=rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps + 1, pct_start=0.1)
    for epoch in range(epochs):
        shuffled = torch.randperm(len(data), generator=order).tolist()
        losses = []
        for first in range(0, len(data) - batch + 1, batch):
            chosen = shuffled[first : first + batch]
            given = scores([data[index][0] for index in chosen], [places[index] for index in chosen], rows, weights)
            loss = functional.cross_entropy(given, torch.cat([targets[index] for index in chosen]))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(list(weights.values()), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        progress(f"neural: epoch {epoch + 1}/{epochs}, loss {np.mean(losses):.4f}")
    return Network(labels, {name: weight.detach().numpy() for name, weight in weights.items()}, lists)


def _weights(labels: int) -> dict[str, torch.Tensor]:
    import torch

    def normal(*shape: int, scale: float) -> torch.Tensor:
        return (torch.randn(*shape) * scale).requires_grad_()

    entered = 3 * WIDTH + 16
    weights = {
        "pieces": normal(ROWS, WIDTH, scale=0.3),
        "places": normal(PLACES, 16, scale=0.3),
        "enter": normal(entered, UNITS, scale=(2 / entered) ** 0.5),
        "enter_bias": torch.zeros(UNITS, requires_grad=True),
        "leave": normal(UNITS, labels, scale=UNITS**-0.5),
        "leave_bias": torch.zeros(labels, requires_grad=True),
    }
    for layer in range(LAYERS):
        weights[f"convolve{layer}"] = normal(3 * UNITS, UNITS, scale=(2 / (3 * UNITS)) ** 0.5)
        weights[f"convolve_bias{layer}"] = torch.zeros(UNITS, requires_grad=True)
        weights[f"scale{layer}"] = torch.ones(UNITS, requires_grad=True)
        weights[f"shift{layer}"] = torch.zeros(UNITS, requires_grad=True)
    return weights


def scores(
    texts: Sequence[Tokens],
    places: Sequence[torch.Tensor],
    rows: dict[tuple[str, str], list[int]],
    weights: dict[str, torch.Tensor],
    dropout: float = 0.1,
) -> torch.Tensor:
    """The scores of all tokens of all texts, one text after the other, blank tokens between them left out."""
    import torch
    from torch.nn import functional

    seen: dict[tuple[str, str], int] = {}
    words, keys, firsts, inside = [], [], [], []
    where = [torch.zeros(LAYERS, dtype=torch.long)]
    for text, place in zip(texts, places, strict=True):
        ids = [seen.setdefault(word, len(seen)) for word in zip(text.words, text.case, strict=True)]
        gap = [-1] * LAYERS
        words += gap + ids
        keys += gap + [ids[key] if key >= 0 else -1 for key in text.key]
        firsts += gap + [ids[first] for first in text.first]
        inside += [False] * LAYERS + [True] * len(ids)
        where += [place, torch.zeros(LAYERS, dtype=torch.long)]
    flat = [row for word in seen for row in rows[word]]
    offsets = np.cumsum([0, *(len(rows[word]) for word in seen)])[:-1]
    vectors = functional.embedding_bag(torch.tensor(flat), weights["pieces"], torch.from_numpy(offsets), mode="mean")
    vectors = torch.cat((functional.dropout(vectors, dropout), torch.zeros(1, WIDTH)))  # index -1 is a blank token
    mask = torch.tensor(inside)
    at = torch.cat(where)[: len(words)]
    entered = torch.cat((vectors[words], vectors[keys], vectors[firsts], weights["places"][at]), 1)
    x = functional.relu(entered @ weights["enter"] + weights["enter_bias"]) * mask[:, None]
    for layer in range(LAYERS):
        padded = functional.pad(x, (0, 0, 1, 1))
        y = torch.cat((padded[:-2], x, padded[2:]), 1) @ weights[f"convolve{layer}"] + weights[f"convolve_bias{layer}"]
        y = functional.layer_norm(y, (UNITS,), weights[f"scale{layer}"], weights[f"shift{layer}"])
        x = (x + functional.dropout(functional.relu(y), dropout)) * mask[:, None]
    return (x @ weights["leave"] + weights["leave_bias"])[mask]
