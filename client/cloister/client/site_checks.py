"""What has to hold before a site's node starts; each failure says what to do.

In this order: the clock; room on the disk; the audit log and the privacy ledger verify; the enrolment holds; every
registered dataset is as it was certified. One that the policy does not let be used, for its age for instance, is said:
the studies that would train on it are refused when they ask (`guard.py`), and others go on.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path

from cloister.client.enrolment import read_enrolment
from cloister.client.recorded_clock import check_clock
from cloister.client.site_folder import SiteFolder
from cloister.client.verified_datasets import VerifiedDatasets
from cloister.client.work_gate import check_room
from cloister.privacy.ledger import Ledger
from cloister.study.dataset import Certificate, Manifest
from cloister.study.errors import RefusedByPolicyError
from cloister.study.policy import check_certificate

EXPIRES_SOON = timedelta(days=30)

log = logging.getLogger("cloister.site")


def check_site(site: SiteFolder, now: datetime, datasets: VerifiedDatasets | None = None) -> None:
    """Check everything the module's text lists; what will soon need somebody is logged.

    Args:
        site: the opened site.
        now: the time, with its zone.
        datasets: what was verified before, and need not be hashed again if it is as it was.

    Raises:
        ClockError: the clock shows a time before the audit log's.
        CloisterError: others, as the kind of fault is.
    """
    check_clock(site, now)
    check_room(site)
    with Ledger.open(site.ledger, site.key, site.anchors) as book:
        book.verify()
    enrolment = read_enrolment(site, now)
    datasets = datasets or VerifiedDatasets()
    for folder in site.datasets:
        manifest, certificate = datasets.verify(folder, site.key, now)
        _warn_of(site, folder, manifest, certificate, now)
    if enrolment.expires - now < EXPIRES_SOON:
        days = (enrolment.expires - now).days
        log.warning("the enrolment runs out in %d days: `cloister site request` renews it", days)
    if not site.datasets:
        log.warning("no dataset is registered: every study will be refused")


def _warn_of(site: SiteFolder, folder: Path, manifest: Manifest, certificate: Certificate, now: datetime) -> None:
    """Say what somebody has to know of a dataset; nothing if it may be used, and for some time."""
    kinds = {table.kind for table in manifest.tables}
    try:
        check_certificate(certificate, site.policy, now, kinds=kinds)
    except RefusedByPolicyError as problem:
        log.warning("%s: studies that train on it are refused: %s", folder, problem.message)
        return
    try:
        check_certificate(certificate, site.policy, now + EXPIRES_SOON, kinds=kinds)
    except RefusedByPolicyError:
        oldest = site.policy.certificates.oldest_days
        log.warning("%s: soon older than certificates.oldest_days = %d: de-identify it again before", folder, oldest)
