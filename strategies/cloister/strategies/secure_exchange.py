"""A round under secure aggregation, as messages over Flower: two exchanges in the steady state.

    first     down: model, cohort, sealed shares      up: masked update; public keys for the next round
    second    down: survivors' signatures, all keys   up: shares that take the masks off; sealed shares, next round

The first round of a run, and one after a failed round, needs two exchanges more, for keys and for shares. A site that
was away in one round gives its keys in that round's first exchange and takes part in the next. The protocol itself,
and why these messages are needed, is in `cloister.privacy.secure_aggregation`.

What a round has reached is kept before each exchange (`in_flight`), so a coordinator that is killed goes on in the same
round with the same requests. A round that cannot be finished any more is given up, and its successor begins with keys
of its own: an update that was masked once is never masked again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Message, MessageType, RecordDict
from flwr.serverapp import Grid

from cloister.privacy.distributed_noise import DistributedNoise, update_per_sum
from cloister.privacy.secure_aggregation import wire
from cloister.privacy.secure_aggregation.compressed_sum import CompressedSum, compressed_sum_of
from cloister.privacy.secure_aggregation.coordinator import CoordinatorRound
from cloister.privacy.secure_aggregation.fixed_point import FixedPoint, Words
from cloister.privacy.secure_aggregation.messages import Advertisement, MaskedVector, Revealed, RoundId
from cloister.privacy.secure_aggregation.thresholds import survivors_needed
from cloister.privacy.secure_aggregation.wire import MASKED, SECURE
from cloister.strategies.asking import NO_REPLY, replies_to
from cloister.strategies.averaging import share_of_weight
from cloister.strategies.in_flight import InFlight
from cloister.strategies.patience import tries_of
from cloister.strategies.reply_check import AT_ONCE, check_reply, content_bytes, empty
from cloister.strategies.roster import Roster
from cloister.strategies.round_failure import LOOK_INTO, naming, round_failure
from cloister.study import atomic
from cloister.study.arrays import Arrays, decoded, split
from cloister.study.errors import (
    BudgetExhaustedError,
    SecureAggregationError,
    StudyError,
    TooFewSitesError,
    UpdateRefusedError,
)
from cloister.study.errors import text_of_wire_code as code_of
from cloister.study.schema import Study
from cloister.study.trust import noise_shares

ADVERTISE, SHARE, UNMASK = "query.secure_advertise", "query.secure_share", "query.secure_unmask"
RECEIPTS = "rounds-contributed"
"""Key of a request: to how many rounds of the run the site has contributed; its ledger has to show as many."""
NO_KEYS = "no-keys"
"""Instead of a code, for a site that was away when the round's keys were made: it gives those for the next one."""


@dataclass(frozen=True)
class Exchanged:
    """What a round brought.

    Args:
        mean: the survivors' weighted mean update.
        replied: the survivors.
        failed: site -> code, of the others that were connected.
        bytes_down: sent, over all sites.
        bytes_up: received, over all sites.
    """

    mean: Arrays
    replied: tuple[str, ...]
    failed: dict[str, str]
    bytes_down: int
    bytes_up: int


