"""What was computed once for a study, kept for its later messages.

Every message is answered in a process of its own (`warm_worker.py`), and some of what an answer needs takes longer to
compute than to train a step. A result is kept under all that it depends on, and used again for the very same. Whatever
else there is, such as a file that this site has not signed, counts as none.

    <kind>/<SHA-256 of what it depends on>.json
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from cloister.client.signed_record import read_record, write_record
from cloister.client.site_folder import SiteFolder
from cloister.study.canonical import sha256_of

Kind = Literal["preflight", "plan"]


def keep(site: SiteFolder, kind: Kind, about: Mapping[str, str], result: Mapping[str, object]) -> None:
    """Keep a result, signed with the site key.

    Args:
        site: the opened site.
        kind: what it is the result of.
        about: all that it depends on.
        result: as JSON can say it.
    """
    record = {"format": _format(kind), "about": about, "result": result}
    write_record(site, _path(site, kind, about), kind, record)


def kept_result(site: SiteFolder, kind: Kind, about: Mapping[str, str]) -> dict[str, object] | None:
    """The result that was kept; None if there is none on the same that this site signed."""
    try:
        kept = read_record(site, _path(site, kind, about), kind)
    except FileNotFoundError:
        return None
    if kept is None or (kept.get("format"), kept.get("about")) != (_format(kind), about):
        return None
    result = kept.get("result")
    return result if isinstance(result, dict) else None


def _path(site: SiteFolder, kind: Kind, about: Mapping[str, str]) -> Path:
    return site.folder / kind / f"{sha256_of(about)}.json"


def _format(kind: Kind) -> str:
    return f"cloister-{kind}-1"
