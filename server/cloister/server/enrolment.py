"""Enrolling sites at the coordinator, renewing them, revoking them."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from cloister.server.outdated_roster import check_revocations
from cloister.server.server_audit import record
from cloister.server.server_folder import ServerFolder
from cloister.study.command_text import check_text
from cloister.study.enrolment import Enrolment, EnrolmentRequest
from cloister.study.errors import EnrolmentError
from cloister.study.fingerprint import fault_of
from cloister.study.login_name import login_name


def enroll(server: ServerFolder, request: EnrolmentRequest, said: str, days: int, now: datetime) -> bytes:
    """Put a site on the roster and answer it.

    A site that is enrolled already and sends a newer request, signed with the same identity, rotates its node key.

    Args:
        server: the opened folder.
        request: the site's, opened.
        said: the request's fingerprint as the site's people say it, in words or digits.
        days: for how long the enrolment holds.
        now: the time, with its zone.

    Returns:
        The signed enrolment for the site.

    Raises:
        EnrolmentError: the fingerprint is another one, or the roster does not take the site.
        InputError: the roster is older than the audit log's revocations.
        TransportCertificateError: the server's certificate is not one that sites would accept.
    """
    if fault := fault_of(said):
        raise EnrolmentError(fault, "Give the whole of it, as the people at the other end read it out.")
    if not request.fingerprint.matches(said):
        raise EnrolmentError(
            # Not which: that would be what makes a swapped request pass.
            f"The request of {request.site} has another fingerprint than the one given.",
            "Have the hospital, under a number that you know, read it out once more: `cloister site request` prints it "
            "there again. If it differs again, have the request sent by another way.",
        )
    server.check_certificate(now)
    expires = now + timedelta(days=days)
    with server.roster_held():
        check_revocations(server)
        roster = server.roster.with_member(request, now, expires)
        answer = Enrolment(
            site=request.site,
            identity=request.identity,
            node_key=request.node_key,
            coordinator=server.identity,
            address=server.address,
            issued=now,
            expires=expires,
        ).sign(server.signing_key)
        sha256 = hashlib.sha256(answer).hexdigest()
        record(server, "site-enrolled", now, by=login_name(), site=request.site, sha256=sha256, until=expires)
        roster.write(server.roster_file)
    return answer


def revoke(server: ServerFolder, site: str, reason: str, now: datetime) -> None:
    """Take a site off the roster, for good: no study that is submitted from now on names it.

    Its node key is still known to the SuperLink until `node_keys.bring_in_line` has run.

    Raises:
        EnrolmentError: it is not enrolled, or already revoked.
        InputError: the reason is not text.
    """
    check_text(reason, "--reason")
    with server.roster_held():
        roster = server.roster.without(site, reason, now)
        record(server, "site-revoked", now, by=login_name(), site=site)
        roster.write(server.roster_file)
