"""The site's end of secure aggregation: the protocol's state machine, with its state kept on the disk.

Flower may answer each message in a process of its own, and a site may be killed at any time. So state and answer are
written together, in one atomic step, before the answer leaves. The same request gets the same answer, however often it
comes; another request for a step that was taken is refused; what is not on the disk any more can never be revealed.

    secure-aggregation/<run of a study>/<session>/round-000003.json

Terms, identities and noise are those of one study, and so are the secrets: another study's request finds none. What an
abandoned run left goes after a week, with the next training request of any.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cloister.client.logged_code import logged_code
from cloister.client.long_past import remove_long_past
from cloister.client.planning import bounded_plan
from cloister.client.run_name import LONGEST_RUN_ID, is_number, run_name, run_of_study
from cloister.client.site_folder import SiteFolder
from cloister.privacy.distributed_noise import DistributedNoise
from cloister.privacy.randomness import RandomStream
from cloister.privacy.secure_aggregation import wire
from cloister.privacy.secure_aggregation.fixed_point import FixedPoint, Words
from cloister.privacy.secure_aggregation.messages import RoundId
from cloister.privacy.secure_aggregation.site import SiteRound, Terms
from cloister.study import atomic
from cloister.study.arrays import joined
from cloister.study.canonical import canonical_json, sha256_of
from cloister.study.compression.encoding import Parts
from cloister.study.errors import CloisterError, SecureAggregationError, StudyError
from cloister.study.schema import Study
from cloister.study.trust import noise_shares
from cloister.study.untrusted_json import parse_json

_FOLDER, _FORMAT = "secure-aggregation", "cloister-secure-aggregation-kept-1"
_SAME_VERSION = "Run the same version of Cloister at both ends."
LONGEST_SESSION = LONGEST_RUN_ID + 100
log = logging.getLogger("cloister.site")
Request = Mapping[str, object]
Seal = Callable[[Words, wire.Wire], None]


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
        # Not the policy's floor, which may be lower: a sum is as large as the site with the lowest minimum asks for.
        self._terms = Terms(federation.required_sites, federation.colluding_sites)

    def advertise(self, request: Request) -> wire.Wire:
        """Keys for the round that the request names; secrets of rounds long past, and of other sessions, are removed.

        A session is a coordinator's attempt at a round. Whoever begins another one cannot have the first one's masks
        taken off as well.
        """
        round_id = _round_id(request)
        self._forget_other_sessions(round_id)
        self._forget_rounds_before(RoundId(round_id.run_id, round_id.number - 1))
        return self._keys(round_id)

    def share(self, request: Request) -> wire.Wire:
        """This site's secrets of the round, split and sealed for all others."""
        kept = self._kept(_round_id(request))
        if (answer := kept.answer("share", request)) is not None:
            return answer
        shared, sealed = kept.secrets.share(wire.advertisements_from_wire(request), self._identities)
        answer = wire.by_site_to_wire("shared", sealed)
        self._write(kept.after("share", request, answer, shared))
        return answer

    def has_masked(self, request: Request) -> bool:
        """Whether a vector was masked in the round that the request names: the reply that was sealed for it stands."""
        kept = self._read(_round_id(request))
        return kept is not None and (kept.state is None or bool(kept.state.cohort))

    @staticmethod
    def check_round(request: Request, run_id: str, number: int) -> None:
        """Refuse a request for the secrets of another run or round than the one that it is locked for.

        Raises:
            SecureAggregationError: it names another one.
        """
        asked = _round_id(request)
        if (asked.run_id.partition("/")[0], asked.number) != (run_id, number) or len(asked.run_id) > LONGEST_SESSION:
            raise SecureAggregationError("session, number: not of the run and round of the request.", _SAME_VERSION)

    @staticmethod
    def forget_past(site: SiteFolder, run_id: str) -> None:
        """Remove the secrets of all runs but this one, as `run_of_study` names it, that are long past."""
        others = (site.folder / _FOLDER).glob("*/*/round-*.json")
        remove_long_past([path for path in others if path.parents[1].name != run_name(run_id)])

    def check_maskable(self, request: Request) -> None:
        """Refuse a round in which this site cannot mask, before it trains for it.

        Raises:
            SecureAggregationError: it has no secrets for it, has masked a vector in it, or cannot with what was sent.
            TooFewSitesError: fewer sites than the minimum, or too few to unmask.
        """
        secrets = self._kept(_round_id(request)).secrets
        if secrets.cohort:
            raise SecureAggregationError(
                "A vector was masked in this round before, for another request.",
                "Let the round fail; the next one starts from fresh secrets.",
            )
        nothing = np.zeros(0, np.uint32)
        secrets.mask(nothing, *_cohort_of(request), self._site.key.identity)

    def mask(self, update: Parts | Words, request: Request, seal: Seal) -> None:
        """Weight, encode and mask an update; seal it with what goes with it: signature, and keys for the next round.

        With distributed trust the update is a clipped sum without noise, and gets this site's share of it here.

        Args:
            update: by name; joined in the order of the names. Or the words of a compressed one, weighted already.
            request: round, cohort and sealed shares.
            seal: stores the masked vector and what goes with it, durably. Only then is the masking recorded: until
                then nothing has left, and the round's next training request masks anew.
        """
        round_id = _round_id(request)
        kept = self._kept(round_id)
        vector = update if isinstance(update, np.ndarray) else self._encoded(joined(update), round_id)
        masking, masked = kept.secrets.mask(vector, *_cohort_of(request), self._site.key.identity)
        beside: wire.Wire = {"signature": masked.signature}
        if round_id.number < self._study.rounds:
            beside |= self._keys(RoundId(round_id.run_id, round_id.number + 1))
        seal(masked.vector, beside)
        self._write(replace(kept, state=masking))
        self._forget_rounds_before(round_id)

    def unmask(self, request: Request) -> wire.Wire:
        """The answer that takes masks off; and, if the next round's keys came along, the shares for it.

        If such shares cannot be made, the answer leaves without them: the round was trained and paid for. The round's
        secrets are gone from the disk before the answer leaves: there is no second, different one.
        """
        round_id = _round_id(request)
        kept = self._kept(round_id)
        if (answer := kept.answer("unmask", request)) is not None:
            return answer
        _, revealed = kept.secrets.unmask(wire.by_site_from_wire("agreement", request), self._identities)
        answer = wire.revealed_to_wire(revealed)
        following = {name.removeprefix("next-"): value for name, value in request.items() if name.startswith("next-")}
        if following:
            if _round_id(following) != RoundId(round_id.run_id, round_id.number + 1):
                raise SecureAggregationError("next-number: not the next round.", _SAME_VERSION)
            answer |= self._shared_ahead(following)
        self._write(kept.after("unmask", request, answer, None))
        return answer

    def _shared_ahead(self, following: Request) -> wire.Wire:
        try:
            return self.share(following)
        except CloisterError as problem:
            logged_code(log, problem)
            return {}

    def _keys(self, round_id: RoundId) -> wire.Wire:
        """The round's keys: fresh ones, or those that were made for it before."""
        try:
            kept = self._read(round_id)
        except SecureAggregationError:
            # What cannot be read any more cannot be revealed either: fresh keys are safe.
            kept = None
        if kept is None:
            state, advertisement = SiteRound.advertise(
                self._site.config.name, round_id, self._terms, self._site.key.identity
            )
            kept = _Kept(round_id, state).after("advertise", {}, wire.advertisements_to_wire([advertisement]), state)
            self._write(kept)
        return kept.answers["advertise"][1]

    def _encoded(self, flat: NDArray[np.float32], round_id: RoundId) -> Words:
        """The weighted update as integers; with distributed trust, with this site's share of the noise."""
        federation, weights = self._study.federation, self._study.strategy.weights
        weight = 1.0 if weights is None else weights[self._site.config.name] / max(weights.values())
        rounding = self._stream("rounding", round_id)
        if noise_shares(self._study) is None:
            return FixedPoint(federation.update_bound, len(federation.sites)).encode(flat * weight, rounding)
        bounded = bounded_plan(self._site, self._study)
        noise = DistributedNoise.of_study(self._study, len(flat), bounded.plan if bounded else None)
        return noise.encode(flat.astype(np.float64) * weight, rounding, self._stream("noise-share", round_id))

    def _stream(self, purpose: str, round_id: RoundId) -> RandomStream:
        simulation = self._site.config.simulation
        if simulation is None:
            return RandomStream.from_system()
        return RandomStream.seeded_for_simulation(
            simulation.seed, purpose, self._site.config.name, str(round_id.number)
        )

    def _kept(self, round_id: RoundId) -> _Kept:
        kept = self._read(round_id)
        if kept is None:
            raise _no_secrets(round_id)
        return kept

    def _read(self, round_id: RoundId) -> _Kept | None:
        try:
            return _Kept.from_json(round_id, self._path(round_id).read_bytes())
        except FileNotFoundError:
            return None

    def _write(self, kept: _Kept) -> None:
        atomic.write_bytes(self._path(kept.round_id), kept.to_json(), mode=0o600)

    def _session(self, round_id: RoundId) -> Path:
        run = round_id.run_id.partition("/")[0]
        return self._site.folder / _FOLDER / run_name(run_of_study(self._study, run)) / run_name(round_id.run_id)

    def _path(self, round_id: RoundId) -> Path:
        return self._session(round_id) / f"round-{round_id.number:06d}.json"

    def _forget_rounds_before(self, round_id: RoundId) -> None:
        for path in sorted(self._session(round_id).glob("round-*.json")):
            if path < self._path(round_id):
                atomic.remove(path)

    def _forget_other_sessions(self, round_id: RoundId) -> None:
        session = self._session(round_id)
        for path in sorted(session.parent.glob("*/round-*.json")):
            if path.parent != session:
                atomic.remove(path)


