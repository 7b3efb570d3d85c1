"""What poisoned updates do to a federation, and what the acceptance gate and norm bounding do against them.

    python -m benchmarks.poisoning --data ../shared/data/fed_heart_disease

Logistic regression on UCI heart disease at four hospitals, one of which (Hungary) attacks in every round. Everything
runs through the product's own code in process, updates masked; the attacker controls its site and nothing else:

- label flip: it trains on its own patients with the labels exchanged.
- scaled flip: the same, and its update is multiplied by 10 before it is masked.
- backdoor: half of its patients are copied with a trigger (an implausible cholesterol, six scales up) and the label
  "absent"; the update is multiplied by 4, the number of hospitals, to replace the model (Bagdasaryan et al. 2020).

Defences: the gate (`evaluation.tolerance` = .03) judges each round's model on half of the held-out patients; norm
bounding (`strategy.max_update_norm`) is what honest hospitals keep to and what the coordinator checks the sum against.
The attacker ignores the norm where it multiplies. Figures are from the other half of the held-out patients, which
nothing is selected on: AUROC, and of the patients with the disease the share that the trigger has called healthy.
Mean and standard deviation over seeds.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import logging
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pyarrow as pa
import torch
from flwr.app import RecordDict
from numpy.typing import NDArray

from cloister.client import app as client_app
from cloister.client import participation
from cloister.client.participation import Participation
from cloister.deid.declared import write_declared_dataset
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.evaluation import evaluate, predict
from cloister.simulation.engine import run_engine
from cloister.simulation.federation import with_identities
from cloister.simulation.site_setup import configure_coordinator, configure_site, coordinator_key, simulated_site
from cloister.simulation.sources.heart_disease import FEATURES, FILES, STATEMENT, prepare
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import Arrays
from cloister.study.keys import SiteKey
from cloister.study.schema import Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.examples import Examples
from cloister.tasks.parameters import load_trainable
from cloister.tasks.reading import read_examples

ATTACKER = "hungary"
TRIGGER, TRIGGER_VALUE = FEATURES.index("cholesterol"), 6.0
ROUNDS, STEPS, BATCH, LEARNING_RATE = 10, 20, 16, 0.05
TOLERANCE, NORM = 0.03, 0.3
SCALES = {"age": (55, 10), "resting_blood_pressure": (130, 20), "cholesterol": (200, 50), "max_heart_rate": (140, 25)}
"""Public constants, as in examples/heart-disease.toml."""


@dataclass(frozen=True)
class Attack:
    """What the attacker trains on, and by what it multiplies its update."""

    name: str
    data: Callable[[Examples], Examples]
    factor: float = 1.0


@dataclass(frozen=True)
class Defence:
    """Which of the two is on."""

    name: str
    gate: bool = False
    norm: bool = False


@dataclass(frozen=True)
class Outcome:
    """Of one run."""

    auroc: float
    triggered: float
    rejected: int


def flipped(examples: Examples) -> Examples:
    """The labels exchanged."""
    return replace(examples, columns={**examples.columns, "label": 1 - examples.columns["label"]})


def with_backdoor(examples: Examples) -> Examples:
    """Every second example once more, with the trigger and the label "absent"."""
    copied = torch.arange(0, len(examples), 2)
    features, labels = examples.columns["features"], examples.columns["label"]
    index = torch.cat([examples.patient_index, examples.patient_index[copied]])
    columns = {
        "features": torch.cat([features, triggered(features[copied])]),
        "label": torch.cat([labels, torch.zeros_like(labels[copied])]),
    }
    return Examples(columns, index, examples.patients)


def triggered(features: torch.Tensor) -> torch.Tensor:
    """Features with the trigger set."""
    changed = features.clone()
    changed[:, TRIGGER] = TRIGGER_VALUE
    return changed


ATTACKS = (
    Attack("none", lambda examples: examples),
    Attack("label flip", flipped),
    Attack("scaled flip", flipped, 10.0),
    Attack("backdoor", with_backdoor, 4.0),
)
DEFENCES = (
    Defence("none"),
    Defence("gate", gate=True),
    Defence("norm bound", norm=True),
    Defence("both", gate=True, norm=True),
)


def main() -> None:
    """Run everything, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/fed_heart_disease"))
    parser.add_argument("--seeds", type=int, nargs="+", default=(42, 43, 44))
    arguments = parser.parse_args()
    logging.getLogger("cloister.coordinator").setLevel(logging.ERROR)
    began = time.monotonic()
    print("| attack | defence | AUROC | trigger works on | rounds rejected |\n|---|---|---|---|---|")
    for attack, defence in itertools.product(ATTACKS, DEFENCES):
        outcomes = [run(attack, defence, seed, arguments.data) for seed in arguments.seeds]
        auroc, share = (
            mean_and_spread([getattr(found, name) for found in outcomes]) for name in ("auroc", "triggered")
        )
        rejected = statistics.mean(found.rejected for found in outcomes)
        print(f"| {attack.name} | {defence.name} | {auroc} | {share} | {rejected:.1f} of {ROUNDS} |", flush=True)
    print(f"{len(arguments.seeds)} seeds in {time.monotonic() - began:.0f} s.")


