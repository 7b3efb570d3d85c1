"""What is on the coordinator's page, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from cloister.server.page.curve import curve
from cloister.server.page.federation import EXPIRES_SOON, Federation, now
from cloister.server.page.federation_metrics import federation_metrics
from cloister.server.server_audit import record
from cloister.study.audit_entry import Event, Role
from cloister.study.errors import CloisterError, MissingFileError
from cloister.study.web.accounts import User
from cloister.study.web.local_page import LocalPage, Tab, Values
from cloister.study.web.oidc_settings import OidcSettings

_LATEST_ENTRIES = 500


def coordinator_page(federation: Federation, port: int, oidc: OidcSettings | None = None) -> LocalPage:
    """The page of a coordinator's server; its own accounts sign people in where no provider does."""

    def note(event: Event, *, by: str | None, role: Role | None, subject: str | None) -> None:
        record(federation.server, event, now(), by=by, role=role, subject=subject)

    page = LocalPage(
        federation.server.config.name,
        "coordinator",
        federation.folder,
        port,
        __package__ or "",
        (Tab("/", "Federation"), Tab("/releases", "Evidence"), Tab("/audit", "Audit log", "operator")),
        lambda: federation_metrics(federation, now()),
        note,
        oidc,
    )

    def overview(_values: Values, _account: User) -> Mapping[str, Any]:
        return overview_of(federation)

    def study(values: Values, _account: User) -> Mapping[str, Any]:
        row = federation.study(values["key"])
        if row is None:
            raise MissingFileError(values["key"], "study", "Go back to the overview.")
        metric = row.study.evaluation.metric
        history = row.progress.history if row.progress else ()
        drawn = curve(history, metric, row.study.rounds)
        return {"title": row.study.name, "row": row, "metric": metric, "curve": drawn, "live": True}

    def releases(_values: Values, _account: User) -> Mapping[str, Any]:
        found, broken = federation.releases()
        return {"title": "Evidence", "releases": found, "broken": broken, "folder": federation.folder / "releases"}

    def audit(_values: Values, _account: User) -> Mapping[str, Any]:
        entries = federation.entries()
        return {"title": "Audit log", "entries": entries[: -_LATEST_ENTRIES - 1 : -1], "all": len(entries)}

    page.show("/", "overview.html", overview)
    page.show("/studies/{key}", "study.html", study)
    page.show("/releases", "releases.html", releases)
    page.show("/audit", "audit.html", audit, "operator")
    return page


def overview_of(federation: Federation) -> dict[str, Any]:
    """What the first view shows."""
    at = now()
    certificate = None
    with suppress(CloisterError):
        certificate = federation.certificate_until(at)
    studies, broken = federation.studies()
    return {
        "title": "Federation",
        "live": True,
        "certificate": certificate,
        "certificate_soon": certificate is None or certificate - at < EXPIRES_SOON,
        "sites": federation.sites(at),
        "studies": studies,
        "broken": broken,
        "entries": len(federation.entries()),
    }
