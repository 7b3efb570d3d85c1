"""A coordinator's server with a study under way, after drop-outs and a rejected round, and one just submitted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cloister.client.enrolment import request_enrolment
from cloister.client.site_setup import create_site
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.enrolment import enroll, revoke
from cloister.server.page.coordinator_page import coordinator_page
from cloister.server.page.federation import Federation
from cloister.server.server_audit import record
from cloister.server.server_folder import Server, ServerFolder
from cloister.server.server_setup import create_server
from cloister.server.submission import Submission, submit
from cloister.strategies.server_state import RoundRecord, ServerState
from cloister.study.schema import Study
from cloister.study.web.accounts import ACCOUNTS_FILE
from cloister.study.web.serving import listen, serving

if TYPE_CHECKING:
    from tests.conftest import People

NOW = datetime.now(UTC).replace(microsecond=0)
SITES = ("north", "south", "va")
FAILED: dict[int, dict[str, str]] = {2: {"va": "no-reply"}, 4: {"va": "no-reply"}, 5: {"south": "budget-exhausted"}}
REJECTED = 3
DOCUMENT: dict[str, object] = {
    "name": "heart",
    "title": "Heart <b>failure</b> at three hospitals",
    "rounds": 12,
    "federation": {"sites": list(SITES), "minimum_sites": 2, "secure_aggregation": False},
    "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "x"}, {"name": "y"}]},
    "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
    "training": {"steps_per_round": 4, "sample_rate": 0.2, "batch_divisor": 12, "learning_rate": 0.5},
    "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 2.0, "delta": 1e-5},
}


@dataclass(frozen=True)
class ServedFederation:
    """The page of a coordinator's server."""

    origin: str
    server: ServerFolder
    submission: Submission
    token: str
    sign_in: Callable[[Any, str], None]


def history(rounds: int) -> tuple[RoundRecord, ...]:
    """Round 0 and those after it."""
    found = []
    for number in range(rounds + 1):
        failed = FAILED.get(number, {})
        replied = tuple(site for site in SITES if site not in failed) if number else ()
        value = 0.55 + 0.03 * number
        metrics = {"auroc": value, "auroc.low": value - 0.06, "auroc.high": value + 0.05}
        down, up = (3000, 1000 * len(replied)) if number else (0, 0)
        found.append(RoundRecord(number, replied, failed, 1.5, down, up, metrics, accepted=number != REJECTED))
    return tuple(found)


def save(folder: Path, rounds: int) -> None:
    """A checkpoint after some rounds."""
    coordinator = CoordinatorFolder.open(folder)
    model = {"weight": np.zeros((2, 2), np.float32)}
    coordinator.save(ServerState(coordinator.study.sha256, "a" * 32, rounds, model, {}, history(rounds)))


@pytest.fixture(scope="module")
def made(people: People, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServerFolder, Submission]]:
    folder = tmp_path_factory.mktemp("coordinator")
    server = create_server(folder / "server", Server(name="heart", hosts=("h.example",), anchors="../anchors"), NOW)
    for name in (*SITES, "left"):
        request = request_enrolment(create_site(folder / name, name), NOW)
        enroll(server, request, request.fingerprint.words, 20 if name == "va" else 365, NOW)
    submissions = []
    for changes in ({"name": "later", "title": "Another one"}, {}):
        file = folder / "study.json"
        file.write_text(Study.model_validate({**DOCUMENT, **changes}).canonical)
        submissions.append(submit(server, file, 90, NOW))
    study = submissions[1].study
    about = {"study": study.name, "study_sha256": study.sha256}
    record(server, "run-started", NOW, **about)
    for done in history(6)[1:]:
        at = NOW + timedelta(minutes=done.round)
        record(server, "round-finished", at, **about, round=done.round, replied=done.replied, failed=done.failed)
    save(submissions[1].folder, 6)
    record(server, "signed-in", NOW, by="mlee", role="viewer", subject="c" * 64)
    revoke(server, "left", "it left", NOW)
    (server.folder / "studies" / "broken").mkdir()
    people.accounts.write(server.folder / ACCOUNTS_FILE)
    with CoordinatorFolder.open(submissions[1].folder).locked():
        yield server, submissions[1]


@pytest.fixture(scope="module")
def served_federation(made: tuple[ServerFolder, Submission], people: People) -> Iterator[ServedFederation]:
    server, submission = made
    with listen(0) as listening:
        port = listening.getsockname()[1]
        page = coordinator_page(Federation(server.folder), port)
        with serving(page.app, listening):
            token = (server.folder / "metrics.token").read_text().strip()
            origin = f"http://127.0.0.1:{port}"
            yield ServedFederation(origin, server, submission, token, people.at(origin))
