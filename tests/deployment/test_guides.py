"""The guides' tables say what the code says: every key with its default, every error code with its number."""

import re
from collections.abc import Iterator
from pathlib import Path
from types import UnionType
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from cloister.study.coordinator import Coordinator
from cloister.study.errors import CloisterError
from cloister.study.policy import Policy
from cloister.study.schema import Architecture, Study
from cloister.study.site import Site

DOCS = Path(__file__).parents[2] / "docs"
# Described in words, not one row a key: the architectures have a table of their own shape.
ARCHITECTURES = {model.__name__ for model in get_args(get_args(Architecture)[0])}


def rows(guide: str) -> dict[str, list[str]]:
    """First cell of each table row, without backticks -> the other cells."""
    found = {}
    for line in (DOCS / guide).read_text().splitlines():
        if line.startswith("| "):
            first, *others = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            for name in re.findall(r"`([^`]+)`", first):
                found[name] = others
    return found


def keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every TOML key of a document, dotted, with its default (PydanticUndefined where it has none)."""
    for name, field in model.model_fields.items():
        inner = [found for found in models_in(field.annotation) if found.__name__ not in ARCHITECTURES]
        for child in inner:
            yield from keys(child, f"{prefix}{name}.")
        if not inner and not any(models_in(field.annotation)):
            yield f"{prefix}{name}", field.default


def models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and not isinstance(annotation, UnionType) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in models_in(argument)]


@pytest.mark.parametrize(("guide", "model"), [("site.md", Policy), ("coordinator.md", Study)])
def test_every_key_is_there_with_its_default(guide: str, model: type[BaseModel]) -> None:
    table = rows(guide)
    documented = {}
    for key, default in keys(model):
        assert key in table, f"{guide} does not explain {key}"
        documented[key] = default
        # None and tuples are put in words.
        if default is not PydanticUndefined and default is not None and not isinstance(default, tuple):
            shown = str(default).lower() if isinstance(default, bool) else str(default)
            assert table[key][0] == f"`{shown}`", key
        if default is PydanticUndefined:
            assert table[key][0] == "", key
    assert len(documented) > 10


@pytest.mark.parametrize(("guide", "model"), [("site.md", Site), ("coordinator.md", Coordinator)])
def test_every_key_of_the_folders_files_is_there(guide: str, model: type[BaseModel]) -> None:
    assert model.model_fields.keys() <= rows(guide).keys()


def test_every_key_of_every_architecture_is_there() -> None:
    text = (DOCS / "coordinator.md").read_text()
    for architecture in get_args(get_args(Architecture)[0]):
        for name, field in architecture.model_fields.items():
            values = get_args(field.annotation) if name == "architecture" else (name,)
            for value in values:
                assert f"`{value}`" in text


def test_every_error_code_is_there_with_its_number_and_no_other() -> None:
    table = {name: cells[0] for name, cells in rows("site.md").items() if cells[0].startswith("94")}
    assert table == {kind.code: str(kind.wire_code) for kind in error_kinds(CloisterError)}


def error_kinds(kind: type[CloisterError]) -> Iterator[type[CloisterError]]:
    if kind.__module__ == CloisterError.__module__:
        yield kind
        for child in kind.__subclasses__():
            yield from error_kinds(child)


@pytest.mark.parametrize("guide", ["site.md", "coordinator.md"])
def test_links_lead_somewhere(guide: str) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", (DOCS / guide).read_text()):
        path, _, anchor = target.partition("#")
        if path.startswith("http"):
            continue
        file = (DOCS / path) if path else DOCS / guide
        assert file.is_file(), target
        if anchor:
            titles = re.findall(r"(?m)^#+ (.*)$", file.read_text())
            anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
            assert anchor in anchors, target
