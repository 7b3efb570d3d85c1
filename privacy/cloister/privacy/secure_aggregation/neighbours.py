"""Who masks with whom and holds whose shares: everybody with everybody, or a sparse graph above 50 sites.

The sparse graph puts the sites on a ring in an order that the round's advertisements determine, and joins each to the
k nearest (Bell et al. 2020, section 3). k and the threshold t are the smallest for which, by the exact hypergeometric
tail and a union bound over all sites,

    2 t > k + 1 + colluders among the k      except with probability 2^-40: nobody's two secrets can both be had
    answers among the k + 1 >= t             except with probability 2^-20: the round can be finished

so a neighbourhood keeps the promise that all sites together keep. On the complete graph both hold with certainty.
"""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from cloister.study.errors import InputError

COMPLETE_UP_TO = 50
_SECURITY, _CORRECTNESS = Fraction(1, 2**40), Fraction(1, 2**20)
_DROPPING = Fraction(1, 4)
"""Share of sites that may drop out of a round on the sparse graph."""


@dataclass(frozen=True)
class Degree:
    """Neighbours of each site, and how many of its share holders (they and the site itself) give a secret back."""

    neighbours: int
    threshold: int


@functools.lru_cache(maxsize=256)
def degree_for(sites: int, colluding: int) -> Degree:
    """Neighbours and threshold for a cohort.

    Args:
        sites: in the round.
        colluding: sites that may work together with the coordinator.

    Raises:
        InputError: with so many colluding there is no safe threshold.
    """
    if not 0 <= colluding <= sites - 2:
        raise InputError(
            f"{colluding} of {sites} sites may collude: fewer than two honest ones are left.",
            "Tolerate fewer colluding sites, or invite more sites.",
        )
    if sites > COMPLETE_UP_TO:
        for k in range(16, sites - 1, 2):
            threshold = _safe_threshold(sites, colluding, k)
            if threshold is not None:
                return Degree(k, threshold)
    return Degree(sites - 1, (sites + colluding) // 2 + 1)


def neighbours_of(site: str, sites: Sequence[str], degree: int, order: bytes) -> tuple[str, ...]:
    """A site's neighbours, sorted; being a neighbour is mutual.

    Args:
        site: one of `sites`.
        sites: the cohort.
        degree: how many neighbours; even unless it is all others.
        order: what determines the ring, such as the digest of the round's advertisements.
    """
    if degree >= len(sites) - 1:
        return tuple(sorted(other for other in sites if other != site))
    ring = sorted(sites, key=lambda name: hashlib.sha256(b"cloister/v1/secagg/ring/" + order + name.encode()).digest())
    place = ring.index(site)
    steps = (*range(-(degree // 2), 0), *range(1, degree // 2 + 1))
    return tuple(sorted(ring[(place + step) % len(ring)] for step in steps))


def _safe_threshold(sites: int, colluding: int, k: int) -> int | None:
    """The smallest threshold that is secure with k neighbours, or None if rounds would then not finish."""
    for threshold in range((k + 1) // 2 + 1, k + 2):
        too_many = 2 * threshold - (k + 1)
        if sites * _at_least(too_many, sites - 1, colluding, k) <= _SECURITY:
            dropping = math.ceil(_DROPPING * sites)
            unfinished = sites * _at_least(k + 1 - threshold + 1, sites, dropping, k + 1)
            return threshold if unfinished <= _CORRECTNESS else None
    return None


def _at_least(wanted: int, population: int, marked: int, drawn: int) -> Fraction:
    """P[at least `wanted` marked ones] when drawing without replacement."""
    most = min(marked, drawn)
    favourable = sum(
        math.comb(marked, found) * math.comb(population - marked, drawn - found)
        for found in range(max(wanted, 0), most + 1)
        if drawn - found <= population - marked
    )
    return Fraction(favourable, math.comb(population, drawn))
