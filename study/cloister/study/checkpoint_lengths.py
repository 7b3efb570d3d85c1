"""What a checkpoint's config.json numbers, before transformers makes lists of it: of labels and of layers, at once.

A configuration of 40 bytes with 10,000,000 labels keeps it busy for minutes, before any weight is looked at.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from cloister.study.errors import ModelMismatchError
from cloister.study.untrusted_json import parse_json

_MOST: Final = {"label": 100_000, "layer": 1000, "blocks": 1000}
"""How many there may be of what a key has in its name: of diagnoses there are 70,000, of layers seldom a hundred."""

NAMES: Final = "label2id"
"""The one key that holds names which say nothing of a model."""


def check_lengths(folder: Path) -> None:
    """Refuse a folder whose config.json counts more labels or layers than a model has, or cannot be counted in.

    Raises:
        ModelMismatchError: naming the key.
    """
    path = folder / "config.json"
    try:
        left: list[Any] = [parse_json(path.read_bytes())]
    except OSError:
        return
    except ValueError:
        raise ModelMismatchError(
            f"{path}: cannot be loaded: no JSON, or too deep.", "Copy the model's own config.json again."
        ) from None
    if isinstance(left[0], dict) and "configuration_files" in left[0]:  # transformers would read one of those instead
        raise ModelMismatchError(
            f"{path}: 'configuration_files' names other configurations.",
            "Copy the one that is to count over config.json.",
        )
    while left:
        values = left.pop()
        if isinstance(values, dict):
            for key, value in values.items():
                most = min((most for part, most in _MOST.items() if part in key), default=None)
                if most is not None and isinstance(value, int | float) and value > most:
                    raise ModelMismatchError(
                        f"{path}: {key[:100]!r} is more than {most}.", "Copy the model's own config.json again."
                    )
        if isinstance(values, dict | list):
            left += [part for key, part in values.items() if key != NAMES] if isinstance(values, dict) else values
