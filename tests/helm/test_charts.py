"""What the charts promise, for every set of values: each test looks at what Kubernetes would get, not at templates."""

import re
import tomllib
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
Peer = str | tuple[dict[str, str], dict[str, str]]
"""An address, or the labels of a namespace and of a pod in it."""
ANYBODY: Peer = "203.0.113.9"
COORDINATOR: Peer = "192.0.2.10"
DNS: Peer = ({"kubernetes.io/metadata.name": "kube-system"}, {"k8s-app": "kube-dns"})
PROMETHEUS: Peer = ({"kubernetes.io/metadata.name": "monitoring"}, {"app.kubernetes.io/name": "prometheus"})
OTHER_PODS: tuple[Peer, ...] = (
    ({"kubernetes.io/metadata.name": "monitoring"}, {"app.kubernetes.io/name": "grafana"}),
    ({"kubernetes.io/metadata.name": "default"}, {"app.kubernetes.io/name": "prometheus"}),
)
METRICS_PORT = 9464


@pytest.mark.parametrize("chart", ["coordinator", "site"])
def test_helm_finds_no_fault(helm: Any, chart: str, named: Callable[[str], Any]) -> None:
    report = helm.lint(str(ROOT / "helm" / chart), values=named(chart).values, strict=True)
    assert [message for message in report["messages"] if message["severity"] >= 2] == []
    assert report["errors"] == []


def test_a_chart_installs_the_version_that_it_comes_with(helm: Any) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for chart in ("coordinator", "site"):
        assert helm.Chart.load(ROOT / "helm" / chart).metadata["appVersion"] == project["version"]


@pytest.mark.parametrize("version", ["1.29", "1.32", "1.34"])
def test_kubernetes_knows_every_field(release: Any, version: str) -> None:
    validator = pytest.importorskip("kubernetes_validate", reason="needs kubernetes-validate")
    for one in release.objects:
        if one["kind"] != "ServiceMonitor":  # the Prometheus operator's own
            validator.validate(one, version, strict=True)


def test_no_container_runs_as_root_or_can_become_more_than_it_is(release: Any) -> None:
    for pod in release.pods:
        assert pod.spec["securityContext"]["runAsNonRoot"] is True
        assert pod.spec["securityContext"]["runAsUser"] > 0
        assert pod.spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"} & pod.spec.keys()
        assert not any("hostPath" in volume for volume in pod.spec["volumes"])
        for container in pod.containers:
            security = container["securityContext"]
            assert security["allowPrivilegeEscalation"] is False
            assert security["readOnlyRootFilesystem"] is True
            assert security["capabilities"] == {"drop": ["ALL"]}
            # Nothing in the container takes back what the pod says.
            assert security["runAsNonRoot"] is True
            assert not {"runAsUser", "privileged", "seccompProfile"} & security.keys()
            assert "hostPort" not in str(container)


def test_nothing_speaks_to_kubernetes(release: Any) -> None:
    assert not [one for one in release.objects if one["kind"].endswith(("Role", "RoleBinding"))]
    assert all(one["automountServiceAccountToken"] is False for one in release.of("ServiceAccount"))
    assert all(pod.spec["automountServiceAccountToken"] is False for pod in release.pods)


def test_no_secret_is_in_the_release(release: Any) -> None:
    assert release.of("Secret") == []
    text = str(release.objects)
    assert "PRIVATE KEY" not in text
    assert "secretKeyRef" not in text
    for one in release.of("ConfigMap"):
        assert set(one["data"]) <= {"nginx.conf", "backup_sqlite.py"}
    for pod in release.pods:
        for container in pod.containers:
            for variable in container.get("env", []):
                assert not re.search(r"KEY|SECRET|TOKEN|PASSW", variable["name"])


def test_every_image_is_of_a_fixed_version(release: Any) -> None:
    images = [container["image"] for pod in release.pods for container in pod.containers]
    assert images
    for image in images:
        assert re.search(r":[0-9]|@sha256:[0-9a-f]{64}$", image)
        assert not image.endswith(":latest")


