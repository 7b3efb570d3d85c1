"""Which of a site's registered datasets a study trains on, and what is said of them to whoever decides on it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cloister.client.site_folder import SiteFolder
from cloister.study.dataset import Manifest, check_columns, read_manifest
from cloister.study.errors import CloisterError, DataError
from cloister.study.printable import printable
from cloister.study.schema import Study


def fitting_datasets(site: SiteFolder, study: Study, manifests: Mapping[Path, Manifest]) -> list[Path]:
    """The datasets of the study's collection that have a kind of table that it needs.

    Args:
        site: the opened site.
        study: the study that asks.
        manifests: folder -> manifest of every registered dataset.

    Raises:
        DataError: no dataset has a kind of table that the study needs, several collections fit, or a table that would
            be read lacks a column.
    """
    needed = study.data.columns
    fitting = {
        folder: manifest
        for folder, manifest in manifests.items()
        if study.data.collection in {None, manifest.collection}
        and any(table.kind in needed for table in manifest.tables)
    }
    tables = [(folder, table) for folder in fitting for table in fitting[folder].tables if table.kind in needed]
    missing = needed.keys() - {table.kind for _, table in tables}
    if missing:
        raise DataError(
            f"{site.config.name} has no dataset with {min(missing)} for study {study.name}.",
            f"De-identify one and register its folder under `datasets` in {site.folder / 'site.toml'}.",
        )
    collections = {manifest.collection for manifest in fitting.values()}
    if len(collections) > 1:
        raise DataError(
            f"Several collections fit study {study.name}: {', '.join(sorted(collections))}.",
            "Name one in the study's data.collection: the same patient has different keys in different collections.",
        )
    for folder, table in tables:
        check_columns(folder, table, needed[table.kind])
    return list(fitting)


def summarise_data(site: SiteFolder, study: Study) -> list[str]:
    """Lines that say which datasets the study would train on here, or why it cannot. By their manifests alone."""
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
    """Refuse a study that the policy allows, and that could not train here. By manifests alone.

    Raises:
        CloisterError: no registered dataset fits, or one cannot be read.
    """
    try:
        _trained_on(site, study)
    except CloisterError as problem:
        message = f"The policy allows this study, but it CANNOT TRAIN HERE: {printable(problem.message)}"
        raise CloisterError(message, problem.remedy) from None


def _trained_on(site: SiteFolder, study: Study) -> dict[Path, Manifest]:
    try:
        manifests = {folder: read_manifest(folder) for folder in site.datasets}
    except OSError as problem:
        message, remedy = f"{problem.filename}: {problem.strerror}.", "See to it that datasets are readable folders."
        raise DataError(message, remedy) from None
    return {folder: manifests[folder] for folder in fitting_datasets(site, study, manifests)}
