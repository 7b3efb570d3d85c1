"""What an encoding loses of one update goes with the next: over rounds nothing is lost, whatever is killed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flwr.app import Context, Message, MessageType, RecordDict
from flwr.supercore.task_identity import TaskIdentity

from cloister.client import app as client_app
from cloister.client.approvals import approve
from cloister.client.compressed_update import compress, without_residual
from cloister.client.local_state import LocalState
from cloister.client.node_config import FOLDER_KEY
from cloister.client.run_name import run_of_study
from cloister.client.sealed_replies import SealedReplies
from cloister.client.site_folder import SiteFolder
from cloister.privacy.randomness import RandomStream
from cloister.privacy.secure_aggregation.compressed_sum import compressed_sum_of
from cloister.study.arrays import Arrays, joined, parts_in_record, split
from cloister.study.compression.catalogue import encoding_of
from cloister.study.errors import MissingFileError
from cloister.study.schema import Compression, Study

MakeStudy = Callable[..., Study]
MakeRequest = Callable[..., RecordDict]
TOP_K = Compression(encoding="top-k", one_in=3)
CLEAR = [Compression(encoding="bfloat16"), Compression(encoding="int8"), TOP_K]
BOTH = [Compression(encoding="random-k", one_in=3)]
MASKED = [Compression(encoding="int8"), *BOTH]
PARAMETERS = 3
"""Of the study's model."""
WEIGHTS = {"north": 1.0, "south": 2.0}


def compressing(make_study: MakeStudy, compression: Compression, *, secure: bool, **more: Any) -> Study:
    federation = {
        "sites": ["north", "south"],
        "secure_aggregation": secure,
        "update_bound": 4.0,
        "compression": compression.model_dump(),
    }
    return make_study(federation=federation, **more)


def meant(study: Study, sent: Any, size: int, number: int) -> Any:
    """What the coordinator makes of what was sent, by the coordinator's own means."""
    if study.federation.is_secure:
        masked = compressed_sum_of(study, number, size)
        assert masked is not None
        return masked.decode(sent)
    encoding = encoding_of(study, number, size)
    assert encoding is not None
    return encoding.decode(sent)


@pytest.mark.parametrize(
    ("compression", "secure"), [*((each, False) for each in (*CLEAR, *BOTH)), *((each, True) for each in MASKED)]
)
def test_what_was_sent_and_what_is_kept_add_up_to_the_updates(
    make_study: MakeStudy, compression: Compression, secure: bool
) -> None:
    study = compressing(make_study, compression, secure=secure, strategy={"weights": WEIGHTS})
    generator = np.random.default_rng(0)
    shapes = {"b": (3,), "a": (4, 5)}
    kept: Arrays = {}
    sent_in_all, updates_in_all = np.zeros(23), np.zeros(23)
    for number in range(1, 30):
        update = {name: generator.normal(size=shape).astype(np.float32) for name, shape in shapes.items()}
        random = RandomStream.seeded_for_simulation(1, str(number))
        found = compress(update, kept, study, "north", number, random)
        sent_in_all += meant(study, found.sent, 23, number)
        updates_in_all += joined(update).astype(np.float64) * (0.5 if secure else 1.0)
        kept = found.kept
    residual = split(joined(kept), update)
    np.testing.assert_allclose(sent_in_all + joined(residual), updates_in_all, atol=1e-4)
    # A residual that did not go with the next update would grow like a sum of 29 of them.
    assert np.abs(joined(kept)).max() < 40
    assert without_residual({**kept, "own": np.ones(1, np.float32)}).keys() == {"own"}


