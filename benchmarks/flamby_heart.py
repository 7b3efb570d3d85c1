"""Reproduces rows of FLamby's Fed-Heart-Disease table through Cloister's own code path.

    python benchmarks/flamby_heart.py --data ../shared/data/fed_heart_disease

Every number comes out of what a study runs through: the data source, certified dataset folders, Flower's two apps
joined by the in-process engine, the site's trainer, the strategy, the coordinator's evaluation. Published
figures and protocol: Ogier du Terrail et al. 2022, "FLamby" (NeurIPS datasets and benchmarks), tables of the
repository (MIT licence), seeds 42 to 46. Protocol:

- FedAvg: 15 rounds of 100 batches of 4 at each hospital, SGD 1e-3, updates weighted by the published numbers of
  training patients. z-scores by each hospital's own training patients.
- FedProx: the same with a proximal weight of .01 at the hospitals.
- FedAdam: the same with SGD 1e-2 and an Adam step of 1e-2 at the coordinator (betas .9 and .999, no bias correction).
- Scaffold: SGD 1e-3 with control variates, a step of 1 at the coordinator.
- Cyclic: SGD 1e-2 at one hospital a round, in an order that is drawn anew for each cycle.
- FedYogi and FedAdagrad: SGD 3.162e-3 and steps of 1e-2 and .316228. FLamby starts the second moment at zero, the paper
  at tau^2: with its tau of 1e-8 that is the same.
- Pooled: all training patients together, z-scores by all of them, Adam 1e-3, 50 epochs of batches of 4. FLamby judges
  this model on the hospitals' test sets in their own z-scores ("local mean") and once in its own ("pooled test").
- Local: one hospital's training patients, Adam 1e-3, 50 epochs of batches of 4, judged at all four.

A figure is the mean over the four hospitals of the accuracy on their test patients, then mean over seeds. FLamby's
random numbers come from one global generator and ours from a stream for each site and round, so cells differ, and
means over five seeds must agree within two standard errors of their difference. Exits 1 where one does not.
"""

from __future__ import annotations

import argparse
import math
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.evaluation import evaluate
from cloister.simulation.comparison import arms_of, load_arm, train_arm
from cloister.simulation.engine import run_engine
from cloister.simulation.federation import Federation, build_federation
from cloister.simulation.progress import Stages
from cloister.simulation.sources.heart_disease import FEATURES, FILES
from cloister.study.arrays import Arrays
from cloister.study.schema import Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.parameters import load_trainable

SEEDS = (42, 43, 44, 45, 46)
TRAINING_PATIENTS = {"cleveland": 199, "hungary": 172, "switzerland": 30, "va": 85}
ROUNDS, BATCHES, BATCH_SIZE, LEARNING_RATE, EPOCHS = 15, 100, 4, 1e-3, 50
POOLED_TEST = 0.7953
"""Published without a spread, so it is shown and not judged."""


@dataclass(frozen=True)
class Published:
    """FLamby's mean over the hospitals' test accuracies, and its standard deviation over five seeds."""

    mean: float
    deviation: float


STRATEGIES: dict[str, tuple[float, dict[str, str | float]]] = {
    "FedAvg": (1e-3, {"name": "fedavg"}),
    "FedProx": (1e-3, {"name": "fedprox", "proximal_mu": 0.01}),
    "Scaffold": (1e-3, {"name": "scaffold"}),
    "Cyclic": (1e-2, {"name": "cyclic"}),
    "FedAdam": (1e-2, {"name": "fedadam", "server_learning_rate": 1e-2, "beta_1": 0.9, "beta_2": 0.999, "tau": 1e-8}),
    "FedYogi": (
        3.162e-3,
        {"name": "fedyogi", "server_learning_rate": 1e-2, "beta_1": 0.9, "beta_2": 0.999, "tau": 1e-8},
    ),
    "FedAdagrad": (3.162e-3, {"name": "fedadagrad", "server_learning_rate": 0.316228, "beta_1": 0.9, "tau": 1e-8}),
}
"""Strategy -> the sites' learning rate, and the server's settings."""
PUBLISHED = {
    "FedAvg": Published(0.6850, 0.0283),
    "FedProx": Published(0.6850, 0.0283),
    "Scaffold": Published(0.6840, 0.0280),
    "Cyclic": Published(0.7180, 0.0287),
    "FedAdam": Published(0.7255, 0.0138),
    "FedYogi": Published(0.7314, 0.0125),
    "FedAdagrad": Published(0.7314, 0.0125),
    "Pooled": Published(0.7353, 0.0027),
    "Local cleveland": Published(0.7221, 0.021),
    "Local hungary": Published(0.6287, 0.017),
    "Local switzerland": Published(0.5670, 0.058),
    "Local va": Published(0.6366, 0.039),
}


