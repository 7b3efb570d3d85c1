"""What the header of a mail tells: who wrote to whom (names beside addresses), and the trail of its delivery.

Also in quoted headers in the middle of a note. The trail (Received, Message-ID and their like) names hosts, accounts
and times in layouts of its own, so the whole field goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cloister.deid.text.finding import Finding, Label

_SOURCE = "mail-header"
_SCORE = 0.95
_PEOPLE = re.compile(
    r"^[> \t]*(?:(?:resent-)?(?:from|to|cc|bcc|sender|reply-to)|return-path|delivered-to|errors-to|x-original-to"
    r"|disposition-notification-to|von|an|kopie|de|para|copia|à|da|van|aan)[ \t]*:(?P<value>[^\r\n]*@[^\r\n]*)",
    re.I | re.M,
)
_BESIDE_ADDRESS = re.compile(
    r"([^<>@]{0,120}?)[\"' \t]{0,3}<[^<>\s@]{0,120}@[^<>\s]{0,120}>|@[\w.-]{1,120}[ \t]{0,3}\(([^()]{1,120})\)"
)
_TRAIL = re.compile(
    r"^[> \t]*(?:received|x-received|message-id|in-reply-to|references|content-id|thread-index|dkim-signature"
    r"|domainkey-signature|arc-[\w-]+|authentication-results|received-spf|x-originating-[\w-]+|list-[\w-]+|autocrypt"
    r"|x-(?:ms|google|gm|forefront|microsoft|spam|proofpoint|mimecast|barracuda|ironport|virus|forwarded)[\w-]*)"
    r"[ \t]*:[ \t]*+(?P<value>[^;\r\n]*[^;\s])",
    re.I | re.M,
)
_TRAILING_SIGNS = " \t\"',;"


class _MailHeader:
    labels: tuple[Label, ...] = ("NAME", "ID")
    name = _SOURCE

    def find(self, text: str) -> Iterator[Finding]:
        """Names in fields of people, and the values of fields of the trail."""
        for line in _PEOPLE.finditer(text) if "@" in text else ():
            for match in _BESIDE_ADDRESS.finditer(text, *line.span("value")):
                yield from _found(text, *match.span(1 if match[1] is not None else 2), "NAME")
        for line in _TRAIL.finditer(text):
            yield from _found(text, *line.span("value"), "ID")


def _found(text: str, start: int, end: int, label: Label) -> Iterator[Finding]:
    kept = text[start:end].strip(_TRAILING_SIGNS)
    if any(character.isalnum() for character in kept):
        start = text.index(kept, start)
        yield Finding(start, start + len(kept), label, _SCORE, _SOURCE)


MAIL_HEADER = _MailHeader()
