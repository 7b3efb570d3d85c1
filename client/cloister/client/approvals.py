"""Approvals: nothing starts work at a site but a study that somebody there approved by its SHA-256.

One file for each study, signed with the site key. Who withdraws an approval is recorded in the same file, so that it
tells what became of the study; approving it again keeps what was decided before. An approval holds only while the
newest entry of the audit log on that study is one, too: a file that comes back from a backup brings none back with it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cloister.client.planning import plan_at_site
from cloister.client.signed_record import read_record, write_record
from cloister.client.site_audit import log_of, policy_sha256, record
from cloister.client.site_folder import SiteFolder
from cloister.study.audit_entry import person
from cloister.study.errors import NotApprovedError
from cloister.study.policy import check_study
from cloister.study.schema import Study

_DECISION = ("approved_by", "approved_at", "revoked_by", "revoked_at", "reason")


def approve(site: SiteFolder, study: Study, approved_by: str) -> None:
    """Record that a person approves a study, signed with the site key.

    Raises:
        RefusedByPolicyError: the site's policy does not allow the study.
        StudyError: its target epsilon cannot be met.
        InputError: the name cannot stand in the audit log.
    """
    check_study(study, site.policy)
    plan_at_site(study, site.policy)
    now = _now()
    record(
        site,
        "study-approved",
        now,
        by=person(approved_by),
        study=study.name,
        study_sha256=study.sha256,
        sha256=policy_sha256(site),
    )
    approval: dict[str, object] = {
        "schema_version": 1,
        "study_sha256": study.sha256,
        "study_name": study.name,
        "approved_by": approved_by,
        "approved_at": now.isoformat(),
    }
    earlier = _decisions(_found(site, study.sha256))
    _write(site, {**approval, "earlier": earlier} if earlier else approval)


def revoke_approval(site: SiteFolder, study: str, revoked_by: str, reason: str) -> str:
    """Withdraw an approval: no message of that study is answered any more, nor the one in work.

    Args:
        site: the opened site.
        study: the study's SHA-256, or its first digits.
        revoked_by: who withdraws it.
        reason: why.

    Returns:
        The study's name.

    Raises:
        NotApprovedError: no approved study, or more than one, has a hash that begins so; or it was withdrawn already.
        InputError: the name cannot stand in the audit log.
    """
    records = [_read(site, path) for path in sorted(site.approvals.glob("*.json")) if path.stem.startswith(study)]
    approved = [found for found in records if found is not None and _may_hold(site, found)]
    withdrawn = [found for found in records if found is not None and not _may_hold(site, found)]
    if study and not approved and len(withdrawn) == 1:
        (found,) = withdrawn
        raise NotApprovedError(
            f"The approval of study {found['study_name']} was withdrawn already, {found['revoked_at']}, by "
            f"{found['revoked_by']}.",
            "Nothing is left to do: no message of it is answered.",
        )
    if len(approved) != 1 or not study:
        raise NotApprovedError(
            f"{study}: {len(approved)} approved studies have a SHA-256 that begins so.",
            f"Give the whole SHA-256; {site.approvals} holds the approvals.",
        )
    (approval,) = approved
    name, sha256, now, by = str(approval["study_name"]), str(approval["study_sha256"]), _now(), person(revoked_by)
    try:
        _write(site, {**approval, "revoked_by": by, "revoked_at": now.isoformat(), "reason": reason})
    finally:  # either alone ends the approval
        record(site, "approval-withdrawn", now, by=by, study=name, study_sha256=sha256)
    return name


def check_approval(site: SiteFolder, study: Study) -> None:
    """Refuse a study without a valid approval.

    Raises:
        NotApprovedError: there is no approval of exactly this study, its signature is not this site's, or it was
            withdrawn; by its file or by the audit log.
        AuditLogError: the audit log cannot be read.
    """
    path = site.approvals / f"{study.sha256}.json"
    remedy = f"Read the study, then `cloister site approve STUDY --site {site.folder}`."
    try:
        approval = _read(site, path)
    except FileNotFoundError:
        message = f"Study {study.name} ({study.sha256[:12]}…) is not approved at {site.config.name}."
        raise NotApprovedError(message, remedy) from None
    if approval is None:
        raise NotApprovedError(f"{path}: not a valid approval of this study.", remedy)
    if "revoked_at" in approval:
        raise NotApprovedError(
            f"The approval of study {study.name} was withdrawn, {approval['revoked_at']}, by {approval['revoked_by']}.",
            remedy,
        )
    decided = _decided(site, study.sha256)
    if decided is None:
        raise NotApprovedError(f"The audit log knows no approval of study {study.name}.", remedy)
    if decided["event"] != "study-approved":
        by = f"{decided['at']}, by {decided['by']}"
        raise NotApprovedError(f"The approval of study {study.name} was withdrawn, {by}, says the audit log.", remedy)


def decisions(site: SiteFolder, sha256: str) -> list[str]:
    """What was decided on a study at this site, in words, oldest first."""
    said = []
    for decision in _decisions(_found(site, sha256)):
        said.append(f"approved {decision['approved_at']} by {decision['approved_by']}")
        if "revoked_at" in decision:
            said.append(f"withdrawn {decision['revoked_at']} by {decision['revoked_by']}: {decision['reason']}")
    return said


def is_withdrawn(site: SiteFolder, sha256: str) -> bool:
    """Whether people here withdrew their approval of a study: by its file, or by the audit log."""
    found, decided = _found(site, sha256), _decided(site, sha256)
    return (found is not None and "revoked_at" in found) or (
        decided is not None and decided["event"] == "approval-withdrawn"
    )


def _decisions(approval: dict[str, Any] | None) -> list[dict[str, Any]]:
    """An approval's own decision, after those that it keeps."""
    if approval is None:
        return []
    return [*approval.get("earlier", []), {name: approval[name] for name in _DECISION if name in approval}]


def _found(site: SiteFolder, sha256: str) -> dict[str, Any] | None:
    try:
        return _read(site, site.approvals / f"{sha256}.json")
    except FileNotFoundError:
        return None


def _decided(site: SiteFolder, sha256: str) -> dict[str, Any] | None:
    """The audit log's newest entry of a decision on a study."""
    return log_of(site).latest("study-approved", "approval-withdrawn", study_sha256=sha256)


def _may_hold(site: SiteFolder, approval: dict[str, object]) -> bool:
    """Whether file or log still has an approval: what ended half way is withdrawn again."""
    decided = _decided(site, str(approval["study_sha256"]))
    return "revoked_at" not in approval or (decided is not None and decided["event"] == "study-approved")


def _read(site: SiteFolder, path: Path) -> dict[str, object] | None:
    """A record that this site signed; None if the file holds anything else."""
    approval = read_record(site, path, "approval")
    return approval if approval is not None and approval.get("study_sha256") == path.stem else None


def _write(site: SiteFolder, approval: dict[str, object]) -> None:
    write_record(site, site.approvals / f"{approval['study_sha256']}.json", "approval", approval)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)