class SecureExchange:
    """Runs rounds; holds what one prepares for the next.

    Args:
        study: with the identities of its sites.
        run_id: the run.
        roster: which node is which site.
        kept: file for the round in flight; without one, a killed coordinator begins the round anew.

    Raises:
        StudyError: the study names no identities.
    """

    def __init__(self, study: Study, run_id: str, roster: Roster, kept: Path | None = None) -> None:
        if study.federation.identities is None:
            raise StudyError(
                "federation.identities is missing: secure aggregation checks every key against it.",
                "Collect each site's line (`cloister site identity`) into [federation.identities].",
            )
        self._study, self._roster, self._kept = study, roster, kept
        self._identities = {site: bytes.fromhex(key) for site, key in study.federation.identities.items()}
        # With fewer sites no secret of two that do not collude could be shared.
        self._fewest = max(study.federation.required_sites, 2 + study.federation.colluding_sites)
        self._run_id = run_id
        self._prepared: CoordinatorRound | None = None

    def exchange(
        self,
        number: int,
        arrays: ArrayRecord,
        like: Arrays,
        config: ConfigRecord,
        receipts: Mapping[str, int],
        grid: Grid,
        timeout: float,
    ) -> Exchanged:
        """One round, from its beginning or from where a killed coordinator left it.

        Args:
            number: the round.
            arrays: the global model.
            like: names and shapes of an update.
            config: what every message carries: study, run and hashes.
            receipts: site -> rounds of this run that it has contributed to.
            grid: the connection.
            timeout: seconds that each exchange waits.

        Raises:
            TooFewSitesError: too few sites connected, sent updates or helped to take the masks off; nothing is lost
                but the round.
            BudgetExhaustedError: too few sites have a budget left.
            InputError: the round that was kept is damaged.
            StudyError: the study's noise leaves no room for vectors of this size.
        """
        flight = self._in_flight(number)
        post = _Post(grid, self._connected(grid, flight), config, receipts, timeout)
        values = sum(value.size for value in like.values())
        # A study whose vectors cannot be encoded is refused here, before a site spends anything on it.
        encoding_of(self._study, values)
        compressed = compressed_sum_of(self._study, number, values)
        size = values if compressed is None else compressed.words
        if flight is None:
            current = self._begin(number, size, post)
            flight = _flight_of(self._run_id, current)
            self._keep(flight)
        else:
            current = self._taken_up(flight, size)
        if flight.summed is None:
            flight = self._collect(current, flight, arrays, post)
            self._keep(flight)
        summed = self._unmask(current, flight, size, post)
        survivors = tuple(sorted(current.agreements))
        mean = self._mean(summed, survivors, like, compressed)
        return Exchanged(mean, survivors, dict(flight.failed), post.bytes_down, post.bytes_up)

    def forget(self) -> None:
        """Give up the round in flight, or forget it once the run is over."""
        self._prepared = None
        if self._kept is not None and self._kept.exists():
            atomic.remove(self._kept)

    def _connected(self, grid: Grid, flight: InFlight | None) -> dict[int, str]:
        """Node -> site. A round in flight has time until those are back without whom it fails."""
        timeout = self._study.federation.connect_timeout
        if flight is not None:
            needed = self._survivors_needed(len(flight.advertisements), len(flight.sealed))
            with suppress(TooFewSitesError):
                return self._roster.connected(grid, needed, timeout)
            timeout = 0.0  # it was waited for already
        return self._roster.connected(grid, self._fewest, timeout)

    def _in_flight(self, number: int) -> InFlight | None:
        flight = InFlight.load(self._kept) if self._kept is not None else None
        return flight if flight and (flight.run_id, flight.number) == (self._run_id, number) else None

    def _keep(self, flight: InFlight) -> None:
        if self._kept is not None:
            flight.save(self._kept)

    def _begin(self, number: int, size: int, post: _Post) -> CoordinatorRound:
        """The round with its cohort: as the last one prepared it, or from scratch."""
        current, self._prepared = self._prepared, None
        if current is not None and current.round_id.number == number:
            try:
                if len(set(current.close_cohort()) & set(post.sites)) >= current.survivors_needed:
                    return current
            except TooFewSitesError:
                pass
        return self._bootstrap(number, size, post)

    def _taken_up(self, flight: InFlight, size: int) -> CoordinatorRound:
        current = self._round(RoundId(flight.session, flight.number), flight.advertisements, size)
        for site, sealed in flight.sealed.items():
            current.add_shares(site, sealed)
        current.close_cohort()
        if flight.summed is not None:
            current.take_up(flight.summed, flight.agreements)
        return current

    def _bootstrap(self, number: int, size: int, post: _Post) -> CoordinatorRound:
        """The two exchanges before a round that nothing prepared: keys, and shares of secrets.

        Raises:
            TooFewSitesError: too few sites gave either. Nothing was trained.
        """
        round_id = self._new_session(number)
        replies, failed = post.ask(ADVERTISE, {site: _round_wire(round_id) for site in post.sites})
        ads = [ad for site, reply in replies.items() for ad in _own_advertisement(site, reply)]
        gave_keys = self._advertised(round_id, ads)
        no_keys = self._absent(post) | failed | _unfit(replies.keys() - gave_keys)
        if (count := len(gave_keys)) < self._fewest:  # who has keys would refuse to share secrets
            message = f"Round {number}: {count} of the {self._fewest} sites needed gave keys."
            raise naming(TooFewSitesError(message, LOOK_INTO), no_keys)
        current = self._round(round_id, ads, size)
        replies, failed = post.ask(SHARE, {ad.site: self._share_request(current) for ad in current.advertisements})
        _take_shares(current, replies)
        try:
            current.close_cohort()
        except TooFewSitesError as problem:
            raise naming(problem, no_keys | failed | _unfit(replies.keys() - current.sealed.keys())) from None
        return current

    def _collect(self, current: CoordinatorRound, flight: InFlight, arrays: ArrayRecord, post: _Post) -> InFlight:
        """The first exchange: masked updates of the cohort; keys for the next round of everybody.

        Raises:
            TooFewSitesError: too few arrived. If more can still come, the round is kept, and resuming goes on with it.
            BudgetExhaustedError: too few sites have a budget left.
        """
        cohort = flight.sealed.keys()
        number = current.round_id.number
        away = [site for site in post.sites if site not in cohort]
        # Who is away from this round gives its keys for the next one, in the same exchange; or, in the last, for the
        # one that would replace it: it shows whether that could be had.
        is_last = number == self._study.rounds
        following = self._new_session(number) if is_last else RoundId(current.round_id.run_id, number + 1)
        post.send(ADVERTISE, dict.fromkeys(away, _round_wire(following)))
        requests: dict[str, wire.Wire] = {
            site: {
                **_round_wire(current.round_id),
                "cohort": sorted(cohort),
                **wire.by_site_to_wire("sealed", current.sealed_for(site)),
            }
            for site in sorted(cohort)
            if site in post.sites
        }
        post.send(MessageType.TRAIN, requests, arrays)
        refused = dict.fromkeys(away, NO_KEYS)
        ads: list[Advertisement] = []

        def add(site: str, reply: RecordDict) -> None:
            ads.extend(_own_advertisement(site, reply))
            if site not in requests:
                return
            try:
                current.add_vector(_masked_vector(site, reply, current.summed.size))
            except (SecureAggregationError, UpdateRefusedError) as problem:
                refused[site] = problem.code

        failed = post.receive_each(add, 4 * current.summed.size)
        failed = refused | failed | dict.fromkeys(cohort - requests.keys(), NO_REPLY)
        self._check_arrived(current, flight, failed, self._advertised(following, ads) - cohort)
        return replace(
            flight,
            summed=current.summed,
            agreements=dict(sorted(current.agreements.items())),
            failed=failed,
            following=tuple(sorted(ads, key=lambda ad: ad.site)),
            tries=0,
        )

    def _check_arrived(
        self, current: CoordinatorRound, flight: InFlight, failed: Mapping[str, str], away: set[str]
    ) -> None:
        """Go on with the survivors, or fail: with the round kept, or given up.

        Args:
            current: the round, with what arrived.
            flight: the same, as it was kept.
            failed: site -> code, of all others.
            away: who is not in the cohort, and gave keys.
        """
        arrived, needed = current.agreements.keys(), current.survivors_needed
        if len(arrived) >= needed:
            return
        missing = {site: failed.get(site, NO_REPLY) for site in current.sealed.keys() - arrived}
        self._keep_or_give_up(flight, needed - len(arrived), missing, arrived | away)
        sites = self._study.federation.sites
        raise round_failure(current.round_id.number, len(arrived), needed, failed, sites, self._fewest)

    def _keep_or_give_up(self, flight: InFlight, lacking: int, missing: Mapping[str, str], able: set[str]) -> None:
        """After a round that failed: resuming goes on with it, or begins a new one.

        Args:
            flight: the round, as it was kept.
            lacking: how many more have to answer.
            missing: site -> code, of those that did not, in this exchange or the one before.
            able: who took part, or gave keys.
        """
        # A refusal of this round's secrets alone does not keep a site from a new round, with new ones.
        able = able | {site for site, code in missing.items() if code == SecureAggregationError.code}
        # Without a budget a site gives keys all the same, and is missing again.
        spent = {site for site, code in missing.items() if code == BudgetExhaustedError.code}
        tries = tries_of(missing, lacking, others_suffice=self._suffice(len(able), len(able | spent)))
        if tries is None:
            return
        if flight.tries + 1 >= tries:
            self.forget()
        else:
            self._keep(replace(flight, tries=flight.tries + 1))

    def _suffice(self, able: int, cohort: int) -> bool:
        """Whether so many updates take the masks off, in a round in which so many sites mask."""
        return able >= self._fewest and able >= self._survivors_needed(cohort, cohort)

    def _survivors_needed(self, sites: int, cohort: int) -> int:
        federation = self._study.federation
        return survivors_needed(sites, cohort, federation.required_sites, federation.colluding_sites)

    def _unmask(self, current: CoordinatorRound, flight: InFlight, size: int, post: _Post) -> Words:
        """The second exchange: shares that take the masks off, and sealed shares for the next round.

        Raises:
            TooFewSitesError: too few answered. If more can still come, the round is kept.
            SecureAggregationError: the answers do not fit; the round is given up.
        """
        number, following = flight.number, self._following(flight, size)
        agreements = wire.by_site_to_wire("agreement", flight.agreements)
        sharing = self._share_request(following) if following else {}
        taking_part = {ad.site for ad in following.advertisements} if following else set()
        survivors = flight.agreements.keys() & set(post.sites)
        post.send(SHARE, dict.fromkeys((taking_part - survivors) & set(post.sites), sharing))
        post.send(
            UNMASK,
            {
                site: {
                    **_round_wire(current.round_id),
                    **agreements,
                    **({f"next-{name}": value for name, value in sharing.items()} if site in taking_part else {}),
                }
                for site in survivors
            },
        )
        replies, failed = post.receive()
        answers = [answer for site in sorted(survivors & replies.keys()) for answer in _revealed(site, replies[site])]
        try:
            summed = current.unmask(answers)
        except (TooFewSitesError, SecureAggregationError) as problem:
            failed |= self._absent(post) | _unfit(replies.keys())
            helped = {answer.site for answer in answers if current.is_whole(answer)}
            missing = {site: failed[site] for site in flight.agreements.keys() - helped}
            # Who is no survivor, and gave no keys for the next round, may be able to take part in a new one.
            others = set(post.sites) - flight.agreements.keys() - taking_part
            able = helped | (taking_part - flight.agreements.keys()) | self._asked(number, others, post)
            self._keep_or_give_up(flight, current.threshold - len(helped), missing, able)
            raise naming(problem, missing) from None
        if following is not None:
            _take_shares(following, replies)
            self._prepared = following
        return summed

    def _following(self, flight: InFlight, size: int) -> CoordinatorRound | None:
        """The next round, if enough sites gave keys for it; otherwise it begins with keys of its own."""
        if flight.number >= self._study.rounds:
            return None
        try:
            following = self._round(RoundId(flight.session, flight.number + 1), flight.following, size)
        except TooFewSitesError:
            return None
        return following if len(following.advertisements) >= self._fewest else None

    def _asked(self, number: int, sites: Iterable[str], post: _Post) -> set[str]:
        """Who of the sites gives keys for a round, asked for them in a session of their own."""
        round_id = self._new_session(number)
        replies, _ = post.ask(ADVERTISE, dict.fromkeys(sites, _round_wire(round_id)))
        return self._advertised(round_id, [ad for site in replies for ad in _own_advertisement(site, replies[site])])

    def _new_session(self, number: int) -> RoundId:
        """Another one each time: what a failed round left behind fits nowhere."""
        return RoundId(f"{self._run_id}/{secrets.token_hex(8)}", number)

    def _absent(self, post: _Post) -> dict[str, str]:
        """Site -> code, of those that are not connected."""
        return dict.fromkeys(set(self._study.federation.sites) - set(post.sites), NO_REPLY)

    def _advertised(self, round_id: RoundId, ads: Iterable[Advertisement]) -> set[str]:
        """Who gave keys that are its own, and of use."""
        return {ad.site for ad in ads if ad.is_genuine(round_id, self._identities) and ad.is_usable}

    def _round(self, round_id: RoundId, ads: Iterable[Advertisement], size: int) -> CoordinatorRound:
        federation = self._study.federation
        minimum, colluding = federation.required_sites, federation.colluding_sites
        return CoordinatorRound(round_id, self._identities, ads, size, minimum, colluding)

    @staticmethod
    def _share_request(current: CoordinatorRound) -> wire.Wire:
        return {**_round_wire(current.round_id), **wire.advertisements_to_wire(current.advertisements)}

    def _mean(
        self, summed: Words, survivors: tuple[str, ...], like: Arrays, compressed: CompressedSum | None
    ) -> Arrays:
        weights = self._study.strategy.weights
        total = sum(share_of_weight(weights, site) for site in survivors)
        if compressed is not None:
            return split(compressed.decode(summed) / np.float32(total), like)
        encoding, unit = encoding_of(self._study, len(summed))
        flat = np.empty(len(summed), np.float32)
        for start in range(0, len(summed), _PIECE):
            piece = slice(start, start + _PIECE)
            flat[piece] = encoding.decode(summed[piece]) * unit / total
        return split(flat, like)


