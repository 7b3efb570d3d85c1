"""The security white paper, the mappings and the impact assessment name tests, commands, files and links that exist."""

import ast
import functools
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cloister.study.cli import cloister

ROOT = Path(__file__).parents[2]
DOCUMENTS = tuple(ROOT / "docs" / name for name in ("security.md", "compliance.md", "dpia.md"))
SECURITY = DOCUMENTS[0].read_text()
FIGURE = re.compile(r"(?<![\w.])(?:\.\d{2,}|\d+ of \d+)(?!\w)")
LINK = re.compile(r"\]\(([^)]+)\)")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
CODE = re.compile(r"`([^`\n]+)`")
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir()}
STRIDE = (
    "Spoofing",
    "Tampering",
    "Repudiation",
    "Information disclosure",
    "Denial of service",
    "Elevation of privilege",
)
LINDDUN = (
    "Linking",
    "Identifying",
    "Non-repudiation",
    "Detecting",
    "Data disclosure",
    "Unawareness and unintervenability",
    "Non-compliance",
)


def rows(title: str, text: str = SECURITY) -> list[list[str]]:
    """Cells of the rows of the one table under a heading, without its header."""
    (under,) = re.findall(rf"(?ms)^#+ {re.escape(title)}$(.*?)(?=^#|\Z)", text)
    lines = [line for line in under.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@functools.cache
def functions(file: str) -> frozenset[str]:
    """Names of the functions at the top of a test file, which is not imported."""
    tree = ast.parse((ROOT / file).read_text())
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def code(text: str) -> Iterator[str]:
    """Commands in backticks and in fenced blocks of shell."""
    blocks = re.findall(r"(?ms)^```sh\n(.*?)^```", text)
    yield from (line.split(" #")[0].strip() for block in blocks for line in block.replace("\\\n", "").splitlines())
    yield from CODE.findall(re.sub(r"(?ms)^```.*?^```", "", text))


def resolved(words: list[str]) -> tuple[click.Command, list[str]]:
    """The command that `cloister …` names, and what follows its name."""
    command: click.Command = cloister
    for position, word in enumerate(words):
        if word.startswith("-") or not isinstance(command, click.Group):
            return command, words[position:]
        found = command.get_command(click.Context(command), word)
        assert found is not None, f"no command `cloister {' '.join(words[: position + 1])}`"
        command = found
    return command, []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_test_that_is_named_exists(document: Path) -> None:
    text = document.read_text()
    for file, name in TEST.findall(text):
        assert (ROOT / file).is_file(), file
        assert name in functions(file), f"{file}::{name}"
    assert text.count("::") == len(TEST.findall(text)), "a test is named in a form that is not checked"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_command_that_is_named_exists_with_its_options(document: Path) -> None:
    commands = [line for line in code(document.read_text()) if line.startswith("cloister ")]
    assert commands
    for line in commands:
        command, arguments = resolved(shlex.split(line)[1:])
        known = {name for parameter in command.params for name in parameter.opts}
        for word in arguments:
            assert not word.startswith("-") or word in known, f"{line}: {word}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(document: Path) -> None:
    for line in code(document.read_text()):
        for word in line.split():
            module = re.fullmatch(r"benchmarks\.\w+", word)
            path = word.replace(".", "/") + ".py" if module else word.partition("::")[0]
            if module or ("/" in path and path.split("/")[0] in FOLDERS):
                assert (ROOT / path).exists(), line


@pytest.mark.parametrize("document", [*DOCUMENTS, ROOT / "SECURITY.md"], ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    targets = [target for target in LINK.findall(document.read_text()) if not target.startswith("http")]
    assert targets
    for target in targets:
        path, _, anchor = target.partition("#")
        file = document.parent / path if path else document
        assert file.is_file(), target
        titles = re.findall(r"(?m)^#+ (.*)$", file.read_text())
        anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
        assert not anchor or anchor in anchors, target


@pytest.mark.parametrize("document", [DOCUMENTS[0], DOCUMENTS[2]], ids=lambda path: path.name)
def test_figures_are_those_of_the_guide_that_is_linked(document: Path) -> None:
    quoting = [line for line in document.read_text().splitlines() if FIGURE.search(line)]
    assert quoting
    for line in quoting:
        guides = "".join((document.parent / link.partition("#")[0]).read_text() for link in LINK.findall(line))
        assert [figure for figure in FIGURE.findall(line) if figure not in guides] == [], line


@pytest.mark.parametrize("category", [*STRIDE, *LINDDUN])
def test_every_threat_has_a_test_or_says_that_it_has_none(category: str) -> None:
    threats = rows(category)
    assert threats
    for number, boundary, threat, _, covered in threats:
        assert threat, number
        assert re.fullmatch(r"(B[1-8])?", boundary), number
        assert TEST.search(covered) or re.match(r"\*\*Not covered\*\*\S* \S", covered), number


def test_threats_are_numbered_once() -> None:
    numbers = [row[0] for category in (*STRIDE, *LINDDUN) for row in rows(category)]
    assert len(numbers) == len(set(numbers))


def test_every_promise_has_tests_that_try_to_break_it() -> None:
    promises = rows("The seven promises")
    assert [row[0] for row in promises] == [str(number) for number in range(1, 8)]
    for number, _, tests in promises:
        assert len(TEST.findall(tests)) >= 3, number


def test_each_of_the_eighteen_identifiers_has_a_recogniser() -> None:
    table = rows("HIPAA Safe Harbor (45 CFR 164.514(b)(2)(i))", (ROOT / "docs" / "compliance.md").read_text())
    assert "".join(row[0] for row in table) == "ABCDEFGHIJKLMNOPQR"
    for letter, _, found_by, _ in table:
        files = re.findall(r"`([\w/]+\.py)`", found_by)
        assert files, letter
        assert all((ROOT / "deid/cloister/deid/text/recognizers" / file).is_file() for file in files), letter
