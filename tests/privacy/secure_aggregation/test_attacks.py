"""A coordinator that cheats, and sites that do: each attack is tried against the real state machines."""

import itertools
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.privacy.secure_aggregation.messages import MaskedVector, RoundId
from cloister.privacy.secure_aggregation.site import SiteRound
from cloister.privacy.secure_aggregation.thresholds import survivors_needed, threshold_of
from cloister.study.errors import SecureAggregationError, TooFewSitesError, UpdateRefusedError

CohortOf = Callable[..., Any]


def masked_round(cohort_of: CohortOf, sites: int = 4, **terms: int) -> Any:
    """A cohort in which everybody masked."""
    cohort = cohort_of(sites, **terms)
    cohort.share()
    cohort.masked = cohort.mask(cohort.random_vectors(1))
    for vector in cohort.masked.values():
        cohort.coordinator.add_vector(vector)
    return cohort


def test_a_substituted_key_is_refused(cohort_of: CohortOf) -> None:
    """The coordinator puts itself in the middle: it knows the private half of the key it hands out."""
    cohort = cohort_of(3)
    _, forged = SiteRound.advertise("site-001", cohort.round_id, cohort.terms, Ed25519PrivateKey.generate())
    for changed in (forged, replace(cohort.adverts[1], mask_key=forged.mask_key)):
        adverts = [cohort.adverts[0], changed, cohort.adverts[2]]
        with pytest.raises(SecureAggregationError, match="not signed by an enrolled site"):
            cohort.sites["site-000"].share(adverts, cohort.identities)


def test_a_site_that_is_not_on_the_roster_is_refused(cohort_of: CohortOf) -> None:
    cohort = cohort_of(3)
    _, stranger = SiteRound.advertise("site-999", cohort.round_id, cohort.terms, Ed25519PrivateKey.generate())
    with pytest.raises(SecureAggregationError, match="enrolled"):
        cohort.sites["site-000"].share([*cohort.adverts, stranger], cohort.identities)


def test_advertisements_of_another_round_or_run_are_refused(cohort_of: CohortOf) -> None:
    cohort = cohort_of(3)
    for elsewhere in (RoundId("run-1", 2), RoundId("run-2", 3)):
        _, old = SiteRound.advertise("site-001", elsewhere, cohort.terms, cohort.keys["site-001"])
        with pytest.raises(SecureAggregationError, match="enrolled"):
            cohort.sites["site-000"].share([cohort.adverts[0], old, cohort.adverts[2]], cohort.identities)


def test_one_site_cannot_appear_as_two(cohort_of: CohortOf) -> None:
    cohort = cohort_of(2, minimum=3)
    twice = [*cohort.adverts, cohort.adverts[1]]
    with pytest.raises(SecureAggregationError, match="twice"):
        cohort.sites["site-000"].share(twice, cohort.identities)


def test_a_cohort_below_the_sites_minimum_gets_nothing(cohort_of: CohortOf) -> None:
    cohort = cohort_of(4, minimum=4)
    with pytest.raises(TooFewSitesError):
        cohort.sites["site-000"].share(cohort.adverts[:3], cohort.identities)
    cohort.share()
    cohort.coordinator.close_cohort()
    sealed = cohort.coordinator.sealed_for("site-000")
    with pytest.raises(TooFewSitesError):
        cohort.sites["site-000"].mask(np.zeros(20, np.uint32), cohort.names[:3], sealed, cohort.keys["site-000"])


def test_nothing_is_unmasked_for_fewer_survivors_than_the_sites_minimum(cohort_of: CohortOf) -> None:
    cohort = masked_round(cohort_of, minimum=3)
    two = dict(list(cohort.coordinator.agreements.items())[:2])
    with pytest.raises(TooFewSitesError):
        cohort.sites["site-000"].unmask(two, cohort.identities)


def test_a_site_never_answers_twice_whatever_it_is_asked(cohort_of: CohortOf) -> None:
    """Two survivor sets, or first `survived` and then `dropped out` for one peer, would give both its secrets away."""
    cohort = masked_round(cohort_of)
    everybody = cohort.coordinator.agreements
    state, _ = cohort.sites["site-000"].unmask(everybody, cohort.identities)
    without_one = {name: signature for name, signature in everybody.items() if name != "site-003"}
    for agreements in (everybody, without_one):
        with pytest.raises(SecureAggregationError, match="before"):
            SiteRound.from_json(state.to_json()).unmask(agreements, cohort.identities)


