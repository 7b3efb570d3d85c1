"""Which notes are reviewed.

The uniform part is what the bound is computed from: notes in the order of a keyed hash of their references, which is a
random order that nobody picks, the same whenever it is asked for, so that a larger sample begins with the smaller
one. The uncertain part shows notes where a mistake is likely; it finds leaks, and it does not enter the bound.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cloister.study.keys import keyed_hash

CANDIDATES_PER_NOTE = 5
"""Notes that are looked through for each uncertain one that is wanted."""


def random_order(references: Iterable[str], key: bytes, dataset: str) -> list[str]:
    """The references in the keyed order.

    Args:
        references: of the dataset's notes, each once.
        key: the collection's `reference` sub-key.
        dataset: what identifies the dataset: another one has another order, so that a cleaning that was improved by the
            leaks of one sample is not measured on the same notes.
    """
    return sorted(references, key=lambda reference: keyed_hash(key, "review-sample", dataset, reference))


def most_uncertain(candidates: Sequence[str], wanted: int, uncertainty: Callable[[str], int]) -> list[str]:
    """The candidates most worth a look, the most uncertain first.

    Args:
        candidates: references, such as the next `wanted * CANDIDATES_PER_NOTE` in the random order.
        wanted: how many at most.
        uncertainty: reference -> how many of its findings are uncertain; notes with none are left out.
    """
    scored = [(uncertainty(reference), reference) for reference in candidates]
    ranked = sorted((item for item in scored if item[0]), key=lambda item: -item[0])
    return [reference for _, reference in ranked[:wanted]]
