"""Random numbers for sampling and noise: AES-256 in counter mode, keyed by the operating system.

Sampling and noise protect patients only as long as nobody can predict them. So the key comes from `secrets` each time
a stream is made, never from a study's seed, and the stream is a cipher's, not a statistical generator's whose state
can be solved for. A fork gets a new key, or parent and child would add the same noise to different data.

Seeded streams exist for the simulator, whose patients are nobody; their constructor's name says so.
"""

from __future__ import annotations

import hashlib
import os
import secrets

import numpy as np
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from numpy.typing import NDArray

from cloister.study.errors import InputError
from cloister.study.keys import keyed_hash

_KEY_BYTES = 32
_COUNTER_START = bytes(16)
_PIECE = 1 << 18
"""Numbers made at once; bounds the memory that they take on the way."""


class RandomStream:
    """An unpredictable (or, for simulation, repeatable) sequence of random numbers.

    Use `from_system` or `seeded_for_simulation`.
    """

    def __init__(self, key: bytes, *, repeatable: bool) -> None:
        self._repeatable = repeatable
        self._start(key)

    @classmethod
    def from_system(cls) -> RandomStream:
        """A stream with a fresh key from the operating system: no two are alike."""
        return cls(secrets.token_bytes(_KEY_BYTES), repeatable=False)

    @classmethod
    def seeded_for_simulation(cls, seed: int, *purpose: str) -> RandomStream:
        """A repeatable stream, for simulated sites only: whoever knows the seed can take the noise away.

        Args:
            seed: any integer.
            purpose: what the stream is for, such as `"noise", "hospital-1", "3"`; other words, other numbers.
        """
        domain = hashlib.sha256(b"cloister/v1/simulated-randomness").digest()
        return cls(keyed_hash(domain, str(seed), *purpose), repeatable=True)

    def uniform(self, count: int) -> NDArray[np.float64]:
        """`count` numbers, uniform in [0, 1): multiples of 2^-53."""
        return (self._words(count) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def normal(self, count: int) -> NDArray[np.float64]:
        """`count` standard normal numbers in float64 (Box and Muller 1958)."""
        pairs = (count + 1) // 2
        drawn = np.empty((pairs, 2))
        for start in range(0, pairs, _PIECE):
            drawn[start : start + _PIECE] = self._normal_pairs(min(_PIECE, pairs - start))
        return drawn.reshape(-1)[:count]

    def below(self, limit: int) -> int:
        """An integer of any size, uniform in 0 .. limit - 1, without bias.

        Raises:
            InputError: the limit is not positive.
        """
        if limit < 1:
            raise InputError(f"limit = {limit}: no integer is below.", "Give a positive limit.")
        bits = (limit - 1).bit_length()
        while True:
            drawn = int.from_bytes(self._bytes((bits + 7) // 8), "little") & ((1 << bits) - 1)
            if drawn < limit:
                return drawn

    def _normal_pairs(self, pairs: int) -> NDArray[np.float64]:
        radius = np.sqrt(-2.0 * np.log1p(-self.uniform(pairs)))  # 1 - u lies in (0, 1]: the logarithm is finite
        angle = 2.0 * np.pi * self.uniform(pairs)
        return np.stack((radius * np.cos(angle), radius * np.sin(angle)), axis=1)

    def _words(self, count: int) -> NDArray[np.uint64]:
        return np.frombuffer(self._bytes(8 * count), dtype="<u8")

    def _bytes(self, count: int) -> bytes:
        if not self._repeatable and os.getpid() != self._process:
            self._start(secrets.token_bytes(_KEY_BYTES))
        return self._cipher.update(bytes(count))

    def _start(self, key: bytes) -> None:
        self._process = os.getpid()
        self._cipher: CipherContext = Cipher(AES(key), CTR(_COUNTER_START)).encryptor()