def test_every_container_is_bounded_in_memory(release: Any) -> None:
    assert all("memory" in container["resources"]["limits"] for pod in release.pods for container in pod.containers)


def test_gpus_go_to_the_container_that_computes_and_to_no_other(release: Any) -> None:
    count = release.values.get("gpu", {}).get("count", 1 if release.chart == "site" else 0)
    holders = {
        container["name"]: container["resources"]["limits"]["nvidia.com/gpu"]
        for pod in release.pods
        for container in pod.containers
        if "nvidia.com/gpu" in container["resources"]["limits"]
    }
    assert holders == ({{"site": "site", "coordinator": "superexec"}[release.chart]: count} if count else {})


def test_there_is_one_pod_and_its_volumes_outlive_it(release: Any) -> None:
    (stateful,) = release.of("StatefulSet")
    assert stateful["spec"]["replicas"] == 1
    assert stateful["spec"]["persistentVolumeClaimRetentionPolicy"] == {"whenDeleted": "Retain", "whenScaled": "Retain"}
    names = [claim["metadata"]["name"] for claim in stateful["spec"]["volumeClaimTemplates"]]
    assert sorted(names) == ["anchors", "data"]


def test_everything_that_is_mounted_is_there(release: Any) -> None:
    claims = {claim["metadata"]["name"] for claim in release.of("StatefulSet")[0]["spec"]["volumeClaimTemplates"]}
    maps = {one["metadata"]["name"]: set(one["data"]) for one in release.of("ConfigMap")}
    for pod in release.pods:
        volumes = {volume["name"]: volume for volume in pod.spec["volumes"]}
        templates = claims if pod.component == release.chart else set()
        mounted = {mount["name"] for container in pod.containers for mount in container["volumeMounts"]}
        assert mounted == set(volumes) | templates
        for volume in volumes.values():
            if "configMap" in volume:
                assert volume["configMap"]["name"] in maps
        for container in pod.containers:
            paths = [mount["mountPath"] for mount in container["volumeMounts"]]
            assert len(paths) == len(set(paths))


def test_selectors_hold_the_main_pod_and_not_the_backup(release: Any) -> None:
    (stateful,) = release.of("StatefulSet")
    chosen = [stateful["spec"]["selector"]["matchLabels"]]
    chosen += [one["spec"]["selector"]["matchLabels"] for one in release.of("PodDisruptionBudget")]
    chosen += [one["spec"]["selector"] for one in release.of("Service")]
    assert all(
        [pod.component for pod in release.pods if pod.selected_by(labels)] == [release.chart] for labels in chosen
    )


# Who may speak to whom: the rules of networking.k8s.io/v1, applied to made-up connections.


def allows(release: Any, pod: Any, direction: str, peer: Peer, port: int) -> bool:
    """Whether the release's policies let a pod exchange with a peer on a port."""
    chosen = [
        policy["spec"]
        for policy in release.of("NetworkPolicy")
        if pod.selected_by(policy["spec"]["podSelector"].get("matchLabels", {}))
        and direction in policy["spec"]["policyTypes"]
    ]
    if not chosen:
        return True
    side = "from" if direction == "Ingress" else "to"
    rules = [rule for spec in chosen for rule in spec.get(direction.lower()) or []]
    return any(
        (not rule.get("ports") or any(one["port"] == port for one in rule["ports"]))
        and (not rule.get(side) or any(is_peer(one, peer) for one in rule[side]))
        for rule in rules
    )


def is_peer(rule: Any, peer: Peer) -> bool:
    if isinstance(peer, str):
        return "ipBlock" in rule and ip_address(peer) in ip_network(rule["ipBlock"]["cidr"])
    namespace, labels = peer
    return (
        "ipBlock" not in rule
        and rule["namespaceSelector"]["matchLabels"].items() <= namespace.items()
        and rule["podSelector"]["matchLabels"].items() <= labels.items()
    )


PORTS = (22, 53, 80, 443, 6443, 8000, 8443, 8444, 9094, 9095, METRICS_PORT)


