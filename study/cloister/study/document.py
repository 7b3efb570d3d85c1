"""Reading documents into checked models: TOML (studies, policies, site files), and JSON that a program wrote.

Whatever is wrong with TOML is told as file, line, key, value and remedy, all faults at once.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Final, TypeVar, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from cloister.study.errors import CloisterError, InputError, MissingFileError

Count = Annotated[int, Field(ge=0, le=2**63 - 1)]
"""What SQLite, in which the audit log is kept, can hold."""


def _is_path(text: str) -> str:
    parts = [part.encode() for part in text.split("/")]
    if not text or "\x00" in text or len(b"/".join(parts)) > _LONGEST_PATH or max(map(len, parts)) > _LONGEST_NAME:
        raise ValueError("no file can have this name")
    return text


PathName = Annotated[str, AfterValidator(_is_path)]
_MOST_FAULTS: Final = 50
_MOST_SHOWN: Final = 200
"""Characters of a wrong value."""
_LONGEST_NAME: Final = 255
_LONGEST_PATH: Final = 4000
"""Linux ends at 4095 bytes, with the folder that a path begins at."""


class Document(BaseModel):
    """A frozen model that refuses keys it does not know, and numbers that canonical JSON cannot say."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True)


Model = TypeVar("Model", bound=BaseModel)


def read_toml(path: Path, model: type[Model], error: type[InputError]) -> Model:
    """Read a TOML file into a model.

    Args:
        path: the file.
        model: what it must be.
        error: the kind of error to raise if it is not.

    Raises:
        MissingFileError: there is no such file.
        InputError: of the given kind, naming every fault with file, line, key, value and remedy.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise MissingFileError(path) from None
    except IsADirectoryError:
        raise error(f"{path}: is a folder, not a TOML file.", "Name the file itself.") from None
    except UnicodeDecodeError as problem:
        line = path.read_bytes()[: problem.start].count(b"\n") + 1
        raise error(f"{path}, line {line}: not UTF-8.", "Save the file as UTF-8.") from None
    except ValueError:  # of a NUL in a path that another file names
        raise error(f"{str(path)!r}: no file can have this name.", "Correct it where it is named.") from None
    return parse_toml(text, model, error, str(path))


def read_json(path: Path, model: type[Model], invalid: CloisterError) -> Model:
    """Read a JSON file, which a program wrote, into a model.

    Args:
        path: the file.
        model: what it must be.
        invalid: raised if it is not.

    Raises:
        FileNotFoundError: there is no such file.
        CloisterError: `invalid`.
    """
    try:
        return model.model_validate_json(path.read_bytes())
    except ValidationError:
        raise invalid from None


def parse_toml(text: str, model: type[Model], error: type[InputError], source: str) -> Model:
    """Parse TOML text into a model; `source` names it in errors. Raises as `read_toml` does."""
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as problem:  # numbers of thousands of digits, and nesting as deep, too
        raise error(f"{source}: not valid TOML: {problem}.", "Correct that line.") from None
    return check(values, model, error, source, text)


def check(values: object, model: type[Model], error: type[InputError], source: str, text: str = "") -> Model:
    """Check plain values against a model; `text`, the TOML they came from, gives line numbers."""
    try:
        return model.model_validate(values)
    except ValidationError as problem:
        if problem.error_count() > _MOST_FAULTS:  # one entry in a long list costs whoever describes it a thousandfold
            remedy = f"It is no {model.__name__.lower()} of this version."
            raise error(f"{source}: {problem.error_count()} faults.", remedy) from None
        faults = problem.errors(include_url=False)
        lines = [_describe(fault, model, source, text) for fault in faults]
        raise error("\n".join(lines), _remedy(faults, model)) from None


def remediable(message: str, remedy: str) -> PydanticCustomError:
    """A validator's fault of which more can be advised than to correct the key."""
    return PydanticCustomError("remediable", "{message}", {"message": message, "remedy": remedy})


