"""The launcher under Flower's own Runtime API: what Flower hands over is answered, and never unpacked or imported.

These tests hold Flower's private functions, which the launcher uses, to what it expects of them.
"""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from unittest.mock import MagicMock

import numpy as np
import pytest
from flwr.app import RecordDict
from flwr.proto.message_pb2 import PushObjectRequest
from flwr.supercore.constant import TASK_TYPE_TO_COMMAND, TaskType
from flwr.supercore.runtime import RuntimeHttpClient

from cloister.client import launcher, start_files
from cloister.client.egress_record import EgressRecord
from cloister.client.enrolment import read_enrolment
from cloister.client.launcher import serve
from cloister.client.start_files import CLIENTAPP, SUPEREXEC
from cloister.privacy.ledger import Ledger
from cloister.study.errors import CodeInBundleError, CommandRefusedError
from cloister.study.schema import Study

if TYPE_CHECKING:
    from tests.client.conftest import Federation, Node

MakeRequest = Callable[..., RecordDict]
START_SECONDS = 120.0


def test_a_message_is_answered_and_recorded(
    federation: "Federation", node: "Node", bundle: bytes, study: Study, make_request: MakeRequest
) -> None:
    token = node.task(bundle, federation.site.folder, make_request(study), "train", TaskType.CLIENT_APP)
    serve(node.client(token), CLIENTAPP)
    reply = node.reply()
    assert set(reply.content) == {"arrays"}
    (entry,) = EgressRecord(federation.site).entries()
    assert entry["sha256"] == reply.content.object_id
    assert node.finished() == ("completed", "")


def test_code_in_the_bundle_is_refused_and_flower_is_told_a_number(
    federation: "Federation", node: "Node", shadowing: bytes, tmp_path: Path
) -> None:
    token = node.task(shadowing, federation.site.folder, RecordDict(), "query.identify", TaskType.CLIENT_APP)
    serve(node.client(token), CLIENTAPP)
    reply = node.reply()
    assert (reply.error.code, reply.error.reason or "") == (CodeInBundleError.wire_code, "")
    assert node.finished() == ("completed", "")
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("command", sorted({*TASK_TYPE_TO_COMMAND.values()} - {CLIENTAPP}))
def test_every_other_program_refuses_and_answers(
    federation: "Federation", node: "Node", bundle: bytes, command: str
) -> None:
    token = node.task(bundle, federation.site.folder, RecordDict(), "query.identify", TaskType.AGENT_APP)
    serve(node.client(token), command)
    reply = node.reply()
    assert (reply.error.code, reply.error.reason or "") == (CommandRefusedError.wire_code, "")
    assert EgressRecord(federation.site).entries()[0]["code"] == CommandRefusedError.wire_code


def test_there_is_a_program_for_every_name_that_flower_may_start(federation: "Federation") -> None:
    site = federation.site
    script = start_files.write(site, read_enrolment(site, federation.now), 9094)
    launcher = site.folder / "launcher"
    assert {path.name for path in launcher.iterdir()} == {CLIENTAPP, SUPEREXEC, *TASK_TYPE_TO_COMMAND.values()}
    assert all(os.access(path, os.X_OK) for path in [*launcher.iterdir(), script])
    path = next(line for line in script.read_text().splitlines() if line.startswith("export PATH="))
    assert path.startswith('export PATH="$PWD/launcher":')


