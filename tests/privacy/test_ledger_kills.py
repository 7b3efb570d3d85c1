"""Promise 3 under fire: killed at any instant, a ledger keeps every reservation that it acknowledged."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from cloister.privacy.accounting import Mechanism, epsilon_of
from cloister.privacy.ledger import Ledger
from cloister.study.keys import SiteKey

KEY = SiteKey(bytes(range(32)))

# One process forks a child after the other, so that a kill costs no start of Python. The child opens the ledger and
# reserves for as long as it lives, writing each acknowledged number to a pipe; it is killed after a random time.
_KILL = """
import os, random, signal, sys, time
from pathlib import Path
from cloister.privacy.accounting import Mechanism
from cloister.privacy.ledger import Ledger
from cloister.study.keys import SiteKey

path, anchors, kills, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
key, draw = SiteKey(bytes(range(32))), random.Random(seed)

def reserve_until_killed(kill, pipe):
    with Ledger.open(path, key, anchors) as ledger:
        for number in range(10**6):
            reservation = ledger.reserve(
                study_sha256="a" * 64, study_name="heart", run_id=f"run-{kill}", round_number=number,
                dataset="d" * 64, members=["one", "two"], mechanism=Mechanism(0.1, 2.0, 5), delta=1e-5,
                max_epsilon_study=1e9, max_epsilon_lifetime=1e9,
            )
            os.write(pipe, reservation.sequence.to_bytes(8, "big"))
            ledger.settle(reservation, 5)

def killed_child(kill):
    readable, writable = os.pipe()
    child = os.fork()
    if not child:
        try:
            reserve_until_killed(kill, writable)
        finally:
            os._exit(3)
    os.close(writable)
    # Every other child is given the time to acknowledge a first reservation; the rest may die while opening.
    first = os.read(readable, 8) if kill % 2 else b""
    time.sleep(draw.uniform(0, 0.08))
    os.kill(child, signal.SIGKILL)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL, "the child ended by itself"
    with os.fdopen(readable, "rb") as pipe:
        written = first + pipe.read()
    return {int.from_bytes(written[at : at + 8], "big") for at in range(0, len(written) - 7, 8)}

acknowledged, kept = set(), set()
for kill in range(kills):
    acknowledged |= killed_child(kill)
    with Ledger.open(path, key, anchors) as ledger:
        kept = {entry.sequence for entry in ledger.entries() if entry.kind == "reservation"}
    assert acknowledged <= kept, f"kill {kill} lost {sorted(acknowledged - kept)}"
print(kills, len(acknowledged), len(kept))
"""


def kill(folder: Path, kills: int, seed: int) -> tuple[int, int]:
    path = folder / "ledger.sqlite"
    Ledger.create(path, KEY).close()
    found = subprocess.run(
        [sys.executable, "-c", _KILL, str(path), str(folder / "anchors"), str(kills), str(seed)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    done, acknowledged, kept = (int(word) for word in found.stdout.split())
    assert done == kills
    with Ledger.open(path, KEY, folder / "anchors") as ledger:
        mechanisms = [Mechanism(0.1, 2.0, 5)] * kept
        assert ledger.spent(accountant="rdp") == pytest.approx(epsilon_of(mechanisms, 1e-5, "rdp"))
    return acknowledged, kept


def test_a_few_kills_lose_nothing(tmp_path: Path) -> None:
    acknowledged, kept = kill(tmp_path, 12, seed=1)
    assert 6 <= acknowledged <= kept


@pytest.mark.heavy
def test_five_hundred_kills_at_random_instants_lose_nothing(tmp_path: Path) -> None:
    acknowledged, kept = kill(tmp_path, 500, seed=2)
    print(f"{acknowledged} reservations acknowledged, {kept} kept")
    assert acknowledged >= 250


@pytest.mark.heavy
def test_a_million_entries_verify_in_under_ten_seconds_of_one_core(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    with Ledger.create(path, KEY) as ledger:
        first = ledger.reserve(
            study_sha256="a" * 64,
            study_name="heart",
            run_id="run",
            round_number=0,
            dataset="d" * 64,
            members=[f"{patient:032x}" for patient in range(20_000)],
            mechanism=Mechanism(0.1, 2.0, 5),
            delta=1e-5,
            max_epsilon_study=1e9,
            max_epsilon_lifetime=1e9,
        )
        content = ledger.entries()[-1].content
        with ledger._writing():  # one transaction for all of it: a million would take an hour to flush
            for number in range(499_999):
                reserved = ledger._append("reservation", {**content, "round_number": number})
                ledger._append("settlement", {"reservation": reserved, "steps_done": 5})
    with Ledger.open(path, KEY) as ledger:
        started = time.process_time()
        assert ledger.verify() == 1_000_000
        assert time.process_time() - started < 10
        settled_steps = 500_000 * first.mechanism.steps
        right = epsilon_of([Mechanism(0.1, 2.0, settled_steps)], 1e-5, "rdp")
        assert ledger.spent(accountant="rdp") == pytest.approx(right)
