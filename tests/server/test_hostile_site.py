"""What a hostile site may try through Flower: each attack costs it its update, is on record, and changes nothing else.

The coordinator is a real one: a server's folder, a signed study, the ServerApp, its audit log. Two sites are honest; a
third, `evil`, is enrolled as they are and does as it likes. "Changes nothing else" means that the round ends with the
model, to the bit, that the honest sites reach without it. What encodings of compressed updates refuse stands in
`tests/strategies/test_bad_compressed_replies.py`; an enrolment request of another's in `tests/client`.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, ConfigRecord, Context, Error, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from tests.server.made_up_heldout import write_heldout

from cloister.client.enrolment import request_enrolment
from cloister.client.site_setup import create_site
from cloister.privacy.randomness import RandomStream
from cloister.privacy.secure_aggregation import wire
from cloister.privacy.secure_aggregation.fixed_point import FixedPoint
from cloister.privacy.secure_aggregation.messages import Advertisement, RoundId
from cloister.privacy.secure_aggregation.site import SiteRound, Terms
from cloister.server.app import FOLDER_KEY, app
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.enrolment import enroll
from cloister.server.server_audit import log_of
from cloister.server.server_folder import Server, ServerFolder
from cloister.server.server_setup import create_server
from cloister.server.submission import submit
from cloister.simulation.process_engine import RUN_ID, ProcessGrid
from cloister.strategies.secure_exchange import NO_KEYS
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import to_record
from cloister.study.errors import (
    CloisterError,
    ModelMismatchError,
    NotOnRosterError,
    SecureAggregationError,
    StudyError,
    TooFewSitesError,
    UpdateRefusedError,
    VersionRefusedError,
)
from cloister.study.identity_proof import CHALLENGE_KEY, PROOF_KEY, prove
from cloister.study.keys import SiteKey
from cloister.study.schema import Study

HONEST, EVIL = ("north", "south"), "evil"
SITES = tuple(sorted((*HONEST, EVIL)))
KEYS = {name: SiteKey(bytes([number]) * 32) for number, name in enumerate((*SITES, "another federation's"))}
NO_REPLY = "no-reply"
Spoil = Callable[[RecordDict], RecordDict | Error]
Pulled = Callable[[list[Message]], list[Message]]
modes = pytest.mark.parametrize("secure", [False, True], ids=["in the clear", "masked"])


def same(content: RecordDict) -> RecordDict:
    return content


def proof_of(name: str, key: str | None = None) -> Callable[[str, int], dict[str, str | bytes]]:
    """What a node answers that says it is `name`, signed with that site's key or another's."""
    identity = KEYS[key or name].identity
    return lambda challenge, node: {"site": name, PROOF_KEY: prove(identity, name, node, challenge)}


@dataclass(frozen=True)
class Site:
    """One node. What is left out is honest."""

    name: str
    identify: Callable[[str, int], dict[str, str | bytes]] | None = None
    spoil: dict[str, Spoil] = field(default_factory=dict)
    """Kind of message -> what becomes of the answer."""
    advertised: Callable[[Advertisement], Advertisement] = lambda ad: ad
    """What becomes of the keys of its last round, before it signs them."""


class Network(ProcessGrid):
    """Sites in one process; `pulled` may change what arrives of the training replies of `evil`."""

    def __init__(self, sites: list[Site], pulled: Pulled = lambda replies: replies) -> None:
        self._pulled, self._sites = pulled, sites
        self._rounds: dict[tuple[str, int], SiteRound] = {}
        self._trained: dict[tuple[str, int], RecordDict] = {}
        self.sent: dict[str, Any] = {}
        """The model, as the sites got it."""
        client = ClientApp()
        for kind, act in {
            "identify": self._identify, "secure_advertise": self._advertise, "secure_share": self._share,
            "secure_unmask": self._unmask,
        }.items():  # fmt: skip
            client.query(kind)(self._handled(act))
        client.train()(self._handled(self._train))
        super().__init__(client, [{} for _ in sites])

    def pull_messages(self, message_ids: Iterable[str]) -> Iterable[Message]:
        wanted = list(message_ids)
        own = [
            self._replies[name] for name in wanted if name in self._replies and self._is_of_evil(self._replies[name])
        ]
        arrived = self._pulled(own) if own else []  # before anything is taken away, if it fails
        return [*(reply for reply in super().pull_messages(wanted) if not self._is_of_evil(reply)), *arrived]

    def _is_of_evil(self, reply: Message) -> bool:
        name = self._sites[reply.metadata.src_node_id - 1].name
        return name == EVIL and reply.metadata.message_type == "train"

    def _handled(self, act: Callable[[str, Message, Context], RecordDict]) -> Callable[[Message, Context], Message]:
        def answer(message: Message, context: Context) -> Message:
            site = self._sites[context.node_id - 1]
            try:
                content = act(site.name, message, context)
            except CloisterError as problem:
                return Message(Error(code=problem.wire_code, reason=""), reply_to=message)
            return Message(site.spoil.get(message.metadata.message_type, same)(content), reply_to=message)

        return answer

    def _identify(self, name: str, message: Message, context: Context) -> RecordDict:
        challenge = str(message.content.config_records["config"][CHALLENGE_KEY])
        answer = (self._sites[context.node_id - 1].identify or proof_of(name))(challenge, context.node_id)
        return RecordDict({"config": ConfigRecord(answer)})  # type: ignore[arg-type]

    def _advertise(self, name: str, message: Message, _: Context) -> RecordDict:
        request: Any = message.content.config_records["secure"]
        return secure_part(self._prepared(name, RoundId(request["session"], request["number"]), rounds_of(message)))

    def _prepared(self, name: str, round_id: RoundId, rounds: int) -> wire.Wire:
        self._rounds[name, round_id.number], ad = SiteRound.advertise(name, round_id, Terms(2), KEYS[name].identity)
        if round_id.number == rounds:
            ad = next(site for site in self._sites if site.name == name).advertised(ad)
            ad = replace(ad, signature=KEYS[name].identity.sign(ad.signed_bytes(round_id)))
        return wire.advertisements_to_wire([ad])

    def _share(self, name: str, message: Message, _: Context) -> RecordDict:
        return secure_part(self._shared(name, message.content.config_records["secure"]))

    def _shared(self, name: str, request: Any) -> wire.Wire:
        key = name, request["number"]
        self._rounds[key], sealed = self._rounds[key].share(wire.advertisements_from_wire(request), IDENTITIES)
        return wire.by_site_to_wire("shared", sealed)

    def _train(self, name: str, message: Message, _: Context) -> RecordDict:
        key = name, int(str(message.content.config_records["config"]["server-round"]))
        if key not in self._trained:  # the same request gets the same reply
            self.sent = {each: array.numpy() for each, array in message.content.array_records["arrays"].items()}
            self._trained[key] = self._update(name, message)
        return self._trained[key]

    @property
    def trained(self) -> set[str]:
        """Who trained."""
        return {name for name, _ in self._trained}

    def _update(self, name: str, message: Message) -> RecordDict:
        size = {key: values.shape for key, values in self.sent.items()}
        value = 0.25 * (1 + SITES.index(name))
        request: Any = message.content.config_records.get("secure")
        if request is None:
            update = {key: Array(np.full(shape, value, np.float32)) for key, shape in size.items()}
            return RecordDict({"arrays": ArrayRecord(update)})
        words = np.full(sum(int(np.prod(shape)) for shape in size.values()), value, np.float32)
        encoded = FixedPoint(16.0, len(SITES)).encode(words, RandomStream.seeded_for_simulation(0))
        sealed, key, identity = (
            wire.by_site_from_wire("sealed", request),
            (name, request["number"]),
            KEYS[name].identity,
        )
        self._rounds[key], masked = self._rounds[key].mask(encoded, request["cohort"], sealed, identity)
        following, rounds = RoundId(request["session"], request["number"] + 1), rounds_of(message)
        keys = self._prepared(name, following, rounds) if following.number <= rounds else {}
        vector = ArrayRecord({"masked": Array(masked.vector)})
        return RecordDict({"masked": vector, **secure_part({"signature": masked.signature, **keys})})

    def _unmask(self, name: str, message: Message, _: Context) -> RecordDict:
        request: Any = message.content.config_records["secure"]
        agreements, key = wire.by_site_from_wire("agreement", request), (name, request["number"])
        self._rounds[key], revealed = self._rounds[key].unmask(agreements, IDENTITIES)
        following = {field[5:]: value for field, value in request.items() if field.startswith("next-")}
        return secure_part({**wire.revealed_to_wire(revealed), **(self._shared(name, following) if following else {})})


IDENTITIES = {name: KEYS[name].identity.public_key().public_bytes_raw() for name in SITES}


def rounds_of(message: Message) -> int:
    return Study.from_canonical(str(message.content.config_records["config"]["study"])).rounds


def secure_part(content: wire.Wire) -> RecordDict:
    return RecordDict({"secure": ConfigRecord(content)})  # type: ignore[arg-type]


@dataclass(frozen=True)
class Coordinator:
    """A server with one submitted study."""

    server: ServerFolder
    folder: Path

    def run(self, network: Network) -> ServerState:
        """Run the study from its beginning."""
        shutil.rmtree(self.folder / "checkpoints", ignore_errors=True)
        app(network, Context(RUN_ID, 0, {}, RecordDict(), {FOLDER_KEY: str(self.folder)}))
        state = CoordinatorFolder.open(self.folder).latest()
        assert state is not None
        return state

    def recorded(self, event: str) -> list[dict[str, Any]]:
        """What the audit log tells of the newest run."""
        entries = log_of(self.server).entries()
        begun = max(number for number, entry in enumerate(entries) if entry["event"] == "run-started")
        return [entry for entry in entries[begun:] if entry["event"] == event]


def study(secure: bool, rounds: int = 1) -> Study:
    return Study.model_validate(
        {
            "name": f"{'masked' if secure else 'clear'}-{rounds}",
            "title": "An example",
            "rounds": rounds,
            "federation": {
                "sites": list(SITES), "minimum_sites": 2, "secure_aggregation": secure, "round_timeout": 0.2,
                "identities": {name: key.hex() for name, key in IDENTITIES.items()} if secure else None,
            },
            "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "x"}, {"name": "y"}]},
            "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
            "training": {"steps_per_round": 4, "sample_rate": 0.2, "batch_divisor": 12, "learning_rate": 0.5},
            "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 2.0, "delta": 1e-5},
            "evaluation": {"tolerance": 0.3},
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> ServerFolder:
    folder, now = tmp_path_factory.mktemp("hostile"), datetime.now(UTC)
    server = create_server(folder / "server", Server(name="heart", hosts=("h.example",), anchors="../anchors"), now)
    for name in SITES:
        created = create_site(folder / name, name)
        (created.folder / "site.key").unlink()
        KEYS[name].write(created.folder / "site.key")
        (created.folder / "site.toml").write_text(f'name = "{name}"\nanchors = "../anchors"\n')
        request = request_enrolment(type(created).open(created.folder), now)
        enroll(server, request, request.fingerprint.words, 365, now)
    write_heldout(folder / "heldout", server)
    return server


def submitted(server: ServerFolder, settings: Study) -> Coordinator:
    file, heldout = server.folder.parent / "study.json", server.folder.parent / "heldout"
    file.write_text(settings.canonical)
    return Coordinator(server, submit(server, file, 90, datetime.now(UTC), [heldout]).folder)


@pytest.fixture(scope="module")
def coordinators(server: ServerFolder) -> dict[bool, Coordinator]:
    return {secure: submitted(server, study(secure)) for secure in (False, True)}


@pytest.fixture(scope="module")
def of_two_rounds(server: ServerFolder) -> Coordinator:
    return submitted(server, study(True, rounds=2))


@pytest.fixture(scope="module")
def honest(coordinators: dict[bool, Coordinator]) -> dict[tuple[bool, bool], ServerState]:
    """(Masked, with `evil` behaving well) -> the state after the round."""
    return {
        (secure, all_three): coordinators[secure].run(
            Network([Site(name) for name in (SITES if all_three else HONEST)])
        )
        for secure in (False, True)
        for all_three in (False, True)
    }


def assert_as(state: ServerState, expected: ServerState) -> None:
    assert state.round == expected.round == 1
    assert state.model.keys() == expected.model.keys()
    for name, values in expected.model.items():
        assert values.any()
        np.testing.assert_array_equal(state.model[name], values)


def with_array(change: Callable[[Any], Any], **fields: Any) -> Spoil:
    """The array with other values, and its record with other statements about it."""

    def spoil(content: RecordDict) -> RecordDict:
        (kind, record), *_ = content.array_records.items()
        (name, array), *_ = record.items()
        changed = Array(np.asarray(change(array.numpy())))
        for statement, value in fields.items():
            setattr(changed, statement, value)
        return RecordDict({**content, kind: ArrayRecord({**record, name: changed})})

    return spoil


def renamed(data: Callable[[bytes], bytes] = lambda data: data, **fields: Any) -> Spoil:
    """The array with other bytes, or with statements about it that are not true: nothing may be allocated for them."""

    def spoil(content: RecordDict) -> RecordDict:
        (kind, record), *_ = content.array_records.items()
        (name, array), *_ = record.items()
        said = {"dtype": array.dtype, "shape": array.shape, "stype": array.stype, "data": data(array.data), **fields}
        return RecordDict({**content, kind: ArrayRecord({**record, name: Array(**said)})})

    return spoil


def with_arrays(change: Callable[[dict[str, Array]], dict[str, Array]]) -> Spoil:
    def spoil(content: RecordDict) -> RecordDict:
        (kind, record), *_ = content.array_records.items()
        return RecordDict({**content, kind: ArrayRecord(change(dict(record)))})

    return spoil


def one_record_more(extra: ArrayRecord | MetricRecord | ConfigRecord) -> Spoil:
    return lambda content: RecordDict({**content, "notes": extra})


def file_of(values: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values, allow_pickle=True)
    return stream.getvalue()


def header_of(shape: tuple[int, ...]) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"descr": "<f4", "fortran_order": False, "shape": shape})
    return stream.getvalue() + bytes(12)


def refuses(code: int, text: str = "") -> Spoil:
    return lambda _: Error(code=code, reason=text)


REFUSED = UpdateRefusedError.code
BAD_REPLIES: dict[str, tuple[Spoil, str]] = {
    # Shapes and types
    "another shape": (with_array(lambda value: np.ones(value.size + 1, value.dtype)), REFUSED),
    "another order of axes": (with_array(lambda value: value.reshape(1, *value.shape)), REFUSED),
    "another dtype": (with_array(lambda value: value.astype(np.float64)), REFUSED),
    "a false dtype": (with_array(lambda value: value.astype(np.float64), dtype="float32"), REFUSED),
    "texts": (with_array(lambda value: value.astype("U8")), REFUSED),
    "an array without values": (with_array(lambda value: value[:0]), REFUSED),
    # Tensors and records
    "one tensor more": (with_arrays(lambda found: {**found, "extra": Array(np.ones(1, np.float32))}), REFUSED),
    "a tensor under another name": (with_arrays(lambda found: {"x" + name: found[name] for name in found}), REFUSED),
    "no tensor": (with_arrays(lambda _: {}), REFUSED),
    "one record more": (one_record_more(ArrayRecord({"x": Array(np.ones(2))})), REFUSED),
    "metrics": (one_record_more(MetricRecord({"patients": 7})), REFUSED),
    "a text": (one_record_more(ConfigRecord({"text": "Maria Kowalski"})), REFUSED),
    "nothing": (lambda _: RecordDict(), REFUSED),
    # Bytes
    "truncated": (renamed(lambda data: data[:-3]), REFUSED),
    "empty": (renamed(lambda _: b""), REFUSED),
    "not an array": (renamed(lambda _: b"PK\x03\x04"), REFUSED),
    "too many bytes": (renamed(lambda data: data + bytes(2**20)), REFUSED),
    "30 MB": (one_record_more(ArrayRecord({"x": Array(np.zeros(7_500_000, np.float32))})), REFUSED),
    "30 MB of text": (one_record_more(ConfigRecord({"x": "x" * 30_000_000})), REFUSED),
    "a pickle": (renamed(lambda _: b"\x80\x04N.", stype="pickle"), REFUSED),
    "a pickle in an array": (renamed(lambda _: file_of(np.array([1, "x", None], object))), REFUSED),
    # What it says of itself
    "10 GB by its own account": (renamed(shape=(2_500_000_000,)), REFUSED),
    "10 GB by the header of its file": (renamed(lambda _: header_of((2_500_000_000,))), REFUSED),
    "more than memory can hold": (renamed(lambda _: header_of((10**18,))), REFUSED),
    "a header nested deeply": (renamed(lambda _: b"\x93NUMPY\x01\x00\xf0\xff" + b"(" * 0xFFF0), REFUSED),
    # Refusals
    "another version": (refuses(VersionRefusedError.wire_code), VersionRefusedError.code),
    "another model": (refuses(ModelMismatchError.wire_code), ModelMismatchError.code),
    "another study": (refuses(StudyError.wire_code), StudyError.code),
    "a code that nobody knows": (refuses(9777), "unknown-9777"),
    "a negative code": (refuses(-1), "unknown"),
    "a code of nineteen digits": (refuses(10**18), "unknown"),
    "a pretence that it is away": (refuses(5), NO_REPLY),
    "a text instead of a code": (refuses(9499, "Maria Kowalski 1951-03-07"), "unexpected-site-error"),
}


@modes
@pytest.mark.parametrize(("spoil", "code"), BAD_REPLIES.values(), ids=BAD_REPLIES.keys())
def test_a_bad_reply_costs_its_sites_update_and_nothing_else(
    secure: bool,
    spoil: Spoil,
    code: str,
    coordinators: dict[bool, Coordinator],
    honest: dict[tuple[bool, bool], ServerState],
) -> None:
    coordinator = coordinators[secure]
    state = coordinator.run(Network([Site(name, spoil={"train": spoil} if name == EVIL else {}) for name in SITES]))
    assert_as(state, honest[secure, False])
    assert_recorded(coordinator, HONEST, {EVIL: code})


def assert_recorded(coordinator: Coordinator, replied: tuple[str, ...], failed: dict[str, str]) -> None:
    entry = coordinator.recorded("round-finished")[-1]
    assert (entry["round"], entry["accepted"]) == (1, True)
    assert (entry["replied"], entry["failed"]) == (sorted(replied), failed)
    assert b"Kowalski" not in log_of(coordinator.server).path.read_bytes()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e5, -1e30], ids=str)
def test_values_that_are_none_or_too_large_are_refused(
    value: float, coordinators: dict[bool, Coordinator], honest: dict[tuple[bool, bool], ServerState]
) -> None:
    """In the clear. Under masks every word is a value: see below."""

    def spoil(array: Any) -> Any:
        changed = array.copy()
        changed.flat[-1] = value
        return changed

    sites = [Site(name, spoil={"train": with_array(spoil)} if name == EVIL else {}) for name in SITES]
    assert_as(coordinators[False].run(Network(sites)), honest[False, False])
    assert_recorded(coordinators[False], HONEST, {EVIL: REFUSED})


def test_a_vector_beyond_its_range_is_hidden_by_its_mask_and_its_round_is_rejected(
    coordinators: dict[bool, Coordinator],
) -> None:
    """Nobody sees it, as nobody sees any single update. What it does to the model the gate sees; the model stays."""

    def turned(words: Any) -> Any:
        return words - np.uint32(2**30)  # more than the three sites' range together

    sites = [Site(name, spoil={"train": with_array(turned)} if name == EVIL else {}) for name in SITES]
    network = Network(sites)
    state = coordinators[True].run(network)
    (round_0, round_1) = coordinators[True].recorded("round-finished")
    assert (round_0["accepted"], round_1["accepted"]) == (True, False)
    assert round_1["replied"] == list(SITES)
    for name, array in to_record(state.model).items():
        np.testing.assert_array_equal(array.numpy(), network.sent[name])


def replies_of_an_earlier_run(coordinator: Coordinator) -> list[Message]:
    kept: list[Message] = []

    def remember(replies: list[Message]) -> list[Message]:
        copies = [
            {name: ArrayRecord(dict(record)) for name, record in reply.content.array_records.items()}
            for reply in replies
        ]
        pairs = zip(replies, copies, strict=True)
        kept.extend(Message(RecordDict({**reply.content, **copy}), reply_to=reply) for reply, copy in pairs)
        return replies

    coordinator.run(Network([Site(name) for name in SITES], remember))
    return kept


@modes
def test_a_reply_of_an_earlier_round_is_never_taken(
    secure: bool, coordinators: dict[bool, Coordinator], honest: dict[tuple[bool, bool], ServerState]
) -> None:
    """As it is, it answers nothing that was asked."""
    past = replies_of_an_earlier_run(coordinators[secure])
    for reply in past:
        reply.metadata.__dict__["_reply_to_message_id"] = "message-of-long-ago"
    state = coordinators[secure].run(Network([Site(name) for name in SITES], lambda _: past))
    assert_as(state, honest[secure, False])
    assert_recorded(coordinators[secure], HONEST, {EVIL: NO_REPLY})


def test_a_masked_vector_of_an_earlier_run_is_refused(
    coordinators: dict[bool, Coordinator], honest: dict[tuple[bool, bool], ServerState]
) -> None:
    """Put into an answer to this round: it is signed over another set-up."""
    past = replies_of_an_earlier_run(coordinators[True])[0].content
    sites = [Site(name, spoil={"train": lambda _: past} if name == EVIL else {}) for name in SITES]
    assert_as(coordinators[True].run(Network(sites)), honest[True, False])
    assert_recorded(coordinators[True], HONEST, {EVIL: SecureAggregationError.code})


def broken(_: list[Message]) -> list[Message]:
    raise ValueError("not a message")


@modes
@pytest.mark.parametrize(
    ("pulled", "code"),
    [(lambda _: [], NO_REPLY), (broken, REFUSED)],
    ids=["a site that stalls", "a message that was cut off"],
)
def test_who_says_nothing_that_can_be_read_is_not_waited_for_beyond_the_deadline(
    secure: bool,
    pulled: Pulled,
    code: str,
    coordinators: dict[bool, Coordinator],
    honest: dict[tuple[bool, bool], ServerState],
) -> None:
    assert_as(coordinators[secure].run(Network([Site(name) for name in SITES], pulled)), honest[secure, False])
    assert_recorded(coordinators[secure], HONEST, {EVIL: code})


def twice_as_much(replies: list[Message]) -> list[Message]:
    content = replies[0].content
    (kind, record), *_ = content.array_records.items()
    doubled = ArrayRecord({name: Array(2 * array.numpy()) for name, array in record.items()})
    again = Message(RecordDict({**content, kind: doubled}), reply_to=replies[0])
    again.metadata.__dict__["_reply_to_message_id"] = replies[0].metadata.reply_to_message_id
    return [*replies, again]


@modes
@pytest.mark.parametrize("pulled", [twice_as_much, lambda replies: replies * 1000], ids=["two", "a thousand"])
def test_of_several_replies_the_first_one_counts_once(
    secure: bool, pulled: Pulled, coordinators: dict[bool, Coordinator], honest: dict[tuple[bool, bool], ServerState]
) -> None:
    assert_as(coordinators[secure].run(Network([Site(name) for name in SITES], pulled)), honest[secure, True])
    assert_recorded(coordinators[secure], SITES, {})


IMPOSTERS: dict[str, Callable[[str, int], dict[str, str | bytes]]] = {
    "claims another's name": lambda *_: {"site": "north"},
    "signs another's name with its own key": proof_of("north", EVIL),
    "signs with a key of another federation": proof_of("north", "another federation's"),
    "claims its own name with a key of another federation": proof_of(EVIL, "another federation's"),
    "sends a proof made for another node": lambda challenge, _: proof_of("north")(challenge, 1),
    "sends an old proof": lambda _, node: proof_of("north")("0" * 64, node),
    "sends a proof that is a text": lambda *_: {"site": "north", PROOF_KEY: "yes"},
}


@modes
@pytest.mark.parametrize("identify", IMPOSTERS.values(), ids=IMPOSTERS.keys())
def test_who_does_not_prove_a_name_gets_no_model_and_no_part(
    secure: bool,
    identify: Callable[[str, int], dict[str, str | bytes]],
    coordinators: dict[bool, Coordinator],
    honest: dict[tuple[bool, bool], ServerState],
) -> None:
    network = Network([*(Site(name) for name in HONEST), Site(EVIL, identify)])
    assert_as(coordinators[secure].run(network), honest[secure, False])
    assert_recorded(coordinators[secure], HONEST, {})
    refused = coordinators[secure].recorded("node-refused")
    assert [(entry["node"], entry["code"]) for entry in refused] == [(3, NotOnRosterError.wire_code)]
    assert EVIL not in network.trained


NOBODIES: dict[str, Callable[[str, int], dict[str, str | bytes]]] = {
    "a name that is not in the study": lambda *_: {"site": "elsewhere"},
    "no name": lambda *_: {},
    "a name that is a number of bytes": lambda *_: {"site": b"\xff" * 1_000_000},
}


@modes
@pytest.mark.parametrize("identify", NOBODIES.values(), ids=NOBODIES.keys())
def test_whoever_is_nobody_of_the_study_is_sent_nothing(
    secure: bool,
    identify: Callable[[str, int], dict[str, str | bytes]],
    coordinators: dict[bool, Coordinator],
    honest: dict[tuple[bool, bool], ServerState],
) -> None:
    network = Network([*(Site(name) for name in HONEST), *[Site(EVIL, identify)] * 200])
    assert_as(coordinators[secure].run(network), honest[secure, False])
    assert_recorded(coordinators[secure], HONEST, {})
    assert EVIL not in network.trained


@modes
def test_a_site_that_connects_many_nodes_takes_no_part(
    secure: bool, coordinators: dict[bool, Coordinator], honest: dict[tuple[bool, bool], ServerState]
) -> None:
    """All of them prove the name; which one speaks for the site nobody knows."""
    network = Network([*(Site(name) for name in HONEST), *[Site(EVIL)] * 50])
    assert_as(coordinators[secure].run(network), honest[secure, False])
    assert_recorded(coordinators[secure], HONEST, {})
    refused = coordinators[secure].recorded("node-refused")
    assert {entry["node"] for entry in refused} == set(range(3, 53))
    assert {entry["code"] for entry in refused} == {UpdateRefusedError.wire_code}


BEFORE_TRAINING: dict[str, dict[str, Spoil]] = {
    "no keys": {"query.secure_advertise": lambda _: RecordDict()},
    "keys of another form": {
        "query.secure_advertise": lambda _: secure_part({"ad-sites": ["evil"], "ad-mask-keys": [b""]})
    },
    "a refusal to give keys": {"query.secure_advertise": refuses(9777)},
    "no shares": {"query.secure_share": lambda _: RecordDict()},
    "shares for strangers": {
        "query.secure_share": lambda _: secure_part(wire.by_site_to_wire("shared", {"elsewhere": b"x"}))
    },
    "30 MB of shares": {"query.secure_share": one_record_more(ConfigRecord({"x": b"x" * 30_000_000}))},
}


@pytest.mark.parametrize("spoil", BEFORE_TRAINING.values(), ids=BEFORE_TRAINING.keys())
def test_who_spoils_the_set_up_of_masks_is_not_in_the_cohort(
    spoil: dict[str, Spoil], coordinators: dict[bool, Coordinator], honest: dict[tuple[bool, bool], ServerState]
) -> None:
    network = Network([Site(name, spoil=spoil if name == EVIL else {}) for name in SITES])
    assert_as(coordinators[True].run(network), honest[True, False])
    assert_recorded(coordinators[True], HONEST, coordinators[True].recorded("round-finished")[-1]["failed"])
    assert coordinators[True].recorded("round-finished")[-1]["failed"][EVIL] in {NO_KEYS, "unknown-9777"}
    assert EVIL not in network.trained


KEYS_WITHOUT_USE: dict[str, Callable[[Advertisement], Advertisement]] = {
    "keys to seal of small order": lambda ad: replace(ad, sealing_key=bytes(32)),
    "keys to mask of small order": lambda ad: replace(ad, mask_key=bytes([1]) + bytes(31)),
    "keys to seal of another length": lambda ad: replace(ad, sealing_key=ad.sealing_key[:-1]),
    "keys to mask of another length": lambda ad: replace(ad, mask_key=b""),
    "a commitment that is none": lambda ad: replace(ad, seed_commitment=b""),
}


@pytest.mark.parametrize("advertised", KEYS_WITHOUT_USE.values(), ids=KEYS_WITHOUT_USE.keys())
def test_who_signs_keys_without_use_is_not_in_the_cohort_and_named(
    advertised: Callable[[Advertisement], Advertisement],
    coordinators: dict[bool, Coordinator],
    honest: dict[tuple[bool, bool], ServerState],
    caplog: pytest.LogCaptureFixture,
) -> None:
    network = Network([Site(name, advertised=advertised) if name == EVIL else Site(name) for name in SITES])
    assert_as(coordinators[True].run(network), honest[True, False])
    assert_recorded(coordinators[True], HONEST, {EVIL: NO_KEYS})
    assert EVIL not in network.trained
    assert "evil advertises keys of no use" in caplog.text


@pytest.mark.parametrize("advertised", KEYS_WITHOUT_USE.values(), ids=KEYS_WITHOUT_USE.keys())
def test_keys_without_use_that_came_with_an_update_cost_no_round(
    advertised: Callable[[Advertisement], Advertisement], of_two_rounds: Coordinator
) -> None:
    """They are for the next round, and reach the others with the request to take the masks off this one."""
    network = Network([Site(name, advertised=advertised) if name == EVIL else Site(name) for name in SITES])
    state = of_two_rounds.run(network)
    assert [record.replied for record in state.history[1:]] == [SITES, HONEST]
    assert [record.failed for record in state.history[1:]] == [{}, {EVIL: NO_KEYS}]


def test_shares_that_nobody_can_open_cost_the_round_before_anybody_trains(
    coordinators: dict[bool, Coordinator],
) -> None:
    """Only the receivers see it, after the cohort is closed: `docs/security.md` says so."""

    def garbage(content: RecordDict) -> RecordDict:
        sealed = wire.by_site_from_wire("shared", content.config_records["secure"])
        return secure_part(wire.by_site_to_wire("shared", dict.fromkeys(sealed, bytes(82))))

    spoil: dict[str, Spoil] = {"query.secure_share": garbage}
    network = Network([Site(name, spoil=spoil if name == EVIL else {}) for name in SITES])
    with pytest.raises(TooFewSitesError, match=SecureAggregationError.code):
        coordinators[True].run(network)
    assert not network.trained & set(HONEST)


def test_who_spoils_the_unmasking_does_not_hold_it_up(
    coordinators: dict[bool, Coordinator], honest: dict[tuple[bool, bool], ServerState]
) -> None:
    """Its update is in the sum by then; the others' shares suffice."""
    spoil: dict[str, Spoil] = {"query.secure_unmask": lambda _: RecordDict()}
    network = Network([Site(name, spoil=spoil if name == EVIL else {}) for name in SITES])
    assert_as(coordinators[True].run(network), honest[True, True])
    assert_recorded(coordinators[True], SITES, {})