def test_two_vectors_never_leave_under_one_mask(cohort_of: CohortOf) -> None:
    cohort = masked_round(cohort_of)
    sealed = cohort.coordinator.sealed_for("site-000")
    with pytest.raises(SecureAggregationError, match="before"):
        cohort.sites["site-000"].mask(np.zeros(20, np.uint32), cohort.names, sealed, cohort.keys["site-000"])
    with pytest.raises(SecureAggregationError, match="before"):
        cohort.sites["site-000"].share(cohort.adverts, cohort.identities)


@settings(max_examples=200)
@given(sites=st.integers(2, 50), data=st.data())
def test_telling_sites_different_survivors_gives_no_peers_two_secrets(sites: int, data: st.DataObject) -> None:
    """However honest sites are split, the two groups and all colluding ones cannot both reach the threshold."""
    colluding = data.draw(st.integers(0, sites - 2))
    told_survived = data.draw(st.integers(0, sites - colluding))
    told_dropped = sites - colluding - told_survived
    threshold = threshold_of(sites, colluding)
    assert not (told_survived + colluding >= threshold and told_dropped + colluding >= threshold)
    assert colluding < threshold


def test_the_split_is_tried_on_real_sites(cohort_of: CohortOf) -> None:
    """Half of the sites are told that site-003 dropped out, with which site-003 itself does not go along."""
    cohort = masked_round(cohort_of)
    everybody = dict(cohort.coordinator.agreements)
    without = {name: signature for name, signature in everybody.items() if name != "site-003"}
    seeds, keys = 0, 0
    for name in cohort.names[:3]:
        _, answer = cohort.sites[name].unmask(everybody if name == "site-000" else without, cohort.identities)
        seeds += "site-003" in answer.seeds
        keys += "site-003" in answer.mask_keys
        assert not answer.seeds.keys() & answer.mask_keys.keys()
    threshold = threshold_of(4, 0)
    assert not (seeds >= threshold and keys >= threshold)


def isolated(cohort: Any, answers: list[Any]) -> set[str]:
    """Whose sum alone can be unmasked: all but those whose mask keys can be had, if all of their seeds can be."""
    threshold = len(cohort.names) // 2 + 1
    seeds = Counter(peer for answer in answers for peer in answer.seeds)
    keys = Counter(peer for answer in answers for peer in answer.mask_keys)
    left = {name for name in cohort.names if keys[name] < threshold}
    return left if all(seeds[name] >= threshold for name in left) else set()


def shown(names: list[str], victims: int, survivors: int, place: int) -> list[str]:
    """What the site at `place` is told: the victims survived, and it, and as few others; in turn everybody did."""
    others = names[victims:]
    turn = [others[(max(place - victims, 0) + step) % len(others)] for step in range(survivors - victims)]
    return [*names[:victims], *turn]


@pytest.mark.parametrize(("sites", "minimum"), [(3, 2), (4, 3), (5, 2), (7, 3), (10, 3), (12, 5)])
def test_showing_each_site_survivors_of_its_own_unmasks_no_sum_below_the_minimum(
    cohort_of: CohortOf, sites: int, minimum: int
) -> None:
    """The victims' seeds, and the mask keys of all the others: no site's two secrets, and yet one site's vector."""
    cohort = masked_round(cohort_of, sites, minimum=minimum)
    agreements = cohort.coordinator.agreements
    for victims, survivors in itertools.product(range(1, minimum), range(minimum, sites + 1)):
        answers = []
        for place, name in enumerate(cohort.names):
            told = {peer: agreements[peer] for peer in shown(cohort.names, victims, survivors, place)}
            with suppress(TooFewSitesError):
                answers.append(cohort.sites[name].unmask(told, cohort.identities)[1])
        assert not 0 < len(isolated(cohort, answers)) < minimum


