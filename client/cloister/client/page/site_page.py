"""What is on the site's page, and for whom. What is decided here is done by the code of `cloister site approve`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cloister.client.approvals import approve, revoke_approval
from cloister.client.page.site_metrics import site_metrics
from cloister.client.page.site_state import SiteState, now
from cloister.client.page.waiting_studies import study_of
from cloister.client.site_audit import record
from cloister.client.site_folder import STUDIES
from cloister.study.audit_entry import Event, Role
from cloister.study.errors import InputError
from cloister.study.web.accounts import User
from cloister.study.web.local_page import LocalPage, Tab, Values
from cloister.study.web.oidc_settings import OidcSettings

_LATEST_ANSWERS = 300
_TABS = (
    Tab("/", "Site"),
    Tab("/studies", "Studies"),
    Tab("/ledger", "Ledger"),
    Tab("/left", "What left"),
    Tab("/data", "Data"),
)


def site_page(state: SiteState, port: int, oidc: OidcSettings | None = None) -> LocalPage:
    """The page of a site; its own accounts sign people in where no provider does."""

    def note(event: Event, *, by: str | None, role: Role | None, subject: str | None) -> None:
        record(state.site, event, now().replace(microsecond=0), by=by, role=role, subject=subject)

    page = LocalPage(
        state.site.config.name,
        "site",
        state.folder,
        port,
        __package__ or "",
        _TABS,
        lambda: site_metrics(state, now()),
        note,
        oidc,
    )

    def overview(_values: Values, _account: User) -> Mapping[str, Any]:
        return overview_of(state)

    def studies(_values: Values, _account: User) -> Mapping[str, Any]:
        found, unusable = state.studies(now())
        return {"title": "Studies", "found": found, "unusable": unusable, "folder": state.folder / STUDIES}

    def study(values: Values, _account: User) -> Mapping[str, Any]:
        found = study_of(state.site, values["sha256"], now())
        return {"title": found.study.name, "found": found}

    def ledger(_values: Values, _account: User) -> Mapping[str, Any]:
        return {"title": "Ledger", "statement": state.ledger()}

    def left(_values: Values, _account: User) -> Mapping[str, Any]:
        entries = state.answers()
        return {
            "title": "What left",
            "studies": state.left(),
            "entries": entries[: -_LATEST_ANSWERS - 1 : -1],
            "all": len(entries),
        }

    def data(_values: Values, _account: User) -> Mapping[str, Any]:
        held, unreadable = state.data()
        highest = state.site.policy.certificates.highest_residual_risk
        return {"title": "Data", "held": held, "unreadable": unreadable, "highest": highest}

    def approve_study(values: Values, fields: Values, account: User) -> str:
        site = state.site
        found = study_of(site, values["sha256"], now())
        if fields.get("compared") != "yes":
            raise InputError(
                "Nothing was approved: the SHA-256 was not compared.", "Compare it with the one the coordinator names."
            )
        approve(site, found.study, account.name)
        return f"/studies/{found.study.sha256}"

    def withdraw(values: Values, fields: Values, account: User) -> str:
        reason = fields.get("reason", "").strip()
        if not reason:
            raise InputError("Nothing was withdrawn: there is no reason.", "Say why; it is kept with the approval.")
        revoke_approval(state.site, values["sha256"], account.name, reason[:1000])
        return "/studies"

    page.show("/", "overview.html", overview)
    page.show("/studies", "studies.html", studies)
    page.show("/studies/{sha256}", "study.html", study)
    page.show("/ledger", "ledger.html", ledger)
    page.show("/left", "left.html", left)
    page.show("/data", "data.html", data)
    page.act("/studies/{sha256}/approve", approve_study)
    page.act("/studies/{sha256}/withdraw", withdraw)
    return page


def overview_of(state: SiteState) -> dict[str, Any]:
    """What the first view shows."""
    at = now()
    waiting, _ = state.studies(at)
    held, unreadable = state.data()
    until = state.enrolled_until()
    return {
        "title": "Site",
        "live": True,
        "health": state.health(),
        "paused": state.is_paused(),
        "statement": state.ledger(),
        "waiting": [study for study in waiting if study.awaits],
        "held": held,
        "unreadable": unreadable,
        "left": state.left(),
        "enrolled_until": until,
        "enrolled": until is not None and at <= until,
        "free": state.free_bytes(),
    }
