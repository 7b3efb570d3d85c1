from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.simulation.partition import dirichlet_partition
from cloister.study.errors import DataError

labels = st.lists(st.sampled_from("abcdef"), min_size=8, max_size=120)
rosters = st.lists(st.sampled_from(["a", "b", "north", "south", "x-1"]), min_size=1, max_size=5, unique=True)
alphas = st.sampled_from([1e-8, 1e-3, 0.1, 1.0, 10.0, 1e6])


@given(labels, rosters, alphas, st.integers(0, 2**31))
def test_every_record_goes_to_exactly_one_site_and_no_site_is_starved(
    labels: list[str], roster: list[str], alpha: float, seed: int
) -> None:
    parts = dirichlet_partition(labels, roster, alpha, seed)

    assert set(parts) == set(roster)
    assert sorted(position for part in parts.values() for position in part) == list(range(len(labels)))
    sizes = [len(part) for part in parts.values()]
    assert max(sizes) - min(sizes) <= 1


@given(labels, rosters, alphas, st.integers(0, 2**31))
def test_seed_decides_and_the_order_of_the_roster_does_not(
    labels: list[str], roster: list[str], alpha: float, seed: int
) -> None:
    assert dirichlet_partition(labels, roster, alpha, seed) == dirichlet_partition(labels, roster[::-1], alpha, seed)


def distance_to_whole(alpha: float, seed: int) -> float:
    """Mean over sites of the total variation distance between a site's label shares and those of the whole."""
    labels = np.random.default_rng(seed).choice(list("abcd"), size=2000, p=[0.4, 0.3, 0.2, 0.1]).tolist()
    whole = np.array([labels.count(label) for label in "abcd"]) / len(labels)
    distances = []
    for part in dirichlet_partition(labels, ["r", "s", "t", "u"], alpha, seed).values():
        mine = [labels[position] for position in part]
        shares = np.array([mine.count(label) for label in "abcd"]) / len(mine)
        distances.append(0.5 * np.abs(shares - whole).sum())
    return float(np.mean(distances))


def test_alpha_sets_how_much_sites_differ() -> None:
    """Means over 10 fixed seeds, which cannot fail by chance; sampling error of a share of 500 records is about .02."""
    near, middle, far = (np.mean([distance_to_whole(alpha, seed) for seed in range(10)]) for alpha in (1e6, 1.0, 0.01))

    assert near < 0.04
    assert near < middle - 0.1
    assert middle < far - 0.05


def test_more_sites_than_records_are_refused() -> None:
    with pytest.raises(DataError, match="2 records"):
        dirichlet_partition(["a", "b"], ["r", "s", "t"], 1.0, 0)