@dataclass(frozen=True)
class _Kept:
    """A round as it lies on the disk: the protocol's state, and the answer to each step that was taken."""

    round_id: RoundId
    state: SiteRound | None
    """None once masks were taken off."""
    answers: Mapping[str, tuple[str, wire.Wire]] = field(default_factory=dict)
    """Step -> SHA-256 of the request, and the answer."""

    @property
    def secrets(self) -> SiteRound:
        if self.state is None:
            raise _no_secrets(self.round_id)
        return self.state

    def answer(self, step: str, request: Request) -> wire.Wire | None:
        """The answer that was given to this very request."""
        asked, answer = self.answers.get(step, ("", {}))
        return answer if asked == _sha256(request) else None

    def after(self, step: str, request: Request, answer: wire.Wire, state: SiteRound | None) -> _Kept:
        """What a step leaves."""
        return replace(self, state=state, answers={**self.answers, step: (_sha256(request), answer)})

    def to_json(self) -> bytes:
        answers = {step: [request, _plain(answer)] for step, (request, answer) in self.answers.items()}
        state = None if self.state is None else self.state.to_json().decode()
        return canonical_json({"format": _FORMAT, "state": state, "answers": answers})

    @classmethod
    def from_json(cls, round_id: RoundId, content: bytes) -> _Kept:
        """What `to_json` wrote.

        Raises:
            SecureAggregationError: it is something else.
        """
        try:
            fields = parse_json(content)
            if fields["format"] != _FORMAT:
                raise ValueError("another format")
            state = None if fields["state"] is None else SiteRound.from_json(fields["state"].encode())
            answers = {step: (request, _wire(answer)) for step, (request, answer) in fields["answers"].items()}
            if "advertise" not in answers:
                raise ValueError("no round without keys")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise SecureAggregationError(
                "The stored state of a secure aggregation round cannot be read.",
                "Let the round fail; the next one starts from fresh secrets.",
            ) from None
        return cls(round_id, state, answers)


