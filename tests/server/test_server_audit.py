"""A coordinator's audit log tells who was enrolled and what ran, and can be verified elsewhere."""

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cloister.client.enrolment import request_enrolment
from cloister.client.site_setup import create_site
from cloister.server.cli import app
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.enrolment import enroll, revoke
from cloister.server.page.federation import Federation
from cloister.server.server_audit import log_of, recorded_run, refusing
from cloister.server.server_folder import Server, ServerFolder
from cloister.server.server_setup import create_server, rotate
from cloister.server.submission import Submission, submit
from cloister.strategies.round_failure import naming
from cloister.strategies.server_state import RoundRecord, ServerState
from cloister.study.errors import (
    AuditLogError,
    InputError,
    MissingFileError,
    NotApprovedError,
    NotOnRosterError,
    RefusedByPolicyError,
    TooFewSitesError,
)
from cloister.study.schema import Study

NOW = datetime.now(UTC)
EXAMPLE = Path(__file__).parents[2] / "examples" / "heart-disease.toml"
SITES = ("cleveland", "hungary", "switzerland", "va")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[ServerFolder, Submission]:
    folder = tmp_path_factory.mktemp("federation")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        server = create_server(folder / "server", Server(name="heart", hosts=("h.example",), anchors="../anchors"), NOW)
        for name in SITES:
            request = request_enrolment(create_site(folder / name, name), NOW)
            enroll(server, request, request.fingerprint.words, 365, NOW)
        lines = [f'{site} = "{identity}"' for site, identity in server.roster.identities(NOW).items()]
        study = folder / "study.toml"
        study.write_text("\n".join([EXAMPLE.read_text(), "[federation.identities]", *lines]))
        return server, submit(server, study, 90, NOW)


def test_everything_is_told_in_order(made: tuple[ServerFolder, Submission]) -> None:
    server, submission = made
    coordinator = CoordinatorFolder.open(submission.folder)
    done = RoundRecord(1, ("cleveland",), {"va": "budget-exhausted", "hungary": "no-reply"}, 1.0, 10, 10)
    with recorded_run(coordinator) as run:
        run.reached(ServerState(coordinator.study.sha256, run.run_id, 1, {}, history=(done,)))
        run.refused(7, TooFewSitesError.wire_code)
    with pytest.raises(TooFewSitesError), recorded_run(coordinator):
        raise TooFewSitesError("Maria Kowalski", "00482913")
    with pytest.raises(RuntimeError), recorded_run(coordinator):
        raise RuntimeError("Maria Kowalski")
    rotate(server, NOW)
    revoke(server, "va", "Maria Kowalski", NOW)
    told = log_of(server).entries()
    assert [entry["event"] for entry in told] == [
        "server-created", *["site-enrolled"] * 4, "study-submitted", "run-started", "round-finished",
        "node-refused", "run-ended",
        "run-started", "run-ended", "run-started", "run-ended", "certificates-rotated", "site-revoked",
    ]  # fmt: skip
    assert [entry["site"] for entry in told[1:5]] == list(SITES)
    assert told[5]["study_sha256"] == submission.study.sha256
    assert (told[7]["round"], told[7]["replied"], told[7]["failed"]) == (1, ["cleveland"], done.failed)
    assert told[7]["accepted"] is True
    assert (told[8]["node"], told[8]["code"]) == (7, TooFewSitesError.wire_code)
    assert [told[number].get("code") for number in (9, 11, 13)] == [None, TooFewSitesError.wire_code, 9400]
    assert b"Kowalski" not in log_of(server).path.read_bytes()


def test_the_command_shows_and_exports(made: tuple[ServerFolder, Submission], tmp_path: Path) -> None:
    server, _ = made

    def ask(*options: object) -> str:
        arguments = ["audit", "--server", str(server.folder), *map(str, options)]
        result = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    told = json.loads(ask("--verify", "--json", "--export", tmp_path / "export"))
    assert told["valid"]
    assert told["exported"] == len(log_of(server).entries())
    assert json.loads((tmp_path / "export").read_text().splitlines()[0])["public_key"] == told["public_key"]
    assert "site-enrolled" in ask()


def test_what_no_file_can_hold_is_refused_before_anything_is_logged(
    made: tuple[ServerFolder, Submission], tmp_path: Path
) -> None:
    """A terminal that is set to Latin-1 sends it. Logged first, the revocation stood in the log, and nowhere else."""
    server, _ = made
    typed, base, study = os.fsdecode(b"caf\xe9"), tmp_path / os.fsdecode(b"\xe9"), tmp_path / "study.json"
    base.mkdir()
    alone = {"sites": ["cleveland"], "minimum_sites": 1, "secure_aggregation": False}
    document = Study.read(EXAMPLE).model_dump(mode="json")
    document["federation"] |= alone
    study.write_text(Study.model_validate(document).canonical)
    before = (log_of(server).entries(), server.roster)
    for option, *arguments in (
        ("--reason", "revoke", "cleveland", "--reason", typed),
        ("--anchor-anew", "audit", "--by", "Ada", "--anchor-anew", typed),
        ("--base", "submit", str(study), "--base", str(base)),
        ("--heldout", "submit", str(study), "--heldout", str(base)),
    ):
        result = CliRunner().invoke(app, [*arguments, "--server", str(server.folder)])
        assert isinstance(result.exception, InputError)
        assert result.exception.message.startswith(f"{option}: ")
        assert "is not UTF-8" in result.exception.message
    assert (log_of(server).entries(), server.roster) == before


