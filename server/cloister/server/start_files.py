"""The files that start a coordinator's server: two programs, the reverse proxy in front, Flower's connection.

The SuperLink listens on loopback alone: on the same port as `/v1/fleet/`, which sites use, it serves `/v1/control/`,
which has no sign-in. The reverse proxy faces the network and passes `/v1/fleet/` and nothing else.
"""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cloister.study import atomic
from cloister.study.systemd_unit import systemd_unit

if TYPE_CHECKING:
    from cloister.server.server_folder import Server, ServerFolder

CONNECTION = "coordinator"
"""The name of the SuperLink in Flower's settings."""

_ENVIRONMENT = """#!/bin/sh
# Written by `cloister server init`. Run it under a service manager that restarts it: {unit} is for systemd.
set -eu
cd {folder}
export FLWR_HOME="$PWD/flower" FLWR_TELEMETRY_ENABLED=0 FLWR_DISABLE_UPDATE_CHECK=1 HF_HUB_OFFLINE=1
export FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION=1
export PATH={programs}:"$PATH"
"""

_SUPERLINK = (
    _ENVIRONMENT
    + """exec flower-superlink --host 127.0.0.1 --port {link_port} \\
  --ssl-ca-certfile keys/link-ca.crt --ssl-certfile keys/link.crt --ssl-keyfile keys/link.key \\
  --enable-supernode-auth --database flower/state.db --isolation process \\
  --superexec-auth-secret-file keys/superexec.secret --disable-runtime-dependency-installation
"""
)

_SUPEREXEC = (
    _ENVIRONMENT
    + """exec {python} -I -m cloister.server.superexec --runtime-api-address {link_address} \\
  --root-certificates keys/link-ca.crt --superexec-auth-secret-file keys/superexec.secret
"""
)

_NGINX = """# Include in the `http` block. Sites see /v1/fleet/ and nothing else.
# A request holds a connection of the SuperLink's, and to begin one takes no key. A site has at most five in work (a
# heartbeat, a question for messages, parts of arrays): one address may have as many as twelve sites behind it need.
# What comes from this machine, such as out of sites' tunnels, is of many.
map $remote_addr $cloister_{link_port} {{
    127.0.0.1 "";
    ::1       "";
    default   $binary_remote_addr;
}}
limit_conn_zone $cloister_{link_port} zone=cloister_{link_port}:1m;
server {{
    {listen}
    server_name {hosts};
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate     "{keys}/server.crt";
    ssl_certificate_key "{keys}/server.key";
    # A node sends arrays in pieces of 5 MiB. What is larger comes from a stranger: no key is needed to send it.
    client_max_body_size 16m;
    limit_conn cloister_{link_port} 64;
    location /v1/fleet/ {{
        # The path is passed on as it was written; nginx chose this location by what it makes of it.
        if ($request_uri !~ "^/v1/fleet/[a-z-]+$") {{ return 403; }}
        proxy_pass https://127.0.0.1:{link_port};
        proxy_ssl_verify on;
        proxy_ssl_name localhost;
        proxy_ssl_trusted_certificate "{keys}/link-ca.crt";
    }}
    location / {{ return 403; }}
}}
"""

_FLOWER = """[superlink]
default = "{connection}"

[superlink.{connection}]
address = {link_address}
root-certificates = {authority}
"""


def write(server: ServerFolder) -> None:
    """Write `start/` and `flower/config.toml` below a server's folder. Scripts run from anywhere."""
    folder, config = server.folder, server.config
    place = folder.resolve()
    for program, text in {"superlink": _SUPERLINK, "superexec": _SUPEREXEC}.items():
        unit = folder / "start" / f"cloister-{program}.service"
        script = text.format(
            unit=unit.name,
            folder=shlex.quote(str(place)),
            programs=shlex.quote(str(Path(sys.executable).parent)),
            python=shlex.quote(sys.executable),
            link_port=config.link_port,
            link_address=link_address(config),
        )
        atomic.write_bytes(folder / "start" / f"{program}.sh", script.encode(), mode=0o755)
        description = f"Cloister, {program} of {config.name}"
        atomic.write_text(unit, _unit(server, unit, description, place / "start" / f"{program}.sh"))
    atomic.write_text(folder / "start" / "nginx.conf", _proxy(config, place))
    settings = _FLOWER.format(
        connection=CONNECTION,
        link_address=json.dumps(link_address(config)),
        authority=json.dumps(str(place / "keys" / "link-ca.crt"), ensure_ascii=False),
    )
    atomic.write_text(folder / "flower" / "config.toml", settings)


def _proxy(config: Server, place: Path) -> str:
    keys = str(place / "keys").replace("\\", "\\\\").replace('"', '\\"')
    addresses = ["[::]:", ""] if any(":" in host for host in config.hosts) else [""]
    return _NGINX.format(
        keys=keys,
        listen=" ".join(f"listen {address}{config.port} ssl;" for address in addresses),
        hosts=" ".join(f"[{host}]" if ":" in host else host for host in config.hosts),
        link_port=config.link_port,
    )


def _unit(server: ServerFolder, unit: Path, description: str, script: Path) -> str:
    return systemd_unit(
        unit,
        description,
        [script],
        writable=[server.folder.resolve(), server.anchors.resolve()],
        origin="cloister server init",
        stop_seconds=60,
        restart="always",
        restart_seconds=5,
    )


def link_address(config: Server) -> str:
    """The SuperLink's own address, which the operator's commands use."""
    return f"127.0.0.1:{config.link_port}"
