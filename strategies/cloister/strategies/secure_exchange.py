"""A round under secure aggregation, as messages over Flower: two exchanges in the steady state.

    first     down: model, cohort, sealed shares      up: masked update; public keys for the next round
    second    down: survivors' signatures, all keys   up: shares that take the masks off; sealed shares, next round

The first round of a run, and one after a failed round, needs two exchanges more, for keys and for shares. A site that
was away in one round gives its keys in that round's first exchange and takes part in the next. The protocol itself,
and why these messages are needed, is in `cloister.privacy.secure_aggregation`.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from flwr.app import ArrayRecord, ConfigRecord, Message, MessageType, RecordDict
from flwr.serverapp import Grid

from cloister.privacy.secure_aggregation import wire
from cloister.privacy.secure_aggregation.coordinator import CoordinatorRound
from cloister.privacy.secure_aggregation.fixed_point import FixedPoint, Words
from cloister.privacy.secure_aggregation.messages import Advertisement, MaskedVector, RoundId
from cloister.privacy.secure_aggregation.wire import MASKED, SECURE
from cloister.strategies.roster import Roster
from cloister.study.arrays import Arrays, record_bytes
from cloister.study.errors import SecureAggregationError, StudyError, TooFewSitesError, UpdateRefusedError
from cloister.study.errors import text_of_wire_code as code_of
from cloister.study.schema import Study

ADVERTISE, SHARE, UNMASK = "query.secure_advertise", "query.secure_share", "query.secure_unmask"
NO_REPLY = "no-reply"
RECEIPTS = "rounds-contributed"
"""Key of a request: to how many rounds of the run the site has contributed; its ledger has to show as many."""


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

    Raises:
        StudyError: the study names no identities.
    """

    def __init__(self, study: Study, run_id: str, roster: Roster) -> None:
        if study.federation.identities is None:
            raise StudyError(
                "federation.identities is missing: secure aggregation checks every key against it.",
                "Collect each site's line (`cloister site identity`) into [federation.identities].",
            )
        self._study, self._roster = study, roster
        self._identities = {site: bytes.fromhex(key) for site, key in study.federation.identities.items()}
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
        """One round.

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
        """
        federation = self._study.federation
        nodes = self._roster.connected(grid, federation.required_sites, federation.connect_timeout)
        post = _Post(grid, nodes, ConfigRecord({**config, "server-round": number}), receipts, timeout)
        current, self._prepared = self._prepared, None
        size = sum(value.size for value in like.values())
        if current is None or current.round_id.number != number:
            current = self._bootstrap(number, size, post)
        failed, next_ads = self._collect(current, arrays, post)
        if len(current.agreements) < federation.required_sites:
            codes = ", ".join(f"{site}: {code}" for site, code in sorted(failed.items()))
            raise TooFewSitesError(
                f"Round {number}: {len(current.agreements)} of the {federation.required_sites} updates needed arrived"
                f" ({codes}).",
                "Look into the sites' own logs for the reason, then resume the run.",
            )
        summed = self._unmask(current, next_ads, number, size, post)
        survivors = tuple(sorted(current.agreements))
        mean = self._mean(summed, survivors, like)
        return Exchanged(mean, survivors, failed, post.bytes_down, post.bytes_up)

    def _bootstrap(self, number: int, size: int, post: _Post) -> CoordinatorRound:
        # Another session each time: what a failed round left behind fits nowhere.
        round_id = RoundId(f"{self._run_id}/{secrets.token_hex(8)}", number)
        replies, _ = post.ask(ADVERTISE, {site: _round_wire(round_id) for site in post.sites})
        ads = [ad for site, reply in replies.items() for ad in _own_advertisement(site, reply)]
        current = self._round(round_id, ads, size)
        asked = {ad.site: self._share_request(current) for ad in current.advertisements}
        replies, _ = post.ask(SHARE, asked)
        _take_shares(current, replies)
        return current

    def _collect(
        self, current: CoordinatorRound, arrays: ArrayRecord, post: _Post
    ) -> tuple[dict[str, str], list[Advertisement]]:
        """The first exchange: masked updates of the cohort; keys for the next round of everybody."""
        cohort = current.close_cohort()
        following = RoundId(current.round_id.run_id, current.round_id.number + 1)
        # Who is away from this round gives its keys for the next one, in the same exchange.
        post.send(ADVERTISE, {site: _round_wire(following) for site in post.sites if site not in cohort})
        requests: dict[str, wire.Wire] = {
            site: {
                **_round_wire(current.round_id),
                "cohort": list(cohort),
                **wire.by_site_to_wire("sealed", current.sealed_for(site)),
            }
            for site in cohort
            if site in post.sites
        }
        post.send(MessageType.TRAIN, requests, arrays)
        replies, failed = post.receive()
        ads = []
        for site, reply in replies.items():
            ads += _own_advertisement(site, reply)
            if site not in requests:
                failed[site] = TooFewSitesError.code
                continue
            try:
                current.add_vector(_masked_vector(site, reply))
            except (SecureAggregationError, UpdateRefusedError) as problem:
                failed[site] = problem.code
        return failed, ads

    def _unmask(
        self, current: CoordinatorRound, ads: list[Advertisement], number: int, size: int, post: _Post
    ) -> Words:
        """The second exchange: shares that take the masks off, and sealed shares for the next round."""
        current.check_survivors()
        following = None
        if number < self._study.rounds and len(ads) >= max(2, self._study.federation.required_sites):
            following = self._round(RoundId(current.round_id.run_id, number + 1), ads, size)
        agreements = wire.by_site_to_wire("agreement", current.agreements)
        sharing = self._share_request(following) if following else {}
        taking_part = {ad.site for ad in following.advertisements} if following else set()
        survivors = current.agreements.keys() & set(post.sites)
        post.send(SHARE, dict.fromkeys(taking_part - survivors, sharing))
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
        replies, _ = post.receive()
        answers = []
        for site in sorted(survivors & replies.keys()):
            try:
                answers.append(wire.revealed_from_wire(site, _secure(replies[site])))
            except SecureAggregationError:
                continue
        summed = current.unmask(answers)
        if following is not None:
            _take_shares(following, replies)
            self._prepared = following
        return summed

    def _round(self, round_id: RoundId, ads: Iterable[Advertisement], size: int) -> CoordinatorRound:
        colluding = self._study.federation.colluding_sites
        return CoordinatorRound(round_id, self._identities, ads, size, colluding)

    @staticmethod
    def _share_request(current: CoordinatorRound) -> wire.Wire:
        return {**_round_wire(current.round_id), **wire.advertisements_to_wire(current.advertisements)}

    def _mean(self, summed: Words, survivors: tuple[str, ...], like: Arrays) -> Arrays:
        federation, weights = self._study.federation, self._study.strategy.weights
        flat = FixedPoint(federation.update_bound, len(federation.sites)).decode(summed)
        total = sum(share_of_weight(weights, site) for site in survivors)
        mean: Arrays = {}
        start = 0
        for name in sorted(like):
            shape, size = like[name].shape, like[name].size
            mean[name] = (flat[start : start + size] / total).reshape(shape).astype(np.float32)
            start += size
        return mean


