"""The adaptive clipping norm that a site carries from one round of a run to the next.

One file for each run, `clipping/<run>.json`: the norm after each round. A round begins with the norm of the latest
round before it, so that a round that is repeated begins as it did. The norm is made of noisy counts that epsilon
includes: keeping it costs nothing.
"""

from __future__ import annotations

import math
from pathlib import Path

from cloister.client.run_name import run_name
from cloister.study import atomic
from cloister.study.errors import InputError
from cloister.study.untrusted_json import parse_json

_FOLDER = "clipping"


def read_norm(site: Path, run_id: str, server_round: int, otherwise: float) -> float:
    """The norm that a round begins with: that after the latest round before it; `otherwise` if there is none.

    Args:
        site: the site's folder.
        run_id: the run.
        server_round: the round that is about to begin.
        otherwise: the study's first norm.

    Raises:
        InputError: the file is damaged.
    """
    before = {number: norm for number, norm in _read(_path(site, run_id)).items() if number < server_round}
    return before[max(before)] if before else otherwise


def keep_norm(site: Path, run_id: str, server_round: int, norm: float) -> None:
    """Remember the norm after a round."""
    path = _path(site, run_id)
    atomic.write_json(path, {str(number): kept for number, kept in {**_read(path), server_round: norm}.items()})


def _path(site: Path, run_id: str) -> Path:
    return site / _FOLDER / f"{run_name(run_id)}.json"


def _read(path: Path) -> dict[int, float]:
    try:
        norms = {int(number): float(norm) for number, norm in parse_json(path.read_bytes()).items()}
        if not all(0 < norm < math.inf for norm in norms.values()):
            raise ValueError
        return norms
    except FileNotFoundError:
        return {}
    except (ValueError, TypeError, AttributeError, OverflowError):
        raise InputError(
            f"{path}: does not hold clipping norms.",
            "Remove the file: the next round begins with the study's first norm.",
        ) from None
