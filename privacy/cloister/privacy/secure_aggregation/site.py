"""The site's side of one round: advertise, share, mask, unmask. Each step can be taken once.

The state must be stored durably after each step and before its message is sent (`SiteRound.to_json`): a site that
forgot that it had masked or revealed could be made to do it again, and two vectors under one mask, or two answers for
one peer, give the secret away.

What a site checks before it reveals anything, so that it need not trust the coordinator:

- every key is signed by an enrolled identity of the roster for this run and round (no key can be substituted);
- at least `minimum` sites take part, and later are in the sum;
- every survivor signed the same set-up that this site masked under (nobody was shown other keys or another cohort);
- survivors and drop-outs are disjoint by construction, and only one answer is ever given. By telling some sites that a
  peer survived and others that it dropped out, neither both its secrets nor a sum below `minimum` can then be had:
  `thresholds` says why.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

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
    sign_set_up,
)
from cloister.privacy.secure_aggregation.thresholds import survivors_needed, threshold_of
from cloister.study.canonical import canonical_json
from cloister.study.errors import SecureAggregationError, TooFewSitesError
from cloister.study.untrusted_json import parse_json


@dataclass(frozen=True)
class Terms:
    """What is asked of every round.

    Args:
        minimum: fewest sites whose vectors are summed, this one included; at least 2. What holds is the least that any
            site of the round asks for.
        colluding: sites that may work together with the coordinator, the study's figure: all sites need the same.
    """

    minimum: int
    colluding: int = 0


@dataclass(frozen=True)
class Secrets:
    """A site's secrets of one round."""

    sealing: bytes
    mask: bytes
    seed: bytes

    def __repr__(self) -> str:
        return "Secrets(…)"


