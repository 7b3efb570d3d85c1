"""What a hostile coordinator may try through Flower: each attack is refused, nothing is executed, nothing is sent.

The launcher gets real bundles, made by Flower's own builder or by hand. "Nothing executed" means that the installed app
was not even imported; "nothing sent" that the answer is a number of its own kind, without text and without content.
"""

import functools
import hashlib
import io
import json
import logging
import shutil
import struct
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, ConfigRecord, Context, Message, RecordDict
from flwr.cli.build import build_fab_from_disk
from flwr.supercore.fab import Fab
from flwr.supercore.run import Run
from flwr.supercore.task_identity import TaskIdentity

from cloister.client import run_control
from cloister.client.approvals import approve, revoke_approval
from cloister.client.egress_record import EgressRecord
from cloister.client.launcher import App, answer
from cloister.client.received_bundle import signed_study_in
from cloister.client.site_folder import STUDIES, SiteFolder
from cloister.client.task_input import Task
from cloister.server.server_folder import Server
from cloister.server.server_setup import create_server
from cloister.server.submission import submit
from cloister.study.errors import (
    BundleError,
    CloisterError,
    CodeInBundleError,
    CommandRefusedError,
    EgressError,
    EnrolmentError,
    ExpiredStudyError,
    InputError,
    NotApprovedError,
    NotOnRosterError,
    OtherStudyError,
    RefusedByPolicyError,
    RunConfigError,
    SitePausedError,
    StudyError,
    StudySignatureError,
    UnexpectedSiteError,
    UpdateRefusedError,
    VersionRefusedError,
)
from cloister.study.schema import Study
from cloister.study.signed_document import sign
from cloister.study.signed_study import SIGNED_STUDY_FILE, SIGNED_STUDY_FORMAT, SignedStudy

if TYPE_CHECKING:
    from tests.client.conftest import Federation

PLANTED = "Maria Kowalski 1951-03-07"
MARKER = "executed"
MakeStudy = Callable[..., Study]
MakeRequest = Callable[..., RecordDict]
Clock = Callable[[], datetime]


@pytest.fixture
def hostile(small_federation: "Federation", tmp_path: Path) -> "Federation":
    """A federation whose coordinator may do anything; the site's folder is a copy."""
    shutil.copytree(small_federation.site.folder, tmp_path / "north")
    shutil.copytree(small_federation.site.anchors, tmp_path / "anchors")
    return replace(small_federation, site=SiteFolder.open(tmp_path / "north"))


@dataclass
class Spy:
    """Stands for the installed app: tells whether it was asked for."""

    loaded: bool = False
    content: RecordDict = field(default_factory=lambda: RecordDict({"config": ConfigRecord({"site": "north"})}))

    def __call__(self) -> App:
        self.loaded = True
        return lambda message, _: Message(self.content, reply_to=message)


@dataclass(frozen=True)
class Attack:
    """What a coordinator hands to a site. What is left out is as it should be."""

    bundle: bytes | None = None
    sha256: str | None = None
    overrides: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "query.identify"
    content: RecordDict = field(default_factory=RecordDict)
    later: timedelta = timedelta()


def honest_bundle(federation: "Federation") -> bytes:
    return built(federation.submission.bundle)


@functools.cache
def built(folder: Path) -> bytes:
    return build_fab_from_disk(folder)


def put(federation: "Federation", attack: Attack, app: Callable[[], App], clock: Clock | None = None) -> Message:
    """Hand a message to the launcher, as the SuperNode would."""
    TaskIdentity.run_id = TaskIdentity.node_id = TaskIdentity.task_id = 1
    message = Message(attack.content, dst_node_id=1, message_type=attack.kind)
    message.metadata.__dict__["_message_id"] = "1"
    context = Context(1, 1, {"site-folder": str(federation.site.folder)}, RecordDict(), {})
    bundle = honest_bundle(federation) if attack.bundle is None else attack.bundle
    sha256 = attack.sha256 or hashlib.sha256(bundle).hexdigest()
    run = Run.create_empty(1)
    run.override_config = dict(attack.overrides)
    now = federation.now + attack.later
    return answer(Task(message, context, run, Fab(sha256, bundle, {})), clock or (lambda: now), app)


def assert_refused(reply: Message, error: type[CloisterError]) -> None:
    assert reply.has_error()
    assert (reply.error.code, reply.error.reason or "") == (error.wire_code, "")


