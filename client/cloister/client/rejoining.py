"""A node that was killed comes back within seconds, instead of the minute until the SuperLink misses it.

Flower's SuperLink refuses a node whose predecessor has not signed off (exit 305), until that missed two heartbeats.
Here the node signs its predecessor off itself. It does so only if that was this folder's, and on this machine since it
last booted; then it has ended, because a node holds a lock for as long as it lives. A copy of the folder on another
machine is refused as before: its ledger would be another.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cloister.study import atomic

if TYPE_CHECKING:
    from flwr.proto.fleet_pb2 import ActivateNodeRequest, ActivateNodeResponse
    from flwr.supernode.fleet_http_client import FleetHttpClient

AWAY: Final = 5.0
"""Seconds between signing off and on: the coordinator, who looks every two, has to see that the node was away. What it
had been asked is lost, and is asked again then (`cloister.strategies.asking`)."""
_KEPT = "signed-on"
"""A file: the machine's last boot, and the node's number at the SuperLink."""
_NODE = re.compile(r"[0-9]{1,20}")
_NODES: Final = 2**64
"""Flower's numbers of nodes are below it."""
_BOOT = Path("/proc/sys/kernel/random/boot_id")


def rejoin_at_once(folder: Path, pause: Callable[[float], None] = time.sleep) -> None:
    """Have Flower's node, in this process, sign off its predecessor before it signs on.

    Args:
        folder: `run/` of the site's, whose lock this node holds.
        pause: waits a number of seconds; passed in for tests.
    """
    import httpx
    from flwr.proto.fleet_pb2 import DeactivateNodeRequest
    from flwr.supernode.fleet_http_client import FleetHttpClient

    activate = FleetHttpClient.ActivateNode

    def sign_on(client: FleetHttpClient, request: ActivateNodeRequest) -> ActivateNodeResponse:
        before = _predecessor(folder / _KEPT)
        if before is not None:
            # Refused, if it had signed off or been missed: then there is nothing to wait for.
            with suppress(httpx.HTTPError, RuntimeError):
                client.DeactivateNode(DeactivateNodeRequest(node_id=before))
                pause(AWAY)
        answer = activate(client, request)
        atomic.write_text(folder / _KEPT, f"{_BOOT.read_text().strip()} {answer.node_id}\n")
        return answer

    setattr(FleetHttpClient, activate.__name__, sign_on)


def _predecessor(kept: Path) -> int | None:
    """The number of the node that signed on here last; None if there was none since the machine booted."""
    with suppress(FileNotFoundError, UnicodeDecodeError):
        match kept.read_text().split():
            case [boot, node] if boot == _BOOT.read_text().strip() and _NODE.fullmatch(node) and int(node) < _NODES:
                return int(node)
    return None
