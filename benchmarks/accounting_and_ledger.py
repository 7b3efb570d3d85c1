"""What privacy's book-keeping claims: figures of others, agreement with other implementations, and the ledger's limits.

    python benchmarks/accounting_and_ledger.py [--kills 500] [--entries 1000000]

1. Four runs that were published as epsilon 1 (FLamby's heart disease, delta 1e-3) and what their real steps cost.
2. Our accountants against independent ones on three settings, of one study and of several; the largest relative
   difference: RDP against Opacus's, PLD against the PRV accountant (Gopi et al. 2021).
3. The time to compose 200 settings of which no two are alike, and the time a full ledger of 200 such studies, just
   opened, takes to refuse a reservation.
4. The time to verify a ledger of a million entries, and the memory it takes while open.
5. A process that reserves without pause, killed at random instants: how many acknowledged reservations are lost.

Times are CPU times of one thread.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from cloister.privacy.accounting import Mechanism, epsilon_of
from cloister.privacy.ledger import Ledger, Reservation
from cloister.study.errors import BudgetExhaustedError
from cloister.study.keys import SiteKey

Result = TypeVar("Result")
KEY = SiteKey(bytes(range(32)))
DELTA = 1e-5
FLAMBY = {
    "Cleveland": (1.787109375, 1 / 50, 1.48),
    "Hungary": (1.904296875, 1 / 43, 1.61),
    "Switzerland": (4.140625, 1 / 8, 4.39),
    "VA": (2.578125, 1 / 22, 2.38),
}
"""Noise multiplier, sampling rate, and the epsilon (RDP) of 1,500 steps by the recount of `shared/notes`."""
SETTINGS = (
    (Mechanism(0.032, 1.0, 500),),
    (Mechanism(0.032, 1.0, 300), Mechanism(0.05, 1.4, 40), Mechanism(0.1, 3.0, 100)),
    (Mechanism(64 / 2000, 2.0, 1000), Mechanism(0.5, 9.0, 20)),
)

Rows = Iterator[tuple[str, str, str]]
"""What was measured, what came out, and what is asked for."""


def main() -> None:
    """Print the table, a line at a time."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--entries", type=int, default=1_000_000, help="of the ledger to verify, even")
    options = parser.parse_args()
    warnings.simplefilter("ignore")  # Opacus on its own arithmetic
    with tempfile.TemporaryDirectory() as folder:
        # Killing comes first: a process forks best while it is small.
        killed = list(kills(Path(folder) / "killed", options.kills))
        for rows in (
            published(),
            agreement(),
            composition(Path(folder) / "full"),
            length(Path(folder) / "long", options.entries),
            killed,
        ):
            for what, found, wanted in rows:
                print(f"| {what} | {found} | {wanted} |", flush=True)


def published() -> Rows:
    """FLamby's four hospitals."""
    for hospital, (noise, rate, recounted) in FLAMBY.items():
        run = [Mechanism(rate, noise, 1500)]
        rdp, pld = epsilon_of(run, 1e-3, "rdp"), epsilon_of(run, 1e-3)
        yield f"{hospital}, published as epsilon 1", f"{rdp:.2f} (RDP), {pld:.2f} (PLD)", f"{recounted} (RDP)"


def agreement() -> Rows:
    """Our accountants against Opacus's."""
    rdp = max(_apart(epsilon_of(of, DELTA, "rdp"), _opacus_rdp(of)) for of in SETTINGS)
    yield "RDP against Opacus", f"{rdp:.1e}", "1e-3"
    pld = max(_apart(epsilon_of(of, DELTA), _opacus_prv(of)) for of in SETTINGS)
    yield "PLD against PRV (Opacus)", f"{pld:.1e}", "1e-3"


def composition(folder: Path) -> Rows:
    """Many settings at once, and a ledger that is full of them."""
    draw = random.Random(7)
    many = [Mechanism(draw.uniform(0.005, 0.2), draw.uniform(0.8, 6), draw.randint(20, 60)) for _ in range(200)]
    seconds, epsilon = _timed(lambda: epsilon_of(many, DELTA))
    yield "200 different settings composed", f"{seconds:.1f} s", "30 s"
    path = folder / "ledger.sqlite"
    with Ledger.create(path, KEY) as ledger:
        for study, mechanism in enumerate(many):
            _reserve(ledger, study_sha256=f"{study:064x}", mechanism=mechanism)

    def refused() -> None:
        try:
            _reserve(ledger, study_sha256="f" * 64, mechanism=Mechanism(0.1, 1.5, 60), limit=epsilon * 1.002)
        except BudgetExhaustedError:
            return
        raise AssertionError("the budget was exceeded")

    with Ledger.open(path, KEY) as ledger:
        seconds, _ = _timed(refused)
    yield "refusal by a ledger of these 200 studies", f"{seconds:.2f} s", "1 s"