def encoding_of(study: Study, size: int) -> tuple[FixedPoint, float]:
    """How the sites encode vectors of a size, and what the decoded sum is multiplied by to be one of updates."""
    federation = study.federation
    if noise_shares(study) is None:
        return FixedPoint(federation.update_bound, len(federation.sites)), 1.0
    return DistributedNoise.of_study(study, size).encoding, update_per_sum(study)


class _Post:
    """Messages out and in for the nodes of one round, counted."""

    def __init__(
        self, grid: Grid, nodes: Mapping[int, str], config: ConfigRecord, receipts: Mapping[str, int], timeout: float
    ) -> None:
        self._grid, self._config, self._receipts, self._timeout = grid, config, receipts, timeout
        self._node_of = {site: node for node, site in nodes.items()}
        self._site_of = dict(nodes)
        self._waiting: list[Message] = []
        self.bytes_down = self.bytes_up = 0

    @property
    def sites(self) -> list[str]:
        """The connected sites."""
        return sorted(self._node_of)

    def send(self, kind: str, requests: Mapping[str, wire.Wire], arrays: ArrayRecord | None = None) -> None:
        """Add one message to each site to the exchange that `receive` will make."""
        for site in sorted(requests):
            # Sites answer for no other round than that of the secrets, which is the next one for who is away.
            number = requests[site]["number"]
            config = ConfigRecord({**self._config, "server-round": number, RECEIPTS: self._receipts.get(site, 0)})
            content = RecordDict({"config": config, SECURE: ConfigRecord(requests[site])})  # type: ignore[arg-type]
            if arrays is not None:
                content["arrays"] = arrays
            self.bytes_down += content_bytes(content)
            self._waiting.append(Message(content=content, dst_node_id=self._node_of[site], message_type=kind))

    def receive(self) -> tuple[dict[str, RecordDict], dict[str, str]]:
        """Send what waits; returns site -> reply, and site -> code of those without one."""
        replies: dict[str, RecordDict] = {}
        failed = self.receive_each(replies.__setitem__)
        return replies, failed

    def receive_each(self, take: Callable[[str, RecordDict], None], array_bytes: int = 0) -> dict[str, str]:
        """Send what waits; returns site -> code of those without a reply.

        Args:
            take: called with each site and its reply as it comes; the reply's arrays are gone afterwards.
            array_bytes: what a reply's arrays may hold.
        """
        failed = {self._site_of[message.metadata.dst_node_id]: NO_REPLY for message in self._waiting}
        messages, self._waiting = self._waiting, []

        def check(node: int, reply: Message) -> None:
            site = self._site_of[node]
            if reply.has_error():
                failed[site] = code_of(reply.error.code)
                return
            try:
                check_reply(reply.content, _RECORDS, array_bytes)
            except UpdateRefusedError as problem:
                failed[site] = problem.code
                return
            del failed[site]
            self.bytes_up += content_bytes(reply.content)
            take(site, reply.content)

        at_once = max(1, AT_ONCE // max(1, array_bytes))
        for node, reply in replies_to(self._grid, messages, self._timeout, at_once=at_once):
            check(node, reply)
            empty(reply)
        return failed

    def ask(self, kind: str, requests: Mapping[str, wire.Wire]) -> tuple[dict[str, RecordDict], dict[str, str]]:
        """One exchange of one kind."""
        self.send(kind, requests)
        return self.receive()


def _round_wire(round_id: RoundId) -> wire.Wire:
    return {"session": round_id.run_id, "number": round_id.number}


def _unfit(sites: Iterable[str]) -> dict[str, str]:
    """Site -> code, of those whose replies were of no use."""
    return dict.fromkeys(sites, SecureAggregationError.code)


def _secure(content: RecordDict) -> Mapping[str, object]:
    return content.config_records.get(SECURE) or {}


def _own_advertisement(site: str, reply: RecordDict) -> list[Advertisement]:
    """The one advertisement that a site may send: its own."""
    try:
        ads = wire.advertisements_from_wire(_secure(reply))
    except SecureAggregationError:
        return []
    return ads if [ad.site for ad in ads] == [site] else []


def _take_shares(current: CoordinatorRound, replies: Mapping[str, RecordDict]) -> None:
    """Sealed shares of all who sent proper ones; the others are not in the cohort."""
    for site in sorted(replies):
        try:
            sealed = wire.by_site_from_wire("shared", _secure(replies[site]))
            if sealed:
                current.add_shares(site, sealed)
        except SecureAggregationError:
            continue


def _flight_of(run_id: str, current: CoordinatorRound) -> InFlight:
    """A round whose cohort is closed, before its first exchange."""
    round_id = current.round_id
    return InFlight(run_id, round_id.number, round_id.run_id, current.advertisements, current.sealed)


def _revealed(site: str, reply: RecordDict) -> list[Revealed]:
    """A site's answer to `UNMASK`, if it is one."""
    try:
        return [wire.revealed_from_wire(site, _secure(reply))]
    except SecureAggregationError:
        return []


def _masked_vector(site: str, reply: RecordDict, size: int) -> MaskedVector:
    record = reply.array_records.get(MASKED)
    if record is None or list(record) != [MASKED]:
        raise UpdateRefusedError(f"{site}: no masked vector.", "Update the site's software.")
    array = record[MASKED]
    if array.dtype != "uint32" or tuple(array.shape) != (size,):
        raise UpdateRefusedError(f"{site}: {array.dtype} of shape {tuple(array.shape)}.", "Update the site's software.")
    vector = decoded(site, array.data, (size,), np.dtype("<u4"))
    return MaskedVector(site, vector, wire.bytes_from_wire(_secure(reply), "signature"))


_RECORDS = frozenset({MASKED, SECURE})
_PIECE = 1 << 20
"""Words decoded at once."""