def test_a_log_that_was_restored_is_taken_up_again(tmp_path: Path) -> None:
    server = create_server(tmp_path / "server", Server(name="x", hosts=("h.example",), anchors="../anchors"), NOW)
    log = log_of(server)
    shutil.copy(log.path, tmp_path / "copy")
    rotate(server, NOW)
    shutil.copy(tmp_path / "copy", log.path)
    with pytest.raises(AuditLogError, match="are not there"):
        rotate(server, NOW)
    arguments = ["audit", "--server", str(server.folder), "--verify", "--by", "Dr. B. Operator"]
    arguments += ["--anchor-anew", "Last night's backup was put back."]
    told = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert "2 entries are valid, but entries were lost: at least 1 before entry 3" in told.output
    rotate(server, NOW)
    assert [(entry["event"], entry.get("by")) for entry in log.entries()[1:]] == [
        ("anchored-anew", "Dr. B. Operator"),
        ("certificates-rotated", None),
    ]


def test_a_server_with_a_roster_does_not_begin_its_log_anew(
    made: tuple[ServerFolder, Submission], tmp_path: Path
) -> None:
    server, _ = made
    shutil.copytree(server.folder, tmp_path / "server")
    copy = ServerFolder.open(tmp_path / "server")
    with pytest.raises(AuditLogError, match="anchor is missing"):
        log_of(copy).entries()
    log_of(copy).path.unlink()
    for use in (log_of(copy).entries, lambda: rotate(copy, NOW)):
        with pytest.raises(AuditLogError, match="has no entry"):
            use()


def test_a_folder_that_no_server_made_runs_without_a_log(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    (folder / "study.toml").write_text(EXAMPLE.read_text())
    (folder / "coordinator.toml").write_text("")
    with recorded_run(CoordinatorFolder.open(folder)) as run:
        run.reached(ServerState("0" * 64, run.run_id, 0, {}, history=(RoundRecord(0, (), {}, 0.0, 0, 0),)))
    assert not list(tmp_path.rglob("audit*"))


def test_a_site_that_refuses_to_begin_is_named_until_it_has_replied_or_the_run_ends(
    made: tuple[ServerFolder, Submission],
) -> None:
    server, submission = made
    coordinator = CoordinatorFolder.open(submission.folder)
    roster = server.roster
    for number, site in enumerate(SITES):
        roster = roster.known_as(site, number + 1)
    roster.write(server.roster_file)
    with recorded_run(coordinator) as run:
        assert refusing(coordinator) == {}
        run.refused(1, NotApprovedError.wire_code)
        run.refused(2, RefusedByPolicyError.wire_code)
        run.refused(9, NotOnRosterError.wire_code)
        assert refusing(coordinator) == {
            "cleveland": "not-approved", "hungary": "refused-by-policy", "node 9": "not-on-roster",
        }  # fmt: skip
        shown = CliRunner().invoke(app, ["status", "--coordinator", str(submission.folder)])
        assert "cleveland takes no part: not-approved" in shown.output
        done = RoundRecord(5, ("cleveland",), {}, 1.0, 1, 1)
        run.reached(ServerState(coordinator.study.sha256, run.run_id, 5, {}, history=(done,)))
        assert refusing(coordinator).keys() == {"hungary", "node 9"}
    assert refusing(coordinator) == {}


def test_a_site_for_want_of_which_a_run_failed_is_named_until_the_next_begins(
    made: tuple[ServerFolder, Submission],
) -> None:
    server, submission = made
    coordinator, federation = CoordinatorFolder.open(submission.folder), Federation(server.folder)
    before = {row.member.site: row.failures for row in federation.sites(NOW)}
    with pytest.raises(TooFewSitesError), recorded_run(coordinator):
        raise naming(TooFewSitesError("Round 1: 1 of the 2 sites needed gave keys."), {"hungary": "site-paused"})
    assert log_of(server).entries()[-1]["failed"] == refusing(coordinator) == {"hungary": "site-paused"}
    shown = CliRunner().invoke(app, ["status", "--coordinator", str(submission.folder)])
    assert "hungary takes no part: site-paused" in shown.output
    with recorded_run(coordinator):
        assert refusing(coordinator) == {}
    (row,), _ = federation.studies()
    assert {budget.site: budget.failed for budget in row.budgets if budget.failed} == {"hungary": {"site-paused": 1}}
    after = {row.member.site: row.failures for row in federation.sites(NOW)}
    assert after == before | {"hungary": before["hungary"] + 1}


def test_without_its_key_nothing_is_enrolled(tmp_path: Path) -> None:
    server = create_server(tmp_path / "server", Server(name="x", hosts=("h.example",), anchors="../anchors"), NOW)
    (server.keys / "audit.key").unlink()
    site = create_site(tmp_path / "north", "north")
    (site.folder / "site.toml").write_text('name = "north"\nanchors = "../anchors"\n')
    request = request_enrolment(type(site).open(site.folder), NOW)
    with pytest.raises(MissingFileError):
        enroll(server, request, request.fingerprint.words, 365, NOW)
    assert server.roster.members == ()
