"""`cloister site run`: it restarts what ends, lets work finish, starts nothing unchecked, and says how it is.

The node is a real process; Flower's SuperNode in it is played by a shell script, and by itself in `tests/deployment`.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.client import run_control, site_run, start_files, verified_datasets
from cloister.client.enrolment import accepted_enrolment, read_enrolment
from cloister.client.node import Node, environment
from cloister.client.restart_delay import CONNECTION_REFUSED, LONGEST, LONGEST_WHILE_MISSED, restart_delay
from cloister.client.site_audit import log_of, record
from cloister.client.site_checks import check_site
from cloister.client.site_folder import SiteFolder
from cloister.client.site_health import Health, health_endpoint
from cloister.client.site_run import SiteRun
from cloister.client.work_gate import check_may_begin, is_open
from cloister.study.audit_entry import AuditEntry
from cloister.study.dataset import Certificate, Manifest, verify_dataset
from cloister.study.errors import (
    AuditLogError,
    CertificateError,
    ClockError,
    CloisterError,
    DiskFullError,
    EnrolmentError,
    InputError,
    LedgerError,
    OutsideWindowError,
    RunningElsewhereError,
    SitePausedError,
)
from cloister.study.keys import SiteKey
from cloister.study.site import Running

if TYPE_CHECKING:
    from tests.client.conftest import Federation

NOW = datetime.now(UTC)
SECONDS = 60.0
TIMEOUT = 900.0
HEALTH = Health("running", "0.1", None, 0, None, None, None, None, None, None, False, None, None, 1.0)


def script(site: SiteFolder, text: str) -> None:
    path = site.folder / start_files.SUPERNODE_SCRIPT
    path.write_text(f"#!/bin/sh\ncd {site.folder}\n{text}\n")


def configure(site: SiteFolder, run: str) -> SiteFolder:
    """The site with a `[run]` table: no health endpoint, no room needed."""
    (site.folder / "site.toml").write_text(
        f'name = "north"\ndatasets = ["datasets/table"]\nanchors = "../anchors"\n[run]\nfree_disk_gib = 0\n{run}\n'
    )
    return SiteFolder.open(site.folder)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def events(site: SiteFolder) -> list[str]:
    return [entry["event"] for entry in log_of(site).entries()]


def run(site: SiteFolder, meanwhile: Callable[[], None]) -> None:
    """Run a site in this thread, where signals arrive, until `meanwhile`, in another one, has ended."""
    failed: list[BaseException] = []

    def other() -> None:
        try:
            meanwhile()
        except BaseException as problem:  # noqa: BLE001 (raised in the other thread)
            failed.append(problem)
            os.kill(os.getpid(), signal.SIGTERM)

    thread = threading.Thread(target=other)
    thread.start()
    SiteRun(site.folder).run()
    thread.join(SECONDS)
    if failed:
        raise failed[0]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_run, "SETTLE_SECONDS", 0.5)
    monkeypatch.setattr(site_run, "restart_delay", lambda *_: 0.05)


@pytest.mark.usefixtures("quick")
def test_a_node_that_ends_is_started_again_and_that_is_on_record(federation: "Federation") -> None:
    site = configure(federation.site, "health_port = 0")
    said = r"printf '\033[91mERROR \033[0m:     Exit Code: 305\nINFO : Receiving: ERROR : Exit Code: 7 message\n'"
    script(site, f"echo x >> starts; [ $(wc -l < starts) -ge 3 ] && exec sleep 600; {said}; exit 1")

    def stop_after_three() -> None:
        until(lambda: events(site).count("node-started") == 3)
        run_control.request_stop(site.folder)

    run(site, stop_after_three)
    mine = [entry for entry in log_of(site).entries() if entry["event"].startswith(("node-e", "st"))]
    assert [(entry["event"], entry.get("exit")) for entry in mine if entry["event"] != "study-approved"] == [
        ("started", None), ("node-ended", 305), ("node-ended", 305), ("node-ended", -15), ("stopped", None),
    ]  # fmt: skip
    assert not run_control.is_stopping(site.folder)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("at_work", [run_control.working, run_control.carrying], ids=["trains", "sends"])
def test_a_stop_waits_for_the_message_in_work_and_lets_no_round_begin(
    federation: "Federation", at_work: Callable[[Path], AbstractContextManager[None]]
) -> None:
    """Until its answer has left the node, however long after the program that made it."""
    site = configure(federation.site, "health_port = 0")
    script(site, "exec sleep 600")
    asked = AuditEntry(event="answered", at=NOW, run="a" * 32, round=1, kind="train")

    def work() -> None:
        until(lambda: "node-started" in events(site))
        with at_work(site.folder):
            until(lambda: run_control.is_running(site.folder))
            os.kill(os.getpid(), signal.SIGTERM)
            until(lambda: run_control.is_stopping(site.folder))
            with pytest.raises(SitePausedError):
                check_may_begin(site, asked, NOW, TIMEOUT)
            time.sleep(1.0)  # longer than it waits for a node without work
            assert "node-ended" not in events(site)

    run(site, work)
    assert events(site)[-2:] == ["node-ended", "stopped"]


@pytest.mark.usefixtures("quick")
def test_a_stop_waits_no_longer_than_the_site_allows(federation: "Federation") -> None:
    site = configure(federation.site, "health_port = 0\nstop_seconds = 0.5")
    script(site, "exec sleep 600")

    def work() -> None:
        until(lambda: "node-started" in events(site))
        with run_control.carrying(site.folder):
            run_control.request_stop(site.folder)
            until(lambda: "node-ended" in events(site))

    run(site, work)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("answers", [False, True])
def test_a_stop_waits_for_rounds_that_go_on_and_not_for_messages_that_are_refused(
    federation: "Federation", answers: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run whose study was not approved, or not any more, asks again and again."""
    site = configure(federation.site, "health_port = 0\nstop_seconds = 600")
    script(site, "exec sleep 600")
    monkeypatch.setattr(site_run, "_LOOK_SECONDS", 0.02)
    asked: list[bool] = []

    def work() -> None:
        until(lambda: "node-started" in events(site))
        run_control.request_stop(site.folder)
        for number in range(30):
            with run_control.carrying(site.folder):
                time.sleep(0.1)
                if answers:
                    record(site, "answered", NOW, study_sha256="1" * 64, run="a" * 32, round=number + 1, kind="train")
            asked.append("node-ended" in events(site))
            time.sleep(0.08)
        until(lambda: "node-ended" in events(site))

    run(site, work)
    assert asked[-1] != answers
    assert not any(asked[:3])


