"""A server's folder is made whole, once: what sites have come to trust is never written over."""

import base64
import errno
import itertools
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cloister.server.roster import Roster
from cloister.server.server_audit import log_of, record
from cloister.server.server_folder import SERVER_FILE, Server, ServerFolder
from cloister.server.server_setup import create_server, rotate
from cloister.study import atomic
from cloister.study.errors import CloisterError, InputError, TransportCertificateError

NOW = datetime.now(UTC)
LATER = NOW + timedelta(days=100)
CONFIG = Server(name="heart", hosts=("coordinator.example",), anchors="../anchors")


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "left", ["", "keys/study-signing.key", "keys/ca.key", "heldout.key", "audit.sqlite", "roster.json"]
)
def test_what_is_left_of_a_server_is_not_written_over(tmp_path: Path, left: str) -> None:
    folder = tmp_path / "server"
    create_server(folder, CONFIG, NOW)
    for path in contents(folder):
        if (left and path != folder / left) or path.name == SERVER_FILE:
            path.unlink()
    before = contents(folder)
    with pytest.raises(InputError, match=left or "study-signing.key") as caught:
        create_server(folder, CONFIG, NOW)
    assert "Restore server.toml" in caught.value.remedy
    assert contents(folder) == before


@pytest.mark.parametrize("step", ["start_files.write", "SiteKey.generate", "_link_certificate"])
def test_an_init_that_was_interrupted_can_be_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(f"cloister.server.server_setup.{step}", full)
        with pytest.raises(OSError, match="full"):
            create_server(tmp_path, CONFIG, NOW)
    server = create_server(tmp_path, CONFIG, NOW)
    server.check_certificate(NOW)
    assert [entry["event"] for entry in log_of(server).entries()] == ["server-created"]
    with pytest.raises(CloisterError, match="holds a server already"):
        create_server(tmp_path, CONFIG, NOW)
    (tmp_path / SERVER_FILE).unlink()
    with pytest.raises(CloisterError, match=r"study-signing\.key"):
        create_server(tmp_path, CONFIG, NOW)


class KilledError(BaseException):
    """What nothing catches, as a SIGKILL."""


def kill_at(patch: pytest.MonkeyPatch, step: int) -> None:
    """Die at one of the steps that change a disk: a file's replacement, a removal, an entry in the log.

    Whoever dies while a file is written leaves half of it beside its place.
    """
    steps = itertools.count(1)

    def deadly(done: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*arguments: Any, **options: Any) -> Any:
            if next(steps) != step:
                return done(*arguments, **options)
            if done is write_bytes:
                arguments[0].parent.mkdir(parents=True, exist_ok=True)
                (arguments[0].parent / f".{arguments[0].name}.k1ll3d").write_bytes(b"")
            raise KilledError

        return instead

    write_bytes = atomic.write_bytes
    patch.setattr(atomic, "write_bytes", deadly(write_bytes))
    patch.setattr(Path, "unlink", deadly(Path.unlink))
    patch.setattr("cloister.server.server_setup.record", deadly(record))


def test_an_init_that_was_killed_anywhere_is_simply_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for step in itertools.count(1):
        folder = tmp_path / str(step)
        with monkeypatch.context() as patch:
            kill_at(patch, step)
            try:
                create_server(folder, CONFIG, NOW)
            except KilledError:
                pass
            else:
                break
        server = create_server(folder, CONFIG, NOW)
        server.check_certificate(NOW)
        assert [entry["event"] for entry in log_of(server).entries()] == ["server-created"]
        assert server.roster == Roster()
        made = contents(folder)
        with pytest.raises(InputError, match="holds a server already"):
            create_server(folder, CONFIG, NOW)
        (folder / SERVER_FILE).unlink()
        with pytest.raises(InputError, match=r"Restore server\.toml"):
            create_server(folder, CONFIG, NOW)
        assert {path: made[path] for path in contents(folder)} == contents(folder)
    assert step > 20


def test_a_rotation_that_was_killed_anywhere_is_as_before_or_done_or_says_what_to_repeat(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def outcome(server: ServerFolder) -> str:
        try:
            return "as before" if server.check_certificate(LATER) == before else "done"
        except TransportCertificateError as problem:
            assert "`cloister server rotate`" in problem.remedy  # noqa: PT017 (any of four outcomes is right)
            return Path(problem.message.partition(":")[0]).name

    def logged(server: ServerFolder) -> list[str]:
        return [entry["event"] for entry in log_of(server).entries()][1:]

    said = set()
    for step in itertools.count(1):
        server = create_server(tmp_path / str(step), CONFIG, NOW)
        before = server.check_certificate(LATER)
        with monkeypatch.context() as patch:
            kill_at(patch, step)
            try:
                rotate(server, LATER)
            except KilledError:
                pass
            else:
                break
        said.add(outcome(server))
        assert logged(server) == [] or outcome(server) == "done"
        rotate(server, LATER)
        assert outcome(server) == "done"
        assert set(logged(server)) == {"certificates-rotated"}
    assert said == {"as before", "done", "server.crt", "link.crt"}


def test_an_init_with_other_settings_does_not_end_the_one_that_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr("cloister.server.server_setup.record", killed)
        with pytest.raises(KilledError):
            create_server(tmp_path, CONFIG, NOW)
    with pytest.raises(InputError, match="holds a server already"):
        create_server(tmp_path, CONFIG.model_copy(update={"port": 9443}), NOW)


def test_a_folder_that_no_start_file_could_name_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"caf\xe9")
    with pytest.raises(InputError, match=r"caf\\udce9 is not UTF-8"):
        create_server(odd, Server(name="x", hosts=("h.example",), anchors="../anchors"), NOW)
    assert not odd.exists()


@pytest.mark.parametrize("host", ["coordinator.example:8443", "a..b", "a.example.", "a-.b"])
def test_a_host_that_is_none_is_refused_before_anything_is_written(tmp_path: Path, host: str) -> None:
    with pytest.raises(InputError, match=re.escape(repr(host))) as caught:
        create_server(tmp_path, Server(name="heart", hosts=("coordinator.example", host)), NOW)
    assert "without port" in caught.value.remedy
    assert contents(tmp_path) == {}


def test_a_signing_key_of_a_byte_too_few_is_named(tmp_path: Path) -> None:
    """Of which the library says only that it does not know what OpenSSL's error is."""
    server = create_server(tmp_path, CONFIG, NOW)
    short = base64.b64encode(b"0-\x02\x01\x000\x05\x06\x03+ep\x04!\x04\x1f" + bytes(31)).decode()
    (server.keys / "study-signing.key").write_text(f"-----BEGIN PRIVATE KEY-----\n{short}\n-----END PRIVATE KEY-----\n")
    with pytest.raises(InputError, match=r"study-signing\.key: not an Ed25519 private key"):
        _ = server.signing_key
