"""Surrogates of e-mail addresses, web addresses and handles, under names that nobody can register (RFC 2606)."""

from __future__ import annotations

import re

from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.text.squeezed import normal_form, squeeze
from cloister.deid.text.surrogates.keyed_choice import KeyedChoice
from cloister.deid.text.surrogates.names import NameSurrogates
from cloister.deid.text.surrogates.numbers import other_digits

_PIECE = re.compile(r"[^\W\d_]+|\d+")
_DOMAINS = ("example.org", "example.com", "example.net")


def email(choice: KeyedChoice, names: NameSurrogates, known: KnownIdentifiers, value: str, attempt: int) -> str:
    """The address of the surrogate where the local part is made of listed names, else of anybody."""
    local, _, domain = value.lower().partition("@")
    pieces = _PIECE.findall(local)
    host = choice.one_of("domain", squeeze(domain), _DOMAINS, attempt)
    if pieces and any(known.is_family(part) or known.is_given(part) for part in map(known.name_part, pieces)):
        return f"{_PIECE.sub(lambda match: _piece(choice, names, known, match[0], attempt), local)}@{host}"
    return f"{_person(choice, names, squeeze(value), attempt)}@{host}"


def url(choice: KeyedChoice, names: NameSurrogates, value: str, attempt: int) -> str:
    """A web address with the scheme of the original, or a handle for a handle."""
    if value.startswith("@"):
        return "@" + _person(choice, names, squeeze(value), attempt).replace(".", "_")
    scheme = re.match(r"[A-Za-z][\w+.-]*://", value)
    number = choice.number("url", value.lower(), attempt)
    return f"{scheme[0] if scheme else ''}www.example.org/{number % 16**8:08x}"


def _person(choice: KeyedChoice, names: NameSurrogates, canonical: str, attempt: int) -> str:
    number = choice.number("mailbox", canonical, attempt)
    given, family = (normal_form(names.word(f"{role}{number % 10**12}", attempt)) for role in ("given", "family"))
    return f"{given}.{family}"


def _piece(choice: KeyedChoice, names: NameSurrogates, known: KnownIdentifiers, piece: str, attempt: int) -> str:
    if piece.isdecimal():
        return other_digits(choice, "mailbox-number", piece, piece, attempt)
    if len(piece) == 1:
        return names.initial(piece, attempt).lower()
    return normal_form(names.word(known.name_part(piece), attempt))
