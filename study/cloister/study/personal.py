"""Which parameters of a model stay at a site, by a study's patterns. Both ends ask here, so they cannot disagree."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from cloister.study.arrays import Arrays
from cloister.study.errors import StudyError


def shared(arrays: Arrays, personal: Sequence[str]) -> Arrays:
    """The arrays that no pattern names.

    Raises:
        StudyError: a pattern names no array, or together they name all.
    """
    for pattern in personal:
        if not any(fnmatchcase(name, pattern) for name in arrays):
            raise StudyError(
                f"strategy.personal: {pattern!r} matches no trainable parameter.",
                f"They are: {', '.join(sorted(arrays)[:20])}{', …' if len(arrays) > 20 else ''}.",
            )
    found = {name: value for name, value in arrays.items() if not any(fnmatchcase(name, p) for p in personal)}
    if not found:
        raise StudyError(
            "strategy.personal matches every trainable parameter, so nothing would be shared.",
            "Name fewer parameters.",
        )
    return found
