"""How long the pages' first views take on loopback: the site's and the coordinator's, in Chromium.

    python -m benchmarks.page_first_view

Makes a site and a coordinator's server in a temporary folder: 40 studies submitted, 200 rounds recorded, a checkpoint
of 100 MB, and 20 rounds in the ledger. Measured per view, over several visits by somebody who is signed in: from the
beginning of the navigation to the end of the page's `load` event, as the browser's own clock has it. Nothing here is an
assertion: a loaded machine is slow. Needs Chromium at /usr/bin/chromium and the `test` extra.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from cloister.client.enrolment import accept_enrolment, request_enrolment
from cloister.client.page.site_page import overview_of as site_overview
from cloister.client.page.site_page import site_page
from cloister.client.page.site_state import SiteState
from cloister.client.site_folder import SiteFolder
from cloister.client.site_setup import create_site
from cloister.privacy.accounting import Mechanism
from cloister.privacy.ledger import Ledger
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.enrolment import enroll
from cloister.server.page.coordinator_page import coordinator_page
from cloister.server.page.coordinator_page import overview_of as server_overview
from cloister.server.page.federation import Federation
from cloister.server.server_audit import record
from cloister.server.server_folder import Server, ServerFolder
from cloister.server.server_setup import create_server
from cloister.server.submission import submit
from cloister.strategies.server_state import RoundRecord, ServerState
from cloister.study.schema import Study
from cloister.study.web.accounts import ACCOUNTS_FILE, Accounts
from cloister.study.web.local_page import LocalPage
from cloister.study.web.serving import listen, serving

CHROMIUM = "/usr/bin/chromium"
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
PASSWORD, VISITS, STUDIES, ROUNDS = "three unrelated words", 15, 40, 200
SITES = ("north", "south")
NOW = datetime.now(UTC)
DOCUMENT: dict[str, object] = {
    "title": "A study",
    "rounds": ROUNDS,
    "federation": {"sites": list(SITES), "secure_aggregation": False},
    "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "x"}]},
    "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
    "training": {"steps_per_round": 4, "sample_rate": 0.05, "batch_divisor": 12, "learning_rate": 0.5},
    "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 2.0, "delta": 1e-5},
}


def main() -> None:
    """Print the times."""
    with tempfile.TemporaryDirectory() as folder:
        server, site = _federation(Path(folder))
        people = Accounts().with_account("mlee", "operator", PASSWORD)
        for place in (server.folder, site.folder):
            people.write(place / ACCOUNTS_FILE)
        federation, state = Federation(server.folder), SiteState(site.folder)
        server_overview(federation)
        site_overview(state)
        newest = next(row.key for row in federation.studies()[0] if row.finished)
        with _served(lambda port: coordinator_page(federation, port)) as origin:
            _print("coordinator", origin, ("/sign-in", "/", f"/studies/{newest}"))
        with _served(lambda port: site_page(state, port)) as origin:
            _print("site", origin, ("/sign-in", "/", "/ledger"))


def _federation(folder: Path) -> tuple[ServerFolder, SiteFolder]:
    server = create_server(folder / "server", Server(name="heart", hosts=("h.example",), anchors="../anchors"), NOW)
    for name in SITES:
        created = create_site(folder / name, name)
        (created.folder / "site.toml").write_text(f'name = "{name}"\nanchors = "../anchors"\n[run]\nhealth_port = 0\n')
        site = SiteFolder.open(created.folder)
        request = request_enrolment(site, NOW)
        answer = enroll(server, request, request.fingerprint.words, 365, NOW)
        accept_enrolment(site, answer, server.identity.fingerprint.words, "nobody", NOW)
    for number in range(STUDIES):
        file = folder / "study.json"
        file.write_text(Study.model_validate({**DOCUMENT, "name": f"study-{number}"}).canonical)
        submission = submit(server, file, 90, NOW)
    study = submission.study
    done = tuple(
        RoundRecord(number, SITES, {}, 1.0, 1000, 1000, {"auroc": 0.5 + number / 1000}) for number in range(ROUNDS)
    )
    for found in done:
        record(server, "round-finished", NOW, study=study.name, study_sha256=study.sha256, round=found.round,
               replied=found.replied, failed={})  # fmt: skip
    model = {"weight": np.zeros(25_000_000, np.float32)}
    coordinator = CoordinatorFolder.open(submission.folder)
    coordinator.save(ServerState(study.sha256, "a" * 32, ROUNDS - 1, model, {}, done))
    with Ledger.open(site.ledger, site.key, site.anchors) as book:
        for number in range(20):
            book.reserve(
                study_sha256=study.sha256, study_name=study.name, run_id="a" * 32, round_number=number, dataset="d",
                members=[f"p{patient}" for patient in range(2000)], mechanism=Mechanism(0.05, 2.0, 4), delta=1e-5,
                max_epsilon_study=8.0, max_epsilon_lifetime=10.0,
            )  # fmt: skip
    return server, site


@contextmanager
def _served(make: Any) -> Iterator[str]:
    with listen(0) as listening:
        port = listening.getsockname()[1]
        page: LocalPage = make(port)
        with serving(page.app, listening):
            yield f"http://127.0.0.1:{port}"


def _print(name: str, origin: str, paths: tuple[str, ...]) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = browser.new_page()
        for path in paths:
            times = []
            for _ in range(VISITS):
                page.goto(origin + path)
                times.append(page.evaluate("() => performance.getEntriesByType('navigation')[0].loadEventEnd"))
            middle, slowest = statistics.median(times), max(times)
            print(
                f"{name:<12} {path:<28} first {times[0]:6.0f} ms   median {middle:6.0f} ms   slowest {slowest:6.0f} ms"
            )
            if path == "/sign-in":
                page.get_by_label("Name").fill("mlee")
                page.get_by_label("Password").fill(PASSWORD)
                page.get_by_role("button", name="Sign in").click()
                page.wait_for_url(f"{origin}/")
        browser.close()


if __name__ == "__main__":
    main()
