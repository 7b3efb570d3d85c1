"""The coordinator's side of one round: it adds up masked vectors as they come and takes the masks off the sum.

It keeps one vector however many sites there are. It can cheat no further than the sites' own checks allow; what it
checks itself keeps a faulty site from spoiling the round.
"""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import numpy as np
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from cloister.privacy.secure_aggregation import shamir
from cloister.privacy.secure_aggregation.fixed_point import Words
from cloister.privacy.secure_aggregation.masks import add_mask, own_mask_key, pair_key
from cloister.privacy.secure_aggregation.messages import (
    Advertisement,
    Identities,
    MaskedVector,
    Revealed,
    RoundId,
    agrees,
    seed_commitment,
    set_up_digest,
)
from cloister.privacy.secure_aggregation.site import sign_between
from cloister.privacy.secure_aggregation.thresholds import survivors_needed, threshold_of
from cloister.study.errors import SecureAggregationError, TooFewSitesError, UpdateRefusedError

_Check = Callable[[str, bytes], bool]
_MOST_TRIES = 2000
"""Sets of shares that are tried for one secret: all of up to 13 sites, any two wrong ones of a hundred."""
log = logging.getLogger("cloister.coordinator")


class CoordinatorRound:
    """One round.

    Args:
        round_id: run and round.
        identities: the study's roster.
        advertisements: of the sites that take part; those that are not genuine, or of no use to the others, are
            left out.
        size: length of every vector.
        minimum: fewest sites whose vectors are summed, as the sites have it.
        colluding: as the sites have it.

    Raises:
        TooFewSitesError: without those that may collude, fewer than two sites.
    """

    def __init__(
        self,
        round_id: RoundId,
        identities: Identities,
        advertisements: Iterable[Advertisement],
        size: int,
        minimum: int = 2,
        colluding: int = 0,
    ) -> None:
        self.round_id = round_id
        self._identities = identities
        genuine = [ad for ad in advertisements if ad.is_genuine(round_id, identities)]
        self._by_name = {ad.site: ad for ad in genuine if ad.is_usable}
        for site in sorted({ad.site for ad in genuine} - self._by_name.keys()):
            log.warning("round %d: %s advertises keys of no use; left out", round_id.number, site)
        self.advertisements = tuple(self._by_name[site] for site in sorted(self._by_name))
        if (count := len(self.advertisements)) < (needed := 2 + colluding):
            raise TooFewSitesError(
                f"Round {round_id.number}: {count} of the {needed} sites needed for secure aggregation gave keys.",
                "Wait for more sites.",
            )
        self._minimum, self._colluding = max(minimum, 2), colluding
        self.threshold = threshold_of(len(self.advertisements), colluding)
        """How many have to answer for the masks to come off."""
        self._sealed: dict[str, Mapping[str, bytes]] = {}
        self._cohort: tuple[str, ...] = ()
        self._sum: Words = np.zeros(size, np.uint32)
        self.agreements: dict[str, bytes] = {}
        """Survivor -> its signature over the set-up, as they arrive: what `SiteRound.unmask` is asked with."""
        self._liars = set[str]()
        """Who was found to reveal wrong shares; theirs are used last."""

    def add_shares(self, site: str, sealed: Mapping[str, bytes]) -> None:
        """Take a site's sealed shares.

        Raises:
            SecureAggregationError: they are not for exactly all others, or came twice, or too late.
        """
        if self._cohort or site in self._sealed or site not in self._by_name:
            raise self._refusal(f"shares of {site} came twice, too late, or unasked")
        if sealed.keys() != self._by_name.keys() - {site}:
            raise self._refusal(f"shares of {site} are not for all others")
        self._sealed[site] = dict(sealed)

    def close_cohort(self) -> tuple[str, ...]:
        """The sites that shared: from now on masks are among these.

        Raises:
            TooFewSitesError: too few to unmask.
        """
        self._cohort = tuple(sorted(self._sealed))
        if (count := len(self._cohort)) < (needed := self.survivors_needed):
            raise TooFewSitesError(
                f"Round {self.round_id.number}: {count} of the {needed} sites needed shared their secrets.",
                "Look into the sites' own logs for the reason, then resume the run.",
            )
        return self._cohort

    @property
    def sealed(self) -> Mapping[str, Mapping[str, bytes]]:
        """Site -> peer -> its sealed shares, as they were added."""
        return self._sealed

    @property
    def summed(self) -> Words:
        """The sum so far, under masks."""
        return self._sum

    def take_up(self, summed: Words, agreements: Mapping[str, bytes]) -> None:
        """Go on from a sum that was kept, with the signatures of those in it; the cohort is closed already.

        Raises:
            SecureAggregationError: it does not belong to this round.
        """
        if self.agreements or not agreements.keys() <= set(self._cohort) or summed.shape != self._sum.shape:
            raise self._refusal("a sum was kept that is of another round")
        self._sum, self.agreements = np.require(summed, requirements="W"), dict(agreements)

    def sealed_for(self, site: str) -> dict[str, bytes]:
        """What the others of the cohort sealed for a site."""
        return {peer: shares[site] for peer, shares in sorted(self._sealed.items()) if peer != site}

    def add_vector(self, masked: MaskedVector) -> None:
        """Add a masked vector to the sum.

        Raises:
            SecureAggregationError: the site is not in the cohort, came twice, or masked under another set-up.
            UpdateRefusedError: the vector has another length or type.
        """
        if masked.site not in self._cohort or masked.site in self.agreements:
            raise self._refusal(f"the vector of {masked.site} came twice or unasked")
        if masked.vector.dtype != np.uint32 or masked.vector.shape != self._sum.shape:
            raise UpdateRefusedError(
                f"{masked.site}: a vector of {masked.vector.dtype}{masked.vector.shape}, not uint32{self._sum.shape}.",
                "Update the site's software.",
            )
        digest = set_up_digest(self.round_id, self.advertisements, self._cohort)
        if not agrees(masked.site, digest, masked.signature, self._identities):
            raise self._refusal(f"{masked.site} masked under another set-up")
        self._sum += masked.vector
        self.agreements[masked.site] = masked.signature

    @property
    def survivors_needed(self) -> int:
        """How many vectors have to arrive; for a closed cohort."""
        return survivors_needed(len(self.advertisements), len(self._cohort), self._minimum, self._colluding)

    def check_survivors(self) -> None:
        """Before asking to unmask.

        Raises:
            TooFewSitesError: the survivors will not take the masks off.
        """
        if len(self.agreements) < self.survivors_needed:
            raise TooFewSitesError(
                f"Round {self.round_id.number}: {len(self.agreements)} of {len(self._cohort)} vectors arrived, and "
                f"{self.survivors_needed} are needed to take the masks off.",
                "Start the round again; nothing was revealed.",
            )

    def is_whole(self, answer: Revealed) -> bool:
        """Whether it has a share of every secret that is needed; whether these are right shows once they are joined."""
        survived = self.agreements.keys()
        return answer.seeds.keys() >= survived and answer.mask_keys.keys() >= set(self._cohort) - survived

    def unmask(self, answers: Sequence[Revealed]) -> Words:
        """The sum of the survivors' vectors, modulo 2^32. The round is then over, and its sum given away.

        Args:
            answers: of at least the threshold of the sites.

        Raises:
            TooFewSitesError: too few answers.
            SecureAggregationError: shares do not give back what was advertised.
        """
        self.check_survivors()
        # All secrets first: what is missing shows while the sum is as it was.
        masks: list[tuple[bytes, int]] = []
        for site in self._cohort:
            if site in self.agreements:
                seed = self._recover(site, {answer.site: answer.seeds for answer in answers}, self._is_seed)
                key = own_mask_key(seed, self.round_id.run_id, self.round_id.number, site)
                masks.append((key, -1))
            else:
                private = self._recover(site, {answer.site: answer.mask_keys for answer in answers}, self._is_mask_key)
                masks += [(key, -sign_between(peer, site)) for peer, key in self._pair_keys(site, private)]
        total, self._sum = self._sum, np.zeros(0, np.uint32)
        for key, sign in masks:
            add_mask(total, key, sign)
        return total

    def _pair_keys(self, dropped: str, private: bytes) -> Iterator[tuple[str, bytes]]:
        run_id, number = self.round_id.run_id, self.round_id.number
        for peer in self.agreements:
            public = self._by_name[peer].mask_key
            yield peer, pair_key(private, public, "mask", run_id, number, (dropped, peer))

    def _recover(self, site: str, answers: Mapping[str, Mapping[str, bytes]], check: _Check) -> bytes:
        point_of = {ad.site: place + 1 for place, ad in enumerate(self.advertisements)}
        holders = [name for name in point_of if name in answers and site in answers[name]]
        holders.sort(key=lambda name: name in self._liars)
        shares = {name: answers[name][site] for name in holders}
        needed = self.threshold
        if len(shares) < needed:
            raise TooFewSitesError(
                f"Round {self.round_id.number}: {len(shares)} shares of a secret of {site}, and {needed} are needed.",
                "Start the round again; nothing was revealed.",
            )
        for left_out in itertools.islice(_left_out(holders, needed), _MOST_TRIES):
            taken = [name for name in holders if name not in left_out][:needed]
            secret = shamir.join({point_of[name]: shares[name] for name in taken})
            if secret is not None and check(site, secret):
                self._found_out(left_out)
                return secret
        raise self._refusal(
            f"the shares of a secret of {site} do not give back what it advertised: it dealt wrong ones, or one of "
            f"these reveals wrong ones: {', '.join(sorted(holders))}"
        )

    def _found_out(self, liars: Sequence[str]) -> None:
        for name in sorted(set(liars) - self._liars):
            log.warning("round %d: %s reveals wrong shares; left out", self.round_id.number, name)
            self._liars.add(name)

    def _is_seed(self, site: str, secret: bytes) -> bool:
        return seed_commitment(secret) == self._by_name[site].seed_commitment

    def _is_mask_key(self, site: str, secret: bytes) -> bool:
        public = X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
        return public == self._by_name[site].mask_key

    def _refusal(self, reason: str) -> SecureAggregationError:
        return SecureAggregationError(
            f"Round {self.round_id.number}: {reason}.", "Look into the site concerned; the round goes on without it."
        )


def _left_out(holders: Sequence[str], needed: int) -> Iterator[tuple[str, ...]]:
    """Whom to leave out, fewer first, so that the first `needed` of the others are other ones each time.

    The first set with which it works holds nobody whose share is right: without them it would have worked before.
    """
    for size in range(len(holders) - needed + 1):
        yield from itertools.combinations(holders[: needed + size - 1], size)
