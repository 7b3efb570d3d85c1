"""A public data set as each hospital of a study would have it, in files: to go through the guides with."""

from __future__ import annotations

from pathlib import Path

from cloister.simulation.federation import FOLDER_SOURCES
from cloister.study.errors import InputError
from cloister.study.schema import Study, SyntheticHospitals

HELDOUT_FILE = "heldout.csv"


def write_tables(study: Study, data: Path | None, output: Path) -> list[Path]:
    """Write `<site>.csv` for each site of the roster, and `heldout.csv` for the coordinator.

    Args:
        study: one whose simulation takes tables from a folder.
        data: that folder.
        output: where to write; made if it is not there.

    Returns:
        What was written, the held-out table last.

    Raises:
        InputError: the study is not one on tables, or no folder was given.
        MissingFileError, DataError: as the data source says.
    """
    import pyarrow.csv

    source = None if study.simulation is None else study.simulation.data
    if source is None or isinstance(source, SyntheticHospitals) or study.data.kind != "table":
        raise InputError(
            f"Study {study.name} does not simulate with public tables.",
            "Name one that does: examples/heart-disease.toml.",
        )
    if data is None:
        raise InputError(f"The data source {source.source!r} needs a folder of data.", "Name it with --data.")
    found = FOLDER_SOURCES[source.source](study, data, output)
    tables = {f"{site}.csv": found.sites[site].table for site in study.federation.sites}
    tables[HELDOUT_FILE] = found.heldout.table
    output.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        pyarrow.csv.write_csv(table, output / name)
    return [output / name for name in tables]
