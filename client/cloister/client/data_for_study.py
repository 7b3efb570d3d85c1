"""What a study would train on at this site, or why it cannot, for whoever decides on it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from cloister.client.guard import admit_data
from cloister.client.site_folder import SiteFolder
from cloister.study.dataset import Manifest
from cloister.study.errors import CloisterError, DataError
from cloister.study.printable import printable
from cloister.study.schema import Study


def summarise_data(site: SiteFolder, study: Study) -> list[str]:
    """Lines that say which datasets the study would train on here, or why it cannot. Files are not hashed."""
    try:
        chosen = _trained_on(site, study)
    except CloisterError as problem:
        return [f"  Data       CANNOT TRAIN HERE: {printable(problem.message)}", f"             {problem.remedy}"]
    said = [
        f"{folder}: {table.rows} rows of {table.patients} patients"
        for folder, manifest in chosen.items()
        for table in manifest.tables
        if table.kind in study.data.columns
    ]
    return [f"  Data       {said[0]}", *(f"             {line}" for line in said[1:])]


def check_data(site: SiteFolder, study: Study) -> None:
    """Refuse a study that the policy allows, and that could not train here. Files are not hashed.

    Raises:
        CloisterError: no registered dataset fits, one cannot be read, or the policy does not let it be used.
    """
    try:
        _trained_on(site, study)
    except CloisterError as problem:
        message = f"The policy allows this study, but it CANNOT TRAIN HERE: {printable(problem.message)}"
        raise CloisterError(message, problem.remedy) from None


def _trained_on(site: SiteFolder, study: Study) -> dict[Path, Manifest]:
    try:
        return admit_data(site, study, datetime.now(UTC))[0]
    except OSError as problem:
        message, remedy = f"{problem.filename}: {problem.strerror}.", "See to it that datasets are readable folders."
        raise DataError(message, remedy) from None
