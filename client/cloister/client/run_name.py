"""What a run is called in the file system: its id comes from the coordinator and may hold anything."""

from __future__ import annotations

import hashlib


def run_name(run_id: str) -> str:
    """A name of 32 hexadecimal digits for a run, the same at every site; safe as the name of a file or folder."""
    return hashlib.sha256(run_id.encode()).hexdigest()[:32]
