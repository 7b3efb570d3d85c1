"""Training the network with torch; its architecture is that of `network`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from cloister.deid.text.own_notes.network import (
    DILATIONS,
    ENTERED,
    LINE_WIDTH,
    PLACE_WIDTH,
    ROWS,
    UNITS,
    WIDTH,
    Integers,
    Network,
    NetworkInput,
)
from cloister.deid.text.own_notes.note_layout import LINES_FROM_BOTTOM, LINES_FROM_TOP
from cloister.deid.text.taggers.tokens import PLACES

if TYPE_CHECKING:
    import torch

_ENTER_DROPOUT, _LAYER_DROPOUT, _PIECE_DROPOUT = 0.2, 0.3, 0.15
_GAP = max(DILATIONS)
"""Blank tokens between the notes of a batch, so that none sees into another."""


def fit_network(
    examples: Sequence[tuple[NetworkInput, Sequence[str]]],
    labels: Sequence[str],
    *,
    epochs: int = 12,
    batch: int = 4,
    rate: float = 2e-3,
    seed: int = 1,
    progress: Callable[[str], None] = lambda _: None,
) -> Network:
    """A network trained on labelled notes.

    Args:
        examples: notes of at least one token, and a label for every token.
        labels: all that occur, `OUTSIDE` first.
        epochs: passes over the notes.
        batch: notes per step.
        rate: highest learning rate of AdamW; it falls to nothing along a cosine.
        seed: of the initial weights, of the order of the notes and of what is dropped.
        progress: is told about every epoch.
    """
    import torch
    from torch.nn import functional

    column = {label: index for index, label in enumerate(labels)}
    targets = [torch.tensor([column[label] for label in given]) for _, given in examples]
    # Training elsewhere in the process keeps its own stream of random numbers.
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        weights = _weights(len(labels))
        optimizer = torch.optim.AdamW(list(weights.values()), lr=rate, weight_decay=0.01)
        steps = epochs * -(-len(examples) // batch)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps + 1, pct_start=0.1)
        for epoch in range(epochs):
            losses = []
            order = torch.randperm(len(examples)).tolist()
            for first in range(0, len(order), batch):
                numbers = order[first : first + batch]
                given = scores([examples[number][0] for number in numbers], weights, training=True)
                loss = functional.cross_entropy(given, torch.cat([targets[number] for number in numbers]))
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(list(weights.values()), 1.0)
                optimizer.step()
                schedule.step()
                losses.append(loss.item())
            progress(f"network: epoch {epoch + 1} of {epochs}, loss {np.mean(losses):.4f}")
    return Network(tuple(labels), {name: weight.detach().numpy() for name, weight in weights.items()})


def scores(notes: Sequence[NetworkInput], weights: Mapping[str, torch.Tensor], *, training: bool) -> torch.Tensor:
    """The scores of all tokens of all notes, one note after the other: (tokens, labels).

    In training, pieces of words and units are dropped at random.
    """
    import torch
    from torch.nn import functional

    def drop(x: torch.Tensor, share: float) -> torch.Tensor:
        return functional.dropout(x, share, training)

    def joined(columns: Sequence[Integers]) -> torch.Tensor:
        return torch.from_numpy(np.concatenate(columns))

    before = np.cumsum([0, *(len(note.words) for note in notes)])
    none = int(before[-1])
    words = _sums([rows for note in notes for rows in note.words], weights["pieces"], training)
    words = torch.cat((words, torch.zeros(1, WIDTH)))
    contexts = _sums([rows for note in notes for rows in note.contexts], weights["pieces"], training)
    numbered = list(zip(before.tolist(), notes, strict=False))
    entered = torch.cat(
        (
            words[joined([note.word + shift for shift, note in numbered])],
            words[joined([np.where(note.key < 0, none, note.key + shift) for shift, note in numbered])],
            words[joined([note.first + shift for shift, note in numbered])],
            contexts,
            weights["place"][joined([note.place for note in notes])],
            weights["top"][joined([note.top for note in notes])],
            weights["bottom"][joined([note.bottom for note in notes])],
        ),
        1,
    )
    within = functional.relu(drop(entered, _ENTER_DROPOUT) @ weights["enter"] + weights["enter_bias"])
    where = joined([np.arange(len(note.word)) + shift for shift, note in _with_gaps(notes)])
    length = int(where[-1]) + 1
    mask = torch.zeros(length, 1)
    mask[where] = 1
    x = torch.zeros(length, UNITS).index_copy(0, where, within)
    for layer, reach in enumerate(DILATIONS):
        padded = functional.pad(x, (0, 0, reach, reach))
        wide = torch.cat((padded[: -2 * reach], x, padded[2 * reach :]), 1)
        y = wide @ weights[f"convolve{layer}"] + weights[f"convolve_bias{layer}"]
        y = functional.layer_norm(y, (UNITS,), weights[f"scale{layer}"], weights[f"shift{layer}"])
        x = (x + drop(functional.relu(y), _LAYER_DROPOUT)) * mask
    return x[where] @ weights["leave"] + weights["leave_bias"]


def _with_gaps(notes: Sequence[NetworkInput]) -> list[tuple[int, NetworkInput]]:
    starts = np.cumsum([0, *(len(note.word) + _GAP for note in notes)]).tolist()
    return list(zip(starts, notes, strict=False))


def _sums(rows: Sequence[Sequence[int]], table: torch.Tensor, training: bool) -> torch.Tensor:
    import torch
    from torch.nn import functional

    sizes = np.array([len(group) for group in rows])
    flat = torch.tensor([row for group in rows for row in group])
    kept = torch.from_numpy(np.repeat(1 / np.sqrt(sizes), sizes).astype(np.float32))
    return functional.embedding_bag(
        flat,
        table,
        torch.from_numpy(np.cumsum(sizes) - sizes),
        mode="sum",
        per_sample_weights=functional.dropout(kept, _PIECE_DROPOUT, training),
    )


def _weights(labels: int) -> dict[str, torch.Tensor]:
    import torch

    def normal(*shape: int, scale: float) -> torch.Tensor:
        return (torch.randn(*shape) * scale).requires_grad_()

    weights = {
        "pieces": normal(ROWS, WIDTH, scale=0.1),
        "place": normal(PLACES, PLACE_WIDTH, scale=1.0),
        "top": normal(LINES_FROM_TOP + 1, LINE_WIDTH, scale=1.0),
        "bottom": normal(LINES_FROM_BOTTOM + 1, LINE_WIDTH, scale=1.0),
        "enter": normal(ENTERED, UNITS, scale=(2 / ENTERED) ** 0.5),
        "enter_bias": torch.zeros(UNITS, requires_grad=True),
        "leave": normal(UNITS, labels, scale=UNITS**-0.5),
        "leave_bias": torch.zeros(labels, requires_grad=True),
    }
    for layer in range(len(DILATIONS)):
        weights[f"convolve{layer}"] = normal(3 * UNITS, UNITS, scale=(2 / (3 * UNITS)) ** 0.5)
        weights[f"convolve_bias{layer}"] = torch.zeros(UNITS, requires_grad=True)
        weights[f"scale{layer}"] = torch.ones(UNITS, requires_grad=True)
        weights[f"shift{layer}"] = torch.zeros(UNITS, requires_grad=True)
    return weights
