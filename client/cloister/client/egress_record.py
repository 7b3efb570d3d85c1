"""The record of what left a site: one entry of the audit log for every answer, written before the answer is sent.

An entry holds the time, study, run, round, kind of message, the number of bytes, the SHA-256 of what was in it, or the
number of a refusal; never a value. Who says who it is, answers for no study's round, whatever the question names.

The SHA-256 is Flower's own content address of the answer: the hash of every array and record in it, by way of a tree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flwr.app import ConfigRecord, Message
from flwr.supercore.inflatable.inflatable_object import get_all_nested_objects

from cloister.client.run_name import is_number
from cloister.client.site_audit import log_of
from cloister.client.site_folder import SiteFolder
from cloister.study.audit_entry import MESSAGE_KINDS, AuditEntry, run_of
from cloister.study.audit_report import losses
from cloister.study.schema import Study

IDENTIFY = "query.identify"
"""The one message that asks for no study: who a node is, before a run's first round."""
MOST_ANSWERS_A_ROUND = 64
"""Answers to one round of one run, repetitions included; the protocol needs four."""
MOST_IDENTIFIED_AN_HOUR = 256
"""Answers to who this site is, which belong to no round; an honest run needs one of them."""
MOST_REFUSALS_AN_HOUR = 64
"""Refusals with one code that have an entry each; study, run and round are the sender's to choose, and do not count."""
_IDENTIFY = "query.identify"
_EVENTS = {"answered", "refused"}
_FIELDS = ("study_sha256", "run", "round", "kind", "code")


@dataclass(frozen=True)
class Left:
    """What left with one answer."""

    bytes: int
    sha256: str
    code: int | None
    """The number of a refusal, if it was one."""

    @classmethod
    def of(cls, reply: Message) -> Left:
        """What an answer holds."""
        if reply.has_error():
            return cls(0, "", reply.error.code)
        objects = get_all_nested_objects(reply.content)
        return cls(sum(len(part.deflate()) for part in objects.values()), reply.content.object_id, None)


class EgressRecord:
    """What a site's audit log says of answers.

    Args:
        site: the opened site.
    """

    def __init__(self, site: SiteFolder) -> None:
        self._log = log_of(site)

    def append(self, reply: Message, request: Message, study: Study | None, now: datetime) -> None:
        """Record an answer, durably, before it is sent.

        Args:
            reply: the answer.
            request: what it answers.
            study: the admitted study; None if it was refused before one was known.
            now: the time at which it leaves, with its zone.

        Raises:
            AuditLogError: it cannot be written, or the log was altered: the answer must not be sent.
            EgressError: the round has been answered too often, or who this site is.
        """
        left = Left.of(reply)
        entry = answer_entry(request, study, now)
        if left.code is None:
            sent = {**dict(entry), "bytes": left.bytes, "sha256": left.sha256}
            an_hour = MOST_IDENTIFIED_AN_HOUR if entry.kind == _IDENTIFY else None
            self._log.append(AuditEntry.model_validate(sent), at_most=MOST_ANSWERS_A_ROUND, an_hour=an_hour)
        else:
            refused = {**dict(entry), "event": "refused", "code": left.code}
            self._log.append(AuditEntry.model_validate(refused), an_hour=MOST_REFUSALS_AN_HOUR)

    def entries(self) -> list[dict[str, Any]]:
        """All answers, each verified, the oldest first; none if nothing ever left. `times`: refusals in one entry.

        Raises:
            AuditLogError: the log was altered, or its end is missing.
        """
        nothing = {**dict.fromkeys(_FIELDS), "bytes": 0, "sha256": "", "times": 1}
        return [{**nothing, **entry} for entry in self._log.entries() if entry["event"] in _EVENTS]

    def losses(self) -> list[dict[str, Any]]:
        """Where entries of the audit log were lost: answers may have been among them.

        Raises:
            AuditLogError: the log was altered, or its end is missing.
        """
        return losses(self._log.entries())


def answer_entry(request: Message, study: Study | None, now: datetime) -> AuditEntry:
    """The entry of an answer, without what left: kind, run and round of the request as far as they have that form."""
    content = None if request.has_error() else request.content
    kind, config = request.metadata.message_type, ConfigRecord()
    if content is not None and kind != IDENTIFY:
        config = content.config_records.get("config", config)
    number = config.get("server-round")
    return AuditEntry(
        event="answered",
        at=now.replace(microsecond=0),
        study=study.name if study else None,
        study_sha256=study.sha256 if study else None,
        run=run_of(config.get("run-id")),
        round=number if is_number(number) and 0 <= number < 2**31 else None,
        kind=kind if kind in MESSAGE_KINDS else "other",
    )
