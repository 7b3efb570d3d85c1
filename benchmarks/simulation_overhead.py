"""What the engines cost beside the training itself.

The heart-disease study runs three times on the same datasets: as a plain loop (train each site, average, no Flower,
no guard, no ledger), under the in-process engine, and under Ray. All three do the same private training and end with
the same model. Prints wall times and their ratio to the plain loop.

    python benchmarks/simulation_overhead.py [--data ../shared/data/fed_heart_disease] [--rounds 10] [--no-ray]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from cloister.client.preflight import preflight_study
from cloister.client.trainer import Streams, difference, gradient_for, train
from cloister.privacy.plan import PrivatePlan
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.simulation.engine import run_engine
from cloister.simulation.federation import Federation, build_federation
from cloister.simulation.progress import Stages
from cloister.simulation.quiet import quiet_libraries
from cloister.strategies.averaging import weighted_mean
from cloister.study.arrays import Arrays
from cloister.study.schema import Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.parameters import load_trainable, trainable_arrays

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Run the three and print the table."""
    options = _options()
    quiet_libraries()
    torch.set_num_threads(1)
    study = Study.read(ROOT / "examples" / "heart-disease.toml").model_copy(update={"rounds": options.rounds})
    with tempfile.TemporaryDirectory() as folder:
        # Imports, calibration and pre-flight are paid once by whoever comes first: here, by nobody.
        PrivatePlan.of_study(study)
        preflight_study(study, None)
        _engine(study, options.data, Path(folder) / "warm", "process")
        runs: list[tuple[str, Callable[[], Arrays]]] = [
            ("plain loop", _prepared(study, options.data, Path(folder) / "plain", _plain)),
            ("in process", _prepared(study, options.data, Path(folder) / "process", _in_process)),
        ]
        if not options.no_ray:
            runs.append(("Ray", _prepared(study, options.data, Path(folder) / "ray", _under_ray)))
        _print([(name, *_timed(run)) for name, run in runs])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "fed_heart_disease")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--no-ray", action="store_true")
    return parser.parse_args()


def _prepared(study: Study, data: Path, output: Path, run: Callable[[Federation], Arrays]) -> Callable[[], Arrays]:
    federation = build_federation(study, ROOT / "examples", data, output, Stages())
    return lambda: run(federation)


def _engine(study: Study, data: Path, output: Path, engine: str) -> Arrays:
    federation = build_federation(study.model_copy(update={"rounds": 1}), ROOT / "examples", data, output, Stages())
    return _in_process(federation) if engine == "process" else _under_ray(federation)


def _in_process(federation: Federation) -> Arrays:
    run_engine("process", federation.coordinator, federation.sites, federation.study.rounds, lambda *_: None)
    return _final(federation)


def _under_ray(federation: Federation) -> Arrays:
    run_engine("ray", federation.coordinator, federation.sites, federation.study.rounds, lambda *_: None)
    return _final(federation)


def _final(federation: Federation) -> Arrays:
    state = CoordinatorFolder.open(federation.coordinator).latest()
    assert state is not None  # noqa: S101
    return state.model


def _plain(federation: Federation) -> Arrays:
    """The same training, by hand; the coordinator's evaluation of each round left out."""
    study = federation.study
    task, plan = task_of(study), PrivatePlan.of_study(study)
    examples = {site: task.read(datasets, None) for site, datasets in federation.site_datasets.items()}
    model = task.build_model(None, study.seeds.model)
    arrays = trainable_arrays(model)
    for server_round in range(1, study.rounds + 1):
        updates = {}
        for site, held in examples.items():
            load_trainable(model, arrays)
            streams = Streams.of(study.seeds.training, site, str(server_round))
            train(
                model,
                gradient_for(task, held, study, streams, "book-keeping", plan),
                steps=study.training.steps_per_round,
                optimizer=study.training.optimizer,
                learning_rate=study.training.learning_rate,
            )
            updates[site] = difference(model, arrays)
        mean = weighted_mean(updates)
        arrays = {name: value + mean[name] for name, value in arrays.items()}
    return arrays


def _timed(run: Callable[[], Arrays]) -> tuple[float, Arrays]:
    began = time.perf_counter()
    arrays = run()
    return time.perf_counter() - began, arrays


def _print(measured: list[tuple[str, float, Arrays]]) -> None:
    plain_seconds, plain = measured[0][1], measured[0][2]
    print(f"{'engine':<12} {'seconds':>8} {'ratio':>6}  same model")
    for name, seconds, arrays in measured:
        same = all(np.array_equal(arrays[key], plain[key]) for key in plain)
        print(f"{name:<12} {seconds:8.2f} {seconds / plain_seconds:6.2f}  {'yes' if same else 'NO'}")


if __name__ == "__main__":
    main()
