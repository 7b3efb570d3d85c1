"""The heart-disease study in a real deployment: TLS, authenticated nodes, the guides' commands, the same two apps.

The SuperLink is killed (SIGKILL) in the third round and started again. All tests look at this one run; the last
two, in the order in which they stand, go on where it ended.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from flwr.app import Message
from flwr.proto.fleet_pb2 import PushMessagesRequest
from flwr.proto.message_pb2 import ObjectTree, PushObjectRequest
from flwr.supercore.inflatable.inflatable_object import get_object_id
from flwr.supercore.inflatable.inflatable_utils import inflate_object_from_contents

from cloister.privacy.ledger import Ledger
from cloister.privacy.plan import PrivatePlan
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.simulation.engine import run_engine
from cloister.strategies.roster import IDENTIFY
from cloister.strategies.server_state import ServerState
from cloister.study.errors import BudgetExhaustedError
from cloister.study.identity_proof import PROOF_BYTES, PROOF_KEY
from cloister.study.keys import SiteKey
from cloister.study.schema import Study

if TYPE_CHECKING:
    from tests.deployment.conftest import Deployment, Sent

pytestmark = pytest.mark.heavy

EXAMPLE = Path(__file__).parents[2] / "examples" / "heart-disease.toml"
PUSH_MESSAGES, PUSH_OBJECT = "/v1/fleet/push-messages", "/v1/fleet/push-object"
WITHOUT_CONTENT = {
    f"/v1/fleet/{name}"
    for name in (
        "activate-node",
        "confirm-message-received",
        "deactivate-node",
        "get-fab",
        "get-run",
        "pull-messages",
        "pull-object",
        "send-node-heartbeat",
    )
}
"""Requests that say which node wants or has which object of the coordinator's."""


RECORDS = {IDENTIFY: {"config"}, "train": {"masked", "secure"}}
SECURE_FIELDS = {
    *(f"ad-{field}" for field in ("sites", "sealing-keys", "mask-keys", "commitments", "signatures")),
    *(f"{kind}-{field}" for kind in ("shared", "seed", "mask-key") for field in ("sites", "values")),
    "signature",
}
LONGEST_SECRET = 2 * 33 + 16
"""Bytes: two shares and the tag that seals them; keys, commitments and signatures are shorter."""


def listed(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]


def test_every_round_was_finished_with_every_hospital(deployment: Deployment) -> None:
    example = Study.read(EXAMPLE)
    assert deployment.study.model_copy(update={"federation": example.federation, "privacy": example.privacy}) == example
    assert deployment.run_state() == "finished:completed"
    base, *rounds = deployment.status()["history"]
    assert base["round"] == 0
    assert [record["round"] for record in rounds] == list(range(1, example.rounds + 1))
    assert all(record["replied"] == sorted(deployment.sites) and not record["failed"] for record in rounds)


def test_the_model_is_the_in_process_engines_bit_for_bit(deployment: Deployment) -> None:
    """The sites are seeded alike, so whatever differed would come from the engine."""
    twin = deployment.twin
    sites = {name: twin / "sites" / name for name in deployment.sites}
    run_engine("process", twin / "coordinator", sites, deployment.study.rounds, lambda *_: None)
    simulated, deployed = state_of(twin / "coordinator"), state_of(deployment.finished)
    assert deployed.model.keys() == simulated.model.keys()
    for name, values in simulated.model.items():
        assert values.any()
        np.testing.assert_array_equal(deployed.model[name], values, err_msg=name)
    assert [record.metrics for record in deployed.history] == [record.metrics for record in simulated.history]


def test_each_ledger_shows_the_planned_epsilon(deployment: Deployment) -> None:
    study, planned = deployment.study, PrivatePlan.of_study(deployment.study).epsilon()
    for desk in deployment.sites.values():
        book = json.loads(desk.run("ledger"))
        (entry,) = book["studies"]
        assert (entry["study"], entry["sha256"]) == (study.name, study.sha256)
        assert entry["epsilon"] == book["spent"] == pytest.approx(planned, rel=1e-6)
        # The opening, then a reservation and a settlement for each round.
        assert book["entries"] == 1 + 2 * study.rounds


def test_a_ledgers_backup_is_a_ledger(deployment: Deployment) -> None:
    for desk in deployment.sites.values():
        desk.run("backup")
        (copy,) = (desk.folder / "backup").glob("site-ledger-*.sqlite")
        with Ledger.open(copy, SiteKey.read(desk.folder / "site" / "site.key")) as book:
            assert book.spent() == json.loads(desk.run("ledger"))["spent"]


def test_a_coordinators_backup_has_its_roster_and_its_databases(deployment: Deployment) -> None:
    desk = deployment.coordinator
    desk.run("backup")
    copies = {path.name.rsplit("-", 1)[0]: path for path in (desk.folder / "backup").iterdir()}
    assert copies.keys() == {"federation-audit", "federation-roster", "federation-server", "flower-state"}
    assert copies["federation-roster"].read_bytes() == (desk.folder / "federation" / "roster.json").read_bytes()


