"""Choices that only the holder of the key can foresee, the same every time: the source of every surrogate."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from cloister.study.keys import keyed_hash


class KeyedChoice:
    """One patient's choices in one collection.

    Args:
        key: the collection's `surrogate` sub-key.
        patient: what identifies the patient to the key.
    """

    def __init__(self, key: bytes, patient: str) -> None:
        self._key = key
        self._patient = patient
        self._circles: dict[tuple[str, Sequence[str]], tuple[list[str], dict[str, int]]] = {}

    def number(self, kind: str, canonical: str, attempt: int = 0) -> int:
        """A number in [0, 2^256) for a value of a kind; each attempt gives another."""
        return int.from_bytes(keyed_hash(self._key, self._patient, kind, canonical, str(attempt)))

    def one_of(self, kind: str, canonical: str, options: Sequence[str], attempt: int = 0) -> str:
        """One of the options. With at most 2^16 of them, none is more probable than another by more than 2^-240."""
        return options[self.number(kind, canonical, attempt) % len(options)]

    def other_than(self, kind: str, value: str, options: tuple[str, ...], attempt: int = 0) -> str:
        """Another option than `value`: its successor on a circle in which the key has arranged the options.

        Two options never get the same successor for the same attempt, so that two people stay two. What is no option
        gets any of them.
        """
        circle, places = self._circle(kind, options)
        place = places.get(value)
        if place is None:
            return self.one_of(kind, value, options, attempt)
        return circle[(place + 1 + attempt) % len(circle)]

    def digits(self, kind: str, canonical: str, count: int, attempt: int = 0) -> str:
        """Decimal digits."""
        made = ""
        while len(made) < count:
            made += str(self.number(f"{kind}/{len(made)}", canonical, attempt)).zfill(77)[-60:]
        return made[:count]

    def _circle(self, kind: str, options: tuple[str, ...]) -> tuple[list[str], dict[str, int]]:
        known = self._circles.get((kind, options))
        if known is None:
            # One keyed hash for all of them, drawn out to a sort key of 64 bits for each.
            seed = keyed_hash(self._key, self._patient, f"{kind}/circle", *options)
            stream = hashlib.shake_256(b"cloister/v1/surrogate-circle/" + seed).digest(8 * len(options))
            order = {option: stream[8 * place : 8 * place + 8] for place, option in enumerate(options)}
            circle = sorted(options, key=lambda option: (order[option], option))
            known = self._circles[kind, options] = circle, {option: place for place, option in enumerate(circle)}
        return known
