"""Units for systemd say what they were asked to say, whatever stands in a path."""

import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from cloister.study.systemd_unit import systemd_unit

ANALYZE = shutil.which("systemd-analyze")


def _unit(file: Path, command: list[object], writable: Path, **more: object) -> str:
    return systemd_unit(file, "Cloister, a site", command, [writable], "cloister site accept", 90, **more)  # type: ignore[arg-type]


def test_a_path_stands_for_itself(tmp_path: Path) -> None:
    unit = _unit(tmp_path / "x.service", ["/bin/cloister", Path('/srv/50 % of "$HOME"\\')], Path("/srv/100%"))
    assert r'ExecStart="/bin/cloister" "/srv/50 %% of \"$$HOME\"\\"' in unit
    assert 'ReadWritePaths="/srv/100%%"' in unit


def test_a_service_starts_when_the_time_was_set(tmp_path: Path) -> None:
    """What it records before that may be ahead of every later entry."""
    unit = _unit(tmp_path / "x.service", ["/bin/cloister"], Path("/srv"))
    assert "\nAfter=network-online.target time-sync.target\n" in unit


def test_the_service_runs_as_this_user_and_looks_for_anchors_where_they_were_put(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "Dr. A. Officer")
    monkeypatch.setenv("XDG_STATE_HOME", "/srv/50 %")
    unit = _unit(tmp_path / "x.service", ["/bin/cloister"], Path("/srv"))
    assert f"User={pwd.getpwuid(os.getuid()).pw_name}\n" in unit
    assert 'Environment="XDG_STATE_HOME=/srv/50 %%"\n' in unit
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setattr("os.getuid", lambda: 4_000_000_000)
    unit = _unit(tmp_path / "x.service", ["/bin/cloister"], Path("/srv"))
    assert "User=4000000000\n" in unit
    assert "Environment" not in unit


def test_a_service_that_cannot_start_tries_less_and_less_often(tmp_path: Path) -> None:
    unit = _unit(tmp_path / "x.service", ["/bin/cloister"], Path("/srv"), longest_restart_seconds=600)
    assert "RestartSec=30\nRestartSteps=6\nRestartMaxDelaySec=600\n" in unit
    assert "RestartSteps" not in _unit(tmp_path / "x.service", ["/bin/cloister"], Path("/srv"))


@pytest.mark.skipif(ANALYZE is None, reason="needs systemd-analyze")
@pytest.mark.parametrize(("restart", "longest"), [("on-failure", 600), ("always", None)])
def test_systemd_finds_no_fault(
    restart: str, longest: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ANALYZE is not None
    monkeypatch.setenv("XDG_STATE_HOME", f"{tmp_path}/50 %")
    file = tmp_path / "cloister-site.service"
    file.write_text(
        _unit(
            file, ["/bin/sh", "-c", f"{tmp_path}/50 % $X"], tmp_path, restart=restart, longest_restart_seconds=longest
        )
    )
    told = subprocess.run([ANALYZE, "verify", file], capture_output=True, text=True)
    # systemd before 254 knows neither of two keys, and ignores them.
    faults = [line for line in told.stderr.splitlines() if not re.search("Unknown key.*'Restart(Steps|MaxDel)", line)]
    assert (told.returncode, faults) == (0, [])
    file.write_text(file.read_text().replace("Restart=", "Restart=never-"))
    told = subprocess.run([ANALYZE, "verify", file], capture_output=True, text=True)
    assert "never-" in told.stderr, "it does look"
