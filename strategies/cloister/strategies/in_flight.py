"""A round under secure aggregation as far as it has come: what a restarted coordinator needs to finish it.

It is written twice in a round, before the first message of each exchange leaves. So a coordinator that was killed asks
for exactly what it asked for before: the same cohort masks, the same survivors are unmasked, and no site is ever asked
for both kinds of shares, or for two sums. Nothing here is secret from the coordinator; the sum is still masked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from cloister.privacy.secure_aggregation.fixed_point import Words
from cloister.privacy.secure_aggregation.messages import Advertisement
from cloister.strategies.safetensors_file import encoded
from cloister.study import atomic
from cloister.study.errors import InputError
from cloister.study.untrusted_json import parse_json

_FORMAT = "cloister-round-in-flight-1"
_KEYS = ("sealing_key", "mask_key", "seed_commitment", "signature")


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

    def save(self, path: Path) -> None:
        """Write it, atomically."""
        fields = {
            "run_id": self.run_id,
            "number": self.number,
            "session": self.session,
            "advertisements": [_plain(ad) for ad in self.advertisements],
            "sealed": {site: _hex(shares) for site, shares in self.sealed.items()},
            "agreements": _hex(self.agreements),
            "failed": dict(self.failed),
            "following": [_plain(ad) for ad in self.following],
        }
        metadata = {"format": _FORMAT, "round": json.dumps(fields)}
        arrays = {} if self.summed is None else {"sum": self.summed}
        atomic.write_bytes(path, encoded(arrays, metadata))

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
            fields = parse_json(header["round"])
            fields["advertisements"], fields["following"] = (
                tuple(_advertisement(ad) for ad in fields[name]) for name in ("advertisements", "following")
            )
            fields["agreements"] = _bytes(fields["agreements"])
            fields["sealed"] = {site: _bytes(shares) for site, shares in fields["sealed"].items()}
            return cls(**fields, summed=summed)
        except (OSError, SafetensorError, ValueError, KeyError, TypeError, AttributeError):
            raise InputError(
                f"{path}: not a readable round of this version.",
                "Remove it: the round begins anew, and the sites train, and pay for it, once more.",
            ) from None


def _hex(values: Mapping[str, bytes]) -> dict[str, str]:
    return {name: value.hex() for name, value in values.items()}


def _bytes(values: Mapping[str, str]) -> dict[str, bytes]:
    return {name: bytes.fromhex(value) for name, value in values.items()}


def _plain(ad: Advertisement) -> dict[str, str]:
    return {"site": ad.site, **{name: getattr(ad, name).hex() for name in _KEYS}}


def _advertisement(plain: Mapping[str, str]) -> Advertisement:
    return Advertisement(site=plain["site"], **{name: bytes.fromhex(plain[name]) for name in _KEYS})