def test_the_program_itself_refuses_code_and_leaves_nothing_on_the_disk(
    federation: "Federation", node: "Node", shadowing: bytes, tmp_path: Path
) -> None:
    """As Flower starts it: by name, in a folder and with a PYTHONPATH that an attacker filled."""
    site, planted = federation.site, tmp_path / "planted"
    (planted / "cloister" / "client").mkdir(parents=True)
    for name in ("sitecustomize.py", "cloister/__init__.py", "cloister/client/launcher.py", "flwr.py"):
        (planted / name).write_text(f"open({str(tmp_path / 'marker')!r}, 'w')\n")
    start_files.write_launcher(site.folder / "launcher")
    token = node.task(shadowing, site.folder, RecordDict(), "query.identify", TaskType.CLIENT_APP)
    home = tmp_path / "flower"
    environment = {
        **os.environ,
        "PATH": f"{site.folder / 'launcher'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(planted),
        "FLWR_HOME": str(home),
        "HOME": str(tmp_path),
    }
    command = [CLIENTAPP, "--runtime-api-address", node.address, "--token", token, "--insecure"]
    done = subprocess.run(
        command, cwd=planted, env=environment, capture_output=True, text=True, timeout=START_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    assert node.reply().error.code == CodeInBundleError.wire_code
    assert "code-in-bundle" in done.stderr
    assert not (tmp_path / "marker").exists()
    assert not home.exists() or not list(home.rglob("*.py"))


class Killed(BaseException):
    """Ends the program as a kill does: nothing handles it."""


@dataclass
class Pushing:
    """Flower's client, which remembers the objects that it has pushed, and is killed after a number of them."""

    client: RuntimeHttpClient
    pushed: list[str]
    alive_for: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.client, name)

    def PushObject(self, request: PushObjectRequest) -> Any:  # noqa: N802 - Flower's name
        if len(self.pushed) == self.alive_for:
            raise Killed
        answer = self.client.PushObject(request)
        self.pushed.append(request.object_id)
        return answer


def test_a_reply_that_a_kill_interrupted_between_its_chunks_goes_on_where_it_was(
    federation: "Federation",
    node: "Node",
    bundle: bytes,
    study: Study,
    make_request: MakeRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Flower names a chunk by its hash, and asks only for those it lacks; the sealed reply has the same chunks."""
    monkeypatch.setattr("flwr.app.message.array.FLWR_PRIVATE_MAX_ARRAY_CHUNK_SIZE", 32)
    monkeypatch.setattr("flwr.supercore.inflatable.inflatable_utils.get_num_workers", lambda _: 1)
    request, before, after = make_request(study, 1, "run"), list[str](), list[str]()
    with monkeypatch.context() as killed:
        killed.setattr(launcher, "push_task_output", lambda **_: None)
        token = node.task(bundle, federation.site.folder, request, "train", TaskType.CLIENT_APP)
        with pytest.raises(Killed):
            serve(cast("RuntimeHttpClient", Pushing(node.client(token), before, 4)), CLIENTAPP)
    (half,) = node.states.state().get_messages_legacy(is_reply=True)
    token = node.task(bundle, federation.site.folder, request, "train", TaskType.CLIENT_APP)
    serve(cast("RuntimeHttpClient", Pushing(node.client(token), after, 1000)), CLIENTAPP)
    store, reply = node.states.objectstore_factory.store(), node.reply()
    chunks = node.ids_in(store.get_object_tree(reply.content.object_id))
    assert half.metadata.message_id != reply.metadata.message_id
    assert len(before) == 4
    assert set(before) <= chunks
    assert not set(before) & set(after)
    assert all(np.isfinite(array.numpy()).all() for array in reply.content.array_records["arrays"].values())
    with Ledger.open(federation.site.ledger, federation.site.key, federation.site.anchors) as ledger:
        assert [str(entry.kind) for entry in ledger.entries()][1:] == ["reservation", "settlement"]


def test_a_task_without_an_answer_is_left_to_expire(monkeypatch: pytest.MonkeyPatch) -> None:
    """Flower tells the coordinator of tasks that expire, and of no others."""

    def nothing(_: object) -> None:
        raise TimeoutError

    ended = list[object]()
    monkeypatch.setattr(launcher, "pull_task", nothing)
    monkeypatch.setattr(launcher, "push_task_output", lambda **told: ended.append(told))
    with pytest.raises(TimeoutError):
        serve(MagicMock(), CLIENTAPP)
    assert not ended
