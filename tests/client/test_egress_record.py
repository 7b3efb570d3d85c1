"""What left a site is on record before it leaves, and nobody can edit the record unseen."""

import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, ConfigRecord, Error, Message, RecordDict
from flwr.supercore.task_identity import TaskIdentity
from typer.testing import CliRunner

from cloister.client import egress_record
from cloister.client.cli import app
from cloister.client.egress import check_reply
from cloister.client.egress_record import EgressRecord
from cloister.client.site_folder import SiteFolder
from cloister.client.site_setup import create_site
from cloister.study.arrays import CONTROL, LARGEST_VALUE, Arrays, to_record
from cloister.study.errors import AuditLogError, EgressError
from cloister.study.schema import Study

NOW = datetime.now(UTC)
MakeStudy = Callable[..., Study]


@pytest.fixture
def hospital(tmp_path: Path) -> SiteFolder:
    folder = create_site(tmp_path / "north", "north").folder
    (folder / "site.toml").write_text('name = "north"\nanchors = "../anchors"\n')
    return SiteFolder.open(folder)


def asked(kind: str = "train", number: int = 1, arrays: dict[str, np.ndarray] | None = None) -> Message:
    TaskIdentity.run_id = TaskIdentity.node_id = TaskIdentity.task_id = 1
    content = RecordDict(
        {"arrays": to_record(arrays or {}), "config": ConfigRecord({"run-id": "r", "server-round": number})}
    )
    request = Message(content, dst_node_id=1, message_type=kind)
    request.metadata.__dict__["_message_id"] = "1"
    return request


def reply(request: Message, value: float = 1.0) -> Message:
    arrays = to_record({"w": np.full(3, value, np.float32)})
    return Message(RecordDict({"arrays": arrays}), reply_to=request)


def filled(site: SiteFolder, study: Study, rounds: int = 3) -> EgressRecord:
    record = EgressRecord(site)
    for number in range(1, rounds + 1):
        request = asked(number=number)
        record.append(reply(request, number), request, study, NOW)
    return record


def test_entries_name_study_round_bytes_and_hash(hospital: SiteFolder, study: Study) -> None:
    record = filled(hospital, study)
    request = asked(number=4)
    record.append(Message(Error(code=9422, reason=""), reply_to=request), request, None, NOW)
    *sent, refused = record.entries()
    assert [entry["round"] for entry in sent] == [1, 2, 3]
    assert [entry["sha256"] for entry in sent] == [reply(asked(), n).content.object_id for n in (1, 2, 3)]
    assert all(entry["study_sha256"] == study.sha256 and entry["bytes"] > 3 * 4 for entry in sent)
    assert (refused["code"], refused["bytes"], refused["study_sha256"]) == (9422, 0, None)
    assert EgressRecord(hospital).entries() == record.entries()