def _describe(fault: ErrorDetails, model: type[BaseModel], source: str, text: str) -> str:
    path = _key_path(fault["loc"], model)
    line = _line_of(path, text)
    where = f"{source}, line {line}" if line else source
    key = ".".join(str(part) for part in path) or "the document"
    message = fault["msg"].removeprefix("Value error, ").rstrip(".")
    value = fault["input"]
    if fault["type"] == "missing":
        return f"{where}: {key} is missing."
    if fault["type"] == "extra_forbidden":
        return f"{where}: {key} = {_shown(value)}: unknown key."
    if isinstance(value, dict | BaseModel):
        return f"{where}: {key}: {message}."
    return f"{where}: {key} = {_shown(value)}: {message}."


def _shown(value: object) -> str:
    try:
        shown = repr(value)
    except (ValueError, RecursionError):  # a number of thousands of digits; tables in tables in tables
        return "(too long to be shown)"
    return shown if len(shown) <= _MOST_SHOWN else f"{shown[:_MOST_SHOWN]}…"


def _remedy(faults: Sequence[ErrorDetails], model: type[BaseModel]) -> str:
    remedies = []
    for fault in faults:
        path = _key_path(fault["loc"], model)
        if fault["type"] == "missing":
            remedies.append(f"Add `{path[-1]}` to [{'.'.join(str(part) for part in path[:-1]) or 'top level'}].")
        elif fault["type"] == "remediable":
            remedies.append(fault["ctx"]["remedy"])
        elif fault["type"] == "extra_forbidden":
            known = _known_keys(path[:-1], model)
            close = difflib.get_close_matches(str(path[-1]), known, n=1)
            hint = f"Did you mean `{close[0]}`?" if close else f"Known here: {', '.join(sorted(known))}."
            remedies.append(f"Remove or correct `{path[-1]}`. {hint}")
        else:
            key = ".".join(str(part) for part in path)
            remedies.append(f"Correct `{key}`." if key else "Change one of the keys named above.")
    return " ".join(dict.fromkeys(remedies))


def _key_path(location: tuple[int | str, ...], model: type[BaseModel]) -> list[int | str]:
    """The path of TOML keys of a fault: pydantic also puts the tags of unions in there."""
    path: list[int | str] = []
    candidates: list[type[BaseModel]] = [model]
    for part in location:
        if isinstance(part, int):
            path.append(part)
            continue
        fields = [candidate.model_fields[part] for candidate in candidates if part in candidate.model_fields]
        tags = {tag for candidate in candidates for tag in _tags(candidate)}
        if fields:
            candidates = [found for field in fields for found in _models_in(field.annotation)]
        elif part in tags:
            continue
        path.append(part)
    return path


def _tags(model: type[BaseModel]) -> set[str]:
    """The values that tell a model from its neighbours in a union, such as an architecture's name."""
    return {
        str(value)
        for field in model.model_fields.values()
        for value in get_args(field.annotation)
        if isinstance(value, str)
    }


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and not isinstance(annotation, UnionType) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]


def _known_keys(path: list[int | str], model: type[BaseModel]) -> list[str]:
    candidates: list[type[BaseModel]] = [model]
    for part in path:
        fields = [c.model_fields[part] for c in candidates if isinstance(part, str) and part in c.model_fields]
        if fields:
            candidates = [found for field in fields for found in _models_in(field.annotation)]
    return sorted({key for candidate in candidates for key in candidate.model_fields})


def _line_of(path: list[int | str], text: str) -> int | None:
    """The line of a key in TOML text: the section's header, then the key below it. Good enough for a person."""
    names = [str(part) for part in path if isinstance(part, str)]
    lines = text.splitlines()
    for depth in range(len(names), -1, -1):
        section, keys = names[:depth], names[depth:]
        start = _section_line(section, lines)
        if start is None:
            continue
        if not keys:
            return start + 1 if section else None
        for number, line in enumerate(lines[start + 1 :] if section else lines, start + 1 if section else 0):
            if line.lstrip().startswith("["):
                break
            if re.match(rf"\s*[\"']?{re.escape(keys[0])}[\"']?\s*(=|\.)", line):
                return number + 1
        if section:
            return start + 1
    return None


def _section_line(section: list[str], lines: list[str]) -> int | None:
    if not section:
        return 0
    name = r"\s*\.\s*".join(re.escape(part) for part in section)
    for number, line in enumerate(lines):
        if re.match(rf"\s*\[\[?\s*{name}\s*\]", line):
            return number
    return None
