from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd  # type: ignore[import-untyped]
import pyarrow as pa
import pytest
from sklearn.model_selection import train_test_split

from cloister.simulation.sources.heart_disease import FEATURES, FILES, prepare
from cloister.simulation.sources.source_data import RawData
from cloister.study.errors import DataError, MissingFileError
from cloister.study.schema import Study

ALL = tuple(FILES)
Published = Callable[[str], Path]
MakeStudy = Callable[..., Study]


def table_of(data: RawData) -> pa.Table:
    assert data.table is not None
    return data.table


def values_of(table: pa.Table) -> np.ndarray:
    return np.column_stack([table[name].to_numpy() for name in FEATURES])


def test_split_has_the_published_sizes(published: Published, make_study: MakeStudy, tmp_path: Path) -> None:
    source = prepare(make_study("heart-disease", ALL), published("fed_heart_disease"), tmp_path)

    train = {site: table_of(data).num_rows for site, data in source.sites.items()}
    test = pd.Series(table_of(source.heldout)["site"].to_pylist()).value_counts().to_dict()

    assert train == {"cleveland": 199, "hungary": 172, "switzerland": 30, "va": 85}
    assert test == {"cleveland": 104, "hungary": 89, "switzerland": 16, "va": 45}


def test_no_patient_is_on_both_sides_and_none_is_lost(
    published: Published, make_study: MakeStudy, tmp_path: Path
) -> None:
    source = prepare(make_study("heart-disease", ALL), published("fed_heart_disease"), tmp_path)

    parts = [*source.sites.values(), source.heldout]
    patients = [patient for part in parts for patient in table_of(part)["patient_id"].to_pylist()]

    assert len(patients) == len(set(patients)) == 303 + 261 + 46 + 130


@pytest.mark.parametrize(("site", "file"), FILES.items())
def test_features_and_labels_are_those_pandas_makes_of_the_raw_file(
    site: str, file: str, published: Published, make_study: MakeStudy, tmp_path: Path
) -> None:
    """FLamby's own recipe, by pandas, from the raw file: an oracle that shares no code with the source."""
    raw = pd.read_csv(published("fed_heart_disease") / file, header=None, na_values="?")
    raw.index = pd.Index([f"{site}-{line + 1}" for line in raw.index])
    complete = raw.drop(columns=[10, 11, 12]).dropna()
    for column, codes in ((2, [1, 2, 3, 4]), (6, [0, 1, 2])):
        complete[column] = pd.Categorical(complete[column].astype(int), categories=codes)
    expected = pd.get_dummies(complete.drop(columns=[13]), columns=[2, 6], drop_first=True).astype(float)

    sick = complete[13] > 0
    strata = sick if sick.value_counts().min() > 2 else None
    train, _ = train_test_split(complete.index.to_list(), train_size=0.66, random_state=43, stratify=strata)

    source = prepare(make_study("heart-disease", (site,)), published("fed_heart_disease"), tmp_path)

    assert table_of(source.sites[site])["patient_id"].to_pylist() == train
    for part in (source.sites[site], source.heldout):
        table = table_of(part)
        patients = table["patient_id"].to_pylist()
        np.testing.assert_array_equal(values_of(table), expected.loc[patients].to_numpy())
        assert [label == "present" for label in table["label"].to_pylist()] == sick[patients].to_list()


def test_per_site_standardisation_uses_only_the_training_rows_of_that_site(
    published: Published, make_study: MakeStudy, tmp_path: Path
) -> None:
    folder = published("fed_heart_disease")
    raw = prepare(make_study("heart-disease", ALL), folder, tmp_path)
    scored = prepare(make_study("heart-disease", ALL, standardise="per-site"), folder, tmp_path)

    heldout_sites = np.array(table_of(raw.heldout)["site"].to_pylist())
    for site in ALL:
        train = values_of(table_of(raw.sites[site]))
        mean, spread = train.mean(axis=0), train.std(axis=0, ddof=1)
        here = heldout_sites == site
        for before, after in (
            (train, values_of(table_of(scored.sites[site]))),
            (values_of(table_of(raw.heldout))[here], values_of(table_of(scored.heldout))[here]),
        ):
            np.testing.assert_allclose(after * (spread + 1e-9) + mean, before, atol=1e-6)


