"""One entry of an audit log: what happened, when, to which study, by whom. It cannot hold anything about a patient.

Every field has a form of its own: an event and a kind of message from a closed list, names as studies use them, hashes,
counts, numbers of errors, times. There is no field for text. A person's name is written by that person or a colleague
about themselves (`by`): letters without digits, or a login name.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from typing import Annotated, Final, Literal, get_args

from pydantic import AfterValidator, AwareDatetime, Field

from cloister.study.document import Count, Document
from cloister.study.errors import InputError, codes
from cloister.study.schema import Name

_LOGIN = re.compile(r"[a-z][a-z._-]{0,27}[0-9]{0,4}")
_BESIDE_LETTERS = frozenset(" .,'’()-")


def _person(name: str) -> str:
    letters = all(character in _BESIDE_LETTERS or unicodedata.category(character)[0] in "LM" for character in name)
    if not (letters and 0 < len(name) <= 64) and not _LOGIN.fullmatch(name):
        raise ValueError("a person's name has letters, spaces and . , ' ( ) - alone, at most 64 of them")
    return name


def _failure(code: str) -> str:
    if code not in {"no-reply", "no-keys", *codes().values()} and not re.fullmatch(r"unknown(-[0-9]{1,9})?", code):
        raise ValueError("not the code of an error")
    return code


Event = Literal[
    # at a site
    "request-written",
    "enrolment-accepted",
    "study-approved",
    "approval-withdrawn",
    "answered",  # a message, with what left
    "refused",  # a message, with the number of the refusal, which is all that left
    "started",  # the site, with its policy
    "stopped",
    "not-started",  # a check before the start failed
    "node-started",  # Flower's program that connects the site
    "node-ended",
    "paused",
    "resumed",
    "clock-accepted",  # entries were written with the clock ahead: times are compared from here on
    # at a coordinator
    "server-created",
    "certificates-rotated",
    "site-enrolled",
    "site-revoked",
    "node-registered",
    "node-removed",
    "study-submitted",
    "run-started",
    "round-finished",
    "node-refused",  # it claimed to be a site, and is not believed, or it refuses to take part; once for each code
    "run-ended",
    # at both
    "signed-in",  # at the page
    "sign-in-refused",
    "signed-out",
    "account-given",  # for the page: a new one, or with another role or password
    "account-removed",
    "pruned",
    "anchored-anew",  # entries were lost, such as by a restore, and the log goes on
]
MessageKind = Literal[
    "query.identify", "train", "query.secure_advertise", "query.secure_share", "query.secure_unmask", "other"
]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Code = Annotated[int, Field(ge=9400, le=9499)]
"""The number of an error of ours (`errors.py`)."""
Failure = Annotated[str, AfterValidator(_failure)]
"""What a coordinator knows of a site that did not answer: the code of an error of ours, `no-reply` or `no-keys`."""
RunId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Person = Annotated[str, AfterValidator(_person)]
Role = Literal["viewer", "operator"]
"""At a page. A viewer looks; an operator also decides, such as on approvals, and sees who did what."""
MESSAGE_KINDS: Final = frozenset(get_args(MessageKind))


class AuditEntry(Document):
    """What happened. Fields that do not concern an event are absent."""

    event: Event
    at: AwareDatetime
    by: Person | None = None
    """Who did it, where a person did; who was refused, where that is known."""
    role: Role | None = None
    """Of who signed in or out, or of the account."""
    account: Person | None = None
    """Whose account was given or removed."""
    subject: Sha256 | None = None
    """Of who signed in or out by a provider, whatever it calls them: SHA-256 of its address, a line end, and `sub`."""
    site: Name | None = None
    study: Name | None = None
    study_sha256: Sha256 | None = None
    run: RunId | None = None
    round: Count | None = None
    kind: MessageKind | None = None
    """Of the message that was answered or refused."""
    bytes: Count | None = None
    """How much left."""
    sha256: Sha256 | None = None
    """Of what left, of an enrolment, of the policy as it was then, or of a reason: the event says which."""
    code: Code | None = None
    times: Annotated[int, Field(ge=1)] | None = None
    """Of how many refusals with this code, of whatever studies, the entry tells; absent: of one."""
    exit: Annotated[int, Field(ge=-255, le=1000)] | None = None
    """How a program ended; negative: the signal that ended it."""
    node: Annotated[int, Field(ge=0, lt=2**64)] | None = None
    """The number under which the SuperLink knows a node key."""
    replied: tuple[Name, ...] | None = None
    failed: dict[Name, Failure] | None = None
    accepted: bool | None = None
    """Whether the round's model became the global one."""
    until: AwareDatetime | None = None
    """When an enrolment or a signed study runs out, what was pruned ends, or up to when entries were ahead."""
    through: Count | None = None
    """Number of the last entry that was pruned, or that was written before entries were lost."""
    lost: Count | None = None
    """At least so many entries were lost; absent where nothing tells how many."""
    link: Sha256 | None = None
    """That entry's link in the chain: 64 hexadecimal digits."""


def run_of(value: object) -> str | None:
    """The form under which a run is recorded; what is no run of Cloister's is recorded as a hash of it."""
    if not isinstance(value, str):
        return None
    return value if re.fullmatch(r"[0-9a-f]{32}", value) else hashlib.sha256(value.encode()).hexdigest()[:32]


def person(name: str) -> str:
    """A name that can stand in the log.

    Raises:
        InputError: it has digits, or is none.
    """
    try:
        return _person(name)
    except ValueError as problem:
        remedy = "A name such as 'Dr. A. Officer' can; your own is given with --by."
        raise InputError(f"{name!r} cannot stand in the audit log: {problem}.", remedy) from None
