"""What the engines cost beside the training itself.

Two studies run as a plain loop (train each site, average, no Flower, no guard, no ledger), under the in-process engine
with every update in the clear, which ends with the same model bit for bit, and with secure aggregation, which rounds
each update to its fixed-point grid, in process and under Ray. `heart-disease` trains for some thirty milliseconds in a
site's round, so it shows the fixed costs: the ledger's flushes to the disk, the evaluation of every round, the masks.
`three-hospitals`, with fewer patients than the example, trains a model of text and image. All take turns, several
times. Prints median wall times, the median, smallest and largest ratio to the plain loop of the same turn, and the
largest difference of any parameter from the plain loop's.

    python benchmarks/simulation_overhead.py [--data ../shared/data/fed_heart_disease] [--rounds 10] [--no-ray]
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import torch

from cloister.client.trainer import Streams, difference, gradient_for, train
from cloister.privacy.plan import PrivatePlan
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.simulation.engine import run_engine
from cloister.simulation.federation import Federation, build_federation
from cloister.simulation.progress import Stages
from cloister.simulation.quiet import quiet_libraries
from cloister.strategies.averaging import weighted_mean
from cloister.study.arrays import Arrays
from cloister.study.schema import Study, SyntheticHospitals
from cloister.tasks.catalogue import task_of
from cloister.tasks.parameters import load_trainable, trainable_arrays
from cloister.tasks.reading import read_examples

ROOT = Path(__file__).parents[1]


_TURNS = {"heart-disease": 5, "three-hospitals": 3}
_PATIENTS = 250


def main() -> None:
    """Run them and print the tables."""
    options = _options()
    quiet_libraries()
    torch.set_num_threads(1)
    for name in _TURNS:
        with tempfile.TemporaryDirectory() as folder:
            _measure(name, options, Path(folder))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "fed_heart_disease")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--no-ray", action="store_true")
    return parser.parse_args()


def _measure(name: str, options: argparse.Namespace, folder: Path) -> None:
    study = _study(name, options.rounds)
    data = None if study.simulation and isinstance(study.simulation.data, SyntheticHospitals) else options.data
    clear = study.model_copy(update={"federation": study.federation.model_copy(update={"secure_aggregation": False})})
    # Imports, calibration and pre-flight are paid once by whoever comes first: here, by nobody.
    PrivatePlan.of_study(study)
    made = folder / "made"
    _federation(study, data, made)
    _in_process(_copied(made, study.model_copy(update={"rounds": 1}), data, folder / "warm"))
    runs = [
        ("plain loop", study, _plain),
        ("in process, in the clear", clear, _in_process),
        ("in process", study, _in_process),
    ]
    if not options.no_ray:
        runs.append(("Ray", study, _under_ray))
    measured: dict[str, list[tuple[float, Arrays]]] = {engine: [] for engine, _, _ in runs}
    for turn in range(_TURNS[name]):
        for number, (engine, of, run) in enumerate(runs):
            federation = _copied(made, of, data, folder / f"{turn}-{number}")
            began = time.perf_counter()
            arrays = run(federation)
            measured[engine].append((time.perf_counter() - began, arrays))
    _print(name, measured)


def _study(name: str, rounds: int) -> Study:
    study = Study.read(ROOT / "examples" / f"{name}.toml").model_copy(update={"rounds": rounds})
    if study.simulation is None or not isinstance(study.simulation.data, SyntheticHospitals):
        return study
    few = study.simulation.data.model_copy(
        update={"patients": dict.fromkeys(study.federation.sites, _PATIENTS), "heldout_patients": _PATIENTS}
    )
    return study.model_copy(update={"simulation": study.simulation.model_copy(update={"data": few})})


def _federation(study: Study, data: Path | None, output: Path) -> Federation:
    return build_federation(study, ROOT / "examples", data, output, Stages())


def _copied(made: Path, study: Study, data: Path | None, output: Path) -> Federation:
    """A federation of its own on the same datasets, which are not cleaned again."""
    shutil.copytree(made, output)
    return _federation(study, data, output)


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
    examples = {
        site: read_examples(study, datasets, federation.base) for site, datasets in federation.site_datasets.items()
    }
    model = task.build_model(federation.base, study.seeds.model)
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
        rate = np.float32(study.strategy.server_learning_rate)
        arrays = {name: value + rate * mean[name] for name, value in arrays.items()}
    return arrays


def _print(study: str, measured: dict[str, list[tuple[float, Arrays]]]) -> None:
    plain = measured["plain loop"]
    print(f"{study:<25} {'seconds':>8} {'ratio':>6} {'from':>6} {'to':>6}  largest difference")
    for engine, runs in measured.items():
        ratios = [seconds / loop for (seconds, _), (loop, _) in zip(runs, plain, strict=True)]
        apart = max(float(np.abs(runs[0][1][key] - plain[0][1][key]).max()) for key in plain[0][1])
        print(
            f"{engine:<25} {median(seconds for seconds, _ in runs):8.2f} {median(ratios):6.2f} {min(ratios):6.2f} "
            f"{max(ratios):6.2f}  {apart:.1e}"
        )


if __name__ == "__main__":
    main()
