"""The roster of a federation: which sites are enrolled, with which keys, and which no longer are.

One JSON file at the coordinator, written whole. A name, an identity and a node key belong to one site each: nobody can
enrol under a second name, or under somebody else's. A site that was revoked stays in the file, so that its keys cannot
come back under another name.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime

from cloister.study import atomic
from cloister.study.document import Document, read_json
from cloister.study.enrolment import EnrolmentRequest
from cloister.study.errors import EnrolmentError, InputError, MissingFileError


class Member(Document):
    """One enrolled site."""

    request: EnrolmentRequest
    """The request that was accepted last, with its keys."""
    enrolled: AwareDatetime
    expires: AwareDatetime
    node_id: int | None = None
    """The number under which the SuperLink knows the site's node key; None until it was told."""
    revoked: AwareDatetime | None = None
    reason: str = ""

    @property
    def site(self) -> str:
        """The site's public name."""
        return self.request.site

    def holds(self, now: datetime) -> bool:
        """Whether the site may take part at a time."""
        return self.revoked is None and now <= self.expires


class Roster(Document):
    """All sites, in the order in which they were enrolled."""

    schema_version: Literal[1] = 1
    members: tuple[Member, ...] = ()
    retired_nodes: tuple[int, ...] = ()
    """Numbers of node keys that the SuperLink still has to forget."""
    retired_keys: tuple[str, ...] = ()
    """Node keys that were taken off the SuperLink's list, or will be: it never takes such a key again."""
    registering: str | None = None
    """The node key that the SuperLink is being told, until it is known under which number; None otherwise."""

    @classmethod
    def read(cls, path: Path) -> Roster:
        """The roster of a file.

        Raises:
            MissingFileError: it was lost: a server has a roster, an empty one, from its first day. Were it taken for
                empty, every hospital would go off the SuperLink's list for good, and revoked ones could come back.
            InputError: the file is not a roster.
        """
        try:
            return read_json(path, cls, InputError(f"{path}: not a roster.", "Restore it from its backup."))
        except FileNotFoundError:
            remedy = "Restore it from its backup. Without one, make a new server and enrol every hospital anew."
            raise MissingFileError(path, "roster", remedy) from None

    def write(self, path: Path) -> None:
        """Replace the file."""
        atomic.write_json(path, self.model_dump(mode="json"))

    def member(self, site: str) -> Member:
        """An enrolled site.

        Raises:
            EnrolmentError: no site of that name was ever enrolled.
        """
        for member in self.members:
            if member.site == site:
                return member
        known = ", ".join(member.site for member in self.members) or "none"
        raise EnrolmentError(
            f"{site}: not enrolled. Enrolled: {known}.",
            "Check the name against `cloister server roster`, or enrol it with `cloister server enroll`.",
        )

    def identities(self, now: datetime) -> dict[str, str]:
        """Site -> identity, of the sites that may take part at a time."""
        return {member.site: member.request.identity for member in self.members if member.holds(now)}

    def with_member(self, request: EnrolmentRequest, now: datetime, expires: datetime) -> Roster:
        """The roster with a site that is new, or that rotates its node key.

        Raises:
            EnrolmentError: the name or one of the keys belongs to another site, the site was revoked, the request is
                not newer than the one that was accepted, or its node key was taken off the SuperLink's list.
        """
        known = next((member for member in self.members if member.site == request.site), None)
        for other in self.members:
            if other is not known and {other.request.identity, other.request.node_key} & {
                request.identity,
                request.node_key,
            }:
                raise EnrolmentError(f"{request.site}: has a key of {other.site}.", "Every site makes its own keys.")
        if known is not None:
            _check_renewal(known, request)
        if request.node_key in self.retired_keys:
            raise EnrolmentError(
                f"{request.site}: the SuperLink removed this node key, and takes none a second time.",
                "Have the site ask with a new one: `cloister site request --new-node-key`.",
            )
        same_node = known is not None and known.request.node_key == request.node_key
        member = Member(request=request, enrolled=now, expires=expires)
        if known is None or same_node:
            return self._with(member.model_copy(update={"node_id": known.node_id if known else None}))
        return self._retiring(known)._with(member)

    def without(self, site: str, reason: str, now: datetime) -> Roster:
        """The roster with a site revoked for good.

        Raises:
            EnrolmentError: the site is not enrolled, or already revoked.
        """
        member = self.member(site)
        if member.revoked is not None:
            remedy = "If its node is still on the SuperLink's list, `cloister server register` takes it off."
            raise EnrolmentError(f"{site}: was revoked on {member.revoked:%Y-%m-%d}.", remedy)
        gone = member.model_copy(update={"revoked": now, "reason": reason, "node_id": None})
        return self._retiring(member)._with(gone)

    def known_as(self, site: str, node_id: int) -> Roster:
        """The roster with the number that the SuperLink gave to a site's node key."""
        known = self.model_copy(update={"registering": None})
        return known._with(self.member(site).model_copy(update={"node_id": node_id}))

    def telling(self, node_key: str) -> Roster:
        """The roster with a node key of which the SuperLink is about to be told."""
        return self.model_copy(update={"registering": node_key})

    def asked_after(self, numbers: set[int]) -> Roster:
        """The roster after an interruption, with what became of the node key that the SuperLink was being told.

        Flower lists numbers without keys: one number that nobody has is of that key.

        Args:
            numbers: those on the SuperLink's list.
        """
        told, answered = self.registering, self.model_copy(update={"registering": None})
        unclaimed = self.strangers(numbers)
        if told is None or not unclaimed:
            return answered
        site = next((member.site for member in self.members if member.request.node_key == told), None)
        if site is not None and len(unclaimed) == 1:
            return answered.known_as(site, *unclaimed)
        return answered.model_copy(update={"retired_keys": (*self.retired_keys, told)})

    def retiring(self, site: str) -> Roster:
        """The roster with a site's node key left for the SuperLink to forget."""
        member = self.member(site)
        return self._retiring(member)._with(member.model_copy(update={"node_id": None}))

    def retiring_strangers(self, numbers: set[int]) -> Roster:
        """The roster with those of the SuperLink's numbers that no site has left for it to forget."""
        return self.model_copy(update={"retired_nodes": (*self.retired_nodes, *sorted(self.strangers(numbers)))})

    def decided_since(self, site: str, at: datetime) -> bool:
        """Whether a site was enrolled or revoked at a time or later."""
        return any((member.revoked or member.enrolled) >= at for member in self.members if member.site == site)

    def strangers(self, numbers: set[int]) -> set[int]:
        """Those of the SuperLink's numbers that no site has or had."""
        return numbers - {member.node_id for member in self.members} - set(self.retired_nodes)

    def forgotten(self, node_id: int) -> Roster:
        """The roster without a retired number, which the SuperLink has forgotten."""
        left = tuple(number for number in self.retired_nodes if number != node_id)
        return self.model_copy(update={"retired_nodes": left})

    def _retiring(self, member: Member) -> Roster:
        if member.node_id is None:
            return self
        return self.model_copy(
            update={
                "retired_nodes": (*self.retired_nodes, member.node_id),
                "retired_keys": (*self.retired_keys, member.request.node_key),
            }
        )

    def _with(self, member: Member) -> Roster:
        others = [known for known in self.members if known.site != member.site]
        return self.model_copy(update={"members": (*others, member)})


def _check_renewal(known: Member, request: EnrolmentRequest) -> None:
    if known.revoked is not None:
        raise EnrolmentError(
            f"{known.site}: was revoked on {known.revoked:%Y-%m-%d} ({known.reason}).",
            "A revoked site comes back under a new name, with a new site key.",
        )
    if request.identity != known.request.identity:
        raise EnrolmentError(
            f"{known.site}: is enrolled with another identity.",
            "If its site key was lost, revoke it and enrol it under a new name.",
        )
    if request.created <= known.request.created and request != known.request:
        raise EnrolmentError(
            f"{known.site}: this request is not newer than the one that was accepted.", "Have it made again."
        )