def test_nobody_can_connect_to_a_site(site: Any) -> None:
    if "metrics" not in site.values:
        assert site.of("Service") == []
        assert not any("ports" in container for pod in site.pods for container in pod.containers)
    assert site.of("Ingress") == []
    open_to = {
        (pod.component, port)
        for pod in site.pods
        for peer in (ANYBODY, COORDINATOR, DNS, PROMETHEUS, *OTHER_PODS)
        for port in PORTS
        if allows(site, pod, "Ingress", peer, port)
        and not ("metrics" in site.values and peer == PROMETHEUS and (pod.component, port) == ("site", METRICS_PORT))
    }
    assert open_to == set()


@pytest.mark.parametrize("chart", ["coordinator", "site"])
def test_prometheus_and_nobody_else_reads_figures_where_they_are_switched_on(
    named: Callable[[str], Any], chart: str
) -> None:
    assert named(chart).of("ServiceMonitor") == []
    release = named(f"{chart}-with-metrics")
    (monitor,) = release.of("ServiceMonitor")
    assert monitor["metadata"]["labels"]["release"] == "prometheus"
    chosen = monitor["spec"]["selector"]["matchLabels"]
    (service,) = [one for one in release.of("Service") if chosen.items() <= one["metadata"]["labels"].items()]
    assert [pod.component for pod in release.pods if pod.selected_by(service["spec"]["selector"])] == [chart]
    (endpoint,) = monitor["spec"]["endpoints"]
    assert [endpoint["port"]] == [port["name"] for port in service["spec"]["ports"]]
    assert {secret["name"] for secret in endpoint["basicAuth"].values()} == {"prometheus-user"}
    scrape = release.main.container("scrape")
    (port,) = scrape["ports"]
    assert (port["name"], port["containerPort"]) == (service["spec"]["ports"][0]["targetPort"], METRICS_PORT)
    assert allows(release, release.main, "Ingress", PROMETHEUS, METRICS_PORT)
    assert not any(allows(release, release.main, "Ingress", peer, METRICS_PORT) for peer in (ANYBODY, *OTHER_PODS))
    if chart == "site":
        assert not any(allows(release, release.main, "Ingress", PROMETHEUS, n) for n in PORTS if n != METRICS_PORT)


@pytest.mark.parametrize("chart", ["coordinator", "site"])
def test_what_prometheus_reaches_sees_the_figures_and_nothing_else(named: Callable[[str], Any], chart: str) -> None:
    main = named(f"{chart}-with-metrics").main
    mounts = {mount["name"]: mount for mount in main.container("scrape")["volumeMounts"]}
    assert mounts.keys() == {"metrics", "scrape", "scrape-users", "scrape-tmp"}
    assert all(mount["readOnly"] for name, mount in mounts.items() if name != "scrape-tmp")
    writes = [
        container["name"]
        for container in main.containers
        for mount in container["volumeMounts"]
        if mount["name"] == "metrics" and not mount.get("readOnly")
    ]
    assert writes == ["metrics"]


def test_without_gpus_a_site_trains_on_the_cpu(named: Callable[[str], Any]) -> None:
    hidden = {"name": "CUDA_VISIBLE_DEVICES", "value": ""}
    assert hidden in named("site-with-client-certificate").main.container("site")["env"]
    assert not any(one["name"] == "CUDA_VISIBLE_DEVICES" for one in named("site").main.container("site")["env"])


def test_a_site_reaches_its_coordinator_and_dns_and_nothing_else(site: Any) -> None:
    port = site.values["coordinator"].get("port", 8443)
    open_to = {
        (name, number)
        for name, peer in {"anybody": ANYBODY, "coordinator": COORDINATOR, "dns": DNS}.items()
        for number in PORTS
        if allows(site, site.main, "Egress", peer, number)
    }
    assert open_to == {("coordinator", port), ("dns", 53)}


