"""The trained tagger of one hospital's notes: CRF and network together, and the file that holds both.

The score of a label is the CRF's plus `NETWORK_SHARE` times the logarithm of the network's probability (a product of
experts: Hinton, Neural Computation 14, 2002); the CRF's transitions then decide over each line as a whole.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cloister.deid.evaluation.annotated_note import Span
from cloister.deid.text.own_notes.attributes import note_attributes
from cloister.deid.text.own_notes.chain import Chain, likeliest, marginals
from cloister.deid.text.own_notes.labelling import spans_of_labels, stretches
from cloister.deid.text.own_notes.network import Network, network_input
from cloister.deid.text.own_notes.note_layout import note_layout
from cloister.deid.text.taggers import passages
from cloister.deid.text.taggers.crf import OUTSIDE
from cloister.deid.text.taggers.features import Lists
from cloister.deid.text.taggers.tokens import Tokens, tokenize
from cloister.study import atomic
from cloister.study.errors import InputError, MissingFileError

Floats = NDArray[np.float32]

FORMAT = 1
NETWORK_SHARE = 0.5
"""Weight of the network beside the CRF; chosen on a quarter of MEDDOCAN's training notes."""
_LEAST = 1e-6
"""The network's probabilities are no smaller, so that it never rules a label out."""
_MOST_BYTES = 2**30
"""Of a model's file, and of what is packed in it: ten times what the notes of a large hospital make."""
_MOST_WEIGHTS = 2**29
"""Of the CRF, in memory: 2 GiB."""
PHI = "PHI"
"""The label of what the recall profile flags."""
Passage = tuple[Tokens, Floats]
"""The tokens of a passage, and for each the probability that it belongs to no identifier."""


