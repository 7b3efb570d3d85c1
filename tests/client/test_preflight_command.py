"""`cloister privacy preflight` answers for every study before there is data or a base."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cloister.client.preflight_command import app
from cloister.study.errors import MissingFileError, UnsafeGradientsError

EXAMPLES = Path(__file__).parents[2] / "examples"


def asked(study: Path, *options: str) -> str:
    found = CliRunner().invoke(app, ["preflight", str(study), *options], catch_exceptions=False)
    assert found.exit_code == 0
    return found.stdout


@pytest.mark.parametrize("name", ["heart-disease", "clinical-notes", "three-hospitals"])
def test_every_private_example_passes_by_the_fast_engine_and_leaves_nothing_behind(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    answer = json.loads(asked(EXAMPLES / f"{name}.toml", "--json"))
    assert answer["engine"] == "book-keeping"
    assert all(check["passed"] for check in answer["checks"])
    assert list(tmp_path.rglob("tokenizer*")) == []


def test_people_read_every_check_and_the_engine() -> None:
    *checks, engine = asked(EXAMPLES / "heart-disease.toml").splitlines()
    assert engine.startswith("Engine: book-keeping, found in")
    assert len(checks) == 10
    assert all(line.startswith("passed  ") for line in checks)


def test_a_survival_study_is_refused() -> None:
    with pytest.raises(UnsafeGradientsError, match="depends on the others"):
        asked(EXAMPLES / "tcga-brca.toml")


def test_a_checkpoint_folder_is_looked_for_beside_the_study(tmp_path: Path) -> None:
    study = tmp_path / "study.toml"
    shutil.copy(EXAMPLES / "clinical-notes.toml", study)
    text = study.read_text()
    before, after = text.index("[task.model]"), text.index("[training]")
    model = '[task.model]\narchitecture = "folder"\npath = "checkpoints/ours"\n\n'
    study.write_text(text[:before] + model + text[after:])
    with pytest.raises(MissingFileError, match=f"{tmp_path}/checkpoints/ours"):
        asked(study)
