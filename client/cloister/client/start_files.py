"""The files that connect a site: the script that starts Flower's SuperNode, and the launcher that it finds by PATH.

Flower starts the program named `flower-superexec`, `flwr-clientapp` or the like that the PATH names first. `launcher/`
holds one for each name that it may ask for: the first answers messages (`warm_worker.py`); the one for studies, which
Flower's own first would start, verifies a bundle in memory and runs the installed ClientApp; the others refuse. Python
starts isolated (`-I`): neither the folder it runs in nor PYTHONPATH can bring modules.
"""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

from cloister.client.enrolment import FOLDER, authority_file, node_key_file
from cloister.client.node_config import FOLDER_KEY
from cloister.client.site_folder import SiteFolder
from cloister.study import atomic
from cloister.study.enrolment import Enrolment
from cloister.study.systemd_unit import systemd_unit

LAUNCHER_FOLDER = "launcher"
CLIENTAPP = "flwr-clientapp"
SUPEREXEC = "flower-superexec"
SUPERNODE_SCRIPT = "start-supernode.sh"
UNIT_FILE = "cloister-site.service"
NODE_PORT = 9094

_SUPERNODE = """#!/bin/sh
# Written by `cloister site accept`, for `cloister site run`.
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


def write(site: SiteFolder, enrolment: Enrolment, node_port: int | None) -> Path:
    """Write the launcher, the script that starts the SuperNode, and a systemd unit; returns the script.

    Args:
        site: the opened site.
        enrolment: the accepted one.
        node_port: a port of this machine's own, between the SuperNode and what it starts; None for that of the script
            that is there, or Flower's.
    """
    write_launcher(site.folder / LAUNCHER_FOLDER)
    place = site.folder.resolve()
    script = _SUPERNODE.format(
        folder=shlex.quote(str(place)),
        launcher=LAUNCHER_FOLDER,
        programs=shlex.quote(str(Path(sys.executable).parent)),
        python=shlex.quote(sys.executable),
        address=shlex.quote(enrolment.address),
        authority=f"{FOLDER}/{authority_file(site).name}",
        node_key=f"{FOLDER}/{node_key_file(site).name}",
        port=node_port or _port_before(site) or NODE_PORT,
        node_config=shlex.quote(f"{FOLDER_KEY}={json.dumps(str(place), ensure_ascii=False)}"),
    )
    path = site.folder / SUPERNODE_SCRIPT
    atomic.write_bytes(path, script.encode(), mode=0o755)
    atomic.write_text(site.folder / UNIT_FILE, _unit(site))
    return path


def _port_before(site: SiteFolder) -> int | None:
    script = site.folder / SUPERNODE_SCRIPT
    found = re.search(r"--port (\d+)", script.read_text()) if script.exists() else None
    return int(found[1]) if found else None


def _unit(site: SiteFolder) -> str:
    place = site.folder.resolve()
    return systemd_unit(
        place / UNIT_FILE,
        f"Cloister, site {site.config.name}",
        [Path(sys.executable).with_name("cloister"), "site", "run", "--site", place],
        writable=[place, *_written_elsewhere(site, place)],
        origin="cloister site accept",
        stop_seconds=int(site.config.run.stop_seconds) + 60,
    )


def _written_elsewhere(site: SiteFolder, place: Path) -> list[Path]:
    """The folders of ledger and anchors, where they are not in the site's: systemd lets the site write nowhere else."""
    folders = {site.ledger.resolve().parent, site.anchors.resolve()}
    return sorted(folder for folder in folders if not folder.is_relative_to(place))


def write_launcher(folder: Path) -> None:
    """Write a program for every name that Flower may start."""
    from flwr.supercore.constant import TASK_TYPE_TO_COMMAND

    for name in {CLIENTAPP, SUPEREXEC, *TASK_TYPE_TO_COMMAND.values()}:
        template = _WARM_WORKER if name == SUPEREXEC else _LAUNCHER
        script = template.format(python=shlex.quote(sys.executable), name=shlex.quote(name))
        atomic.write_bytes(folder / name, script.encode(), mode=0o755)
