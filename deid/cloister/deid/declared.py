"""Datasets that came de-identified from elsewhere: public research tables, for instance.

Cloister did not clean them and does not claim so: their certificate says `declared`, and by whom. Patient ids are
replaced by keyed pseudonyms all the same, so that the ledger knows the patients and the dataset names none.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cloister.deid.certification import check_collection, input_digest
from cloister.deid.dataset_folder import finished, new_dataset
from cloister.deid.quarantine import Quarantine
from cloister.study.dataset import Certificate, Engine, Kind, Table, build_manifest, write_certified
from cloister.study.errors import DataError
from cloister.study.keys import SiteKey
from cloister.study.population import ledger_id, patient_key, write_population

if TYPE_CHECKING:
    import pyarrow as pa

PATIENT_COLUMN = "patient_id"
_DECLARED = Engine(name="declared", version="1", profile="as-published")


def write_declared_dataset(
    output: Path,
    kind: Kind,
    table: pa.Table,
    *,
    site_key: SiteKey,
    collection: str,
    statement: str,
    issuer: str = "",
) -> Certificate:
    """Write a dataset folder from a table that somebody declares de-identified.

    Args:
        output: the dataset folder to write. One that is finished and came from the same table is not redone.
        kind: the kind of table.
        table: the rows, with a column `patient_id`; all other columns are kept as they are.
        site_key: the site's secret.
        collection: the collection that the table belongs to.
        statement: origin, licence and who vouches; it becomes part of the certificate.
        issuer: issuer of the patient ids.

    Raises:
        DataError: the table has no rows, no `patient_id`, or a row without one; or the statement is empty.
        InputError: the collection's name is not one, or `output` holds something else.
    """
    check_collection(collection)
    _check(table, statement)
    digest = input_digest(site_key, collection, kind, issuer, statement, _content(table))
    done = finished(output, site_key, digest)
    if done is not None:
        return done
    ids = [str(value) for value in table[PATIENT_COLUMN].to_pylist()]
    keys = {value: patient_key(site_key, collection, issuer, value) for value in set(ids)}
    rows = table.drop_columns([PATIENT_COLUMN]).append_column("patient_key", [[keys[value] for value in ids]])
    with new_dataset(output) as folder:
        import pyarrow.parquet as pq

        pq.write_table(rows, folder / f"{kind}.parquet")
        Quarantine().write(folder)
        members = {key: ledger_id(site_key, issuer, value) for value, key in keys.items()}
        write_population(folder, site_key, collection, members)
        written = Table(
            kind=kind,
            file=f"{kind}.parquet",
            rows=rows.num_rows,
            patients=len(members),
            columns=tuple(rows.column_names),
        )
        manifest = build_manifest(folder, collection, (written,))
        certificate = Certificate(
            collection=collection,
            basis="declared",
            engine=_DECLARED,
            created=datetime.now(UTC).replace(microsecond=0),
            manifest_sha256="0" * 64,
            records_in=rows.num_rows,
            records_out=rows.num_rows,
            quarantined={},
            findings={},
            known_identifiers_checked=0,
            known_identifiers_surviving=0,
            statement=statement,
            input_digest=digest,
        )
        return write_certified(folder, manifest, certificate, site_key)


def _check(table: pa.Table, statement: str) -> None:
    if not statement.strip():
        raise DataError("A declared dataset needs a statement.", "Say where it is from and who vouches for it.")
    if PATIENT_COLUMN not in table.column_names:
        raise DataError(
            f"The table has no column {PATIENT_COLUMN!r}; it has {', '.join(table.column_names)}.",
            "Name the column that tells patients apart.",
        )
    if not table.num_rows:
        raise DataError("The table has no rows.", "A site without patients cannot take part.")
    for row, value in enumerate(table[PATIENT_COLUMN].to_pylist(), start=1):
        if value is None or not str(value).strip():
            raise DataError(f"Row {row}: no {PATIENT_COLUMN}.", "Every row belongs to a patient.")


def _content(table: pa.Table) -> str:
    """The table's rows as a digest's input; the digest is keyed, so this never leaves memory."""
    import hashlib

    digest = hashlib.sha256(str(table.schema).encode())
    for column in table.columns:
        digest.update(repr(column.to_pylist()).encode())
    return digest.hexdigest()
