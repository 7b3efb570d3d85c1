"""How good a model is on held-out patients, with bootstrap confidence intervals.

Patients are resampled, not examples: notes of one patient are not independent (the cluster bootstrap, Field and
Welsh 2007). The same resamples judge every model, so differences between models are paired.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from cloister.privacy.computing_device import CPU
from cloister.privacy.precision import without_tf32
from cloister.study.schema import Study
from cloister.tasks import metrics
from cloister.tasks.examples import Examples
from cloister.tasks.task import Task

Floats = NDArray[np.float64]
_AT_ONCE: Final = 2**23
"""Weights that are held at a time."""


@dataclass(frozen=True)
class Interval:
    """A value with its percentile bootstrap interval; its bounds are NaN where too few resamples define them."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Evaluation:
    """A model's metrics on a held-out set."""

    metrics: Mapping[str, Interval]
    by_site: Mapping[str, Mapping[str, float]]
    """Where the held-out set tells its examples' sites: site -> metric -> value."""
    bootstrap: Mapping[str, Floats]
    """Each metric on every resample, for paired comparisons."""

    def difference(self, other: Evaluation, metric: str, confidence: float) -> Interval:
        """How much better this model is than another on the same patients, with a paired interval."""
        value = self.metrics[metric].value - other.metrics[metric].value
        return _interval(value, self.bootstrap[metric] - other.bootstrap[metric], confidence)


def evaluate(task: Task, model: nn.Module, examples: Examples, study: Study) -> Evaluation:
    """Judge a model.

    Args:
        task: the study's task.
        model: the model, in any mode, on any device; its mode is kept.
        examples: the held-out examples.
        study: its evaluation settings and its data seed.
    """
    settings = study.evaluation
    scores = predict(task, model, examples)
    everyone = np.ones((1, len(examples)))
    values = _metrics(scores, examples, everyone)
    samples = bootstrap_weights(examples, settings.bootstrap_samples, study.seeds.data)
    parts = [_metrics(scores, examples, weights) for weights in samples]
    resampled = {name: np.concatenate([part[name] for part in parts]) for name in values}
    intervals = {
        name: _interval(float(value[0]), resampled[name], settings.confidence) for name, value in values.items()
    }
    return Evaluation(intervals, _by_site(scores, examples), resampled)


def predict(task: Task, model: nn.Module, examples: Examples, batch_size: int = 32) -> Floats:
    """Scores of all examples, in batches, without gradients, computed where the model is."""
    was_training = model.training
    device = next((parameter.device for parameter in model.parameters()), CPU)
    model.eval()
    with torch.no_grad(), without_tf32():
        parts = []
        for indices in torch.split(torch.arange(len(examples)), batch_size):
            batch = {name: values.to(device) for name, values in examples.batch(indices).items()}
            parts.append(task.scores(model, batch).cpu().double().numpy())
    model.train(was_training)
    return np.concatenate(parts)


def bootstrap_weights(examples: Examples, samples: int, seed: int) -> Iterator[Floats]:
    """How often each example is drawn when patients are resampled with replacement.

    Yields:
        Shape (some of the samples, examples), all samples together: a large held-out set has room for few at a time.
    """
    generator, owners = np.random.default_rng(seed), examples.patient_index.numpy()
    patients = len(examples.patients)
    even = np.full(patients, 1 / patients)
    most = max(1, _AT_ONCE // len(owners))
    for start in range(0, samples, most):
        yield generator.multinomial(patients, even, size=min(most, samples - start))[:, owners].astype(np.float64)


def _metrics(scores: Floats, examples: Examples, weights: Floats) -> dict[str, Floats]:
    columns = examples.columns
    if "event" in columns:
        times, events = columns["time"].double().numpy(), columns["event"].numpy()
        return {"concordance": metrics.concordance(scores, times, events, weights)}
    labels = columns["label"].numpy()
    return {
        "auroc": metrics.auroc(scores, labels, weights),
        "accuracy": metrics.accuracy(scores, labels, weights),
    }


def _by_site(scores: Floats, examples: Examples) -> dict[str, dict[str, float]]:
    sites = np.array(examples.sites)
    weights = {site: (sites == site).astype(np.float64)[None, :] for site in sorted(set(examples.sites))}
    return {
        site: {name: float(value[0]) for name, value in _metrics(scores, examples, weight).items()}
        for site, weight in weights.items()
    }


def _interval(value: float, resampled: Floats, confidence: float) -> Interval:
    defined = resampled[~np.isnan(resampled)]
    tail = (1 - confidence) / 2
    # Each resample in which the metric is undefined could lie on either side. More of them than a tail holds, and the
    # interval's bounds could be anything: with a class of one patient, every third resample has none of it.
    if not len(defined) or len(resampled) - len(defined) > tail * len(resampled):
        return Interval(value, float("nan"), float("nan"))
    low, high = np.quantile(defined, [tail, 1 - tail])
    return Interval(value, float(low), float(high))
