"""Which of a site's registered datasets a study trains on."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cloister.client.site_folder import SiteFolder
from cloister.study.dataset import Manifest, check_columns
from cloister.study.errors import DataError
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
