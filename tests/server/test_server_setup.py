"""A server's folder is made whole, once: what sites have come to trust is never written over."""

import errno
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cloister.server.server_audit import log_of
from cloister.server.server_folder import SERVER_FILE, Server
from cloister.server.server_setup import create_server
from cloister.study.errors import CloisterError, InputError

NOW = datetime.now(UTC)
CONFIG = Server(name="heart", hosts=("coordinator.example",), anchors="../anchors")


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "left", ["", "keys/study-signing.key", "keys/ca.key", "heldout.key", "audit.sqlite", "roster.json"]
)
def test_what_is_left_of_a_server_is_not_written_over(tmp_path: Path, left: str) -> None:
    folder = tmp_path / "server"
    server = create_server(folder, CONFIG, NOW)
    server.roster.write(server.roster_file)
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


@pytest.mark.parametrize("host", ["coordinator.example:8443", "a..b", "a.example.", "a-.b"])
def test_a_host_that_is_none_is_refused_before_anything_is_written(tmp_path: Path, host: str) -> None:
    with pytest.raises(InputError, match=re.escape(repr(host))) as caught:
        create_server(tmp_path, Server(name="heart", hosts=("coordinator.example", host)), NOW)
    assert "without port" in caught.value.remedy
    assert contents(tmp_path) == {}
