"""Intervals over patients: right coverage, paired differences, no false certainty from many notes of one patient."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from cloister.server.evaluation import bootstrap_weights, evaluate
from cloister.study.schema import Study
from cloister.tasks.examples import Batch, Examples

STUDY = Study.model_validate(
    {
        "name": "example",
        "title": "An example",
        "rounds": 1,
        "federation": {"sites": ["north"]},
        "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "x"}]},
        "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
        "training": {"steps_per_round": 1, "sample_rate": 0.5, "batch_divisor": 1, "learning_rate": 0.1},
        "privacy": {"mechanism": "none"},
        "evaluation": {"bootstrap_samples": 400},
    }
)


class ScoresAreFeatures:
    """A task whose model does nothing: the score of an example is its feature."""

    couples_patients = False
    needs_base = False

    def scores(self, model: nn.Module, batch: Batch) -> Tensor:
        del model
        return torch.stack([1 - batch["x"], batch["x"]], dim=1)

    def read(self, datasets: Sequence[Path], base: Path | None) -> Examples:
        raise NotImplementedError

    def build_model(self, base: Path | None, seed: int) -> nn.Module:
        raise NotImplementedError

    def synthetic_batch(self, model: nn.Module, examples: int, seed: int) -> Batch:
        raise NotImplementedError

    def per_example_loss(self, model: nn.Module, batch: Batch) -> Tensor:
        raise NotImplementedError


def heldout(patients: int, notes: int, seed: int) -> Examples:
    """Patients whose notes all say the same: more notes are no more information."""
    generator = np.random.default_rng(seed)
    label = generator.integers(0, 2, patients)
    score = np.clip(0.5 + 0.2 * (label - 0.5) + generator.normal(0, 0.2, patients), 0, 1)
    columns = {
        "x": torch.tensor(np.repeat(score, notes), dtype=torch.float32),
        "label": torch.tensor(np.repeat(label, notes)),
    }
    return Examples.of(columns, [f"p{i}" for i in range(patients) for _ in range(notes)])


def width(examples: Examples) -> float:
    found = evaluate(ScoresAreFeatures(), nn.Identity(), examples, STUDY).metrics["auroc"]
    return found.high - found.low


def test_more_notes_of_the_same_patients_do_not_narrow_the_interval() -> None:
    assert width(heldout(60, 10, 1)) == pytest.approx(width(heldout(60, 1, 1)), rel=0.15)


def test_more_patients_do() -> None:
    assert width(heldout(600, 1, 1)) < 0.5 * width(heldout(60, 1, 1))


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """80 held-out sets of 150 patients: 95 % intervals should hold the truth in at least 84 % (false alarm 1e-4)."""
    truth = evaluate(ScoresAreFeatures(), nn.Identity(), heldout(40_000, 1, 0), STUDY).metrics["auroc"].value
    held = 0
    for seed in range(1, 81):
        found = evaluate(ScoresAreFeatures(), nn.Identity(), heldout(150, 1, seed), STUDY).metrics["auroc"]
        held += found.low <= truth <= found.high
    assert held >= 0.84 * 80


def test_a_model_compared_with_itself_gains_exactly_nothing() -> None:
    found = evaluate(ScoresAreFeatures(), nn.Identity(), heldout(60, 2, 1), STUDY)
    gain = found.difference(found, "auroc", 0.95)
    assert (gain.value, gain.low, gain.high) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize(("of_the_rarer_class", "certain"), [(1, False), (2, False), (8, True)])
def test_an_interval_that_many_resamples_do_not_define_has_no_bounds(of_the_rarer_class: int, certain: bool) -> None:
    """Of one patient in thirty, 36 % of the resamples have none, and their AUROC could have been anything."""
    label = torch.tensor([int(number < of_the_rarer_class) for number in range(30)])
    examples = Examples.of({"x": label.float(), "label": label}, [f"p{number}" for number in range(30)])
    found = evaluate(ScoresAreFeatures(), nn.Identity(), examples, STUDY).metrics
    assert found["auroc"].value == 1
    assert (found["auroc"].low == 1) == certain
    assert np.isnan(found["auroc"].low) != certain
    assert found["accuracy"].low == 1  # every resample defines it


class ScoresAreLabels(ScoresAreFeatures):
    """Of three classes, every example gets its own."""

    def scores(self, model: nn.Module, batch: Batch) -> Tensor:
        del model
        return torch.nn.functional.one_hot(batch["label"], 3).float()


@pytest.mark.parametrize(("of_the_rarest_class", "certain"), [(1, False), (2, False), (8, True)])
def test_a_rare_class_among_several_leaves_the_interval_no_bounds_either(
    of_the_rarest_class: int, certain: bool
) -> None:
    """A resample without it would give the mean over the others, which is another quantity."""
    label = torch.tensor([2 if number < of_the_rarest_class else number % 2 for number in range(30)])
    examples = Examples.of({"label": label}, [f"p{number}" for number in range(30)])
    found = evaluate(ScoresAreLabels(), nn.Identity(), examples, STUDY)
    gain = found.difference(found, "auroc", 0.95)
    assert (found.metrics["auroc"].value, gain.value) == (1, 0)
    assert np.isnan(found.metrics["auroc"].low) != certain
    assert np.isnan(gain.low) != certain


def test_a_site_without_one_of_the_classes_is_not_judged_on_the_others() -> None:
    examples = Examples.of({"label": torch.tensor([0, 1, 2, 0, 1])}, [f"p{number}" for number in range(5)])
    sites = ("north", "north", "north", "south", "south")
    split: Any = Examples(examples.columns, examples.patient_index, examples.patients, sites)
    by_site = evaluate(ScoresAreLabels(), nn.Identity(), split, STUDY).by_site
    assert by_site["north"] == {"auroc": 1, "accuracy": 1}
    assert np.isnan(by_site["south"]["auroc"])
    assert by_site["south"]["accuracy"] == 1


def test_resampling_draws_patients_whole() -> None:
    examples = heldout(20, 3, 1)
    weights = np.concatenate(list(bootstrap_weights(examples, 50, seed=3))).reshape(50, 20, 3)
    assert (weights == weights[:, :, :1]).all()
    assert (weights[:, :, 0].sum(axis=1) == 20).all()


def test_a_heldout_set_that_is_judged_in_parts_is_judged_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    examples = heldout(20, 3, 1)
    whole = evaluate(ScoresAreFeatures(), nn.Identity(), examples, STUDY)
    monkeypatch.setattr("cloister.server.evaluation._AT_ONCE", 7 * 60)
    assert {len(part) for part in bootstrap_weights(examples, 400, seed=3)} == {7, 1}
    parts = evaluate(ScoresAreFeatures(), nn.Identity(), examples, STUDY)
    assert parts.metrics == whole.metrics
    for name, values in whole.bootstrap.items():
        np.testing.assert_array_equal(parts.bootstrap[name], values)


def test_sites_of_the_heldout_set_are_told_apart() -> None:
    examples = heldout(40, 1, 1)
    sites = tuple("north" if i < 20 else "south" for i in range(40))
    split: Any = Examples(examples.columns, examples.patient_index, examples.patients, sites)
    assert set(evaluate(ScoresAreFeatures(), nn.Identity(), split, STUDY).by_site) == {"north", "south"}