@settings(max_examples=300)
@given(data=st.data())
def test_no_split_of_sites_over_set_ups_and_survivors_unmasks_a_sum_below_the_minimum(data: st.DataObject) -> None:
    """By counting, the coordinator being granted more than it can do: every missing site is missed where it serves."""
    sites = data.draw(st.integers(3, 60))
    colluding = data.draw(st.integers(0, sites - 2))
    cohort = data.draw(st.integers(max(2, colluding + 1), sites))
    minimum = data.draw(st.integers(max(2, colluding + 1), cohort))
    needed = survivors_needed(sites, cohort, minimum, colluding)
    elsewhere = data.draw(st.integers(0, cohort))  # honest ones in the cohort that signed another set-up
    honest = cohort - colluding - elsewhere
    if honest + colluding < needed:
        return  # nobody of this set-up answers
    missing = honest - (minimum - colluding - 1)
    shares_to_have = missing * (threshold_of(sites, colluding) - colluding)
    from_others = missing * (elsewhere + sites - cohort)
    from_these = honest * min(missing, cohort - needed - elsewhere)
    assert from_others + from_these < shares_to_have


def test_a_site_that_is_told_it_dropped_out_helps_to_unmask_nobody(cohort_of: CohortOf) -> None:
    cohort = masked_round(cohort_of, 5)
    others = {name: signature for name, signature in cohort.coordinator.agreements.items() if name != "site-000"}
    with pytest.raises(SecureAggregationError, match="not among the survivors"):
        cohort.sites["site-000"].unmask(others, cohort.identities)


def test_survivors_have_to_have_signed_the_same_set_up(cohort_of: CohortOf) -> None:
    """The coordinator shows one site another cohort, to learn what its masks would have cancelled with."""
    cohort = cohort_of(4)
    cohort.share()
    names = cohort.coordinator.close_cohort()
    vectors = cohort.random_vectors(5)
    agreements = {}
    for name in names:
        shown = names if name != "site-000" else tuple(other for other in names if other != "site-003")
        sealed = cohort.coordinator.sealed_for(name)
        cohort.sites[name], masked = cohort.sites[name].mask(vectors[name], shown, sealed, cohort.keys[name])
        agreements[name] = masked.signature
    for name in names:
        with pytest.raises(SecureAggregationError, match=r"did not sign|not in the cohort"):
            cohort.sites[name].unmask(agreements, cohort.identities)


def test_shares_that_were_changed_on_the_way_are_noticed(cohort_of: CohortOf) -> None:
    cohort = cohort_of(3)
    cohort.share()
    names = cohort.coordinator.close_cohort()
    sealed = cohort.coordinator.sealed_for("site-000")
    reflected = {peer: cohort.coordinator.sealed_for(peer)["site-000"] for peer in sealed}
    cut = {peer: blob[:-1] for peer, blob in sealed.items()}
    for changed in (reflected, cut):
        with pytest.raises(SecureAggregationError, match="changed on the way"):
            cohort.sites["site-000"].mask(np.zeros(20, np.uint32), names, changed, cohort.keys["site-000"])


def test_the_coordinator_refuses_a_vector_of_another_shape_type_sender_or_round(cohort_of: CohortOf) -> None:
    cohort = cohort_of(3)
    cohort.share()
    masked = cohort.mask(cohort.random_vectors(1))
    good = masked["site-000"]
    for vector in (good.vector[:-1], good.vector.astype(np.uint64), np.zeros((20, 1), np.uint32)):
        with pytest.raises(UpdateRefusedError):
            cohort.coordinator.add_vector(MaskedVector("site-000", vector, good.signature))
    with pytest.raises(SecureAggregationError, match="another set-up"):
        cohort.coordinator.add_vector(MaskedVector("site-000", good.vector, masked["site-001"].signature))
    cohort.coordinator.add_vector(good)
    with pytest.raises(SecureAggregationError, match="twice"):
        cohort.coordinator.add_vector(good)
    with pytest.raises(SecureAggregationError, match="unasked"):
        cohort.coordinator.add_vector(MaskedVector("site-999", good.vector, good.signature))


def test_a_stored_state_that_was_altered_is_refused(cohort_of: CohortOf) -> None:
    state = cohort_of(3).sites["site-000"].to_json()
    half = state.replace(b"site-000", b"\\ud800")
    for content in (b"", b"{}", state[:-1], state.replace(b"site-1", b"site-9", 1), half, b" " + state):
        with pytest.raises(SecureAggregationError):
            SiteRound.from_json(content)


def test_secrets_do_not_show_in_a_repr(cohort_of: CohortOf) -> None:
    state = cohort_of(3).sites["site-000"]
    assert state.secrets.seed.hex() not in repr(state)
    assert repr(state.secrets.seed) not in repr(state)
