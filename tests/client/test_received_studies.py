"""A study that comes with a message before anybody approved it is refused, and waits where people look for studies."""

import hashlib
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from flwr.app import Context, Message, RecordDict
from flwr.cli.build import build_fab_from_disk
from flwr.supercore.fab import Fab
from flwr.supercore.run import Run
from flwr.supercore.task_identity import TaskIdentity
from typer.testing import CliRunner

from cloister.client import received_studies
from cloister.client.approvals import revoke_approval
from cloister.client.cli import app
from cloister.client.launcher import App, answer
from cloister.client.page.waiting_studies import studies_in
from cloister.client.received_studies import MOST
from cloister.client.site_folder import STUDIES, SiteFolder
from cloister.client.site_setup import create_site
from cloister.client.task_input import Task
from cloister.server.submission import Submission, submit
from cloister.study.errors import ExpiredStudyError, NotApprovedError
from cloister.study.schema import Study

if TYPE_CHECKING:
    from tests.client.conftest import Federation

MakeStudy = Callable[..., Study]


def imported() -> App:
    return lambda message, _: Message(RecordDict(), reply_to=message)


def send(federation: "Federation", submission: Submission, later: timedelta = timedelta()) -> Message:
    """A message of a submitted study arrives."""
    bundle = build_fab_from_disk(submission.bundle)
    TaskIdentity.run_id = TaskIdentity.node_id = TaskIdentity.task_id = 1
    message = Message(RecordDict(), dst_node_id=1, message_type="query.identify")
    message.metadata.__dict__["_message_id"] = "1"
    context = Context(1, 1, {"site-folder": str(federation.site.folder)}, RecordDict(), {})
    task = Task(message, context, Run.create_empty(1), Fab(hashlib.sha256(bundle).hexdigest(), bundle, {}))
    return answer(task, lambda: federation.now + later, imported)


def filed(site: SiteFolder) -> list[Path]:
    return sorted((site.folder / STUDIES).glob("*"))


def test_the_folder_that_people_put_studies_into_is_made_and_a_missing_one_is_empty(tmp_path: Path) -> None:
    site = create_site(tmp_path / "north", "north")
    assert (site.folder / STUDIES).is_dir()
    (site.folder / STUDIES).rmdir()
    assert studies_in(site, datetime.now(UTC)) == ([], [])


def test_a_study_that_was_withdrawn_here_waits_for_nobody(federation: "Federation") -> None:
    """It was decided on: a message of it files it no more, and where it is filed it does not ask for a decision."""
    site, submission = federation.site, federation.submission
    revoke_approval(site, submission.study.sha256, "Dr. A. Officer", "consent withdrawn")
    assert send(federation, submission).error.code == NotApprovedError.wire_code
    assert filed(site) == []
    (site.folder / STUDIES).mkdir(exist_ok=True)
    shutil.copy(submission.signed_study, site.folder / STUDIES)
    ((found,), _) = studies_in(site, federation.now)
    assert (found.approved, found.withdrawn, found.awaits) == (False, True, False)
    assert any("consent withdrawn" in line for line in found.summary)


def test_it_is_refused_and_people_find_it(federation: "Federation", make_study: MakeStudy) -> None:
    submission = federation.submit(make_study(name="another"))
    assert send(federation, submission).error.code == NotApprovedError.wire_code
    (file,) = filed(federation.site)
    assert file.read_bytes() == (submission.folder / "signed-study.json").read_bytes()
    ((waiting,), unusable) = studies_in(federation.site, federation.now)
    assert (waiting.study, waiting.awaits, unusable) == (submission.study, True, [])
    said = CliRunner().invoke(app, ["approve", str(file), "--site", str(federation.site.folder), "--by", "A. Officer"])
    assert said.exit_code == 0, said.output
    assert send(federation, submission).error.code != NotApprovedError.wire_code


def test_an_approved_study_is_not_filed(federation: "Federation") -> None:
    send(federation, federation.submission)
    assert filed(federation.site) == []


def test_what_is_no_file_holds_nobody_up(federation: "Federation") -> None:
    """Whoever reads from a pipe waits until somebody writes into it."""
    folder = federation.site.folder / STUDIES
    os.mkfifo(folder / "a.json")
    (folder / "b.json").mkdir()
    (folder / "c.json").symlink_to("nowhere")
    (folder / "d.json").symlink_to(federation.submission.signed_study)
    ((found,), unusable) = studies_in(federation.site, federation.now)
    assert (found.file, [one.file for one in unusable]) == ("d.json", ["a.json", "b.json", "c.json"])


def test_what_this_coordinator_did_not_sign_for_now_is_not_filed(
    federation: "Federation", make_study: MakeStudy
) -> None:
    reply = send(federation, federation.submit(make_study(name="another")), later=timedelta(days=91))
    assert reply.error.code == ExpiredStudyError.wire_code
    assert filed(federation.site) == []


def test_the_last_ones_are_kept_and_what_people_put_there_stays(
    federation: "Federation", make_study: MakeStudy
) -> None:
    own = federation.site.folder / STUDIES / "signed-study.json"
    own.write_text("ours")
    os.utime(own, (0, 0))
    submissions = [federation.submit(make_study(name=f"study-{number}")) for number in range(MOST + 2)]
    for age, submission in enumerate(submissions):
        send(federation, submission)
        (newest,) = [path for path in filed(federation.site) if submission.study.sha256 in path.name]
        os.utime(newest, (1000 + age, 1000 + age))
    kept = {path.name for path in filed(federation.site)}
    assert kept == {own.name, *(f"received-{one.study.sha256}.json" for one in submissions[2:])}


def test_a_study_signed_anew_replaces_its_file_and_one_sent_again_does_not(
    federation: "Federation", make_study: MakeStudy
) -> None:
    study = make_study(name="another")
    submission = federation.submit(study)
    send(federation, submission)
    (file,) = filed(federation.site)
    first, written = file.read_bytes(), file.stat().st_ino
    send(federation, submission)
    assert file.stat().st_ino == written
    document = federation.server.folder / "submitted.json"
    renewed = submit(federation.server, document, 30, federation.now)
    send(federation, renewed)
    assert filed(federation.site) == [file]
    assert file.read_bytes() != first


def test_a_disk_that_does_not_take_it_changes_nothing_for_the_coordinator(
    federation: "Federation", make_study: MakeStudy, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(received_studies, "atomic", SimpleNamespace(write_bytes=full))
    reply = send(federation, federation.submit(make_study(name="another")))
    assert reply.error.code == NotApprovedError.wire_code
    assert filed(federation.site) == []