def test_pooled_arm_is_standardised_by_all_training_rows_together(
    published: Published, make_study: MakeStudy, tmp_path: Path
) -> None:
    folder = published("fed_heart_disease")
    scored = prepare(make_study("heart-disease", ALL, standardise="per-site"), folder, tmp_path)
    assert scored.pooled is not None
    train, test = (values_of(table_of(part)) for part in scored.pooled)

    np.testing.assert_allclose(train.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(train.std(axis=0, ddof=1), 1, atol=1e-6)
    assert train.shape == (486, 13)
    assert test.shape == (254, 13)


def test_a_roster_may_be_a_part_of_the_hospitals(published: Published, make_study: MakeStudy, tmp_path: Path) -> None:
    source = prepare(make_study("heart-disease", ("va", "cleveland")), published("fed_heart_disease"), tmp_path)

    assert set(source.sites) == {"va", "cleveland"}
    assert set(table_of(source.heldout)["site"].to_pylist()) == {"va", "cleveland"}


def test_a_site_that_the_data_do_not_have_is_refused(make_study: MakeStudy, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'boston'"):
        prepare(make_study("heart-disease", ("va", "boston")), tmp_path, tmp_path)


def test_a_missing_file_is_named(make_study: MakeStudy, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"processed\.va\.data"):
        prepare(make_study("heart-disease", ("va",)), tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("63,1,4,140,260,0,1,112,1,3,2,?,?", "line 3: 13 fields instead of 14"),
        ("sixty,1,4,140,260,0,1,112,1,3,2,?,?,2", "line 3: age = 'sixty'"),
        ("63,1,4,inf,260,0,1,112,1,3,2,?,?,2", "line 3: trestbps = 'inf'"),
        ("63,1,7,140,260,0,1,112,1,3,2,?,?,2", "line 3: cp = '7'"),
        ("63,1,4,140,260,0,1,112,1,3,2,?,?,9", "line 3: diagnosis = '9'"),
        ("63,1,4,140,260,0,1,112,1,3,2,?,?,yes", "line 3: diagnosis = 'yes'"),
    ],
)
def test_a_garbled_line_is_named_with_its_value(
    line: str, complaint: str, make_study: MakeStudy, tmp_path: Path
) -> None:
    good = "63,1,4,140,260,0,1,112,1,3,2,?,?,2\n"
    (tmp_path / "processed.va.data").write_text(good * 2 + line + "\n" + good * 9)

    with pytest.raises(DataError) as caught:
        prepare(make_study("heart-disease", ("va",)), tmp_path, tmp_path)

    assert complaint in str(caught.value)
    assert "processed.va.data" in str(caught.value)
    assert caught.value.remedy


def test_a_binary_or_empty_file_is_no_traceback(make_study: MakeStudy, tmp_path: Path) -> None:
    for content in (b"", b"\xff\xfe\x00\x01", b"?,?,?,?,?,?,?,?,?,?,?,?,?,0\n"):
        (tmp_path / "processed.va.data").write_bytes(content)
        with pytest.raises(DataError, match=r"processed\.va\.data"):
            prepare(make_study("heart-disease", ("va",)), tmp_path, tmp_path)


def test_the_order_of_the_roster_changes_nothing(published: Published, make_study: MakeStudy, tmp_path: Path) -> None:
    folder = shutil.copytree(published("fed_heart_disease"), tmp_path / "copy")
    one = prepare(make_study("heart-disease", ALL), folder, tmp_path)
    other = prepare(make_study("heart-disease", ALL[::-1]), folder, tmp_path)

    assert table_of(one.heldout).equals(table_of(other.heldout))
