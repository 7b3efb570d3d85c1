"""Units for systemd: a program that is started again, as this user, and writes into its own folders alone."""

from __future__ import annotations

import os
import pwd
from collections.abc import Sequence
from pathlib import Path

_RESTART_STEPS = 6
_UNIT = """# Written by `{origin}`. To install it:
#   sudo cp {file} /etc/systemd/system/ && sudo systemctl enable --now {file}
[Unit]
Description={description}
Wants=network-online.target
After=network-online.target time-sync.target
StartLimitIntervalSec=0

[Service]
User={user}
{environment}ExecStart={command}
Restart={restart}
RestartSec={restart_seconds}
{back_off}KillMode=mixed
TimeoutStopSec={stop_seconds}
UMask=0077
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths={writable}
PrivateTmp=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
LockPersonality=yes

[Install]
WantedBy=multi-user.target
"""


def systemd_unit(
    file: Path,
    description: str,
    command: Sequence[object],
    writable: Sequence[Path],
    origin: str,
    stop_seconds: int,
    restart: str = "on-failure",
    restart_seconds: int = 30,
    longest_restart_seconds: int | None = None,
) -> str:
    """The text of a unit.

    Args:
        file: where it will be written.
        description: what systemd calls it.
        command: the program, absolute, and its arguments.
        writable: the folders into which it writes; they are there when it starts.
        origin: the command that writes the unit.
        stop_seconds: how long it may take to stop.
        restart: `on-failure`, or `always` if it never ends by itself.
        restart_seconds: how long to wait before that.
        longest_restart_seconds: up to so long, in steps, where it ends again and again; None for always the same.
    """
    return _UNIT.format(
        origin=origin,
        file=file.name,
        description=description,
        user=_user(),
        environment=_state_home(),
        command=" ".join(quoted(part) for part in command).replace("$", "$$"),
        writable=" ".join(quoted(path) for path in writable),
        stop_seconds=stop_seconds,
        restart=restart,
        restart_seconds=restart_seconds,
        back_off=_back_off(longest_restart_seconds),
    )


def _back_off(longest: int | None) -> str:
    """What systemd before 254 ignores, and says so in its log."""
    return "" if longest is None else f"RestartSteps={_RESTART_STEPS}\nRestartMaxDelaySec={longest}\n"


def _user() -> str:
    """This process's: LOGNAME may name somebody else."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _state_home() -> str:
    """Where anchors are kept (`anchor.py`), if the environment says it: a unit does not inherit that."""
    place = os.environ.get("XDG_STATE_HOME")
    return f"Environment={quoted(f'XDG_STATE_HOME={place}')}\n" if place else ""


def quoted(part: object) -> str:
    """A word of a unit (systemd.syntax(7))."""
    text = str(part).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{text}"'
