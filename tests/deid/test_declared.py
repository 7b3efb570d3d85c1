"""Datasets that came de-identified from elsewhere."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cloister.deid.declared import read_csv, write_declared_dataset
from cloister.study.dataset import verify_dataset
from cloister.study.errors import DataError, InputError
from cloister.study.keys import SiteKey
from cloister.study.population import patient_key, read_population

TABLE = pa.table({"patient_id": ["7", "7", "8"], "age": [63.0, 64.0, 41.0], "label": [0, 1, 0]})


def test_patient_ids_become_keys_and_the_certificate_says_declared(tmp_path: Path, site_key: SiteKey) -> None:
    certificate = write_declared_dataset(
        tmp_path / "d", "table", TABLE, site_key=site_key, collection="heart", statement="UCI, CC BY 4.0"
    )
    manifest, read = verify_dataset(tmp_path / "d", site_key)
    assert read == certificate
    assert (certificate.basis, certificate.statement) == ("declared", "UCI, CC BY 4.0")
    written = pq.read_table(tmp_path / "d" / "table.parquet")
    key = patient_key(site_key, "heart", "", "7")
    assert written.column_names == ["patient_key", "age", "label"]
    assert written["patient_key"].to_pylist()[:2] == [key, key]
    assert set(read_population(tmp_path / "d", site_key, "heart")) == set(written["patient_key"].to_pylist())
    assert (manifest.tables[0].rows, manifest.tables[0].patients) == (3, 2)
    again = write_declared_dataset(
        tmp_path / "d", "table", TABLE, site_key=site_key, collection="heart", statement="UCI, CC BY 4.0"
    )
    assert again == certificate


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (TABLE.drop_columns(["patient_id"]), "no column"),
        (TABLE.slice(0, 0), "no rows"),
        (pa.table({"patient_id": ["7", None], "age": [63.0, 64.0]}), "row 2"),
        (pa.table({"patient_id": ["7", "8"]}), "no column beside 'patient_id'"),
        (TABLE.append_column("patient_key", pa.array(["a", "b", "c"])), "patient_key"),
    ],
)
def test_a_table_without_usable_patients_is_refused(
    tmp_path: Path, site_key: SiteKey, table: pa.Table, told: str
) -> None:
    with pytest.raises(DataError, match=told):
        write_declared_dataset(tmp_path / "d", "table", table, site_key=site_key, collection="c", statement="s")
    assert not (tmp_path / "d").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("Maria Kowalski,1951\nAnna Kowalski,1960\n", r"no column 'patient_id'.* 2 columns"),
        ("patient_id,text\n1,well\n2,Maria Kowalski,born,1951\n", "line 3 has 4 values, the first line 2"),
        ("patient_id,patient_id\nMaria Kowalski,2\n", "2 columns 'patient_id'"),
        ("", "not a CSV table"),
        ("patient_id,Kowalski \udcef\n1,2\n", "not a CSV table"),
    ],
)
def test_an_error_quotes_nothing_of_a_csv_file(tmp_path: Path, content: str, told: str) -> None:
    """Without a line of names, what stands in the place of names is the first patient."""
    path = tmp_path / "table.csv"
    path.write_text(content, errors="surrogateescape")
    with pytest.raises(DataError, match=told) as refused:
        read_csv(path)
    assert not {word for word in ("Kowalski", "Maria", "1951", "born") if word in str(refused.value)}
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


def test_somebody_has_to_vouch(tmp_path: Path, site_key: SiteKey) -> None:
    with pytest.raises(InputError, match="statement"):
        write_declared_dataset(tmp_path / "d", "table", TABLE, site_key=site_key, collection="c", statement=" ")