@dataclass(frozen=True)
class OwnNotesTagger:
    """A trained tagger.

    Args:
        chain: the CRF.
        network: the network, with the same labels.
        lists: which lists hold a word, see `word_lists`.
        threshold: the recall profile flags tokens that are no identifier with a probability under it, in [0, 1].
    """

    chain: Chain
    network: Network
    lists: Lists
    threshold: float

    def spans(self, text: str) -> list[Span]:
        """The spans of the likeliest labelling, with the annotators' labels, in order and disjoint."""
        found: list[Span] = []
        for tokens, scores in self._passages(text):
            labels = [
                self.chain.labels[number]
                for first, after in stretches(tokens)
                for number in likeliest(scores[first:after], self.chain.transitions)
            ]
            found += spans_of_labels(tokens, labels, text)
        return found

    def likely_spans(self, text: str) -> list[Span]:
        """The recall profile: stretches of tokens that may well belong to an identifier, all labelled `PHI`."""
        return flagged(self.outside_probabilities(text), self.threshold, text)

    def outside_probabilities(self, text: str) -> Iterator[Passage]:
        """The tokens of every passage, and for each the probability that it belongs to no identifier."""
        for tokens, probabilities in self.label_probabilities(text):
            yield tokens, probabilities[:, 0]

    def label_probabilities(self, text: str) -> Iterator[Passage]:
        """The tokens of every passage, and for each the probability of each of `chain.labels`: (tokens, labels)."""
        for tokens, scores in self._passages(text):
            by_stretch = [marginals(scores[first:after], self.chain.transitions) for first, after in stretches(tokens)]
            yield tokens, np.concatenate(by_stretch)

    def _passages(self, text: str) -> Iterator[tuple[Tokens, Floats]]:
        """The tokens of every passage that has any, and the scores of all labels for each: (tokens, labels)."""
        for start, end in passages(text):
            tokens = tokenize(text[start:end], start)
            if len(tokens):
                layout = note_layout(tokens)
                believed = self.network.probabilities(network_input(tokens, layout, self.lists))
                scores = self.chain.scores(note_attributes(tokens, layout, self.lists))
                scores += NETWORK_SHARE * np.log(believed + _LEAST)
                yield tokens, scores

    def save(self, path: Path) -> None:
        """Writes the model, weights in half precision, as a compressed numpy archive; no pickle is in it."""
        row, column = np.nonzero(self.chain.weights[1:])
        arrays = {f"network.{name}": array.astype(np.float16) for name, array in self.network.arrays.items()}
        names = sorted(self.chain.rows, key=lambda name: self.chain.rows[name])
        archive = io.BytesIO()
        np.savez_compressed(
            archive,
            format=np.array(FORMAT),
            labels=_packed(self.chain.labels),
            attributes=_packed(names),
            counts=np.bincount(row, minlength=len(names)).astype(np.uint16),
            columns=column.astype(np.uint16),
            values=self.chain.weights[1:][row, column].astype(np.float16),
            transitions=self.chain.transitions,
            listed=_packed(tuple(self.lists)),
            letters=_packed(tuple(self.lists.values())),
            threshold=np.array(self.threshold),
            **arrays,  # type: ignore[arg-type]
        )
        atomic.write_bytes(path, archive.getvalue())

    @classmethod
    def load(cls, path: Path) -> OwnNotesTagger:
        """Reads what `save` wrote.

        Raises:
            MissingFileError: there is no such file.
            InputError: it is no model of this kind and format.
        """
        if not path.is_file():
            raise MissingFileError(path, "model", "Train one: python -m cloister.deid.text.own_notes train …")
        try:
            _check_size(path)
            with np.load(path, allow_pickle=False) as archive:
                if int(archive["format"]) != FORMAT:
                    raise ValueError(f"format {int(archive['format'])}, not {FORMAT}")
                tagger = cls._from_arrays({name: archive[name] for name in archive.files})
            tagger.spans("1")  # arrays whose shapes do not fit fail here, not at the first note
        except Exception as problem:  # a damaged archive raises anything: of zlib, of numpy's parser of headers
            raise InputError(f"{path}: no model of own notes ({_told(problem)}).", "Train it again.") from problem
        return tagger

    @classmethod
    def _from_arrays(cls, archive: dict[str, NDArray[np.generic]]) -> OwnNotesTagger:
        labels, names = _unpacked(archive["labels"]), _unpacked(archive["attributes"])
        counts = archive["counts"].astype(np.int64)
        if (1 + len(names)) * len(labels) > _MOST_WEIGHTS or counts.sum() != archive["values"].size:
            raise ValueError(f"{len(names)} attributes, {len(labels)} labels, {archive['values'].size} weights")
        weights = np.zeros((1 + len(names), len(labels)), np.float32)
        rows = np.repeat(np.arange(1, 1 + len(names)), counts)
        weights[rows, archive["columns"].astype(np.int64)] = archive["values"]
        chain = Chain(
            labels,
            {name: index for index, name in enumerate(names, start=1)},
            weights,
            archive["transitions"].astype(np.float32),
        )
        network = {
            name.removeprefix("network."): array.astype(np.float32)
            for name, array in archive.items()
            if name.startswith("network.")
        }
        lists = dict(zip(_unpacked(archive["listed"]), _unpacked(archive["letters"]), strict=True))
        return cls(chain, Network(labels, network), lists, float(archive["threshold"].astype(np.float64)))


def flagged(read: Iterable[Passage], threshold: float, text: str) -> list[Span]:
    """Neighbouring tokens that are no identifier with a probability under `threshold`, as spans labelled `PHI`.

    Args:
        read: what `OwnNotesTagger.outside_probabilities` says of the text.
        threshold: in [0, 1].
        text: the text.
    """
    return [
        span
        for tokens, outside in read
        for span in spans_of_labels(tokens, [PHI if it < threshold else OUTSIDE for it in outside], text)
    ]


def _check_size(path: Path) -> None:
    """Refuse, before anything is unpacked, what would fill the memory.

    Raises:
        ValueError: it is too large.
        zipfile.BadZipFile: it is no archive.
    """
    size = path.stat().st_size
    if size <= _MOST_BYTES:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    if size > _MOST_BYTES:
        raise ValueError(f"{size} bytes, more than {_MOST_BYTES}")


def _told(problem: Exception) -> str:
    """What is told of an error: not the words of others' notes that an archive's damaged header may quote at length."""
    return (
        str(problem)
        if isinstance(problem, ValueError | KeyError) and len(str(problem)) < 80
        else type(problem).__name__
    )


def _packed(entries: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer("\n".join(entries).encode("utf-8", "surrogatepass"), np.uint8)


def _unpacked(packed: NDArray[np.generic]) -> tuple[str, ...]:
    return tuple(packed.tobytes().decode("utf-8", "surrogatepass").split("\n")) if packed.size else ()
