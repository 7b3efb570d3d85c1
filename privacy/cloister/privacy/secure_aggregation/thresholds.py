"""How many share holders give a secret back, and how many survivors a site asks for before it gives a share.

Every site masks with every other one and holds shares of every other one's secrets. With N sites that advertised, of
which c may work together with the coordinator, a threshold t with 2 t > N + c keeps both secrets of one site from
coming out: an honest holder gives a share of one of them.

That alone leaves a way to sums below the minimum m. Sites do not compare what survivors they were shown, so the
coordinator may show each a different set, each with m sites in it: one chosen site is in all of them, and every other
one is missing in t. Then it holds the seed of the one and the mask keys of all the others, and so one site's vector.
Bonawitz et al. (2017) have sites agree on the survivors in an exchange of its own. Here sites ask for so many
survivors that counting forbids it, and the exchange is saved.

Let n sites be in the cohort, and let every site that answers miss at most e of them. Masks between honest sites whose
mask keys are unknown join all of these, so what can be learnt is the sum over them and nothing else. For that to be
fewer than m sites, c colluding ones counted, n - m + 1 honest sites have to be missing in t - c honest answers each;
N - n of these may come from sites that were shown another cohort. At most n - c sites answer, so it cannot be if

    (n - c) e < (n - m + 1) (t - c - (N - n))

Nor can it with x of the n having signed another set-up: they miss all sites of this one, and are missed by all of
these, which takes x off both factors on either side; (n - c - x) (e - x) < (n - m + 1 - x) (t - c - (N - n) - x)
follows for every x up to e. And where at least t survivors signed one set-up, no other one has as many.
"""

from __future__ import annotations

from cloister.study.errors import InputError


def threshold_of(sites: int, colluding: int) -> int:
    """How many of a secret's holders give it back.

    Args:
        sites: that advertised; all of them are holders, the secret's own site among them.
        colluding: sites that may work together with the coordinator.

    Raises:
        InputError: with so many colluding there is no safe threshold.
    """
    if not 0 <= colluding <= sites - 2:
        raise InputError(
            f"{colluding} of {sites} sites may collude: fewer than two honest ones are left.",
            "Tolerate fewer colluding sites, or invite more sites.",
        )
    return (sites + colluding) // 2 + 1


def survivors_needed(sites: int, cohort: int, minimum: int, colluding: int) -> int:
    """How many sites have to be in a sum before a site helps to unmask it.

    Args:
        sites: that advertised.
        cohort: sites that shared their secrets, and mask.
        minimum: fewest sites, colluding ones counted, over which a sum may come out.
        colluding: sites that may work together with the coordinator.

    Returns:
        At least `minimum` and the threshold. More than `cohort` if these are too few whoever survives.
    """
    threshold = threshold_of(sites, colluding)
    least = max(minimum, threshold)
    if cohort <= least:
        return least
    missing_each = threshold - colluding - (sites - cohort)
    most_missing = ((cohort - minimum + 1) * missing_each - 1) // (cohort - colluding)
    return max(least, cohort - most_missing)
