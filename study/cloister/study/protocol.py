"""The version of the messages between coordinator and sites.

It goes up when a message changes in a way that the other end would misread; both ends then have to be updated.
"""

from __future__ import annotations

from collections.abc import Mapping

from cloister.study.errors import VersionRefusedError

PROTOCOL = 2
PROTOCOL_KEY = "protocol"


def check_protocol(config: Mapping[str, object]) -> None:
    """Refuse a request in another version of the protocol.

    Args:
        config: the request's `config` record.

    Raises:
        VersionRefusedError: it names another version, or none.
    """
    theirs = config.get(PROTOCOL_KEY)
    if theirs != PROTOCOL:
        raise VersionRefusedError(
            f"The coordinator speaks version {theirs!r} of the protocol; this site speaks {PROTOCOL}.",
            "Run the same version of Cloister at both ends.",
        )
