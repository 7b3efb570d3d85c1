"""The reply to a round's training request, kept until the round is over: one request, one reply.

A coordinator that lost its connection, or was killed, asks again. The site must neither train again, which would cost
privacy once more, nor mask the same update anew: two sums over different cohorts could be subtracted. So it sends the
same bytes. The reply lies sealed (AES-256-GCM under a sub-key of the site key, bound to run, round and request), and
the next training request removes it: of the same run at once, of another run after a week.

    replies/<run>/round-00003.sealed      replies/<run>/lock
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flwr.app import RecordDict

from cloister.client.long_past import remove_long_past
from cloister.client.run_name import run_name
from cloister.client.site_folder import SiteFolder
from cloister.study import atomic
from cloister.study.canonical import canonical_json
from cloister.study.errors import PastRoundError
from cloister.study.file_lock import ALONE, lock

_FOLDER, _FORMAT, _NONCE_BYTES = "replies", "cloister-sealed-reply-1", 12
_NAME = re.compile(r"round-[0-9]{5,}\.sealed")


class SealedReplies:
    """What a site keeps of one round of one run.

    Args:
        site: the opened site.
        run_id: the run.
        number: the round.
    """

    def __init__(self, site: SiteFolder, run_id: str, number: int) -> None:
        self._run_id, self._number = run_id, number
        self._key = site.key.subkey("reply")
        self._folder = site.folder / _FOLDER / run_name(run_id)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Work on this run alone: a second process waits, and then finds the first one's reply.

        The lock goes with the process that holds it, however that ends.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with lock(self._folder / "lock", ALONE):
            yield

    def check_not_past(self) -> None:
        """Refuse a round that is over.

        The coordinator keeps its two latest checkpoints, so it may come back one round, and no further.

        Raises:
            PastRoundError: this site has replied in a round after the next one.
        """
        newest = max((_number(path) for path in self._kept()), default=0)
        if self._number < newest - 1:
            raise PastRoundError(
                f"Round {self._number} of run {self._run_id} is over: this site has replied in round {newest}.",
                "Resume the run from its latest checkpoint.",
            )

    def find(self, request: str) -> RecordDict | None:
        """The reply that was kept for a request, given by its hash; None if there is none that can be read."""
        from flwr.common.serde import recorddict_from_proto
        from flwr.proto.recorddict_pb2 import RecordDict as Proto

        try:
            sealed = self._path(self._number).read_bytes()
            content = AESGCM(self._key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._bound_to(request))
        except (FileNotFoundError, InvalidTag, ValueError):
            return None
        return recorddict_from_proto(Proto.FromString(content))

    def keep(self, request: str, reply: RecordDict) -> None:
        """Keep the reply to a request, durably, in place of any other of this round."""
        from flwr.common.serde import recorddict_to_proto

        nonce = secrets.token_bytes(_NONCE_BYTES)
        content = recorddict_to_proto(reply).SerializeToString()
        sealed = AESGCM(self._key).encrypt(nonce, content, self._bound_to(request))
        atomic.write_bytes(self._path(self._number), nonce + sealed, mode=0o600)

    def forget_past(self) -> None:
        """Remove what was kept of earlier rounds, which are over as this one was asked for, and of others long past."""
        for path in self._kept():
            if _number(path) < self._number:
                with suppress(FileNotFoundError):
                    atomic.remove(path)
        others = self._folder.parent.glob("*/round-*.sealed")
        remove_long_past([path for path in others if path.parent != self._folder])

    def _bound_to(self, request: str) -> bytes:
        return canonical_json([_FORMAT, self._run_id, self._number, request])

    def _kept(self) -> list[Path]:
        """What `keep` wrote; a copy that somebody made beside it is none of it."""
        return sorted(path for path in self._folder.glob("round-*.sealed") if _NAME.fullmatch(path.name))

    def _path(self, number: int) -> Path:
        return self._folder / f"round-{number:05d}.sealed"


def _number(path: Path) -> int:
    return int(path.stem.removeprefix("round-"))
