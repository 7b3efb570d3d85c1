"""The charts installed, upgraded, rolled back and removed by Helm, through a Kubernetes API in memory.

That API is a double: it lists resources, stores objects, validates them strictly by Kubernetes' own schemas, refuses a
change of what a StatefulSet may not change, and merges patches. It schedules nothing and starts no pod.
"""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.heavy

ROOT = Path(__file__).parents[2]
VERSION = "1.32"
RESOURCES = {
    "v1": {
        "Namespace": "namespaces", "ServiceAccount": "serviceaccounts", "ConfigMap": "configmaps", "Secret": "secrets",
        "Service": "services", "Pod": "pods", "PersistentVolumeClaim": "persistentvolumeclaims",
    },
    "apps/v1": {"StatefulSet": "statefulsets"},
    "batch/v1": {"CronJob": "cronjobs"},
    "policy/v1": {"PodDisruptionBudget": "poddisruptionbudgets"},
    "networking.k8s.io/v1": {"NetworkPolicy": "networkpolicies", "Ingress": "ingresses"},
    "monitoring.coreos.com/v1": {"ServiceMonitor": "servicemonitors"},
}  # fmt: skip
MAY_CHANGE = {
    "replicas", "ordinals", "template", "updateStrategy", "persistentVolumeClaimRetentionPolicy", "minReadySeconds",
}  # fmt: skip
Object = dict[str, Any]


