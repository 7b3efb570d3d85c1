"""Local against distributed noise at the same epsilon: four hospitals with heart disease, one step a round.

    python -m benchmarks.trust_models --data ../shared/data/fed_heart_disease

Gradients, plan, encoding and noise are the sites' own; masks, which cancel exactly, are left out. Logistic regression,
40 steps at rate 0.5, clipping norm 0.5, settings that were fixed beforehand and not searched for. Epsilon is for each
patient, at delta 1e-5. AUROC on the 254 patients of FLamby's test set, mean and 95 % interval (Student's t) over five
seeds of weights, sampling and noise. "Noise" is its standard deviation in a coordinate of the mean gradient sum, in
units of the clipping norm. Also: what a share of noise costs, for each parameter and round.
"""

from __future__ import annotations

import argparse
import functools
import math
import statistics
import tempfile
import time
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from cloister.client.trainer import PrivateGradient, Streams
from cloister.privacy.discrete_gaussian import DiscreteGaussianNoise
from cloister.privacy.distributed_noise import DistributedNoise
from cloister.privacy.plan import PrivatePlan
from cloister.privacy.randomness import RandomStream
from cloister.simulation.sources.heart_disease import prepare
from cloister.study.arrays import joined, split
from cloister.study.schema import Study
from cloister.study.trust import noise_shares
from cloister.tasks.catalogue import task_of
from cloister.tasks.examples import Examples
from cloister.tasks.metrics import auroc
from cloister.tasks.parameters import load_trainable, trainable_arrays
from cloister.tasks.tabular_classification import standardised

SEEDS = (1, 2, 3, 4, 5)
STUDENT = 2.776
"""The 97.5 % quantile of Student's t with 4 degrees of freedom."""
TRUST = {
    "local": ("local", 0),
    "distributed, coordinator and 1 site": ("distributed", 1),
    "distributed, coordinator alone": ("distributed", 0),
}
"""Name -> trust model and colluding sites."""
_EXAMPLE = Path(__file__).parents[1] / "examples" / "heart-disease.toml"
Vector = NDArray[np.float64]


def study_of(epsilon: float, trust: str, colluding: int) -> Study:
    """The example with one step a round."""
    document = tomllib.loads(_EXAMPLE.read_text())
    document["rounds"] = 40
    document["training"] |= {"steps_per_round": 1, "learning_rate": 0.5}
    document["privacy"] |= {"target_epsilon": epsilon, "trust": trust}
    document["federation"] |= {"colluding_sites": colluding}
    return Study.model_validate(document)


def trained(study: Study, sites: Mapping[str, Examples], seed: int) -> Callable[[Examples], float]:
    """Run all rounds; returns what judges the model."""
    task, plan = task_of(study), PrivatePlan.of_study(study)
    model = task.build_model(None, seed)
    arrays = trainable_arrays(model)
    step = study.training.learning_rate / (study.training.batch_divisor or math.nan) / len(sites)
    for number in range(study.rounds):
        load_trainable(model, arrays)
        sums = {}
        for site, examples in sites.items():
            streams = Streams.of(seed, site, str(number))
            source = PrivateGradient(task, examples, study.training, plan, "book-keeping", streams)
            found = source.without_noise(model)
            sums[site] = joined({name: value.numpy() for name, value in found.items()}).astype(np.float64)
        total = noisy_total(study, plan, sums, functools.partial(stream, seed, number))
        moved = joined(arrays) - step * total
        arrays = split(moved.astype(np.float32), arrays)
    load_trainable(model, arrays)

    def judge(heldout: Examples) -> float:
        with torch.no_grad():
            scores = task.scores(model, heldout.batch(torch.arange(len(heldout)))).double().numpy()
        return float(auroc(scores, heldout.columns["label"].numpy(), np.ones((1, len(heldout))))[0])

    return judge


def noisy_total(
    study: Study, plan: PrivatePlan, sums: Mapping[str, Vector], random: Callable[..., RandomStream]
) -> Vector:
    """The sum over sites as the coordinator has it."""
    size = len(next(iter(sums.values())))
    if noise_shares(study) is None:
        return sum(
            (
                value + plan.noise_standard_deviation * random("noise", site).normal(size)
                for site, value in sums.items()
            ),
            np.zeros(size),
        )
    noise, words = DistributedNoise.of_study(study, size), np.zeros(size, np.uint32)
    for site, value in sums.items():
        words += noise.encode(value, random("rounding", site), random("noise", site))
    return noise.encoding.decode(words)


def stream(seed: int, number: int, *purpose: str) -> RandomStream:
    """Repeatable randomness."""
    return RandomStream.seeded_for_simulation(seed, *purpose, str(number))


def main() -> None:
    """Print both tables."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--data", type=Path, required=True, help="folder of the four processed.*.data files")
    data = arguments.parse_args().data
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        source = prepare(study_of(1.0, "local", 0), data, Path(folder))
    sites = {site: examples_of(found.table) for site, found in source.sites.items()}
    heldout = examples_of(source.heldout.table)
    print("| epsilon | noise, and against whom epsilon holds | noise multiplier of one site | noise | AUROC |")
    print("|---|---|---|---|---|")
    for epsilon in (1.0, 0.3, 0.1):
        for name, (trust, colluding) in TRUST.items():
            study = study_of(epsilon, trust, colluding)
            plan, shares = PrivatePlan.of_study(study), noise_shares(study) or 1
            own = plan.noise_multiplier / math.sqrt(shares)
            found = [trained(study, sites, seed)(heldout) for seed in SEEDS]
            half = STUDENT * statistics.stdev(found) / math.sqrt(len(found))
            print(
                f"| {plan.epsilon():.3f} | {name} | {own:.2f} | {own / math.sqrt(len(sites)):.2f} | "
                f"{statistics.mean(found):.3f} ± {half:.3f} |",
                flush=True,
            )
    began = time.process_time()
    DiscreteGaussianNoise().add_to(np.zeros(20_000, np.int64), 1e6)
    print(f"\na share of noise: {(time.process_time() - began) / 20_000 * 1e6:.0f} microseconds a parameter")


def examples_of(table: object) -> Examples:
    """A prepared table as the task's examples."""
    study = study_of(1.0, "local", 0)
    rows = table.to_pydict()  # type: ignore[attr-defined]
    label = torch.tensor([study.data.classes.index(value) for value in rows["label"]])
    return Examples.of({"features": standardised(rows, study.data), "label": label}, rows["patient_id"], rows["site"])


if __name__ == "__main__":
    main()