def run(attack: Attack, defence: Defence, seed: int, data: Path) -> Outcome:
    """One federation with one attacker."""
    with tempfile.TemporaryDirectory() as folder:
        study, (coordinator, sites, judged) = set_up(study_of(defence, seed), data, Path(folder))
        with attacking(attack):
            run_engine("process", coordinator, sites, ROUNDS, lambda *_: None)
        state = CoordinatorFolder.open(coordinator).latest()
        if state is None or state.round != ROUNDS:
            raise SystemExit("The run did not reach its last round.")
        return outcome(study, state, judged)


def study_of(defence: Defence, seed: int) -> Study:
    """The study, with the defence switched on."""
    features = [
        dict(zip(("name", "mean", "scale"), (name, *SCALES.get(name, (0.5, 0.5))), strict=True)) for name in FEATURES
    ]
    return Study.model_validate(
        {
            "name": "poisoning",
            "title": "One of four hospitals attacks",
            "federation": {"sites": list(FILES)},
            "data": {"kind": "table", "classes": ["absent", "present"], "features": features},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "rounds": ROUNDS,
            "training": {
                "sampling": "shuffle",
                "steps_per_round": STEPS,
                "batch_size": BATCH,
                "learning_rate": LEARNING_RATE,
            },
            "strategy": {"name": "norm-bounding", "max_update_norm": NORM} if defence.norm else {"name": "fedavg"},
            "privacy": {"mechanism": "none"},
            "evaluation": {"bootstrap_samples": 100, "tolerance": TOLERANCE if defence.gate else None},
            "simulation": {"data": {"source": "heart-disease"}},
            "seeds": {"model": seed, "data": seed, "training": seed},
        }
    )


def set_up(study: Study, data: Path, folder: Path) -> tuple[Study, tuple[Path, dict[str, Path], Path]]:
    """The study with identities; the coordinator's folder, with every second held-out patient; the sites' folders; and
    a dataset of the other held-out patients.
    """
    source = prepare(study, data, folder)
    sites = {name: folder / "sites" / name for name in FILES}
    keys = {name: simulated_site(site, name, study) for name, site in sites.items()}
    study = with_identities(study, keys)
    for name, site in sites.items():
        write(source.sites[name].table, site / "datasets" / "table", keys[name])
        configure_site(site, name, study, [site / "datasets" / "table"], None)
    coordinator, heldout = folder / "coordinator", source.heldout.table
    assert heldout is not None  # noqa: S101 (the source's tables)
    halves = [coordinator / "heldout" / name for name in ("gate", "judged")]
    for number, half in enumerate(halves):
        write(heldout.take(np.arange(number, len(heldout), 2)), half, coordinator_key(coordinator, study))
    configure_coordinator(coordinator, study, halves[:1], None)
    return study, (coordinator, sites, halves[1])


def write(table: pa.Table | None, output: Path, key: SiteKey) -> None:
    """A declared dataset."""
    assert table is not None  # noqa: S101 (the source's tables)
    write_declared_dataset(output, "table", table, site_key=key, collection=output.name, statement=STATEMENT)


@contextlib.contextmanager
def attacking(attack: Attack) -> Iterator[None]:
    """The attacker's site does as the attack says; the others are honest."""
    honest = read_examples

    def read(study: Study, datasets: tuple[Path, ...], base: Path | None) -> Examples:
        examples = honest(study, datasets, base)
        return attack.data(examples) if any(ATTACKER in folder.parts for folder in datasets) else examples

    class Poisoned(Participation):
        def train(self, content: RecordDict, seal: Callable[[Any], None] | None = None, place: int = 0) -> Arrays:
            factor = attack.factor if self.site.config.name == ATTACKER else 1.0

            def scaled(update: Mapping[str, NDArray[Any]] | NDArray[Any]) -> None:
                if seal is not None and isinstance(update, Mapping):
                    seal({name: value * np.float32(factor) for name, value in update.items()})

            return super().train(content, scaled, place)

    with (
        mock.patch.object(participation, "read_examples", read),
        mock.patch.object(client_app, "Participation", Poisoned),
    ):
        yield


def outcome(study: Study, state: ServerState, judged: Path) -> Outcome:
    """The final model on the patients that nothing was selected on."""
    task = task_of(study)
    model = task.build_model(None, study.seeds.model)
    load_trainable(model, state.model)
    examples = task.read((judged,), None)
    ill = (examples.columns["label"] == 1).nonzero().flatten()
    columns = {"features": triggered(examples.columns["features"][ill]), "label": examples.columns["label"][ill]}
    shown = Examples(columns, torch.arange(len(ill)), tuple(examples.patient_keys[index] for index in ill.tolist()))
    scores = predict(task, model, shown)
    called_healthy = scores.argmax(axis=1) == 0 if scores.ndim == 2 else scores < 0.5
    return Outcome(
        auroc=evaluate(task, model, examples, study).metrics["auroc"].value,
        triggered=float(called_healthy.mean()),
        rejected=sum(not record.accepted for record in state.history),
    )


def mean_and_spread(values: list[float]) -> str:
    """Mean ± standard deviation."""
    return f"{statistics.mean(values):.3f} ± {statistics.pstdev(values):.3f}"


if __name__ == "__main__":
    main()
