"""What was computed once for a study, kept for its later messages.

Every message is answered in a process of its own (`warm_worker.py`), and some of what an answer needs takes longer to
compute than to train a step. A result is kept under all that it depends on, and used again for the very same. Whatever
else there is, such as a file that this site has not signed, counts as none.

    <kind>/<SHA-256 of what it depends on>.json
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from cloister.client.site_folder import SiteFolder
from cloister.study import atomic
from cloister.study.canonical import canonical_json, sha256_of
from cloister.study.untrusted_json import parse_json

Kind = Literal["preflight", "plan"]


def keep(site: SiteFolder, kind: Kind, about: Mapping[str, str], result: Mapping[str, object]) -> None:
    """Keep a result, signed with the site key.

    Args:
        site: the opened site.
        kind: what it is the result of.
        about: all that it depends on.
        result: as JSON can say it.
    """
    kept: dict[str, object] = {"format": _format(kind), "about": about, "result": result}
    atomic.write_json(_path(site, kind, about), {**kept, "signature": _sign(site, kind, kept)})


def kept_result(site: SiteFolder, kind: Kind, about: Mapping[str, str]) -> dict[str, object] | None:
    """The result that was kept; None if there is none on the same that this site signed."""
    try:
        kept = parse_json(_path(site, kind, about).read_bytes())
        signature = kept.pop("signature")
        valid = hmac.compare_digest(str(signature).encode(), _sign(site, kind, kept).encode())
        if valid and (kept["format"], kept["about"]) == (_format(kind), about):
            return dict(kept["result"])
    except (FileNotFoundError, ValueError, KeyError, AttributeError, TypeError):
        pass
    return None


def _path(site: SiteFolder, kind: Kind, about: Mapping[str, str]) -> Path:
    return site.folder / kind / f"{sha256_of(about)}.json"


def _format(kind: Kind) -> str:
    return f"cloister-{kind}-1"


def _sign(site: SiteFolder, kind: Kind, kept: dict[str, object]) -> str:
    message = f"cloister/v1/{kind}\n".encode() + canonical_json(kept)
    return base64.b64encode(hmac.digest(site.key.subkey(kind), message, hashlib.sha256)).decode()
