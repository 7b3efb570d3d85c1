"""Approvals: nothing starts work at a site but a study that somebody there approved by its SHA-256."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime

from cloister.client.planning import plan_at_site
from cloister.client.site_folder import SiteFolder
from cloister.study import atomic
from cloister.study.canonical import canonical_json
from cloister.study.errors import NotApprovedError
from cloister.study.policy import check_study
from cloister.study.schema import Study


def approve(site: SiteFolder, study: Study, approved_by: str) -> None:
    """Record that a person approves a study, signed with the site key.

    Raises:
        RefusedByPolicyError: the site's policy does not allow the study.
        StudyError: its target epsilon cannot be met.
    """
    check_study(study, site.policy)
    plan_at_site(study, site.policy)
    record = {
        "schema_version": 1,
        "study_sha256": study.sha256,
        "study_name": study.name,
        "approved_by": approved_by,
        "approved_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    atomic.write_json(site.approvals / f"{study.sha256}.json", {**record, "signature": _sign(site, record)})


def check_approval(site: SiteFolder, study: Study) -> None:
    """Refuse a study without a valid approval.

    Raises:
        NotApprovedError: there is no approval of exactly this study, or its signature is not this site's.
    """
    path = site.approvals / f"{study.sha256}.json"
    remedy = f"Read the study, then `cloister site approve STUDY.toml --site {site.folder}`."
    try:
        record = json.loads(path.read_bytes())
        signature = record.pop("signature")
        valid = hmac.compare_digest(str(signature), _sign(site, record)) and record["study_sha256"] == study.sha256
    except FileNotFoundError:
        message = f"Study {study.name} ({study.sha256[:12]}…) is not approved at {site.config.name}."
        raise NotApprovedError(message, remedy) from None
    except (ValueError, KeyError, AttributeError, TypeError):
        valid = False
    if not valid:
        raise NotApprovedError(f"{path}: not a valid approval of this study.", remedy)


def _sign(site: SiteFolder, record: dict[str, object]) -> str:
    message = b"cloister/v1/approval\n" + canonical_json(record)
    return base64.b64encode(hmac.digest(site.key.subkey("approval"), message, hashlib.sha256)).decode()