@pytest.mark.usefixtures("quick")
def test_a_second_signal_ends_the_node_at_once(federation: "Federation") -> None:
    site = configure(federation.site, "health_port = 0")
    script(site, "exec sleep 600")

    def work() -> None:
        until(lambda: "node-started" in events(site))
        with run_control.working(site.folder):
            os.kill(os.getpid(), signal.SIGTERM)
            until(lambda: run_control.is_stopping(site.folder))
            os.kill(os.getpid(), signal.SIGTERM)
            until(lambda: "node-ended" in events(site))

    run(site, work)


def test_a_node_does_not_outlive_its_killed_supervisor(federation: "Federation") -> None:
    """Otherwise the next one could not connect: two nodes under one key."""
    site = configure(federation.site, "health_port = 0")
    script(site, "echo $$ > pid; exec sleep 600")
    command = [str(Path(sys.executable).with_name("cloister")), "site", "run", "--site", str(site.folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as supervisor:
        until(lambda: (site.folder / "pid").exists() and (site.folder / "pid").read_text().strip() != "")
        node = int((site.folder / "pid").read_text())
        supervisor.kill()
    until(lambda: is_gone(node))
    assert not run_control.is_running(site.folder)


def is_gone(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_a_second_run_of_the_same_site_is_refused(federation: "Federation") -> None:
    site = configure(federation.site, "health_port = 0")
    with run_control.running(site.folder), pytest.raises(RunningElsewhereError):
        SiteRun(site.folder).run()


def test_the_node_gets_the_sites_gpus_and_its_bound_of_memory(federation: "Federation") -> None:
    site = configure(federation.site, "memory_gib = 2.0\ncuda_devices = ['1', 'GPU-abc']")
    script(site, "ulimit -d > limit; echo $CUDA_VISIBLE_DEVICES > gpus")
    node = Node(site.folder, site.config.run)
    until(lambda: node.code() is not None)
    assert (site.folder / "limit").read_text().strip() == str(2 * 1024 * 1024)
    assert (site.folder / "gpus").read_text().strip() == "1,GPU-abc"
    assert environment(Running(), {"CUDA_VISIBLE_DEVICES": "7"})["CUDA_VISIBLE_DEVICES"] == "7"
    assert environment(Running(cuda_devices=()), {})["CUDA_VISIBLE_DEVICES"] == ""


def expired(federation: "Federation") -> datetime:
    return federation.now + timedelta(days=366)


def altered_data(federation: "Federation") -> datetime:
    (table,) = (federation.site.folder / "datasets" / "table").glob("*.parquet")
    table.write_bytes(table.read_bytes() + b" ")
    return federation.now


def altered_log(federation: "Federation") -> datetime:
    log_of(federation.site).path.unlink()
    return federation.now


def lost_ledger(federation: "Federation") -> datetime:
    federation.site.ledger.write_bytes(b"")
    return federation.now


def slow_clock(federation: "Federation") -> datetime:
    return federation.now - timedelta(days=1)


def full_disk(federation: "Federation") -> datetime:
    (federation.site.folder / "site.toml").write_text(
        'name = "north"\nanchors = "../anchors"\n[run]\nfree_disk_gib = 1e9\n'
    )
    return federation.now


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (expired, EnrolmentError), (altered_data, CertificateError), (altered_log, AuditLogError),
        (lost_ledger, LedgerError), (slow_clock, ClockError), (full_disk, DiskFullError),
    ],
)  # fmt: skip
def test_nothing_starts_unchecked(
    federation: "Federation",
    caplog: pytest.LogCaptureFixture,
    spoil: Callable[["Federation"], datetime],
    error: type[CloisterError],
) -> None:
    configure(federation.site, "")
    check_site(SiteFolder.open(federation.site.folder), federation.now)
    assert caplog.messages == []
    now = spoil(federation)
    with pytest.raises(error):
        check_site(SiteFolder.open(federation.site.folder), now)


def test_what_soon_needs_somebody_is_said(federation: "Federation", caplog: pytest.LogCaptureFixture) -> None:
    site = configure(federation.site, "")
    check_site(site, federation.now + timedelta(days=340))
    assert "the enrolment runs out in 25 days" in caplog.text


def test_a_failed_check_is_on_record_with_its_code(federation: "Federation") -> None:
    site = configure(federation.site, "health_port = 0")
    script(site, "touch started")
    altered_data(federation)
    with pytest.raises(CertificateError):
        SiteRun(site.folder).run()
    last = log_of(site).entries()[-1]
    assert (last["event"], last["code"]) == ("not-started", CertificateError.wire_code)
    assert not (site.folder / "started").exists()


def test_a_node_port_that_another_program_has_is_named_before_the_node_starts(federation: "Federation") -> None:
    """Flower's node would end with a traceback, and be started again for ever."""
    site = configure(federation.site, "health_port = 0")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        path = start_files.write(site, read_enrolment(site, federation.now), port)
        with pytest.raises(InputError, match=rf"127\.0\.0\.1:{port}.*in use") as found:
            SiteRun(site.folder).run()
    assert "--node-port" in found.value.remedy
    assert str(path) in found.value.remedy
    assert "node-started" not in events(site)


@pytest.mark.usefixtures("quick")
def test_a_start_renews_the_files_of_an_older_installation(federation: "Federation") -> None:
    """They would end with 127 for ever: the Python that they name is gone."""
    site = configure(federation.site, "health_port = 0")
    path = start_files.write(site, read_enrolment(site, federation.now), start_files.port_of(site))
    path.write_text(path.read_text().replace(sys.executable, "/opt/older/bin/python"))
    started: list[str] = []

    class Sleeps(Node):
        def __init__(self, folder: Path, settings: Running) -> None:
            started.append(path.read_text())
            script(site, "exec sleep 600")
            super().__init__(folder, settings)
            run_control.request_stop(folder)

    SiteRun(site.folder, Sleeps).run()
    assert sys.executable in started[0]
    assert "/opt/older" not in started[0]


def test_starts_that_fail_for_the_same_reason_are_on_record_once(federation: "Federation") -> None:
    """A service manager tries every half minute, and an entry is kept for six years."""
    site = configure(federation.site, "health_port = 0")
    script(site, "exec sleep 600")
    whole = next((site.folder / "datasets" / "table").glob("*.parquet")).read_bytes()

    def fails(error: type[CloisterError]) -> None:
        with pytest.raises(error):
            SiteRun(site.folder).run()

    altered_data(federation)
    fails(CertificateError)
    fails(CertificateError)
    assert events(site).count("not-started") == 1
    full_disk(federation)
    fails(DiskFullError)
    assert events(site).count("not-started") == 2
    configure(site, "health_port = 0")
    next((site.folder / "datasets" / "table").glob("*.parquet")).write_bytes(whole)
    record(site, "started", NOW)
    altered_data(federation)
    fails(CertificateError)
    fails(CertificateError)
    assert events(site).count("not-started") == 3


@pytest.mark.usefixtures("quick")
def test_a_node_that_ends_again_and_again_has_its_datasets_hashed_once(
    federation: "Federation", monkeypatch: pytest.MonkeyPatch
) -> None:
    site = configure(federation.site, "health_port = 0")
    script(site, "exit 1")
    hashed: list[Path] = []

    def counted(folder: Path, key: SiteKey) -> tuple[Manifest, Certificate]:
        hashed.append(folder)
        return verify_dataset(folder, key)

    monkeypatch.setattr(verified_datasets, "verify_dataset", counted)

    def stop_after_three() -> None:
        until(lambda: events(site).count("node-started") == 3)
        run_control.request_stop(site.folder)

    run(site, stop_after_three)
    assert hashed == site.datasets


def gate(site: SiteFolder, at: datetime, number: int = 1) -> None:
    asked = AuditEntry(event="answered", at=at, study_sha256="1" * 64, run="a" * 32, round=number, kind="train")
    check_may_begin(site, asked, at, TIMEOUT)


def answered(site: SiteFolder, at: datetime, number: int = 1, kind: str = "query.secure_advertise") -> None:
    record(site, "answered", at, study_sha256="1" * 64, run="a" * 32, round=number, kind=kind)


def test_while_paused_a_begun_round_goes_on_and_no_other_begins(federation: "Federation") -> None:
    site = configure(federation.site, "")
    gate(site, NOW)
    answered(site, NOW)
    run_control.pause(site.folder, "Dr. A. Officer", NOW)
    gate(site, NOW)
    with pytest.raises(SitePausedError, match="site resume"):
        gate(site, NOW, number=2)
    assert run_control.resume(site.folder)
    gate(site, NOW, number=2)
    run_control.request_stop(site.folder)
    with pytest.raises(SitePausedError, match="site run"):
        gate(site, NOW, number=2)


def test_while_paused_no_round_is_trained_twice_nor_another_studys_of_the_same_name(federation: "Federation") -> None:
    """Whoever asked for a round once has no key to a site that was paused since."""
    site = configure(federation.site, "")
    ours = {"run": "a" * 32, "round": 1, "study_sha256": "1" * 64}
    record(site, "answered", NOW, **ours, kind="query.secure_advertise")
    run_control.pause(site.folder, "Dr. A. Officer", NOW)
    asked = AuditEntry(event="answered", at=NOW, **ours, kind="train")
    check_may_begin(site, asked, NOW, TIMEOUT, trains=True)
    record(site, "answered", NOW, **ours, kind="train")
    check_may_begin(site, asked, NOW, TIMEOUT)  # it may be sent again
    with pytest.raises(SitePausedError):
        check_may_begin(site, asked, NOW, TIMEOUT, trains=True)
    with pytest.raises(SitePausedError):
        check_may_begin(site, asked.model_copy(update={"study_sha256": "2" * 64}), NOW, TIMEOUT)


def test_keys_given_ahead_begin_one_round_and_no_more(federation: "Federation") -> None:
    """Within the site's hours a coordinator asks for the keys of all rounds, and comes back with them in the pause."""
    site = configure(federation.site, "")
    for number in range(1, 6):
        answered(site, NOW, number)
    run_control.pause(site.folder, "Dr. A. Officer", NOW)
    for number in range(1, 5):
        with pytest.raises(SitePausedError):
            gate(site, NOW, number)
    record(site, "answered", NOW, study_sha256="1" * 64, kind="query.identify")
    gate(site, NOW, 5)
    answered(site, NOW, 5, "train")
    with pytest.raises(SitePausedError):
        gate(site, NOW, 4)


def test_keys_given_long_ago_begin_no_round_and_what_was_trained_is_finished_whenever(federation: "Federation") -> None:
    site, in_time, late = configure(federation.site, ""), *(NOW + timedelta(seconds=n * TIMEOUT) for n in (3, 3.1))
    answered(site, NOW)
    answered(site, NOW + timedelta(seconds=2 * TIMEOUT), kind="query.secure_share")
    run_control.pause(site.folder, "Dr. A. Officer", NOW)
    gate(site, in_time)
    with pytest.raises(SitePausedError):
        gate(site, late)
    answered(site, in_time, kind="train")
    gate(site, in_time + timedelta(days=30))


def test_a_refused_message_does_not_begin_a_round(federation: "Federation") -> None:
    site = configure(federation.site, "")
    run_control.pause(site.folder, "Dr. A. Officer", NOW)
    record(site, "refused", NOW, run="a" * 32, round=1, kind="train", code=9464)
    with pytest.raises(SitePausedError):
        gate(site, NOW)


def test_rounds_begin_in_the_sites_hours_and_are_finished_outside_them(federation: "Federation") -> None:
    site = configure(federation.site, 'windows = ["22:00-06:00"]')
    night, day = (datetime(2026, 3, 1, hour, 30).astimezone() for hour in (23, 12))
    gate(site, night)
    with pytest.raises(OutsideWindowError):
        gate(site, day)
    answered(site, night, kind="train")
    gate(site, day)


def test_no_round_begins_on_a_full_disk(federation: "Federation") -> None:
    full_disk(federation)
    with pytest.raises(DiskFullError):
        gate(SiteFolder.open(federation.site.folder), NOW)


@given(begin=st.times(), end=st.times(), at=st.times())
def test_a_window_and_its_complement_share_the_day(begin: clock, end: clock, at: clock) -> None:
    first, last = (f"{moment:%H:%M}" for moment in (begin, end))
    inside, outside = is_open([f"{first}-{last}"], at), is_open([f"{last}-{first}"], at)
    assert (inside and outside) if first == last else (inside != outside)


def test_without_windows_it_is_always_open() -> None:
    assert is_open([], datetime(2026, 3, 1).time())


@given(failures=st.integers(1, 10_000), chance=st.floats(0, 1, exclude_max=True), code=st.sampled_from([1, 305, -9]))
def test_a_restart_waits_longer_each_time_within_its_bound(failures: int, chance: float, code: int) -> None:
    delay = restart_delay(failures, code, chance)
    assert 1.0 <= delay <= LONGEST
    assert restart_delay(failures + 1, code, chance) >= delay


def test_a_site_that_is_turned_away_tries_often_while_its_predecessor_is_missed_and_then_seldom() -> None:
    delays = [restart_delay(failures, CONNECTION_REFUSED, 0.999) for failures in range(1, 30)]
    missed_after = 120.0
    tried = [sum(delays[:number]) for number in range(1, 30)]
    assert max(delay for delay, at in zip(delays, tried, strict=True) if at <= missed_after) <= LONGEST_WHILE_MISSED
    assert delays[-1] > 0.99 * LONGEST


def with_node(federation: "Federation", monkeypatch: pytest.MonkeyPatch) -> tuple[SiteFolder, SiteRun]:
    """A site that has a node, as far as it knows."""
    site = configure(federation.site, "health_port = 0")
    running = SiteRun(site.folder)
    monkeypatch.setattr(running, "_node", object())
    return site, running


def test_a_site_whose_enrolment_ran_out_while_it_runs_is_not_well(
    federation: "Federation", monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its node is connected, and refuses every message."""
    site, running = with_node(federation, monkeypatch)
    expires = accepted_enrolment(site).expires
    note(site, None)
    with run_control.ready(site.folder):
        assert running.health().state == "running"
    monkeypatch.setattr(site_run, "_now", lambda: expires + timedelta(days=1))
    health = running.health()
    assert (health.state, health.enrolled_until) == ("not-enrolled", expires.isoformat(timespec="seconds"))
    with health_endpoint(0, lambda: health) as port:
        assert asked(port)[0] == 503


def note(site: SiteFolder, problem: str | None) -> None:
    """What the node of a site notes of its connection."""
    (site.folder / "run").mkdir(exist_ok=True)
    (site.folder / "run" / "connection").write_text(json.dumps({"problem": problem}))


def test_a_node_that_the_coordinator_does_not_answer_is_not_well(
    federation: "Federation", monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs, and no study ever reaches it: the coordinator is gone, turns it away, or is somebody else."""
    site, running = with_node(federation, monkeypatch)
    for problem in (False, "[Errno 111] Connection refused"):
        if problem:
            note(site, str(problem))
        health = running.health()
        assert health.state == "connecting"
        with health_endpoint(0, lambda told=health: told) as port:  # type: ignore[misc]
            assert asked(port)[0] == 503
    run_control.pause(site.folder, "Dr. A. Officer", NOW)
    assert running.health().state == "connecting"
    note(site, None)
    with run_control.ready(site.folder):
        assert running.health().state == "paused"


def test_a_site_whose_program_for_messages_is_not_there_is_not_well(
    federation: "Federation", monkeypatch: pytest.MonkeyPatch
) -> None:
    """The node is connected and takes every message, and none gets an answer: the program dies again and again."""
    site, running = with_node(federation, monkeypatch)
    note(site, None)
    for _ in range(2):
        with run_control.ready(site.folder):
            assert running.health().state == "running"
        health = running.health()
        assert health.state == "loading"
    with health_endpoint(0, lambda: health) as port:
        assert asked(port)[0] == 503


@pytest.mark.usefixtures("quick")
def test_the_log_says_where_it_connects_whether_it_is_and_why_not(
    federation: "Federation", caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "cloister.site")
    site = configure(federation.site, "health_port = 0")
    address = accepted_enrolment(site).address
    script(site, "exec sleep 600")

    def work() -> None:
        until(lambda: f"the node starts: connecting to {address}" in caplog.messages)
        note(site, "[Errno 111] Connection refused")
        until(lambda: f"no connection to {address}: [Errno 111] Connection refused" in caplog.messages)
        note(site, None)
        until(lambda: f"connected to {address}" in caplog.messages)
        run_control.pause(site.folder, "Dr. A. Officer", NOW)
        until(lambda: "paused: no new round begins" in caplog.messages)
        run_control.resume(site.folder)
        until(lambda: "resumed: rounds may begin" in caplog.messages)
        run_control.request_stop(site.folder)

    run(site, work)
    # Each is said once, however often it is looked at.
    assert len(caplog.messages) == len(set(caplog.messages))


@pytest.mark.usefixtures("quick")
def test_a_note_of_an_earlier_node_is_not_taken_for_this_ones(federation: "Federation") -> None:
    site = configure(federation.site, "health_port = 0")
    note(site, None)
    script(site, "[ -e run/connection ] && touch was-there; exec sleep 600")

    def work() -> None:
        until(lambda: "node-started" in events(site))
        run_control.request_stop(site.folder)

    run(site, work)
    assert not (site.folder / "was-there").exists()


def asked(port: int, path: str = "/health", host: str | None = None) -> tuple[int, dict[str, object]]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Host": host} if host else {})
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 (loopback)
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, json.loads(problem.read())


def test_health_is_told_on_loopback_in_json() -> None:
    with health_endpoint(0, lambda: HEALTH) as port:
        status, told = asked(port)
        assert (status, told["state"], told.keys()) == (200, "running", vars(HEALTH).keys())
        assert asked(port, "/other")[0] == 404
        assert asked(port, host="evil.example")[0] == 404
    with health_endpoint(0, lambda: replace(HEALTH, state="waiting-to-restart")) as port:
        assert asked(port)[0] == 503


def test_what_goes_wrong_in_it_is_not_told() -> None:
    def broken() -> Health:
        raise RuntimeError("Maria Kowalski")

    with health_endpoint(0, broken) as port:
        status, told = asked(port)
    assert (status, told) == (503, {"error": "not known"})


def test_health_names_the_last_study_and_when_things_were_verified(federation: "Federation") -> None:
    site = configure(federation.site, "")
    record(site, "answered", NOW.replace(microsecond=0), study="example", study_sha256="a" * 64, round=2, kind="train")
    health = SiteRun(site.folder).health()
    assert (health.study, health.round, health.working, health.state) == ("example", 2, False, "starting")
    assert datetime.fromisoformat(health.last_contact or "") == NOW.replace(microsecond=0)
    assert health.enrolled_until is not None
