"""Bringing the SuperLink's list of allowed node keys in line with the roster.

A node whose key is not on that list cannot connect, whatever else it has. The list is the SuperLink's own state, which
changes only by asking it, on loopback, through Flower's own command. It is Cloister's alone: a node that no site of the
roster has is removed, whoever put it there.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from cloister.server.outdated_roster import check_nodes, check_revocations
from cloister.server.roster import Member
from cloister.server.server_audit import record
from cloister.server.server_folder import ServerFolder
from cloister.server.start_files import CONNECTION
from cloister.study.errors import SuperLinkError
from cloister.study.untrusted_json import parse_json

Flower = Callable[[Sequence[str]], dict[str, object]]
"""Runs `flwr` with some arguments and gives back its JSON answer."""

_REMOVED = {"unregistered", "deleted"}
_SECONDS = 120.0
_BURNT = "Public key already in use"
"""What Flower says of a node key that it knows, or has removed: it keeps the key, so that it never takes it again."""


def bring_in_line(server: ServerFolder, now: datetime, flower: Flower | None = None) -> list[str]:
    """Register the node keys of enrolled sites, remove those of sites that were revoked, ran out or have a new key.

    Every step is written to the roster as soon as it is done: after a failure, doing it again goes on. A node that the
    SuperLink refuses does not hold up the others.

    Args:
        server: the opened folder.
        now: the time, with its zone.
        flower: how to run Flower's command.

    Returns:
        What was done, a line each.

    Raises:
        SuperLinkError: it does not answer, or refuses some of it.
        InputError: the roster was lost, or is older than the audit log. Nothing is changed.
    """
    # Held throughout: a site that was revoked between two steps would be registered all the same.
    with server.roster_held():
        return _bring_in_line(server, now, flower or _command(server))


def _bring_in_line(server: ServerFolder, now: datetime, flower: Flower) -> list[str]:
    done: list[str] = []
    refused: list[SuperLinkError] = []
    check_revocations(server)
    known = _known(server, now, flower, done)
    check_nodes(server, known)
    for member in server.roster.members:
        if not member.holds(now) and member.node_id is not None:
            server.roster.retiring(member.site).write(server.roster_file)
    server.roster.retiring_strangers(known).write(server.roster_file)
    for number in server.roster.retired_nodes:
        if number in known:
            try:
                flower(["supernode", "unregister", str(number), CONNECTION, "--format", "json"])
            except SuperLinkError as problem:
                refused.append(SuperLinkError(f"node {number} is not removed: {problem.message}", problem.remedy))
                continue
            record(server, "node-removed", now, node=number)
            done.append(f"node {number} removed")
        server.roster.forgotten(number).write(server.roster_file)
    for member in server.roster.members:
        if member.holds(now) and member.node_id not in known:
            server.roster.telling(member.request.node_key).write(server.roster_file)
            try:
                number = _register(member, flower)
            except SuperLinkError as problem:
                # Its answer may have been lost: the list says.
                known |= _known(server, now, flower, done)
                if server.roster.member(member.site).node_id not in known:
                    said = f"{member.site} is not registered: {problem.message}"
                    refused.append(SuperLinkError(said, problem.remedy))
                continue
            server.roster.known_as(member.site, number).write(server.roster_file)
            _note(server, member.site, number, now, done)
    if refused:
        remedies = dict.fromkeys(problem.remedy for problem in refused)
        raise SuperLinkError("\n".join(problem.message for problem in refused), " ".join(remedies))
    return done


def _known(server: ServerFolder, now: datetime, flower: Flower, done: list[str]) -> set[int]:
    """The numbers on the SuperLink's list, once the roster has what a registering that was cut short left there."""
    numbers = _numbers(flower(["supernode", "list", CONNECTION, "--format", "json"]))
    told = server.roster.registering
    if told is not None:
        server.roster.asked_after(numbers).write(server.roster_file)
        for member in server.roster.members:
            if member.request.node_key == told and member.node_id in numbers:
                _note(server, member.site, member.node_id, now, done)
    return numbers


def _note(server: ServerFolder, site: str, number: int | None, now: datetime, done: list[str]) -> None:
    record(server, "node-registered", now, site=site, node=number)
    done.append(f"{site} registered as node {number}")


def _register(member: Member, flower: Flower) -> int:
    with tempfile.TemporaryDirectory() as folder:
        key = Path(folder) / "node.pub"
        key.write_text(member.request.node_key + "\n")
        answer = flower(["supernode", "register", str(key), CONNECTION, "--name", member.site, "--format", "json"])
    return int(str(answer["node-id"]))


def _numbers(answer: dict[str, object]) -> set[int]:
    nodes = answer["nodes"]
    assert isinstance(nodes, list)  # noqa: S101 (Flower's answer, for mypy)
    # Those that were removed stay on Flower's list, marked.
    return {int(node["node-id"]) for node in nodes if node["status"] not in _REMOVED}


def _command(server: ServerFolder) -> Flower:
    environment = {
        **os.environ,
        "FLWR_HOME": str(server.folder.resolve() / "flower"),
        "FLWR_TELEMETRY_ENABLED": "0",
        "FLWR_DISABLE_UPDATE_CHECK": "1",
    }

    def run(arguments: Sequence[str]) -> dict[str, object]:
        remedy = "Start the SuperLink (start/superlink.sh), then `cloister server register`."
        try:
            done = subprocess.run(  # noqa: S603 (a fixed program)
                [Path(sys.executable).with_name("flwr"), *arguments],
                env=environment,
                capture_output=True,
                text=True,
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            raise SuperLinkError("Flower's command `flwr` does not answer.", remedy) from None
        text = done.stdout
        try:
            answer = parse_json(text[text.index("{") :])
        except ValueError:
            answer = {}
        if done.returncode != 0 or not answer.get("success"):
            said = str(answer.get("error-message") or done.stderr.strip() or text.strip())
            if _BURNT.lower() in said.lower():
                remedy = "Have the site ask with a new node key (`cloister site request --new-node-key`), and enrol it."
            raise SuperLinkError(f"The SuperLink refused `flwr {arguments[0]} {arguments[1]}`: {said}", remedy)
        return dict(answer)

    return run
