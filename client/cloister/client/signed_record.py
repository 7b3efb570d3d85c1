"""A record that a site keeps for itself, under its own key: one that somebody edited counts as none.

The signature is an HMAC-SHA256 under a subkey of the site key, in base64, of the record's domain and of its canonical
JSON: `cloister/v1/<domain>`, a line end, and the record without the signature.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal

from cloister.client.site_folder import SiteFolder
from cloister.study import atomic
from cloister.study.canonical import canonical_json
from cloister.study.keys import Purpose
from cloister.study.untrusted_json import parse_json

Domain = Literal["accepted-enrolment", "approval", "plan", "preflight"]
_PURPOSE: Final[Mapping[Domain, Purpose]] = {
    "accepted-enrolment": "enrolment",
    "approval": "approval",
    "plan": "plan",
    "preflight": "preflight",
}


def write_record(site: SiteFolder, path: Path, domain: Domain, record: Mapping[str, object]) -> None:
    """Write a record, durably, signed with the site key."""
    atomic.write_json(path, {**record, "signature": _sign(site, domain, record)})


def read_record(site: SiteFolder, path: Path, domain: Domain) -> dict[str, Any] | None:
    """The record without its signature; None if the file holds anything that this site did not sign.

    Raises:
        FileNotFoundError: there is none.
    """
    try:
        record = dict(parse_json(path.read_bytes()))
        signature = record.pop("signature")
        valid = hmac.compare_digest(str(signature).encode(), _sign(site, domain, record).encode())
    except (ValueError, KeyError, AttributeError, TypeError):
        return None
    return record if valid else None


def _sign(site: SiteFolder, domain: Domain, record: Mapping[str, object]) -> str:
    message = f"cloister/v1/{domain}\n".encode() + canonical_json(record)
    return base64.b64encode(hmac.digest(site.key.subkey(_PURPOSE[domain]), message, hashlib.sha256)).decode()
