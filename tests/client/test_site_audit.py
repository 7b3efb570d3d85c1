"""A site's audit log tells what happened, and nothing about anybody who was treated there.

What identifies a patient is planted wherever it can come from: datasets, file names, messages, exceptions, policies,
reasons. Then the log, its export and the health endpoint are searched for it.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from flwr.app import ConfigRecord, Context, Error, Message, RecordDict
from flwr.cli.build import build_fab_from_disk
from flwr.supercore.fab import Fab
from flwr.supercore.run import Run
from flwr.supercore.task_identity import TaskIdentity
from typer.testing import CliRunner

from cloister.client.approvals import approve, revoke_approval
from cloister.client.cli import app
from cloister.client.enrolment import request_enrolment
from cloister.client.launcher import answer
from cloister.client.site_audit import log_of, policy_sha256
from cloister.client.site_folder import SiteFolder
from cloister.client.site_run import SiteRun
from cloister.client.task_input import Task
from cloister.deid.declared import write_declared_dataset
from cloister.study.errors import AuditLogError, InputError, StudyError, UnexpectedSiteError
from cloister.study.schema import Study

if TYPE_CHECKING:
    from tests.client.conftest import Federation

MakeRequest = Callable[..., RecordDict]
NAME, NUMBER = "Kowalski", "00482913"
PLANTED = f"Maria {NAME}, MRN {NUMBER}, born 1951-03-07"
NOW = datetime.now(UTC)


def task(federation: "Federation", kind: str, content: RecordDict) -> Task:
    bundle = build_fab_from_disk(federation.submission.bundle)
    TaskIdentity.run_id = TaskIdentity.node_id = TaskIdentity.task_id = 1
    message = Message(content, dst_node_id=1, message_type=kind)
    message.metadata.__dict__["_message_id"] = "1"
    context = Context(1, 1, {"site-folder": str(federation.site.folder)}, RecordDict(), {})
    return Task(message, context, Run.create_empty(1), Fab(hashlib.sha256(bundle).hexdigest(), bundle, {}))


def failing(problem: Exception) -> Callable[[], Callable[[Message, Context], Message]]:
    def failing_app(_message: Message, _context: Context) -> Message:
        raise problem

    return lambda: failing_app


def everything(site: SiteFolder, export: Path) -> bytes:
    """All bytes of the log's files, of an export, and of the answer on health."""
    log_of(site).export(export, site.config.name, NOW)
    files = b"".join(path.read_bytes() for path in site.folder.glob("audit.sqlite*"))
    anchors = b"".join(path.read_bytes() for path in site.anchors.glob("audit-*"))
    return files + anchors + export.read_bytes() + json.dumps(vars(SiteRun(site.folder).health())).encode()


def planted_requests(federation: "Federation", make_request: MakeRequest) -> list[Task]:
    study = federation.submission.study
    tasks = [
        task(federation, "train", make_request(study, config={"run-id": PLANTED})),
        task(federation, "train", make_request(study, config={"study": PLANTED})),
        task(federation, "train", make_request(study, config={PLANTED: PLANTED})),
        task(federation, f"query.{NAME.lower()}", make_request(study)),
        task(federation, "train", RecordDict({PLANTED: ConfigRecord({"server-round": int(NUMBER) * 10**9})})),
    ]
    error = task(federation, "train", RecordDict())
    tasks.append(error)
    tasks[0].message.metadata.__dict__["_group_id"] = PLANTED
    return tasks


def test_nothing_of_a_patient_gets_into_the_log(
    federation: "Federation", make_request: MakeRequest, tmp_path: Path
) -> None:
    site, study = federation.site, federation.submission.study
    folder = site.folder / "datasets" / f"{NAME}-{NUMBER}"
    write_declared_dataset(
        folder, "table", pa.table({"patient_id": [NUMBER, PLANTED], "x": [1.0, 2.0], "label": [PLANTED, NAME]}),
        site_key=site.key, collection="planted", statement=PLANTED,
    )  # fmt: skip
    (site.folder / "site.toml").write_text(
        f'name = "north"\ndatasets = ["datasets/table", "datasets/{folder.name}"]\nanchors = "../anchors"\n'
        "[run]\nfree_disk_gib = 0\n"
    )
    policy = site.folder / "policy.toml"
    policy.write_text(f"# {PLANTED}\n{policy.read_text()}")
    for name in ("models", "approvals"):
        (site.folder / name / f"{PLANTED}.json").write_text(PLANTED)
    problems = [RuntimeError(PLANTED), StudyError(PLANTED, PLANTED), FileNotFoundError(2, PLANTED, f"/{PLANTED}")]
    for problem in problems:
        for asked in planted_requests(federation, make_request):
            assert answer(asked, lambda: NOW, failing(problem)).has_error()
    revoke_approval(site, study.sha256, "Dr. A. Officer", PLANTED)
    everywhere = everything(SiteFolder.open(site.folder), tmp_path / "export")
    for piece in (NAME, NUMBER, "Maria", "1951-03-07"):
        assert piece.lower().encode() not in everywhere.lower(), piece
    assert len(log_of(site).entries()) >= 18, "without entries there is nothing to find"


