"""From nothing to an approved study, with the commands that people type at both ends."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import Result
from typer.testing import CliRunner

from cloister.client.cli import app as site_app
from cloister.client.site_folder import SiteFolder
from cloister.deid.declared import write_declared_dataset
from cloister.server.cli import app as server_app
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.enrolment import revoke
from cloister.server.server_folder import ServerFolder
from cloister.server.server_setup import HELDOUT_KEY
from cloister.study.errors import (
    CertificateError,
    CloisterError,
    DataError,
    EnrolmentError,
    InputError,
    MissingFileError,
    NotApprovedError,
    PolicyError,
    StudyError,
    StudySignatureError,
)
from cloister.study.keys import SiteKey
from cloister.study.schema import Study
from cloister.study.signed_document import sign

EXAMPLE = Path(__file__).parents[2] / "examples" / "heart-disease.toml"
SITES = ("cleveland", "hungary", "switzerland", "va")
WORDS = r"(?:[a-z]{5} ){7}[a-z]{5}"


def run(app: object, *arguments: object, text: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], input=text)  # type: ignore[arg-type]


def said(result: Result) -> str:
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def fingerprint(output: str) -> str:
    (words,) = re.findall(WORDS, output)
    return str(words)


@pytest.fixture
def both(enrolled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a server `heart` and the sites of the study, all enrolled."""
    shutil.copytree(enrolled, tmp_path, dirs_exist_ok=True)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def enrolled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("enrolled")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("XDG_STATE_HOME", str(folder / "state"))
        _enrol()
        yield folder


def _enrol() -> None:
    coordinator = fingerprint(said(run(server_app, "init", "heart", "--name", "heart", "--host", "localhost")))
    for name in SITES:
        theirs = fingerprint(said(run(site_app, "init", name, "--site", name)))
        said(run(server_app, "enroll", f"{name}/enrolment/request.json", "--server", "heart", "--fingerprint", theirs))
        answer = ("accept", f"{name}-enrolment.json", "--site", name, "--by", "an engineer")
        said(run(site_app, *answer, text=f"{coordinator}\n"))


def submitted(folder: Path, text: str) -> Path:
    (folder / "study.toml").write_text(text)
    output = said(run(server_app, "submit", folder / "study.toml", "--server", "heart"))
    assert output.splitlines()[-1].endswith("submit it again with --heldout.")  # and not that it can be run
    (path,) = re.findall(r"approve: (.*)", output)
    return folder / path


def example_with_identities() -> str:
    roster = said(run(server_app, "roster", "--server", "heart"))
    identities = "\n".join(line.partition("#")[0] for line in roster.splitlines())
    return f"{EXAMPLE.read_text()}\n[federation.identities]\n{identities}\n"


def test_a_study_goes_from_the_coordinator_to_an_approval_and_back(both: Path) -> None:
    signed = submitted(both, example_with_identities())
    checked = run(site_app, "check", signed, "--site", "cleveland")
    shown = checked.output
    assert "allows this study, but it CANNOT TRAIN HERE" in str(checked.exception)  # no dataset is registered
    assert "Signed     by coordinator heart" in shown
    assert "epsilon" in shown
    assert "Leaves" in shown
    approved = said(run(site_app, "approve", signed, "--site", "cleveland", "--by", "Dr. A. Officer"))
    (sha256,) = re.findall(r"SHA-256 ([0-9a-f]{64})", approved)
    record = json.loads((both / "cleveland" / "approvals" / f"{sha256}.json").read_text())
    assert record["approved_by"] == "Dr. A. Officer"
    withdraw = ("revoke-approval", sha256[:10], "--site", "cleveland", "--by", "the board", "--reason", "consent")
    assert "withdrawn" in said(run(site_app, *withdraw))
    record = json.loads((both / "cleveland" / "approvals" / f"{sha256}.json").read_text())
    assert (record["approved_by"], record["revoked_by"], record["reason"]) == ("Dr. A. Officer", "the board", "consent")


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (("revoke-approval", "{sha256}", "--by", "the board"), "--reason"),
        (("audit", "--by", "the board"), "--anchor-anew"),
        (("ledger",), "--anchor-anew"),
    ],
)
def test_a_reason_in_another_encoding_is_refused_before_anything_is_done(
    both: Path, command: tuple[str, ...], option: str
) -> None:
    signed = submitted(both, example_with_identities())
    approved = said(run(site_app, "approve", signed, "--site", "cleveland", "--by", "Dr. A. Officer"))
    (sha256,) = re.findall(r"SHA-256 ([0-9a-f]{64})", approved)
    before = audited("cleveland")
    typed = [part.format(sha256=sha256) for part in command]
    result = run(site_app, *typed, "--site", "cleveland", option, os.fsdecode(b"caf\xe9"))
    assert isinstance(result.exception, InputError)
    assert result.exception.message == f"{option}: caf\\udce9 is not UTF-8."
    assert audited("cleveland") == before
    assert b"revoked" not in (both / "cleveland" / "approvals" / f"{sha256}.json").read_bytes()


