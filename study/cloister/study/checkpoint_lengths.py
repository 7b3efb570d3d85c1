"""What a checkpoint's config.json numbers, before transformers makes lists of it: of labels and of layers, at once.

A configuration of 40 bytes with 10,000,000 labels keeps it busy for minutes, before any weight is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from cloister.study.errors import ModelMismatchError
from cloister.study.untrusted_json import parse_json

_MOST: Final = {"label": 100_000, "layer": 1000, **dict.fromkeys(("block", "depth", "group", "network"), 10_000)}
"""How many there may be of what a key has in its name: of diagnoses there are 70,000, of layers seldom a hundred."""
_OTHERS: Final = ("size", "sizes", "channels")
"""How keys end that say how large something is."""
_NAMES: Final = "label2id"
"""The one key that holds names which say nothing of a model."""


def check_lengths(folder: Path) -> None:
    """Refuse a folder whose config.json counts more labels or layers than a model has, or cannot be counted in.

    Raises:
        ModelMismatchError: naming the key.
    """
    path = folder / "config.json"
    try:
        values = parse_json(path.read_bytes())
    except OSError:
        return
    except ValueError:
        raise ModelMismatchError(
            f"{path}: cannot be loaded: no JSON, or too deep.", "Copy the model's own config.json again."
        ) from None
    if isinstance(values, dict) and "configuration_files" in values:  # transformers would read one of those instead
        raise ModelMismatchError(
            f"{path}: 'configuration_files' names other configurations.",
            "Copy the one that is to count over config.json.",
        )
    for part, key, count in counts(values):
        if count > _MOST[part]:
            raise ModelMismatchError(
                f"{path}: {key[:100]!r} is more than {_MOST[part]}.", "Copy the model's own config.json again."
            )


def counts(values: Any) -> Iterator[tuple[str, str, float]]:
    """What a configuration has how many of: label, layer, block, depth, group or network; the key that says so."""
    left = [("", values)]
    while left:
        key, value = left.pop()
        if isinstance(value, dict):
            left += [(str(name), part) for name, part in value.items() if name != _NAMES]
        elif isinstance(value, list | tuple):
            left += [(key, part) for part in value]
        elif isinstance(value, int | float) and not key.endswith(_OTHERS):
            found = [part for part in _MOST if part in key]
            if found:
                yield found[0], key, value