def test_a_coordinator_takes_sites_on_one_port_and_connects_to_nobody(coordinator: Any) -> None:
    port = 8444 if "mtls" in coordinator.values else coordinator.values.get("port", 8443)
    inside = "198.51.100.7"
    assert {number for number in PORTS if allows(coordinator, coordinator.main, "Ingress", inside, number)} == {port}
    assert allows(coordinator, coordinator.main, "Ingress", ANYBODY, port) is (
        "networkPolicy" not in coordinator.values
    )
    assert not any(
        allows(coordinator, coordinator.main, "Egress", peer, number) for peer in (ANYBODY, DNS) for number in PORTS
    )
    (service,) = [one for one in coordinator.of("Service") if one["spec"]["ports"][0]["name"] == "fleet"]
    assert [one["port"] for one in service["spec"]["ports"]] == [port]
    assert {"name": "fleet", "containerPort": port, "protocol": "TCP"} in coordinator.main.container("proxy")["ports"]


def test_a_backup_speaks_to_nobody(release: Any) -> None:
    for pod in release.pods[1:]:
        for direction in ("Ingress", "Egress"):
            assert not any(
                allows(release, pod, direction, peer, port) for peer in (ANYBODY, COORDINATOR, DNS) for port in PORTS
            )


# The coordinator's ways in.


def test_the_proxy_sees_its_certificate_and_none_of_the_other_keys(coordinator: Any) -> None:
    mounts = coordinator.main.container("proxy")["volumeMounts"]
    assert {mount["subPath"] for mount in mounts if mount["name"] == "data"} == {
        "start/nginx.conf", "keys/server.crt", "keys/server.key", "keys/link-ca.crt",
    }  # fmt: skip
    assert all(mount.get("readOnly") for mount in mounts if mount["name"] != "proxy-tmp")
    assert not {"tmp", "anchors"} & {mount["name"] for mount in mounts}


def test_an_ingress_passes_the_fleet_alone(named: Callable[[str], Any]) -> None:
    (ingress,) = named("coordinator-behind-ingress").of("Ingress")
    paths = [path for rule in ingress["spec"]["rules"] for path in rule["http"]["paths"]]
    assert [(path["path"], path["pathType"]) for path in paths] == [("/v1/fleet/", "Prefix")]
    assert ingress["spec"]["tls"] == [{"hosts": ["coordinator.example"], "secretName": "federation-tls"}]


@pytest.mark.parametrize(("kind", "policy"), [("LoadBalancer", "Local"), ("NodePort", "Local"), ("ClusterIP", None)])
def test_the_addresses_that_may_connect_are_those_of_hospitals(render: Any, kind: str, policy: str | None) -> None:
    """By default Kubernetes puts a node's address in place of the sender's, and `allowedCidrs` shuts everybody out."""
    values = {"federation": "heart", "hosts": ["coordinator.example"], "service": {"type": kind}}
    release = render("coordinator", {**values, "networkPolicy": {"allowedCidrs": ["198.51.100.0/24"]}})
    (service,) = release.of("Service")
    assert service["spec"].get("externalTrafficPolicy") == policy


def test_only_behind_an_ingress_is_the_address_that_it_saw_believed(coordinator: Any) -> None:
    """The proxy limits what an address may have in work: a hospital must not choose its own."""
    (text,) = [
        one["data"]["nginx.conf"] for one in coordinator.of("ConfigMap") if one["metadata"]["name"].endswith("-proxy")
    ]
    assert ("real_ip_header X-Forwarded-For;" in text) is ("ingress" in coordinator.values)
    assert text.count("include /srv/federation/start/nginx.conf;") == 1


def test_a_low_port_needs_no_capability(named: Callable[[str], Any]) -> None:
    release = named("coordinator-behind-load-balancer")
    sysctls = release.main.spec["securityContext"]["sysctls"]
    assert sysctls == [{"name": "net.ipv4.ip_unprivileged_port_start", "value": "443"}]
    assert "--port" in (arguments := release.main.container("init")["args"])
    assert arguments[arguments.index("--port") + 1] == "443"


