"""An approval holds while both its file and the audit log say so: neither alone brings one back that was withdrawn."""

import re
import shutil
import sqlite3
from pathlib import Path

import pytest

from cloister.client import approvals
from cloister.client.approvals import approve, check_approval, decisions, is_withdrawn, revoke_approval
from cloister.client.data_for_study import data_for
from cloister.client.shown_study import lines_of
from cloister.client.site_audit import LOG_FILE, log_of
from cloister.client.site_folder import SiteFolder
from cloister.study.errors import AuditLogError, InputError, NotApprovedError
from cloister.study.schema import Study


def withdraw(site: SiteFolder, study: Study) -> None:
    revoke_approval(site, study.sha256, "Dr. A. Officer", "consent withdrawn")


def events(site: SiteFolder) -> list[str]:
    return [entry["event"] for entry in log_of(site).entries()]


def test_who_withdraws_a_second_time_is_told_who_did_it_and_when(site: SiteFolder, study: Study) -> None:
    withdraw(site, study)
    before = events(site)
    with pytest.raises(NotApprovedError, match=r"was withdrawn already, \d{4}-\S+, by Dr\. A\. Officer") as again:
        withdraw(site, study)
    assert "Nothing is left to do" in again.value.remedy
    assert events(site) == before
    for unknown in ("0000", ""):
        with pytest.raises(NotApprovedError, match="0 approved studies"):
            revoke_approval(site, unknown, "Dr. A. Officer", "consent withdrawn")


def full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_withdrawal_holds_though_its_file_could_not_be_written(
    site: SiteFolder, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("cloister.study.atomic.write_json", full)
        with pytest.raises(OSError, match="No space left"):
            withdraw(site, study)
    with pytest.raises(NotApprovedError, match="withdrawn"):
        check_approval(site, study)
    withdraw(site, study)
    with pytest.raises(NotApprovedError, match="was withdrawn already"):
        withdraw(site, study)


def test_a_withdrawal_holds_though_it_could_not_be_recorded(
    site: SiteFolder, study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unwritable(*_: object, **__: object) -> None:
        raise AuditLogError("audit.sqlite: disk I/O error.")

    with monkeypatch.context() as broken:
        broken.setattr(approvals, "record", unwritable)
        with pytest.raises(AuditLogError):
            withdraw(site, study)
    with pytest.raises(NotApprovedError, match="withdrawn"):
        check_approval(site, study)
    assert "approval-withdrawn" not in events(site)
    withdraw(site, study)
    assert events(site)[-1] == "approval-withdrawn"


def test_a_backup_of_the_approvals_undoes_no_withdrawal(site: SiteFolder, study: Study, tmp_path: Path) -> None:
    backup = shutil.copytree(site.approvals, tmp_path / "backup")
    withdraw(site, study)
    shutil.copytree(backup, site.approvals, dirs_exist_ok=True)
    with pytest.raises(NotApprovedError, match="withdrawn"):
        check_approval(site, study)
    withdraw(site, study)
    approve(site, study, "Dr. A. Officer")
    check_approval(site, study)


def test_an_approval_that_the_log_does_not_know_is_none(site: SiteFolder, study: Study) -> None:
    """Signed though it is: six years on its entry may be gone, and the study has long run out."""
    with sqlite3.connect(site.folder / LOG_FILE) as book:
        book.execute("DELETE FROM entries")
    book.close()
    with pytest.raises(NotApprovedError, match="audit log"):
        check_approval(site, study)


def test_why_an_approval_was_withdrawn_is_known_after_the_next_one(site: SiteFolder, study: Study) -> None:
    assert not is_withdrawn(site, study.sha256)
    withdraw(site, study)
    assert is_withdrawn(site, study.sha256)
    approve(site, study, "Dr. B. Officer")
    withdraw(site, study)
    approve(site, study, "Dr. C. Officer")
    assert not is_withdrawn(site, study.sha256)
    told = [re.sub(r" \S+ by ", " by ", said) for said in decisions(site, study.sha256)]
    assert told == [
        "approved by the tests", "withdrawn by Dr. A. Officer: consent withdrawn",
        "approved by Dr. B. Officer", "withdrawn by Dr. A. Officer: consent withdrawn", "approved by Dr. C. Officer",
    ]  # fmt: skip


def test_what_was_decided_cannot_forge_a_line(site: SiteFolder, study: Study) -> None:
    revoke_approval(site, study.sha256, "Dr. A. Officer", "x\n  Privacy    epsilon 0.001")
    shown = lines_of(site, study, None, data_for(site, study))
    assert "epsilon 0.001" in shown[-1]
    assert not any("\n" in line for line in shown)


def test_another_studys_decisions_are_its_own(site: SiteFolder, study: Study) -> None:
    other = Study.model_validate({**study.model_dump(), "name": "other"})
    approve(site, other, "Dr. A. Officer")
    withdraw(site, other)
    check_approval(site, study)


def test_a_name_that_cannot_be_recorded_withdraws_nothing(site: SiteFolder, study: Study) -> None:
    with pytest.raises(InputError, match="--by"):
        revoke_approval(site, study.sha256, "Dr. 1951", "consent withdrawn")
    check_approval(site, study)
