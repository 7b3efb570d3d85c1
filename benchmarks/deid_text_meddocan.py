"""A CRF trained on MEDDOCAN's training notes, with MEDDOCAN's own labels, tested on its development notes.

It shows what the tagger's features give where annotated notes of the same kind are at hand; nothing of it is part of
the package. Beside the package's features (`cloister.deid.text.taggers.features`) a token gets further ones: the words
around it as white space cuts them, with their shapes; where in the note its line stands; and which fields of the note
hold the same word (the physician named in the header signs at the end).

Two figures: strict typed spans by the likeliest labelling, and the recall profile, which flags every token whose
probability of being no identifier lies under a threshold. The threshold is chosen on a fifth of the training notes
that a first model has not seen; the development notes choose nothing.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from cloister.deid.evaluation.annotated_note import AnnotatedNote, Span
from cloister.deid.evaluation.evaluation import evaluate
from cloister.deid.text.taggers.crf import Crf
from cloister.deid.text.taggers.features import Lists, attributes
from cloister.deid.text.taggers.tokens import Tokens, tokenize

OUTSIDE = "O"
PRECISION_FLOOR = 0.955
"""Token precision asked of the recall profile on the notes that choose it; the goal is 0.95 on unseen ones."""
_PARAMETERS = {"c1": 0.05, "c2": 0.01, "max_iterations": 100, "feature.possible_transitions": False}
_HELD_OUT = 0.2
_FIELD_LINES = 25
"""Lines at either end of a note in which fields are looked for."""
_LONGEST = 400
"""Tokens that are labelled together at most."""
_TAUS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.993, 0.995, 0.997, 0.998, 0.999)


@dataclass(frozen=True)
class TrainedCrf:
    """A model in python-crfsuite's own format, on disk."""

    path: Path
    lists: Lists

    @property
    def megabytes(self) -> float:
        """Size of the file."""
        return self.path.stat().st_size / 1e6

    def tagger(self) -> Tagger:
        """The model, ready to read notes."""
        return Tagger(self)


class Tagger:
    """Reads notes with a trained model."""

    def __init__(self, model: TrainedCrf) -> None:
        import pycrfsuite

        self._lists = model.lists
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open(str(model.path))

    def likeliest(self, text: str) -> list[Span]:
        """The spans of the likeliest labelling."""
        tokens = tokenize(text)
        features = note_attributes(tokens, self._lists)
        labels = [label for first, after in _lines(tokens) for label in self._tagger.tag(features[first:after])]
        return list(spans_of_labels(tokens, labels, text))

    def outside_probabilities(self, text: str) -> tuple[Tokens, list[float]]:
        """The note's tokens, and for each the probability that it is no identifier."""
        tokens = tokenize(text)
        features = note_attributes(tokens, self._lists)
        probabilities: list[float] = []
        for first, after in _lines(tokens):
            self._tagger.set(features[first:after])
            probabilities += [self._tagger.marginal(OUTSIDE, place) for place in range(after - first)]
        return tokens, probabilities


