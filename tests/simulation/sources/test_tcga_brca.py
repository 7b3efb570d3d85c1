from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pandas as pd  # type: ignore[import-untyped]
import pytest

from cloister.simulation.sources.source_data import RawData
from cloister.simulation.sources.tcga_brca import SITES, prepare
from cloister.study.errors import DataError, MissingFileError
from cloister.study.schema import Study

Published = Callable[[str], Path]
MakeStudy = Callable[..., Study]


def frame_of(data: RawData) -> pd.DataFrame:
    assert data.table is not None
    return data.table.to_pandas().set_index("patient_id")


def test_split_has_the_published_sizes(published: Published, make_study: MakeStudy, tmp_path: Path) -> None:
    source = prepare(make_study("tcga-brca", SITES), published("fed_tcga_brca"), tmp_path)

    assert {site: len(frame_of(source.sites[site])) for site in SITES} == dict(
        zip(SITES, (248, 156, 164, 129, 129, 40), strict=True)
    )
    assert Counter(frame_of(source.heldout)["site"]) == dict(zip(SITES, (63, 40, 42, 33, 33, 11), strict=True))


def test_every_value_is_the_published_one_and_no_patient_is_on_both_sides(
    published: Published, make_study: MakeStudy, tmp_path: Path
) -> None:
    folder = published("fed_tcga_brca")
    raw = pd.read_csv(folder / "brca.csv").set_index("pid")
    folds = pd.read_csv(folder / "train_test_split.csv").set_index("pid")["fold"]

    source = prepare(make_study("tcga-brca", SITES), folder, tmp_path)
    train = pd.concat([frame_of(source.sites[site]) for site in SITES])
    test = frame_of(source.heldout)

    assert set(train.index) == set(folds.index[folds == "train"])
    assert set(test.index) == set(folds.index[folds == "test"])
    for part in (train, test):
        assert part.shape[1] == 1 + 39 + 2
        expected = raw.loc[part.index]
        pd.testing.assert_frame_equal(part[raw.columns[:-2]], expected[raw.columns[:-2]].astype(float))
        assert part["time"].tolist() == expected["T"].tolist()
        assert part["event"].tolist() == expected["E"].tolist()


def test_a_roster_may_be_a_part_of_the_regions(published: Published, make_study: MakeStudy, tmp_path: Path) -> None:
    source = prepare(make_study("tcga-brca", ("canada", "europe")), published("fed_tcga_brca"), tmp_path)

    assert set(source.sites) == {"canada", "europe"}
    assert set(frame_of(source.heldout)["site"]) == {"canada", "europe"}


def test_what_the_data_cannot_give_is_refused(make_study: MakeStudy, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="'asia'"):
        prepare(make_study("tcga-brca", ("asia",)), tmp_path, tmp_path)
    with pytest.raises(DataError, match="standardise"):
        prepare(make_study("tcga-brca", ("canada",), standardise="per-site"), tmp_path, tmp_path)
    with pytest.raises(MissingFileError, match=r"brca\.csv"):
        prepare(make_study("tcga-brca", ("canada",)), tmp_path, tmp_path)


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("brca.csv", "1,0.0,538.0\n", "1,2.0,538.0\n", "brca.csv, line 2: E = '2.0'"),
        ("brca.csv", "0.0,538.0\n", "0.0,-538.0\n", "brca.csv, line 2: T = '-538.0'"),
        ("brca.csv", "0.0,538.0\n", "0.0,soon\n", "brca.csv, line 2: T = 'soon'"),
        ("brca.csv", "TCGA-E2-A9RU,90,", "TCGA-E2-A9RU,old,", "line 2: age_at_index = 'old'"),
        ("brca.csv", "TCGA-E2-A9RU", "TCGA-E2-0000", "pid = 'TCGA-E2-A9RU' is not a patient of brca.csv"),
        ("train_test_split.csv", "train,train_0", "train,train_9", "train_test_split.csv, line 2: fold2 = 'train_9'"),
        ("train_test_split.csv", "train,train_0", "train,train_5", "the region that centers.csv gives"),
        ("train_test_split.csv", "pid,fold,fold2", "pid,fold,part", "no column 'fold2'"),
    ],
)
def test_a_garbled_value_is_named(
    file: str, old: str, new: str, complaint: str, published: Published, make_study: MakeStudy, tmp_path: Path
) -> None:
    folder = shutil.copytree(published("fed_tcga_brca"), tmp_path / "copy")
    content = (folder / file).read_text()
    assert old in content
    (folder / file).write_text(content.replace(old, new, 1))

    with pytest.raises(DataError) as caught:
        prepare(make_study("tcga-brca", SITES), folder, tmp_path)

    assert complaint in str(caught.value)
    assert caught.value.remedy


@pytest.mark.parametrize(("fold", "told"), [("train_5", "canada"), ("test_5", "the held-out set")])
def test_a_region_without_patients_is_refused(
    published: Published, make_study: MakeStudy, tmp_path: Path, fold: str, told: str
) -> None:
    shutil.copytree(published("fed_tcga_brca"), tmp_path / "data")
    split = tmp_path / "data/train_test_split.csv"
    split.write_text("".join(line for line in split.read_text().splitlines(True) if fold not in line))
    with pytest.raises(DataError, match=f"no patient for {told}"):
        prepare(make_study("tcga-brca", (SITES[5],)), tmp_path / "data", tmp_path)
