"""What `cloister site audit` and `cloister server audit` print."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from cloister.study.audit_entry import person
from cloister.study.audit_log import AuditLog
from cloister.study.errors import InputError, text_of_wire_code


def report(
    log: AuditLog, name: str, now: datetime, by: str, verify: bool, export: Path | None, prune: bool, as_json: bool
) -> list[str]:
    """Do what was asked, and say it.

    Args:
        log: the site's or the coordinator's.
        name: whose it is.
        now: the time, with its zone.
        by: who asks.
        verify: say only whether the log is whole.
        export: write a copy there.
        prune: remove what is older than it has to be kept; needs `export`, to a new file.
        as_json: for machines.

    Raises:
        AuditLogError: the log was altered, or its end is missing.
        InputError: `prune` without `export`, or to a file that exists; or the copy cannot be written.
    """
    if prune and export is None:
        raise InputError("What is removed has to be exported before.", "Give --export with --prune.")
    if prune and export is not None and export.exists():
        # It may be the only copy of what an earlier removal took.
        raise InputError(f"{export}: exists already.", "Name a new file: --prune replaces none.")
    entries = log.entries()
    done: dict[str, Any] = {"entries": len(entries), "valid": True, "lost": losses(entries)}
    done["public_key"] = log.public_key
    if export is not None:
        done["exported"] = log.export(export, name, now)
    if prune:
        done["pruned"] = log.prune(now, person(by))
    if verify or export is not None:
        return [json.dumps(done)] if as_json else [_in_words(done)]
    return [json.dumps(entries, indent=2)] if as_json else [line(entry) for entry in entries]


def losses(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Where entries were lost: before which one, when that was put on record, how many at least; None if unknown."""
    return [
        {"before": entry["sequence"], "at": entry["at"], "at_least": entry.get("lost")}
        for entry in entries
        if entry["event"] == "anchored-anew"
    ]


def losses_in_words(lost: list[dict[str, Any]]) -> str:
    """What to say after "entries are valid"."""
    if not lost:
        return "and none is missing"
    places = (
        f"{'nobody knows how many' if place['at_least'] is None else 'at least ' + str(place['at_least'])} "
        f"before entry {place['before']} ({place['at']})"
        for place in lost
    )
    return f"but entries were lost: {', '.join(places)}"


def line(entry: dict[str, Any]) -> str:
    """An entry for people."""
    told = {name: value for name, value in entry.items() if name not in {"sequence", "at", "event"}}
    if "code" in told:
        told["code"] = text_of_wire_code(told["code"])
    if "failed" in told:
        told["failed"] = ",".join(f"{site}:{code}" for site, code in told["failed"].items()) or "-"
    if "replied" in told:
        told["replied"] = ",".join(told["replied"]) or "-"
    words = "  ".join(f"{name} {value}" for name, value in told.items())
    return f"{entry['sequence']:>6}  {entry['at']}  {entry['event']:<20} {words}".rstrip()


def _in_words(done: dict[str, Any]) -> str:
    words = f"{done['entries']} entries are valid, {losses_in_words(done['lost'])}. Public key {done['public_key']}."
    if "exported" in done:
        words += f" Exported {done['exported']}."
    if "pruned" in done:
        words += f" Removed {done['pruned']}."
    return words
