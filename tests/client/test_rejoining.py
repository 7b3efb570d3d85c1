"""A killed node comes back at once, where its predecessor has certainly ended: against Flower's own SuperLink."""

from pathlib import Path
from typing import Any

import httpx
import pytest
from flwr.proto.fleet_pb2 import ActivateNodeRequest, DeactivateNodeRequest
from flwr.server.superlink.linkstate import LinkState, LinkStateFactory
from flwr.supercore.error.base import FlowerError
from flwr.supercore.object_store import ObjectStoreFactory
from flwr.superlink.federation.noop_federation_manager import NoOpFederationManager
from flwr.superlink.servicer.fleet import fleet_handlers
from flwr.supernode.fleet_http_client import FleetHttpClient

from cloister.client import rejoining, run_control
from cloister.study.errors import RunningElsewhereError

KEY = b"a node's public key"
BEYOND = ("{boot} 18446744073709551616", "{boot} " + "9" * 5000)
"""Digits, and no number that a SuperLink gives."""


class DirectClient(FleetHttpClient):
    """Asks a SuperLink's state, without a network in between."""

    def __init__(self, state: LinkState) -> None:
        self._state = state

    def _unary_unary(self, *, path: str, request: Any, **_: Any) -> Any:
        handler = getattr(fleet_handlers, path.removeprefix("/v1/fleet/").replace("-", "_"))
        try:
            return handler(request, self._state)
        except FlowerError as refusal:
            raise httpx.HTTPError(str(refusal)) from refusal


@pytest.fixture
def link(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> DirectClient:
    """A SuperLink that knows the node, and a client whose class is put right again afterwards."""
    monkeypatch.setattr(FleetHttpClient, "ActivateNode", FleetHttpClient.ActivateNode)
    database = str(tmp_path / "superlink.db")
    state = LinkStateFactory(database, NoOpFederationManager(), ObjectStoreFactory()).state()
    state.create_node("owner", "owner", KEY, 0)
    return DirectClient(state)


def sign_on(link: DirectClient) -> int:
    return int(link.ActivateNode(ActivateNodeRequest(public_key=KEY, heartbeat_interval=30)).node_id)


def restart(folder: Path, monkeypatch: pytest.MonkeyPatch, pauses: list[float]) -> None:
    """What a new process does, whose class is as Flower made it."""
    monkeypatch.undo()
    monkeypatch.setattr(FleetHttpClient, "ActivateNode", FleetHttpClient.ActivateNode)
    rejoining.rejoin_at_once(folder, pauses.append)


def test_flowers_own_node_is_refused_after_it_was_killed(link: DirectClient) -> None:
    sign_on(link)
    with pytest.raises(httpx.HTTPError):
        sign_on(link)


def test_a_killed_node_is_the_same_node_again_after_it_was_seen_to_be_away(
    link: DirectClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    restart(tmp_path, monkeypatch, pauses)
    first = sign_on(link)
    assert pauses == []
    restart(tmp_path, monkeypatch, pauses)
    assert sign_on(link) == first
    assert pauses == [rejoining.AWAY]


def test_a_node_that_signed_off_is_not_waited_for(
    link: DirectClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    restart(tmp_path, monkeypatch, pauses)
    first = sign_on(link)
    link.DeactivateNode(DeactivateNodeRequest(node_id=first))
    restart(tmp_path, monkeypatch, pauses)
    assert sign_on(link) == first
    assert pauses == []


@pytest.mark.parametrize("kept", ["", "another-boot 7", "7", "{boot} -7", "{boot} x", "{boot} 7 8", "\xff", *BEYOND])
def test_what_is_not_this_machines_predecessor_is_left_alone(
    link: DirectClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: str
) -> None:
    restart(tmp_path, monkeypatch, [])
    node = sign_on(link)
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    text = kept.format(boot=boot).replace("7", str(node)) if "another" in kept else kept.format(boot=boot)
    (tmp_path / "signed-on").write_bytes(text.encode("latin-1"))
    restart(tmp_path, monkeypatch, [])
    with pytest.raises(httpx.HTTPError):
        sign_on(link)


def test_a_folder_has_one_node(tmp_path: Path) -> None:
    with run_control.being_node(tmp_path), pytest.raises(RunningElsewhereError), run_control.being_node(tmp_path):
        pass
    with run_control.being_node(tmp_path):
        pass
