"""What honest privacy costs in accuracy: two tasks at epsilon 8, 3 and 1 and without, five seeds each.

    python benchmarks/private_utility.py --data ../shared/data/fed_heart_disease
    python benchmarks/private_utility.py --data ... --choose      (the grid that settings are chosen from)

Gradients, noise, plan and optimizer are the site's own (`cloister.client.trainer`), and epsilon is the plan's, of all
steps of all rounds, for each patient of each site, at delta 1e-5.

- **heart disease**: four hospitals, 486 training patients, FLamby's preparation and split, features standardised by the
  public constants of `examples/heart-disease.toml`; logistic regression, federated averaging with equal weights. Judged
  on the hospitals' 254 test patients: AUROC over all, and the mean of the four accuracies, which is FLamby's figure.
- **chest images**: one made-up hospital, 2,000 patients with one or two radiographs each (16 x 16), four conditions, a
  convolutional network of 2,324 parameters, 300 steps of Adam. Judged on 600 other patients, conditions equally
  frequent.

Intervals (Student's t) are over seeds of initial weights, sampling and noise; patients are the same for all seeds. The
settings were chosen by `--choose` at every epsilon, by the mean over three seeds that are not among the five: for the
hearts on a third of the training patients that the others did not train on; for the images on other made-up patients.
To choose on patients is one more look at them that epsilon does not contain; hospitals choose on public data.
"""

from __future__ import annotations

import argparse
import itertools
import math
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from cloister.client.trainer import Streams, difference, gradient_for, train
from cloister.privacy.plan import PrivatePlan
from cloister.simulation.hospitals import CONDITIONS, PROFILES
from cloister.simulation.hospitals.chest_images import draw_chest
from cloister.simulation.sources.heart_disease import FILES, prepare
from cloister.study.schema import Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.examples import Examples
from cloister.tasks.metrics import accuracy, auroc
from cloister.tasks.parameters import load_trainable, trainable_arrays
from cloister.tasks.tabular_classification import standardised

SEEDS = (1, 2, 3, 4, 5)
CHOOSING_SEEDS = (0, 6, 7)
EPSILONS = (None, 8.0, 3.0, 1.0)
DELTA = 1e-5
_HEART_STUDY = Path(__file__).parents[1] / "examples" / "heart-disease.toml"
_STUDENT = 2.776
"""The 97.5 % quantile of Student's t with 4 degrees of freedom."""


@dataclass(frozen=True)
class Settings:
    """What is chosen for an epsilon."""

    learning_rate: float
    max_grad_norm: float
    rounds: int


@dataclass(frozen=True)
class Judged:
    """Of one model."""

    auroc: float
    accuracy: float


@dataclass(frozen=True)
class Problem:
    """One task.

    Attributes:
        study: with an epsilon (None: without privacy) and settings.
        examples: of a seed: the sites' training examples, and those to judge on.
        settings: chosen, by epsilon.
        grid: to choose from.
    """

    study: Callable[[float | None, Settings], Study]
    examples: Callable[[int], tuple[Mapping[str, Examples], Examples]]
    settings: Mapping[float | None, Settings]
    grid: Sequence[Settings]