def length(folder: Path, entries: int) -> Rows:
    """A ledger so long that nobody has one."""
    path = folder / "ledger.sqlite"
    with Ledger.create(path, KEY) as ledger:
        _reserve(ledger, members=[f"{patient:032x}" for patient in range(20_000)])
        content = ledger.entries()[-1].content
        with ledger._writing():  # one transaction for all of it: a million would take an hour to flush
            for number in range(2, entries // 2 + 1):
                reserved = ledger._append("reservation", {**content, "round_number": number})
                ledger._append("settlement", {"reservation": reserved, "steps_done": 5})
    before = _resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    with Ledger.open(path, KEY) as ledger:
        peak = _resident("VmHWM") - before
        seconds, verified = _timed(ledger.verify)
        look_up, found = _timed(lambda: ledger.open_reservation("a" * 64, "run", entries // 2))
    assert (verified, found) == (entries, None)  # noqa: S101
    yield f"{entries:,} entries, 20,000 patients verified", f"{seconds:.1f} s, {peak / 2**20:.0f} MiB", "10 s"
    yield "whether a killed round is open in it", f"{look_up * 1e3:.1f} ms", "no second verification"


def kills(folder: Path, count: int) -> Rows:
    """A child after the other reserves for as long as it lives, and tells each reservation it was promised."""
    path, draw = folder / "ledger.sqlite", random.Random(2)
    Ledger.create(path, KEY).close()
    acknowledged, kept = set[int](), set[int]()
    for kill in range(count):
        acknowledged |= _killed(path, kill, draw.uniform(0, 0.08))
        with Ledger.open(path, KEY, folder / "anchors") as ledger:
            kept = {entry.sequence for entry in ledger.entries() if entry.kind == "reservation"}
    lost = len(acknowledged - kept)
    yield f"{count} kills, {len(acknowledged):,} acknowledged reservations", f"{lost} lost", "0 lost"


def _killed(path: Path, kill: int, seconds: float) -> set[int]:
    readable, writable = os.pipe()
    child = os.fork()
    if not child:
        try:
            _reserve_for_ever(path, kill, writable)
        finally:
            os._exit(3)
    os.close(writable)
    # Every other child has the time to acknowledge a first reservation; the rest may die while opening.
    first = os.read(readable, 8) if kill % 2 else b""
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL, "the child ended by itself"  # noqa: S101
    with os.fdopen(readable, "rb") as pipe:
        written = first + pipe.read()
    return {int.from_bytes(written[at : at + 8], "big") for at in range(0, len(written) - 7, 8)}


def _reserve_for_ever(path: Path, kill: int, pipe: int) -> None:
    with Ledger.open(path, KEY, path.parent / "anchors") as ledger:
        for number in range(10**6):
            made = _reserve(ledger, run_id=f"run-{kill}", round_number=number)
            os.write(pipe, made.sequence.to_bytes(8, "big"))
            ledger.settle(made, 5)


def _reserve(ledger: Ledger, limit: float = 1e9, **changes: Any) -> Reservation:
    request: dict[str, Any] = {
        "study_sha256": "a" * 64,
        "study_name": "study",
        "run_id": "run",
        "round_number": 1,
        "dataset": "d" * 64,
        "members": ["one", "two"],
        "mechanism": Mechanism(0.1, 2.0, 5),
        "delta": DELTA,
        "max_epsilon_study": 1e9,
        "max_epsilon_lifetime": limit,
    }
    return ledger.reserve(**{**request, **changes})


def _opacus_rdp(mechanisms: tuple[Mechanism, ...]) -> float:
    from opacus.accountants import RDPAccountant

    accountant = RDPAccountant()
    accountant.history = [(of.noise_multiplier, of.sample_rate, of.steps) for of in mechanisms]
    return float(accountant.get_epsilon(DELTA))


def _opacus_prv(mechanisms: tuple[Mechanism, ...]) -> float:
    from opacus.accountants import PRVAccountant

    accountant = PRVAccountant()
    accountant.history = [(of.noise_multiplier, of.sample_rate, of.steps) for of in mechanisms]
    loss = accountant._get_dprv(eps_error=5e-3, delta_error=DELTA / 1000)
    _, estimate, _ = loss.compute_epsilon(DELTA, DELTA / 1000, 5e-3)
    return float(estimate)


def _apart(ours: float, theirs: float) -> float:
    return abs(ours / theirs - 1)


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def _resident(key: str) -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(key):
            return float(line.split()[1]) * 1024
    raise RuntimeError(f"/proc/self/status has no {key}")


if __name__ == "__main__":
    main()
