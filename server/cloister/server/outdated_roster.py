"""A roster that is older than the audit log: it was restored from a backup, and knows less than was decided.

A site that was revoked would be on it again, and the node of one that was enrolled since then would be a stranger's,
whose key is removed and burnt.
"""

from __future__ import annotations

from datetime import datetime

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
        raise _older(
            server,
            f"revoked, and on it, are {', '.join(forgotten)}",
            f"Restore the newest roster.json, or revoke again: {again}.",
        )


def check_nodes(server: ServerFolder, numbers: set[int]) -> None:
    """Refuse to take for a stranger's what the log says was registered for a site.

    A site that was enrolled or revoked since then is known as it is now.

    Args:
        server: the opened folder.
        numbers: the nodes on the SuperLink's list.

    Raises:
        InputError: there is such a node. Nothing is changed.
        AuditLogError: the log does not verify.
    """
    roster = server.roster
    strangers = roster.strangers(numbers)
    if not strangers:
        return
    lost = sorted(
        entry["site"]
        for entry in log_of(server).entries()
        if entry["event"] == "node-registered"
        and entry["node"] in strangers
        and not roster.decided_since(entry["site"], datetime.fromisoformat(entry["at"]))
    )
    if lost:
        raise _older(
            server,
            f"it does not know the node of {', '.join(lost)}",
            "Restore the newest roster.json. Without one, enrol these hospitals again, each with a new node key "
            "(`cloister site request --new-node-key`), and revoke again whom you had revoked.",
        )


def _older(server: ServerFolder, seen: str, remedy: str) -> InputError:
    return InputError(f"{server.roster_file}: older than the audit log: {seen}.", remedy)