def share_of_weight(weights: Mapping[str, float] | None, site: str) -> float:
    """By what a site multiplies its update before it is masked: its public weight over the largest; at most 1."""
    return 1.0 if weights is None else weights[site] / max(weights.values())


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
            config = ConfigRecord({**self._config, RECEIPTS: self._receipts.get(site, 0)})
            content = RecordDict({"config": config, SECURE: ConfigRecord(requests[site])})  # type: ignore[arg-type]
            self.bytes_down += _size(requests[site])
            if arrays is not None:
                content["arrays"] = arrays
                self.bytes_down += record_bytes(arrays)
            self._waiting.append(Message(content=content, dst_node_id=self._node_of[site], message_type=kind))

    def receive(self) -> tuple[dict[str, RecordDict], dict[str, str]]:
        """Send what waits; returns site -> reply, and site -> code of those without one."""
        asked = {self._site_of[message.metadata.dst_node_id] for message in self._waiting}
        failed = dict.fromkeys(asked, NO_REPLY)
        replies: dict[str, RecordDict] = {}
        messages, self._waiting = self._waiting, []
        for reply in self._grid.send_and_receive(messages, timeout=self._timeout):
            site = self._site_of.get(reply.metadata.src_node_id)
            if site is None or site not in asked or site in replies:
                continue
            if reply.has_error():
                failed[site] = code_of(reply.error.code)
                continue
            replies[site] = reply.content
            failed.pop(site, None)
            self.bytes_up += _size(_secure(reply.content))
            self.bytes_up += sum(record_bytes(record) for record in reply.content.array_records.values())
        return replies, failed

    def ask(self, kind: str, requests: Mapping[str, wire.Wire]) -> tuple[dict[str, RecordDict], dict[str, str]]:
        """One exchange of one kind."""
        self.send(kind, requests)
        return self.receive()


def _round_wire(round_id: RoundId) -> wire.Wire:
    return {"session": round_id.run_id, "number": round_id.number}


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


def _masked_vector(site: str, reply: RecordDict) -> MaskedVector:
    record = reply.array_records.get(MASKED)
    if record is None or list(record) != [MASKED]:
        raise UpdateRefusedError(f"{site}: no masked vector.", "Update the site's software.")
    array = record[MASKED]
    expected = 4 * int(np.prod(array.shape)) + _NUMPY_HEADER
    if array.dtype != "uint32" or len(array.shape) != 1 or len(array.data) > expected:
        raise UpdateRefusedError(f"{site}: {array.dtype} of shape {tuple(array.shape)}.", "Update the site's software.")
    try:
        vector = array.numpy()
    except (ValueError, TypeError, EOFError):
        raise UpdateRefusedError(f"{site}: cannot be decoded.", "Update the site's software.") from None
    return MaskedVector(site, vector, wire.bytes_from_wire(_secure(reply), "signature"))


def _size(record: Mapping[str, object]) -> int:
    total = 0
    for value in record.values():
        for part in value if isinstance(value, list) else [value]:
            total += len(part) if isinstance(part, bytes | str) else 8
    return total


_NUMPY_HEADER = 1024
