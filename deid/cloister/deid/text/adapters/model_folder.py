"""A model in a local folder: what may be loaded from it, and its identity.

Only weights in safetensors are read, since pickled ones can run code when they are loaded, and no code of the model's
own is run. Nothing is ever fetched.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from cloister.study.canonical import sha256_of, sha256_of_file
from cloister.study.errors import InputError, MissingFileError
from cloister.study.untrusted_json import parse_json
from cloister.study.utf8 import has_utf8


def check_model_folder(folder: Path, config: str = "config.json") -> None:
    """Refuse a folder that is no safely loadable model.

    Raises:
        MissingFileError: there is no such folder, or no configuration in it.
        InputError: the configuration is not JSON or names code of the model's own, or there are no safetensors.
    """
    if not folder.is_dir():
        raise MissingFileError(folder, "model folder", "Download the model on another machine and copy its folder.")
    try:
        values = parse_json((folder / config).read_bytes())
    except FileNotFoundError:
        raise MissingFileError(folder / config, "model configuration") from None
    except ValueError:
        raise InputError(f"{folder / config}: not JSON.", "Copy the model folder again.") from None
    if not isinstance(values, dict) or "auto_map" in values:
        raise InputError(
            f"{folder / config}: the model wants to run code of its own.", "Choose a model that transformers knows."
        )
    if not any(folder.glob("*.safetensors")):
        raise InputError(
            f"{folder}: holds no weights in safetensors; others can run code when they are loaded.",
            "Save the model again with `save_pretrained(folder)`, which writes safetensors.",
        )


def folder_sha256(folder: Path) -> str:
    """SHA-256 over the relative names and the SHA-256 of all files in a folder, hidden ones left out.

    Raises:
        MissingFileError: there is no such folder.
        InputError: a file's name in it is not UTF-8.
    """
    if not folder.is_dir():
        raise MissingFileError(folder, "model folder")
    names = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    shown = [name for name in names if not any(part.startswith(".") for part in name.parts)]
    for name in map(str, shown):
        if not has_utf8(name):
            raise InputError(f"{folder}: the name of the file {name!a} is not UTF-8.", "Remove it, or rename it.")
    return sha256_of({name.as_posix(): sha256_of_file(folder / name) for name in shown})


def require_package(package: str, purpose: str, remedy: str) -> None:
    """Refuse to go on without an optional package; keep the ones that could from looking for models on the net.

    Raises:
        InputError: it is not installed.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    if find_spec(package) is None:
        raise InputError(f"{purpose} needs the package {package}, which is not installed.", remedy)
