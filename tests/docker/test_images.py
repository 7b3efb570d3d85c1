"""The images: what is in them, what is not, and that it was pinned."""

import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PARTS = {
    "coordinator": {"study", "privacy", "tasks", "strategies", "server"},
    "site": {"study", "deid", "privacy", "tasks", "client"},
}


def modules_of(part: str) -> list[Path]:
    return sorted((ROOT / part / "cloister").rglob("*.py"))


def test_an_image_holds_its_own_parts_alone(recipe: Any) -> None:
    assert set(recipe.parts) == PARTS[recipe.name]


def test_what_an_image_does_not_hold_is_not_even_in_the_context_of_its_build(recipe: Any) -> None:
    assert sorted(recipe.allowed) == sorted(recipe.copied)
    assert all((ROOT / path).exists() for path in recipe.allowed)


def test_no_module_of_an_image_imports_a_part_that_is_not_in_it(recipe: Any) -> None:
    for part in recipe.parts:
        for path in modules_of(part):
            imported = re.findall(r"(?m)^\s*(?:from|import) cloister\.(\w+)", path.read_text())
            assert set(imported) <= set(recipe.parts), path


def test_every_package_is_installed_as_pinned(recipe: Any) -> None:
    installs = [rest for word, rest in recipe.instructions if word == "RUN" and "pip install" in rest]
    assert [re.search(r"pip install --constraint constraints\.txt '\.\[(\w+)]'$", rest) for rest in installs]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pins = dict(re.findall(r"(?m)^([A-Za-z0-9._-]+)==(\S+)", (ROOT / "constraints.txt").read_text()))
    pinned = {canonicalize_name(name): version for name, version in pins.items()}
    for requirement in requirements_of(project, recipe.name):
        assert requirement.specifier.contains(pinned[canonicalize_name(requirement.name)]), requirement


def requirements_of(project: dict[str, Any], extra: str) -> list[Requirement]:
    """What an extra needs, through the extras that it names."""
    found = [Requirement(text) for text in [*project["dependencies"], *project["optional-dependencies"][extra]]]
    own = [part for one in found if one.name == "cloister" for part in one.extras]
    return [one for one in found if one.name != "cloister"] + [
        one for part in own for one in requirements_of(project, part)
    ]


def test_the_base_is_of_a_fixed_version(recipe: Any) -> None:
    (base,) = [rest for word, rest in recipe.instructions if word == "ARG"]
    assert re.fullmatch(r"PYTHON=python:3\.11\.\d+-slim-bookworm", base)
    assert [rest for word, rest in recipe.instructions if word == "FROM"] == ["${PYTHON} AS build", "${PYTHON}"]


def test_what_runs_is_neither_root_nor_built_with_tools_around(recipe: Any) -> None:
    last = recipe.stages[-1]
    assert ("USER", "10001:10001") in last
    assert [word for word, _ in last].index("USER") > [word for word, _ in last].index("COPY")
    assert [rest for word, rest in last if word == "COPY"] == ["--from=build /opt/cloister /opt/cloister"]
    assert not any("pip" in rest or "apt" in rest for word, rest in last if word == "RUN")


def test_flower_sends_and_fetches_nothing(recipe: Any) -> None:
    set_there = " ".join(rest for word, rest in recipe.stages[-1] if word == "ENV")
    for setting in (
        "FLWR_TELEMETRY_ENABLED=0", "FLWR_DISABLE_UPDATE_CHECK=1", "FLWR_DISABLE_RUNTIME_DEPENDENCY_INSTALLATION=1",
        "HF_HUB_OFFLINE=1",
    ):  # fmt: skip
        assert setting in set_there


@pytest.mark.heavy
def test_every_module_of_an_image_can_be_imported_in_it(recipe: Any, build_image: Callable[[str], Any]) -> None:
    names = [
        ".".join(path.relative_to(ROOT / part).with_suffix("").parts).removesuffix(".__init__")
        for part in recipe.parts
        for path in modules_of(part)
    ]
    script = f"import importlib\nfor name in {names}: importlib.import_module(name)\nprint('all', {len(names)})"
    done = build_image(recipe.name).run("python", "-I", "-c", script)
    assert done.stdout.splitlines()[-1:] == [f"all {len(names)}"], done.stderr


@pytest.mark.heavy
def test_code_that_an_image_does_not_hold_cannot_be_imported_in_it(
    recipe: Any, build_image: Callable[[str], Any]
) -> None:
    image = build_image(recipe.name)
    absent = {"study", "deid", "privacy", "tasks", "strategies", "client", "server", "simulation"} - set(recipe.parts)
    assert len(absent) == 3
    for part in absent:
        done = image.run("python", "-I", "-c", f"import cloister.{part}")
        assert f"No module named 'cloister.{part}'" in done.stderr
    own, other = ("server", "site") if recipe.name == "coordinator" else ("site", "server")
    assert image.run("cloister", own, "--help").returncode == 0
    refused = image.run("cloister", other, "--help")
    assert refused.returncode == 2
    assert "Remedy" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.heavy
def test_the_wheel_that_a_build_makes_holds_no_other_part(recipe: Any, tmp_path: Path) -> None:
    builder = pytest.importorskip("hatchling.builders.wheel", reason="needs hatchling")
    for path in recipe.copied:
        if (ROOT / path).is_dir():
            shutil.copytree(ROOT / path, tmp_path / path, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            (tmp_path / path).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / path, tmp_path / path)
    (wheel,) = builder.WheelBuilder(str(tmp_path)).build(directory=str(tmp_path / "dist"), versions=["standard"])
    with ZipFile(wheel) as archive:
        names = [name for name in archive.namelist() if ".dist-info/" not in name]
    assert {tuple(name.split("/")[:2]) for name in names} == {("cloister", part) for part in PARTS[recipe.name]}
    for part in recipe.parts:
        assert {path.relative_to(ROOT / part).as_posix() for path in modules_of(part)} <= set(names)
