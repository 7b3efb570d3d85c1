"""Values that would break a promise, or that mean nothing, are refused by the charts' schemas."""

from typing import Any

import pytest

COORDINATOR = {"federation": "heart", "hosts": ["coordinator.example"]}
SITE = {"siteName": "st-mary", "coordinator": {"cidrs": ["192.0.2.10/32"]}}
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("coordinator", {"federation": ""}, "/federation"),
    ("coordinator", {"federation": "Heart; rm -rf /"}, "/federation"),
    ("coordinator", {"hosts": []}, "/hosts"),
    ("coordinator", {"hosts": ["$(reboot)"]}, "/hosts/0"),
    ("coordinator", {"port": 8000}, "/port"),
    ("coordinator", {"port": 0}, "/port"),
    ("coordinator", {"replicas": 2}, "replicas"),
    ("coordinator", {"tls": {"key": "-----BEGIN PRIVATE KEY-----"}}, "key"),
    ("coordinator", {"image": {"tag": "latest"}}, "/image/tag"),
    ("coordinator", {"image": {"digest": "sha256:short"}}, "/image/digest"),
    ("coordinator", {"securityContext": {"runAsUser": 0}}, "securityContext"),
    ("coordinator", {"service": {"type": "ExternalName"}}, "/service/type"),
    ("coordinator", {"networkPolicy": {"allowedCidrs": ["everybody"]}}, "/networkPolicy/allowedCidrs/0"),
    ("coordinator", {"networkPolicy": {"enabled": False}}, "enabled"),
    ("coordinator", {"backup": {"enabled": True, "existingClaim": "c", "keep": 0}}, "/backup/keep"),
    ("coordinator", {"ingress": {"enabled": True}}, "ingress.tlsSecret"),
    ("coordinator", {"backup": {"enabled": True}}, "backup.existingClaim"),
    (
        "coordinator",
        {"mtls": {"existingSecret": "s"}, "ingress": {"enabled": True, "tlsSecret": "t"}},
        "exclude each other",
    ),
    ("coordinator", {"metrics": {"enabled": True}}, "metrics.existingSecret"),
    (
        "coordinator",
        {"metrics": {"prometheus": {"podLabels": {"app.kubernetes.io/name": None}}}},
        "/metrics/prometheus/podLabels",
    ),
    ("site", {"siteName": ""}, "/siteName"),
    ("site", {"metrics": {"enabled": True}}, "metrics.existingSecret"),
    ("site", {"metrics": {"enabled": True, "existingSecret": "s", "interval": "often"}}, "/metrics/interval"),
    ("site", {"metrics": {"password": "p"}}, "password"),
    ("site", {"siteName": 'st"mary'}, "/siteName"),
    ("site", {"coordinator": {"cidrs": []}}, "/coordinator/cidrs"),
    ("site", {"coordinator": {"cidrs": ["coordinator.example"]}}, "/coordinator/cidrs/0"),
    ("site", {"httpsProxy": "http://user:password@proxy:3128"}, "/httpsProxy"),
    ("site", {"siteKey": "00"}, "siteKey"),
    ("site", {"gpu": {"count": -1}}, "/gpu/count"),
    ("site", {"gpu": {"count": "one"}}, "/gpu/count"),
    ("site", {"stopSeconds": 0}, "/stopSeconds"),
    ("site", {"storage": {"size": "big"}}, "/storage/size"),
    ("site", {"mtls": {"existingSecret": "s"}}, "mtls.host"),
    ("site", {"mtls": {"existingSecret": "s", "host": "coordinator.example"}}, "mtls.address"),
    (
        "site",
        {"mtls": {"existingSecret": "s", "host": "h", "address": "a"}, "httpsProxy": "http://proxy:3128"},
        "exclude each other",
    ),
]


@pytest.mark.parametrize(("chart", "changed", "named"), REFUSED)
def test_is_refused_by_name(helm: Any, render: Any, chart: str, changed: dict[str, Any], named: str) -> None:
    values = {**(COORDINATOR if chart == "coordinator" else SITE), **changed}
    with pytest.raises(helm.HelmError) as refusal:
        render(chart, values)
    assert named in str(refusal.value).replace(".", "/") or named in str(refusal.value)


@pytest.mark.parametrize("chart", ["coordinator", "site"])
def test_the_defaults_alone_are_refused(helm: Any, render: Any, chart: str) -> None:
    with pytest.raises(helm.HelmError):
        render(chart, {})
