"""Both charts, rendered by Helm's own library with several sets of values, and what Kubernetes would make of them."""

import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
Object = dict[str, Any]

_COORDINATOR: Object = {"federation": "heart", "hosts": ["coordinator.example"]}
_SITE: Object = {"siteName": "st-mary", "coordinator": {"cidrs": ["192.0.2.10/32"]}}
_BACKUP = {"backup": {"enabled": True, "existingClaim": "copies"}}
_METRICS = {"metrics": {"enabled": True, "existingSecret": "prometheus-user", "labels": {"release": "prometheus"}}}
VALUES: dict[str, tuple[str, Object]] = {
    "coordinator": ("coordinator", _COORDINATOR),
    "coordinator-with-metrics": ("coordinator", {**_COORDINATOR, **_METRICS}),
    "coordinator-behind-load-balancer": (
        "coordinator",
        {
            **_COORDINATOR,
            **_BACKUP,
            "hosts": ["coordinator.example", "192.0.2.10"],
            "port": 443,
            "service": {"type": "LoadBalancer", "loadBalancerSourceRanges": ["198.51.100.0/24"]},
            "networkPolicy": {"allowedCidrs": ["198.51.100.0/24"]},
            "tls": {"existingSecret": "institution-tls"},
            "gpu": {"count": 1},
            "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"}],
            "nodeSelector": {"disk": "ssd"},
            "runtimeClassName": "nvidia",
            "storage": {"className": "fast", "anchors": {"className": "apart"}},
            "image": {"repository": "registry.example/cloister-coordinator", "digest": "sha256:" + "0" * 64},
            "imagePullSecrets": [{"name": "registry"}],
        },
    ),
    "coordinator-behind-ingress": (
        "coordinator",
        {
            **_COORDINATOR,
            "ingress": {
                "enabled": True,
                "className": "nginx",
                "tlsSecret": "federation-tls",
                "annotations": {"nginx.ingress.kubernetes.io/backend-protocol": "HTTPS"},
            },
        },
    ),
    "coordinator-with-client-certificates": (
        "coordinator",
        {**_COORDINATOR, **_BACKUP, "mtls": {"existingSecret": "sites-authority"}},
    ),
    "site": ("site", _SITE),
    "site-with-metrics": ("site", {**_SITE, **_METRICS}),
    "site-with-everything": (
        "site",
        {
            **_SITE,
            **_BACKUP,
            "httpsProxy": "http://proxy.hospital.example:3128",
            "datasets": {"existingClaim": "datasets"},
            "gpu": {"count": 4},
            "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}],
            "runtimeClassName": "nvidia",
            "stopSeconds": 1800,
        },
    ),
    "site-with-client-certificate": (
        "site",
        {
            "siteName": "st-mary",
            "gpu": {"count": 0},
            "coordinator": {"cidrs": ["192.0.2.10/32"], "port": 8444},
            "mtls": {"existingSecret": "site-tls", "host": "coordinator.example", "address": "192.0.2.10"},
            "podDisruptionBudget": {"enabled": False},
        },
    ),
}


@dataclass(frozen=True)
class Pod:
    """A pod that the release would start."""

    labels: dict[str, str]
    spec: Object

    @property
    def component(self) -> str:
        return self.labels["app.kubernetes.io/component"]

    @property
    def containers(self) -> list[Object]:
        return [*self.spec.get("initContainers", []), *self.spec["containers"]]

    def container(self, name: str) -> Object:
        (found,) = [one for one in self.containers if one["name"] == name]
        return found

    def selected_by(self, labels: dict[str, str]) -> bool:
        return labels.items() <= self.labels.items()


@dataclass(frozen=True)
class Release:
    """A chart rendered with one set of values."""

    name: str
    chart: str
    values: Object
    objects: list[Object]

    def of(self, kind: str) -> list[Object]:
        return [one for one in self.objects if one["kind"] == kind]

    @property
    def pods(self) -> list[Pod]:
        templates = [one["spec"]["template"] for one in self.of("StatefulSet")]
        templates += [one["spec"]["jobTemplate"]["spec"]["template"] for one in self.of("CronJob")]
        return [Pod(template["metadata"]["labels"], template["spec"]) for template in templates]

    @property
    def main(self) -> Pod:
        """The pod of the chart's StatefulSet."""
        return self.pods[0]


Render = Callable[..., Release]


@pytest.fixture(scope="session")
def helm() -> Iterator[Any]:
    """Helm's Go library."""
    library = pytest.importorskip("helm_python", reason="needs helm-python-sdk")
    library.disable_logging()
    yield library
    library.enable_logging()


@pytest.fixture(scope="session")
def render(helm: Any) -> Render:
    """Renders a chart, `coordinator` or `site`, with values."""
    yaml = pytest.importorskip("yaml")
    charts = {name: helm.Chart.load(ROOT / "helm" / name) for name in ("coordinator", "site")}

    def rendered(chart: str, values: Object, name: str = "study") -> Release:
        texts = charts[chart].render(values, name=name, namespace="research")
        manifests = {path: text for path, text in texts.items() if not path.endswith("NOTES.txt")}
        objects = [one for text in manifests.values() for one in yaml.safe_load_all(text) if one]
        return Release(name, chart, values, objects)

    return rendered


@pytest.fixture(scope="session", params=VALUES)
def release(request: pytest.FixtureRequest, render: Render) -> Release:
    """Each set of values in turn."""
    return render(*VALUES[request.param])


@pytest.fixture(scope="session", params=[name for name, (chart, _) in VALUES.items() if chart == "coordinator"])
def coordinator(request: pytest.FixtureRequest, render: Render) -> Release:
    """Each set of values for a coordinator in turn."""
    return render(*VALUES[request.param])


@pytest.fixture(scope="session", params=[name for name, (chart, _) in VALUES.items() if chart == "site"])
def site(request: pytest.FixtureRequest, render: Render) -> Release:
    """Each set of values for a site in turn."""
    return render(*VALUES[request.param])


@pytest.fixture
def named(render: Render) -> Callable[[str], Release]:
    """Gives the release of one set of values."""
    return lambda name: render(*VALUES[name])


@pytest.fixture(scope="session")
def backup_sqlite() -> Any:
    """The backup script, as a module."""
    spec = importlib.util.spec_from_file_location("backup_sqlite", ROOT / "deploy" / "backup_sqlite.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