def test_error_feedback_reaches_what_top_k_alone_does_not(make_study: MakeStudy) -> None:
    """Two sites whose largest entries pull apart, and a common small one that top-1 never sends (Karimireddy 2019)."""
    study = compressing(make_study, Compression(encoding="top-k", one_in=3), secure=False)
    targets = [np.array([3.0, 1.0, 0.0]), np.array([-3.0, 1.0, 0.0])]

    def reached(feedback: bool) -> Any:
        x, kept = np.zeros(3), [Arrays(), Arrays()]
        for number in range(1, 400):
            step = np.zeros(3)
            for site, target in enumerate(targets):
                update = {"x": (0.05 * (target - x)).astype(np.float32)}
                random = RandomStream.seeded_for_simulation(1, str(number))
                found = compress(update, kept[site], study, "north", number, random)
                kept[site] = dict(found.kept) if feedback else Arrays()
                step += meant(study, found.sent, 3, number) / 2
            x = x + step
        return x

    assert abs(reached(True)[1] - 1.0) < 0.1
    assert abs(reached(False)[1]) < 0.01


def ask(site: SiteFolder, content: RecordDict) -> Message:
    TaskIdentity.run_id = TaskIdentity.node_id = TaskIdentity.task_id = 1
    message = Message(content, dst_node_id=1, message_type=MessageType.TRAIN)
    message.metadata.__dict__["_message_id"] = "1"
    return client_app.app(message, Context(1, 1, {FOLDER_KEY: str(site.folder)}, RecordDict(), {}))


@pytest.fixture
def top_k(site: SiteFolder, make_study: MakeStudy) -> Study:
    study = compressing(make_study, TOP_K, secure=False)
    approve(site, study, "the tests")
    return study


def sent_by(reply: Message, study: Study, number: int) -> Any:
    assert not reply.has_error(), reply.error
    encoding = encoding_of(study, number, PARAMETERS)
    assert encoding is not None
    return encoding.decode(parts_in_record(reply.content.array_records["arrays"], encoding.parts))


def test_a_site_sends_fewer_values_and_keeps_the_rest(
    site: SiteFolder, top_k: Study, make_request: MakeRequest
) -> None:
    sent = sent_by(ask(site, make_request(top_k, 1, "run")), top_k, 1)
    kept = LocalState(site.folder, run_of_study(top_k, "run")).after(1, 99)
    residual = joined({name.removeprefix("residual/"): value for name, value in kept.items()})
    assert (sent != 0).sum() == 1
    assert ((residual != 0) == (sent == 0)).all()


def test_the_residual_is_that_of_the_update_which_the_coordinator_counted(
    site: SiteFolder, top_k: Study, make_request: MakeRequest
) -> None:
    """A receipt of one round: it goes on from the first state, however often later ones were tried and lost."""
    ask(site, make_request(top_k, 1, "run"))
    first = LocalState(site.folder, run_of_study(top_k, "run")).after(1, 99)
    for number in (2, 3):
        ask(site, make_request(top_k, number, "run", config={"rounds-contributed": 1}))
        np.testing.assert_equal(LocalState(site.folder, run_of_study(top_k, "run")).after(1, 99), first)
    after = LocalState(site.folder, run_of_study(top_k, "run")).after(2, 99)
    assert not np.array_equal(joined(after), joined(first))


def test_a_kill_before_the_reply_is_sealed_forgets_its_residual(
    site: SiteFolder, top_k: Study, make_request: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = make_request(top_k, 1, "run")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(SealedReplies, "keep", fail)
        assert ask(site, request).has_error()
    lost = LocalState(site.folder, run_of_study(top_k, "run")).after(1, 99)
    sent = sent_by(ask(site, request), top_k, 1)
    kept = joined(LocalState(site.folder, run_of_study(top_k, "run")).after(1, 99))
    assert not np.array_equal(kept, joined(lost))
    assert ((kept != 0) == (sent == 0)).all()


def test_a_residual_that_is_gone_stops_the_round_before_it_costs(
    site: SiteFolder, top_k: Study, make_request: MakeRequest
) -> None:
    ask(site, make_request(top_k, 1, "run"))
    for path in site.folder.glob("local-state/*/*"):
        path.unlink()
    reply = ask(site, make_request(top_k, 2, "run", config={"rounds-contributed": 1}))
    assert reply.error.code == MissingFileError.wire_code
