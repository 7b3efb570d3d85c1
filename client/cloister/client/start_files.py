"""The files that connect a site: the script that starts Flower's SuperNode, and the launcher that it finds by PATH.

Flower starts the program named `flower-superexec`, `flwr-clientapp` or the like that the PATH names first. `launcher/`
holds one for each name that it may ask for: the first answers messages (`warm_worker.py`); the one for studies, which
Flower's own first would start, verifies a bundle in memory and runs the installed ClientApp; the others refuse. Python
starts isolated (`-I`): neither the folder it runs in nor PYTHONPATH can bring modules.

They name the Python of whoever wrote them, and what site.toml said then. So `cloister site run` writes them anew before
each start of the node where they differ from what would be written now. The unit that systemd reads lies elsewhere, and
belongs to the machine's administrator: where it differs, that is said.
"""

from __future__ import annotations

import json
import logging
import re
import shlex
import socket
import sys
from pathlib import Path

from cloister.client.enrolment import authority_file, node_key_file
from cloister.client.node_config import FOLDER_KEY
from cloister.client.site_folder import SiteFolder
from cloister.study import atomic
from cloister.study.command_text import check_path
from cloister.study.enrolment import Enrolment
from cloister.study.errors import InputError
from cloister.study.systemd_unit import quoted, systemd_unit

LAUNCHER_FOLDER = "launcher"
CLIENTAPP = "flwr-clientapp"
SUPEREXEC = "flower-superexec"
SUPERNODE_SCRIPT = "start-supernode.sh"
UNIT_FILE = "cloister-site.service"
NODE_PORT = 9094
_LARGEST_PORT = 65535
SYSTEMD_UNITS = Path("/etc/systemd/system")
_LONGEST_RESTART_SECONDS = 600
"""Of a site that cannot start: each time it verifies its ledger, its log and every byte of its data."""

log = logging.getLogger("cloister.site")

_WRITTEN_BY_US = "# Written by `cloister site accept`, for `cloister site run`."
_SUPERNODE = """#!/bin/sh
{written_by_us}
set -eu
cd {folder}
export FLWR_HOME="$PWD/flower" FLWR_TELEMETRY_ENABLED=0 FLWR_DISABLE_UPDATE_CHECK=1 HF_HUB_OFFLINE=1
export FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION=1
export PATH="$PWD/{launcher}":{programs}:"$PATH"
exec {python} -I -m cloister.client.supernode --superlink {address} --root-certificates {authority} \\
  --auth-supernode-private-key {node_key} --host 127.0.0.1 --port {port} \\
  --node-config {node_config}
"""

_LAUNCHER = """#!/bin/sh
exec {python} -I -m cloister.client.launcher {name} "$@"
"""

_WARM_WORKER = """#!/bin/sh
# Ends with the SuperNode that started it; started again if it ends before.
# A process that makes copies of itself may have no threads: not numpy's, whose work PyTorch's do, nor Arrow's, which
# gives memory back.
export OPENBLAS_NUM_THREADS=1 JE_ARROW_MALLOC_CONF=background_thread:false
until {python} -I -m cloister.client.warm_worker "$@"; do sleep 2; kill -0 "$PPID" 2>/dev/null || exit 1; done
"""


def write(site: SiteFolder, enrolment: Enrolment, node_port: int) -> Path:
    """Write the launcher, the script that starts the SuperNode, and a systemd unit; returns the script.

    Args:
        site: the opened site.
        enrolment: the accepted one.
        node_port: a port of this machine's own, between the SuperNode and what it starts.
    """
    write_launcher(site.folder / LAUNCHER_FOLDER)
    path = site.folder / SUPERNODE_SCRIPT
    atomic.write_bytes(path, _script(site, enrolment, node_port).encode(), mode=0o755)
    atomic.write_text(site.folder / UNIT_FILE, _unit(site))
    return path


def port_of(site: SiteFolder) -> int:
    """The port that the script names, or Flower's where there is no script, or none in it.

    Raises:
        InputError: it names a port that is none.
    """
    return _port_before(site) or NODE_PORT


def check_folder(folder: Path) -> None:
    """Refuse a site's folder whose name cannot stand in these files.

    Raises:
        InputError: it is not UTF-8.
    """
    check_path(folder, "The site's folder")


def renew(site: SiteFolder, enrolment: Enrolment, systemd_units: Path = SYSTEMD_UNITS) -> None:
    """Write anew what is not as it would be written now. A script that somebody wrote in its place stays.

    What was renewed, and what somebody has to do, is logged.

    Args:
        site: the opened site; its script is there.
        enrolment: the accepted one.
        systemd_units: where units are installed.

    Raises:
        InputError: the folder's name is not UTF-8, or the script's port is none.
    """
    check_folder(site.folder)
    for path in _renewed(site, enrolment):
        log.warning("%s was written for another installation or other settings: it is renewed", path)
    script = site.folder / SUPERNODE_SCRIPT
    if _WRITTEN_BY_US not in _read(script):
        log.warning("%s is not as `cloister site accept` writes it: it is left as it is", script)
    installed = systemd_units / UNIT_FILE
    if installed.is_file() and _is_of_another_time(_read(installed), site):
        log.warning(
            "%s is not as it would be written now (stop_seconds, folders, program): "
            "sudo cp %s %s && sudo systemctl daemon-reload",
            installed,
            site.folder.resolve() / UNIT_FILE,
            installed,
        )


