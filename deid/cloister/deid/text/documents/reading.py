"""Telling a document's format, and refusing what would still be encoded after reading."""

from __future__ import annotations

import re

from cloister.deid.text.documents.document import Document, UnreadableError
from cloister.deid.text.documents.encodings import verbatim
from cloister.deid.text.documents.html import is_html, read_html
from cloister.deid.text.documents.mail import is_mail, read_mail
from cloister.deid.text.documents.rtf import is_rtf, read_rtf

_STILL_ENCODED = re.compile(
    r"\{\\rtf|(?:^|\r)[> \t]*content-transfer-encoding[ \t]*:(?![ \t]*(?:7bit|8bit|binary)[ \t\r]*$)"
    r"|=\?[^\s?]+\?[bq]\?[^?\s]*\?=|=C[3-9]=[89AB][0-9A-F]|=E2=80=|^begin [0-7]{3,4} \S|^=ybegin "
    r"|-----BEGIN (?:PGP|PKCS7|CMS)|^[> \t]*charset=[\"']?(?:utf-?7|utf-16|iso-2022|hz)",
    re.I | re.M,
)
_EMBEDDED = re.compile(r"\bdata:[\w.+-]+/[\w.+-]+(?:;[\w=-]+)*;base64,|\burl\(data:", re.I)


def read_document(text: str) -> Document:
    """A note as a person reads it; plain text is its own reading.

    The visible text is plain: reading it again changes nothing.

    Raises:
        UnreadableError: `encoded-text` where a format is used in a way that is not understood, or something is
            still encoded; `attachment` where there is one that is no text.
    """
    document = _read(text)
    if _STILL_ENCODED.search(document.text) is not None or is_html(document.text):
        raise UnreadableError
    if _EMBEDDED.search(document.text) is not None:
        raise UnreadableError("attachment")
    return document


def _read(text: str) -> Document:
    if is_rtf(text):
        return read_rtf(text)
    if is_mail(text):
        return read_mail(text)
    return read_html(text) if is_html(text) else _read_plain(text)


def _read_plain(text: str) -> Document:
    return Document(tuple(verbatim(text)), read_document)
