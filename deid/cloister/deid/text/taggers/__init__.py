"""The statistical taggers: what patterns and lists cannot know, learnt from generated clinical text.

Two models of different kinds read every note: a CRF over hand features and a small convolutional network. Both come
with the package (`cloister/deid/models`), are loaded at first use and need numpy only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cloister.deid.text.finding import Finding, Label

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cloister.deid.text.taggers.calibration import Calibration
    from cloister.deid.text.taggers.tagger import Tagger

PASSAGE = 20_000
"""Code points that are read at once; memory does not grow with the length of a text."""


def find_tagged(text: str, language: str) -> list[Finding]:
    """What the taggers take for identifiers, each tagger on its own: findings of the two may overlap.

    Args:
        text: a note.
        language: two-letter code. One model reads all languages; the argument is there for models that do not.

    Returns:
        Findings with calibrated probabilities as scores, higher where both suspect something (`agreement`), the lowest
        0.1; sources "crf" and "neural".
    """
    from cloister.deid.text.taggers.one_thread import one_thread

    del language
    with one_thread():
        return [finding for start, end in passages(text) for finding in _find(text, start, end)]


def _find(text: str, start: int, end: int) -> Iterator[Finding]:
    import numpy as np

    from cloister.deid.text.taggers.agreement import in_agreement
    from cloister.deid.text.taggers.spans import findings
    from cloister.deid.text.taggers.tokens import tokenize

    tokens = tokenize(text[start:end], start)
    if not len(tokens):
        return
    voices: list[tuple[str, NDArray[np.float32], list[Label]]] = []
    for source, tagger, calibration in _taggers():
        probabilities = tagger.marginals(tokens)
        likeliest = probabilities[:, 1:].argmax(axis=1) + 1
        labels = [tagger.labels[index] for index in likeliest.tolist()]
        voices.append((source, calibration(1 - probabilities[:, 0], labels, tokens.case), labels))
        tagger.trim()
    together = in_agreement([scores for _, scores, _ in voices])
    for source, scores, labels in voices:
        yield from findings(tokens, np.maximum(scores, together), labels, text, source)


def passages(text: str, size: int = PASSAGE) -> Iterator[tuple[int, int]]:
    """Where to cut a long text: at a blank line, a line break or a space near `size` code points, in this order."""
    start = 0
    while len(text) - start > size:
        end = start + size
        for sign in ("\n\n", "\n", " "):
            at = text.rfind(sign, start + size // 2, end)
            if at >= 0:
                end = at + len(sign)
                break
        yield start, end
        start = end
    if start < len(text):
        yield start, len(text)


@cache
def _taggers() -> tuple[tuple[str, Tagger, Calibration], ...]:
    from cloister.deid.text.taggers.crf import Crf
    from cloister.deid.text.taggers.neural import Network

    folder = files("cloister.deid") / "models"
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    with (folder / "crf.npz").open("rb") as file:
        crf = Crf.load(file)
    with (folder / "neural.npz").open("rb") as file:
        network = Network.load(file, crf.lists)
    return ("crf", crf, _calibration(card["crf"])), ("neural", network, _calibration(card["neural"]))


def _calibration(card: Mapping[str, Any]) -> Calibration:
    from cloister.deid.text.taggers.calibration import Calibration, Curve

    return Calibration(
        {label: Curve(tuple(curve["believed"]), tuple(curve["observed"])) for label, curve in card["curves"].items()}
    )
