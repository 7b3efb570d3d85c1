"""The tables with which somebody follows the guides: what the simulator would train on, as files of each side."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cloister.deid.declared import read_csv
from cloister.simulation.cli import app
from cloister.simulation.source_tables import write_tables
from cloister.simulation.sources.heart_disease import FILES, prepare
from cloister.study.errors import InputError, MissingFileError
from cloister.study.schema import Study

EXAMPLES = Path(__file__).parents[2] / "examples"
HEART = EXAMPLES / "heart-disease.toml"


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Made-up files in the form in which the data set is published: no header, `?` for what is missing."""
    folder = tmp_path / "uci"
    folder.mkdir()
    for name in FILES.values():
        rows = [f"{40 + n},{n % 2},{n % 4 + 1},130,200,0,{n % 3},140,0,1.0,?,?,?,{n % 2}" for n in range(40)]
        (folder / name).write_text("\n".join(rows) + "\n")
    return folder


def test_each_side_gets_what_the_simulator_would_give_it(published: Path, tmp_path: Path) -> None:
    study = Study.read(HEART)
    done = CliRunner().invoke(app, [str(HEART), "--data", str(published), "--tables", str(tmp_path / "tables")])
    assert done.exit_code == 0, done.output
    source = prepare(study, published, tmp_path)
    expected = {site: raw.table for site, raw in source.sites.items()} | {"heldout": source.heldout.table}
    assert {path.stem for path in (tmp_path / "tables").iterdir()} == expected.keys()
    for name, table in expected.items():
        assert table is not None
        written = read_csv(tmp_path / "tables" / f"{name}.csv")
        assert written.column_names == table.column_names
        assert written["patient_id"].to_pylist() == table["patient_id"].to_pylist()
        assert written["label"].to_pylist() == table["label"].to_pylist()
    assert not (tmp_path / "runs").exists()


def test_what_is_missing_is_named(published: Path, tmp_path: Path) -> None:
    study = Study.read(HEART)
    with pytest.raises(InputError, match="needs a folder"):
        write_tables(study, None, tmp_path / "tables")
    (published / FILES["va"]).unlink()
    with pytest.raises(MissingFileError):
        write_tables(study, published, tmp_path / "tables")
    with pytest.raises(InputError, match="public tables"):
        write_tables(Study.read(EXAMPLES / "three-hospitals.toml"), published, tmp_path / "tables")
