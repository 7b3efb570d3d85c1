"""Who was exposed to what, and what that cost the patient it cost most.

A load is what one patient was exposed to. Patients who are in the same populations have the same load, so the epsilon
of hundreds of thousands of patients is that of a few loads. Of these, only the ones that the quick bound (RDP) does
not clear are composed exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from cloister.privacy.accounting import Mechanism, epsilon_of, merge

Load = Counter[tuple[float, float]]
"""(sample rate, noise multiplier) -> steps."""
Segments = tuple[Mechanism, ...]
Tight = Callable[[Segments], float]
"""Epsilon of segments, as exactly as it can be had, never too small."""


def loads_of_patients(
    by_population: Mapping[str, Load], members: Mapping[str, Iterable[str]], among: frozenset[str] | None = None
) -> list[Segments]:
    """The different loads that patients carry.

    Args:
        by_population: what was reserved for each population.
        members: the patients of each of these.
        among: look at these patients only; at all if absent.
    """
    group_of: dict[str, int] = {}
    joined: list[frozenset[str]] = [frozenset()]
    for population in by_population:
        next_group: dict[int, int] = {}
        for patient in members[population]:
            if among is not None and patient not in among:
                continue
            group = group_of.get(patient, 0)
            if group not in next_group:
                next_group[group] = len(joined)
                joined.append(joined[group] | {population})
            group_of[patient] = next_group[group]
    distinct = {joined[group] for group in set(group_of.values())}
    return list({_segments(sum((by_population[name] for name in names), start=Counter())) for names in distinct})


def highest(loads: Iterable[Segments], delta: float, tight: Tight | None) -> float:
    """Epsilon of the load that costs most; by the quick bound alone without `tight`."""
    most = 0.0
    for bound, load in _by_bound(loads, delta):
        if bound <= most:
            break
        most = max(most, bound if tight is None else tight(load))
    return most


def exceeding(loads: Iterable[Segments], delta: float, limit: float, tight: Tight) -> float | None:
    """Epsilon of a load that is above the limit; None if no load is."""
    for bound, load in _by_bound(loads, delta):
        # Both are upper bounds, so the quick one may clear, and only the tight one may refuse.
        if bound <= limit:
            return None
        epsilon = tight(load)
        if not epsilon <= limit:
            return epsilon
    return None


def _by_bound(loads: Iterable[Segments], delta: float) -> Iterator[tuple[float, Segments]]:
    yield from sorted(((epsilon_of(load, delta, "rdp"), load) for load in loads), key=lambda pair: -pair[0])


def _segments(load: Load) -> Segments:
    return merge(Mechanism(*setting, steps) for setting, steps in load.items())
