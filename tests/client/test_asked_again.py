"""A site that is asked again sends the same reply, pays once, and forgets it when the round is over."""

import json
import os
import signal
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest
from flwr.app import ConfigRecord, Context, Message, MessageType, RecordDict
from flwr.supercore.task_identity import TaskIdentity

from cloister.client import app as client_app
from cloister.client import participation, run_control
from cloister.client.approvals import approve
from cloister.client.node_config import FOLDER_KEY
from cloister.client.participation import Participation
from cloister.client.run_name import run_of_study
from cloister.client.sealed_replies import SealedReplies
from cloister.client.site_audit import record
from cloister.client.site_folder import SiteFolder
from cloister.client.training_queue import place_to_train
from cloister.privacy.ledger import Ledger
from cloister.study.audit_entry import run_of
from cloister.study.errors import (
    NotApprovedError,
    PastRoundError,
    SiteBusyError,
    SitePausedError,
    StudyError,
    VersionRefusedError,
)
from cloister.study.protocol import PROTOCOL, PROTOCOL_KEY
from cloister.study.schema import Study

MakeRequest = Callable[..., RecordDict]


def ask(site: SiteFolder, content: RecordDict, kind: str = MessageType.TRAIN, created_later: float = 0.0) -> Message:
    TaskIdentity.run_id = TaskIdentity.node_id = TaskIdentity.task_id = 1
    message = Message(content, dst_node_id=1, message_type=kind)
    message.metadata.__dict__["_message_id"] = "1"
    message.metadata.__dict__["_created_at"] += created_later
    return client_app.app(message, Context(1, 1, {FOLDER_KEY: str(site.folder)}, RecordDict(), {}))


def entries(site: SiteFolder) -> list[str]:
    with Ledger.open(site.ledger, site.key, site.anchors) as ledger:
        return [str(entry.kind) for entry in ledger.entries()][1:]


def kept(site: SiteFolder) -> list[Path]:
    return sorted((site.folder / "replies").glob("*/round-*.sealed"))


PAID_ONCE = ["reservation", "settlement"]


