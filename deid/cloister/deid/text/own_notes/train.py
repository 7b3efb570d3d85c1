"""Training a hospital's own tagger, and choosing the threshold of its recall profile.

The threshold is chosen on notes that a first pair of models has not seen: a fifth of those given. The models that are
kept are then trained on all of them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from cloister.deid.evaluation.annotated_note import AnnotatedNote
from cloister.deid.evaluation.evaluation import evaluate
from cloister.deid.text.own_notes.attributes import note_attributes
from cloister.deid.text.own_notes.chain import Example, fit_chain
from cloister.deid.text.own_notes.labelling import labels_of, stretches
from cloister.deid.text.own_notes.network import NetworkInput, network_input
from cloister.deid.text.own_notes.network_fit import fit_network
from cloister.deid.text.own_notes.note_layout import note_layout
from cloister.deid.text.own_notes.tagger import OwnNotesTagger, flagged
from cloister.deid.text.taggers.crf import OUTSIDE
from cloister.deid.text.taggers.features import Lists
from cloister.deid.text.taggers.tokens import tokenize
from cloister.study.errors import DataError

FEWEST = 20
"""Annotated notes that training asks for; a few hundred give a good model."""
PRECISION = 0.955
"""Token precision asked of the recall profile on the notes that choose its threshold, a little above the 0.95 that it
should keep on unseen ones."""
_HELD_OUT = 0.2
_THRESHOLDS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.993, 0.995, 0.997, 0.998, 0.999, 0.9995, 0.9998, 0.9999)

Progress = Callable[[str], None]


def train(
    notes: Sequence[AnnotatedNote],
    lists: Lists,
    *,
    iterations: int = 100,
    epochs: int = 12,
    seed: int = 1,
    progress: Progress = lambda _: None,
) -> OwnNotesTagger:
    """A tagger trained on annotated notes.

    Args:
        notes: at least `FEWEST`, with identifiers.
        lists: which lists hold a word, see `word_lists`.
        iterations: of the CRF's estimation, at most.
        epochs: of the network's training.
        seed: of everything that is drawn at random.
        progress: is told what happens.

    Raises:
        DataError: there are too few notes, or nothing is annotated in them.
    """
    ordered = sorted((note for note in notes if note.text.strip()), key=lambda note: note.id)
    if len(ordered) < FEWEST:
        raise DataError(f"{len(ordered)} annotated notes: too few.", f"Annotate at least {FEWEST}, better hundreds.")
    random.Random(seed).shuffle(ordered)  # noqa: S311 (a split, no secret)
    held_out = int(len(ordered) * _HELD_OUT)
    chosen_on, first = ordered[:held_out], ordered[held_out:]
    if not any(note.spans for note in first):
        raise DataError("Nothing is annotated in these notes.", "Give notes with the identifiers marked.")

    def fit(part: Sequence[AnnotatedNote], threshold: float) -> OwnNotesTagger:
        return _fit(part, lists, threshold, iterations=iterations, epochs=epochs, seed=seed, progress=progress)

    progress(f"training on {len(first)} notes, to choose the threshold on {held_out} others")
    threshold = choose_threshold(fit(first, _THRESHOLDS[0]), chosen_on)
    progress(f"threshold {threshold}; training on all {len(ordered)} notes")
    return fit(ordered, threshold)


def choose_threshold(tagger: OwnNotesTagger, notes: Sequence[AnnotatedNote]) -> float:
    """The highest threshold at which token precision on these notes is at least `PRECISION`; the lowest if none is."""
    read = [(note, list(tagger.outside_probabilities(note.text))) for note in notes]
    best = _THRESHOLDS[0]
    for threshold in _THRESHOLDS:
        found = ((note, flagged(passages, threshold, note.text)) for note, passages in read)
        precision = evaluate(found).measures["tokens"].precision.value
        if precision is not None and precision >= PRECISION:
            best = threshold
    return best


def _fit(
    notes: Sequence[AnnotatedNote],
    lists: Lists,
    threshold: float,
    *,
    iterations: int,
    epochs: int,
    seed: int,
    progress: Progress,
) -> OwnNotesTagger:
    stretched: list[Example] = []
    whole: list[tuple[NetworkInput, list[str]]] = []
    for note in notes:
        tokens = tokenize(note.text)
        if not len(tokens):
            continue
        layout, given = note_layout(tokens), labels_of(tokens, note.spans)
        attributes = note_attributes(tokens, layout, lists)
        stretched += [(attributes[first:after], given[first:after]) for first, after in stretches(tokens)]
        whole.append((network_input(tokens, layout, lists), given))
    labels = (OUTSIDE, *sorted({label for _, given in whole for label in given} - {OUTSIDE}))
    progress(f"CRF: at most {iterations} iterations")
    chain = fit_chain(stretched, labels, iterations=iterations)
    stretched.clear()
    network = fit_network(whole, labels, epochs=epochs, seed=seed, progress=progress)
    return OwnNotesTagger(chain, network, lists, threshold)
