"""What attacks achieve, with and without the protections.

    python benchmarks/privacy_attacks.py --data ../shared/data/fed_heart_disease

Three tables.

1. The one-run audit of the site's trainer: 4,000 canary patients, one training for each of five seeds.
2. Membership inference (LiRA) against final models: Fed-Heart-Disease's training patients, a network of one hidden
   layer, many models each trained on a random half of the patients, each attacked once with all the others as shadow
   models. "no protection" is the same training without clipping and noise. Without --data, patients are generated.
3. Gradient inversion against a site's update of one step on one patient, images of 8 x 8 pixels (the handwritten digits
   that come with scikit-learn stand in for a patient's image): in the clear, clipped, clipped and noised, one site's
   masked vector, and the sum over eight sites that secure aggregation lets the coordinator see. The attacker knows the
   label. Closed form: a first linear layer gives its input away; the attacker is told which neuron's answer is best.
   Search: a small convolutional network. Peak signal to noise ratios in decibel, median over patients; the last line
   is what who knows only the average image would answer.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from numpy.typing import NDArray
from torch import nn

from cloister.client.trainer import Gradient, PlainGradient, PrivateGradient, Streams, train
from cloister.privacy.accounting import calibrate_noise
from cloister.privacy.audit.attack_success import attack_success, most_true_positives
from cloister.privacy.audit.canaries import Canaries, CanaryModel, canary_loss
from cloister.privacy.audit.canary_scores import CanaryObserver, black_box_scores, white_box_scores
from cloister.privacy.audit.gradient_inversion import invert_gradient, peak_signal_to_noise, records_from_linear_layer
from cloister.privacy.audit.membership import confidences, each_attacked_once
from cloister.privacy.audit.one_run import audit
from cloister.privacy.noise import GaussianNoise
from cloister.privacy.patient_gradients import Batch, PerExampleLoss, clipped_sum
from cloister.privacy.plan import PrivatePlan
from cloister.privacy.randomness import RandomStream
from cloister.privacy.secure_aggregation.fixed_point import FixedPoint
from cloister.privacy.secure_aggregation.messages import RoundId
from cloister.privacy.secure_aggregation.site import SiteRound, Terms
from cloister.simulation.sources.heart_disease import FEATURES, prepare
from cloister.study.schema import Study, Training
from cloister.tasks.examples import Examples

Gradients = dict[str, torch.Tensor]
DELTA = 1e-5
STEPS, RATE, DIVISOR, HIDDEN, LEARNING_RATE = 200, 0.2, 50.0, 64, 0.01
STUDY = Path(__file__).parents[1] / "examples" / "heart-disease.toml"


def main() -> None:
    """Print the three tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder of the UCI Heart Disease files")
    parser.add_argument("--models", type=int, default=64, help="models for membership inference")
    parser.add_argument("--images", type=int, default=5, help="patients whose image is searched for")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    for table in (
        audit_table(),
        membership_table(arguments.data, arguments.models),
        inversion_table(arguments.images),
    ):
        began = time.perf_counter()
        for line in table:
            print(line, flush=True)
        print(f"({time.perf_counter() - began:.0f} s)\n")


@dataclass(frozen=True)
class _Task:
    """As much of a task as the trainer asks for."""

    per_example_loss: PerExampleLoss


def _source(
    loss: PerExampleLoss, columns: Mapping[str, torch.Tensor], keys: list[str], plan: PrivatePlan | None, seed: int
) -> Gradient:
    """The site's own source of gradients."""
    training = Training(
        steps_per_round=1,
        sample_rate=RATE if plan is None else plan.sample_rate,
        batch_divisor=DIVISOR,
        learning_rate=LEARNING_RATE,
        micro_batch=8192,
    )
    task: Any = _Task(loss)
    examples, streams = Examples.of(columns, keys), Streams.of(seed, "attacks")
    if plan is None:
        return PlainGradient(task, examples, training, streams)
    return PrivateGradient(task, examples, training, plan, "book-keeping", streams)


# One-run audit.


def audit_table() -> Iterator[str]:
    """Claimed epsilon, and the lower bounds of five seeds, by every step and by the final model."""
    plan = PrivatePlan(sample_rate=0.01, noise_multiplier=1.2, max_grad_norm=4.0, steps=1600, delta=1e-6)
    features, labels = _generated(100)
    yield f"One-run audit, 4,000 canaries, claimed epsilon {plan.epsilon():.2f}, delta {plan.delta:g}; 95 % bounds"
    for seed in range(5):
        coins = Canaries.toss(4000, RandomStream.seeded_for_simulation(seed, "coins"))
        columns, keys = coins.join({"x": features, "y": labels}, _keys(len(labels)), records=8)
        torch.manual_seed(seed)
        model = CanaryModel(_network(features.shape[1]), coins.count)
        source = _source(canary_loss(_cross_entropy), columns, keys, plan, seed)
        observer = CanaryObserver(source, DIVISOR / plan.max_grad_norm)
        train(model, observer, steps=plan.steps, optimizer="sgd", learning_rate=0.1)
        white = audit(plan, coins, white_box_scores(observer.observations, plan)).lower_bound
        black = audit(plan, coins, black_box_scores(model)).lower_bound
        yield f"  seed {seed}: by every step {white:.2f}, by the final model {black:.2f}"


