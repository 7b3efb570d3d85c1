"""A site's audit log: `audit.sqlite` in its folder (`study/audit_log.py` has the rules)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from cloister.client.site_folder import SiteFolder
from cloister.study.audit_entry import AuditEntry, Event
from cloister.study.audit_log import AuditLog

LOG_FILE = "audit.sqlite"


def log_of(site: SiteFolder) -> AuditLog:
    """The log of an opened site."""
    return AuditLog(site.folder / LOG_FILE, site.key, site.anchors, begun=_has_begun(site))


def _has_begun(site: SiteFolder) -> bool:
    """Requests, acceptances and approvals are logged before they are written: with one of them, there is a log.

    Who removes them together with the log stops the site: it works for nobody without enrolment and approval.
    """
    return any(site.approvals.glob("*.json")) or any(site.enrolment.glob("*.json"))


def record(site: SiteFolder, event: Event, now: datetime, **fields: Any) -> None:
    """Log what happened at a site; `fields` are those of `AuditEntry`.

    Raises:
        AuditLogError: it cannot be written: what was to be done must not be done.
    """
    log_of(site).append(AuditEntry(event=event, at=now, **fields))


def policy_sha256(site: SiteFolder) -> str:
    """SHA-256 of the policy file as it is now."""
    return hashlib.sha256((site.folder / site.config.policy).read_bytes()).hexdigest()
