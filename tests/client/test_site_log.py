"""With `--log-json` every line is JSON without free text, whichever of the site's programs wrote it."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from cloister.client import launcher, site_log, start_files, warm_worker
from cloister.client.logged_code import logged_code
from cloister.study.errors import UnexpectedSiteError
from cloister.study.json_log import WITHHELD, JsonFormatter

if TYPE_CHECKING:
    from tests.client.conftest import Federation

CELL = "Maria Kowalski, MRN 00482913"
SECONDS = 60.0


def lines_of_a_run(federation: "Federation", script: str) -> list[dict[str, Any]]:
    """What `cloister site run --log-json` writes while its node is such a script."""
    folder = federation.site.folder
    toml = folder / "site.toml"
    toml.write_text(toml.read_text() + "health_port = 0\n")
    (folder / start_files.SUPERNODE_SCRIPT).write_text(f"#!/bin/sh\ncd {folder}\n{script}\n")
    program = [sys.executable, "-c", "from cloister.study.cli import main; main()"]
    done = subprocess.run(
        [*program, "site", "run", "--log-json", "--site", str(folder)], capture_output=True, text=True, timeout=SECONDS
    )
    assert done.stdout == ""
    assert "Kowalski" not in done.stderr
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_what_the_node_prints_is_told_without_what_it_says(federation: "Federation") -> None:
    printed = f"echo 'INFO :      {CELL}'; echo 'Traceback\n  float(x)\nValueError: {CELL}' >&2"
    lines = lines_of_a_run(federation, f"{printed}; echo '{{}}' > run/stop; exec sleep 600")
    of_the_node = [line for line in lines if line["logger"] == "node"]
    assert len(of_the_node) == 4
    assert {line["message"] for line in of_the_node} == {WITHHELD}
    assert any(line["message"].startswith("stopping") for line in lines)


def test_what_needs_somebody_is_told_without_its_values(federation: "Federation") -> None:
    lines = lines_of_a_run(federation, "echo '{}' > run/stop; exec sleep 600")
    assert f"{WITHHELD} is not as `cloister site accept` writes it: it is left as it is" in {
        line["message"] for line in lines if line["level"] == "WARNING"
    }


def test_the_node_is_told_to_log_like_that(federation: "Federation") -> None:
    lines_of_a_run(federation, f"echo ${site_log.VARIABLE} > told; echo '{{}}' > run/stop; exec sleep 600")
    assert (federation.site.folder / "told").read_text().strip() == site_log.AS_JSON


def test_a_site_that_cannot_start_says_so_in_json(federation: "Federation") -> None:
    (table,) = (federation.site.folder / "datasets" / "table").glob("*.parquet")
    table.rename(table.with_name(f"{CELL}.parquet"))
    last = lines_of_a_run(federation, "exit 1")[-1]
    assert last["message"] == "ended [missing-file]"


@pytest.fixture
def root() -> Iterator[logging.Logger]:
    """The root logger, as it was afterwards."""
    found = logging.getLogger()
    before = found.handlers[:]
    yield found
    found.handlers[:] = before


@pytest.mark.parametrize("main", [launcher.main, warm_worker.main])
def test_the_programs_that_handle_data_log_as_they_are_told(
    main: Callable[[list[str]], None], root: logging.Logger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(site_log.VARIABLE, site_log.AS_JSON)
    with pytest.raises(SystemExit):
        main(["no such argument"])
    assert [type(handler.formatter) for handler in root.handlers] == [JsonFormatter]


def test_of_an_error_that_nobody_foresaw_the_log_has_the_place_and_no_value(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """As a converter's, which tells what it could not convert."""
    with pytest.raises(ValueError, match="Kowalski") as found:
        float(CELL)
    assert logged_code(logging.getLogger("cloister.site"), found.value) == UnexpectedSiteError.wire_code
    assert f"ValueError at {__name__}:" in caplog.text
    assert "Kowalski" not in caplog.text


def test_an_answer_that_fails_as_nobody_foresaw_prints_no_value(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    class Ended(BaseException):
        """In place of the process's end."""

    def end(_status: int) -> None:
        raise Ended

    def fails(_arguments: list[str]) -> None:
        raise ValueError(CELL)

    monkeypatch.setattr("os._exit", end)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr(launcher, "main", fails)
    with pytest.raises(Ended):
        warm_worker._answer([])
    told = "".join(capfd.readouterr()) + caplog.text
    assert "ValueError at" in told
    assert "Kowalski" not in told