def audited(site: str) -> list[str]:
    return said(run(site_app, "audit", "--site", site, "--by", "the board", "--json")).splitlines()


def test_a_folder_whose_name_cannot_stand_in_the_start_files_is_refused_before_anything_is_accepted(both: Path) -> None:
    before = audited("va")
    renamed = os.fsdecode(b"v\xe9")
    (both / "va").rename(both / renamed)
    result = run(site_app, "accept", "va-enrolment.json", "--site", renamed, "--by", "an engineer")
    assert isinstance(result.exception, InputError)
    assert "Rename the folder" in result.exception.remedy
    (both / renamed).rename(both / "va")
    assert audited("va") == before


def test_the_submitted_study_is_a_coordinators_folder(both: Path) -> None:
    signed = submitted(both, example_with_identities())
    opened = CoordinatorFolder.open(signed.parent)
    assert opened.study.name == "heart-disease"
    project = tomllib.loads((signed.parent / "bundle" / "pyproject.toml").read_text())
    assert project["tool"]["flwr"]["app"]["fab-include"] == ["signed-study.json"]
    (signed.parent / "checkpoints").mkdir()
    assert submitted(both, example_with_identities()) == signed
    assert (signed.parent / "checkpoints").is_dir()


def test_an_altered_study_is_not_even_shown_to_be_approved(both: Path) -> None:
    signed = submitted(both, example_with_identities())
    signed.write_bytes(signed.read_bytes().replace(b'"rounds":10', b'"rounds":99'))
    result = run(site_app, "approve", signed, "--site", "cleveland")
    assert isinstance(result.exception, StudySignatureError)
    assert "epsilon" not in result.output
    assert list((both / "cleveland" / "approvals").iterdir()) == []


def test_a_study_nobody_signed_says_so(both: Path) -> None:
    text = EXAMPLE.read_text().replace('title = "', 'title = "Harmless\\n  Privacy    epsilon 0.001\\u001b[2J', 1)
    (both / "study.toml").write_text(text)
    shown = run(site_app, "check", both / "study.toml", "--site", "cleveland").output
    assert "Signed     by nobody" in shown
    assert len(re.findall(r"(?m)^  Privacy", shown)) == 1, "a title cannot forge a line"
    assert "\x1b" not in shown


def test_what_others_wrote_cannot_steer_the_terminal(both: Path) -> None:
    """A coordinator, or a site, may sign anything: it is shown as text, on its line."""
    steering = "x\x1b[2J\r\n  Privacy    epsilon 0.001\u202e"
    key = ServerFolder.open(both / "heart").signing_key
    body = json.loads((both / "va-enrolment.json").read_bytes())["body"]
    (both / "steering.json").write_bytes(sign("cloister/enrolment/1", {**body, steering: 1}, key))
    result = run(site_app, "accept", "steering.json", "--site", "va", "--fingerprint", "x")
    assert isinstance(result.exception, EnrolmentError)
    shown = f"{result.exception.message}{result.exception.remedy}{result.output}"
    assert shown.isprintable()


