"""How far three ways to average adapters end up from the mean of the sites' weight changes.

    python -m benchmarks.lora_averaging

Four sites train an adapter B A of rank 8 on a 64 x 64 weight. Each descends 1/2 |B A - D_i|^2, its loss on whitened
inputs, where D_i is the change that its own data ask for: a common part of rank 4 and, times the heterogeneity, a part
of its own of rank 4 and the same norm. A begins as peft begins it (Kaiming, uniform), B at zero. Ten rounds, 20 steps.

The oracle is the dense mean M of the sites' products B_i A_i, which no single adapter of that rank holds. The error is
|B A - M| / |M| in Frobenius norm for the averaged adapter B A of the first round, to which all methods come with the
same sites' adapters (those of FFA-LoRA, which train B alone, with their own). The last column is the distance of the
final adapter to the mean of the D_i, the optimum of the sum of losses, relative to its norm: FFA-LoRA averages without
error but reaches only what its frozen A spans.
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray

from cloister.strategies.lora_svd import mean_product

Floats = NDArray[np.float64]
Factors = tuple[Floats, Floats]
SIZE, RANK, SITES, ROUNDS, STEPS, RATE = 64, 8, 4, 10, 20, 0.5
SEEDS = range(5)
HETEROGENEITY = (0.0, 0.3, 1.0)
METHODS = {"factors": "mean of factors (naive)", "products": "mean of products (lora-svd)", "frozen": "frozen A (FFA)"}


def main() -> None:
    """Print the table."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    print(f"{'heterogeneity':>13}  {'average':28} {'error':>9} {'to optimum':>11}")
    for heterogeneity in HETEROGENEITY:
        for method, name in METHODS.items():
            error, distance = np.mean([run(method, heterogeneity, seed) for seed in SEEDS], axis=0)
            print(f"{heterogeneity:13.1f}  {name:28} {error:9.1e} {distance:11.3f}")
    print(f"Relative errors, means over {len(SEEDS)} seeds.")


def run(method: str, heterogeneity: float, seed: int) -> tuple[float, float]:
    """One federation: the first round's error, and the final distance to the optimum."""
    generator = np.random.default_rng(seed)
    common = low_rank(generator)
    wanted = [common + heterogeneity * low_rank(generator) for _ in range(SITES)]
    bound = np.sqrt(1 / SIZE)
    adapter: Factors = (np.zeros((SIZE, RANK)), generator.uniform(-bound, bound, (RANK, SIZE)))
    errors = []
    for _ in range(ROUNDS):
        trained = [train(adapter, target, train_a=method != "frozen") for target in wanted]
        dense = np.mean([b @ a for b, a in trained], axis=0)
        adapter = average(method, trained)
        errors.append(relative(adapter[0] @ adapter[1], dense))
    return errors[0], relative(adapter[0] @ adapter[1], np.mean(wanted, axis=0))


def low_rank(generator: np.random.Generator) -> Floats:
    """A change of rank 4 and norm 1."""
    product = generator.normal(size=(SIZE, 4)) @ generator.normal(size=(4, SIZE))
    return product / np.linalg.norm(product)


def train(adapter: Factors, target: Floats, *, train_a: bool) -> Factors:
    """A site's round."""
    b, a = adapter
    for _ in range(STEPS):
        residual = b @ a - target
        b, a = b - RATE * residual @ a.T, a - RATE * b.T @ residual if train_a else a
    return b, a


def average(method: str, trained: list[Factors]) -> Factors:
    """The coordinator's round."""
    if method == "products":
        return mean_product(trained, [1.0] * len(trained))
    # What FedAvg does with factors, without float32 in between.
    return np.mean([b for b, _ in trained], axis=0), np.mean([a for _, a in trained], axis=0)


def relative(found: Floats, expected: Floats) -> float:
    """Distance in units of the expected value's norm."""
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


if __name__ == "__main__":
    main()