EDITS = {
    "a changed round": "UPDATE entries SET content = CAST(replace(content, '\"round\":2', '\"round\":7') AS BLOB)",
    "a removed entry": "DELETE FROM entries WHERE sequence = 2",
    "a removed end": "DELETE FROM entries WHERE sequence = 3",
    "everything removed": "DELETE FROM entries",
    "two entries exchanged": "UPDATE entries SET content = (SELECT content FROM entries e WHERE e.sequence = "
    "5 - entries.sequence) WHERE sequence IN (2, 3)",
    "an entry more": "INSERT INTO entries SELECT 4, content, link FROM entries WHERE sequence = 3",
    "a changed link": "UPDATE entries SET link = zeroblob(32) WHERE sequence = 1",
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_an_edited_record_is_found_out(hospital: SiteFolder, study: Study, edit: str) -> None:
    record = filled(hospital, study)
    with sqlite3.connect(hospital.folder / "audit.sqlite") as book:
        book.execute(edit)
    book.close()
    with pytest.raises(AuditLogError):
        record.entries()


def test_without_its_end_nothing_more_is_sent(hospital: SiteFolder, study: Study) -> None:
    filled(hospital, study)
    (hospital.folder / "audit.sqlite").unlink()
    with pytest.raises(AuditLogError, match="are not there"):
        filled(hospital, study)


def test_a_file_that_is_no_record_stops_sending(hospital: SiteFolder, study: Study) -> None:
    (hospital.folder / "audit.sqlite").write_bytes(b"not a database, by far" * 100)
    with pytest.raises(AuditLogError):
        filled(hospital, study)


def test_a_round_is_not_answered_without_end(
    hospital: SiteFolder, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(egress_record, "MOST_ANSWERS_A_ROUND", 5)
    record, request, other = EgressRecord(hospital), asked(), asked(number=2)
    for value in range(5):
        record.append(reply(request, value), request, study, NOW)
    with pytest.raises(EgressError, match="answered 5 times"):
        record.append(reply(request), request, study, NOW)
    record.append(reply(other), other, study, NOW)
    assert len(record.entries()) == 6


def test_wrong_messages_without_end_are_counted(
    hospital: SiteFolder, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(egress_record, "MOST_REFUSALS_AN_HOUR", 5)
    record = EgressRecord(hospital)
    for number in range(1, 20):
        request = asked(f"query.unknown_{number}", number)
        record.append(Message(Error(code=9455, reason=""), reply_to=request), request, None, NOW)
    record.append(Message(Error(code=9460, reason=""), reply_to=request), request, study, NOW + timedelta(hours=1))
    assert [(entry["code"], entry["times"]) for entry in record.entries()] == [(9455, 1)] * 5 + [(9455, 14), (9460, 1)]
    shown = CliRunner().invoke(app, ["egress", "--site", str(hospital.folder)], catch_exceptions=False).output
    assert "code 9455, 14 times" in shown


def test_a_site_does_not_say_without_end_who_it_is(
    hospital: SiteFolder, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(egress_record, "MOST_IDENTIFIED_AN_HOUR", 5)
    record = EgressRecord(hospital)
    for number in range(1, 6):
        request = asked("query.identify", number)
        record.append(reply(request), request, study, NOW)
    with pytest.raises(EgressError, match="within an hour"):
        record.append(reply(request), asked("query.identify", 6), study, NOW)
    assert len(record.entries()) == 5


def test_the_command_shows_and_verifies(hospital: SiteFolder, study: Study) -> None:
    filled(hospital, study)

    def ask(*options: str) -> str:
        answer = CliRunner().invoke(app, ["egress", "--site", str(hospital.folder), *options], catch_exceptions=False)
        assert answer.exit_code == 0
        return answer.output

    assert json.loads(ask("--verify", "--json")) == {"entries": 3, "valid": True, "lost": []}
    assert "3 entries are valid" in ask("--verify")
    assert json.loads(ask("--json")) == EgressRecord(hospital).entries()
    assert len(ask().splitlines()) == 3


def test_the_command_does_not_say_that_none_is_missing_after_a_loss(hospital: SiteFolder, study: Study) -> None:
    filled(hospital, study)
    (hospital.folder / "audit.sqlite").rename(hospital.folder / "moved-away.sqlite")
    arguments = ["--site", str(hospital.folder), "--verify"]
    with pytest.raises(AuditLogError):
        CliRunner().invoke(app, ["audit", *arguments], catch_exceptions=False)
    taken_up = ["--anchor-anew", "Copied to a new disk, which failed.", "--by", "Dr. A. Officer"]
    answer = CliRunner().invoke(app, ["audit", *arguments, *taken_up], catch_exceptions=False)
    assert "1 entries are valid, but entries were lost: at least 3 before entry 4" in answer.output
    filled(hospital, study)
    answer = CliRunner().invoke(app, ["egress", *arguments], catch_exceptions=False)
    assert "3 entries are valid, but entries were lost" in answer.output


RECEIVED = {"w": np.zeros((2, 3), np.float32), "b": np.zeros(3, np.float32)}
CONTROLLED = RECEIVED | {CONTROL + name: value for name, value in RECEIVED.items()}
(VECTOR,) = to_record(RECEIVED)
SITE = ConfigRecord({"site": "north"})


def in_clear(**changed: np.ndarray) -> RecordDict:
    """An update, with some parameters changed."""
    update = {name: np.ones_like(value) for name, value in RECEIVED.items()}
    return RecordDict({"arrays": to_record(update | changed)})


def holding(**vectors: np.ndarray) -> RecordDict:
    """Such arrays, under the names that are sent."""
    return RecordDict({"arrays": ArrayRecord({name: Array(value) for name, value in vectors.items()})})


def masked(vector: np.ndarray, **fields: object) -> RecordDict:
    values: dict[str, Any] = {"signature": b"s" * 64, **fields}
    secure = ConfigRecord(values)
    return RecordDict({"masked": ArrayRecord({"masked": Array(vector)}), "secure": secure})


def checked(study: Study, content: RecordDict, kind: str = "train", arrived: Arrays = RECEIVED) -> None:
    request = asked(kind, arrays=arrived)
    check_reply(Message(content, reply_to=request), request, study, "north")


def test_an_update_in_the_clear_may_leave_if_the_study_is_not_masked(make_study: MakeStudy) -> None:
    checked(make_study(), in_clear())
    checked(make_study(), in_clear(), arrived=CONTROLLED)
    with pytest.raises(EgressError):
        checked(secure(make_study), in_clear())


def secure(make_study: MakeStudy) -> Study:
    return make_study(federation={"sites": ["north", "south", "west"]})


def test_a_masked_update_may_leave(make_study: MakeStudy) -> None:
    vector = np.arange(9, dtype=np.uint32)
    names = {"shared-sites": ["south", "west"], "shared-values": [b"x" * 80, b"y" * 80]}
    checked(secure(make_study), masked(vector, **names))
    with pytest.raises(EgressError):
        checked(make_study(), masked(vector))


BAD_UPDATES = {
    "a parameter more": in_clear(extra=np.ones(3, np.float32)),
    "parameters of other shapes": in_clear(w=np.ones((3, 2), np.float32)),
    "another model's parameters": holding(**{VECTOR[:-1] + "x": np.ones(9, np.float32)}),
    "a tensor more": holding(**{VECTOR: np.ones(9, np.float32)}, extra=np.ones(3, np.float32)),
    "another size": holding(**{VECTOR: np.ones(10, np.float32)}),
    "another dtype": holding(**{VECTOR: np.ones(9, np.float64)}),
    "text in bytes": holding(**{VECTOR: np.frombuffer(b"Maria Kowalski, 1951-03-07 in Krakow", np.uint8)}),
    "text as a name": holding(**{"Maria Kowalski": np.ones(9, np.float32)}),
    "not finite": in_clear(w=np.full((2, 3), np.inf, np.float32)),
    "out of range": in_clear(w=np.full((2, 3), 2 * LARGEST_VALUE, np.float32)),
    "nothing": holding(),
    "a name beside it": RecordDict({**in_clear(), "config": SITE}),
}
BAD_MASKED = {
    "longer than what arrived": masked(np.zeros(10, np.uint32)),
    "floats": masked(np.zeros(9, np.float32)),
    "a matrix": masked(np.zeros((3, 3), np.uint32)),
    "empty": masked(np.zeros(0, np.uint32)),
    "an unknown field": masked(np.zeros(9, np.uint32), patients=7),
    "a count in a known field": masked(np.zeros(9, np.uint32), signature=7),
    "text as a signature": masked(np.zeros(9, np.uint32), signature="Maria Kowalski"),
    "text as a site": masked(np.zeros(9, np.uint32), **{"seed-sites": ["Maria Kowalski"]}),
    "more parts than sites": masked(np.zeros(9, np.uint32), **{"seed-values": [b"x"] * 4}),
    "a secret too long": masked(np.zeros(9, np.uint32), signature=b"x" * 5000),
    "a name beside it": RecordDict({**masked(np.zeros(9, np.uint32)), "config": SITE}),
}


@pytest.mark.parametrize("content", BAD_UPDATES.values(), ids=BAD_UPDATES.keys())
def test_no_other_update_leaves_in_the_clear(make_study: MakeStudy, content: RecordDict) -> None:
    with pytest.raises(EgressError):
        checked(make_study(), content)


def test_what_came_beside_a_model_does_not_leave(make_study: MakeStudy) -> None:
    with pytest.raises(EgressError):
        checked(make_study(), RecordDict({"arrays": to_record(CONTROLLED)}), arrived=CONTROLLED)


@pytest.mark.parametrize("content", BAD_MASKED.values(), ids=BAD_MASKED.keys())
def test_no_other_vector_leaves_masked(make_study: MakeStudy, content: RecordDict) -> None:
    with pytest.raises(EgressError):
        checked(secure(make_study), content)


@pytest.mark.parametrize(("name", "value"), [("_group_id", "Maria Kowalski"), ("_message_type", "query.Kowalski")])
def test_nothing_leaves_in_the_metadata(study: Study, name: str, value: str) -> None:
    request = asked(arrays={"w": np.zeros(3, np.float32)})
    answer = reply(request)
    check_reply(answer, request, study, "north")
    answer.metadata.__dict__[name] = value
    with pytest.raises(EgressError, match="metadata"):
        check_reply(answer, request, study, "north")


@pytest.mark.parametrize("kind", ["train", "evaluate", "query.x"])
@pytest.mark.parametrize("reason", ["", "Maria Kowalski"])
@pytest.mark.parametrize("code", [0, 8, 9399, 9400, 9499, 9500])
def test_a_refusal_is_one_of_our_numbers_without_text(study: Study, code: int, reason: str, kind: str) -> None:
    request = asked(kind)
    refusal = Message(Error(code=code, reason=reason), reply_to=request)
    if 9400 <= code <= 9499 and not reason:
        check_reply(refusal, request, study, "north")
    else:
        with pytest.raises(EgressError):
            check_reply(refusal, request, study, "north")
