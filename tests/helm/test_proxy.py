"""The bundled nginx configurations, run by nginx itself in front of something that answers as the SuperLink would.

Whoever listens behind the proxy writes down what reached it: what the proxy refuses must never get there.
"""

import base64
import datetime
import hashlib
import os
import re
import select
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cloister.server.server_folder import Server
from cloister.server.server_setup import create_server

pytestmark = pytest.mark.heavy

NGINX = Path(__file__).parents[2] / "deploy" / "nginx"
NOW = datetime.datetime.now(datetime.UTC)
SECONDS = 60.0


@dataclass
class Proxied:
    """A coordinator's folder, its proxy, and what reached the SuperLink behind it."""

    folder: Path
    port: int
    tunnel_port: int
    reached: list[tuple[str, bytes]] = field(default_factory=list)

    def ask(self, request: bytes, source: str = "127.0.0.1") -> bytes:
        """Send raw bytes as a site, verifying the coordinator's certificate; returns the whole answer."""
        return exchange(self.folder / "keys" / "ca.crt", self.port, request, source)

    def status(self, request: bytes, source: str = "127.0.0.1") -> int:
        return status_of(self.ask(request, source))


def exchange(authority: Path, port: int, request: bytes, source: str = "127.0.0.1") -> bytes:
    context = ssl.create_default_context(cafile=str(authority))
    with (
        socket.create_connection(("127.0.0.1", port), SECONDS, source_address=(source, 0)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as sealed,
    ):
        sealed.sendall(request)
        return received(sealed)


def received(end: socket.socket) -> bytes:
    return b"".join(iter(lambda: end.recv(65536), b""))


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def post(path: str, body: bytes = b"") -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def start_nginx(configuration: str, folder: Path, port: int, stack: ExitStack) -> None:
    """Run a configuration; returns once it takes connections on a port."""
    program = shutil.which("nginx")
    if program is None:
        pytest.skip("needs nginx")
    (folder / "tmp").mkdir(parents=True)
    (folder / "nginx.conf").write_text(configuration)
    command = [program, "-e", "stderr", "-c", str(folder / "nginx.conf")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    stack.callback(process.wait, 10.0)
    stack.callback(process.terminate)
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1.0).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    pytest.fail(f"nginx does not listen:\n{(folder / 'log').read_text()}")


def bundled(name: str) -> str:
    """One of the configurations."""
    return (NGINX / name).read_text()


def moved(text: str, places: dict[str, object]) -> str:
    """A configuration with addresses and folders that a test may use."""
    pattern = "|".join(re.escape(place) for place in places)
    return re.sub(pattern, lambda found: str(places[found[0]]), text)


def serve_superlink(proxied: Proxied, port: int, stack: ExitStack) -> None:
    """Answers every request with its own body, on loopback with the SuperLink's certificate."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            proxied.reached.append((self.path, body))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            with suppress(OSError):  # some ends leave before the answer
                self.end_headers()
                self.wfile.write(body)

        do_GET = do_PUT = do_DELETE = do_OPTIONS = do_POST  # noqa: N815 (the base class's names)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(proxied.folder / "keys" / "link.crt", proxied.folder / "keys" / "link.key")
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    stack.callback(thread.join)
    stack.callback(server.server_close)
    stack.callback(server.shutdown)


def set_up(text: str, folder: Path, stack: ExitStack) -> Proxied:
    """A coordinator as `cloister server init` makes it, behind a configuration."""
    port, link_port, tunnel_port = free_port(), free_port(), free_port()
    config = Server(name="heart", hosts=("localhost",), port=port, link_port=link_port, anchors="anchors")
    create_server(folder / "federation", config, NOW)
    proxied = Proxied(folder / "federation", port, tunnel_port)
    serve_superlink(proxied, link_port, stack)
    places = {
        "/srv/federation": proxied.folder,
        "/etc/cloister": folder / "etc",
        " /tmp/": f" {folder}/proxy/tmp/",
        "listen 8444": f"listen 127.0.0.1:{tunnel_port}",
        "127.0.0.1:8443": f"127.0.0.1:{port}",
    }
    start_nginx(moved(text, places), folder / "proxy", port, stack)
    return proxied


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    """A coordinator's proxy without client certificates."""
    with ExitStack() as stack:
        yield set_up(bundled("coordinator.conf"), tmp_path_factory.mktemp("proxied"), stack)


def test_what_a_site_sends_arrives_as_it_is(proxied: Proxied) -> None:
    body = os.urandom(5_000_000)
    answer = proxied.ask(post("/v1/fleet/push-object", body))
    assert status_of(answer) == 200
    assert answer.endswith(body)
    assert proxied.reached[-1] == ("/v1/fleet/push-object", body)


def test_a_body_that_no_node_sends_does_not_get_through(proxied: Proxied) -> None:
    """The SuperLink reads a body before it asks for a signature: anybody could fill its memory."""
    before = len(proxied.reached)
    head = "POST /v1/fleet/push-object HTTP/1.1\r\nHost: localhost\r\nContent-Length: 17000000\r\n\r\n"
    assert proxied.status(head.encode()) == 413
    assert len(proxied.reached) == before


REFUSED = [
    "/", "/health", "/docs", "/openapi.json", "/v1/", "/v1/fleet", "/v1/fleetx/pull-messages",
    "/v1/control/list-runs", "/v1/control/start-run", "/v1/runtime/acquire-task", "/V1/FLEET/../control/list-runs",
    "//v1/control/list-runs", "/v1//control/list-runs", "/v1/fleet/../control/list-runs",
    "/v1/fleet/%2e%2e/control/list-runs", "/v1/fleet/..%2fcontrol/list-runs", "/v1/fleet/.%2e/control/list-runs",
    "/v1/fleet/./../control/list-runs", "/v1/fleet//../../control/list-runs", "/v1/fleet/%2e%2e%2f%63ontrol/list-runs",
    "/v1/control/list-runs?/v1/fleet/", "/v1/control/list-runs#/v1/fleet/", "/v1/control/list-runs%00/v1/fleet/",
    "/../v1/fleet/pull-messages", "https://localhost/v1/control/list-runs", "v1/fleet/pull-messages", "*",
]  # fmt: skip


@pytest.mark.parametrize("path", REFUSED)
def test_nothing_else_reaches_the_superlink(proxied: Proxied, path: str) -> None:
    before = len(proxied.reached)
    assert proxied.status(post(path)) in {301, 400, 403, 405}
    assert len(proxied.reached) == before


DISGUISED = [
    "/v1/fleet/..;/control/list-runs", "/v1/fleet/%252e%252e/control/list-runs", "/v1/fleet\\..\\control\\list-runs",
    "/v1/control/../fleet/x", "/v1/control/list-runs/%2e%2e/%2e%2e/fleet/x", "/v1/control/list-runs%23/../../fleet/x",
    "/v1/control/list-runs%3f/../../fleet/x", "/v1/fleet/%2fv1%2fcontrol%2flist-runs",
]  # fmt: skip


@pytest.mark.parametrize("path", DISGUISED)
def test_what_passes_in_disguise_is_no_path_of_the_control_api(proxied: Proxied, path: str) -> None:
    """nginx decides on the normalised path and passes on the one that came, which the SuperLink only decodes."""
    before = len(proxied.reached)
    proxied.status(post(path))
    for raw, _ in proxied.reached[before:]:
        assert not re.fullmatch(r"/v1/(control|runtime)/[a-z-]+|/health", unquote(raw.split("?")[0]))


SMUGGLED = [
    b"POST /v1/fleet/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    + post("/v1/control/list-runs"),
    b"POST /v1/fleet/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nContent-Length: 50\r\n\r\n"
    + post("/v1/control/list-runs"),
    b"POST /v1/fleet/x HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: xchunked\r\nConnection: close\r\n\r\n"
    + post("/v1/control/list-runs"),
    b"GET /v1/fleet/x HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n\r\n" + post("/v1/control/list-runs"),
    b"POST /v1/fleet/x HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n" + post("/v1/control/list-runs"),
]


@pytest.mark.parametrize("request_bytes", SMUGGLED)
def test_no_second_request_is_smuggled_in(proxied: Proxied, request_bytes: bytes) -> None:
    before = len(proxied.reached)
    proxied.ask(request_bytes)
    assert not [path for path, _ in proxied.reached[before:] if not path.startswith("/v1/fleet/")]


AT_ONCE, SLOW = 64, 200
"""Requests that one address may have in work; and what a stranger begins there."""


def begun(proxied: Proxied, source: str, head: bytes, stack: ExitStack) -> ssl.SSLSocket:
    """A connection with the beginning of a request on it, which does not wait for an answer."""
    context = ssl.create_default_context(cafile=str(proxied.folder / "keys" / "ca.crt"))
    plain = socket.create_connection(("127.0.0.1", proxied.port), SECONDS, source_address=(source, 0))
    sealed = stack.enter_context(context.wrap_socket(plain, server_hostname="localhost"))
    sealed.sendall(head)
    sealed.setblocking(False)
    return sealed


def answered(ends: list[ssl.SSLSocket], enough: int) -> list[int]:
    """What connections were answered with, once so many were; fewer if that takes too long."""
    found: dict[ssl.SSLSocket, int] = {}
    deadline = time.monotonic() + SECONDS
    while len(found) < enough and time.monotonic() < deadline:
        for end in select.select([end for end in ends if end not in found], [], [], 1.0)[0]:
            with suppress(ssl.SSLWantReadError):
                found[end] = status_of(end.recv(65536))
    return list(found.values())


def test_a_stranger_who_sends_slowly_on_many_connections_keeps_nobody_else_out(proxied: Proxied) -> None:
    """No key is needed to begin a request, and each holds a connection of the SuperLink's, too."""
    head = b"POST /v1/fleet/push-object HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx"
    with ExitStack() as stack:
        ends = [begun(proxied, "127.0.0.3", head, stack) for _ in range(SLOW)]
        assert answered(ends, SLOW - AT_ONCE) == [503] * (SLOW - AT_ONCE)
        assert proxied.status(post("/v1/fleet/pull-messages"), source="127.0.0.2") == 200
        assert proxied.status(post("/v1/fleet/pull-messages"), source="127.0.0.3") == 503


def test_hospitals_behind_one_address_are_served_at_once(proxied: Proxied) -> None:
    """Twelve of them, with five requests each: a heartbeat, a question for messages, and parts of arrays."""
    head = b"POST /v1/fleet/push-object HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nConnection: close\r\n\r\nx"
    with ExitStack() as stack:
        ends = [begun(proxied, "127.0.0.4", head, stack) for _ in range(12 * 5)]
        for end in ends:
            end.setblocking(True)
            end.sendall(b"y")
        assert [status_of(received(end)) for end in ends] == [200] * len(ends)


def test_behind_an_ingress_each_address_that_it_saw_has_its_own_limit(
    tmp_path: Path, named: Callable[[str], Any]
) -> None:
    (proxy,) = named("coordinator-behind-ingress").of("ConfigMap")

    def head(address: str, sent: str) -> bytes:
        named = f"POST /v1/fleet/push-object HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 192.0.2.1, {address}\r\n"
        return f"{named}Connection: close\r\nContent-Length: 2\r\n\r\n{sent}".encode()

    with ExitStack() as stack:
        proxied = set_up(proxy["data"]["nginx.conf"], tmp_path, stack)
        ends = [begun(proxied, "127.0.0.1", head("203.0.113.9", "x"), stack) for _ in range(SLOW)]
        assert answered(ends, SLOW - AT_ONCE) == [503] * (SLOW - AT_ONCE)
        assert proxied.status(head("198.51.100.7", "xy")) == 200
        assert proxied.status(head("203.0.113.9", "xy")) == 503


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_the_proxy_says_neither_its_version_nor_speaks_old_tls(proxied: Proxied) -> None:
    head = proxied.ask(post("/")).split(b"\r\n\r\n")[0].lower()
    assert b"server: nginx\r\n" in head + b"\r\n"
    context = ssl.create_default_context(cafile=str(proxied.folder / "keys" / "ca.crt"))
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with socket.create_connection(("127.0.0.1", proxied.port), SECONDS) as plain, pytest.raises(ssl.SSLError):
        context.wrap_socket(plain, server_hostname="localhost")


# With client certificates.


@dataclass
class Authority:
    """An authority of sites' certificates."""

    name: str

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._sign(self.key.public_key(), self.name, 10, ca=True)

    def write_site(self, folder: Path, coordinator: Path, days: int = 10) -> None:
        """A certificate for a site, with all that `site-mtls.conf` wants."""
        folder.mkdir(parents=True)
        key = ec.generate_private_key(ec.SECP256R1())
        (folder / "tls.crt").write_bytes(self._sign(key.public_key(), "st-mary", days, ca=False))
        (folder / "tls.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        shutil.copy(coordinator / "keys" / "ca.crt", folder / "ca.crt")

    def _sign(self, key: ec.EllipticCurvePublicKey, name: str, days: int, *, ca: bool) -> bytes:
        def named(text: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

        builder = (
            x509.CertificateBuilder()
            .subject_name(named(name))
            .issuer_name(named(self.name))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(NOW - datetime.timedelta(days=30))
            .not_valid_after(NOW + datetime.timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if not ca:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        return builder.sign(self.key, SHA256()).public_bytes(Encoding.PEM)


@dataclass
class Guarded:
    """A proxy that asks for client certificates, the authority that it trusts, and a place for sites' tunnels."""

    proxied: Proxied
    authority: Authority
    folder: Path
    stack: ExitStack

    def tunnel_of(self, name: str, authority: Authority, days: int = 10) -> int:
        """A site's end; returns the port that its SuperNode would dial."""
        authority.write_site(self.folder / name / "mtls", self.proxied.folder, days)
        return self.tunnel_with(self.folder / name)

    def tunnel_with(self, folder: Path) -> int:
        """The same, with a certificate that lies in the folder's `mtls/` already."""
        port = free_port()
        places = {
            "/etc/cloister": folder,
            " /tmp/": f" {folder}/nginx/tmp/",
            "127.0.0.1:8443": f"127.0.0.1:{port}",
            "proxy_ssl_name coordinator.example": "proxy_ssl_name localhost",
            "192.0.2.10:8444": f"127.0.0.1:{self.proxied.tunnel_port}",
        }
        start_nginx(moved(bundled("site-mtls.conf"), places), folder / "nginx", port, self.stack)
        return port

    def through(self, port: int, request: bytes) -> bytes:
        return exchange(self.proxied.folder / "keys" / "ca.crt", port, request)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A coordinator that asks for client certificates."""
    folder = tmp_path_factory.mktemp("guarded")
    authority = Authority("hospitals")
    (folder / "etc" / "mtls").mkdir(parents=True)
    (folder / "etc" / "mtls" / "sites-ca.crt").write_bytes(authority.certificate)
    with ExitStack() as stack:
        yield Guarded(set_up(bundled("coordinator-mtls.conf"), folder, stack), authority, folder, stack)


def test_a_site_with_a_certificate_gets_through_to_the_fleet_alone(guarded: Guarded) -> None:
    port, body = guarded.tunnel_of("st-mary", guarded.authority), os.urandom(1_000_000)
    answer = guarded.through(port, post("/v1/fleet/push-object", body))
    assert status_of(answer) == 200
    assert answer.endswith(body)
    assert status_of(guarded.through(port, post("/v1/control/list-runs"))) == 403


def test_certificates_made_as_the_guide_says_get_a_site_through_and_no_other_end(tmp_path: Path) -> None:
    """Authority, request and certificate by the guide's commands; a certificate of a site makes no other site's."""
    guide = (NGINX.parents[1] / "docs" / "deployment.md").read_text()

    def follow(script: str, folder: Path, name: str = "st-mary") -> None:
        (commands,) = re.findall(rf"<!-- script: {script} -->\n```sh\n(.*?)```", guide, re.DOTALL)
        subprocess.run(["sh", "-ec", commands], cwd=folder, env={**os.environ, "NAME": name}, check=True)

    office, site = tmp_path / "etc" / "mtls", tmp_path / "st-mary" / "mtls"
    office.mkdir(parents=True)
    site.mkdir(parents=True)
    follow("mtls-authority", office)
    follow("mtls-request", site)
    shutil.copy(site / "tls.csr", office / "st-mary.csr")
    follow("mtls-sign", office)
    shutil.copy(office / "st-mary.crt", site / "tls.crt")
    assert [(folder / key).stat().st_mode & 0o77 for folder, key in ((office, "sites-ca.key"), (site, "tls.key"))] == [
        0, 0,
    ]  # fmt: skip
    with ExitStack() as stack:
        proxied = set_up(bundled("coordinator-mtls.conf"), tmp_path, stack)
        shutil.copy(proxied.folder / "keys" / "ca.crt", site / "ca.crt")
        guarded = Guarded(proxied, Authority("nobody's"), tmp_path, stack)
        assert status_of(guarded.through(guarded.tunnel_with(site.parent), post("/v1/fleet/pull-messages"))) == 200
        # St Mary's signs a certificate for somebody else with its own: it is no authority.
        false = tmp_path / "false" / "mtls"
        false.mkdir(parents=True)
        follow("mtls-request", false, "false")
        for name in ("crt", "key"):
            shutil.copy(site / f"tls.{name}", false / f"sites-ca.{name}")
        shutil.copy(false / "tls.csr", false / "false.csr")
        follow("mtls-sign", false, "false")
        (false / "tls.crt").write_bytes((false / "false.crt").read_bytes() + (site / "tls.crt").read_bytes())
        shutil.copy(proxied.folder / "keys" / "ca.crt", false / "ca.crt")
        with pytest.raises((ssl.SSLError, OSError)):
            guarded.through(guarded.tunnel_with(false.parent), post("/v1/fleet/pull-messages"))


@pytest.mark.parametrize(("name", "days"), [("other-authority", 10), ("expired", -1)])
def test_another_certificate_gets_nobody_through(guarded: Guarded, name: str, days: int) -> None:
    # The impostor's authority even has the same name.
    authority = guarded.authority if name == "expired" else Authority("hospitals")
    port, before = guarded.tunnel_of(name, authority, days), len(guarded.proxied.reached)
    with pytest.raises((ssl.SSLError, OSError)):
        guarded.through(port, post("/v1/fleet/pull-messages"))
    assert len(guarded.proxied.reached) == before


def test_without_a_certificate_nobody_gets_through(guarded: Guarded) -> None:
    before = len(guarded.proxied.reached)
    try:
        answer = guarded.through(guarded.proxied.tunnel_port, post("/v1/fleet/pull-messages"))
    except OSError:
        answer = b""
    assert answer == b""
    assert len(guarded.proxied.reached) == before


def test_the_port_behind_the_tunnel_refuses_whoever_comes_from_elsewhere(guarded: Guarded) -> None:
    before = len(guarded.proxied.reached)
    assert guarded.proxied.status(post("/v1/fleet/pull-messages"), source="127.0.0.2") == 403
    assert len(guarded.proxied.reached) == before


def test_a_false_coordinator_gets_nothing_of_a_site(guarded: Guarded, tmp_path: Path) -> None:
    """The site's end verifies the other: a server with another authority's certificate is not spoken to."""
    with ExitStack() as stack:
        config = Server(name="false", hosts=("localhost",), port=free_port(), link_port=free_port(), anchors="a")
        create_server(tmp_path / "false", config, NOW)
        impostor = Proxied(tmp_path / "false", config.port, config.port)
        for end in ("crt", "key"):
            shutil.copy(tmp_path / "false" / "keys" / f"server.{end}", tmp_path / "false" / "keys" / f"link.{end}")
        serve_superlink(impostor, config.port, stack)
        misled = Guarded(Proxied(guarded.proxied.folder, 0, config.port), guarded.authority, tmp_path, stack)
        port = misled.tunnel_of("misled", guarded.authority)
        with pytest.raises((ssl.SSLError, OSError)):
            misled.through(port, post("/v1/fleet/pull-messages"))
        assert impostor.reached == []


@pytest.mark.skipif(not socket.has_ipv6, reason="needs IPv6")
def test_the_file_that_init_writes_serves_both_kinds_of_address_from_any_folder(tmp_path: Path) -> None:
    """On a single host, nginx includes `start/nginx.conf`, wherever the coordinator's folder lies."""
    port, link_port = free_port(), free_port()
    folder = tmp_path / 'the "heart" study\\s'
    config = Server(
        name="heart", hosts=("localhost", "0:0:0:0:0:0:0:1"), port=port, link_port=link_port, anchors="anchors"
    )
    create_server(folder, config, NOW)
    proxied = Proxied(folder, port, 0)
    (tmp_path / "included").symlink_to(folder / "start" / "nginx.conf")
    around = "daemon off; pid {0}/nginx.pid; events {{}} http {{ access_log off; {1} include {0}/included; }}"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = " ".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in kinds)
    with ExitStack() as stack:
        serve_superlink(proxied, link_port, stack)
        start_nginx(around.format(tmp_path, temporary), tmp_path / "nginx", port, stack)
        context = ssl.create_default_context(cafile=str(folder / "keys" / "ca.crt"))
        for address in ("127.0.0.1", "::1"):
            with (
                socket.create_connection((address, port), SECONDS) as plain,
                context.wrap_socket(plain, server_hostname="::1" if ":" in address else "localhost") as sealed,
            ):
                sealed.sendall(post("/v1/fleet/push-object", address.encode()))
                answer = received(sealed)
            assert status_of(answer) == 200
    assert [body for _, body in proxied.reached] == [b"127.0.0.1", b"::1"]


def test_both_configurations_differ_by_the_client_certificates_alone() -> None:
    plain, asking = ((NGINX / name).read_text() for name in ("coordinator.conf", "coordinator-mtls.conf"))

    def http(text: str) -> str:
        return text[text.index("daemon off;") :].split("\nstream {")[0]

    assert http(asking).replace("    allow 127.0.0.1;\n    deny all;\n", "") == http(plain)


def test_figures_are_for_prometheus_and_nothing_else_is_shown(tmp_path: Path) -> None:
    """The Secret is made as docs/deployment.md says; where the figures' file is gone, the answer is none."""
    port, folder = free_port(), tmp_path / "metrics"
    (folder / "users").mkdir(parents=True)
    hashed = base64.b64encode(hashlib.sha1(b"a long password").digest()).decode()  # noqa: S324 (htpasswd's {SHA})
    (folder / "users" / "htpasswd").write_text(f"prometheus:{{SHA}}{hashed}\n")
    (folder / "metrics").write_text("cloister_paused 0\n")
    (folder / "next").write_text("half")
    text = (NGINX / "metrics.conf").read_text().replace("listen 9464", f"listen 127.0.0.1:{port}")
    text = text.replace("/tmp/", f"{tmp_path / 'nginx' / 'tmp'}/")  # noqa: S108
    text = text.replace("/etc/cloister/users", str(folder / "users")).replace("/srv/metrics", str(folder))
    if os.geteuid() == 0:
        text = f"user root;\n{text}"  # a pod's nginx is one user all through

    def ask(path: str, password: str | None) -> bytes:
        credentials = base64.b64encode(f"prometheus:{password}".encode()).decode()
        head = f"Authorization: Basic {credentials}\r\n" if password else ""
        with socket.create_connection(("127.0.0.1", port), SECONDS) as sent:
            sent.sendall(f"GET {path} HTTP/1.1\r\nHost: pod\r\n{head}Connection: close\r\n\r\n".encode())
            return received(sent)

    with ExitStack() as stack:
        start_nginx(text, tmp_path / "nginx", port, stack)
        told = ask("/metrics", "a long password")
        assert status_of(told) == 200
        assert told.endswith(b"cloister_paused 0\n")
        assert b"Content-Type: text/plain; version=0.0.4; charset=utf-8" in told
        assert [status_of(ask("/metrics", password)) for password in (None, "a guess")] == [401, 401]
        for path in ("/", "/next", "/metrics/", "/metrics/../next", "/users/htpasswd", "/metrics%2e%2e/next"):
            assert status_of(ask(path, "a long password")) in {400, 404}
        (folder / "metrics").unlink()
        assert status_of(ask("/metrics", "a long password")) == 404