@dataclass(frozen=True)
class SiteRound:
    """One site in one round, as it stands. Every method gives the next state together with the message to send."""

    site: str
    round_id: RoundId
    terms: Terms
    secrets: Secrets
    advertisements: tuple[Advertisement, ...] = ()
    """Those of the round, since `share`."""
    holders: tuple[str, ...] = ()
    """Who got shares: all of the round, the site itself among them. The place is the share's point less one."""
    own_shares: tuple[str, str] = ("", "")
    """The site's shares of its own seed and mask key, hexadecimal."""
    cohort: tuple[str, ...] = ()
    """Those who shared, since `mask`."""
    peer_shares: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Peer -> its shares of seed and mask key, hexadecimal, since `mask`."""
    revealed: bool = False

    @classmethod
    def advertise(
        cls, site: str, round_id: RoundId, terms: Terms, identity: Ed25519PrivateKey
    ) -> tuple[SiteRound, Advertisement]:
        """Fresh secrets, and their public parts."""
        sealing, mask, seed = X25519PrivateKey.generate(), X25519PrivateKey.generate(), secrets.token_bytes(32)
        unsigned = Advertisement(site, _public(sealing), _public(mask), seed_commitment(seed), signature=b"")
        signed = replace(unsigned, signature=identity.sign(unsigned.signed_bytes(round_id)))
        kept = Secrets(sealing.private_bytes_raw(), mask.private_bytes_raw(), seed)
        return cls(site, round_id, terms, kept), signed

    def share(
        self, advertisements: Sequence[Advertisement], identities: Identities
    ) -> tuple[SiteRound, dict[str, bytes]]:
        """Split both secrets among all.

        Args:
            advertisements: of all sites that take part, this one's among them.
            identities: the study's roster.

        Returns:
            The state, and peer -> its two shares, sealed.

        Raises:
            SecureAggregationError: an advertisement is not genuine or of no use, or this was done before.
            TooFewSitesError: fewer sites than the minimum.
        """
        if self.advertisements:
            raise self._refusal("the secrets of this round were shared before")
        names = [ad.site for ad in advertisements]
        if len(set(names)) != len(names):
            raise self._refusal("a site advertised twice")
        for ad in advertisements:
            if not ad.is_genuine(self.round_id, identities):
                raise self._refusal("an advertisement is not signed by an enrolled site")
            if not ad.is_usable:
                raise self._refusal(f"the keys of {ad.site} are of no use")
        if not any(self._is_own(ad) for ad in advertisements):
            raise self._refusal("this site's own advertisement is missing or was changed")
        self._check_cohort(len(names))
        holders, threshold = tuple(sorted(names)), threshold_of(len(names), self.terms.colluding)
        seeds = shamir.split(self.secrets.seed, threshold, len(holders))
        keys = shamir.split(self.secrets.mask, threshold, len(holders))
        by_name = {ad.site: ad for ad in advertisements}
        sealed = {
            peer: self._seal(by_name[peer], seeds[place] + keys[place])
            for place, peer in enumerate(holders)
            if peer != self.site
        }
        own = holders.index(self.site)
        state = replace(
            self,
            advertisements=tuple(advertisements),
            holders=holders,
            own_shares=(seeds[own].hex(), keys[own].hex()),
        )
        return state, sealed

    def mask(
        self, vector: Words, cohort: Sequence[str], sealed: Mapping[str, bytes], identity: Ed25519PrivateKey
    ) -> tuple[SiteRound, MaskedVector]:
        """Mask a vector, in a copy.

        Args:
            vector: integers modulo 2^32.
            cohort: the sites that shared their secrets, this one among them.
            sealed: peer -> the shares that it sealed for this site, for every other one in the cohort.
            identity: signs the set-up.

        Raises:
            SecureAggregationError: something was changed on the way, or this was done before.
            TooFewSitesError: fewer sites than the minimum, or too few to unmask.
        """
        if not self.advertisements:
            raise self._refusal("secrets have to be shared before a vector is masked")
        if self.cohort:
            raise self._refusal("a vector was masked in this round before")
        names = set(cohort)
        if self.site not in names or len(names) != len(cohort) or not names <= {ad.site for ad in self.advertisements}:
            raise self._refusal("the cohort is not made of sites that advertised")
        self._check_cohort(len(names))
        self._check_survivors(len(names), len(names))
        peers = sorted(names - {self.site})
        if not set(peers) <= sealed.keys():
            raise self._refusal("a peer's shares are missing")
        by_name = {ad.site: ad for ad in self.advertisements}
        shares = {peer: self._open(by_name[peer], sealed[peer]) for peer in peers}
        masked = vector.copy()
        round_id = self.round_id
        add_mask(masked, own_mask_key(self.secrets.seed, round_id.run_id, round_id.number, self.site), 1)
        for peer in peers:
            key = pair_key(
                self.secrets.mask, by_name[peer].mask_key, "mask", round_id.run_id, round_id.number, (self.site, peer)
            )
            add_mask(masked, key, sign_between(self.site, peer))
        state = replace(self, cohort=tuple(sorted(names)), peer_shares=shares)
        return state, MaskedVector(self.site, masked, sign_set_up(identity, self.site, state._digest))

    def unmask(self, agreements: Mapping[str, bytes], identities: Identities) -> tuple[SiteRound, Revealed]:
        """Reveal what takes the masks off the sum over the survivors.

        Args:
            agreements: survivor -> its signature over the set-up.
            identities: the study's roster.

        Raises:
            SecureAggregationError: a survivor did not agree to this site's set-up, or an answer was given before.
            TooFewSitesError: fewer survivors than rule out that a sum below the minimum is unmasked.
        """
        if not self.cohort:
            raise self._refusal("this site masked nothing in this round")
        if self.revealed:
            raise self._refusal("an answer was given before")
        if not agreements.keys() <= set(self.cohort):
            raise self._refusal("a survivor was not in the cohort")
        if self.site not in agreements:
            raise self._refusal("this site is not among the survivors")
        self._check_survivors(len(self.cohort), len(agreements))
        digest = self._digest
        for survivor, signature in agreements.items():
            if not agrees(survivor, digest, signature, identities):
                raise self._refusal("a survivor did not sign this set-up")
        held = {**self.peer_shares, self.site: self.own_shares}
        revealed = Revealed(
            site=self.site,
            seeds={peer: bytes.fromhex(seed) for peer, (seed, _) in held.items() if peer in agreements},
            mask_keys={peer: bytes.fromhex(key) for peer, (_, key) in held.items() if peer not in agreements},
        )
        return replace(self, revealed=True), revealed

    def to_json(self) -> bytes:
        """Everything, secrets included: to be kept where only the site can read it, until the round is over."""
        fields = asdict(self)
        fields["secrets"] = {name: value.hex() for name, value in fields["secrets"].items()}
        fields["advertisements"] = [
            {name: value.hex() if isinstance(value, bytes) else value for name, value in ad.items()}
            for ad in fields["advertisements"]
        ]
        return canonical_json({"format": _FORMAT, **fields})

    @classmethod
    def from_json(cls, content: bytes) -> SiteRound:
        """What `to_json` wrote.

        Raises:
            SecureAggregationError: it is something else.
        """
        try:
            fields = parse_json(content)
            # Names that hold half a surrogate pair, for one, could be read and never be written again.
            if canonical_json(fields) != content or fields.pop("format") != _FORMAT:
                raise ValueError("another format")
            return cls(
                site=fields["site"],
                round_id=RoundId(**fields["round_id"]),
                terms=Terms(**fields["terms"]),
                secrets=Secrets(**{name: bytes.fromhex(value) for name, value in fields["secrets"].items()}),
                advertisements=tuple(
                    Advertisement(
                        site=ad["site"],
                        **{name: bytes.fromhex(value) for name, value in ad.items() if name != "site"},
                    )
                    for ad in fields["advertisements"]
                ),
                holders=tuple(fields["holders"]),
                own_shares=tuple(fields["own_shares"]),
                cohort=tuple(fields["cohort"]),
                peer_shares={peer: tuple(shares) for peer, shares in fields["peer_shares"].items()},
                revealed=fields["revealed"],
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SecureAggregationError(
                "The stored state of a secure aggregation round cannot be read.",
                "Let the round fail; the next one starts from fresh secrets.",
            ) from None

    @property
    def _digest(self) -> bytes:
        return set_up_digest(self.round_id, self.advertisements, self.cohort)

    def _check_cohort(self, sites: int) -> None:
        if sites < max(self.terms.minimum, 2):
            raise TooFewSitesError(
                f"Round {self.round_id.number}: {sites} sites, and the study asks for {self.terms.minimum}.",
                "Wait until more sites are connected.",
            )

    def _check_survivors(self, cohort: int, survivors: int) -> None:
        minimum, colluding = max(self.terms.minimum, 2), self.terms.colluding
        needed = survivors_needed(len(self.advertisements), cohort, minimum, colluding)
        if survivors < needed:
            raise TooFewSitesError(
                f"Round {self.round_id.number}: {survivors} of {cohort} sites are left, and {needed} are needed to "
                f"unmask no sum over fewer than {minimum}.",
                "Start the round again when more sites are connected.",
            )

    def _is_own(self, ad: Advertisement) -> bool:
        own = (
            _public(X25519PrivateKey.from_private_bytes(self.secrets.sealing)),
            _public(X25519PrivateKey.from_private_bytes(self.secrets.mask)),
            seed_commitment(self.secrets.seed),
        )
        return (ad.site, ad.sealing_key, ad.mask_key, ad.seed_commitment) == (self.site, *own)

    def _sealing_key(self, peer: Advertisement) -> bytes:
        run_id, number = self.round_id.run_id, self.round_id.number
        return pair_key(self.secrets.sealing, peer.sealing_key, "seal", run_id, number, (self.site, peer.site))

    def _seal(self, peer: Advertisement, shares: bytes) -> bytes:
        return AESGCM(self._sealing_key(peer)).encrypt(self._nonce(self.site, peer.site), shares, None)

    def _open(self, peer: Advertisement, sealed: bytes) -> tuple[str, str]:
        try:
            shares = AESGCM(self._sealing_key(peer)).decrypt(self._nonce(peer.site, self.site), sealed, None)
        except InvalidTag:
            raise self._refusal(f"the shares of {peer.site} were changed on the way, or are none") from None
        if len(shares) != 2 * shamir.SHARE_BYTES:
            raise self._refusal(f"the shares of {peer.site} have another length")
        return shares[: shamir.SHARE_BYTES].hex(), shares[shamir.SHARE_BYTES :].hex()

    @staticmethod
    def _nonce(sender: str, receiver: str) -> bytes:
        """The two directions of a pair share one key, used once each: the nonce tells them apart."""
        return bytes(11) + (b"\x01" if sender < receiver else b"\x02")

    def _refusal(self, reason: str) -> SecureAggregationError:
        return SecureAggregationError(
            f"{self.site}, round {self.round_id.number}: {reason}.",
            "Nothing was revealed. Let the round fail, and look into who sent this.",
        )


_FORMAT = "cloister-secure-aggregation-site-1"


def sign_between(site: str, peer: str) -> int:
    """1 for the one of two sites that adds their common mask, -1 for the one that subtracts it."""
    return 1 if site < peer else -1


def _public(private: X25519PrivateKey) -> bytes:
    return private.public_key().public_bytes_raw()
