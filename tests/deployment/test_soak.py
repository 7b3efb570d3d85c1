"""A federation that goes on for long: sites and coordinator are killed, requests are lost, memory stays flat.

    CLOISTER_SOAK_SITES=12 CLOISTER_SOAK_ROUNDS=200 pytest -n0 -m heavy tests/deployment/test_soak.py -s

Real processes, made by `cloister server` and `cloister site`. Between sites and SuperLink stands a gate that breaks off
connections by a seeded rule: before a request arrives, or before its answer does. What memory does is judged from
fifty rounds on; before that, processes are still filling their caches.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import os
import random
import socket
import ssl
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.deployment.conftest import rounds_finished
from tests.made_up_table import made_up_table

if TYPE_CHECKING:
    from tests.deployment.conftest import Enrolled, Service

SITES = int(os.environ.get("CLOISTER_SOAK_SITES", "3"))
ROUNDS = int(os.environ.get("CLOISTER_SOAK_ROUNDS", "5"))
LOST = float(os.environ.get("CLOISTER_SOAK_LOST", "0.06"))
"""Share of requests, half of them on the way there, half on the way back. A message and its answer are 16 requests with
a model and 10 without, beside the looks that find nothing: of three in ten the SuperLink's answer to one is lost, and
Flower's own node gives those up. What ours gives up all the same is printed."""
ROUND_SECONDS = float(os.environ.get("CLOISTER_SOAK_ROUND_SECONDS", "45"))
"""After a third of it, a site that says nothing is asked again: Flower hands a message over once, lost or not."""
NAMES = tuple(f"hospital-{number:02}" for number in range(1, SITES + 1))
ROUNDS_BETWEEN_KILLS = max(2, ROUNDS // 20)
"""Twenty kills in all. After one of the coordinator's app, Flower takes more than a minute to declare the run dead."""
PATIENTS = 120
SEED = 6
JUDGED_FROM, FLAT = 50, 1.05
"""Rounds from which memory is judged; the last fifth's median to the second fifth's."""
SETTLED = 300.0
"""Seconds after which a process counts: one that was killed begins anew, and smaller."""
DAY = 86_400.0


@dataclass(frozen=True)
class Losses:
    """Which requests are lost: the same ones for the same seed, whatever comes when."""

    seed: int
    share: float

    def fate(self, connection: int, request: int) -> str:
        """`passed`, `request-lost` or `answer-lost`."""
        digest = hashlib.sha256(f"{self.seed}/{connection}/{request}".encode()).digest()
        chance = int.from_bytes(digest[:8]) / 2**64
        return "passed" if chance >= self.share else ("request-lost" if chance < self.share / 2 else "answer-lost")


@dataclass
class LossyGate:
    """Takes TLS off, passes requests on, or loses them, and puts TLS on again for the SuperLink.

    A request is what a connection brings after an answer, or first of all. Losing one breaks the connection off.
    """

    outside: ssl.SSLContext | None
    inside: ssl.SSLContext | None
    port: int
    link_port: int
    losses: Losses
    fates: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("passed", "request-lost", "answer-lost"), 0))

    def __post_init__(self) -> None:
        self._connections = 0
        self._loop = asyncio.new_event_loop()
        listening = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(listening,), name="gate", daemon=True)
        self._thread.start()
        listening.wait()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self, listening: threading.Event) -> None:
        started = asyncio.start_server(self._connected, "127.0.0.1", self.port, ssl=self.outside)
        self._loop.run_until_complete(started)
        listening.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._end())
        self._loop.close()

    async def _end(self) -> None:
        passing = asyncio.all_tasks() - {asyncio.current_task()}
        for task in passing:
            task.cancel()
        await asyncio.gather(*passing, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        connection = _Connection(self._connections, self.losses, self.fates)
        with suppress(OSError):
            there = await asyncio.open_connection("127.0.0.1", self.link_port, ssl=self.inside)
            await asyncio.gather(connection.requests(reader, there[1]), connection.answers(there[0], writer))
            there[1].close()
        writer.close()


class _Connection:
    """One connection's requests and answers, in their turns."""

    def __init__(self, number: int, losses: Losses, fates: dict[str, int]) -> None:
        self._number, self._losses, self._fates = number, losses, fates
        self._requests, self._is_answered, self._fate = 0, True, "passed"

    async def requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if self._is_answered:
                self._requests, self._is_answered = self._requests + 1, False
                self._fate = self._losses.fate(self._number, self._requests)
                self._fates[self._fate] += 1
            if self._fate == "request-lost":
                break
            writer.write(data)
            await writer.drain()
        writer.close()

    async def answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            self._is_answered = True
            if self._fate == "answer-lost":
                break
            writer.write(data)
            await writer.drain()
        writer.close()


class Memory:
    """What the long-lived processes hold, sampled again and again: role -> bytes, in the order of time."""

    def __init__(self) -> None:
        self.samples: dict[str, list[int]] = defaultdict(list)

    def sample(self, services: dict[str, Service]) -> None:
        """Of each program of a service, the process that has run longest: others live for one message."""
        oldest: dict[str, tuple[int, int]] = {}
        for name, service in services.items():
            for entry in (Path("/proc") / str(number) for number in service.processes()):
                with suppress(OSError, IndexError):
                    role = f"{name}: {_program(entry)}"
                    began = int((entry / "stat").read_text().rpartition(")")[2].split()[19])
                    resident = int((entry / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
                    oldest[role] = min(oldest.get(role, (began, resident)), (began, resident))
        settled = time.clock_gettime(time.CLOCK_BOOTTIME) - SETTLED
        for role, (began, resident) in oldest.items():
            if began / os.sysconf("SC_CLK_TCK") < settled:
                self.samples[role].append(resident)

    def growth(self) -> dict[str, float]:
        """Role -> the median of the last fifth to that of the second, of those with samples throughout."""
        longest = max(map(len, self.samples.values()), default=0)
        found = {}
        for role, samples in self.samples.items():
            fifth = len(samples) // 5
            if len(samples) > longest / 2 and fifth:
                found[role] = statistics.median(samples[-fifth:]) / statistics.median(samples[fifth : 2 * fifth])
        return found


def _program(entry: Path) -> str:
    words = [word for word in (entry / "cmdline").read_text().split("\0") if word and not word.startswith("-")]
    return " ".join(Path(word).name for word in words[:2])


def free_ports(number: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(number)]
        return [int(one.getsockname()[1]) for one in sockets]


def study_of(identities: str) -> str:
    """A linear model of two numbers; a round goes on without a site that is away."""
    return f"""
schema_version = 1
name = "soak"
title = "A federation that goes on for long"
rounds = {ROUNDS}
[federation]
sites = {json.dumps(NAMES)}
minimum_sites = {max(2, (2 * SITES) // 3)}
round_timeout = {ROUND_SECONDS}
connect_timeout = 3600.0
secure_aggregation = true
[federation.identities]
{identities}
[data]
kind = "table"
classes = ["no", "yes"]
features = [{{ name = "x" }}, {{ name = "y" }}]
[task]
name = "tabular_classification"
[task.model]
architecture = "linear"
[training]
steps_per_round = 1
sample_rate = 0.1
batch_divisor = 12
learning_rate = 0.1
[privacy]
mechanism = "dp-sgd"
noise_multiplier = 4.0
delta = 1e-5
"""


def set_up(made: Enrolled) -> Path:
    """Study, data and approvals; returns the submitted study's folder."""
    roster = made.cloister("server", "roster", "--server", "server")
    (made.folder / "study.toml").write_text(study_of("\n".join(line.partition("#")[0] for line in roster.splitlines())))
    *tables, heldout = (made_up_table(seed, PATIENTS) for seed in range(SITES + 1))
    submission = made.submit(made.folder / "study.toml", made.equip(tables, heldout))
    made.approve(submission)
    return submission


def gate_before(made: Enrolled) -> LossyGate:
    keys = made.server / "keys"
    outside = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    outside.load_cert_chain(keys / "server.crt", keys / "server.key")
    inside = ssl.create_default_context(cafile=str(keys / "link-ca.crt"))
    return LossyGate(outside, inside, made.port, made.link_port, Losses(SEED, LOST))


def answers_given_up(made: Enrolled) -> float:
    """The share of the sites' answers that nodes gave up."""
    logs = "".join(made.services[name].text() for name in NAMES)
    given_up, sent = logs.count("Failed to send message"), logs.count("Sent successfully")
    return given_up / max(1, given_up + sent)


@pytest.mark.heavy
def test_a_federation_that_is_killed_and_loses_requests_finishes_with_flat_memory(
    make_enrolled: Callable[[Sequence[str]], Enrolled],
) -> None:
    made = make_enrolled(NAMES)
    submission = set_up(made)
    made.start_coordinator()
    gate = gate_before(made)
    made.start_hospitals()
    memory = Memory()
    try:
        kills = go_through(made, submission, memory)
    except BaseException:
        print(made.logs())
        raise
    finally:
        gate.close()
        (made.folder / "memory.json").write_text(json.dumps(memory.samples))
    growth = memory.growth()
    print(f"{ROUNDS} rounds, {SITES} sites, kills {kills}, requests {gate.fates}")
    print(f"answers given up: {answers_given_up(made):.0%}")
    print("\n".join(f"{role}: {ratio:.3f}" for role, ratio in sorted(growth.items())))
    assert gate.fates["request-lost"] > 0
    assert gate.fates["answer-lost"] > 0
    assert kills["site"] > 0
    check_evidence(made)
    if ROUNDS >= JUDGED_FROM:
        assert {role: ratio for role, ratio in growth.items() if ratio > FLAT} == {}


def go_through(made: Enrolled, submission: Path, memory: Memory) -> dict[str, int]:
    """All rounds, with a kill every few; returns how often whom it hit."""
    kills, generator = {"coordinator": 0, "site": 0}, random.Random(SEED)
    run_id, due = made.start_run(submission), ROUNDS_BETWEEN_KILLS
    for look in itertools.count(1):
        finished = rounds_finished(submission)
        if finished == ROUNDS:
            return kills
        made.restart_ended()
        memory.sample(made.services)
        is_away = look % 5 == 0 and made.services["superexec"].running_within("flwr-serverapp") is None
        if is_away and made.state_of(run_id).startswith("finished"):
            run_id = made.start_run(submission)
        if finished >= due:
            due += ROUNDS_BETWEEN_KILLS
            print(f"{finished} rounds, kills {kills}", flush=True)
            kind = "coordinator" if sum(kills.values()) % 2 else "site"
            name, program = ("superexec", "flwr-serverapp") if kind == "coordinator" else (
                generator.choice(NAMES), "supernode"
            )  # fmt: skip
            kills[kind] += made.services[name].kill_within(program)
        time.sleep(2.0)
    raise AssertionError


def check_evidence(made: Enrolled) -> None:
    """Every ledger and every audit log verifies, and each site paid for the rounds in which it took part, once."""
    for name in NAMES:
        for command in ("ledger", "audit", "egress"):
            assert "valid" in made.cloister("site", command, "--site", name, "--verify"), (name, command)
    assert "valid" in made.cloister("server", "audit", "--server", "server", "--verify")
    told = json.loads(made.cloister("server", "audit", "--server", "server", "--json"))
    rounds = [entry["round"] for entry in told if entry["event"] == "round-finished"]
    assert set(rounds) == set(range(ROUNDS + 1))


class TestTheGate:
    """What loses requests loses the share that it is told to, and does so again."""

    def test_the_share_that_is_lost_is_the_one_asked_for(self) -> None:
        """Of 10,000 requests, more than 5 standard deviations away: one false alarm in 1.7 million."""
        fates = [Losses(1, 0.3).fate(connection, request) for connection in range(100) for request in range(100)]
        for fate, share in {"passed": 0.7, "request-lost": 0.15, "answer-lost": 0.15}.items():
            assert abs(fates.count(fate) - 10_000 * share) < 5 * (10_000 * share * (1 - share)) ** 0.5

    @pytest.mark.parametrize("seed", range(3))
    def test_what_is_lost_on_the_way_never_arrives_or_is_never_answered(self, seed: int) -> None:
        losses, arrived = Losses(seed, 0.5), []

        def answer(server: socket.socket) -> None:
            for _ in range(10):
                with server.accept()[0] as there:
                    while data := there.recv(100):
                        arrived.append(data.decode())
                        there.sendall(b"answer")

        with socket.create_server(("127.0.0.1", 0)) as server, ExitStack() as stack:
            threading.Thread(target=answer, args=(server,), daemon=True).start()
            (port,) = free_ports(1)
            gate = LossyGate(None, None, port, server.getsockname()[1], losses)
            stack.callback(gate.close)
            expected: list[str] = []
            for connection in range(1, 11):
                with socket.create_connection(("127.0.0.1", port)) as here:
                    for request in range(1, 6):
                        fate = losses.fate(connection, request)
                        here.sendall(f"{connection}/{request}".encode())
                        assert (here.recv(100) == b"answer") is (fate == "passed")
                        if fate != "request-lost":
                            expected.append(f"{connection}/{request}")
                        if fate != "passed":
                            break
            assert arrived == expected