@pytest.mark.parametrize(
    ("app", "arguments", "error"),
    [
        (
            server_app,
            ("enroll", "va/enrolment/request.json", "--server", "heart", "--fingerprint", "x"),
            EnrolmentError,
        ),
        (site_app, ("accept", "hungary-enrolment.json", "--site", "va", "--fingerprint", "x"), EnrolmentError),
        (site_app, ("accept", "va-enrolment.json", "--site", "va", "--fingerprint", "x"), EnrolmentError),
        (site_app, ("accept", "heart/server.toml", "--site", "va", "--fingerprint", "x"), EnrolmentError),
        (site_app, ("revoke-approval", "ab", "--site", "va", "--reason", "x"), NotApprovedError),
        (server_app, ("revoke", "nobody", "--server", "heart", "--reason", "x"), EnrolmentError),
        (server_app, ("fingerprint", "--server", "va"), CloisterError),
        (server_app, ("submit", "none.toml", "--server", "heart"), CloisterError),
        (server_app, ("init", "heart", "--name", "heart", "--host", "localhost"), CloisterError),
        (server_app, ("init", "new", "--name", "Heart!", "--host", "a b"), CloisterError),
    ],
)
def test_mistakes_are_named(both: Path, app: object, arguments: tuple[str, ...], error: type[CloisterError]) -> None:
    result = run(app, *arguments)
    assert isinstance(result.exception, error), result.output
    assert result.exception.remedy
    assert not (both / "new").exists()


def test_whoever_misspells_the_site_to_revoke_is_told_where_the_names_are(both: Path) -> None:
    result = run(server_app, "revoke", "clevelnd", "--server", both / "heart", "--reason", "left")
    assert isinstance(result.exception, EnrolmentError)
    assert "Check the name against `cloister server roster`" in result.exception.remedy


def test_two_of_the_institutions_three_files_are_not_enough(tmp_path: Path) -> None:
    made = run(server_app, "init", tmp_path / "x", "--name", "x", "--host", "h", "--certificate", "c", "--key", "k")
    assert made.exit_code == 2


def test_a_rotated_certificate_leaves_every_enrolment_valid(both: Path) -> None:
    before = said(run(server_app, "fingerprint", "--server", "heart"))
    assert "holds until" in said(run(server_app, "rotate", "--server", "heart"))
    assert said(run(server_app, "fingerprint", "--server", "heart")) == before
    assert SiteFolder.open(both / "cleveland").config.name == "cleveland"


def test_the_roster_says_who_and_until_when(both: Path) -> None:
    members = json.loads(said(run(server_app, "roster", "--server", "heart", "--json")))
    assert {member["request"]["site"] for member in members} == set(SITES)
    lines = said(run(server_app, "roster", "--server", "heart")).splitlines()
    assert all(re.fullmatch(r'[a-z]+ = "[0-9a-f]{64}"  # until \d{4}-\d\d-\d\d', line) for line in lines)
    assert both.is_dir()


def test_who_was_revoked_is_a_comment_in_a_study_made_of_the_roster(both: Path) -> None:
    revoke(ServerFolder.open(both / "heart"), "va", 'left\nva = "0"', datetime.now(UTC))
    roster = said(run(server_app, "roster", "--server", "heart"))
    assert tomllib.loads(roster).keys() == {*SITES} - {"va"}
    assert re.search(r"(?m)^# va = \"[0-9a-f]{64}\"  # revoked \d{4}-\d\d-\d\d: left", roster)