def zipped(files: Mapping[str, bytes | str], entries: Mapping[str, zipfile.ZipInfo] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr((entries or {}).get(name, name), content, compress_type=zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def files_of(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


Make = Callable[["Federation", MakeStudy], Attack]


def with_files(**added: bytes | str) -> Make:
    """The honest bundle and more files; `__` stands for `/` and `_dot_` for a dot."""

    def make(federation: "Federation", _: MakeStudy) -> Attack:
        names = {name.replace("__", "/").replace("_dot_", "."): content for name, content in added.items()}
        return Attack(zipped({**files_of(honest_bundle(federation)), **names}))

    return make


def named(name: str, content: bytes = b"{}") -> Make:
    return lambda federation, _: Attack(zipped({**files_of(honest_bundle(federation)), name: content}))


def changed(name: str, change: Callable[[bytes], bytes]) -> Make:
    def make(federation: "Federation", _: MakeStudy) -> Attack:
        files = files_of(honest_bundle(federation))
        return Attack(zipped({**files, name: change(files[name])}))

    return make


def symlink(federation: "Federation", _: MakeStudy) -> Attack:
    entry = zipfile.ZipInfo(SIGNED_STUDY_FILE)
    entry.external_attr = 0o120777 << 16
    files = {**files_of(honest_bundle(federation)), SIGNED_STUDY_FILE: b"/etc/passwd"}
    return Attack(zipped(files, {SIGNED_STUDY_FILE: entry}))


def zip_bomb(federation: "Federation", _: MakeStudy) -> Attack:
    return Attack(zipped({**files_of(honest_bundle(federation)), SIGNED_STUDY_FILE: b" " * 16_000_000}))


def zip_bomb_that_lies(federation: "Federation", _: MakeStudy) -> Attack:
    """The directory says 10 bytes where 16 million unpack."""
    size = 16_000_000
    bundle = zipped({**files_of(honest_bundle(federation)), SIGNED_STUDY_FILE: b" " * size})
    return Attack(bundle.replace(struct.pack("<L", size), struct.pack("<L", 10)))


def twice(federation: "Federation", _: MakeStudy) -> Attack:
    bundle = honest_bundle(federation)
    buffer = io.BytesIO(bundle)
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SIGNED_STUDY_FILE, files_of(bundle)[SIGNED_STUDY_FILE])
    return Attack(buffer.getvalue())


def nul_in_name(federation: "Federation", _: MakeStudy) -> Attack:
    """Python's zipfile cuts a name at NUL when it reads."""
    files = files_of(honest_bundle(federation))
    body = files.pop(SIGNED_STUDY_FILE)
    alias = SIGNED_STUDY_FILE + "X.py"
    bundle = zipped({**files, alias: body})
    return Attack(bundle.replace(alias.encode(), SIGNED_STUDY_FILE.encode() + b"\0.py"))


def encrypted(federation: "Federation", _: MakeStudy) -> Attack:
    bundle = bytearray(honest_bundle(federation))
    for magic, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        at = bundle.find(magic)
        while at >= 0:
            bundle[at + offset] |= 1
            at = bundle.find(magic, at + 4)
    return Attack(bytes(bundle))


def unsigned(federation: "Federation", make_study: MakeStudy) -> Attack:
    """What a coordinator without signing key could send: the study itself."""
    folder = federation.site.folder.parent / "unsigned"
    folder.mkdir()
    project = (federation.submission.bundle / "pyproject.toml").read_text()
    (folder / "pyproject.toml").write_text(project.replace(SIGNED_STUDY_FILE, "study.json"))
    (folder / "study.json").write_text(make_study().canonical)
    return Attack(build_fab_from_disk(folder))


def resigned(document_format: str = SIGNED_STUDY_FORMAT, **changes: Any) -> Make:
    """Signed with the right key, after changes that a coordinator may make to what it signs."""

    def make(federation: "Federation", make_study: MakeStudy) -> Attack:
        files = files_of(honest_bundle(federation))
        body = json.loads(files[SIGNED_STUDY_FILE])["body"]
        values = {name: value(make_study) if callable(value) else value for name, value in changes.items()}
        content = sign(document_format, {**body, **values}, federation.server.signing_key)
        return Attack(zipped({**files, SIGNED_STUDY_FILE: content}))

    return make


def of_study(**sections: object) -> Make:
    """Another study, properly submitted, that nobody at the site approved."""

    def make(federation: "Federation", make_study: MakeStudy) -> Attack:
        study = make_study(**sections)
        identities = federation.server.roster.identities(federation.now)
        roster = {name: identities.get(name, "00" * 32) for name in study.federation.sites}
        body = json.loads(federation.submission.signed_study.read_bytes())["body"]
        signed = SignedStudy.of(
            study, roster, "heart", federation.now, federation.now + timedelta(days=9), body["cloister_version"]
        )
        files = files_of(honest_bundle(federation))
        return Attack(zipped({**files, SIGNED_STUDY_FILE: signed.sign(federation.server.signing_key)}))

    return make


def of_another_federation(federation: "Federation", make_study: MakeStudy) -> Attack:
    """A study that this site approved, for the same sites, signed by a coordinator that it is not enrolled with."""
    folder = federation.site.folder.parent / "other"
    server = create_server(
        folder, Server(name="heart", hosts=("coordinator.example",), anchors="../anchors"), federation.now
    )
    federation.server.roster.write(server.roster_file)
    file = folder / "study.json"
    file.write_text(make_study().canonical)
    return Attack(build_fab_from_disk(submit(server, file, 90, federation.now).bundle))


def message(kind: str, **changes: object) -> Make:
    """An honest bundle, and a message of a kind with changes to its `config`."""

    def make(_: "Federation", make_study: MakeStudy) -> Attack:
        study = make_study()
        values = {name: change(study) if callable(change) else change for name, change in changes.items()}
        config = {"study": study.canonical, "run-id": "r", "server-round": 1, **values}
        kept = {name: value for name, value in config.items() if value is not None}
        return Attack(kind=kind, content=RecordDict({"config": ConfigRecord(kept)}))  # type: ignore[arg-type]

    return make


def restated(**sections: object) -> Callable[[Study], str]:
    return lambda study: Study.model_validate({**study.model_dump(), **sections}).canonical


LOWERED_NOISE = {"mechanism": "dp-sgd", "noise_multiplier": 0.4, "delta": 1e-5}
CODE = f"open({MARKER!r}, 'w')"
ATTACKS: dict[str, tuple[Make, type[CloisterError]]] = {
    # Code in the bundle
    "a module": (with_files(evil_dot_py=CODE), CodeInBundleError),
    "a module that shadows the installed client": (with_files(cloister__client__app_dot_py=CODE), CodeInBundleError),
    "a package that hides the namespace": (with_files(cloister____init___dot_py=CODE), CodeInBundleError),
    "sitecustomize": (with_files(sitecustomize_dot_py=CODE), CodeInBundleError),
    "a .pth file": (with_files(evil_dot_pth=f"import os; {CODE}"), CodeInBundleError),
    "a compiled module": (with_files(evil_dot_pyc=b"\xa7\r\r\n"), CodeInBundleError),
    "a shared library": (with_files(cloister__evil_dot_so=b"\x7fELF"), CodeInBundleError),
    "code under a cut name": (nul_in_name, CodeInBundleError),
    "a module of upper-case suffix": (with_files(EVIL_dot_PY=CODE), CodeInBundleError),
    # The bundle's form
    "path traversal": (named("../../policy.toml", b"allow_declared_datasets = true"), BundleError),
    "an absolute path": (named("/etc/cloister/policy.toml"), BundleError),
    "a Windows path": (named("..\\policy.toml"), BundleError),
    "one file more, though harmless": (named("notes.md"), BundleError),
    "the study as a link": (symlink, BundleError),
    "a zip bomb": (zip_bomb, BundleError),
    "a zip bomb that lies about its size": (zip_bomb_that_lies, BundleError),
    "the study twice": (twice, BundleError),
    "encrypted files": (encrypted, BundleError),
    "no zip at all": (lambda *_: Attack(b"\x80\x04\x95pickle"), BundleError),
    "an empty bundle": (lambda *_: Attack(b""), BundleError),
    "a bundle too large": (lambda *_: Attack(bytes(3 * 1024 * 1024)), BundleError),
    "another hash than the run's": (lambda *_: Attack(sha256="0" * 64), BundleError),
    "a dependency to install": (
        changed("pyproject.toml", lambda text: text.replace(b"[project]", b'[project]\ndependencies = ["evil"]')),
        BundleError,
    ),
    "a build system": (changed("pyproject.toml", lambda text: text + b"[build-system]\nrequires = []\n"), BundleError),
    "another component": (
        changed("pyproject.toml", lambda text: text.replace(b"cloister.client.app:app", b"os:system")),
        BundleError,
    ),
    "a setting more": (changed("pyproject.toml", lambda text: text + b'\nsite-folder = "/tmp"\n'), BundleError),
    "TOML nested deeply": (changed("pyproject.toml", lambda _: b"a = " + b"[" * 8000), BundleError),
    "TOML that is not UTF-8": (changed("pyproject.toml", lambda _: b"a = '\xff'"), BundleError),
    # Who signed what
    "an unsigned study": (unsigned, BundleError),
    "a forged signature": (
        changed(SIGNED_STUDY_FILE, lambda text: text.replace(b'"signature":"', b'"signature":"0')), StudySignatureError,
    ),
    "noise lowered after signing": (
        changed(SIGNED_STUDY_FILE, lambda text: text.replace(b'"noise_multiplier":2.0', b'"noise_multiplier":0.4')),
        StudySignatureError,
    ),
    "JSON nested deeply": (changed(SIGNED_STUDY_FILE, lambda _: b"[" * 500_000), StudySignatureError),
    "a document of another kind": (resigned("cloister/enrolment/1"), StudySignatureError),
    "a signed format of the future": (resigned("cloister/signed-study/2"), StudySignatureError),
    "a study of another federation": (of_another_federation, StudySignatureError),
    "a signed study without roster": (resigned(roster={}), StudySignatureError),
    "another study under an approved hash": (
        resigned(study=lambda make: make(privacy=LOWERED_NOISE).model_dump(mode="json")), OtherStudyError,
    ),
    "a study with a key that this version does not know": (resigned(study={"name": "x", "evil": 1}), OtherStudyError),
    "a roster with another identity": (resigned(roster={"north": "00" * 32, "south": "11" * 32}), NotOnRosterError),
    "a roster with a site that the study does not name": (
        lambda federation, make: resigned(
            roster={**federation.server.roster.identities(federation.now), "mallory": "22" * 32}
        )(federation, make),
        NotOnRosterError,
    ),
    "a study for others": (of_study(federation={"sites": ["east", "south"]}), NotOnRosterError),
    "a downgraded version": (resigned(cloister_version="0.0.9"), VersionRefusedError),
    "a version of the future": (resigned(cloister_version="9.0.0"), VersionRefusedError),
    # When
    "an expired study, replayed": (lambda *_: Attack(later=timedelta(days=91)), ExpiredStudyError),
    "a study before its time": (
        resigned(issued="2090-01-01T00:00:00Z", expires="2091-01-01T00:00:00Z"), ExpiredStudyError,
    ),
    # What was approved
    "lowered noise": (of_study(privacy=LOWERED_NOISE), NotApprovedError),
    "raised epsilon": (
        of_study(privacy={"mechanism": "dp-sgd", "target_epsilon": 50.0, "delta": 1e-5}), NotApprovedError,
    ),
    "a cohort of one": (of_study(federation={"sites": ["north"]}), NotApprovedError),
    "no privacy at all": (of_study(privacy={"mechanism": "none"}), NotApprovedError),
    # How the run was started
    "a run-config override": (lambda *_: Attack(overrides={"coordinator-folder": "/srv/other"}), RunConfigError),
    "a site folder by run config": (lambda *_: Attack(overrides={"site-folder": "/srv/other"}), RunConfigError),
    # What a message asks for
    "lowered noise in a message": (message("train", study=restated(privacy=LOWERED_NOISE)), OtherStudyError),
    "more rounds in a message": (message("train", study=restated(rounds=4)), OtherStudyError),
    "a message without study": (message("train", study=None), OtherStudyError),
    "a study that is no text": (message("train", study=[1, 2]), OtherStudyError),
    "secure aggregation for another study": (
        message("query.secure_unmask", study=restated(rounds=4)), OtherStudyError,
    ),
    "an evaluation, to get at metrics": (message("evaluate"), CommandRefusedError),
    "an unknown query": (message("query.read_file"), CommandRefusedError),
    "a query's default": (message("query"), CommandRefusedError),
    "another training": (message("train.exfiltrate"), CommandRefusedError),
}  # fmt: skip


@pytest.mark.parametrize(("make", "error"), ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_is_refused_with_its_own_code(
    hostile: "Federation",
    make_study: MakeStudy,
    make: Make,
    error: type[CloisterError],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    spy, attack = Spy(), make(hostile, make_study)
    before = sorted(tmp_path.rglob("*"))
    reply = put(hostile, attack, spy)
    assert_refused(reply, error)
    assert not spy.loaded
    made = {path.name for path in set(tmp_path.rglob("*")) - set(before)} - {"anchors"}
    filed = {name for name in made if name == "studies" or name.startswith("received-")}
    assert bool(filed) == (error is NotApprovedError), "what the coordinator signed waits for people, and nothing else"
    assert all(name.startswith("audit") for name in made - filed), "nothing was unpacked"
    (entry,) = EgressRecord(hostile.site).entries()
    assert (entry["code"], entry["bytes"], entry["sha256"]) == (error.wire_code, 0, "")


def test_there_are_enough_attacks_of_enough_kinds() -> None:
    assert len(ATTACKS) >= 50
    assert len({error for _, error in ATTACKS.values()}) >= 10


def test_the_honest_bundle_is_answered(hostile: "Federation") -> None:
    """Without this, everything above could be refused for a reason of no interest."""
    spy = Spy()
    reply = put(hostile, Attack(), spy)
    assert not reply.has_error()
    assert spy.loaded
    assert dict(reply.content.config_records["config"]) == {"site": "north"}
    (entry,) = EgressRecord(hostile.site).entries()
    assert entry["code"] is None
    assert entry["sha256"] == reply.content.object_id


def test_what_flower_makes_of_the_bundle_is_what_the_site_takes(hostile: "Federation") -> None:
    bundle = honest_bundle(hostile)
    assert signed_study_in(bundle, hashlib.sha256(bundle).hexdigest()) == hostile.submission.signed_study.read_bytes()


def test_a_withdrawn_approval_stops_the_next_message(hostile: "Federation", make_study: MakeStudy) -> None:
    study = make_study()
    assert revoke_approval(hostile.site, study.sha256[:8], "Dr. A. Officer", "consent withdrawn") == study.name
    spy = Spy()
    assert_refused(put(hostile, Attack(), spy), NotApprovedError)
    assert not spy.loaded
    with pytest.raises(NotApprovedError, match="was withdrawn already"):
        revoke_approval(hostile.site, study.sha256, "x", "again")
    approve(hostile.site, study, "Dr. A. Officer")
    assert not put(hostile, Attack(), Spy()).has_error()


@dataclass
class Slow(Spy):
    """An app that works for three hours, in the second of which something happens here."""

    now: datetime = field(kw_only=True)
    meanwhile: Callable[[], object] = field(kw_only=True)

    def __call__(self) -> App:
        self.meanwhile()
        self.now += timedelta(hours=3)
        return super().__call__()


def test_an_approval_that_is_withdrawn_while_the_answer_is_made_lets_nothing_leave(
    hostile: "Federation", make_study: MakeStudy
) -> None:
    def withdraw() -> None:
        revoke_approval(hostile.site, make_study().sha256, "Dr. A. Officer", "consent withdrawn")

    slow = Slow(now=hostile.now, meanwhile=withdraw)
    assert_refused(put(hostile, Attack(), slow, lambda: slow.now), NotApprovedError)
    assert slow.loaded
    (entry,) = EgressRecord(hostile.site).entries()
    assert (entry["event"], entry["code"], entry["bytes"]) == ("refused", NotApprovedError.wire_code, 0)
    assert not list((hostile.site.folder / STUDIES).iterdir()), "it was decided on here"


def test_what_left_is_on_record_with_the_time_when_it_left(hostile: "Federation") -> None:
    slow = Slow(now=hostile.now, meanwhile=lambda: None)
    assert not put(hostile, Attack(), slow, lambda: slow.now).has_error()
    (entry,) = EgressRecord(hostile.site).entries()
    assert datetime.fromisoformat(entry["at"]) == hostile.now.replace(microsecond=0) + timedelta(hours=3)


def test_to_say_who_it_is_begins_no_round(hostile: "Federation", make_study: MakeStudy) -> None:
    """A site says it while it is paused, too; the run and the round that such a message names are nothing."""
    asked = message("train")(hostile, make_study)
    run_control.pause(hostile.site.folder, "Dr. A. Officer", hostile.now)
    assert not put(hostile, replace(asked, kind="query.identify"), Spy()).has_error()
    spy = Spy()
    assert_refused(put(hostile, asked, spy), SitePausedError)
    assert not spy.loaded
    identified, refused = EgressRecord(hostile.site).entries()
    assert (identified["kind"], identified["run"], identified["round"]) == ("query.identify", None, None)
    assert (refused["kind"], refused["round"]) == ("train", 1)


def test_a_policy_made_stricter_after_the_approval_holds(hostile: "Federation") -> None:
    (hostile.site.folder / "policy.toml").write_text(
        "allow_without_secure_aggregation = true\n[floors]\nnoise_multiplier = 2.5\n"
    )
    assert_refused(put(hostile, Attack(), Spy()), RefusedByPolicyError)


@pytest.mark.parametrize("sections", [
    {"privacy": LOWERED_NOISE | {"noise_multiplier": 0.2}},
    {"privacy": {"mechanism": "dp-sgd", "target_epsilon": 50.0, "delta": 1e-5}},
    {"federation": {"sites": ["north"]}},
    {"privacy": {"mechanism": "none"}},
])  # fmt: skip
def test_what_the_policy_forbids_cannot_be_approved_by_mistake(
    hostile: "Federation", make_study: MakeStudy, sections: dict[str, object]
) -> None:
    with pytest.raises(RefusedByPolicyError):
        approve(hostile.site, make_study(**sections), "a tired officer")


def test_a_site_that_is_not_enrolled_answers_no_coordinator(hostile: "Federation") -> None:
    (hostile.site.folder / "enrolment" / "accepted.json").unlink()
    assert_refused(put(hostile, Attack(), Spy()), EnrolmentError)


def test_after_the_enrolment_ran_out_nothing_runs(hostile: "Federation") -> None:
    assert_refused(put(hostile, Attack(later=timedelta(days=366)), Spy()), EnrolmentError)


def test_a_node_without_site_folder_answers_with_a_code(hostile: "Federation") -> None:
    TaskIdentity.run_id = TaskIdentity.node_id = TaskIdentity.task_id = 1
    asked = Message(RecordDict(), dst_node_id=1, message_type="query.identify")
    asked.metadata.__dict__["_message_id"] = "1"
    configs: list[dict[str, bool | float | int | str]] = [{}, {"site-folder": 7}]
    for config in configs:
        task = Task(asked, Context(1, 1, config, RecordDict(), {}), Run.create_empty(1), Fab("", b"", {}))
        assert_refused(answer(task, lambda: hostile.now, Spy()), InputError)


def leaking(problem: BaseException) -> Callable[[], App]:
    def app(*_: object) -> Message:
        raise problem

    return lambda: app


@pytest.mark.parametrize(
    "problem", [RuntimeError(PLANTED), UnicodeError(PLANTED), StudyError(PLANTED), KeyError(PLANTED)]
)
def test_no_text_of_an_exception_leaves(hostile: "Federation", problem: Exception) -> None:
    reply = put(hostile, Attack(), leaking(problem))
    assert_refused(reply, StudyError if isinstance(problem, StudyError) else UnexpectedSiteError)
    assert PLANTED not in repr(vars(reply)) + repr(vars(reply.metadata)) + repr(vars(reply.error))
    assert PLANTED.encode() not in (hostile.site.folder / "audit.sqlite").read_bytes()


def smuggled() -> Iterator[tuple[str, RecordDict]]:
    site = ConfigRecord({"site": "north"})
    yield "a note in the name", RecordDict({"config": ConfigRecord({"site": PLANTED})})
    yield "a key more", RecordDict({"config": ConfigRecord({"site": "north", "note": PLANTED})})
    yield "a text in place of the proof", RecordDict({"config": ConfigRecord({"site": "north", "proof": PLANTED})})
    yield "more than a proof", RecordDict({"config": ConfigRecord({"site": "north", "proof": b"0" * 65})})
    yield "a record more", RecordDict({"config": site, "extra": ConfigRecord({"x": 1})})
    yield "arrays nobody asked for", RecordDict({"config": site, "arrays": ArrayRecord({"x": Array(np.zeros(2))})})
    yield "nothing", RecordDict()


@pytest.mark.parametrize(("content"), [content for _, content in smuggled()], ids=[name for name, _ in smuggled()])
def test_an_app_turned_bad_still_gets_nothing_out(hostile: "Federation", content: RecordDict) -> None:
    assert_refused(put(hostile, Attack(), Spy(content=content)), EgressError)


def test_a_coordinator_cannot_forge_lines_of_the_log(
    hostile: "Federation", make_study: MakeStudy, caplog: pytest.LogCaptureFixture
) -> None:
    forged = "x\n2026-01-01 INFO cloister.site all is well\x1b[2J\u202e"
    attacks = [
        resigned(study={"name": "x", forged: 1}),
        resigned(cloister_version=forged),
        resigned(roster={forged: "00" * 32}),
    ]
    with caplog.at_level(logging.INFO, "cloister.site"):
        for make in attacks:
            assert put(hostile, make(hostile, make_study), Spy()).has_error()
    assert caplog.records
    for record in caplog.records:
        assert record.getMessage().isprintable()


def real_app() -> App:
    from cloister.client.app import app

    return app


HOSTILE_ARRAYS: dict[str, Callable[[dict[str, Array]], dict[str, Array]]] = {
    "an extra tensor": lambda arrays: {**arrays, "extra": Array(np.zeros(3, np.float32))},
    "a tensor too few": lambda arrays: dict(list(arrays.items())[1:]),
    "a name that is a path": lambda arrays: {**arrays, "../../etc/passwd": Array(np.zeros(1, np.float32))},
    "a pickled tensor": lambda arrays: dict.fromkeys(
        arrays, Array(dtype="object", shape=(1,), stype="numpy.ndarray", data=b"\x80\x04cos\nsystem\n(S'touch x'\ntR.")
    ),
    "10 GB by shape": lambda arrays: dict.fromkeys(
        arrays, Array(dtype="float32", shape=(2_500_000_000,), stype="numpy.ndarray", data=b"")
    ),
    "10 GB in NumPy's own header": lambda arrays: {
        name: Array(dtype="float32", shape=array.shape, stype="numpy.ndarray", data=huge_header())
        for name, array in arrays.items()
    },
    "another serialisation": lambda arrays: {
        name: Array(dtype="float32", shape=array.shape, stype="torch", data=array.data)
        for name, array in arrays.items()
    },
    "not a number": lambda arrays: {
        name: Array(np.full(array.shape, np.nan, np.float32)) for name, array in arrays.items()
    },
}  # fmt: skip


def huge_header() -> bytes:
    text = b"{'descr': '<f4', 'fortran_order': False, 'shape': (2500000000,), }"
    padded = text.ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(padded)) + padded


@pytest.mark.parametrize("change", HOSTILE_ARRAYS.values(), ids=HOSTILE_ARRAYS.keys())
def test_hostile_arrays_are_refused_by_the_installed_app(
    federation: "Federation",
    study: Study,
    make_request: MakeRequest,
    change: Callable[[dict[str, Array]], dict[str, Array]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    honest = make_request(study)
    arrays = ArrayRecord(change(dict(honest.array_records["arrays"])))
    content = RecordDict({"arrays": arrays, "config": honest.config_records["config"]})
    reply = put(federation, Attack(kind="train", content=content), real_app)
    assert_refused(reply, UpdateRefusedError)
    assert not (tmp_path / "x").exists()


def test_a_round_that_the_record_knows_none_of_is_not_answered(
    federation: "Federation", study: Study, make_request: MakeRequest
) -> None:
    """It would be answered without end: what is counted is the answers on record to one round."""
    reply = put(federation, Attack(kind="train", content=make_request(study, config={"server-round": True})), real_app)
    assert_refused(reply, StudyError)
    (entry,) = EgressRecord(federation.site).entries()
    assert (entry["code"], entry["round"]) == (StudyError.wire_code, None)


def test_an_honest_round_is_trained_sent_and_recorded(
    federation: "Federation", study: Study, make_request: MakeRequest
) -> None:
    reply = put(federation, Attack(kind="train", content=make_request(study)), real_app)
    assert not reply.has_error()
    assert set(reply.content) == {"arrays"}
    (entry,) = EgressRecord(federation.site).entries()
    assert (entry["kind"], entry["round"], entry["study_sha256"]) == ("train", 1, study.sha256)
    arrays = reply.content.array_records["arrays"]
    assert entry["bytes"] >= sum(len(array.data) for array in arrays.values())
