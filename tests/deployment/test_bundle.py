"""The Flower bundle holds the signed study and the names of installed components: no code, and nothing beside it."""

import io
import tomllib
import zipfile
from pathlib import Path

import pytest
from flwr.cli.build import build_fab_from_disk
from flwr.cli.config_utils import load_and_validate

from cloister.server.bundle import write_bundle
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.study.errors import InputError
from cloister.study.schema import Study

EXAMPLE = Path(__file__).parents[2] / "examples" / "heart-disease.toml"


def coordinator(folder: Path, study: str) -> CoordinatorFolder:
    folder.mkdir(exist_ok=True)
    (folder / "study.toml").write_text(study)
    (folder / "coordinator.toml").write_text("")
    return CoordinatorFolder.open(folder)


def write(opened: CoordinatorFolder, output: Path) -> None:
    """What signs a study is no matter of the bundle's."""
    write_bundle(opened, output, opened.study.canonical.encode())


def bundled(folder: Path) -> dict[str, bytes]:
    """What Flower itself makes of the folder: name -> content."""
    with zipfile.ZipFile(io.BytesIO(build_fab_from_disk(folder))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_flower_accepts_it_and_ships_no_code(tmp_path: Path) -> None:
    opened = coordinator(tmp_path / 'odd "folder" ü', EXAMPLE.read_text())
    write(opened, tmp_path / "bundle")
    load_and_validate(tmp_path / "bundle" / "pyproject.toml")
    files = bundled(tmp_path / "bundle")
    assert set(files) == {"pyproject.toml", "signed-study.json", ".info/CONTENT"}
    app = tomllib.loads(files["pyproject.toml"].decode())["tool"]["flwr"]["app"]
    assert app["components"] == {"serverapp": "cloister.server.app:app", "clientapp": "cloister.client.app:app"}
    assert Path(app["config"]["coordinator-folder"]) == opened.folder.resolve()
    assert Study.from_canonical(files["signed-study.json"].decode()).sha256 == opened.study.sha256


def test_another_study_is_another_bundle_and_the_same_the_same(tmp_path: Path) -> None:
    text = EXAMPLE.read_text()
    write(coordinator(tmp_path / "coordinator", text), tmp_path / "bundle")
    first = build_fab_from_disk(tmp_path / "bundle")
    write(coordinator(tmp_path / "coordinator", text), tmp_path / "bundle")
    assert build_fab_from_disk(tmp_path / "bundle") == first
    write(coordinator(tmp_path / "coordinator", text.replace("rounds = 10", "rounds = 11")), tmp_path / "bundle")
    assert build_fab_from_disk(tmp_path / "bundle") != first


def test_a_study_name_that_flower_would_not_take_is_no_hindrance(tmp_path: Path) -> None:
    name = "4" + "x" * 62
    study = EXAMPLE.read_text().replace('name = "heart-disease"', f'name = "{name}"', 1)
    write(coordinator(tmp_path / "coordinator", study), tmp_path / "bundle")
    assert set(bundled(tmp_path / "bundle")) == {"pyproject.toml", "signed-study.json", ".info/CONTENT"}


@pytest.mark.parametrize("stranger", ["cloister/client/app.py", "sitecustomize.py", "notes.md", ".gitignore"])
def test_a_folder_with_anything_else_is_refused(tmp_path: Path, stranger: str) -> None:
    planted = tmp_path / "bundle" / stranger
    planted.parent.mkdir(parents=True)
    planted.write_text("print('planted')\n")
    with pytest.raises(InputError, match="not part of a bundle"):
        write(coordinator(tmp_path / "coordinator", EXAMPLE.read_text()), tmp_path / "bundle")
    assert [path for path in (tmp_path / "bundle").rglob("*") if path.is_file()] == [planted]
