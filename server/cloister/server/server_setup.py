"""Making a coordinator's server: authority, TLS certificate, study-signing key, the files that start it. Rotation."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cloister.server import start_files
from cloister.server.authority import check_server_certificate, make_authority, make_server_certificate
from cloister.server.roster import Roster
from cloister.server.server_audit import AUDIT_KEY, LOG_FILE, log_of, record
from cloister.server.server_folder import LINK_HOSTS, ROSTER_FILE, SERVER_FILE, Server, ServerFolder
from cloister.study import atomic
from cloister.study.command_text import check_path
from cloister.study.errors import InputError
from cloister.study.keys import SiteKey
from cloister.study.named_file import read_file

HELDOUT_KEY = "heldout.key"


@dataclass(frozen=True)
class OwnCertificate:
    """A TLS certificate of the institution's: files in PEM format."""

    certificate: Path
    key: Path
    authority: Path
    """The certificates that sites shall trust for this server."""

    def read(self) -> dict[str, bytes]:
        """Contents by the names they get in the server's folder.

        Raises:
            MissingFileError: one of them is missing.
        """
        files = {"server.crt": self.certificate, "server.key": self.key, "ca.crt": self.authority}
        return {name: read_file(path, "Check the path.") for name, path in files.items()}


def create_server(folder: Path, config: Server, now: datetime, own: OwnCertificate | None = None) -> ServerFolder:
    """Create a server's folder, or end what an init that was interrupted began.

    Args:
        folder: where to.
        config: name, hosts and ports.
        now: the time, with its zone.
        own: the institution's certificate; an authority of the federation's own is made if None.

    Raises:
        InputError: the folder holds a server already, or what is left of one; its path is not UTF-8; or a host is none.
        TransportCertificateError: the institution's certificate is not one that sites would accept.
    """
    check_path(folder, "the server's folder")
    unfinished = ServerFolder(folder, config).unfinished
    if (folder / SERVER_FILE).exists():
        if unfinished.exists() and (made := ServerFolder.open(folder)).config == config:
            return _completed(made, now)
        raise InputError(f"{folder}: holds a server already.", "Choose another folder, or `cloister server rotate`.")
    _check_nothing_is_lost(folder, unfinished)
    if own is None:
        authority, authority_key = make_authority(config.name, now)
        certificate, key = make_server_certificate(authority, authority_key, config.hosts, now)
        files = {"ca.crt": authority, "ca.key": authority_key, "server.crt": certificate, "server.key": key}
    else:
        files = own.read()
    check_server_certificate(files["server.crt"], files["server.key"], files["ca.crt"], config.hosts, now)
    keys = folder / "keys"
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    atomic.write_bytes(unfinished, b"")
    _write_keys(keys, files | {"study-signing.key": _new_signing_key(), "superexec.secret": secrets.token_bytes(32)})
    _write_keys(keys, _link_certificate(config, now))
    for path in (folder / HELDOUT_KEY, keys / AUDIT_KEY):
        path.unlink(missing_ok=True)
        SiteKey.generate().write(path)
    made = ServerFolder(folder, config)
    start_files.write(made)
    Roster().write(made.roster_file)
    # Last of what a server needs, so that a folder with a server.toml is complete.
    atomic.write_text(folder / SERVER_FILE, _toml(config))
    return _completed(ServerFolder.open(folder), now)


def _completed(server: ServerFolder, now: datetime) -> ServerFolder:
    """Take the mark away, last: whoever finds keys without it and no server.toml has lost that file."""
    if log_of(server).latest("server-created") is None:
        record(server, "server-created", now)
    atomic.remove(server.unfinished)
    return server


def _check_nothing_is_lost(folder: Path, unfinished: Path) -> None:
    """Refuse to write over what sites have come to trust; keys of an init that did not end are nobody's yet."""
    kept = [folder / LOG_FILE]
    if not unfinished.exists():
        kept.append(folder / ROSTER_FILE)
        # A name with a dot in front is half a file, left by whoever was killed while writing the mark.
        keys = (path for path in sorted((folder / "keys").glob("[!.]*")) if path.is_file())
        kept += [folder / HELDOUT_KEY, *keys]
    found = [str(path.relative_to(folder)) for path in kept if path.exists()]
    if found:
        raise InputError(
            f"{folder}: has no {SERVER_FILE}, but {', '.join(found)} of a server.",
            f"Restore {SERVER_FILE} from its backup, or choose another folder. If nobody was ever enrolled here, "
            "move these files away and begin anew.",
        )


def rotate(server: ServerFolder, now: datetime, own: OwnCertificate | None = None) -> datetime:
    """Replace the server's TLS certificate by a new one under the same authority; returns when that runs out.

    Args:
        server: the opened folder.
        now: the time, with its zone.
        own: the institution's new certificate; needed where the authority's key is not here.

    Raises:
        MissingFileError: the authority's key is not in the folder.
        TransportCertificateError: sites, who trust the authority of their enrolment, would not accept the new one.
    """
    authority = read_file(server.keys / "ca.crt", "Restore it from its backup.")
    hosts = server.config.hosts
    if own is None:
        remedy = (
            "Put the authority's key back for as long as this takes, or bring --certificate, --key and --authority."
        )
        authority_key = read_file(server.keys / "ca.key", remedy)
        certificate, key = make_server_certificate(authority, authority_key, hosts, now)
    else:
        brought = own.read()
        certificate, key = brought["server.crt"], brought["server.key"]
    until = check_server_certificate(certificate, key, authority, hosts, now)
    # One file after the other: until the last is there, `check_certificate` says that this has to be repeated.
    _write_keys(server.keys, {"server.crt": certificate, "server.key": key, **_link_certificate(server.config, now)})
    record(server, "certificates-rotated", now, until=until)
    return until


def _link_certificate(config: Server, now: datetime) -> dict[str, bytes]:
    """A certificate for the SuperLink on loopback, under an authority of its own whose key is never written."""
    authority, authority_key = make_authority(f"{config.name}, loopback", now)
    certificate, key = make_server_certificate(authority, authority_key, LINK_HOSTS, now)
    return {"link-ca.crt": authority, "link.crt": certificate, "link.key": key}


def _write_keys(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        atomic.write_bytes(folder / name, content, mode=0o644 if name.endswith(".crt") else 0o600)


def _new_signing_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _toml(config: Server) -> str:
    return (
        f'name = "{config.name}"\n'
        f"hosts = {json.dumps(config.hosts)}  # what sites dial\n"
        f"port = {config.port}  # what sites dial: the reverse proxy's\n"
        f"link_port = {config.link_port}  # the SuperLink's own, on loopback\n"
        + (f"anchors = {json.dumps(config.anchors)}\n" if config.anchors else "")
    )