def test_a_hospital_sends_its_name_and_its_update_and_nothing_else(deployment: Deployment) -> None:
    """Every byte that left the hospitals is accounted for: no count, no metric, no text, and no vector unmasked.

    One thing Flower adds by itself: how long the app ran, and of course when the answer came.
    """
    answers = answers_in(deployment.gate.sent)
    sites, rounds = len(deployment.sites), deployment.study.rounds
    kinds = [answer.metadata.message_type for answer in answers]
    expected = {"query.secure_advertise": 1, "query.secure_share": 1, "train": rounds, "query.secure_unmask": rounds}
    times = Counter(kinds)
    assert times.pop(IDENTIFY) >= sites  # who is still starting is asked again
    assert times == {kind: sites * number for kind, number in expected.items()}
    size = sum(values.size for values in state_of(deployment.finished).model.values())
    for answer, kind in zip(answers, kinds, strict=True):
        assert set(answer.content) == RECORDS.get(kind, {"secure"})
        for name, value in answer.content.config_records.get("config", {}).items():
            assert (name, value) in {("site", site) for site in deployment.sites} or (
                name == PROOF_KEY and isinstance(value, bytes) and len(value) == PROOF_BYTES
            )
        for name, value in answer.content.config_records.get("secure", {}).items():
            assert name in SECURE_FIELDS
            if name.endswith("-sites"):
                assert set(listed(value)) <= set(deployment.sites)
            else:
                assert all(isinstance(part, bytes) and len(part) <= LONGEST_SECRET for part in listed(value))
        for record in answer.content.array_records.values():
            arrays = {key: array.numpy() for key, array in record.items()}
            assert {key: (array.shape, str(array.dtype)) for key, array in arrays.items()} == {
                "masked": ((size,), "uint32")
            }
    assert {sent.path for sent in deployment.gate.sent} <= WITHOUT_CONTENT | {PUSH_MESSAGES, PUSH_OBJECT}
    assert deployment.gate.refused == []


def test_a_node_with_an_unregistered_key_is_refused(deployment: Deployment) -> None:
    stranger = deployment.stranger()
    before = len(deployment.gate.sent)
    service = stranger.start("supernode")
    service.wait_for("the node ended")
    service.stop()
    assert answers_in(deployment.gate.sent[before:]) == []
    nodes = json.loads(deployment.coordinator.run("nodes"))["nodes"]
    assert [node["status"] for node in nodes] == ["online"] * len(deployment.sites)


def test_a_round_that_is_given_up_is_paid_for_again_or_refused(deployment: Deployment) -> None:
    """The coordinator loses its last round. The study asks for a spare one; the policies bear what was planned only.

    What they tell the coordinator is a number; the text stays in their own logs. The run ends with the model that is
    left.
    """
    max((deployment.submission / "checkpoints").glob("round-*")).unlink()
    before = len(deployment.gate.sent)
    deployment.start()
    deployment.finish()
    assert deployment.run_state() == "finished:completed"
    status = deployment.status()
    assert (status["rounds_finished"], status["stopped"]) == (deployment.study.rounds - 1, "budgets-exhausted")
    assert BudgetExhaustedError.code in deployment.coordinator.run("log", RUN_ID=deployment.run_id)
    refusals = [answer for answer in answers_in(deployment.gate.sent[before:]) if answer.has_error()]
    assert len(refusals) == len(deployment.sites)
    for refusal in refusals:
        assert (refusal.error.code, refusal.error.reason or "") == (BudgetExhaustedError.wire_code, "")
    for desk in deployment.sites.values():
        assert BudgetExhaustedError.code in desk.services["supernode"].text()


def test_a_run_goes_on_once_there_is_a_budget(deployment: Deployment) -> None:
    """Those responsible at the hospitals allow the repetition: it gives the same model, and costs what it costs."""
    planned = PrivatePlan.of_study(deployment.study).epsilon()
    for desk in deployment.sites.values():
        policy = desk.folder / "site" / "policy.toml"
        policy.write_text(policy.read_text().replace("epsilon_per_study = 8.0", "epsilon_per_study = 9.0"))
    deployment.start()
    deployment.finish()
    assert deployment.run_state() == "finished:completed"
    resumed, finished = state_of(deployment.submission), state_of(deployment.finished)
    assert (resumed.round, resumed.stopped) == (deployment.study.rounds, None)
    for name, values in finished.model.items():
        np.testing.assert_array_equal(resumed.model[name], values, err_msg=name)
    for desk in deployment.sites.values():
        assert json.loads(desk.run("ledger"))["spent"] > planned


def state_of(folder: Path) -> ServerState:
    state = CoordinatorFolder.open(folder).latest()
    assert state is not None
    return state


def answers_in(sent: Sequence[Sent]) -> list[Message]:
    """The messages that were sent, put together from the objects pushed; there must be no object beside them.

    One that was pushed again, because nobody took it while the SuperLink was down, is the same one.
    """
    objects = {}
    for request in sent:
        if request.path == PUSH_OBJECT:
            content = PushObjectRequest.FromString(request.body).object_content
            objects[get_object_id(content)] = content
    answers, named = dict[str, Message](), set[str]()
    for request in sent:
        if request.path == PUSH_MESSAGES:
            pushed = PushMessagesRequest.FromString(request.body)
            assert all(message.content.ByteSize() == 0 for message in pushed.messages_list)
            for tree in pushed.message_object_trees:
                named |= ids_in(tree)
                message = inflate_object_from_contents(tree.object_id, objects, keep_object_contents=True)
                assert isinstance(message, Message)
                answers[tree.object_id] = message
    assert objects.keys() == named
    return list(answers.values())


def ids_in(tree: ObjectTree) -> set[str]:
    return {tree.object_id}.union(*(ids_in(child) for child in tree.children))