def main() -> None:
    """Print the table, or the grid."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/fed_heart_disease"))
    parser.add_argument("--choose", action="store_true", help="search the grid on the seeds set aside")
    parser.add_argument("--only", choices=("heart disease", "chest images"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    began = time.process_time()
    problems = {
        "heart disease": heart_disease(arguments.data, arguments.choose),
        "chest images": chest_images(arguments.choose),
    }
    for name, problem in problems.items():
        if arguments.only in {None, name}:
            (choose if arguments.choose else measure)(name, problem)
    print(f"{time.process_time() - began:.0f} s of CPU time, torch {torch.__version__}")


def measure(name: str, problem: Problem) -> None:
    """Five seeds at every epsilon."""
    for epsilon in EPSILONS:
        study = problem.study(epsilon, problem.settings[epsilon])
        found = [judged(problem, study, seed) for seed in SEEDS]
        columns = [f"{name:<14}", _spent(study)]
        columns += [_interval([of.auroc for of in found]), _interval([of.accuracy for of in found])]
        print(" | ".join(columns), flush=True)


def choose(name: str, problem: Problem) -> None:
    """The grid, best first, for every epsilon."""
    for epsilon in EPSILONS:
        # Without privacy nothing is clipped: one norm stands for all.
        grid = [of for of in problem.grid if epsilon is not None or of.max_grad_norm == problem.grid[0].max_grad_norm]
        tried = []
        for settings in grid:
            study = problem.study(epsilon, settings)
            tried.append((statistics.mean(judged(problem, study, seed).auroc for seed in CHOOSING_SEEDS), settings))
        for score, settings in sorted(tried, key=lambda pair: -pair[0])[:3]:
            print(f"{name}, epsilon {epsilon}: AUROC {score:.3f} with {settings}", flush=True)


def judged(problem: Problem, study: Study, seed: int) -> Judged:
    """A federation's model after all rounds, judged on the held-out examples."""
    sites, heldout = problem.examples(seed)
    task, plan = task_of(study), PrivatePlan.of_study(study) if study.is_private else None
    model = task.build_model(None, seed)
    arrays = trainable_arrays(model)
    for server_round in range(study.rounds):
        updates = []
        for site, examples in sites.items():
            load_trainable(model, arrays)
            gradient = gradient_for(
                task, examples, study, Streams.of(seed, site, str(server_round)), "book-keeping", plan
            )
            train(
                model,
                gradient,
                steps=study.training.steps_per_round,
                optimizer=study.training.optimizer,
                learning_rate=study.training.learning_rate,
            )
            updates.append(difference(model, arrays))
        arrays = {
            name: value + sum(update[name] for update in updates) / len(updates) for name, value in arrays.items()
        }
    load_trainable(model, arrays)
    model.eval()
    with torch.no_grad():
        scores = task.scores(model, heldout.batch(torch.arange(len(heldout)))).double().numpy()
    return _judged(scores, heldout.columns["label"].numpy(), heldout.sites)


def _judged(scores: Any, labels: Any, sites: Sequence[str]) -> Judged:
    groups = sorted(set(sites)) or [""]
    rows = np.array([[float(site == group) for site in sites] or [1.0] * len(labels) for group in groups])
    return Judged(
        auroc=float(auroc(scores, labels, np.ones((1, len(labels))))[0]),
        accuracy=float(accuracy(scores, labels, rows).mean()),
    )


def _spent(study: Study) -> str:
    if not study.is_private:
        return f"{'no privacy':<26}"
    plan = PrivatePlan.of_study(study)
    return f"epsilon {plan.epsilon():4.2f}, noise {plan.noise_multiplier:5.2f}"


def _interval(values: Sequence[float]) -> str:
    half = _STUDENT * statistics.stdev(values) / math.sqrt(len(values))
    return f"{statistics.mean(values):.3f} ± {half:.3f}"


def _with(document: dict[str, Any], epsilon: float | None, settings: Settings) -> Study:
    private = {"mechanism": "dp-sgd", "target_epsilon": epsilon, "delta": DELTA}
    private["max_grad_norm"] = settings.max_grad_norm
    document["privacy"] = private if epsilon is not None else {"mechanism": "none"}
    document["rounds"] = settings.rounds
    document["training"]["learning_rate"] = settings.learning_rate
    return Study.model_validate(document)


# Heart disease.


def heart_disease(data: Path, choosing: bool) -> Problem:
    """Four hospitals; while choosing, a third of each one's training patients take the part of the test patients."""
    document = Study.read(_HEART_STUDY).model_dump(mode="json")

    @cache
    def examples() -> tuple[dict[str, Examples], Examples]:
        with tempfile.TemporaryDirectory() as folder:
            source = prepare(Study.read(_HEART_STUDY), data, Path(folder))
        return {site: _of_table(source.sites[site].table) for site in sorted(FILES)}, _of_table(source.heldout.table)

    def of_seed(_: int) -> tuple[Mapping[str, Examples], Examples]:
        sites, heldout = examples()
        return _set_aside(sites) if choosing else (sites, heldout)

    grid = [
        Settings(rate, norm, rounds)
        for rate, norm, rounds in itertools.product((0.1, 0.3, 1.0), (0.25, 0.5, 1.0), (3, 10))
    ]
    return Problem(lambda epsilon, settings: _with(document, epsilon, settings), of_seed, _HEART_SETTINGS, grid)


