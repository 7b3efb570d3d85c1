"""The ClientApp answers with an update or a number; never with a text (promise 7)."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flwr.app import ConfigRecord, Context, Message, MessageType, RecordDict
from flwr.supercore.task_identity import TaskIdentity

from cloister.client import app as client_app
from cloister.client.node_config import FOLDER_KEY
from cloister.client.participation import Participation
from cloister.client.site_folder import SiteFolder
from cloister.client.training_queue import place_to_train
from cloister.study.errors import DataError, NotApprovedError, UnexpectedSiteError
from cloister.study.identity_proof import is_proof, new_challenge
from cloister.study.keys import SiteKey
from cloister.study.schema import Study

MakeRequest = Callable[..., RecordDict]
PLANTED = "Maria Kowalski 1951-03-07"


def ask(folder: Path | str, content: RecordDict, kind: str = MessageType.TRAIN) -> Message:
    TaskIdentity.run_id = TaskIdentity.node_id = TaskIdentity.task_id = 1
    message = Message(content, dst_node_id=1, message_type=kind)
    message.metadata.__dict__["_message_id"] = "1"
    context = Context(1, 1, {FOLDER_KEY: str(folder)} if folder else {}, RecordDict(), {})
    return client_app.app(message, context)


def test_an_answer_holds_arrays_only(site: SiteFolder, study: Study, make_request: MakeRequest) -> None:
    assert set(ask(site.folder, make_request(study)).content) == {"arrays"}


def test_two_trainings_at_a_time_are_told_apart(
    site: SiteFolder, study: Study, make_request: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each computes on a GPU of its own (`training_device`)."""
    toml = site.folder / "site.toml"
    toml.write_text(f"{toml.read_text()}trainings_at_once = 2\n")
    trained, places = Participation.train, list[int]()

    def noted(self: Participation, request: RecordDict, seal: Any, place: int) -> Any:
        places.append(place)
        return trained(self, request, seal, place)

    monkeypatch.setattr(Participation, "train", noted)
    assert not ask(site.folder, make_request(study)).has_error()
    with place_to_train(site.folder, "f" * 64, 2, 0.0, lambda: None):
        assert not ask(site.folder, make_request(study)).has_error()
    assert places == [0, 1]


def test_a_site_says_its_name(site: SiteFolder) -> None:
    reply = ask(site.folder, RecordDict(), "query.identify")
    assert dict(reply.content.config_records["config"]) == {"site": "north"}


def test_a_site_proves_its_name_for_one_challenge_at_one_node(site: SiteFolder) -> None:
    identity, challenge = site.key.identity.public_key().public_bytes_raw().hex(), new_challenge()
    reply = ask(site.folder, RecordDict({"config": ConfigRecord({"challenge": challenge})}), "query.identify")
    proof = reply.content.config_records["config"]["proof"]
    assert is_proof(proof, identity, "north", 1, challenge)
    assert not is_proof(proof, identity, "north", 2, challenge)
    assert not is_proof(proof, identity, "south", 1, challenge)
    assert not is_proof(proof, identity, "north", 1, new_challenge())
    assert not is_proof(proof, SiteKey.generate().identity.public_key().public_bytes_raw().hex(), "north", 1, challenge)


@pytest.mark.parametrize(
    "challenge", ["", "00", "g" * 64, "0" * 63 + "\n", "cloister/signed-study/1\n{}", 7, b"0" * 64]
)
def test_nothing_but_a_challenge_is_signed(site: SiteFolder, challenge: str | int | bytes) -> None:
    reply = ask(site.folder, RecordDict({"config": ConfigRecord({"challenge": challenge})}), "query.identify")
    assert dict(reply.content.config_records["config"]) == {"site": "north"}


def test_a_refusal_is_a_number_and_the_text_stays_home(
    site: SiteFolder, study: Study, make_request: MakeRequest, caplog: pytest.LogCaptureFixture
) -> None:
    request = make_request(study.model_copy(update={"rounds": 7}))
    with caplog.at_level(logging.ERROR, "cloister.site"):
        reply = ask(site.folder, request)
    assert reply.error.code == NotApprovedError.wire_code
    assert not reply.error.reason
    assert "not-approved" in caplog.text


@pytest.mark.parametrize(
    "problem", [DataError(PLANTED), RuntimeError(PLANTED), UnicodeError(PLANTED), KeyError(PLANTED)]
)
def test_no_text_of_an_exception_leaves(
    site: SiteFolder, study: Study, make_request: MakeRequest, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    def fail(*_: object) -> None:
        raise problem

    monkeypatch.setattr(Participation, "train", fail)
    reply = ask(site.folder, make_request(study))
    assert reply.error.code in {DataError.wire_code, UnexpectedSiteError.wire_code}
    assert PLANTED not in repr(vars(reply)) + repr(vars(reply.metadata)) + repr(vars(reply.error))


def test_a_site_without_folder_answers_with_a_code() -> None:
    assert ask("", RecordDict(), "query.identify").has_error()
