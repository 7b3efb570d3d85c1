"""Every container's command and probe, as the charts render them, each in a sandbox of this machine.

A container gets namespaces of its own: a read-only root, its volumes where the chart mounts them and nothing else of
them, process number 1, the user 10001 without capabilities. A coordinator is started, a site enrols with it through
both consoles and connects through the proxy; then both are backed up, and end when Kubernetes would end them. Free
ports of this machine stand for the chart's; its packages stand for the image's (`tests/docker`). Not seen here:
seccomp, network policies, scheduling, GPUs.
"""

import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.heavy

WORDS = r"(?:[a-z]{5} ){7}[a-z]{5}"
USER = 10001
SECONDS = 300.0
"""Generous, because other work may share the cores."""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def wait_until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.5)


@dataclass
class Machine:
    """A pod of a release: its containers are sandboxed processes, its volumes folders below one folder."""

    release: Any
    folder: Path
    ports: dict[str, int]
    """A free port in place of each of the chart's."""
    processes: "dict[str, subprocess.Popen[bytes]]" = field(default_factory=dict)

    def __post_init__(self) -> None:
        (self.folder / "etc" / "cloister").mkdir(parents=True)
        user = f"cloister:x:{USER}:{USER}::/tmp:/usr/sbin/nologin\n"  # as the Dockerfiles make it
        (self.folder / "etc" / "passwd").write_text(Path("/etc/passwd").read_text() + user)
        for name in ("data", "anchors", "backup"):
            (self.folder / name).mkdir()
            os.chown(self.folder / name, USER, USER)
        for pod in self.release.pods:
            for volume in pod.spec["volumes"]:
                if "emptyDir" in volume:
                    (self.folder / volume["name"]).mkdir(exist_ok=True)
                    (self.folder / volume["name"]).chmod(0o777)
        for one in self.release.of("ConfigMap"):
            (self.folder / one["metadata"]["name"]).mkdir()
            for name, text in one["data"].items():
                (self.folder / one["metadata"]["name"] / name).write_text(self.here(text))

    def here(self, text: str) -> str:
        """A text of the chart with this machine's ports."""
        return re.sub(r"\b(8443|8000|9095)\b", lambda found: str(self.ports[found[1]]), text)

    def run(self, name: str, *words: object, text: str | None = None) -> str:
        """Run a command in a container that runs, as `kubectl exec` does; it must end well."""
        done = self._enter(name, [str(word) for word in words], text)
        assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def run_to_end(self, name: str, pod: int = 0) -> str:
        """Start a container and wait for its end, which must be good."""
        process = self._begin(self.release.pods[pod], name, subprocess.PIPE)
        output = process.communicate(timeout=SECONDS)[0].decode()
        assert process.returncode == 0, output
        return output

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            os.chown(log.fileno(), USER, USER)
            self.processes[name] = self._begin(self.release.main, name, log)
        status = Path(f"/proc/{self.first_process(name)}/status")
        wait_until(lambda: f"Uid:\t{USER}\t" in status.read_text(), "the sandbox is made")

    def probe(self, name: str, kind: str) -> bool:
        """Whether a container's probe succeeds now."""
        container = self.release.main.container(name)
        probe = container[f"{kind}Probe"]
        if "tcpSocket" in probe:
            (port,) = [one["containerPort"] for one in container["ports"] if one["name"] == probe["tcpSocket"]["port"]]
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.ports[str(port)]), 1.0):
                return True
            return False
        return self._enter(name, [self.here(word) for word in probe["exec"]["command"]], None).returncode == 0

    def terminate(self, name: str) -> int:
        """End a container as Kubernetes does; returns its exit status."""
        os.kill(self.first_process(name), signal.SIGTERM)
        return self.processes.pop(name).wait(float(self.release.main.spec["terminationGracePeriodSeconds"]))

    def freeze(self, name: str, sign: signal.Signals) -> None:
        os.kill(self.first_process(name), sign)

    def stop(self) -> None:
        for name, process in self.processes.items():
            if process.poll() is None:
                # With number 1, all of a sandbox ends.
                os.kill(self.first_process(name), signal.SIGKILL)
                process.wait(10.0)

    def logs(self) -> str:
        return "\n".join(f"--- {path.name}\n{path.read_text()[-4000:]}" for path in self.folder.glob("*.log"))

    def first_process(self, name: str) -> int:
        """Number 1 of a sandbox, by its number outside."""
        (first,) = children_of(self.processes[name].pid)
        return first

    def _begin(self, pod: Any, name: str, output: Any) -> "subprocess.Popen[bytes]":
        container = pod.container(name)
        words = [self.here(str(word)) for word in [*container["command"], *container.get("args", [])]]
        sandbox = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        return subprocess.Popen(
            [*sandbox, "sh", "-c", self._sandbox(pod, container), "sh", *self._as_user(container), *words],
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def _enter(self, name: str, words: list[str], text: str | None) -> "subprocess.CompletedProcess[str]":
        first = self.first_process(name)
        user = self._as_user(self.release.main.container(name))
        return subprocess.run(
            ["nsenter", f"--target={first}", "--mount", "--pid", *user, *words],
            input=text, capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip

    def _sandbox(self, pod: Any, container: Any) -> str:
        """Mounts what the chart mounts, makes everything else read-only, and goes on with its arguments."""
        maps = {one["name"]: one["configMap"]["name"] for one in pod.spec["volumes"] if "configMap" in one}
        lines = [
            "set -e",
            "mount --make-rprivate /",
            *python_for_everybody(),
            "mount -t tmpfs -o mode=755 tmpfs /srv",
            f"mount -t overlay -o lowerdir={self.folder}/etc:/etc overlay /etc",
            "mount -t tmpfs -o mode=755 tmpfs /etc/cloister",
        ]
        # /tmp last: it hides where the volumes come from.
        for mount in sorted(container["volumeMounts"], key=lambda one: bool(one["mountPath"] == "/tmp")):  # noqa: S108
            source = self.folder / maps.get(mount["name"], mount["name"]) / mount.get("subPath", "")
            target = mount["mountPath"]
            make = f"mkdir -p {target}" if source.is_dir() else f"mkdir -p {Path(target).parent}; touch {target}"
            lines += [make, f"mount --bind {source} {target}"]
            lines += [f"mount -o remount,bind,ro {target}"] if mount.get("readOnly") else []
        covered = {mount["mountPath"] for mount in container["volumeMounts"]}
        lines += [f"mount -o remount,ro {place}" for place in ("/srv", "/etc/cloister") if place not in covered]
        return "\n".join([*lines, "mount -o remount,bind,ro /", "cd /", 'exec "$@"'])

    def _as_user(self, container: Any) -> list[str]:
        given = {one["name"]: self.here(one["value"]) for one in container.get("env", [])}
        # As the Dockerfiles set them.
        image = {"FLWR_TELEMETRY_ENABLED": "0", "FLWR_DISABLE_UPDATE_CHECK": "1", "HF_HUB_OFFLINE": "1"}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        every = {
            **image,
            "PATH": path,
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": "1",
            **given,
        }
        user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups", "--no-new-privs"]
        bare = ["--bounding-set=-all", "--inh-caps=-all", "env", "-i"]
        return [*user, *bare, *(f"{name}={value}" for name, value in every.items())]


def children_of(process: int) -> list[int]:
    """The children of a process, of which there will soon be one at least."""
    path = Path(f"/proc/{process}/task/{process}/children")
    wait_until(lambda: bool(path.read_text()), f"a child of {process}")
    return [int(number) for number in path.read_text().split()]


def python_for_everybody() -> list[str]:
    """Where this machine's Python lies in a home that others may not enter: what opens it in a sandbox."""
    prefix = Path(sys.base_prefix)
    closed = [place for place in reversed(prefix.parents) if not place.stat().st_mode & 0o001]
    if not closed:
        return []
    aside = f"mount --bind {prefix} /mnt; mount -t tmpfs -o mode=755 tmpfs {closed[0]}"
    return [aside, f"mkdir -p {prefix}; mount --move /mnt {prefix}"]


@dataclass
class Deployed:
    """A coordinator and a site that is connected with it."""

    coordinator: Machine
    site: Machine


@pytest.fixture(scope="session")
def sandboxes() -> None:
    """Skips where containers cannot be sandboxed."""
    tools = ("nginx", "unshare", "nsenter", "setpriv")
    if missing := [tool for tool in tools if shutil.which(tool) is None]:
        pytest.skip(f"needs {', '.join(missing)}")
    if subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to make namespaces")


@pytest.fixture(scope="module")
def deployed(sandboxes: None, render: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:  # noqa: ARG001
    """Both charts' pods, from nothing to a site that is ready."""
    backup = {"backup": {"enabled": True, "existingClaim": "copies"}}
    values = {"federation": "heart", "hosts": ["localhost"], **backup}
    ports = {"8443": free_port(), "8000": free_port()}
    with ExitStack() as stack:
        coordinator = Machine(render("coordinator", values), tmp_path_factory.mktemp("coordinator"), ports)
        stack.callback(coordinator.stop)
        values = {"siteName": "st-mary", "coordinator": {"cidrs": ["127.0.0.1/32"]}, **backup}
        ports = {"8443": ports["8443"], "9095": free_port()}
        site = Machine(render("site", values), tmp_path_factory.mktemp("site"), ports)
        stack.callback(site.stop)
        made = Deployed(coordinator, site)
        try:
            bring_up(made)
        except BaseException:
            print(coordinator.logs(), site.logs())
            raise
        yield made


def bring_up(made: Deployed) -> None:
    """Start both pods and enrol the site, through the consoles, as the charts' notes say."""
    coordinator, site = made.coordinator, made.site
    coordinator.run_to_end("init")
    for name in ("superlink", "superexec", "proxy", "console"):
        coordinator.start(name)
    wait_until(lambda: coordinator.probe("superlink", "startup"), "the SuperLink starts")
    wait_until(lambda: coordinator.probe("proxy", "startup"), "the proxy starts")
    theirs = re.findall(WORDS, site.run_to_end("init"))[0]
    settings = f'name = "st-mary"\n[run]\nhealth_port = {site.ports["9095"]}\nfree_disk_gib = 0\n'
    (site.folder / "data" / "site.toml").write_text(settings)
    site.start("site")
    site.start("console")
    # Not enrolled: alive, and not ready.
    assert site.probe("site", "startup")
    assert site.probe("site", "liveness")
    assert not site.probe("site", "readiness")
    shutil.copy(site.folder / "data" / "enrolment" / "request.json", coordinator.folder / "tmp" / "request.json")
    (coordinator.folder / "tmp" / "request.json").chmod(0o644)
    server = ["--server", "/srv/federation"]
    enroll = ["cloister", "server", "enroll", "/tmp/request.json", "--output", "/tmp/enrolment.json"]  # noqa: S108
    coordinator.run("console", *enroll, *server, "--fingerprint", theirs)
    coordinator.run("console", "cloister", "server", "register", *server)
    ours = re.findall(WORDS, coordinator.run("console", "cloister", "server", "fingerprint", *server))[0]
    shutil.copy(coordinator.folder / "tmp" / "enrolment.json", site.folder / "tmp" / "enrolment.json")
    (site.folder / "tmp" / "enrolment.json").chmod(0o644)
    accept = ["cloister", "site", "accept", "/tmp/enrolment.json", "--site", "/srv/site", "--node-port", free_port()]  # noqa: S108
    site.run("console", *accept, text=f"{ours}\n")
    wait_until(lambda: site.probe("site", "readiness"), "the site is ready")


def test_a_site_connects_through_the_proxy(deployed: Deployed) -> None:
    log = deployed.coordinator.folder / "proxy.log"
    wait_until(lambda: '"POST /v1/fleet/pull-messages" 200' in log.read_text(), "the node asks for messages")
    assert not re.search(r"/v1/(control|runtime)/", log.read_text())
    assert deployed.site.probe("site", "liveness")


def test_containers_are_who_and_where_they_should_be(deployed: Deployed) -> None:
    """The sandbox itself: what the other tests show would be worth nothing if a container could write everywhere."""
    for machine, name in ((deployed.coordinator, "superlink"), (deployed.site, "site")):
        assert machine.run(name, "id", "-u").strip() == str(USER)
        status = machine.run(name, "cat", "/proc/1/status")
        assert re.search(r"(?m)^CapEff:\s+0+$", status)
        assert re.search(r"(?m)^NoNewPrivs:\s+1$", status)
        assert "Read-only" in machine.run(name, "sh", "-c", "touch /srv/x /etc/x /etc/cloister/x 2>&1 || true")


def test_the_proxy_can_read_no_key_but_its_own(deployed: Deployed) -> None:
    found = deployed.coordinator.run("proxy", "find", "/srv/federation", "-type", "f").split()
    assert sorted(Path(path).relative_to("/srv/federation").as_posix() for path in found) == [
        "keys/link-ca.crt", "keys/server.crt", "keys/server.key", "start/nginx.conf",
    ]  # fmt: skip


def test_an_initialised_volume_is_left_as_it_is(deployed: Deployed) -> None:
    for machine, key in ((deployed.coordinator, "keys/ca.key"), (deployed.site, "site.key")):
        before = (machine.folder / "data" / key).read_bytes()
        machine.run_to_end("init")
        assert (machine.folder / "data" / key).read_bytes() == before


def test_an_init_container_that_was_killed_at_its_end_is_ended_by_the_next_one(deployed: Deployed) -> None:
    unfinished = deployed.coordinator.folder / "data" / "keys" / "unfinished"
    unfinished.touch()
    deployed.coordinator.run_to_end("init")
    assert not unfinished.exists()


@pytest.mark.parametrize(("pod", "port"), [("coordinator", "8000"), ("site", "9095")])
def test_what_is_for_loopback_listens_nowhere_else(deployed: Deployed, pod: str, port: str) -> None:
    """The SuperLink's control API and the site's health listen on 127.0.0.1: at 127.0.0.2 nobody answers."""
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.2", getattr(deployed, pod).ports[port]), 5.0)


def test_backups_are_taken_of_running_pods(deployed: Deployed) -> None:
    expected = (
        (deployed.coordinator, ["federation-audit", "federation-roster", "federation-server", "flower-state"]),
        (deployed.site, ["site-audit", "site-ledger", "site-policy", "site-site"]),
    )
    for machine, names in expected:
        machine.run_to_end("backup", pod=1)
        copies = sorted((machine.folder / "backup").iterdir())
        assert [path.name.rsplit("-", 1)[0] for path in copies] == names
        for path in (path for path in copies if path.suffix == ".sqlite"):
            with closing(sqlite3.connect(path)) as copy:
                assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
                assert copy.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 0


def test_a_superlink_that_does_not_answer_is_noticed(deployed: Deployed) -> None:
    machine = deployed.coordinator
    machine.freeze("superlink", signal.SIGSTOP)
    try:
        assert not machine.probe("superlink", "liveness")
    finally:
        machine.freeze("superlink", signal.SIGCONT)
    wait_until(lambda: machine.probe("superlink", "liveness"), "the SuperLink answers again")


def test_pods_end_when_they_are_asked_to(deployed: Deployed) -> None:
    """Last: within the time that Kubernetes gives. What a node in work does is tested with `cloister site run`."""
    assert deployed.site.terminate("site") == 0
    assert deployed.site.terminate("console") == 0
    for name in ("superexec", "superlink", "proxy", "console"):
        deployed.coordinator.terminate(name)


@pytest.mark.usefixtures("sandboxes")
def test_a_site_that_waits_for_its_enrolment_ends_at_once(render: Any, tmp_path: Path) -> None:
    values = {"siteName": "st-mary", "coordinator": {"cidrs": ["127.0.0.1/32"]}}
    site = Machine(render("site", values), tmp_path / "site", {"8443": 0, "9095": free_port()})
    site.run_to_end("init")
    site.start("site")
    try:
        # It waits: from then on it also listens.
        assert children_of(site.first_process("site"))
        assert site.probe("site", "liveness")
        assert site.terminate("site") == 0
    finally:
        site.stop()
