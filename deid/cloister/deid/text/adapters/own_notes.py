"""A tagger trained on a site's own annotated notes (`cloister.deid.text.own_notes`), as one more tagger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cloister.deid.text.adapters.model_labels import label_map
from cloister.deid.text.adapters.other_detector import Heard
from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.own_notes.tagger import OwnNotesTagger
from cloister.deid.text.taggers.spans import findings
from cloister.deid.text.taggers.tokens import Tokens


@dataclass(frozen=True)
class OwnNotes:
    """A loaded tagger.

    `labels` gives our label for each of its own, in their order, None for what identifies nobody; findings less sure
    than `lowest` are dropped. The score is the probability that the words belong to an identifier of any label.
    """

    source: str
    tagger: OwnNotesTagger
    labels: tuple[Label | None, ...]
    lowest: float

    def find(self, text: str, language: str) -> Heard:
        """What the tagger finds, whatever the language: it knows those of the notes that it was trained on."""
        del language
        found = [
            finding
            for tokens, probabilities in self.tagger.label_probabilities(text)
            for finding in self._in_passage(tokens, probabilities, text)
            if finding.score >= self.lowest
        ]
        return Heard(tuple(found))

    def _in_passage(self, tokens: Tokens, probabilities: NDArray[np.float32], text: str) -> list[Finding]:
        identify = {column: label for column, label in enumerate(self.labels) if label is not None}
        if not identify:
            return []
        of_identifiers = probabilities[:, list(identify)]
        ours = list(identify.values())
        likeliest = [ours[place] for place in of_identifiers.argmax(axis=1).tolist()]
        return list(findings(tokens, of_identifiers.sum(axis=1), likeliest, text, self.source))


def load_own_notes(model: Path, source: str, *, labels: Mapping[str, Label | None], lowest: float) -> OwnNotes:
    """Load a tagger from its file.

    Args:
        model: what `python -m cloister.deid.text.own_notes train` wrote.
        source: what the findings carry as their source.
        labels: your map from its annotators' labels to ours; it comes first.
        lowest: score from which a finding is reported.

    Raises:
        MissingFileError: there is no such file.
        InputError: it is no such model, or has labels that nothing maps.
    """
    tagger = OwnNotesTagger.load(model)
    mapped = label_map(tagger.chain.labels, labels, str(model))
    return OwnNotes(source, tagger, tuple(mapped[label] for label in tagger.chain.labels), lowest)
