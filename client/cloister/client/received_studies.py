"""Studies that came with a message and that nobody here has approved: filed where people look for studies.

The message is refused all the same. What is filed is in the folder that `page/waiting_studies.py` reads, beside what
people put there themselves, and is opened like it. Only what this site's coordinator signed, for this site and for now,
is filed; the oldest makes room, so that a coordinator cannot fill the disk.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import datetime
from typing import Final

from cloister.client.approvals import is_withdrawn
from cloister.client.received_bundle import signed_study_in
from cloister.client.signed_studies import open_signed_study
from cloister.client.site_folder import STUDIES, SiteFolder
from cloister.study import atomic

MOST: Final = 16
"""Studies that are kept, of at most 1 MiB each (`received_bundle.py`)."""
_PREFIX: Final = "received-"

log = logging.getLogger("cloister.site")


def file_study(site: SiteFolder, bundle: bytes, sha256: str, now: datetime) -> None:
    """File the study of a bundle, unless people here have withdrawn their approval. What fails at the disk is logged.

    Args:
        site: the opened site.
        bundle: the run's Flower bundle.
        sha256: the hash under which Flower runs it.
        now: the time, with its zone.

    Raises:
        CloisterError: it is not one that could be approved here; as `admit_bundle` says.
    """
    content = signed_study_in(bundle, sha256)
    _, study = open_signed_study(site, content, now)
    if is_withdrawn(site, study.sha256):
        return
    path = site.folder / STUDIES / f"{_PREFIX}{study.sha256}.json"
    try:
        if path.exists() and path.read_bytes() == content:
            return
        atomic.write_bytes(path, content)
        others = sorted(path.parent.glob(f"{_PREFIX}*.json"), key=lambda other: other.stat().st_mtime_ns)
        for old in others[:-MOST]:
            with suppress(FileNotFoundError):
                old.unlink()
    except OSError as problem:
        log.error("the study could not be filed: %s", problem.strerror)
        return
    log.warning("filed as %s: `cloister site approve` shows it, and so does the site's page", path)
