"""Who may take a task from the site's node: what the node itself started, and no other program on the machine.

Flower's node answers on loopback, and gives a task with its message to whoever asks first, unless it has a secret; with
the isolation that sites use it has none. Who has the task could answer in the site's place. So the node gets a secret
when it starts, and hands it on to its programs in their environment, which only the same user can read.
"""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from flwr.supercore.protobuf.client import ProtobufClientInterceptor

_VARIABLE: Final = "CLOISTER_TASK_SECRET"


def keep_tasks_among_own_programs() -> None:
    """Have the node that starts in this process give tasks to programs that it starts, alone."""
    from flwr.supernode import main as served

    secret, create_app = secrets.token_bytes(32), served.create_app

    def with_secret(*given: Any, **named: Any) -> Any:
        return create_app(*given, **{**named, "superexec_auth_secret": secret})

    served.create_app = with_secret
    os.environ[_VARIABLE] = secret.hex()


def task_secret() -> list[ProtobufClientInterceptor]:
    """What signs a request for a task, in a program that the node started. What that program starts does not get it."""
    from flwr.supercore.interceptors import SuperExecAuthHttpInterceptor

    secret = os.environ.pop(_VARIABLE, None)
    if secret is None:
        return []
    methods = frozenset({"/flwr.proto.Runtime/AcquireTask"})
    return [SuperExecAuthHttpInterceptor(master_secret=bytes.fromhex(secret), protected_methods=methods)]
