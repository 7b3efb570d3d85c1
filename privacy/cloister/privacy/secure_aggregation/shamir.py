"""Shamir's secret sharing (1979) of 32-byte secrets over a prime field.

The field is the integers modulo 2^256 + 297, the smallest prime above 2^256: every 32-byte secret is one element.
Fewer than `threshold` shares say nothing about the secret.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from cloister.study.errors import InputError

SECRET_BYTES = 32
SHARE_BYTES = 33
PRIME = 2**256 + 297


def split(secret: bytes, threshold: int, shares: int) -> list[bytes]:
    """Shares of a secret, any `threshold` of which give it back. Share k belongs to the point k + 1.

    Raises:
        InputError: the threshold is not between 1 and the number of shares, or the secret has another length.
    """
    if len(secret) != SECRET_BYTES:
        raise InputError(f"A secret to be shared has {SECRET_BYTES} bytes, not {len(secret)}.", "Report this.")
    if not 1 <= threshold <= shares:
        raise InputError(
            f"threshold = {threshold}: must be between 1 and the number of shares, {shares}.", "Invite more sites."
        )
    coefficients = [int.from_bytes(secret), *(secrets.randbelow(PRIME) for _ in range(threshold - 1))]
    return [_evaluate(coefficients, point).to_bytes(SHARE_BYTES) for point in range(1, shares + 1)]


def join(shares: Mapping[int, bytes]) -> bytes | None:
    """The secret from shares by their points; None if they are not shares of one 32-byte secret.

    Give exactly `threshold` shares: wrong shares are not recognised here, so the result has to be checked against
    something public.
    """
    points = list(shares)
    secret = 0
    for point in points:
        numerator = denominator = 1
        for other in points:
            if other != point:
                numerator = numerator * other % PRIME
                denominator = denominator * (other - point) % PRIME
        secret += int.from_bytes(shares[point]) * numerator * pow(denominator, -1, PRIME)
    secret %= PRIME
    return secret.to_bytes(SECRET_BYTES) if secret < 2 ** (8 * SECRET_BYTES) else None


def _evaluate(coefficients: list[int], point: int) -> int:
    value = 0
    for coefficient in reversed(coefficients):
        value = (value * point + coefficient) % PRIME
    return value