# Membership inference.


def membership_table(data: Path | None, models: int) -> Iterator[str]:
    """Attack success at several epsilons."""
    features, labels = _generated(486) if data is None else _heart_disease(data)
    joined = np.random.default_rng(0).random((models, len(labels))) < 0.5
    yield f"Membership inference (LiRA): {len(labels)} patients, {models} models; in brackets 95 % intervals"
    yield f"{'':14}{'accuracy on':>12}{'area under':>23}{'true positives at':>23}{'true positives at':>23}  at most, by"
    yield f"{'training':14}{'non-members':>12}{'the curve':>23}{'0.1 % false ones':>23}{'1 % false ones':>23}  epsilon"
    for epsilon in (None, 8.0, 1.0):
        losses, accuracy = _losses(features, labels, joined, epsilon)
        found = attack_success(each_attacked_once(confidences(losses), joined), joined)
        rates = found.true_positive_rates
        allowed = ""
        if epsilon is not None:
            allowed = " ".join(f"{most_true_positives(epsilon, DELTA, rate):.3f}" for rate in (0.001, 0.01))
        name = "no protection" if epsilon is None else f"epsilon {epsilon:g}"
        yield f"{name:14}{accuracy:12.3f}{found.auc!s:>23}{rates[0.001]!s:>23}{rates[0.01]!s:>23}  {allowed}"


def _losses(
    features: torch.Tensor, labels: torch.Tensor, joined: NDArray[np.bool_], epsilon: float | None
) -> tuple[NDArray[np.float64], float]:
    """The final models' losses (models, patients), and their mean accuracy on those they did not train on."""
    plan = None
    if epsilon is not None:
        plan = PrivatePlan(RATE, calibrate_noise(RATE, STEPS, DELTA, epsilon), 0.5, STEPS, DELTA)
    batch, losses, accuracies = {"x": features, "y": labels}, [], []
    for seed, members in enumerate(joined):
        chosen = torch.from_numpy(members)
        torch.manual_seed(seed)
        model = _network(features.shape[1])
        columns = {name: values[chosen] for name, values in batch.items()}
        source = _source(_cross_entropy, columns, _keys(int(members.sum())), plan, seed)
        train(model, source, steps=STEPS, optimizer="adam", learning_rate=LEARNING_RATE)
        with torch.no_grad():
            losses.append(_cross_entropy(model, batch).double().numpy())
            right = model(features).argmax(dim=1) == labels
        accuracies.append(float(right[~chosen].float().mean()))
    return np.stack(losses), statistics.fmean(accuracies)


def _network(inputs: int) -> nn.Module:
    return nn.Sequential(nn.Linear(inputs, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 2))


def _cross_entropy(model: nn.Module, batch: Batch) -> torch.Tensor:
    return nn.functional.cross_entropy(model(batch["x"]), batch["y"], reduction="none")


def _keys(patients: int) -> list[str]:
    return [f"patient-{number}" for number in range(patients)]


