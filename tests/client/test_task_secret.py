"""Tasks are for programs that the node started."""

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest
from flwr.app import RecordDict
from flwr.proto.runtime_pb2 import AcquireTaskRequest
from flwr.supercore.constant import TaskType
from flwr.supercore.runtime import RuntimeHttpClient
from flwr.supernode import main as served

from cloister.client.launcher import connect
from cloister.client.task_secret import keep_tasks_among_own_programs

if TYPE_CHECKING:
    from tests.client.conftest import Federation, Node

VARIABLE = "CLOISTER_TASK_SECRET"


@pytest.fixture
def ours(monkeypatch: pytest.MonkeyPatch) -> str:
    """A node that is about to start in this process; its programs' environment."""
    monkeypatch.setattr(served, "create_app", served.create_app)
    monkeypatch.setenv(VARIABLE, "")
    keep_tasks_among_own_programs()
    return os.environ[VARIABLE]


def ask(client: RuntimeHttpClient) -> str:
    return client.AcquireTask(AcquireTaskRequest(supported_task_types=list(TaskType))).token


@pytest.mark.parametrize("other", [None, "00" * 32])
def test_another_program_of_the_machine_gets_no_task(
    ours: str,
    node: "Node",
    federation: "Federation",
    bundle: bytes,
    other: str | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whoever has the task of a message could answer it in the site's place."""
    node.wait_for(bundle, federation.site.folder, RecordDict(), "query.identify", TaskType.CLIENT_APP)
    if other is None:
        monkeypatch.delenv(VARIABLE)
    else:
        monkeypatch.setenv(VARIABLE, other)
    with pytest.raises(httpx.HTTPStatusError):
        ask(connect(node.address, True, None))
    monkeypatch.setenv(VARIABLE, ours)
    assert ask(connect(node.address, True, None))


def test_what_a_program_of_the_node_starts_does_not_have_the_secret(ours: str) -> None:
    connect("127.0.0.1:1", True, None)
    found = subprocess.run(
        [sys.executable, "-c", "import os; print(sorted(os.environ))"], capture_output=True, text=True, check=True
    )
    assert VARIABLE not in found.stdout
    assert ours not in found.stdout