class RefusedError(Exception):
    """An answer other than yes: a status code and why."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.status = {
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "reason": reason,
            "message": message,
        }  # fmt: skip


@dataclass
class Kubernetes:
    """Objects by their path, and the requests that were answered."""

    validator: Any
    objects: dict[str, Object] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def answer(self, method: str, path: str, content_type: str, body: bytes) -> Object:
        self.asked.append(f"{method} {path}")
        if method == "GET" and (found := self._discover(path)) is not None:
            return found
        if method == "POST":
            made = json.loads(body)
            path = f"{path}/{made['metadata']['name']}"
            if path in self.objects:
                raise RefusedError(409, "AlreadyExists", f"{path} already exists")
            return self._store(path, made)
        if method == "PATCH":
            return self._patch(path, content_type, body)
        if method == "PUT":
            return self._store(path, json.loads(body))
        if method == "GET" and path.rsplit("/", 1)[-1] in {
            name for kinds in RESOURCES.values() for name in kinds.values()
        }:
            items = [one for place, one in self.objects.items() if place.rpartition("/")[0] == path]
            return {"kind": "List", "apiVersion": "v1", "metadata": {}, "items": items}
        if path not in self.objects:
            raise RefusedError(404, "NotFound", f"{path} not found")
        return self.objects[path] if method == "GET" else self.objects.pop(path)

    def of(self, kind: str) -> list[Object]:
        return [one for one in self.objects.values() if one["kind"] == kind]

    def _patch(self, path: str, content_type: str, body: bytes) -> Object:
        change = json.loads(body)
        old = self.objects.get(path)
        if "apply-patch" in content_type:
            return self._store(path, change)
        if old is None:
            raise RefusedError(404, "NotFound", f"{path} not found")
        return self._store(path, merged(old, change))

    def _store(self, path: str, new: Object) -> Object:
        clean = {**new, "metadata": {k: v for k, v in new["metadata"].items() if k not in {"resourceVersion", "uid"}}}
        try:
            if clean["kind"] != "ServiceMonitor":  # the Prometheus operator's own
                self.validator.validate(clean, VERSION, strict=True)
        except self.validator.ValidationError as problem:
            raise RefusedError(422, "Invalid", str(problem)) from None
        old = self.objects.get(path)
        if old is not None and new["kind"] == "StatefulSet":
            changed = {key for key in old["spec"] | new["spec"] if old["spec"].get(key) != new["spec"].get(key)}
            if changed - MAY_CHANGE:
                raise RefusedError(
                    422, "Invalid", f"{path}: spec: Forbidden: updates to {sorted(changed - MAY_CHANGE)}"
                )
        number = int(old["metadata"]["resourceVersion"]) + 1 if old else 1
        self.objects[path] = {**clean, "metadata": {**clean["metadata"], "uid": path, "resourceVersion": str(number)}}
        return self.objects[path]

    def _discover(self, path: str) -> Object | None:
        if path == "/version":
            major, minor = VERSION.split(".")
            return {"major": major, "minor": minor, "gitVersion": f"v{VERSION}.0", "platform": "linux/amd64"}
        if path == "/api":
            return {"kind": "APIVersions", "versions": ["v1"]}
        if path == "/apis":
            groups = [version for version in RESOURCES if "/" in version]
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [group_of(one) for one in groups]}
        if path == "/openapi/v3":
            places = [place_of(version) for version in RESOURCES]
            return {"paths": {place: {"serverRelativeURL": f"/openapi/v3/{place}"} for place in places}}
        if path.startswith("/openapi/v3/"):
            version = path.removeprefix("/openapi/v3/").removeprefix("apis/").removeprefix("api/")
            return openapi_of(version) if version in RESOURCES else None
        version = path.removeprefix("/apis/").removeprefix("/api/")
        if version not in RESOURCES:
            return None
        verbs = ["create", "delete", "get", "list", "patch", "update"]
        resources = [
            {
                "name": name,
                "singularName": kind.lower(),
                "namespaced": kind != "Namespace",
                "kind": kind,
                "verbs": verbs,
            }
            for kind, name in RESOURCES[version].items()
        ]
        return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": resources}


def group_of(version: str) -> Object:
    named = {"groupVersion": version, "version": version.split("/")[1]}
    return {"name": version.split("/")[0], "versions": [named], "preferredVersion": named}


def place_of(version: str) -> str:
    return f"apis/{version}" if "/" in version else f"api/{version}"


def openapi_of(version: str) -> Object:
    """Says no more than that the API itself validates fields; Helm then leaves it to the API."""
    parameters = [{"name": name, "in": "query", "schema": {"type": "string"}} for name in ("fieldValidation", "dryRun")]
    group, _, number = version.rpartition("/")
    paths = {
        f"/{place_of(version)}/namespaces/{{namespace}}/{name}/{{name}}": {
            "patch": {
                "parameters": parameters,
                "x-kubernetes-group-version-kind": {"group": group, "version": number, "kind": kind},
            }
        }
        for kind, name in RESOURCES[version].items()
    }
    return {"openapi": "3.0.0", "info": {"title": "Kubernetes", "version": VERSION}, "paths": paths}


def merged(old: Any, change: Any) -> Any:
    """RFC 7396."""
    if not isinstance(change, dict):
        return change
    result = dict(old) if isinstance(old, dict) else {}
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


@dataclass
class Cluster:
    """The API in memory, and Helm working with it."""

    kubernetes: Kubernetes
    helm: Any

    def spec(self, kind: str = "StatefulSet") -> Object:
        (found,) = self.kubernetes.of(kind)
        return dict(found["spec"])


@pytest.fixture
def cluster(helm: Any, tmp_path: Path) -> Iterator[Cluster]:
    """An empty cluster with the namespace `research`."""
    validator = pytest.importorskip("kubernetes_validate", reason="needs kubernetes-validate")
    kubernetes = Kubernetes(validator)
    kubernetes.answer(
        "POST", "/api/v1/namespaces", "", b'{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"research"}}'
    )

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                content_type = self.headers.get("Content-Type", "")
                status, answer = 200, kubernetes.answer(self.command, urlsplit(self.path).path, content_type, body)
            except RefusedError as refusal:
                status, answer = refusal.code, refusal.status
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 (the base class's names)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        address = f"http://127.0.0.1:{server.server_address[1]}"
        kubeconfig = {
            "apiVersion": "v1",
            "kind": "Config",
            "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": address}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test", "namespace": "research"}}],
            "users": [{"name": "test", "user": {}}],
        }
        path = tmp_path / "kubeconfig"
        path.write_text(json.dumps(kubeconfig))
        with helm.Config(kubeconfig_path=path, namespace="research", storage_driver="memory") as config:
            yield Cluster(kubernetes, config)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_every_set_of_values_can_be_installed_and_removed(cluster: Cluster, release: Any) -> None:
    chart = str(ROOT / "helm" / release.chart)
    cluster.helm.install(chart, release.name, release.values, namespace="research")
    installed = {(one["kind"], one["metadata"]["name"]) for one in cluster.kubernetes.objects.values()}
    assert installed - {("Namespace", "research")} == {
        (one["kind"], one["metadata"]["name"]) for one in release.objects
    }
    cluster.helm.uninstall(release.name)
    assert {one["kind"] for one in cluster.kubernetes.objects.values()} == {"Namespace"}


UPGRADES: list[tuple[str, Object, Callable[[Object], Any]]] = [
    ("coordinator", {"image": {"tag": "0.1.1"}}, lambda spec: spec["template"]["spec"]["containers"][0]["image"]),
    ("coordinator", {"gpu": {"count": 2}}, lambda spec: spec["template"]["spec"]["containers"][1]["resources"]),
    ("site", {"stopSeconds": 600}, lambda spec: spec["template"]["spec"]["terminationGracePeriodSeconds"]),
    ("site", {"datasets": {"existingClaim": "new"}}, lambda spec: spec["template"]["spec"]["volumes"]),
]


@pytest.mark.parametrize(("chart", "change", "seen"), UPGRADES)
def test_an_upgrade_takes_effect_and_can_be_rolled_back(
    cluster: Cluster, named: Callable[[str], Any], chart: str, change: Object, seen: Callable[[Object], Any]
) -> None:
    folder, values = str(ROOT / "helm" / chart), named(chart).values
    cluster.helm.install(folder, "study", values, namespace="research")
    before = cluster.spec()
    cluster.helm.upgrade(folder, "study", {**values, **change}, namespace="research")
    after = cluster.spec()
    assert seen(after) != seen(before)
    assert after["volumeClaimTemplates"] == before["volumeClaimTemplates"]
    cluster.helm.rollback("study", version=1)
    assert cluster.spec() == before
    assert [one["revision"] for one in cluster.helm.history("study")] == [1, 2, 3]


def test_backups_come_and_go_with_their_value(cluster: Cluster, named: Callable[[str], Any]) -> None:
    folder, values = str(ROOT / "helm" / "site"), named("site").values
    cluster.helm.install(folder, "study", values, namespace="research")
    assert cluster.kubernetes.of("CronJob") == []
    backup = {"backup": {"enabled": True, "existingClaim": "copies"}}
    cluster.helm.upgrade(folder, "study", {**values, **backup}, namespace="research")
    assert cluster.spec("CronJob")["schedule"] == "17 2 * * *"
    cluster.helm.rollback("study", version=1)
    assert cluster.kubernetes.of("CronJob") == cluster.kubernetes.of("ConfigMap") == []


def test_an_upgrade_that_would_touch_the_volumes_is_refused_and_changes_nothing(
    cluster: Cluster, helm: Any, named: Callable[[str], Any]
) -> None:
    folder, values = str(ROOT / "helm" / "site"), named("site").values
    cluster.helm.install(folder, "study", values, namespace="research")
    before = cluster.spec()
    with pytest.raises(helm.HelmError, match="volumeClaimTemplates"):
        cluster.helm.upgrade(folder, "study", {**values, "storage": {"size": "1Ti"}}, namespace="research")
    assert cluster.spec() == before


def test_two_sites_can_share_a_namespace(cluster: Cluster, named: Callable[[str], Any]) -> None:
    folder, values = str(ROOT / "helm" / "site"), named("site").values
    for name in ("st-mary", "st-john"):
        cluster.helm.install(folder, name, {**values, "siteName": name}, namespace="research")
    first, second = cluster.kubernetes.of("StatefulSet")
    labels = second["spec"]["template"]["metadata"]["labels"].items()
    for policy in cluster.kubernetes.of("NetworkPolicy"):
        own = policy["metadata"]["labels"]["app.kubernetes.io/instance"] == "st-john"
        assert (policy["spec"]["podSelector"]["matchLabels"].items() <= labels) is own
    assert not first["spec"]["selector"]["matchLabels"].items() <= labels


def test_the_double_refuses_what_kubernetes_would(cluster: Cluster) -> None:
    wrong = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {"name": "x"},
        "automountServiceAcountToken": False,
    }
    with pytest.raises(RefusedError):
        cluster.kubernetes.answer("POST", "/api/v1/namespaces/research/serviceaccounts", "", json.dumps(wrong).encode())