def main() -> None:
    """Run the seeds, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/fed_heart_disease"))
    parser.add_argument("--seeds", type=int, nargs="+", default=SEEDS)
    arguments = parser.parse_args()
    if len(set(arguments.seeds)) < 2:
        parser.error("a standard error needs at least two different seeds")
    began = time.monotonic()
    found: dict[str, list[float]] = {row: [] for row in PUBLISHED}
    pooled_test = []
    for seed in arguments.seeds:
        with tempfile.TemporaryDirectory() as folder:
            rows, pooled = run_seed(seed, arguments.data, Path(folder))
        for row, value in rows.items():
            found[row].append(value)
        pooled_test.append(pooled)
        print(f"seed {seed}: " + "  ".join(f"{row} {value:.4f}" for row, value in rows.items()), flush=True)
    agreed = print_table(found, PUBLISHED)
    print("Mean ± standard error over seeds of the mean accuracy at the four hospitals.")
    print(f"Pooled model on the pooled test set: {statistics.mean(pooled_test):.4f}, published {POOLED_TEST:.4f}.")
    print(f"{len(arguments.seeds)} seeds in {time.monotonic() - began:.0f} s.")
    sys.exit(0 if agreed else 1)


def study_of(seed: int, strategy: str) -> Study:
    """One of FLamby's strategies on Fed-Heart-Disease as a study."""
    learning_rate, server = STRATEGIES[strategy]
    # Cyclic has one update a round: there is nothing to average, and no sum to hide it in.
    is_cyclic = strategy == "Cyclic"
    return Study.model_validate(
        {
            "name": "flamby-heart",
            "title": "FLamby's Fed-Heart-Disease",
            "federation": {"sites": list(FILES), "secure_aggregation": not is_cyclic},
            "data": {
                "kind": "table",
                "classes": ["absent", "present"],
                "features": [{"name": name} for name in FEATURES],
            },
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "rounds": ROUNDS,
            "training": {
                "sampling": "shuffle",
                "steps_per_round": BATCHES,
                "batch_size": BATCH_SIZE,
                "learning_rate": learning_rate,
            },
            "strategy": {"weights": None if is_cyclic else TRAINING_PATIENTS, **server},
            "privacy": {"mechanism": "none"},
            "evaluation": {"metric": "accuracy", "bootstrap_samples": 100},
            "simulation": {"data": {"source": "heart-disease", "standardise": "per-site"}},
            "seeds": {"model": seed, "data": seed, "training": seed},
        }
    )


def run_seed(seed: int, data: Path, output: Path) -> tuple[dict[str, float], float]:
    """All rows for one seed, and the pooled model's accuracy on the pooled test set."""
    rows = {}
    for strategy in STRATEGIES:
        study = study_of(seed, strategy)
        federation = build_federation(study, Path(), data, output / strategy, Stages())
        rows[strategy] = mean_accuracy(study, federated_model(federation), federation.heldout)
    pooled_test = math.nan
    for arm in arms_of(study, dict(federation.site_datasets), federation.pooled, None, output / "arms"):
        patients = sum(TRAINING_PATIENTS.values()) if arm.name == "pooled" else TRAINING_PATIENTS[arm.name]
        train_arm(arm, centralised(study, EPOCHS * math.ceil(patients / BATCH_SIZE)))
        model = load_arm(arm.output)
        row = "Pooled" if arm.name == "pooled" else f"Local {arm.name}"
        rows[row] = mean_accuracy(study, model, federation.heldout)
        if arm.name == "pooled":
            pooled_test = accuracies(study, model, federation.pooled_heldout)[1]
    return {row: rows[row] for row in PUBLISHED}, pooled_test


def federated_model(federation: Federation) -> Arrays:
    """The global model after all rounds."""
    rounds = federation.study.rounds
    run_engine("process", federation.coordinator, federation.sites, rounds, lambda *_: None)
    state = CoordinatorFolder.open(federation.coordinator).latest()
    if state is None or state.round != rounds:
        raise SystemExit("The run did not reach its last round.")
    return state.model


def centralised(study: Study, steps: int) -> Study:
    """The study with FLamby's settings for training in one place."""
    settings = {"centralised_steps": steps, "centralised_optimizer": "adam", "centralised_learning_rate": LEARNING_RATE}
    return study.model_copy(update={"evaluation": study.evaluation.model_copy(update=settings)})


def mean_accuracy(study: Study, model: Arrays, heldout: tuple[Path, ...]) -> float:
    """The mean over the hospitals of the accuracy on their test patients."""
    by_site, _ = accuracies(study, model, heldout)
    return statistics.mean(by_site[site] for site in FILES)


def accuracies(study: Study, arrays: Arrays, heldout: tuple[Path, ...]) -> tuple[dict[str, float], float]:
    """Accuracy at each hospital, and on all test patients."""
    task = task_of(study)
    model = task.build_model(None, study.seeds.model)
    load_trainable(model, arrays)
    found = evaluate(task, model, task.read(heldout, None), study)
    return {site: values["accuracy"] for site, values in found.by_site.items()}, found.metrics["accuracy"].value


def print_table(found: Mapping[str, list[float]], published_rows: Mapping[str, Published]) -> bool:
    """Print published and measured means over seeds; True if all agree within two standard errors."""
    print(f"\n{'':20} {'published':>18} {'Cloister':>18} {'difference':>11} {'2 s.e.':>7}")
    all_agree = True
    for row, values in found.items():
        published = published_rows[row]
        mean = statistics.mean(values)
        error = statistics.stdev(values) / math.sqrt(len(values))
        published_error = published.deviation / math.sqrt(len(SEEDS))
        allowed = 2 * math.hypot(error, published_error)
        agrees = abs(mean - published.mean) <= allowed
        all_agree &= agrees
        print(
            f"{row:20} {published.mean:9.4f} ± {published_error:.4f} {mean:9.4f} ± {error:.4f} "
            f"{mean - published.mean:+11.4f} {allowed:7.4f}  {'agrees' if agrees else 'DOES NOT AGREE'}"
        )
    return all_agree


if __name__ == "__main__":
    main()
