"""Each extra of the package brings what its parts import: a site that installs `cloister[site]` needs nothing more."""

import ast
import re
import sys
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from cloister.client import warm_worker

ROOT = Path(__file__).parents[2]
EXTRAS = {
    "study": ("site",),
    "deid": ("deid", "presidio", "text-training", "training"),
    "privacy": ("training",),
    "tasks": ("training",),
    "strategies": ("coordinator",),
    "client": ("site",),
    "server": ("coordinator",),
    "simulation": ("simulation",),
}
"""Part -> the extras that who uses it has. Of the de-identification, some adapters need extras of their own."""


def provided(extras: tuple[str, ...]) -> set[str]:
    """The distributions that `pip install cloister[extras]` installs, normalised."""
    found: set[tuple[str, str]] = set()
    left = [("cloister", extra) for extra in ("", *extras)]
    while left:
        name, extra = left.pop()
        if (name, extra) in found:
            continue
        found.add((name, extra))
        try:
            required = distribution(name).requires or []
        except PackageNotFoundError:  # for another platform
            continue
        for line in required:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                wanted = normalised(requirement.name)
                left += [(wanted, ""), *((wanted, one) for one in requirement.extras)]
    return {name for name, _ in found}


def normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(part: str) -> dict[str, str]:
    """Top-level modules of others that a part imports, wherever in a module the import stands -> where.

    But for those it can do without: it says so if they are missing.
    """
    found: dict[str, str] = {}
    for path in (ROOT / part / "cloister" / part).rglob("*.py"):
        tree = ast.parse(path.read_text())
        spared = {id(node) for attempt in ast.walk(tree) if tolerant(attempt) for node in ast.walk(attempt)}
        for node in ast.walk(tree):
            if id(node) in spared or not isinstance(node, ast.Import | ast.ImportFrom):
                continue
            names = [alias.name for alias in node.names]
            if isinstance(node, ast.ImportFrom):
                names = [node.module] if node.module and not node.level else []
            found |= {name.split(".")[0]: f"{path.relative_to(ROOT)}:{node.lineno}" for name in names}
    return {name: where for name, where in found.items() if name not in sys.stdlib_module_names | {"cloister"}}


def tolerant(node: ast.AST) -> bool:
    """Whether it is a `try` whose last word is that a package is missing."""
    return isinstance(node, ast.Try) and any("ModuleNotFoundError" in ast.dump(handler) for handler in node.handlers)


@pytest.mark.parametrize("part", EXTRAS)
def test_what_a_part_imports_comes_with_its_extra(part: str) -> None:
    there, makers = provided(EXTRAS[part]), packages_distributions()
    missing = {
        f"{where} imports {name}"
        for name, where in imported(part).items()
        if not there & {normalised(maker) for maker in makers.get(name, [name])}
    }
    assert missing == set()


def test_what_a_warm_worker_loads_comes_with_a_site() -> None:
    there, makers = provided(EXTRAS["client"]), packages_distributions()
    tops = {name.split(".")[0] for name in warm_worker._LOADED} - {"cloister"}
    assert {name for name in tops if not there & {normalised(maker) for maker in makers[name]}} == set()
