"""Studies that a coordinator signed for this site, as files in the folder `studies/` of the site's folder.

Whoever gets `signed-study.json` from the coordinator puts it there; nothing happens by that. Each is opened as
`cloister site check` opens it: the coordinator of the enrolment signed it, for this site, this version and this time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cloister.client.approvals import check_approval, is_withdrawn
from cloister.client.data_for_study import data_for
from cloister.client.planning import plan_at_site
from cloister.client.shown_study import lines_of
from cloister.client.signed_studies import open_signed_study
from cloister.client.site_folder import STUDIES, SiteFolder
from cloister.study.errors import CloisterError, NotApprovedError, StudySignatureError
from cloister.study.policy import check_study
from cloister.study.schema import Study
from cloister.study.signed_study import SignedStudy

LARGEST_STUDY = 4 * 1024 * 1024
"""Bytes of a signed study."""


@dataclass(frozen=True)
class Waiting:
    """One signed study."""

    site: SiteFolder
    file: str
    study: Study
    signed: SignedStudy
    approved: bool
    withdrawn: bool
    """Whether it was approved before, and is no more."""
    refusal: str
    """Why the policy does not allow it; empty if it does."""

    @property
    def awaits(self) -> bool:
        """Whether somebody here can decide on it now, and nobody has."""
        return not self.approved and not self.withdrawn and not self.refusal

    @property
    def summary(self) -> list[str]:
        """Lines in plain words, as `cloister site check` says it.

        Raises:
            StudyError: the study's privacy target cannot be met.
        """
        return lines_of(self.site, self.study, self.signed, data_for(self.site, self.study))


@dataclass(frozen=True)
class Unusable:
    """A file that is not a study for this site, and why."""

    file: str
    problem: str


def studies_in(site: SiteFolder, now: datetime) -> tuple[list[Waiting], list[Unusable]]:
    """All files of the folder, in the order of their names."""
    found: list[Waiting] = []
    unusable: list[Unusable] = []
    for path in sorted((site.folder / STUDIES).glob("*.json")):
        try:
            waiting = _open(site, path, now)
        except CloisterError as problem:
            unusable.append(Unusable(path.name, problem.message))
        except OSError as problem:
            unusable.append(Unusable(path.name, f"{path.name}: cannot be read: {problem.strerror}."))
        else:
            if waiting.study.sha256 not in {one.study.sha256 for one in found}:
                found.append(waiting)
    return found, unusable


def study_of(site: SiteFolder, sha256: str, now: datetime) -> Waiting:
    """One of them, by the study's SHA-256.

    Raises:
        NotApprovedError: there is none, or it is not one that this site could approve now.
    """
    for waiting in studies_in(site, now)[0]:
        if waiting.study.sha256 == sha256:
            return waiting
    raise NotApprovedError(
        "There is no signed study with this SHA-256 here.", f"Put the coordinator's file into {site.folder / STUDIES}."
    )


def _open(site: SiteFolder, path: Path, now: datetime) -> Waiting:
    if not path.is_file():  # a pipe would be waited for
        raise StudySignatureError(f"{path.name}: not a file.", "Remove it.")
    with path.open("rb") as file:
        content = file.read(LARGEST_STUDY + 1)
    if len(content) > LARGEST_STUDY:
        raise StudySignatureError(f"{path.name}: too large to be a signed study.", "Remove it.")
    signed, study = open_signed_study(site, content, now)
    approved = _is_approved(site, study)
    withdrawn = not approved and is_withdrawn(site, study.sha256)
    return Waiting(site, path.name, study, signed, approved, withdrawn, _refusal(site, study))


def _is_approved(site: SiteFolder, study: Study) -> bool:
    try:
        check_approval(site, study)
    except NotApprovedError:
        return False
    return True


def _refusal(site: SiteFolder, study: Study) -> str:
    try:
        check_study(study, site.policy)
        plan_at_site(study, site.policy)
    except CloisterError as problem:
        return problem.message
    return ""
