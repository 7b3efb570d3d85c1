"""What the cryptography library raises of a key that is none: more than it says, down to errors of OpenSSL's own."""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InternalError, UnsupportedAlgorithm

NOT_A_KEY: Final = (ValueError, TypeError, NotImplementedError, UnsupportedAlgorithm, InternalError)
