"""A round under secure aggregation as far as it has come: what a restarted coordinator needs to finish it.

It is written twice in a round, before the first message of each exchange leaves. So a coordinator that was killed asks
for exactly what it asked for before: the same cohort masks, the same survivors are unmasked, and no site is ever asked
for both kinds of shares, or for two sums. Nothing here is secret from the coordinator; the sum is still masked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from cloister.privacy.secure_aggregation.fixed_point import Words
from cloister.privacy.secure_aggregation.messages import Advertisement
from cloister.strategies.safetensors_file import encoded
from cloister.study import atomic
from cloister.study.audit_entry import Failure
from cloister.study.document import Count
from cloister.study.errors import InputError

_FORMAT = "cloister-round-in-flight-1"


@dataclass(frozen=True)
class InFlight:
    """One round in which at least the first exchange has begun.

    Args:
        run_id: the run.
        number: the round.
        session: under which name its keys were signed.
        advertisements: of all that take part.
        sealed: site -> peer -> its sealed shares: who stands here is the cohort.
        summed: the masked sum, once vectors are no longer waited for.
        agreements: survivor -> its signature over the set-up.
        failed: site -> code, of those asked that are no survivors.
        following: advertisements for the next round.
        tries: how often it was given a try with the sites that are missing, and failed for want of them.
    """

    run_id: str
    number: int
    session: str
    advertisements: tuple[Advertisement, ...]
    sealed: Mapping[str, Mapping[str, bytes]]
    summed: Words | None = None
    agreements: Mapping[str, bytes] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)
    following: tuple[Advertisement, ...] = ()
    tries: int = 0

    def save(self, path: Path) -> None:
        """Write it, atomically."""
        kept = _Kept.model_validate({name: value for name, value in vars(self).items() if name != "summed"})
        arrays = {} if self.summed is None else {"sum": self.summed}
        atomic.write_bytes(path, encoded(arrays, {"format": _FORMAT, "round": kept.model_dump_json()}))

    @classmethod
    def load(cls, path: Path) -> InFlight | None:
        """Read it; None if there is none.

        Raises:
            InputError: the file is damaged.
        """
        from safetensors import SafetensorError, safe_open

        if not path.is_file():
            return None
        try:
            with safe_open(path, framework="numpy") as file:
                header = file.metadata() or {}
                summed = file.get_tensor("sum") if "sum" in file.keys() else None  # noqa: SIM118 (no mapping)
            if header.get("format") != _FORMAT or (summed is not None and summed.dtype != np.uint32):
                raise ValueError
            return cls(**vars(_Kept.model_validate_json(header["round"])), summed=summed)
        except (OSError, SafetensorError, ValueError, KeyError, TypeError, AttributeError):
            raise InputError(
                f"{path}: not a readable round of this version.",
                "Remove it: the round begins anew, and the sites train, and pay for it, once more.",
            ) from None


class _Kept(BaseModel):
    """The fields of a round in flight as they stand in a file's header; bytes as hexadecimal digits."""

    model_config = ConfigDict(strict=True, extra="forbid", ser_json_bytes="hex", val_json_bytes="hex")

    run_id: str
    number: Count
    session: str
    advertisements: tuple[Advertisement, ...]
    sealed: dict[str, dict[str, bytes]]
    agreements: dict[str, bytes]
    failed: dict[str, Failure]
    following: tuple[Advertisement, ...]
    tries: Count = 0
