"""The SuperLink's list of allowed node keys follows the roster, whatever was interrupted before."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cloister.server.enrolment import enroll, revoke
from cloister.server.node_keys import bring_in_line
from cloister.server.server_audit import log_of
from cloister.server.server_folder import Server, ServerFolder
from cloister.server.server_setup import create_server
from cloister.study.enrolment import EnrolmentRequest
from cloister.study.errors import EnrolmentError, InputError, SuperLinkError

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


@dataclass
class SuperLink:
    """Answers as Flower's command does, which goes on listing removed nodes and never takes their keys again.

    `fails_at` lets one call fail; `cut_short` ends the next registering after it was done, before the answer.
    """

    keys: dict[int, str] = field(default_factory=dict)
    removed: dict[int, str] = field(default_factory=dict)
    calls: int = 0
    fails_at: int | None = None
    cut_short: BaseException | None = None

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
            if key in {*self.keys.values(), *self.removed.values()}:
                raise SuperLinkError("Public key already in use.", "A new node key.")
            number = 100 + self.calls
            self.keys[number] = key
            if self.cut_short is not None:
                problem, self.cut_short = self.cut_short, None
                raise problem
            return {"success": True, "node-id": number}
        self.removed[int(arguments[2])] = self.keys.pop(int(arguments[2]))
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


def renewed(server: ServerFolder, site: str, created: datetime) -> EnrolmentRequest:
    """A later request of a site, with the node key that it has."""
    return server.roster.member(site).request.model_copy(update={"created": created})


def test_an_enrolment_renewed_in_time_keeps_its_node_key(server: ServerFolder) -> None:
    link = SuperLink()
    bring_in_line(server, NOW, link)
    late = NOW + 400 * DAY
    server.roster.with_member(renewed(server, "west", late), late, late + DAY).write(server.roster_file)
    bring_in_line(server, late, link)
    assert set(link.keys.values()) == {server.roster.member("west").request.node_key}


def test_a_node_key_that_was_removed_is_not_enrolled_again(server: ServerFolder) -> None:
    link = SuperLink()
    bring_in_line(server, NOW, link)
    late = NOW + 400 * DAY
    bring_in_line(server, late, link)
    with pytest.raises(EnrolmentError, match="removed this node key") as caught:
        server.roster.with_member(renewed(server, "west", late), late, late + DAY)
    assert "--new-node-key" in caught.value.remedy
    again = renewed(server, "west", late).model_copy(update={"node_key": request("west").node_key})
    server.roster.with_member(again, late, late + DAY).write(server.roster_file)
    bring_in_line(server, late, link)
    assert set(link.keys.values()) == {again.node_key}


def test_a_key_that_the_superlink_refuses_does_not_hold_up_the_others(server: ServerFolder) -> None:
    south = server.roster.member("south").request.node_key
    link = SuperLink(removed={7: south})
    with pytest.raises(SuperLinkError, match="south is not registered: Public key already in use") as caught:
        bring_in_line(server, NOW, link)
    assert caught.value.remedy == "A new node key."
    assert set(link.keys.values()) == keys_of(server) - {south}


def test_a_node_that_the_superlink_does_not_remove_does_not_hold_up_the_others(server: ServerFolder) -> None:
    link = SuperLink()
    bring_in_line(server, NOW, link)
    revoke(server, "north", "left", NOW)
    server.roster.with_member(request("east"), NOW, NOW + DAY).write(server.roster_file)
    link.fails_at = link.calls + 2
    with pytest.raises(SuperLinkError, match="is not removed"):
        bring_in_line(server, NOW, link)
    assert server.roster.member("east").request.node_key in link.keys.values()


def test_what_flower_says_of_a_removed_key_leads_to_a_new_one(
    server: ServerFolder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    flwr = tmp_path / "flwr"
    flwr.write_text(
        "#!/bin/sh\n"
        """if [ "$2" = list ]; then echo '{"success": true, "nodes": []}'; exit; fi\n"""
        """echo '{"success": false, "error-message": "Public key already in use."}'; exit 1\n"""
    )
    flwr.chmod(0o700)
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))
    with pytest.raises(SuperLinkError, match="already in use") as caught:
        bring_in_line(server, NOW)
    assert "--new-node-key" in caught.value.remedy


def test_sites_that_are_enrolled_at_the_same_time_are_all_on_the_roster(server: ServerFolder) -> None:
    requests = [request(f"site-{number}") for number in range(8)]
    with ThreadPoolExecutor(len(requests)) as pool:
        list(pool.map(lambda asked: enroll(server, asked, asked.fingerprint.words, 365, NOW), requests))
    assert {asked.site for asked in requests} <= set(server.roster.identities(NOW))


def test_a_site_that_is_revoked_while_others_are_registered_is_off_the_list(server: ServerFolder) -> None:
    link = SuperLink()

    def revoke_south() -> None:
        revoke(server, "south", "left", NOW)
        bring_in_line(server, NOW, link)

    revoking = threading.Thread(target=revoke_south)

    def registering(arguments: Sequence[str]) -> dict[str, object]:
        if arguments[1] == "register" and revoking.ident is None:
            revoking.start()
            revoking.join(timeout=1)
        return link(arguments)

    bring_in_line(server, NOW, registering)
    revoking.join()
    assert server.roster.member("south").revoked is not None
    assert set(link.keys.values()) == keys_of(server)


def test_a_registering_whose_answer_was_lost_is_found_on_the_list(server: ServerFolder) -> None:
    link = SuperLink(cut_short=SuperLinkError("The SuperLink does not answer."))
    assert len(bring_in_line(server, NOW, link)) == 3
    assert {member.node_id for member in server.roster.members} == set(link.keys)


@pytest.fixture
def cut_short(server: ServerFolder) -> SuperLink:
    """A SuperLink that was told of north's node key by a command that was then killed."""
    link = SuperLink(cut_short=KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        bring_in_line(server, NOW, link)
    assert set(link.keys.values()) == {server.roster.member("north").request.node_key}
    return link


def test_after_a_kill_the_node_is_known_again(server: ServerFolder, cut_short: SuperLink) -> None:
    bring_in_line(server, NOW, cut_short)
    assert set(cut_short.keys.values()) == keys_of(server)
    assert {member.node_id for member in server.roster.members} == set(cut_short.keys)
    logged = [entry["node"] for entry in log_of(server).entries() if entry["event"] == "node-registered"]
    assert sorted(logged) == sorted(cut_short.keys)


def test_after_a_kill_a_revoked_site_is_taken_off_the_list(server: ServerFolder, cut_short: SuperLink) -> None:
    revoke(server, "north", "left", NOW)
    bring_in_line(server, NOW, cut_short)
    assert set(cut_short.keys.values()) == keys_of(server)


def test_after_a_kill_a_replaced_key_is_taken_off_the_list_for_good(server: ServerFolder, cut_short: SuperLink) -> None:
    old = server.roster.member("north").request
    new = old.model_copy(update={"node_key": request("north").node_key, "created": NOW + DAY})
    server.roster.with_member(new, NOW + DAY, NOW + 9 * DAY).write(server.roster_file)
    bring_in_line(server, NOW + DAY, cut_short)
    assert set(cut_short.keys.values()) == keys_of(server)
    with pytest.raises(EnrolmentError, match="removed this node key"):
        server.roster.with_member(
            renewed(server, "north", NOW + 2 * DAY).model_copy(update={"node_key": old.node_key}), NOW, NOW + DAY
        )


def test_a_node_that_no_site_has_is_removed(server: ServerFolder) -> None:
    link = SuperLink(keys={7: "somebody's"})
    bring_in_line(server, NOW, link)
    assert set(link.keys.values()) == keys_of(server)


def test_a_roster_that_was_lost_takes_no_hospital_off_the_list(server: ServerFolder) -> None:
    """The SuperLink never takes a removed key again: every hospital would have to be enrolled anew."""
    link = SuperLink()
    bring_in_line(server, NOW, link)
    before = dict(link.keys)
    server.roster_file.unlink()
    with pytest.raises(InputError, match="no such roster") as caught:
        bring_in_line(server, NOW, link)
    assert "backup" in caught.value.remedy
    asked = request("east")
    with pytest.raises(InputError, match="no such roster"):
        enroll(server, asked, asked.fingerprint.words, 365, NOW)
    assert (link.keys, link.removed) == (before, {})


def put_back(server: ServerFolder, backup: bytes) -> None:
    server.roster_file.write_bytes(backup)


def test_a_roster_from_before_an_enrolment_takes_nobody_off_the_list(server: ServerFolder) -> None:
    link = SuperLink()
    bring_in_line(server, NOW, link)
    backup = server.roster_file.read_bytes()
    later = NOW + DAY
    east = request("east", later)
    enroll(server, east, east.fingerprint.words, 365, later)
    bring_in_line(server, later, link)
    put_back(server, backup)
    with pytest.raises(InputError, match="older than the audit log: it does not know the node of east") as caught:
        bring_in_line(server, later, link)
    assert "newest roster.json" in caught.value.remedy
    assert link.removed == {}


def test_a_roster_from_before_a_revocation_brings_nobody_back(server: ServerFolder) -> None:
    link = SuperLink()
    bring_in_line(server, NOW, link)
    backup, before = server.roster_file.read_bytes(), dict(link.keys)
    revoke(server, "south", "left", NOW + DAY)
    put_back(server, backup)
    with pytest.raises(InputError, match="older than the audit log: revoked, and on it, are south") as caught:
        bring_in_line(server, NOW + DAY, link)
    assert (link.keys, link.removed) == (before, {})
    assert "cloister server revoke south" in caught.value.remedy
    revoke(server, "south", "left", NOW + 2 * DAY)
    bring_in_line(server, NOW + 2 * DAY, link)
    assert set(link.keys.values()) == keys_of(server, NOW + 2 * DAY)
    assert len(link.removed) == 1


def test_a_roster_from_before_a_key_was_replaced_gives_way_to_a_new_enrolment(server: ServerFolder) -> None:
    link = SuperLink()
    bring_in_line(server, NOW, link)
    backup = server.roster_file.read_bytes()

    def with_a_new_key(now: datetime) -> EnrolmentRequest:
        asked = renewed(server, "south", now).model_copy(update={"node_key": request("south").node_key})
        enroll(server, asked, asked.fingerprint.words, 365, now)
        return asked

    with_a_new_key(NOW + DAY)
    bring_in_line(server, NOW + DAY, link)
    removed = dict(link.removed)
    put_back(server, backup)
    with pytest.raises(InputError, match="the node of south"):
        bring_in_line(server, NOW + DAY, link)
    assert link.removed == removed
    newest = with_a_new_key(NOW + 2 * DAY)
    bring_in_line(server, NOW + 2 * DAY, link)
    assert newest.node_key in link.keys.values()
    assert set(link.keys.values()) == keys_of(server, NOW + 2 * DAY)


def test_a_node_that_is_not_removed_is_never_taken_for_a_sites(server: ServerFolder) -> None:
    link = SuperLink(keys={7: "somebody's"}, fails_at=2, cut_short=SuperLinkError("The SuperLink does not answer."))
    with pytest.raises(SuperLinkError, match="node 7 is not removed"):
        bring_in_line(server, NOW, link)
    assert {member.node_id for member in server.roster.members} == set(link.keys) - {7}


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