def check_port(site: SiteFolder) -> None:
    """Refuse to start a node whose port another program has: Flower's would end at once, each time.

    Raises:
        InputError: it is in use, may not be used, or is none.
    """
    port = _port_before(site)
    if port is None:
        return
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as problem:
        raise InputError(
            f"127.0.0.1:{port}, the port between the node and its programs: {problem.strerror}.",
            f"Choose another: change `--port {port}` in {site.folder / SUPERNODE_SCRIPT}, or accept the enrolment "
            "again with `cloister site accept … --node-port`. Each site of a machine needs one of its own.",
        ) from None


def _renewed(site: SiteFolder, enrolment: Enrolment) -> list[Path]:
    wanted = {site.folder / LAUNCHER_FOLDER / name: (text, 0o755) for name, text in _programs().items()}
    wanted[site.folder / UNIT_FILE] = (_unit(site), 0o644)
    script = site.folder / SUPERNODE_SCRIPT
    if _WRITTEN_BY_US in _read(script):
        wanted[script] = (_script(site, enrolment, port_of(site)), 0o755)
    renewed = []
    for path, (text, mode) in wanted.items():
        if not path.is_file() or path.read_bytes() != text.encode():
            atomic.write_bytes(path, text.encode(), mode=mode)
            renewed.append(path)
    return renewed


def _script(site: SiteFolder, enrolment: Enrolment, port: int) -> str:
    place = site.folder.resolve()
    return _SUPERNODE.format(
        written_by_us=_WRITTEN_BY_US,
        folder=shlex.quote(str(place)),
        launcher=LAUNCHER_FOLDER,
        programs=shlex.quote(str(Path(sys.executable).parent)),
        python=shlex.quote(sys.executable),
        address=shlex.quote(enrolment.address),
        authority=str(authority_file(site).relative_to(site.folder)),
        node_key=str(node_key_file(site).relative_to(site.folder)),
        port=port,
        node_config=shlex.quote(f"{FOLDER_KEY}={json.dumps(str(place), ensure_ascii=False)}"),
    )


def _port_before(site: SiteFolder) -> int | None:
    script = site.folder / SUPERNODE_SCRIPT
    found = re.search(r"--port ([0-9]+)", _read(script)) if script.exists() else None
    if found is None:
        return None
    if len(found[1]) > len(str(_LARGEST_PORT)) or not 1 <= int(found[1]) <= _LARGEST_PORT:
        raise InputError(
            f"{script}: --port is not from 1 to {_LARGEST_PORT}.",
            "Change it there, or accept the enrolment again with `cloister site accept … --node-port`.",
        )
    return int(found[1])


def _read(path: Path) -> str:
    """A text that somebody may have written, in any encoding; what is looked for in it is UTF-8."""
    return path.read_text("utf-8", errors="replace")


def _unit(site: SiteFolder) -> str:
    place = site.folder.resolve()
    return systemd_unit(
        place / UNIT_FILE,
        f"Cloister, site {site.config.name}",
        [Path(sys.executable).with_name("cloister"), "site", "run", "--site", place],
        writable=[place, *_written_elsewhere(site, place)],
        origin="cloister site accept",
        stop_seconds=int(site.config.run.stop_seconds) + 60,
        longest_restart_seconds=_LONGEST_RESTART_SECONDS,
    )


def _written_elsewhere(site: SiteFolder, place: Path) -> list[Path]:
    """The folders of ledger and anchors, where they are not in the site's: systemd lets the site write nowhere else."""
    folders = {site.ledger.resolve().parent, site.anchors.resolve()}
    return sorted(folder for folder in folders if not folder.is_relative_to(place))


def _is_of_another_time(unit: str, site: SiteFolder) -> bool:
    """Whether a unit is this site's, and not the one that would be written now."""
    return quoted(site.folder.resolve()) in unit and unit != _unit(site)


def write_launcher(folder: Path) -> None:
    """Write a program for every name that Flower may start."""
    for name, text in _programs().items():
        atomic.write_bytes(folder / name, text.encode(), mode=0o755)


def _programs() -> dict[str, str]:
    """Name -> text."""
    from flwr.supercore.constant import TASK_TYPE_TO_COMMAND

    python = shlex.quote(sys.executable)
    return {
        name: (_WARM_WORKER if name == SUPEREXEC else _LAUNCHER).format(python=python, name=shlex.quote(name))
        for name in sorted({CLIENTAPP, SUPEREXEC, *TASK_TYPE_TO_COMMAND.values()})
    }
