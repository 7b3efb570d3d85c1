"""Which OpenID Connect provider vouches for the users of a page, and which role it gives them: a TOML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from cloister.study.audit_entry import Role
from cloister.study.document import Document, read_toml
from cloister.study.errors import InputError, MissingFileError


def _issuer(value: str) -> str:
    parts = urlsplit(value)
    beside = parts.username is not None or parts.query or parts.fragment or parts.port == 0
    if parts.scheme != "https" or not parts.hostname or beside:
        raise ValueError("an issuer is an https address without user, query or fragment")
    return value


Claim = Annotated[str, Field(min_length=1, max_length=200)]


class OidcSettings(Document):
    """The provider and what of its ID tokens is believed. Paths are relative to the file."""

    schema_version: Literal[1] = 1
    issuer: Annotated[str, AfterValidator(_issuer)]
    """As the provider writes it in its tokens, to the letter."""
    client_id: Claim
    """Under which the page is registered there, with the one redirect address that it prints when it starts."""
    client_secret_file: str | None = None
    """Holds the client's secret, and only its owner may read it; none for a public client."""
    authority: str | None = None
    """The certificates that the provider's TLS certificate is checked against, PEM; the machine's own if not given."""
    scopes: tuple[Annotated[str, Field(pattern=r"^[!#-\[\]-~]+$")], ...] = ("profile",)
    """Asked for beside `openid`."""
    name_claim: Claim = "preferred_username"
    """Under which name a user is recorded: letters without digits, or a login name."""
    role_claim: Claim = "groups"
    """A text or a list of texts."""
    operators: tuple[Claim, ...] = ()
    """Values of `role_claim` that make an operator."""
    viewers: tuple[Claim, ...] = ()
    """Values that make a viewer. Who has none of both is refused."""

    @model_validator(mode="after")
    def _somebody_may_sign_in(self) -> Self:
        if not self.operators and not self.viewers:
            raise ValueError("nobody could sign in: operators and viewers are both empty")
        return self

    @classmethod
    def read(cls, path: Path) -> OidcSettings:
        """Read a file; the paths in it become absolute.

        Raises:
            MissingFileError: it, or a file that it names, is missing.
            InputError: it is not valid, or others may read the secret.
        """
        found = read_toml(path, cls, InputError)
        named = {name: getattr(found, name) for name in ("client_secret_file", "authority")}
        files = {name: path.parent / file for name, file in named.items() if file is not None}
        for file in files.values():
            if not file.is_file():
                raise MissingFileError(file)
        secret = files.get("client_secret_file")
        if secret is not None and secret.stat().st_mode & 0o077:
            raise InputError(f"{secret}: others may read the client's secret.", f"`chmod 600 {secret}`.")
        return found.model_copy(update={name: str(file.resolve()) for name, file in files.items()})

    def role_of(self, claims: dict[str, object]) -> Role | None:
        """The role that the claims of a token give."""
        told = claims.get(self.role_claim)
        values = {told} if isinstance(told, str) else {value for value in _listed(told) if isinstance(value, str)}
        if values & set(self.operators):
            return "operator"
        return "viewer" if values & set(self.viewers) else None


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
