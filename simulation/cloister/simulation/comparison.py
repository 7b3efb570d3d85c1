"""The models that a federated one is compared with: each site alone, and all data pooled in one place.

Neither has differential privacy. `alone` is what a hospital can do by itself, `pooled` is what nobody is allowed to
do; a federation should beat the first and come near the second. Both take as many optimizer steps as the federation's
model; those of Ditto's personal models are no part of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import nn

from cloister.client.trainer import Streams, gradient_for, train
from cloister.simulation.one_thread import one_thread
from cloister.study import atomic
from cloister.study.arrays import Arrays
from cloister.study.errors import InputError
from cloister.study.schema import Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.examples import Examples
from cloister.tasks.parameters import trainable_arrays
from cloister.tasks.reading import read_examples


@dataclass(frozen=True)
class CentralisedArm:
    """One model to train in one place."""

    name: str
    """A site's name, or "pooled"."""
    datasets: tuple[tuple[Path, ...], ...]
    """For each site whose data it uses, the dataset folders."""
    base: Path | None
    output: Path
    """The safetensors file that receives its arrays."""


def train_arm(arm: CentralisedArm, study: Study) -> None:
    """Train one model without differential privacy and save its trainable arrays; a finished one is kept."""
    if arm.output.exists():
        return
    from safetensors.numpy import save

    with one_thread():
        model = _trained(arm, study)
    atomic.write_bytes(arm.output, save(trainable_arrays(model)))


def load_arm(path: Path) -> Arrays:
    """The arrays of a trained arm.

    Raises:
        InputError: the file is damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return load_file(path)
    except (SafetensorError, ValueError):
        raise InputError(f"{path}: damaged.", "Remove it, and run again with --resume.") from None


def centralised(study: Study, patients: int, sites: int) -> Study:
    """A study's settings for training in one place, with about as many patients a step as one site has.

    Args:
        study: the federated study.
        patients: patients in the one place.
        sites: from how many sites they come.
    """
    training = study.training
    if training.sample_rate is not None:
        rate = training.sample_rate / sites
        divisor = max(1.0, rate * patients)
        training = training.model_copy(update={"sample_rate": rate, "batch_divisor": divisor})
    return study.without_privacy().model_copy(update={"training": training})


def arms_of(
    study: Study, site_datasets: dict[str, tuple[Path, ...]], pooled: Sequence[Path], base: Path | None, folder: Path
) -> list[CentralisedArm]:
    """The centralised arms that a study asks for.

    Args:
        study: names the arms in its evaluation section.
        site_datasets: site -> its dataset folders.
        pooled: dataset folders that replace the sites' in the pooled arm; empty to use the sites'.
        base: the base folder.
        folder: receives the arms' files.
    """
    wanted = study.evaluation.arms
    arms = []
    if "pooled" in wanted:
        datasets = (tuple(pooled),) if pooled else tuple(site_datasets[site] for site in sorted(site_datasets))
        arms.append(CentralisedArm("pooled", datasets, base, folder / "pooled.safetensors"))
    if "alone" in wanted:
        for site in sorted(site_datasets):
            arms.append(CentralisedArm(site, (site_datasets[site],), base, folder / f"alone-{site}.safetensors"))
    return arms


def _trained(arm: CentralisedArm, study: Study) -> nn.Module:
    task = task_of(study)
    examples = Examples.join([read_examples(study, datasets, arm.base) for datasets in arm.datasets])
    model = task.build_model(arm.base, study.seeds.model)
    settings, evaluation = centralised(study, len(examples.patients), len(arm.datasets)), study.evaluation
    gradient = gradient_for(task, examples, settings, Streams.of(study.seeds.training, arm.name), "hooks", None)
    train(
        model,
        gradient,
        steps=evaluation.centralised_steps or study.rounds * study.training.steps_per_round,
        optimizer=evaluation.centralised_optimizer or study.training.optimizer,
        learning_rate=evaluation.centralised_learning_rate or study.training.learning_rate,
    )
    return model