def test_the_same_request_gets_the_same_bytes_and_costs_once(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    """The noise is the operating system's: a second training would give other numbers."""
    request = make_request(study, 1, "run")
    first, second = ask(site, request), ask(SiteFolder.open(site.folder), request)
    assert first.content.object_id == second.content.object_id
    assert entries(site) == PAID_ONCE


@pytest.mark.parametrize("hours", [-13, -5, 5, 13])
def test_clocks_that_differ_by_hours_do_not_matter(
    site: SiteFolder, study: Study, make_request: MakeRequest, hours: int
) -> None:
    request = make_request(study, 1, "run")
    assert not ask(site, request, created_later=hours * 3600.0).has_error()


def test_another_request_for_the_same_round_is_paid_for(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    """The first reply has left, so a second one of another request is a second release."""
    ask(site, make_request(study, 1, "run"))
    reply = ask(site, make_request(study, 1, "run", config={"more": 1}))
    assert not reply.has_error()
    assert entries(site) == PAID_ONCE * 2


def test_in_a_pause_no_round_is_trained_for_twice_though_a_place_is_free(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    """Other arrays are another request: of that one, no reply was kept."""
    request = make_request(study, 1, "run")
    first = ask(site, request)
    about = {"study": study.name, "study_sha256": study.sha256, "run": run_of("run"), "round": 1}
    record(site, "answered", datetime.now(UTC), **about, kind="train")
    run_control.pause(site.folder, "Dr. A. Officer", datetime.now(UTC))
    again = make_request(study, 1, "run", config={"more": 1})
    assert ask(site, again).error.code == SitePausedError.wire_code
    assert entries(site) == PAID_ONCE
    assert ask(site, request).content.object_id == first.content.object_id
    run_control.resume(site.folder)
    assert not ask(site, again).has_error()


def test_a_round_for_which_no_place_became_free_in_its_time_costs_nothing(
    site: SiteFolder, make_study: Callable[..., Study], make_request: MakeRequest
) -> None:
    study = make_study(federation={"sites": ["north", "south"], "round_timeout": 1e-6})
    approve(site, study, "the tests")
    request = make_request(study, 1, "run")
    with place_to_train(site.folder, "f" * 64, 1, 0.0, lambda: None):
        assert ask(site, request).error.code == SiteBusyError.wire_code
    assert entries(site) == []
    first = ask(site, request)
    with place_to_train(site.folder, "f" * 64, 1, 0.0, lambda: None):
        assert ask(site, request).content.object_id == first.content.object_id
    assert entries(site) == PAID_ONCE


def test_a_reply_is_sealed_on_the_disk_and_gone_with_the_next_round(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    reply = ask(site, make_request(study, 1, "run"))
    (path,) = kept(site)
    values = b"".join(array.data for array in reply.content.array_records["arrays"].values())
    assert values[-8:] not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    ask(site, make_request(study, 2, "run"))
    assert [left.name for left in kept(site)] == ["round-00002.sealed"]


@pytest.mark.parametrize("copy", ["round-00001 (copy).sealed", "round-.sealed", "round-1e5.sealed"])
def test_a_copy_that_somebody_made_of_a_reply_is_in_nobodys_way(
    site: SiteFolder, study: Study, make_request: MakeRequest, copy: str
) -> None:
    first = ask(site, make_request(study, 1, "run"))
    (path,) = kept(site)
    path.with_name(copy).write_bytes(path.read_bytes())
    assert not first.has_error()
    assert not ask(site, make_request(study, 2, "run")).has_error()
    assert not path.exists()


def test_replies_of_a_run_long_past_go_and_those_of_another_run_stay(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    for run in ("old", "other"):
        ask(site, make_request(study, 1, run))
    old = next(path for path in kept(site) if path == SealedReplies(site, run_of_study(study, "old"), 1)._path(1))
    os.utime(old, (0, 0))
    ask(site, make_request(study, 1, "new"))
    assert old not in kept(site)
    assert len(kept(site)) == 2


def test_however_late_the_same_request_comes_it_gets_the_same_bytes_and_costs_once(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    """A coordinator that was down for a month resumes its run."""
    request = make_request(study, 1, "run")
    first = ask(site, request)
    for path in kept(site):
        os.utime(path, (0, 0))
    assert ask(site, request).content.object_id == first.content.object_id
    assert entries(site) == PAID_ONCE


@pytest.mark.parametrize("number", [0, 4, 10**6])
def test_a_round_that_does_not_exist_makes_none_past(
    site: SiteFolder, study: Study, make_request: MakeRequest, number: int
) -> None:
    assert study.rounds == 3
    for real in (1, 2, 3):
        ask(site, make_request(study, real, "run"))
    assert ask(site, make_request(study, number, "run")).error.code == StudyError.wire_code
    assert [left.name for left in kept(site)] == ["round-00003.sealed"]
    assert ask(site, make_request(study, 1, "run")).error.code == PastRoundError.wire_code


def test_what_a_request_says_forges_no_line_of_the_log(
    site: SiteFolder, study: Study, make_request: MakeRequest, caplog: pytest.LogCaptureFixture
) -> None:
    document = {"\n2026-01-01 INFO cloister.site approved \x1b[2J": 1}
    assert ask(site, make_request(study, 1, "run", config={"study": json.dumps(document)})).has_error()
    assert "approved" in caplog.text
    assert not any("\n" in record.getMessage() or "\x1b" in record.getMessage() for record in caplog.records)


def test_a_reply_that_another_process_removes_meanwhile_is_in_nobodys_way(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    ask(site, make_request(study, 1, "old"))
    (path,) = kept(site)
    path.unlink()
    path.symlink_to("nowhere")  # it is listed, and when it is looked at it is not there
    assert not ask(site, make_request(study, 1, "new")).has_error()


def test_a_sealed_reply_fits_its_run_round_request_and_site_only(site: SiteFolder) -> None:
    reply = RecordDict({"config": ConfigRecord({"a": 1})})
    replies = SealedReplies(site, "run", 1)
    with replies.locked():
        replies.keep("request", reply)
    assert replies.find("request") == reply
    assert replies.find("another") is None
    path, moved = replies._path(1), SealedReplies(site, "run", 2)
    moved._path(2).write_bytes(path.read_bytes())
    assert moved.find("request") is None
    sealed = path.read_bytes()
    for damage in (b"", sealed[:-1], bytes([sealed[0] ^ 1]) + sealed[1:]):
        path.write_bytes(damage)
        assert replies.find("request") is None


def test_a_round_that_failed_before_its_reply_was_stored_is_trained_again_under_the_same_reservation(
    site: SiteFolder, study: Study, make_request: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = make_request(study, 1, "run")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(SealedReplies, "keep", fail)
        assert ask(site, request).has_error()
    assert entries(site) == ["reservation"]
    assert not ask(site, request).has_error()
    assert entries(site) == PAID_ONCE


def test_a_reservation_is_not_used_for_another_dataset_or_mechanism(
    site: SiteFolder, study: Study, make_request: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(participation, "read_examples", fail)
        ask(site, make_request(study, 1, "run"))
    with Ledger.open(site.ledger, site.key, site.anchors) as ledger:
        assert ledger.open_reservation(study.sha256, "run", 1) is not None
        assert ledger.open_reservation(study.sha256, "run", 1, "another dataset") is None
        assert ledger.open_reservation(study.sha256, "run", 2) is None
        assert ledger.open_reservation(study.sha256, "another run", 1) is None
        assert ledger.open_reservation("another study", "run", 1) is None


def test_a_stored_reply_does_not_leave_before_its_round_is_settled(
    site: SiteFolder, study: Study, make_request: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise its reservation could serve for a second, different reply."""
    request = make_request(study, 1, "run")

    def fail(*_: object) -> None:
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(Ledger, "settle", fail)
        assert ask(site, request).has_error()
        assert len(kept(site)) == 1
        assert ask(site, request).has_error()
    assert not ask(site, request).has_error()
    assert entries(site) == PAID_ONCE
    ask(site, make_request(study, 1, "run", config={"more": 1}))
    assert entries(site) == PAID_ONCE * 2


@pytest.mark.parametrize("run_id", ["a" * 201, "run\n", "r\u00fcn"])
def test_what_is_no_runs_name_never_stands_in_the_ledger(
    site: SiteFolder, study: Study, make_request: MakeRequest, run_id: str
) -> None:
    """It would for good, and in every refusal: one of hundreds of megabytes would be read with each message."""
    assert ask(site, make_request(study, 1, run_id)).error.code == StudyError.wire_code
    with pytest.raises(StudyError):
        Participation(site).train(make_request(study, 1, run_id))
    assert entries(site) == []


def test_a_killed_process_leaves_no_lock(site: SiteFolder) -> None:
    def hold() -> None:
        with SealedReplies(site, "run", 1).locked():
            os.kill(os.getpid(), signal.SIGKILL)

    process = get_context("fork").Process(target=hold)
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    with SealedReplies(site, "run", 1).locked():
        pass


def test_two_processes_asked_at_once_train_once(site: SiteFolder, study: Study, make_request: MakeRequest) -> None:
    request = make_request(study, 1, "run")
    processes = [get_context("fork").Process(target=ask, args=(site, request)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0]
    assert entries(site) == PAID_ONCE


def test_a_round_that_is_over_is_refused(site: SiteFolder, study: Study, make_request: MakeRequest) -> None:
    """One round back is allowed: the coordinator's newest checkpoint may be damaged."""
    for number in (1, 2, 3):
        ask(site, make_request(study, number, "run"))
    paid = entries(site)
    assert ask(site, make_request(study, 1, "run")).error.code == PastRoundError.wire_code
    assert entries(site) == paid
    assert not ask(site, make_request(study, 2, "run")).has_error()


@pytest.mark.parametrize("kind", [MessageType.TRAIN, "query.secure_share"])
@pytest.mark.parametrize(
    ("config", "error"),
    [
        ({PROTOCOL_KEY: None}, VersionRefusedError),
        ({PROTOCOL_KEY: PROTOCOL + 1}, VersionRefusedError),
        ({PROTOCOL_KEY: str(PROTOCOL)}, VersionRefusedError),
        ({"run-id": None}, StudyError),
        ({"server-round": 0}, StudyError),
        ({"server-round": "1"}, StudyError),
        ({"server-round": True}, StudyError),
    ],
)
def test_a_request_in_another_version_or_without_a_round_is_refused(
    site: SiteFolder, study: Study, make_request: MakeRequest, kind: str, config: dict[str, Any], error: type
) -> None:
    reply = ask(site, make_request(study, 1, "run", config=config), kind)
    assert reply.error.code == error.wire_code  # type: ignore[attr-defined]
    assert not kept(site)
    assert entries(site) == []


def test_what_was_kept_is_not_sent_once_the_approval_is_gone(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    request = make_request(study, 1, "run")
    ask(site, request)
    for path in site.approvals.iterdir():
        path.unlink()
    assert ask(site, request).error.code == NotApprovedError.wire_code


def test_a_study_without_privacy_needs_no_reservation_to_reply_twice(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    Participation(site).settle_open(make_request(study.without_privacy(), 1, "run"))
    assert entries(site) == []
