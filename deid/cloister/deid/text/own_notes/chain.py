"""The linear-chain CRF of one hospital's notes, over any attributes, and the decoding of a chain of labels.

python-crfsuite estimates the weights; here they are a matrix with one row an attribute. With scores s_t(y) of the
tokens and transition weights w(y, y'), the probability of a labelling is proportional to
exp(sum_t s_t(y_t) + sum_t w(y_t, y_t+1)) (Lafferty, McCallum, Pereira, ICML 2001).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cloister.deid.text.nameless_model import fitted

Floats = NDArray[np.float32]
Example = tuple[Sequence[Sequence[str]], Sequence[str]]
"""The attributes and the label of every token that is labelled together."""


@dataclass(frozen=True)
class Chain:
    """A trained CRF.

    `labels` begin with `OUTSIDE`; `rows` maps an attribute to its row of `weights`, of which row 0 belongs to none
    and is zero; `weights` is (1 + attributes, labels), `transitions` (labels, labels) from the first to the second.
    """

    labels: tuple[str, ...]
    rows: Mapping[str, int]
    weights: Floats
    transitions: Floats

    def scores(self, attributes: Sequence[Sequence[str]]) -> Floats:
        """The summed weights of every token's attributes: (tokens, labels)."""
        if not attributes:
            return np.zeros((0, len(self.labels)), np.float32)
        row = self.rows.get
        rows = [row(attribute, 0) for own in attributes for attribute in own]
        begins = np.cumsum([0, *(len(own) for own in attributes[:-1])])
        found: Floats = np.add.reduceat(self.weights[rows], begins, axis=0)
        return found


def fit_chain(
    examples: Iterable[Example], labels: Sequence[str], *, l1: float = 0.05, l2: float = 0.01, iterations: int = 80
) -> Chain:
    """A CRF estimated by L-BFGS.

    Args:
        examples: labelled stretches.
        labels: all that occur, `OUTSIDE` first.
        l1: weight of the absolute values of the weights; makes most of them zero.
        l2: weight of their squares.
        iterations: of L-BFGS, at most.
    """
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    for attributes, given in examples:
        trainer.append(attributes, given)
    trainer.set_params({"c1": l1, "c2": l2, "max_iterations": iterations, "feature.possible_transitions": False})
    with fitted(trainer) as tagger:
        info = tagger.info()
    return _from_weights(info.state_features, info.transitions, labels)


def likeliest(scores: Floats, transitions: Floats) -> list[int]:
    """The likeliest labelling (Viterbi): a label's index for every token.

    Args:
        scores: (tokens, labels), of at least one token.
        transitions: (labels, labels).
    """
    best = scores[0]
    came_from = []
    for score in scores[1:]:
        ways = best[:, None] + transitions
        came_from.append(ways.argmax(0))
        best = ways.max(0) + score
    path = [int(best.argmax())]
    for before in reversed(came_from):
        path.append(int(before[path[-1]]))
    return path[::-1]


def marginals(scores: Floats, transitions: Floats) -> Floats:
    """The probability of every label for every token (forward-backward): as `scores`, rows add up to one."""
    step = np.exp(transitions)
    score = np.exp(scores - scores.max(1, keepdims=True))
    forward, backward = np.empty_like(score), np.ones_like(score)
    forward[0] = score[0] / score[0].sum()
    for place in range(1, len(score)):
        ahead = (forward[place - 1] @ step) * score[place]
        forward[place] = ahead / ahead.sum()
    for place in range(len(score) - 2, -1, -1):
        behind = step @ (score[place + 1] * backward[place + 1])
        backward[place] = behind / behind.sum()
    joint: Floats = forward * backward
    result: Floats = joint / joint.sum(1, keepdims=True)
    return result


def _from_weights(
    state: Mapping[tuple[str, str], float], transitions: Mapping[tuple[str, str], float], labels: Sequence[str]
) -> Chain:
    """A chain from weights by (attribute, label) and by (label, next label)."""
    column = {label: index for index, label in enumerate(labels)}
    rows = {name: index for index, name in enumerate(sorted({name for name, _ in state}), start=1)}
    weights = np.zeros((1 + len(rows), len(labels)), np.float32)
    for (name, label), weight in state.items():
        weights[rows[name], column[label]] = weight
    steps = np.zeros((len(labels), len(labels)), np.float32)
    for (before, after), weight in transitions.items():
        steps[column[before], column[after]] = weight
    return Chain(tuple(labels), rows, weights, steps)