def _heart_disease(data: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """Training patients of all hospitals: features by the study's public constants, labels."""
    study = Study.read(STUDY)
    with tempfile.TemporaryDirectory() as folder:
        sites = prepare(study, data, Path(folder)).sites
    columns: dict[str, list[Any]] = {name: [] for name in (*FEATURES, "label")}
    for site in sites.values():
        assert site.table is not None  # noqa: S101 - this source gives tables
        for name, values in columns.items():
            values += site.table[name].to_pylist()
    scaled = [(torch.tensor(columns[each.name]) - each.mean) / each.scale for each in study.data.features]
    return torch.stack(scaled, dim=1).float(), torch.tensor([label == "present" for label in columns["label"]]).long()


def _generated(patients: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Thirteen normal features, and a label that a noisy line through them decides."""
    generator = torch.Generator().manual_seed(0)
    features = torch.randn(patients, 13, generator=generator)
    noise = torch.randn(patients, generator=generator)
    return features, (features @ torch.linspace(-1, 1, 13) + noise > 0).long()


# Gradient inversion.

NORM, NOISE, SITES = 1.0, 1.0, 8


def inversion_table(images: int) -> Iterator[str]:
    """Signal to noise of the records found, by what the attacker sees."""
    pixels, labels = _digits()
    average = statistics.median(peak_signal_to_noise(pixels[at], pixels.mean(dim=0)) for at in range(images))
    yield f"Gradient inversion: {images} patients, norm {NORM:g}, noise multiplier {NOISE:g}, {SITES} sites"
    yield f"{'the attacker sees':42}{'closed form':>12}{'search':>9}   dB"
    for name, seen in _VIEWS.items():
        figures = [_recovered(seen, pixels, labels, at) for at in range(images)]
        closed, searched = (statistics.median(values) for values in zip(*figures, strict=True))
        yield f"{name:42}{closed:12.1f}{searched:9.1f}"
    yield f"{'nothing (answers the average image)':42}{average:12.1f}{average:9.1f}"


def _recovered(seen: View, pixels: torch.Tensor, labels: torch.Tensor, at: int) -> tuple[float, float]:
    """Of the patient at `at`: by the best neuron of the first linear layer; by search through a network."""
    places = [(at + number) % len(labels) for number in range(SITES)]
    truth, known = pixels[at], labels[at : at + 1]
    torch.manual_seed(at)
    linear = nn.Sequential(nn.Flatten(), nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 10))
    gradient = seen(linear, pixels[places], labels[places])
    candidates = records_from_linear_layer(gradient["1.weight"], gradient["1.bias"]).reshape(-1, *truth.shape)
    convolutional = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.GroupNorm(4, 16),
        nn.Tanh(),
        nn.Conv2d(16, 16, 3, padding=1, stride=2),
        nn.GroupNorm(4, 16),
        nn.Tanh(),
        nn.Flatten(),
        nn.Linear(256, 10),
    )

    def losses(model: nn.Module, images: torch.Tensor) -> torch.Tensor:
        return nn.functional.cross_entropy(model(images), known, reduction="none")

    observed = seen(convolutional, pixels[places], labels[places])
    found = invert_gradient(convolutional, losses, observed, (1, *truth.shape), steps=300, restarts=1, seed=at)
    closed = max((peak_signal_to_noise(truth, candidate) for candidate in candidates), default=0.0)
    return min(closed, 99.0), min(peak_signal_to_noise(truth, found[0]), 99.0)


View = Callable[[nn.Module, torch.Tensor, torch.Tensor], Gradients]
"""What the attacker gets to see of a step at all sites, one patient at each; the first site's is under attack."""


def _in_the_clear(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> Gradients:
    return _clipped(model, images, labels, norm=1e6)


def _clipped(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, norm: float = NORM) -> Gradients:
    return clipped_sum(
        model, _cross_entropy, {"x": images[:1], "y": labels[:1]}, torch.zeros(1).long(), 1, norm
    ).gradients


def _private(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> Gradients:
    plan = PrivatePlan(1.0, NOISE, NORM, 1, DELTA)
    return GaussianNoise().add_to(_clipped(model, images, labels), plan.noise_standard_deviation)


def _masked(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> Gradients:
    """One site's vector as it is sent: the real protocol's, up to the masks."""
    gradients = _in_the_clear(model, images, labels)
    encoding = FixedPoint(8.0, SITES)
    names = [f"site-{number}" for number in range(SITES)]
    keys = {name: Ed25519PrivateKey.generate() for name in names}
    identities = {name: key.public_key().public_bytes_raw() for name, key in keys.items()}
    opened = {name: SiteRound.advertise(name, RoundId("attacks", 1), Terms(2), keys[name]) for name in names}
    shared = {name: state.share([ad for _, ad in opened.values()], identities) for name, (state, _) in opened.items()}
    flat = torch.cat([value.flatten() for value in gradients.values()]).numpy()
    vector = encoding.encode(flat, RandomStream.from_system())
    to_first = {name: sealed[names[0]] for name, (_, sealed) in shared.items() if names[0] in sealed}
    _, masked = shared[names[0]][0].mask(vector, names, to_first, keys[names[0]])
    words = torch.from_numpy(encoding.decode(masked.vector)).float()
    parts = torch.split(words, [value.numel() for value in gradients.values()])
    return {name: part.reshape(gradients[name].shape) for name, part in zip(gradients, parts, strict=True)}


def _sum_of_sites(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> Gradients:
    everyone = torch.arange(len(labels))
    return clipped_sum(model, _cross_entropy, {"x": images, "y": labels}, everyone, len(labels), 1e6).gradients


_VIEWS: dict[str, View] = {
    "one site's update in the clear": _in_the_clear,
    "the same, clipped": _clipped,
    "the same, clipped and noised": _private,
    "one site's masked vector, not noised": _masked,
    "the sum of eight sites, not noised": _sum_of_sites,
}


def _digits() -> tuple[torch.Tensor, torch.Tensor]:
    from sklearn.datasets import load_digits

    digits = load_digits()
    return torch.tensor(digits.images / 16, dtype=torch.float32)[:, None], torch.tensor(digits.target)


if __name__ == "__main__":
    main()
