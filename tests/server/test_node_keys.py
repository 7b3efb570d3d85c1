"""The SuperLink's list of allowed node keys follows the roster, whatever was interrupted before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cloister.server.enrolment import revoke
from cloister.server.node_keys import bring_in_line
from cloister.server.server_folder import Server, ServerFolder
from cloister.server.server_setup import create_server
from cloister.study.enrolment import EnrolmentRequest
from cloister.study.errors import SuperLinkError

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@dataclass
class SuperLink:
    """Answers as Flower's command does, which goes on listing removed nodes; `fails_at` lets one call fail."""

    keys: dict[int, str] = field(default_factory=dict)
    removed: set[int] = field(default_factory=set)
    calls: int = 0
    fails_at: int | None = None

    def __call__(self, arguments: Sequence[str]) -> dict[str, object]:
        self.calls += 1
        if self.calls == self.fails_at:
            raise SuperLinkError("The SuperLink does not answer.")
        assert arguments[0] == "supernode"
        assert arguments[-2:] == ["--format", "json"]
        if arguments[1] == "list":
            nodes = [{"node-id": str(number), "status": "online"} for number in self.keys]
            nodes += [{"node-id": str(number), "status": "unregistered"} for number in self.removed]
            return {"success": True, "nodes": nodes}
        if arguments[1] == "register":
            key = Path(arguments[2]).read_text().strip()
            assert key not in self.keys.values(), "Flower refuses a key that is registered"
            number = 100 + self.calls
            self.keys[number] = key
            return {"success": True, "node-id": number}
        del self.keys[int(arguments[2])]
        self.removed.add(int(arguments[2]))
        return {"success": True}


def request(name: str, created: datetime = NOW) -> EnrolmentRequest:
    public = ec.generate_private_key(ec.SECP384R1()).public_key()
    return EnrolmentRequest(
        site=name,
        identity=name.encode().hex().ljust(64, "0"),
        node_key=public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode(),
        created=created,
        cloister_version="0.1.0",
    )


@pytest.fixture
def server(tmp_path: Path) -> ServerFolder:
    made = create_server(
        tmp_path / "server", Server(name="heart", hosts=("coordinator.example",), anchors="../anchors"), NOW
    )
    for name in ("north", "south", "west"):
        made.roster.with_member(request(name), NOW, NOW + 365 * DAY).write(made.roster_file)
    return made


def keys_of(server: ServerFolder, now: datetime = NOW) -> set[str]:
    return {member.request.node_key for member in server.roster.members if member.holds(now)}


def test_enrolled_sites_are_registered_once(server: ServerFolder) -> None:
    link = SuperLink()
    assert len(bring_in_line(server, NOW, link)) == 3
    assert set(link.keys.values()) == keys_of(server)
    assert bring_in_line(server, NOW, link) == []


def test_revoked_expired_and_replaced_keys_are_removed(server: ServerFolder) -> None:
    link = SuperLink()
    bring_in_line(server, NOW, link)
    revoke(server, "north", "left", NOW)
    server.roster.with_member(
        request("south", NOW + DAY).model_copy(update={"identity": server.roster.member("south").request.identity}),
        NOW + DAY,
        NOW + 900 * DAY,
    ).write(server.roster_file)
    late = NOW + 400 * DAY  # by now, west's enrolment has run out
    bring_in_line(server, late, link)
    assert set(link.keys.values()) == keys_of(server, late) == {server.roster.member("south").request.node_key}
    assert server.roster.retired_nodes == ()


def test_a_superlink_that_lost_its_state_is_told_again(server: ServerFolder) -> None:
    bring_in_line(server, NOW, SuperLink())
    empty = SuperLink(calls=50)
    bring_in_line(server, NOW, empty)
    assert set(empty.keys.values()) == keys_of(server)


@pytest.mark.parametrize("fails_at", range(1, 7))
def test_whatever_fails_doing_it_again_goes_on(server: ServerFolder, fails_at: int) -> None:
    link = SuperLink()
    bring_in_line(server, NOW, link)
    revoke(server, "north", "left", NOW)
    revoke(server, "south", "left", NOW)
    server.roster.with_member(request("east"), NOW, NOW + DAY).write(server.roster_file)
    link.fails_at = link.calls + fails_at
    try:
        bring_in_line(server, NOW, link)
    except SuperLinkError:
        bring_in_line(server, NOW, link)
    assert set(link.keys.values()) == keys_of(server)
    assert server.roster.retired_nodes == ()


def test_without_a_superlink_the_error_says_what_to_start(
    server: ServerFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(SuperLinkError, match="does not answer") as caught:
        bring_in_line(server, NOW)
    assert "start/superlink.sh" in caught.value.remedy