def _of_table(table: Any) -> Examples:
    study = Study.read(_HEART_STUDY)
    rows = table.to_pydict()
    label = torch.tensor([study.data.classes.index(value) for value in rows["label"]])
    return Examples.of({"features": standardised(rows, study.data), "label": label}, rows["patient_id"], rows["site"])


def _set_aside(sites: Mapping[str, Examples]) -> tuple[dict[str, Examples], Examples]:
    kept, aside = {}, []
    generator = torch.Generator().manual_seed(CHOOSING_SEEDS[0])
    for site, examples in sites.items():
        order = torch.randperm(len(examples), generator=generator)
        third = len(examples) // 3
        aside.append(_rows(examples, order[:third]))
        kept[site] = _rows(examples, order[third:])
    columns = {name: torch.cat([part.columns[name] for part in aside]) for name in aside[0].columns}
    keys = [part.patients[index] for part in aside for index in part.patient_index.tolist()]
    return kept, Examples.of(columns, keys, [site for part in aside for site in part.sites])


def _rows(examples: Examples, rows: torch.Tensor) -> Examples:
    columns = {name: column[rows] for name, column in examples.columns.items()}
    keys = [examples.patients[index] for index in examples.patient_index[rows].tolist()]
    return Examples.of(columns, keys, [examples.sites[row] for row in rows.tolist()])


_HEART_SETTINGS: Mapping[float | None, Settings] = {
    None: Settings(0.3, 1.0, 3),
    8.0: Settings(1.0, 0.25, 10),
    3.0: Settings(1.0, 0.5, 3),
    1.0: Settings(1.0, 0.25, 3),
}


# Chest images.

_SIZE = 16
_PATIENTS, _HELD_OUT = 2000, 600


def chest_images(choosing: bool) -> Problem:
    """One hospital; while choosing, another one and others to judge on."""
    document: dict[str, Any] = {
        "name": "chest-images",
        "title": "Chest images at one hospital",
        "rounds": 1,
        "federation": {"sites": ["one"], "secure_aggregation": False},
        "data": {"kind": "images", "classes": list(CONDITIONS)},
        "task": {
            "name": "image_classification",
            "model": {"architecture": "groupnorm-cnn", "channels": [8, 16], "image_size": _SIZE, "grid": 4},
        },
        "training": {
            "optimizer": "adam",
            "steps_per_round": 50,
            "sample_rate": 0.05,
            "batch_divisor": 100,
            "micro_batch": 256,
        },
    }

    @cache
    def examples() -> tuple[Mapping[str, Examples], Examples]:
        first = 0 if choosing else 2
        return {"one": _hospital(first, _PATIENTS)}, _hospital(first + 1, _HELD_OUT)

    grid = [Settings(rate, 1.0, 6) for rate in (3e-3, 1e-2, 3e-2, 1e-1)]
    return Problem(
        lambda epsilon, settings: _with(document, epsilon, settings), lambda _: examples(), _IMAGE_SETTINGS, grid
    )


def _hospital(seed: int, patients: int) -> Examples:
    """Patients with one or two images of their condition, by one scanner, standardised by public constants."""
    scanner = next(profile for name, profile in PROFILES.items() if name != "public").scanner
    owners = [patient for patient in range(patients) for _ in range(1 + patient // len(CONDITIONS) % 2)]
    side = 256 // _SIZE
    drawn = [
        draw_chest(np.random.default_rng([seed, row]), CONDITIONS[patient % len(CONDITIONS)], scanner)
        .reshape(_SIZE, side, _SIZE, side)
        .mean((1, 3))
        for row, patient in enumerate(owners)
    ]
    pixels = (torch.from_numpy(np.stack(drawn)).float()[:, None] - 0.5) / 0.25
    label = torch.tensor([patient % len(CONDITIONS) for patient in owners])
    return Examples.of({"pixel_values": pixels, "label": label}, [f"patient-{owner}" for owner in owners])


_IMAGE_SETTINGS: Mapping[float | None, Settings] = {
    None: Settings(1e-2, 1.0, 6),
    8.0: Settings(3e-2, 1.0, 6),
    3.0: Settings(1e-2, 1.0, 6),
    1.0: Settings(1e-2, 1.0, 6),
}


if __name__ == "__main__":
    main()
