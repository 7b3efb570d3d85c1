"""The site's end of secure aggregation: the protocol's state machine, with its state kept on the disk.

Flower may answer each message in a process of its own, and a site may be killed at any time. So the state is written,
and flushed, before a message that depends on it leaves; what is not on the disk any more can never be revealed again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cloister.client.site_folder import SiteFolder
from cloister.privacy.randomness import RandomStream
from cloister.privacy.secure_aggregation import wire
from cloister.privacy.secure_aggregation.fixed_point import FixedPoint, Words
from cloister.privacy.secure_aggregation.messages import RoundId
from cloister.privacy.secure_aggregation.site import SiteRound, Terms
from cloister.study import atomic
from cloister.study.errors import SecureAggregationError, StudyError
from cloister.study.schema import Study

_FOLDER = "secure-aggregation"
Request = Mapping[str, object]


class SecureAggregation:
    """What a site does in the rounds of one approved study.

    Args:
        site: the opened site.
        study: admitted, and with identities.

    Raises:
        StudyError: the study names no identities, or another one for this site.
    """

    def __init__(self, site: SiteFolder, study: Study) -> None:
        federation = study.federation
        own = site.key.identity.public_key().public_bytes_raw()
        identities = {name: bytes.fromhex(key) for name, key in (federation.identities or {}).items()}
        if identities.get(site.config.name) != own:
            raise StudyError(
                f"federation.identities names no or another identity for {site.config.name}.",
                "Give the coordinator the line that `cloister site identity` prints.",
            )
        self._site, self._study, self._identities = site, study, identities
        self._terms = Terms(max(site.policy.floors.cohort, 2), federation.colluding_sites)

    def advertise(self, request: Request) -> wire.Wire:
        """Fresh keys for the round that the request names; secrets of rounds long past are removed."""
        round_id = _round_id(request)
        self._forget_rounds_before(round_id)
        return self._fresh_keys(round_id)

    def share(self, request: Request) -> wire.Wire:
        """This site's secrets of the round, split and sealed for its neighbours."""
        state = self._state(_round_id(request))
        shared, sealed = state.share(wire.advertisements_from_wire(request), self._identities)
        self._keep(shared)
        return wire.by_site_to_wire("shared", sealed)

    def mask(self, update: Mapping[str, NDArray[np.float32]], request: Request) -> tuple[Words, wire.Wire]:
        """The update, weighted, encoded and masked, and what goes with it: signature, and keys for the next round.

        Args:
            update: by name; joined in the order of the names.
            request: round, cohort and sealed shares.
        """
        round_id = _round_id(request)
        state = self._state(round_id)
        federation, weights = self._study.federation, self._study.strategy.weights
        weight = 1.0 if weights is None else weights[self._site.config.name] / max(weights.values())
        flat = np.concatenate([update[name].reshape(-1) for name in sorted(update)]) * weight
        vector = FixedPoint(federation.update_bound, len(federation.sites)).encode(flat, self._rounding(round_id))
        cohort = wire.names_from_wire(request, "cohort")
        sealed = wire.by_site_from_wire("sealed", request)
        masking, masked = state.mask(vector, cohort, sealed, self._site.key.identity)
        self._keep(masking)
        beside: wire.Wire = {"signature": masked.signature}
        if round_id.number < self._study.rounds:
            beside |= self._fresh_keys(RoundId(round_id.run_id, round_id.number + 1))
        return masked.vector, beside

    def unmask(self, request: Request) -> wire.Wire:
        """The one answer that takes masks off; and, if the next round's keys came along, the shares for it.

        The round's state is gone from the disk before the answer leaves, so there is no second one.
        """
        round_id = _round_id(request)
        state = self._state(round_id)
        _, revealed = state.unmask(wire.by_site_from_wire("agreement", request), self._identities)
        atomic.remove(self._path(round_id))
        answer = wire.revealed_to_wire(revealed)
        following = {name.removeprefix("next-"): value for name, value in request.items() if name.startswith("next-")}
        return {**answer, **self.share(following)} if following else answer

    def _fresh_keys(self, round_id: RoundId) -> wire.Wire:
        state, advertisement = SiteRound.advertise(
            self._site.config.name, round_id, self._terms, self._site.key.identity
        )
        self._keep(state)
        return wire.advertisements_to_wire([advertisement])

    def _rounding(self, round_id: RoundId) -> RandomStream:
        simulation = self._site.config.simulation
        if simulation is None:
            return RandomStream.from_system()
        return RandomStream.seeded_for_simulation(
            simulation.seed, "rounding", self._site.config.name, str(round_id.number)
        )

    def _state(self, round_id: RoundId) -> SiteRound:
        try:
            return SiteRound.from_json(self._path(round_id).read_bytes())
        except FileNotFoundError:
            raise SecureAggregationError(
                f"Round {round_id.number}: this site has no secrets for it; it is over, or never began here.",
                "Let the round fail; the next one starts from fresh secrets.",
            ) from None

    def _keep(self, state: SiteRound) -> None:
        atomic.write_bytes(self._path(state.round_id), state.to_json(), mode=0o600)

    def _path(self, round_id: RoundId) -> Path:
        session = hashlib.sha256(round_id.run_id.encode()).hexdigest()[:32]
        return self._site.folder / _FOLDER / session / f"round-{round_id.number:06d}.json"

    def _forget_rounds_before(self, round_id: RoundId) -> None:
        for path in sorted(self._path(round_id).parent.glob("round-*.json")):
            if path < self._path(RoundId(round_id.run_id, round_id.number - 1)):
                atomic.remove(path)


def _round_id(request: Request) -> RoundId:
    number = request.get("number")
    if not isinstance(number, int) or number < 1:
        raise SecureAggregationError("number: not a round.", "Run the same version of Cloister at both ends.")
    return RoundId(wire.text_from_wire(request, "session"), number)
