"""Which study a coordinator's bundle may start at this site.

In this order, and nothing of the bundle is ever imported: the site is enrolled; the bundle is read in memory; the
coordinator of the enrolment signed the study; it is for this version, this time and this site (`signed_study.py`); it
was started without settings of its own; a person here approved it; the policy allows it. Then, for every message: it
asks for exactly this study.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib import metadata

from cloister.client.approvals import check_approval
from cloister.client.enrolment import read_enrolment
from cloister.client.received_bundle import signed_study_in
from cloister.client.site_folder import SiteFolder
from cloister.study.errors import OtherStudyError, RunConfigError
from cloister.study.policy import check_study
from cloister.study.schema import Study
from cloister.study.signed_study import SignedStudy


def open_signed_study(site: SiteFolder, content: bytes, now: datetime) -> tuple[SignedStudy, Study]:
    """A study that this site's coordinator signed for it, and for now; whoever looks at it has not approved it yet.

    Raises:
        EnrolmentError: the site is not enrolled.
        StudySignatureError, OtherStudyError, VersionRefusedError, ExpiredStudyError, NotOnRosterError: as in
            `signed_study.py`.
    """
    enrolment = read_enrolment(site, now)
    signed, study = SignedStudy.open(content, enrolment.coordinator.public_key)
    identity = site.key.identity.public_key().public_bytes_raw().hex()
    signed.check_use(study, site.config.name, identity, metadata.version("cloister"), now)
    return signed, study


def admit_bundle(site: SiteFolder, bundle: bytes, sha256: str, overrides: Mapping[str, object], now: datetime) -> Study:
    """The study that a run may work on here.

    Args:
        site: the opened site.
        bundle: the run's Flower bundle.
        sha256: the hash under which Flower runs it.
        overrides: settings that the run was started with.
        now: the time, with its zone.

    Raises:
        BundleError, CodeInBundleError: the bundle is not what Cloister makes.
        RunConfigError: the run was started with settings of its own.
        NotApprovedError: nobody here approved the study.
        RefusedByPolicyError: the policy does not allow it.
        CloisterError: others, as `open_signed_study` says.
    """
    _, study = open_signed_study(site, signed_study_in(bundle, sha256), now)
    if overrides:
        raise RunConfigError(
            f"The run of study {study.name} was started with {len(overrides)} settings beside the study's.",
            "The coordinator starts it without `--run-config`.",
        )
    check_approval(site, study)
    check_study(study, site.policy)
    return study


def check_asked_for(study: Study, asked: object) -> None:
    """Refuse a message that asks for another study than the admitted one.

    Args:
        study: the admitted study.
        asked: the study in the message, as canonical JSON.

    Raises:
        OtherStudyError: it is another one, or none.
    """
    if not isinstance(asked, str) or asked != study.canonical:
        raise OtherStudyError(
            f"A message asks for another study than {study.name} ({study.sha256[:12]}…), which was signed.",
            "Nothing ran. Report it to those responsible.",
        )