def test_a_name_with_numbers_is_not_taken_as_a_persons(federation: "Federation") -> None:
    before = log_of(federation.site).entries()
    with pytest.raises(InputError, match="--by"):
        approve(federation.site, federation.submission.study, PLANTED)
    assert log_of(federation.site).entries() == before


def test_the_log_tells_who_approved_what_under_which_policy_and_what_came_of_it(
    federation: "Federation", make_request: MakeRequest
) -> None:
    site, study = federation.site, federation.submission.study
    answer(task(federation, "train", make_request(study)), lambda: NOW, failing(RuntimeError()))
    answer(task(federation, "query.identify", RecordDict()), lambda: NOW, lambda: identified)
    revoke_approval(site, study.sha256, "Dr. A. Officer", "consent")
    answer(task(federation, "query.identify", RecordDict()), lambda: NOW, lambda: identified)
    told = log_of(site).entries()
    assert [entry["event"] for entry in told] == [
        "study-approved", "request-written", "enrolment-accepted",
        "refused", "answered", "approval-withdrawn", "refused",
    ]  # fmt: skip
    approved, _, accepted, failed, answered, withdrawn, refused = told
    assert (approved["by"], approved["study"], approved["study_sha256"]) == ("the tests", study.name, study.sha256)
    assert approved["sha256"] == policy_sha256(site)
    assert accepted["until"].startswith(str(federation.now.year + 1))
    assert (failed["code"], failed["round"]) == (UnexpectedSiteError.wire_code, 1)
    assert (answered["kind"], answered["bytes"] > 0, len(answered["sha256"])) == ("query.identify", True, 64)
    assert withdrawn["by"] == "Dr. A. Officer"
    assert refused["code"] == 9422


def identified(message: Message, _context: Context) -> Message:
    return Message(RecordDict({"config": ConfigRecord({"site": "north"})}), reply_to=message)


def test_the_command_shows_verifies_and_exports(federation: "Federation", tmp_path: Path) -> None:
    def ask(*options: object) -> str:
        arguments = ["audit", "--site", str(federation.site.folder), *map(str, options)]
        result = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    assert json.loads(ask("--json")) == log_of(federation.site).entries()
    assert "study-approved" in ask()
    told = json.loads(ask("--verify", "--json"))
    assert (told["entries"], told["valid"], len(told["public_key"])) == (3, True, 64)
    assert told["public_key"] == federation.site.key.identity.public_key().public_bytes_raw().hex()
    assert "Exported 3" in ask("--export", tmp_path / "export")
    assert "Removed 0" in ask("--export", tmp_path / "another", "--prune", "--by", "Dr. A. Officer")
    with pytest.raises(InputError, match="exported before"):
        ask("--prune")


def test_pausing_is_on_record(federation: "Federation") -> None:
    for command in (["pause", "--by", "Dr. A. Officer"], ["resume", "--by", "Dr. B. Officer"], ["resume"], ["stop"]):
        arguments = [command[0], "--site", str(federation.site.folder), *command[1:]]
        assert CliRunner().invoke(app, arguments, catch_exceptions=False).exit_code == 0
    *_, paused, resumed = log_of(federation.site).entries()
    assert (paused["event"], paused["by"]) == ("paused", "Dr. A. Officer")
    assert (resumed["event"], resumed["by"]) == ("resumed", "Dr. B. Officer")


def test_a_refusal_in_flowers_own_words_is_not_recorded_as_one(federation: "Federation") -> None:
    """An app may hand back an error of its own making: it is replaced before it is recorded."""

    def chatty(message: Message, _context: Context) -> Message:
        return Message(Error(code=9422, reason=PLANTED), reply_to=message)

    reply = answer(task(federation, "query.identify", RecordDict()), lambda: NOW, lambda: chatty)
    assert reply.error.reason in {None, ""}
    assert log_of(federation.site).entries()[-1]["code"] == 9461


@pytest.mark.parametrize("done", ["request", "approval"])
def test_a_site_that_has_done_something_does_not_begin_its_log_anew(site: SiteFolder, study: Study, done: str) -> None:
    """To remove the log and its anchor nobody needs the key; that must not look like a site on its first day."""
    if done == "request":
        shutil.rmtree(site.approvals)
        request_enrolment(site, NOW)
    log_of(site).path.unlink()
    shutil.rmtree(site.anchors)
    with pytest.raises(AuditLogError, match="has no entry"):
        log_of(site).entries()
    with pytest.raises(AuditLogError, match="has no entry"):
        approve(site, study, "the tests")


def test_a_site_made_by_the_command_has_a_log_from_then_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = str(tmp_path / "north")
    assert CliRunner().invoke(app, ["init", "north", "--site", folder], catch_exceptions=False).exit_code == 0
    shutil.rmtree(tmp_path / "state")
    (tmp_path / "north" / "audit.sqlite").unlink()
    with pytest.raises(AuditLogError, match="has no entry"):
        log_of(SiteFolder.open(tmp_path / "north")).entries()
