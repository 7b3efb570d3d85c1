"""What a study would train on at this site, or why it cannot, for whoever decides on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cloister.client.guard import admit_data
from cloister.client.site_folder import SiteFolder
from cloister.study.dataset import Manifest
from cloister.study.errors import CloisterError, DataError
from cloister.study.printable import printable
from cloister.study.schema import Study


@dataclass(frozen=True)
class DataForStudy:
    """The answer for one study at one moment."""

    lines: tuple[str, ...]
    problem: CloisterError | None
    """No registered dataset fits, one cannot be read, or the policy does not let it be used."""

    def check(self) -> None:
        """Refuse a study that the policy allows, and that could not train here.

        Raises:
            CloisterError: why it could not.
        """
        if self.problem is not None:
            message = f"The policy allows this study, but it CANNOT TRAIN HERE: {printable(self.problem.message)}"
            raise CloisterError(message, self.problem.remedy)


def data_for(site: SiteFolder, study: Study) -> DataForStudy:
    """Ask the registered datasets. Files are not hashed."""
    try:
        chosen = _trained_on(site, study)
    except CloisterError as problem:
        said = (f"  Data       CANNOT TRAIN HERE: {printable(problem.message)}", f"             {problem.remedy}")
        return DataForStudy(said, problem)
    first, *others = [
        f"{folder}: {table.rows} rows of {table.patients} patients"
        for folder, manifest in chosen.items()
        for table in manifest.tables
        if table.kind in study.data.columns
    ]
    return DataForStudy((f"  Data       {first}", *(f"             {line}" for line in others)), None)


def _trained_on(site: SiteFolder, study: Study) -> dict[Path, Manifest]:
    try:
        return admit_data(site, study, datetime.now(UTC))[0]
    except OSError as problem:
        message, remedy = f"{problem.filename}: {problem.strerror}.", "See to it that datasets are readable folders."
        raise DataError(message, remedy) from None