def _sha256(request: Request) -> str:
    try:
        return sha256_of(_plain(request))
    except UnicodeEncodeError:
        raise SecureAggregationError("A request holds text that is none.", _SAME_VERSION) from None


def _plain(value: object) -> object:
    """The same with bytes as {"hex": ...}: what JSON can hold."""
    if isinstance(value, bytes):
        return {"hex": value.hex()}
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list | tuple) else value


def _wire(plain: Mapping[str, object]) -> wire.Wire:
    def of(value: object) -> object:
        if isinstance(value, list):
            return [of(part) for part in value]
        return bytes.fromhex(value["hex"]) if isinstance(value, dict) else value

    return {name: of(value) for name, value in plain.items()}  # type: ignore[misc]


def _no_secrets(round_id: RoundId) -> SecureAggregationError:
    return SecureAggregationError(
        f"Round {round_id.number}: this site has no secrets for it; it is over, or never began here.",
        "Let the round fail; the next one starts from fresh secrets.",
    )


def _round_id(request: Request) -> RoundId:
    number = request.get("number")
    if not is_number(number) or number < 1:
        raise SecureAggregationError("number: not a round.", _SAME_VERSION)
    return RoundId(wire.text_from_wire(request, "session"), number)


def _cohort_of(request: Request) -> tuple[list[str], dict[str, bytes]]:
    return wire.names_from_wire(request, "cohort"), wire.by_site_from_wire("sealed", request)
