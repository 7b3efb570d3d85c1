"""The linear-chain CRF: hand features, one row of weights for each, and the probability of every label of every token.

python-crfsuite estimates the weights (`cloister.deid.text.training.crf_fit`). Here they are a matrix: what depends on
a word alone is summed up once per word and kept, and all segments of a passage run through the forward-backward
recursion together. That gives python-crfsuite's marginals, several times as fast, without its binary at run time.

With emission scores e_t(y), the sum of the weights of the token's attributes, and transition weights w(y, y'), the
probability of a labelling is proportional to exp(sum_t e_t(y_t) + sum_t w(y_t, y_t+1)) (Lafferty, McCallum, Pereira,
ICML 2001).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from cloister.deid.text.taggers.features import (
    FAR,
    NEAR,
    NOTHING,
    WIDE,
    Lists,
    Word,
    describe,
    joint_attributes,
    place_attribute,
    role_attributes,
)
from cloister.deid.text.taggers.tokens import PLACES, Tokens, segments

Floats = NDArray[np.float32]
Integers = NDArray[np.int64]

OUTSIDE = "O"
"""The label of a token that belongs to no identifier; always the first."""
_OFFSETS = (*NEAR, *FAR, *WIDE)
_ROLES = 1 + len(_OFFSETS) + 2
_KEPT_WORDS = 50_000
"""Words whose summed weights are kept; then all are forgotten, so that memory stays bounded."""


@dataclass
class Crf:
    """A trained model.

    Args:
        labels: `OUTSIDE` first.
        rows: attribute -> its row of `weights`; row 0 belongs to none and is zero.
        weights: (1 + attributes, labels).
        transitions: (labels, labels), from the first to the second.
        lists: which lists of names and places hold a word.
    """

    labels: tuple[str, ...]
    rows: Mapping[str, int]
    weights: Floats
    transitions: Floats
    lists: Lists
    _words: dict[tuple[str, str], int] = field(default_factory=dict, repr=False)
    _described: list[Word] = field(default_factory=list, repr=False)
    _bank: Floats = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._forget()

    def marginals(self, tokens: Tokens) -> Floats:
        """The probability of every label for every token: (tokens, labels), rows add up to one."""
        if not len(tokens):
            return np.zeros((0, len(self.labels)), np.float32)
        emissions = self.emissions(tokens)
        result = np.empty_like(emissions)
        cut = segments(tokens)
        # Short segments are run together with short ones, so that little is padded.
        for group in _groups(cut):
            self._forward_backward(emissions, [cut[index] for index in group], result)
        return result

    def emissions(self, tokens: Tokens) -> Floats:
        """The summed weights of every token's attributes: (tokens, labels)."""
        ids = np.fromiter(
            (self._id(word, case) for word, case in zip(tokens.words, tokens.case, strict=True)), np.int64, len(tokens)
        )
        length = len(ids)
        total: Floats = self._bank[ids, 0].copy()
        for role, offset in enumerate(_OFFSETS, start=1):
            if offset < 0:
                total[-offset:] += self._bank[ids[:offset], role]
            else:
                total[: max(0, length - offset)] += self._bank[ids[offset:], role]
        total += self._bank[ids[np.asarray(tokens.first)], _ROLES - 2]
        keys = np.asarray(tokens.key)
        total += np.where((keys >= 0)[:, None], self._bank[ids[keys], _ROLES - 1], 0)
        places = np.array([self.rows.get(place_attribute(place), 0) for place in range(PLACES)])
        total += self.weights[places[np.asarray(tokens.place)]]
        total += self.weights[self._joint_rows(ids)].sum(axis=1)
        return total

    def _joint_rows(self, ids: Integers) -> Integers:
        words = [NOTHING, NOTHING, *(self._described[index] for index in ids.tolist()), NOTHING, NOTHING]
        row = self.rows.get
        found = [
            [
                row(attribute, 0)
                for attribute in joint_attributes(
                    words[index], words[index + 1], words[index + 2], words[index + 3], words[index + 4]
                )
            ]
            for index in range(len(ids))
        ]
        return np.array(found, np.int64)

    def _id(self, word: str, case: str) -> int:
        known = self._words.get((word, case))
        return self._learn(word, case) if known is None else known

    def _learn(self, word: str, case: str) -> int:
        described = describe(word, case, self.lists)
        index = len(self._described)
        if index == len(self._bank):
            self._bank = np.concatenate((self._bank, np.zeros_like(self._bank)))
        roles = (
            described.own,
            *(role_attributes(described, offset) for offset in _OFFSETS),
            (f"F{described.lower}",),
            (f"K{described.lower}",),
        )
        # All roles' sums in one call: each begins with row 0, which is zero, so that none is empty.
        row = self.rows.get
        starts: list[int] = []
        rows: list[int] = []
        for attributes in roles:
            starts.append(len(rows))
            rows.append(0)
            rows.extend(row(attribute, 0) for attribute in attributes)
        np.add.reduceat(self.weights[rows], starts, axis=0, out=self._bank[index])
        self._described.append(described)
        self._words[word, case] = index
        return index

    def _forget(self) -> None:
        self._words.clear()
        self._described.clear()
        self._bank = np.zeros((1024, _ROLES, len(self.labels)), np.float32)

    def trim(self) -> None:
        """Forgets the words seen so far if they are many; called between passages."""
        if len(self._described) > _KEPT_WORDS:
            self._forget()

    def _forward_backward(self, emissions: Floats, cut: Sequence[tuple[int, int]], result: Floats) -> None:
        lengths = np.array([after - first for first, after in cut])
        longest = int(lengths.max())
        where = np.zeros((len(cut), longest), np.int64)
        for index, (first, after) in enumerate(cut):
            where[index, : after - first] = np.arange(first, after)
        inside = np.arange(longest)[None, :] < lengths[:, None]
        score = np.exp(emissions - emissions.max(axis=1, keepdims=True))[where]
        step = np.exp(self.transitions)
        forward = np.empty_like(score)
        forward[:, 0] = score[:, 0]
        for at in range(1, longest):
            current = (forward[:, at - 1] @ step) * score[:, at]
            forward[:, at] = current / current.sum(axis=1, keepdims=True)
        backward = np.ones((len(cut), len(self.labels)), np.float32)
        for at in range(longest - 1, -1, -1):
            joint = forward[:, at] * backward
            rows = inside[:, at]
            result[where[rows, at]] = (joint / joint.sum(axis=1, keepdims=True))[rows]
            ahead = (score[:, at] * backward) @ step.T
            ahead /= ahead.sum(axis=1, keepdims=True)
            backward = np.where(rows[:, None], ahead, 1).astype(np.float32)

    def save(self, file: Path | IO[bytes]) -> None:
        """Writes the model as a compressed numpy archive; no pickle is in it."""
        names = sorted(self.rows, key=lambda name: self.rows[name])
        row, column = np.nonzero(self.weights[1:])
        np.savez_compressed(
            file,
            labels=_packed(self.labels),
            attributes=_packed(names),
            counts=np.bincount(row, minlength=len(names)).astype(np.uint8),
            columns=column.astype(np.uint8),
            values=self.weights[1:][row, column].astype(np.float16),
            transitions=self.transitions.astype(np.float32),
            listed=_packed(tuple(self.lists)),
            letters=_packed(tuple(self.lists.values())),
        )

    @classmethod
    def load(cls, file: Path | IO[bytes]) -> Crf:
        """Reads what `save` wrote."""
        with np.load(file, allow_pickle=False) as archive:
            labels, names = _unpacked(archive["labels"]), _unpacked(archive["attributes"])
            weights = np.zeros((1 + len(names), len(labels)), np.float32)
            row = np.repeat(np.arange(1, 1 + len(names)), archive["counts"])
            weights[row, archive["columns"]] = archive["values"]
            return cls(
                labels=labels,
                rows={name: index for index, name in enumerate(names, start=1)},
                weights=weights,
                transitions=archive["transitions"],
                lists=dict(zip(_unpacked(archive["listed"]), _unpacked(archive["letters"]), strict=True)),
            )


def _groups(cut: Sequence[tuple[int, int]], size: int = 24) -> list[list[int]]:
    order = sorted(range(len(cut)), key=lambda index: cut[index][1] - cut[index][0])
    return [order[first : first + size] for first in range(0, len(order), size)]


def _packed(entries: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(entries).encode(), np.uint8)


def _unpacked(packed: NDArray[np.uint8]) -> tuple[str, ...]:
    return tuple(packed.tobytes().decode().split("\n"))
