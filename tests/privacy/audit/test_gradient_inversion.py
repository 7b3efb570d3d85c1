"""Gradient inversion: what a gradient gives away, and what is left of that under each protection."""

from __future__ import annotations

import secrets

import numpy as np
import pytest
import torch
from torch import nn

from cloister.privacy.audit.gradient_inversion import invert_gradient, peak_signal_to_noise, records_from_linear_layer
from cloister.privacy.noise import GaussianNoise
from cloister.privacy.patient_gradients import Batch, clipped_sum
from cloister.privacy.randomness import RandomStream
from cloister.privacy.secure_aggregation.fixed_point import FixedPoint
from cloister.privacy.secure_aggregation.masks import add_mask

Gradients = dict[str, torch.Tensor]
UNRECOGNISABLE = 15.0
"""Decibel. The average image is at 9 to 15; recognition begins at about 20."""


def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
    return nn.functional.cross_entropy(model(batch["x"]), batch["y"], reduction="none")


def gradient(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, norm: float = 1e6) -> Gradients:
    patients = torch.arange(len(labels))
    return clipped_sum(model, loss, {"x": images, "y": labels}, patients, len(labels), norm).gradients


def dense(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 4))


def convolutional(seed: int) -> nn.Module:
    torch.manual_seed(seed)
    first, second = nn.Conv2d(1, 16, 3, padding=1), nn.Conv2d(16, 16, 3, padding=1, stride=2)
    norms = [nn.GroupNorm(4, 16), nn.GroupNorm(4, 16)]
    return nn.Sequential(first, norms[0], nn.Tanh(), second, norms[1], nn.Tanh(), nn.Flatten(), nn.Linear(256, 4))


def blobs(count: int, seed: int) -> torch.Tensor:
    """Images (count, 1, 8, 8): two bright spots each."""
    generator = torch.Generator().manual_seed(seed)
    centres = torch.rand(count, 2, 2, 1, 1, generator=generator) * 7
    grid = torch.stack(torch.meshgrid(torch.arange(8.0), torch.arange(8.0), indexing="ij"))
    spots = torch.exp(-((grid - centres) ** 2).sum(dim=2) / 3)
    return spots.sum(dim=1, keepdim=True).clamp(max=1)


def masked(gradients: Gradients) -> Gradients:
    """What one of eight sites sends: encoded, with one mask on top."""
    flat = torch.cat([value.flatten() for value in gradients.values()]).numpy()
    encoding = FixedPoint(8.0, 8)
    words = encoding.encode(flat, RandomStream.from_system())
    add_mask(words, secrets.token_bytes(32), 1)
    parts = torch.split(
        torch.from_numpy(encoding.decode(words)).float(), [value.numel() for value in gradients.values()]
    )
    return {name: part.reshape(gradients[name].shape) for name, part in zip(gradients, parts, strict=True)}


def best(truth: torch.Tensor, gradients: Gradients) -> float:
    candidates = records_from_linear_layer(gradients["1.weight"], gradients["1.bias"])
    return max(peak_signal_to_noise(truth.flatten(), candidate) for candidate in candidates)


def test_a_first_layer_gives_a_single_record_away_exactly() -> None:
    image, label = blobs(1, 1), torch.tensor([2])
    found = gradient(dense(1), image, label)
    candidates = records_from_linear_layer(found["1.weight"], found["1.bias"])
    # Neurons that were hardly excited divide rounding by rounding; the middle of all does not.
    torch.testing.assert_close(candidates.median(dim=0).values, image.flatten(), atol=1e-5, rtol=1e-5)


def test_a_neuron_that_one_record_excites_gives_it_away_out_of_a_sum() -> None:
    images, labels = blobs(4, 2), torch.arange(4)
    found = gradient(dense(2), images, labels)
    assert max(best(image, found) for image in images) > 60


def test_clipping_alone_hides_nothing_and_noise_or_masks_hide_all() -> None:
    image, label, network = blobs(1, 3), torch.tensor([0]), dense(3)
    clear, clipped = gradient(network, image, label), gradient(network, image, label, norm=0.1)
    noised = GaussianNoise(RandomStream.seeded_for_simulation(3)).add_to(clipped, 0.1)
    assert min(best(image, clear), best(image, clipped)) > 60
    # Although the attacker is told which of 128 answers is best.
    assert max(best(image, noised), best(image, masked(clear))) < UNRECOGNISABLE


def test_nothing_excited_gives_no_candidate() -> None:
    assert records_from_linear_layer(torch.zeros(3, 2), torch.zeros(3)).shape == (0, 2)


def test_the_measure_of_recovery_is_the_mean_square_error_in_decibel() -> None:
    truth = torch.tensor([0.0, 1.0])
    assert peak_signal_to_noise(truth, truth) == np.inf
    assert peak_signal_to_noise(truth, torch.tensor([0.1, 0.9])) == pytest.approx(20.0, abs=1e-4)
    assert peak_signal_to_noise(truth, torch.tensor([-5.0, 9.0])) == np.inf  # outside of the pixels' range


@pytest.mark.heavy
def test_search_recovers_an_image_from_the_clear_update_and_nothing_from_a_protected_one() -> None:
    for seed in range(3):
        image, label, network = blobs(1, seed), torch.tensor([seed]), convolutional(seed)
        clear = gradient(network, image, label)
        noised = GaussianNoise(RandomStream.seeded_for_simulation(seed)).add_to(
            gradient(network, image, label, 1.0), 1.0
        )

        def losses(model: nn.Module, images: torch.Tensor, label: torch.Tensor = label) -> torch.Tensor:
            return nn.functional.cross_entropy(model(images), label, reduction="none")

        found = {
            name: peak_signal_to_noise(
                image, invert_gradient(network, losses, seen, (1, 1, 8, 8), steps=300, restarts=1)
            )
            for name, seen in {"clear": clear, "noised": noised, "masked": masked(clear)}.items()
        }
        assert found["clear"] > 25
        assert max(found["noised"], found["masked"]) < UNRECOGNISABLE
