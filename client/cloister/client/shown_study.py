"""What people who decide on a study read: the same at the command line and on the page."""

from __future__ import annotations

from cloister.client.approvals import decisions
from cloister.client.data_for_study import DataForStudy
from cloister.client.site_folder import SiteFolder
from cloister.client.study_summary import summarise, summarise_signature
from cloister.study.printable import printable
from cloister.study.schema import Study
from cloister.study.signed_study import SignedStudy


def lines_of(site: SiteFolder, study: Study, signed: SignedStudy | None, data: DataForStudy) -> list[str]:
    """What it asks for, what it would train on here, who signed it, and what was decided here so far.

    Args:
        site: the opened site.
        study: the study.
        signed: the coordinator's document that holds it; None if it came without one.
        data: what it would train on here.

    Raises:
        StudyError: the study's privacy target cannot be met.
    """
    origin = ["  Signed     by nobody: this is not the document that a coordinator submits"]
    if signed is not None:
        origin = summarise_signature(signed)
    decided = [
        f"  {'Decided' if number == 0 else '':<10} {printable(said)}"
        for number, said in enumerate(decisions(site, study.sha256))
    ]
    return [*summarise(study), *data.lines, *origin, *decided]
