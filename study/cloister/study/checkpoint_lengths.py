"""What a checkpoint's config.json numbers, before transformers makes lists of it: of labels and of layers, at once.

A configuration of 40 bytes with 10,000,000 labels keeps it busy for minutes, before any weight is looked at.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from cloister.study.errors import ModelMismatchError
from cloister.study.untrusted_json import parse_json

_MOST: Final = 100_000
_NUMBERS: Final = ("num_", "_num_", "n_layer")
"""How keys begin that say how many there are of something."""


def check_lengths(folder: Path) -> None:
    """Refuse a folder whose config.json counts more of anything than a model has. Whatever else is wrong is not said.

    Raises:
        ModelMismatchError: naming the key.
    """
    path = folder / "config.json"
    try:
        left: list[Any] = [parse_json(path.read_bytes())]
    except (OSError, ValueError):
        return
    while left:
        values = left.pop()
        if isinstance(values, dict):
            for key, value in values.items():
                if key.startswith(_NUMBERS) and isinstance(value, int | float) and value > _MOST:
                    raise ModelMismatchError(
                        f"{path}: {key[:100]!r} is more than {_MOST}.", "Copy the model's own config.json again."
                    )
        if isinstance(values, dict | list):
            left += values.values() if isinstance(values, dict) else values
