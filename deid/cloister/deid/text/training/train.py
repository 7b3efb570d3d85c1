"""Training both taggers from generated text: reproducible by seed, with the model card that goes with the files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cloister.deid.text.taggers.calibration import Curve
from cloister.deid.text.taggers.crf import OUTSIDE, Crf
from cloister.deid.text.taggers.features import Lists
from cloister.deid.text.taggers.neural import Network
from cloister.deid.text.taggers.tagger import Tagger
from cloister.deid.text.taggers.tokens import Tokens
from cloister.deid.text.training import crf_fit, neural_fit
from cloister.deid.text.training.calibrate import fit_curves
from cloister.deid.text.training.examples import Coverage, labelled, lists_of
from cloister.deid.text.training.generator import generate
from cloister.deid.text.training.languages import PACKS
from cloister.deid.text.training.pool import pool

CRF_FILE, NEURAL_FILE, CARD_FILE = "crf.npz", "neural.npz", "card.json"
DATA = (
    "Generated text only: the project's own carrier texts, terms and names by culture, and names, places and common "
    "words from the locale providers of the faker package (MIT). No patient's note, no corpus."
)
LISTED = Coverage(names=0.6, words=0.85)


@dataclass(frozen=True)
class Plan:
    """What is trained: documents generated, iterations of L-BFGS, epochs of the network, seed."""

    crf_documents: int = 14000
    crf_iterations: int = 45
    neural_documents: int = 14000
    neural_epochs: int = 4
    held_out_documents: int = 1500
    seed: int = 20261121


def train(output: Path, plan: Plan, progress: Callable[[str], None]) -> None:
    """Trains, calibrates and measures both taggers and writes them.

    Args:
        output: an existing folder; `crf.npz`, `neural.npz` and `card.json` are written into it.
        plan: sizes and seed.
        progress: is told what happens.
    """
    seen, unseen = pool(False), pool(True)
    partial = lists_of([seen], LISTED)
    progress(f"crf: {plan.crf_documents} documents, {plan.crf_iterations} iterations")
    crf = crf_fit.fit(labelled(generate(plan.crf_documents, plan.seed, seen)), partial, iterations=plan.crf_iterations)
    progress(f"neural: {plan.neural_documents} documents, {plan.neural_epochs} epochs")
    network = neural_fit.fit(
        labelled(generate(plan.neural_documents, plan.seed + 1, seen)),
        partial,
        epochs=plan.neural_epochs,
        seed=plan.seed,
        progress=progress,
    )
    progress("calibrating on names, places, terms and templates that neither has seen")
    lists = lists_of([seen, unseen], LISTED)
    fitting = list(labelled(generate(plan.held_out_documents, plan.seed + 2, unseen)))
    testing = list(labelled(generate(plan.held_out_documents, plan.seed + 3, unseen)))
    card: dict[str, object] = {
        "data": DATA,
        "plan": vars(plan),
        "languages": [pack.language for pack in PACKS],
    }
    taggers: tuple[tuple[str, Tagger], ...] = (
        ("crf", with_lists(crf, lists)),
        ("neural", Network(network.labels, network.arrays, lists)),
    )
    for name, tagger in taggers:
        curves = fit_curves(tagger, fitting)
        card[name] = {"held_out": held_out_figures(tagger, testing), "curves": _plain(curves)}
    with_lists(crf, shipped_lists()).save(output / CRF_FILE)
    network.save(output / NEURAL_FILE)
    card["sha256"] = {name: _digest(output / name) for name in (CRF_FILE, NEURAL_FILE)}
    (output / CARD_FILE).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    progress(f"written to {output}")


def shipped_lists() -> Lists:
    """All names, places and words of training and validation, and the names that only the gazetteers hold."""
    return lists_of([pool(False), pool(True)], further=True)


def with_lists(crf: Crf, lists: Lists) -> Crf:
    """The same model with other lists of names and places."""
    return Crf(crf.labels, crf.rows, crf.weights, crf.transitions, lists)


def held_out_figures(
    tagger: Tagger, examples: Sequence[tuple[Tokens, Sequence[str]]], threshold: float = 0.5
) -> dict[str, float]:
    """Token recall and precision, binary, over words and numbers (signs do not count)."""
    found = missed = false = 0
    for tokens, labels in examples:
        if not len(tokens):
            continue
        flagged = 1 - tagger.marginals(tokens)[:, 0] >= threshold
        inside = np.array([label != OUTSIDE for label in labels])
        counted = np.array([word[0].isalnum() for word in tokens.words])
        found += int((flagged & inside & counted).sum())
        missed += int((~flagged & inside & counted).sum())
        false += int((flagged & ~inside & counted).sum())
    return {
        "threshold": threshold,
        "tokens": found + missed,
        "recall": round(found / max(1, found + missed), 4),
        "precision": round(found / max(1, found + false), 4),
    }


def _plain(curves: Mapping[str, Curve]) -> dict[str, dict[str, tuple[float, ...]]]:
    return {label: {"believed": curve.believed, "observed": curve.observed} for label, curve in curves.items()}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
