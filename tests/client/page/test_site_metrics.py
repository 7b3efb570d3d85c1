"""What Prometheus is told of a site agrees with its ledger, its audit log and its folders."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from cloister.client import run_control
from cloister.client.cli import app
from cloister.client.enrolment import accepted_enrolment
from cloister.client.page import site_metrics as module
from cloister.client.page.gpus import Gpu, gpus, read_gpus
from cloister.client.page.site_state import SiteState
from cloister.client.page.supervisor import health_of
from cloister.client.site_audit import log_of
from cloister.client.site_folder import SiteFolder
from cloister.client.site_health import Health, health_endpoint
from cloister.client.training_queue import Queue, place_to_train
from cloister.privacy.accounting import Mechanism, epsilon_of
from cloister.study.errors import AuditLogError, LedgerError
from cloister.study.schema import Study

Furnished = tuple[SiteFolder, Study, Study]
HEALTH = Health(
    "paused", "0.1", None, 3, None, "2026-01-01T00:00:00+00:00", None, None, None, None, True, None, None, 1.0
)


def told(site: SiteFolder, now: datetime | None = None) -> dict[str, float]:
    text = module.site_metrics(SiteState(site.folder), now or datetime.now(UTC))
    found = [line.rpartition(" ") for line in text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in found}


def test_the_figures_are_the_ledgers_and_the_logs(furnished: Furnished, monkeypatch: pytest.MonkeyPatch) -> None:
    site, _, approved = furnished
    monkeypatch.setattr(module, "gpus", lambda: (Gpu(1, 0.37, 2.0, 8.0),))
    found = told(site)
    spent = epsilon_of([Mechanism(0.2, 2.0, 8)], 1e-5)
    study = f'{{study="example",sha256="{approved.sha256[:12]}"}}'
    assert found["cloister_epsilon_spent"] == pytest.approx(spent)
    assert found["cloister_epsilon_left"] == pytest.approx(10.0 - spent)
    assert found[f"cloister_study_epsilon{study}"] == pytest.approx(spent)
    assert found[f"cloister_left_bytes{study}"] == 2468
    assert found[f"cloister_answers{study}"] == 2
    assert found[f"cloister_refusals{study}"] == 1
    assert found["cloister_studies_waiting"] == 1
    assert found["cloister_studies_unusable"] == 1
    assert found['cloister_quarantined_records{dataset="datasets/notes",reason="missing-text"}'] == 2
    assert found["cloister_datasets_to_review"] == 1
    assert found["cloister_datasets_unreadable"] == 1
    assert found['cloister_gpu_busy_ratio{gpu="1"}'] == 0.37
    assert found['cloister_supervisor_state{state="not-running"}'] == 1
    assert found["cloister_paused"] == 0


def test_the_supervisors_state_is_what_its_health_endpoint_tells(furnished: Furnished) -> None:
    site, _, _ = furnished
    run_control.pause(site.folder, "the tests", datetime.now(UTC))
    with health_endpoint(0, lambda: HEALTH) as port:
        toml = site.folder / "site.toml"
        toml.write_text(toml.read_text().replace("health_port = 0", f"health_port = {port}"))
        found = told(site)
    states = {name: value for name, value in found.items() if name.startswith("cloister_supervisor_state")}
    assert {name for name, value in states.items() if value} == {'cloister_supervisor_state{state="paused"}'}
    assert len(states) == 10
    assert found["cloister_node_restarts"] == 3
    assert found["cloister_working"] == 1
    assert found["cloister_paused"] == 1
    assert found["cloister_last_contact_seconds"] == datetime(2026, 1, 1, tzinfo=UTC).timestamp()


def test_when_the_enrolment_ran_out_is_told_afterwards_too(furnished: Furnished) -> None:
    """An alarm on what is left of it must not fall silent the moment nothing is left."""
    site, _, _ = furnished
    until = accepted_enrolment(site).expires
    assert told(site)["cloister_enrolled_until_seconds"] == until.timestamp()
    assert told(site, until + timedelta(days=1))["cloister_enrolled_until_seconds"] == until.timestamp()


def test_trainings_and_what_waits_for_them_are_told(furnished: Furnished, monkeypatch: pytest.MonkeyPatch) -> None:
    site, _, approved = furnished
    assert told(site)["cloister_trainings"] == 0
    with place_to_train(site.folder, approved.sha256, 1, 0.0, lambda: None):
        assert told(site)["cloister_trainings"] == 1
    monkeypatch.setattr(module, "queue_of", lambda _: Queue(1, {approved.sha256: 2}))
    assert told(site)[f'cloister_trainings_waiting{{sha256="{approved.sha256[:12]}"}}'] == 2


def test_nothing_where_nothing_answers_or_something_else_does() -> None:
    assert health_of(0) is None
    with health_endpoint(0, lambda: HEALTH) as port:
        found = health_of(port)
    assert found is not None
    assert found["restarts"] == 3
    assert health_of(port) is None


def test_files_that_are_none_are_told_and_counted(furnished: Furnished) -> None:
    site, _, _ = furnished
    (site.folder / "studies" / "folder.json").mkdir()
    (site.folder / "studies" / "large.json").write_bytes(b" " * (4 * 2**20 + 1))
    (site.folder / "datasets" / "gone").write_text("a file")
    found, unusable = SiteState(site.folder).studies(datetime.now(UTC))
    assert {study.study.name for study in found} == {"example", "heart", "greedy"}
    assert {one.file for one in unusable} == {"altered.json", "folder.json", "large.json"}
    assert [one.folder for one in SiteState(site.folder).data()[1]] == ["datasets/gone"]


def test_something_else_at_the_health_port_is_not_believed() -> None:
    @dataclass(frozen=True)
    class Other:
        state: str = "running"

    with health_endpoint(0, Other) as port:  # type: ignore[arg-type]
        assert health_of(port) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"last_contact": "x"},
        {"last_contact": 5},
        {"last_contact": "2026-01-01T00:00:00"},
        {"last_contact": "0001-01-01T00:00:00+23:00"},
        {"restarts": "a"},
        {"restarts": True},
        {"restarts": 10**400},
        {"working": "yes"},
        {"free_disk_gib": None},
    ],
)
def test_values_of_another_kind_at_the_health_port_are_not_believed(
    furnished: Furnished, wrong: dict[str, Any]
) -> None:
    site, _, _ = furnished
    with health_endpoint(0, lambda: replace(HEALTH, **wrong)) as port:
        assert health_of(port) is None
        toml = site.folder / "site.toml"
        toml.write_text(toml.read_text().replace("health_port = 0", f"health_port = {port}"))
        assert told(site)['cloister_supervisor_state{state="not-running"}'] == 1


def test_an_altered_ledger_or_log_gives_no_figures(furnished: Furnished) -> None:
    site, _, _ = furnished
    state = SiteState(site.folder)
    module.site_metrics(state, datetime.now(UTC))
    alter(site.folder / "audit.sqlite", "update entries set content = cast(replace(content, '1234', '1235') as blob)")
    with pytest.raises(AuditLogError):
        module.site_metrics(state, datetime.now(UTC))
    alter(site.ledger, "update entries set content = cast(replace(content, '2.0', '9.0') as blob)")
    with pytest.raises(LedgerError):
        module.site_metrics(state, datetime.now(UTC))


def alter(path: Path, statement: str) -> None:
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(path)) as book, book:
        assert book.execute(statement).rowcount > 0


def test_the_command_prints_the_same(furnished: Furnished) -> None:
    site, _, _ = furnished
    result = CliRunner().invoke(app, ["metrics", "--site", str(site.folder)], catch_exceptions=False)
    assert result.exit_code == 0
    assert "cloister_epsilon_left" in result.stdout
    assert "p1" not in result.stdout


def test_gpus_are_read_from_the_drivers_tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_gpus("0, 37, 1024, 81920\n1, 0, 0, 81920\n") == (
        Gpu(0, 0.37, 2.0**30, 80 * 2.0**30), Gpu(1, 0.0, 0.0, 80 * 2.0**30),
    )  # fmt: skip
    assert read_gpus("0, [N/A], 5, 6\nNo devices were found\n") == ()
    assert read_gpus("nan, 1, 1, 1\ninf, 1, 1, 1\n0, nan, inf, 1\n") == ()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert gpus() == ()
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho '2, 50, 1, 2'\n")
    tool.chmod(0o755)
    assert [gpu.index for gpu in gpus()] == [2]
    tool.write_text("#!/bin/sh\nexit 9\n")
    assert gpus() == ()


@settings(max_examples=30)
@given(st.text())
def test_whatever_the_tool_prints_nothing_breaks(text: str) -> None:
    for gpu in read_gpus(text):
        assert isinstance(gpu.index, int)


def test_accounts_are_made_and_taken_away_at_the_command_line(furnished: Furnished) -> None:
    site, _, _ = furnished
    path = site.folder / "accounts.json"
    path.unlink()

    def ask(*arguments: str, typed: str = "") -> tuple[int, str]:
        result = CliRunner().invoke(app, [*arguments, "--site", str(site.folder)], input=typed)
        return result.exit_code, result.output + str(result.exception or "")

    assert "nobody has an account" in ask("page", "--port", "0")[1]
    code, output = ask("user", "mlee", "--role", "operator", typed="three unrelated words\nthree unrelated words\n")
    assert (code, "three" in output) == (0, False)

    def made() -> list[str]:
        return [found["name"] for found in json.loads(path.read_text())["accounts"]]

    assert made() == ["mlee"]
    assert "at least 12" in ask("user", "ada", typed="short\nshort\n")[1]
    assert "no terminal" in ask("user", "ada")[1]
    assert "no such role" in ask("user", "ada", "--role", "admin")[1]
    assert "cannot stand" in ask("user", "Maria 00482913")[1]
    assert ask("user", "mlee", "--remove", "--by", "Dr. A. Officer")[0] == 0
    assert made() == []
    given, removed = log_of(site).entries()[-2:]
    assert (given["event"], given["account"], given["role"]) == ("account-given", "mlee", "operator")
    assert (removed["event"], removed["account"], removed["by"]) == ("account-removed", "mlee", "Dr. A. Officer")


@pytest.mark.heavy
def test_the_page_runs_as_a_process_until_it_is_told_to_end(furnished: Furnished) -> None:
    site, _, _ = furnished
    command = [sys.executable, "-c", "from cloister.study.cli import main; main()", "site", "page"]
    with subprocess.Popen(
        [*command, "--site", str(site.folder), "--port", "0", "--log-json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        link = process.stdout.readline().split()[1]
        with urlopen(f"{link}sign-in", timeout=60) as answer:  # noqa: S310
            assert b"Password" in answer.read()
        process.terminate()
        _, told = process.communicate(timeout=60)
    assert process.returncode in {0, -signal.SIGTERM}
    assert all(json.loads(line)["at"] for line in told.splitlines())
