"""Imports run one way (DESIGN.md, "Layout"): the coordinator's image holds no code that reads patient data."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAY_IMPORT = {
    "study": set(),
    "deid": {"study"},
    "privacy": {"study"},
    "tasks": {"study"},
    "strategies": {"study", "privacy"},
    "client": {"study", "deid", "privacy", "tasks"},
    "server": {"study", "privacy", "tasks", "strategies"},
    "simulation": {"study", "deid", "privacy", "tasks", "strategies", "client", "server"},
}


def imported_parts(source: str) -> set[str]:
    """The parts of `cloister` that a module imports, wherever in the module the import stands."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [
                f"{node.module}.{alias.name}" if node.module == "cloister" else node.module for alias in node.names
            ]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("cloister.")}
    return found


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_a_part_imports_only_what_it_may(part: str) -> None:
    modules = list((ROOT / part / "cloister" / part).rglob("*.py"))
    assert modules
    offences = {
        f"{path.relative_to(ROOT)} imports cloister.{other}"
        for path in modules
        for other in imported_parts(path.read_text()) - MAY_IMPORT[part] - {part}
    }
    assert offences == set()


def test_the_rule_sees_every_form_of_import() -> None:
    hidden = """
def f():
    import cloister.deid.pipeline
    from cloister import client
    from cloister.server.run import x
"""
    assert imported_parts(hidden) == {"deid", "client", "server"}


def test_there_is_no_package_above_the_parts() -> None:
    assert list(ROOT.glob("*/cloister/__init__.py")) == []


def test_every_part_is_typed_and_in_the_wheel() -> None:
    configuration = (ROOT / "pyproject.toml").read_text()
    for part in MAY_IMPORT:
        assert (ROOT / part / "cloister" / part / "py.typed").is_file()
        assert f'"{part}/cloister"' in configuration