def test_the_guides_study_for_fewer_hospitals_is_what_the_hospitals_guide_shows(both: Path) -> None:
    """The commands as they stand in docs/coordinator.md, and what docs/site.md says that comes of them."""
    for name in ("switzerland", "va"):
        revoke(ServerFolder.open(both / "heart"), name, "takes no part", datetime.now(UTC))
    (both / "heart").rename(both / "federation")
    guide = (EXAMPLE.parents[1] / "docs" / "coordinator.md").read_text()
    (commands,) = re.findall(r"<!-- step: two-hospitals -->\n```sh\n(.*?)```", guide, re.DOTALL)
    environment = {
        **os.environ,
        "CLOISTER": str(EXAMPLE.parents[1]),
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    subprocess.run(["bash", "-euo", "pipefail", "-c", commands], check=True, env=environment)
    output = said(run(server_app, "submit", "study.toml", "--server", "federation"))
    (signed,) = re.findall(r"approve: (.*)", output)
    shown = run(site_app, "check", signed, "--site", "cleveland").output
    expected = (EXAMPLE.parents[1] / "docs" / "site.md").read_text()
    for line in ("Sites", "Trains", "Work", "Privacy", "Leaves"):
        (told,) = re.findall(rf"(?m)^  {line} .*$", expected)
        assert told in shown.splitlines()
    assert "  masked: the coordinator sees the sum" in shown


def test_data_that_are_not_there_are_named_before_anything_is_signed(both: Path) -> None:
    (both / "study.toml").write_text(example_with_identities())
    for option in ("--heldout", "--base"):
        result = run(server_app, "submit", "study.toml", "--server", "heart", option, both / "none")
        assert isinstance(result.exception, MissingFileError)
        assert not list((both / "heart").glob("studies/*/signed-study.json"))


def test_a_study_that_secure_aggregation_could_not_run_is_not_signed(both: Path) -> None:
    (both / "study.toml").write_text(EXAMPLE.read_text())
    result = run(server_app, "submit", "study.toml", "--server", "heart")
    assert isinstance(result.exception, StudyError)
    assert "study.toml: federation.identities is missing" in str(result.exception)
    assert "cloister server roster" in result.exception.remedy
    assert not (both / "heart" / "studies").exists()


def test_a_study_whose_privacy_no_site_can_meet_is_not_signed(both: Path) -> None:
    text = example_with_identities().replace("steps_per_round = 20", "steps_per_round = 1000")
    (both / "study.toml").write_text(text.replace("target_epsilon = 8", "target_epsilon = 0.5"))
    result = run(server_app, "submit", "study.toml", "--server", "heart")
    assert isinstance(result.exception, StudyError)
    assert "target_epsilon = 0.5 with rounds = 10" in str(result.exception)
    assert "Raise the target epsilon" in result.exception.remedy
    assert not (both / "heart" / "studies").exists()
    log = said(run(server_app, "audit", "--server", "heart", "--json"))
    assert "study-submitted" not in log


def test_whoever_submits_without_held_out_data_is_told_that_they_are_needed(both: Path) -> None:
    (both / "study.toml").write_text(example_with_identities())
    submit = ("submit", "study.toml", "--server", "heart")
    assert "submit it again with --heldout" in said(run(server_app, *submit))
    declare_heart(both / "heldout", "age")
    (both / "base").mkdir()
    assert "--heldout" not in said(run(server_app, *submit, "--heldout", both / "heldout"))
    assert "--heldout" not in said(run(server_app, *submit, "--base", both / "base")), "the data are kept"
    said(run(server_app, *submit, "--heldout", both / "heldout"))
    assert "--heldout" not in said(run(server_app, *submit))
    (folder,) = (both / "heart" / "studies").iterdir()
    kept = CoordinatorFolder.open(folder)
    assert (kept.config.heldout, kept.base) == ((str(both / "heldout"),), both / "base")


def test_held_out_data_that_do_not_fit_the_study_are_told_before_anything_is_signed(both: Path) -> None:
    (both / "study.toml").write_text(example_with_identities())
    submit = ("submit", "study.toml", "--server", "heart", "--heldout", both / "heldout")
    declare_heart(both / "heldout", "agee")
    result = run(server_app, *submit)
    assert isinstance(result.exception, DataError)
    assert "no column 'age'; it has patient_key, agee, " in str(result.exception)
    shutil.rmtree(both / "heldout")
    declare_heart(both / "heldout", "age")
    (both / "heldout" / "table.parquet").write_bytes(b"another table")
    assert isinstance(run(server_app, *submit).exception, CertificateError)
    assert not (both / "heart" / "studies").exists()


def declare_heart(folder: Path, first: str) -> None:
    """Two patients with the columns of the example's data contract, the first of them so called."""
    data = Study.read(EXAMPLE).data
    columns = {column.name: [0.5, 1.5] for column in data.features}
    columns[first] = columns.pop(data.features[0].name)
    names = [first, *(column.name for column in data.features[1:])]
    table = pa.table({"patient_id": ["1", "2"], **{name: columns[name] for name in names}, "label": list(data.classes)})
    key = SiteKey.read(ServerFolder.open(folder.parent / "heart").folder / HELDOUT_KEY)
    write_declared_dataset(folder, "table", table, site_key=key, collection="heldout", statement="made up")


def test_accepting_again_keeps_the_nodes_port(both: Path) -> None:
    words = ServerFolder.open(both / "heart").identity.fingerprint.words
    accept = ("accept", "va-enrolment.json", "--site", "va", "--fingerprint", words)
    script = both / "va" / "start-supernode.sh"
    for options, port in (((), "9094"), (("--node-port", 9194), "9194"), ((), "9194")):
        said(run(site_app, *accept, *options))
        assert re.findall(r"--port (\d+)", script.read_text()) == [port]


def test_a_port_that_is_none_is_refused_before_anything_is_recorded(both: Path) -> None:
    words = ServerFolder.open(both / "heart").identity.fingerprint.words
    script = both / "va" / "start-supernode.sh"
    script.write_text("flower-supernode --port 99999\n")
    before = audited("va")
    result = run(site_app, "accept", "va-enrolment.json", "--site", "va", "--fingerprint", words)
    assert isinstance(result.exception, InputError)
    assert "--port is not from 1 to 65535" in result.exception.message
    assert audited("va") == before


def test_no_site_is_made_in_a_folder_whose_name_is_not_utf_8(tmp_path: Path) -> None:
    """It could never accept a coordinator."""
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    result = run(site_app, "init", "north", "--site", folder)
    assert isinstance(result.exception, InputError)
    assert "not UTF-8" in result.exception.message
    assert not folder.exists()


@pytest.mark.parametrize(
    ("app", "command", "missing", "maker"),
    [
        (site_app, ("ledger", "--site"), "site.toml", "cloister site init"),
        (server_app, ("roster", "--server"), "server.toml", "cloister server init"),
        (server_app, ("status", "--coordinator"), "coordinator.toml", "cloister server submit"),
    ],
)
def test_another_folder_than_asked_for_is_named_with_what_makes_one(
    app: object, command: tuple[str, ...], missing: str, maker: str, tmp_path: Path
) -> None:
    result = run(app, *command, tmp_path)
    assert isinstance(result.exception, MissingFileError)
    assert str(tmp_path / missing) in str(result.exception)
    assert maker in result.exception.remedy


def test_proxy_and_superlink_do_not_share_a_port(tmp_path: Path) -> None:
    options = ("--name", "heart", "--host", "h.example", "--port", 8000, "--link-port", 8000)
    result = run(server_app, "init", tmp_path / "server", *options)
    assert isinstance(result.exception, PolicyError)
    assert "port and link_port are both 8000" in str(result.exception)
    assert not (tmp_path / "server").exists()


@pytest.mark.parametrize("command", ["enroll", "accept", "verify"])
def test_without_a_terminal_the_fingerprint_has_to_be_given_and_that_is_said(
    command: str, enrolled: Path, both: Path
) -> None:
    request, answer = enrolled / "cleveland/enrolment/request.json", both / "none.zip"
    asked: dict[str, tuple[object, tuple[object, ...]]] = {
        "enroll": (server_app, ("enroll", request, "--server", both / "heart")),
        "accept": (site_app, ("accept", enrolled / "cleveland-enrolment.json", "--site", both / "cleveland")),
        "verify": (server_app, ("verify", answer)),
    }
    app, arguments = asked[command]
    result = run(app, *arguments, text="")
    assert isinstance(result.exception, InputError)
    assert "--fingerprint" in result.exception.remedy


def test_what_is_wrong_with_a_document_is_said_with_its_files_name(both: Path) -> None:
    garbage, missing = both / "garbage.json", both / "signed-stduy.json"
    garbage.write_text("{}")
    site, server = ("--site", both / "cleveland"), ("--server", both / "heart")
    commands: list[tuple[object, tuple[object, ...], type[CloisterError]]] = [
        (site_app, ("accept", "{}", *site, "--fingerprint", "x"), EnrolmentError),
        (site_app, ("check", "{}", *site), StudySignatureError),
        (site_app, ("approve", "{}", *site), StudySignatureError),
        (server_app, ("enroll", "{}", *server, "--fingerprint", "x"), EnrolmentError),
    ]
    for app, arguments, kind in commands:
        for path, expected in ((garbage, kind), (missing, MissingFileError)):
            result = run(app, *(path if argument == "{}" else argument for argument in arguments))
            assert isinstance(result.exception, expected), result.output
            assert str(path) in str(result.exception)


def test_a_login_name_that_goes_on_record_for_a_person_is_said(both: Path) -> None:
    for command in ("pause", "resume"):
        assert "Goes on record as done by" in said(run(site_app, command, "--site", both / "cleveland"))
    named = said(run(site_app, "pause", "--site", both / "cleveland", "--by", "Dr. A. Officer"))
    assert "on record" not in named
