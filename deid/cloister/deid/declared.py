"""Datasets that came de-identified from elsewhere: public research data, for instance.

Nothing is cleaned. Patient ids are replaced by keys, the population is sealed, and the certificate says `declared`
with the statement of whoever vouches for the data; a site's policy may refuse such datasets.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from cloister.deid.certification import check_collection, input_digest
from cloister.deid.dataset_folder import finished, new_dataset
from cloister.deid.engine import DECLARED
from cloister.deid.quarantine import Quarantine
from cloister.study.dataset import Certificate, Table, build_manifest, write_certified
from cloister.study.errors import DataError, InputError, MissingFileError
from cloister.study.keys import SiteKey
from cloister.study.population import is_record_number, ledger_id, patient_key, write_population

if TYPE_CHECKING:
    import pyarrow as pa

PATIENT_COLUMN = "patient_id"


def write_declared_dataset(
    output: Path,
    kind: Literal["notes", "table"],
    table: pa.Table,
    *,
    site_key: SiteKey,
    collection: str,
    statement: str,
    issuer: str = "",
) -> Certificate:
    """Write a dataset folder from a table that is de-identified already.

    Args:
        output: the dataset folder to write. One that is finished and holds the same is not written again.
        kind: what the rows are.
        table: one row an example, with a column `patient_id` that the dataset replaces by `patient_key`.
        site_key: the site's secret.
        collection: the collection that the examples belong to.
        statement: where the data come from, under which licence, and who vouches that they identify nobody.
        issuer: who issued the patient ids.

    Returns:
        The dataset's certificate, whose basis is `declared`.

    Raises:
        InputError: there is no statement, or `output` holds something else.
        DataError: the table has no rows, no `patient_id` or nothing else, or rows whose patient is missing.
    """
    check_collection(collection)
    if not statement.strip():
        raise InputError("A declared dataset needs a statement.", "Say where the data come from and who vouches.")
    patients = _patients(table)
    digest = input_digest(site_key, collection, "declared", kind, _content_sha256(table), statement, issuer)
    done = finished(output, site_key, digest)
    if done is not None:
        return done
    keys = {patient: patient_key(site_key, collection, issuer, patient) for patient in dict.fromkeys(patients)}
    rows = _with_keys(table, [keys[patient] for patient in patients])
    with new_dataset(output) as folder:
        _write(rows, folder / f"{kind}.parquet")
        Quarantine().write(folder)
        members = {key: ledger_id(site_key, issuer, patient) for patient, key in keys.items()}
        write_population(folder, site_key, collection, members)
        entry = Table(
            kind=kind,
            file=f"{kind}.parquet",
            rows=rows.num_rows,
            patients=len(members),
            columns=tuple(rows.column_names),
        )
        manifest = build_manifest(folder, collection, (entry,))
        certificate = Certificate(
            collection=collection,
            basis="declared",
            engine=DECLARED,
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


def read_csv(path: Path) -> pa.Table:
    """A table with a header line from a CSV file. Patient ids stay text: `00482913` is not `482913`.

    Raises:
        MissingFileError: there is no such file.
        DataError: it is not a CSV table, or not one of patients.
    """
    import pyarrow as pa
    from pyarrow import csv

    if not path.is_file():
        raise MissingFileError(path)
    faults: list[str] = []

    def refuse(row: csv.InvalidRow) -> str:
        faults.append(f"line {row.number} has {row.actual_columns} values, the first line {row.expected_columns}")
        return "error"

    try:
        with path.open("rb") as raw:  # pyarrow takes no path that is not UTF-8
            table = csv.read_csv(
                raw,
                read_options=csv.ReadOptions(use_threads=False),  # with several, lines have no number
                parse_options=csv.ParseOptions(invalid_row_handler=refuse),
                convert_options=csv.ConvertOptions(column_types={PATIENT_COLUMN: pa.string()}),
            )
        table.column_names  # noqa: B018 (names that are not UTF-8 are an error here, not later)
    except (pa.ArrowInvalid, UnicodeDecodeError):  # its message quotes the line
        fault = faults[0] if faults else "not a CSV table"
        raise DataError(f"{path}: {fault}.", "Save it as CSV: UTF-8, commas, names of columns first.") from None
    _patients(table, str(path))
    return table


def _patients(table: pa.Table, name: str = "The table") -> list[str]:
    columns = table.column_names.count(PATIENT_COLUMN)
    if not columns:
        # Names are not quoted: where a file has none, its first patient stands in their place.
        raise DataError(
            f"{name} has no column {PATIENT_COLUMN!r} among its {table.num_columns} columns.",
            "Add it: one id a patient, below a first line with the names of all columns.",
        )
    if columns > 1:
        raise DataError(f"{name} has {columns} columns {PATIENT_COLUMN!r}.", "Leave one.")
    if "patient_key" in table.column_names:
        raise DataError(f"{name} has a column 'patient_key' already.", "Leave it out: keys are made here.")
    if table.num_columns == 1:
        raise DataError(f"{name} has no column beside {PATIENT_COLUMN!r}.", "Add what it says of the patients.")
    if not table.num_rows:
        raise DataError(f"{name} has no rows.", "A dataset needs at least one example.")
    patients = ["" if value is None else str(value) for value in table.column(PATIENT_COLUMN).to_pylist()]
    for row, patient in enumerate(patients, 1):
        if not is_record_number(patient):
            raise DataError(
                f"{name} has no {PATIENT_COLUMN} in row {row}, names of columns not counted.",
                "Give every row the id of its patient.",
            )
    return patients


def _with_keys(table: pa.Table, keys: list[str]) -> pa.Table:
    import pyarrow as pa

    kept = table.drop_columns([PATIENT_COLUMN]).replace_schema_metadata(None)
    return kept.add_column(0, "patient_key", pa.array(keys, pa.string()))


def _write(table: pa.Table, path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path, compression="zstd")


def _content_sha256(table: pa.Table) -> str:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    return sha256(sink.getvalue()).hexdigest()