def test_client_certificates_cannot_be_gone_round(named: Callable[[str], Any]) -> None:
    plain, asking = named("coordinator"), named("coordinator-with-client-certificates")
    (before,), (after,) = plain.of("ConfigMap"), [one for one in asking.of("ConfigMap") if "nginx.conf" in one["data"]]
    assert "allow 127.0.0.1;\n    deny all;" in after["data"]["nginx.conf"]
    assert "ssl_verify_client on;" in after["data"]["nginx.conf"]
    assert "deny all" not in before["data"]["nginx.conf"]


def test_a_changed_proxy_configuration_starts_the_pod_anew(render: Any) -> None:
    values = {"federation": "heart", "hosts": ["coordinator.example"]}

    def checksum(**more: Any) -> str:
        template = render("coordinator", {**values, **more}).of("StatefulSet")[0]["spec"]["template"]
        return str(template["metadata"]["annotations"]["checksum/proxy"])

    assert checksum() == checksum(gpu={"count": 2}) != checksum(mtls={"existingSecret": "sites"})


def test_the_sites_end_of_the_tunnel_verifies_the_coordinator(named: Callable[[str], Any]) -> None:
    release = named("site-with-client-certificate")
    (tunnel,) = release.of("ConfigMap")
    text = tunnel["data"]["nginx.conf"]
    assert "proxy_ssl_verify on;" in text
    assert "proxy_ssl_name coordinator.example;" in text
    assert "proxy_pass 192.0.2.10:8444;" in text
    assert re.findall(r"listen (\S+);", text) == ["127.0.0.1:8443"]
    assert release.main.spec["hostAliases"] == [{"ip": "127.0.0.1", "hostnames": ["coordinator.example"]}]


def test_a_stop_leaves_time_for_the_message_in_work(named: Callable[[str], Any]) -> None:
    for name, seconds in {"site": 300, "site-with-everything": 1800}.items():
        assert named(name).main.spec["terminationGracePeriodSeconds"] > seconds


def test_datasets_are_read_only(named: Callable[[str], Any]) -> None:
    main = named("site-with-everything").main
    mounts = [mount for one in main.containers for mount in one["volumeMounts"] if mount["name"] == "datasets"]
    assert mounts
    assert all(mount["readOnly"] for mount in mounts)


def test_a_backup_runs_where_the_volume_is_and_reads_what_cannot_be_made_again(named: Callable[[str], Any]) -> None:
    for name, files in {
        "coordinator-behind-load-balancer": [
            "/srv/federation/audit.sqlite", "/srv/federation/flower/state.db", "/srv/federation/server.toml",
            "--if-there=/srv/federation/roster.json", "--if-there=/srv/federation/accounts.json",
        ],
        "site-with-everything": [
            "/srv/site/ledger.sqlite", "/srv/site/audit.sqlite", "/srv/site/site.toml", "/srv/site/policy.toml",
            "--if-there=/srv/site/accounts.json",
        ],
    }.items():  # fmt: skip
        release = named(name)
        main, backup = release.pods
        assert backup.container("backup")["args"] == files
        (rule,) = backup.spec["affinity"]["podAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
        assert rule["topologyKey"] == "kubernetes.io/hostname"
        assert main.selected_by(rule["labelSelector"]["matchLabels"])
        claims = {one["name"]: one["persistentVolumeClaim"]["claimName"] for one in backup.spec["volumes"][:2]}
        assert claims == {"data": f"data-{release.of('StatefulSet')[0]['metadata']['name']}-0", "backup": "copies"}


def test_a_packed_chart_is_whole(helm: Any, tmp_path: Path, named: Callable[[str], Any]) -> None:
    for chart in ("coordinator", "site"):
        values = named(chart).values
        archive = Path(helm.package(str(ROOT / "helm" / chart), destination=str(tmp_path)))
        packed = helm.Chart.load_archive(archive.read_bytes())
        folder = helm.Chart.load(ROOT / "helm" / chart)
        assert packed.render(values, name="study") == folder.render(values, name="study")