def train(notes: Sequence[AnnotatedNote], path: Path, lists: Lists) -> TrainedCrf:
    """Fit a model by L-BFGS and write it to `path`."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params(_PARAMETERS)
    for note in notes:
        tokens = tokenize(note.text)
        features, labels = note_attributes(tokens, lists), labels_of(tokens, note.spans)
        for first, after in _lines(tokens):
            trainer.append(features[first:after], labels[first:after])
    trainer.train(str(path))
    return TrainedCrf(path, lists)


def choose_threshold(tagger: Tagger, notes: Sequence[AnnotatedNote]) -> float:
    """The highest threshold at which token precision on these notes keeps above the floor."""
    read = [(note, *tagger.outside_probabilities(note.text)) for note in notes]
    best = _TAUS[0]
    for tau in _TAUS:
        result = evaluate((note, list(likely(tokens, outside, tau, note.text))) for note, tokens, outside in read)
        precision = result.measures["tokens"].precision.value
        if precision is not None and precision >= PRECISION_FLOOR:
            best = tau
    return best


def train_with_threshold(notes: Sequence[AnnotatedNote], folder: Path, lists: Lists) -> tuple[TrainedCrf, float]:
    """The model of all notes, and the threshold that a model of four fifths of them chose on the last fifth."""
    shuffled = sorted(notes, key=lambda note: note.id)
    random.Random(1).shuffle(shuffled)
    held_out = int(len(shuffled) * _HELD_OUT)
    first = train(shuffled[held_out:], folder / "four-fifths.crfsuite", lists)
    threshold = choose_threshold(first.tagger(), shuffled[:held_out])
    return train(notes, folder / "all.crfsuite", lists), threshold


def likely(tokens: Tokens, outside: Sequence[float], tau: float, text: str) -> Iterator[Span]:
    """Stretches of tokens that are no identifier with a probability under `tau`; signs at the ends are left out."""
    labels = ["PHI" if probability < tau else OUTSIDE for probability in outside]
    yield from spans_of_labels(tokens, labels, text)


def labels_of(tokens: Tokens, spans: Sequence[Span]) -> list[str]:
    """A label for every token: that of its span, with `B-` where a span of the same label ends just before."""
    labels = [OUTSIDE] * len(tokens)
    place = 0
    for span in sorted(spans):
        while place < len(tokens) and tokens.end[place] <= span.start:
            place += 1
        begins = True
        while place < len(tokens) and tokens.start[place] < span.end:
            follows = begins and place > 0 and labels[place - 1].removeprefix("B-") == span.label
            labels[place] = f"B-{span.label}" if follows else span.label
            begins = False
            place += 1
    return labels


def spans_of_labels(tokens: Tokens, labels: Sequence[str], text: str) -> Iterator[Span]:
    """The reverse: neighbours of one label on one line are one span; `B-` begins a new one."""
    first = 0
    for place in range(1, len(tokens) + 1):
        label = labels[first]
        goes_on = (
            place < len(tokens)
            and labels[place] == label.removeprefix("B-")
            and "\n" not in text[tokens.end[place - 1] : tokens.start[place]]
        )
        if goes_on:
            continue
        if label != OUTSIDE:
            yield Span(tokens.start[first], tokens.end[place - 1], label.removeprefix("B-"))
        first = place


def note_attributes(tokens: Tokens, lists: Lists) -> list[list[str]]:
    """The package's attributes of every token, and those that need the whole note."""
    found = attributes(tokens, lists)
    fields = _fields(tokens)
    starts = sorted(set(tokens.first))
    line_of = {first: number for number, first in enumerate(starts)}
    chunk_of, chunks = _chunks(tokens)
    for place, own in enumerate(found):
        for offset in (-3, -2, -1, 0, 1, 2):
            there = chunk_of[place] + offset
            if 0 <= there < len(chunks):
                chunk = chunks[there]
                own.append(f"{offset}chunk={chunk.lower()[:32]}")
                own.append(f"{offset}shape={_shape(chunk)}")
        line = line_of[tokens.first[place]]
        own.append(f"top={min(line, 20)}")
        own.append(f"bottom={min(len(starts) - 1 - line, 6)}")
        word = tokens.words[place].lower()
        key = tokens.key[place]
        own += [f"field={field}" for field in fields.get(word, ()) if key < 0 or tokens.words[key].lower() != field]
    return found


def _chunks(tokens: Tokens) -> tuple[list[int], list[str]]:
    """What white space bounds, and the number of its chunk for every token: the words as their writer cut them."""
    chunk_of: list[int] = []
    chunks: list[str] = []
    for place, word in enumerate(tokens.words):
        if place and tokens.glued[place]:
            chunks[-1] += word
        else:
            chunks.append(word)
        chunk_of.append(len(chunks) - 1)
    return chunk_of, chunks


def _shape(chunk: str) -> str:
    """Digits one by one, runs of letters as one sign, other signs as they are: "28-3-01," is "dd-d-dd,"."""
    shape = ""
    for character in chunk[:24]:
        sign = "d" if character.isdigit() else "A" if character.isupper() else "a" if character.isalpha() else character
        if sign not in "Aa" or not shape.endswith(sign):
            shape += sign
    return shape


def _lines(tokens: Tokens) -> list[tuple[int, int]]:
    """Stretches that are labelled together: whole lines, cut where they are very long."""
    cut: list[tuple[int, int]] = []
    for first in sorted(set(tokens.first)):
        after = tokens.last[first] + 1
        cut += [(start, min(start + _LONGEST, after)) for start in range(first, after, _LONGEST)]
    return cut


def _fields(tokens: Tokens) -> Mapping[str, set[str]]:
    """Which fields of the note hold a word: "Médico: Ana Ruiz" puts "ana" and "ruiz" under "médico"."""
    fields: dict[str, set[str]] = defaultdict(set)
    starts = sorted(set(tokens.first))
    ends = {*starts[:_FIELD_LINES], *starts[-_FIELD_LINES:]}
    for place, word in enumerate(tokens.words):
        key = tokens.key[place]
        if key >= 0 and word[0].isalnum() and len(word) > 2 and tokens.first[place] in ends:
            fields[word.lower()].add(tokens.words[key].lower())
    return fields


def packaged_lists() -> Lists:
    """The lists of names and places that the package's own CRF carries."""
    with (files("cloister.deid") / "models" / "crf.npz").open("rb") as file:
        return Crf.load(file).lists
