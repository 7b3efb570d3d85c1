"""Revocations that the audit log knows and the roster does not: it was restored from an old backup."""

from __future__ import annotations

from cloister.server.server_audit import log_of
from cloister.server.server_folder import ServerFolder
from cloister.study.errors import InputError


def check_revocations(server: ServerFolder) -> None:
    """Refuse to go on with a roster on which somebody is who was revoked.

    Raises:
        InputError: there is one. Nothing is changed.
        AuditLogError: the log does not verify.
    """
    revoked = {entry["site"] for entry in log_of(server).entries() if entry["event"] == "site-revoked"}
    forgotten = [member.site for member in server.roster.members if member.revoked is None and member.site in revoked]
    if forgotten:
        again = ", ".join(f"`cloister server revoke {site}`" for site in forgotten)
        raise InputError(
            f"{server.roster_file}: older than the audit log: revoked, and on it, are {', '.join(forgotten)}.",
            f"Restore the newest roster.json, or revoke again: {again}.",
        )
