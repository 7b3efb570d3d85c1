"""The coordinator's server: its folder, `server.toml`, keys and roster. One server runs many studies.

server.toml   roster.json   audit.sqlite
roster.lock   accounts.lock                             held while the roster, or the page's accounts, change
keys/         ca.crt ca.key server.crt server.key       what sites see: the reverse proxy's
              link-ca.crt link.crt link.key             the SuperLink's own, on loopback
              study-signing.key audit.key superexec.secret
start/        superlink.sh superexec.sh nginx.conf, and units for systemd
flower/       Flower's own settings and state
studies/<name>-<first 12 digits of its SHA-256>/     one coordinator's folder for each study
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pydantic import Field, model_validator

from cloister.server.authority import check_server_certificate
from cloister.server.roster import Roster
from cloister.study.anchor import usual_folder
from cloister.study.document import Document, check, read_toml
from cloister.study.enrolment import CoordinatorIdentity
from cloister.study.errors import InputError, MissingFileError, PolicyError, TransportCertificateError
from cloister.study.file_lock import ALONE, lock
from cloister.study.key_faults import NOT_A_KEY
from cloister.study.named_file import read_file
from cloister.study.schema import Name

SERVER_FILE = "server.toml"
ROSTER_FILE = "roster.json"
LINK_HOSTS = ("localhost", "127.0.0.1")
Port = Annotated[int, Field(ge=1, le=65535)]
Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.:-]{0,252}$")]
"""A host name or an IP address."""


class Server(Document):
    """A server's configuration."""

    schema_version: Literal[1] = 1
    name: Name
    hosts: tuple[Host, ...] = Field(min_length=1)
    """What sites dial; the first one stands in their enrolments."""
    port: Port = 8443
    """What sites dial: the reverse proxy's."""
    link_port: Port = 8000
    """The SuperLink's own, on loopback."""
    anchors: str | None = None
    """Folder of the audit log's anchor, relative to the server's: not one that is rolled back together with the log. If
    absent, `$XDG_STATE_HOME/cloister/anchors` (by default in `~/.local/state`)."""

    @model_validator(mode="after")
    def _two_ports(self) -> Self:
        if self.port == self.link_port:
            raise ValueError(f"port and link_port are both {self.port}: proxy and SuperLink need one each")
        return self


@dataclass(frozen=True)
class ServerFolder:
    """A coordinator's server; `ServerFolder.open` is the way in."""

    folder: Path
    config: Server

    @classmethod
    def open(cls, folder: Path) -> ServerFolder:
        """Read the configuration.

        Raises:
            MissingFileError: there is none.
            PolicyError: it is not valid.
        """
        if not (folder / SERVER_FILE).is_file():
            raise MissingFileError(folder / SERVER_FILE, "server", "Name the folder that `cloister server init` made.")
        return cls(folder, read_toml(folder / SERVER_FILE, Server, PolicyError))

    @property
    def keys(self) -> Path:
        """The folder of keys and certificates."""
        return self.folder / "keys"

    @property
    def unfinished(self) -> Path:
        """A file that is there until the server is complete: an init that was interrupted may write over the keys."""
        return self.keys / "unfinished"

    @property
    def roster_file(self) -> Path:
        """Where the roster is."""
        return self.folder / ROSTER_FILE

    @property
    def roster(self) -> Roster:
        """Who is enrolled.

        Raises:
            InputError: it was lost, or is none.
        """
        return Roster.read(self.roster_file)

    @contextmanager
    def roster_held(self) -> Iterator[None]:
        """Let nobody else change the roster meanwhile: it is written whole, so who writes last undoes the rest."""
        with lock(self.folder / "roster.lock", ALONE):
            yield

    @property
    def anchors(self) -> Path:
        """The folder of the audit log's anchor."""
        return usual_folder() if self.config.anchors is None else self.folder / self.config.anchors

    @property
    def address(self) -> str:
        """What sites dial."""
        host = self.config.hosts[0]
        return f"[{host}]:{self.config.port}" if ":" in host else f"{host}:{self.config.port}"

    @property
    def signing_key(self) -> Ed25519PrivateKey:
        """The key that signs studies and enrolments.

        Raises:
            MissingFileError: it is not in the folder.
            InputError: the file does not hold such a key.
        """
        path = self.keys / "study-signing.key"
        try:
            key = load_pem_private_key(read_file(path, "Put the study-signing key back from where it is kept."), None)
        except NOT_A_KEY:
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise InputError(f"{path}: not an Ed25519 private key in PEM format.", "Restore it from its backup.")
        return key

    @property
    def identity(self) -> CoordinatorIdentity:
        """What sites are told to trust.

        Raises:
            InputError: the authority is longer than an enrolment may be.
        """
        path = self.keys / "ca.crt"
        told = {
            "name": self.config.name,
            "public_key": self.signing_key.public_key().public_bytes_raw().hex(),
            "authority": read_file(path, "Restore it from its backup.").decode(errors="replace"),
        }
        return check(told, CoordinatorIdentity, InputError, str(path))

    def check_certificate(self, now: datetime) -> datetime:
        """Refuse TLS certificates that sites, or this machine, would not accept now; returns when the first runs out.

        Raises:
            TransportCertificateError: such as one that is out of date.
            MissingFileError: certificate, key or authority is missing.
        """
        public = self._check(("server.crt", "server.key", "ca.crt"), self.config.hosts, now)
        return min(public, self._check(("link.crt", "link.key", "link-ca.crt"), LINK_HOSTS, now))

    def _check(self, names: tuple[str, str, str], hosts: tuple[str, ...], now: datetime) -> datetime:
        remedy = (
            "Make it anew with `cloister server rotate`, and again if that was interrupted; with --certificate, --key "
            "and --authority where it is your institution's. Then restart."
        )
        certificate, key, authority = (read_file(self.keys / name, remedy) for name in names)
        try:
            return check_server_certificate(certificate, key, authority, hosts, now)
        except TransportCertificateError as problem:
            raise TransportCertificateError(f"{self.keys / names[0]}: {problem.message}", remedy) from None
