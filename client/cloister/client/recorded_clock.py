"""The machine's clock against the audit log: enrolments, studies and certificates hold by what the clock shows.

A clock behind the newest entry is wrong, or was ahead when that entry was written: after a power cut, for instance,
until the time was set by the network. Which of the two, nothing here can tell, and entries are never removed. So a
person says it; that is an entry itself, and times are compared from it on.
"""

from __future__ import annotations

from datetime import datetime

from cloister.client.site_audit import log_of, record
from cloister.client.site_folder import SiteFolder
from cloister.study.audit_entry import person
from cloister.study.enrolment import CLOCKS_DIFFER_BY
from cloister.study.errors import ClockError, InputError


def check_clock(site: SiteFolder, now: datetime) -> None:
    """Refuse a clock that is behind the log; every entry is verified.

    Raises:
        ClockError: it is, by more than clocks differ.
        AuditLogError: the log was altered.
    """
    newest = _newest(site)
    if newest is not None and now < newest - CLOCKS_DIFFER_BY:
        raise ClockError(
            f"The clock shows {now:%Y-%m-%d %H:%M} UTC, and the audit log has an entry of {newest:%Y-%m-%d %H:%M}.",
            "If the clock is wrong, set it, and have it kept by NTP. If it is right, and was ahead when that entry was "
            "written, say so: `cloister site audit --accept-clock --by NAME`.",
        )


def accept_clock(site: SiteFolder, by: str, now: datetime) -> datetime:
    """Put on record that the clock is right and the log is ahead; returns the time of the entry that is furthest.

    Raises:
        InputError: no entry is ahead, or the name cannot stand in the log.
        AuditLogError: the log was altered, or cannot be written.
    """
    newest = _newest(site)
    if newest is None or newest <= now:
        raise InputError(f"No entry of the audit log is ahead of {now:%Y-%m-%d %H:%M} UTC.", "Start the site.")
    record(site, "clock-accepted", now, by=person(by), until=newest)
    return newest


def _newest(site: SiteFolder) -> datetime | None:
    """The latest time on record since a clock was accepted last."""
    newest: datetime | None = None
    for entry in log_of(site).entries():
        at = datetime.fromisoformat(entry["at"])
        newest = at if newest is None or entry["event"] == "clock-accepted" else max(newest, at)
    return newest
