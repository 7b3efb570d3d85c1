"""The mean of adapters is that of their products, not of their factors."""

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import nn

from cloister.strategies.averaging import weighted_mean
from cloister.strategies.catalogue import strategy_of
from cloister.strategies.lora_svd import mean_product
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import Arrays
from cloister.study.schema import Lora, Study
from cloister.tasks.models.lora import train_adapters_only
from cloister.tasks.parameters import frozen_sha256, trainable_arrays

Floats = NDArray[np.float64]
OUTPUTS, INPUTS, RANK = 7, 9, 2
A, B = "encoder.query.lora_A.default.weight", "encoder.query.lora_B.default.weight"


def factors(seed: int, sites: int) -> list[tuple[Floats, Floats]]:
    generator = np.random.default_rng(seed)
    return [(generator.normal(size=(OUTPUTS, RANK)), generator.normal(size=(RANK, INPUTS))) for _ in range(sites)]


def nearest_of_rank(dense: Floats, rank: int) -> Floats:
    u, singular, v = np.linalg.svd(dense)
    return (u[:, :rank] * singular[:rank]) @ v[:rank]


@settings(max_examples=30)
@given(st.integers(0, 10**6), st.integers(1, 6))
def test_the_mean_product_is_the_best_of_its_rank(seed: int, sites: int) -> None:
    """Against the truncated SVD of the dense mean (Eckart and Young)."""
    given_factors = factors(seed, sites)
    weights = np.random.default_rng(seed).uniform(0.5, 2, sites).tolist()
    dense = sum(w * b @ a for w, (b, a) in zip(weights, given_factors, strict=True)) / sum(weights)
    b, a = mean_product(given_factors, weights)
    assert (b.shape, a.shape) == ((OUTPUTS, RANK), (RANK, INPUTS))
    np.testing.assert_allclose(b @ a, nearest_of_rank(np.asarray(dense), RANK), atol=1e-10)


def test_the_mean_of_products_that_share_their_factors_space_is_exact() -> None:
    """Sites that agree on A, as with a frozen one, lose nothing; the mean of factors would lose nothing either."""
    (b1, a), (b2, _) = factors(1, 2)
    b, found = mean_product([(b1, a), (b2, a)], [1.0, 3.0])
    np.testing.assert_allclose(b @ found, (b1 + 3 * b2) @ a / 4, atol=1e-12)


def test_a_rank_above_the_weights_sizes_is_filled_with_zeros() -> None:
    generator = np.random.default_rng(0)
    wide = [(generator.normal(size=(3, 5)), generator.normal(size=(5, 4))) for _ in range(2)]
    b, a = mean_product(wide, [1.0, 1.0])
    np.testing.assert_allclose(b @ a, (wide[0][0] @ wide[0][1] + wide[1][0] @ wide[1][1]) / 2, atol=1e-12)


def study(name: str) -> Study:
    adapter = {"target_modules": ["query"], "rank": RANK}
    model: dict[str, Any] = {"architecture": "bert"}
    return Study.model_validate(
        {
            "name": "example",
            "title": "An example",
            "rounds": 3,
            "federation": {"sites": ["north", "south"]},
            "data": {"kind": "notes", "classes": ["no", "yes"]},
            "task": {"name": "note_classification", "model": model, "adapter": adapter},
            "training": {"steps_per_round": 5, "sample_rate": 0.1, "batch_divisor": 10, "learning_rate": 0.1},
            "privacy": {"mechanism": "none"},
            "strategy": {"name": name, "weights": {"north": 1.0, "south": 3.0}},
        }
    )


def test_a_round_moves_the_product_to_the_mean_product_and_the_rest_to_the_mean() -> None:
    """A round of the strategy: closer to the dense mean than the mean of factors, and as close as the rank allows."""
    generator = np.random.default_rng(4)
    shapes = {A: (RANK, INPUTS), B: (OUTPUTS, RANK), "classifier.bias": (2,)}
    model: Arrays = {name: generator.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
    updates = {
        site: {name: generator.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
        for site in ("north", "south")
    }
    strategy = strategy_of(study("lora-svd"), ServerState("", "", 0, model), lambda _: None)
    stepped, _ = strategy.server_step(model, strategy.combine(updates), {})
    share = {"north": 0.25, "south": 0.75}
    dense = sum(share[site] * (model[B] + each[B]) @ (model[A] + each[A]) for site, each in updates.items())
    found = stepped[B] @ stepped[A]
    np.testing.assert_allclose(found, nearest_of_rank(np.asarray(dense, np.float64), RANK), atol=1e-4)
    mean = weighted_mean(updates, {"north": 1.0, "south": 3.0})
    naive = (model[B] + mean[B]) @ (model[A] + mean[A])
    assert np.linalg.norm(found - dense) < np.linalg.norm(naive - dense)
    np.testing.assert_allclose(stepped["classifier.bias"], model["classifier.bias"] + mean["classifier.bias"])


def test_with_a_frozen_a_only_b_and_the_head_are_trained_and_the_mean_of_factors_is_exact() -> None:
    """FFA-LoRA: what all sites share is the same for the same seed, so means of B are means of products."""

    def model() -> nn.Module:
        torch.manual_seed(3)
        made = nn.ModuleDict({"query": nn.Linear(INPUTS, OUTPUTS), "classifier": nn.Linear(OUTPUTS, 2)})
        train_adapters_only(made, Lora(target_modules=("query",), rank=RANK, freeze_a=True), ("classifier.",))
        return made

    north, south = model(), model()
    assert set(trainable_arrays(north)) == {
        "classifier.bias",
        "classifier.weight",
        "query.lora_B.default.weight",
    }
    assert frozen_sha256(north) == frozen_sha256(south)
    (a,) = (value.detach().numpy() for name, value in north.named_parameters() if ".lora_A." in name)
    generator = np.random.default_rng(0)
    b1, b2 = (generator.normal(size=(OUTPUTS, RANK)) for _ in range(2))
    np.testing.assert_allclose((b1 + b2) / 2 @ a, (b1 @ a + b2 @ a) / 2, atol=1e-12)


def test_lora_svd_without_adapters_is_refused() -> None:
    with pytest.raises(ValueError, match=r"no task\.adapter"):
        Study.model_validate(
            {
                **study("lora-svd").model_dump(mode="json"),
                "task": {"name": "note_classification", "model": {"architecture": "bert"}},
            }
        )
