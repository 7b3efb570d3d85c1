"""`cloister deid review` from end to end: the link, the page's requests, the certificate."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import pytest

from cloister.deid.review_command import review
from cloister.study.dataset import verify_dataset
from cloister.study.errors import MissingFileError
from cloister.study.keys import SiteKey

COMMAND = [sys.executable, "-c", "from cloister.study.cli import main; main()", "deid", "review"]


@pytest.fixture
def arguments(make_dataset: Callable[..., tuple[Path, Path]], site_key: SiteKey, tmp_path: Path) -> list[str]:
    folder, notes = make_dataset()
    site_key.write(tmp_path / "site.key")
    return [str(folder), "--notes", str(notes), "--site-key", str(tmp_path / "site.key")]


def test_a_review_ends_in_a_bound(arguments: list[str], site_key: SiteKey) -> None:
    page = subprocess.Popen(
        [*COMMAND, *arguments, "--sample", "3", "--uncertain", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert page.stdout is not None
    page.stdout.readline()
    origin, _, token = page.stdout.readline().strip().partition("/#")
    assert origin.startswith("http://127.0.0.1:")
    headers = {"Content-Type": "application/json", "Origin": origin}

    def ask(name: str, body: dict[str, object]) -> dict[str, object]:
        connection = HTTPConnection(origin.removeprefix("http://"), timeout=10)
        connection.request("POST", f"/{name}", json.dumps(body), headers)
        found: dict[str, object] = json.load(connection.getresponse())
        connection.close()
        return found

    headers["Authorization"] = f"Bearer {ask('session', {'token': token})['session']}"
    for index in range(3):
        spans = ask("note", {"note": index})["spans"]
        assert isinstance(spans, list)
        for span in spans:
            place = {"note": index, "start": span["start"], "end": span["end"]}
            ask("confirm" if span["removed"] else "reject", place)
        ask("finish", {"note": index})
    ask("close", {})
    assert page.wait(20) == 0
    done = subprocess.run([*COMMAND, *arguments, "--apply", "--json"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    _, certificate = verify_dataset(Path(arguments[0]), site_key)
    assert json.loads(done.stdout) == json.loads(certificate.model_dump_json())
    assert certificate.residual_risk is not None
    assert certificate.residual_risk.audit is not None
    assert certificate.residual_risk.audit.notes == 3


def test_what_is_missing_is_told_in_words(arguments: list[str], tmp_path: Path) -> None:
    folder, notes, key = Path(arguments[0]), Path(arguments[2]), Path(arguments[4])
    with pytest.raises(MissingFileError, match="nothing"):
        review(tmp_path / "nothing", notes, key)
    with pytest.raises(MissingFileError, match="nothing: no such notes file"):
        review(folder, tmp_path / "nothing", key, sample=3, uncertain=0)
    with pytest.raises(MissingFileError, match="nothing: no such site key"):
        review(folder, notes, tmp_path / "nothing")
    early = subprocess.run([*COMMAND, *arguments, "--apply"], capture_output=True, text=True, check=False)
    assert early.returncode == 2
    assert "3 of the 3 notes drawn are not finished." in early.stderr
    assert "Traceback" not in early.stderr
