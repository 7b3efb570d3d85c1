"""When a round may begin at this site: not while it is paused or being stopped, in its hours, with room on the disk.

A round that has begun is finished at any time: who gives it up half way costs every other site its masks. So a round
for which this site has trained goes on whenever its coordinator comes, but is not trained for again. One of which only
other messages were answered, such as for keys, has begun for as long as the exchanges up to its training may take, and
only while no other round of the study began after it: keys given ahead do not open a site that was paused since.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime, time
from typing import Final

from cloister.client import run_control
from cloister.client.site_audit import log_of
from cloister.client.site_folder import SiteFolder
from cloister.study.audit_entry import AuditEntry
from cloister.study.audit_log import AuditLog
from cloister.study.errors import DiskFullError, OutsideWindowError, SitePausedError

GIB = 2**30
_EXCHANGES: Final = 3
"""Up to the training of a round: for keys, for shares, and with the model."""


def check_may_begin(
    site: SiteFolder, asked: AuditEntry, now: datetime, timeout: float, *, trains: bool = False
) -> None:
    """Refuse a message that would begin a round now.

    Args:
        site: the opened site.
        asked: the entry that an answer to it would get.
        now: the time, with its zone.
        timeout: seconds that each of the study's exchanges waits.
        trains: whether it would be trained for it; a message may also get the answer that was kept.

    Raises:
        SitePausedError, OutsideWindowError, DiskFullError: as the names say.
    """
    if _goes_on(log_of(site), asked, now, _EXCHANGES * timeout, trains):
        return
    if run_control.is_paused(site.folder):
        raise SitePausedError(f"{site.config.name} is paused.", "`cloister site resume` ends it.")
    if run_control.is_stopping(site.folder):
        raise SitePausedError(f"{site.config.name} is being stopped.", "`cloister site run` starts it again.")
    windows = site.config.run.windows
    if not is_open(windows, now.astimezone().time()):
        raise OutsideWindowError(f"Rounds begin at {site.config.name} in {', '.join(windows)}.", "Wait until then.")
    check_room(site)


def is_open(windows: Sequence[str], local: time) -> bool:
    """Whether a local time lies in one of the windows, `22:00-06:00`; equal ends are the whole day; always if none."""
    return not windows or any(_holds(window, local) for window in windows)


def check_room(site: SiteFolder) -> None:
    """Refuse to work on a disk that is nearly full.

    Raises:
        DiskFullError: less is free than the site keeps.
    """
    free, kept = shutil.disk_usage(site.folder).free / GIB, site.config.run.free_disk_gib
    if free < kept:
        raise DiskFullError(
            f"{site.folder}: {free:.1f} GiB are free, and run.free_disk_gib = {kept:g}.", "Make room on the disk."
        )


def _goes_on(log: AuditLog, asked: AuditEntry, now: datetime, longest: float, trains: bool) -> bool:
    """Whether a message is of a round that has begun."""
    answers = log.alike(asked)
    if not answers:
        return False
    if any(answer.get("kind") == "train" for answer in answers):
        return not trains
    latest = log.latest("answered", study_sha256=asked.study_sha256, of_round=True) or {}
    if (latest.get("run"), latest.get("round")) != (asked.run, asked.round):
        return False
    return (now - datetime.fromisoformat(answers[0]["at"])).total_seconds() <= longest


def _holds(window: str, local: time) -> bool:
    begin, end = (time.fromisoformat(part) for part in window.split("-"))
    if begin < end:
        return begin <= local < end
    return local >= begin or local < end
