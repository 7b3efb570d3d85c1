"""The network that numpy runs is the one that torch trained, and notes of one batch do not see each other."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from cloister.deid.evaluation.annotated_note import AnnotatedNote
from cloister.deid.text.own_notes.network import NetworkInput, network_input
from cloister.deid.text.own_notes.note_layout import note_layout
from cloister.deid.text.own_notes.tagger import OwnNotesTagger
from cloister.deid.text.taggers.tokens import tokenize

Notes = Callable[[int], AnnotatedNote]


def _input(note: AnnotatedNote, tagger: OwnNotesTagger) -> NetworkInput:
    tokens = tokenize(note.text)
    return network_input(tokens, note_layout(tokens), tagger.lists)


def test_numpy_and_torch_agree_on_notes_of_one_batch(
    own_tagger: OwnNotesTagger, note_of_invented_hospital: Notes
) -> None:
    import torch

    from cloister.deid.text.own_notes.network_fit import scores

    inputs = [_input(note_of_invented_hospital(number), own_tagger) for number in (90, 91, 92)]
    weights = {name: torch.tensor(array) for name, array in own_tagger.network.arrays.items()}
    together = torch.softmax(scores(inputs, weights, training=False), 1).numpy()
    alone = np.concatenate([own_tagger.network.probabilities(note) for note in inputs])
    np.testing.assert_allclose(alone, together, atol=1e-5)


def test_training_leaves_the_stream_of_random_numbers_alone(
    own_tagger: OwnNotesTagger, note_of_invented_hospital: Notes
) -> None:
    import torch

    from cloister.deid.text.own_notes.labelling import labels_of
    from cloister.deid.text.own_notes.network_fit import fit_network

    note = note_of_invented_hospital(93)
    example = (_input(note, own_tagger), labels_of(tokenize(note.text), note.spans))
    before = torch.get_rng_state()
    nets = [fit_network([example] * 3, own_tagger.chain.labels, epochs=1) for _ in range(2)]
    assert torch.equal(before, torch.get_rng_state())
    for name, array in nets[0].arrays.items():
        np.testing.assert_array_equal(array, nets[1].arrays[name])
