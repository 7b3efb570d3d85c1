"""A site with studies to decide on, a ledger that was spent from, answers that left, and notes in quarantine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cloister.client.page.site_page import site_page
from cloister.client.page.site_state import SiteState
from cloister.client.site_audit import record
from cloister.client.site_folder import STUDIES, SiteFolder
from cloister.deid.certification import Tally, certify, input_digest
from cloister.privacy.accounting import Mechanism
from cloister.privacy.ledger import Ledger
from cloister.server.server_folder import ServerFolder
from cloister.study.schema import Study
from cloister.study.web.accounts import ACCOUNTS_FILE
from cloister.study.web.serving import listen, serving

if TYPE_CHECKING:
    from tests.client.conftest import Federation
    from tests.conftest import People

NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True)
class ServedSite:
    """The page of a site."""

    origin: str
    site: SiteFolder
    pending: Study
    approved: Study
    sign_in: Callable[[Any, str], None]


def _notes(site: SiteFolder) -> None:
    folder = site.folder / "datasets" / "notes"
    folder.mkdir()
    columns = ("patient_key", "example_id", "text")
    pq.write_table(pa.table({name: ["x"] for name in columns}), folder / "notes.parquet")
    tally = Tally(records_in=4, records_out=1, members={"x": "y"})
    for position, reason in ((2, "missing-text"), (3, "missing-text"), (4, "identifier-survived")):
        tally.quarantine.add(f"{position:032x}", position, reason)  # type: ignore[arg-type]
    certify(
        folder, "notes", columns, tally, site_key=site.key, collection="main",
        digest=input_digest(site.key, "main", "x"), thresholds={}, mode="surrogate",
    )  # fmt: skip


def _spend(site: SiteFolder, study: Study) -> None:
    with Ledger.open(site.ledger, site.key, site.anchors) as book:
        for number in (1, 2):
            reservation = book.reserve(
                study_sha256=study.sha256, study_name=study.name, run_id="a" * 32, round_number=number, dataset="d",
                members=["p1", "p2"], mechanism=Mechanism(0.2, 2.0, 4), delta=1e-5,
                max_epsilon_study=8.0, max_epsilon_lifetime=10.0,
            )  # fmt: skip
            book.settle(reservation, 4)
    about = {"study": study.name, "study_sha256": study.sha256, "run": "a" * 32}
    for number in (1, 2):
        record(site, "answered", NOW, **about, round=number, kind="train", bytes=1234, sha256="b" * 64)
    record(site, "refused", NOW, **about, round=3, kind="train", code=9464)


@pytest.fixture(scope="session")
def furnished_once(
    small_federation: Federation, people: People, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Study, Study]:
    """The folder that holds it all, the study that waits, and the one that is approved."""
    folder = tmp_path_factory.mktemp("furnished")
    shutil.copytree(small_federation.site.folder.parent, folder, dirs_exist_ok=True)
    site = SiteFolder.open(folder / "north")
    federation = replace(small_federation, server=ServerFolder.open(folder / "server"), site=site)
    approved = federation.submission
    values = approved.study.model_dump(mode="json")
    title = "Heart <b>failure</b> at two hospitals"
    pending = federation.submit(Study.model_validate({**values, "name": "heart", "title": title}))
    greedy = federation.submit(Study.model_validate({**values, "name": "greedy", "rounds": 5000}))
    studies = site.folder / STUDIES
    for submission in (approved, pending, greedy):
        shutil.copy(submission.signed_study, studies / f"{submission.study.name}.json")
    (studies / "altered.json").write_bytes(approved.signed_study.read_bytes().replace(b"example", b"exempla"))
    _notes(site)
    (site.folder / "site.toml").write_text(
        'name = "north"\nanchors = "../anchors"\ndatasets = ["datasets/notes", "datasets/gone"]\n'
        "[run]\nfree_disk_gib = 0\nhealth_port = 0\n"
    )
    _spend(site, approved.study)
    people.accounts.write(site.folder / ACCOUNTS_FILE)
    return folder, pending.study, approved.study


@pytest.fixture
def furnished(furnished_once: tuple[Path, Study, Study], tmp_path: Path) -> tuple[SiteFolder, Study, Study]:
    """The site, to do with as one likes, the study that waits, and the one that is approved."""
    folder, pending, approved = furnished_once
    for name in ("north", "anchors"):
        shutil.copytree(folder / name, tmp_path / name)
    return SiteFolder.open(tmp_path / "north"), pending, approved


@pytest.fixture
def served_site(furnished: tuple[SiteFolder, Study, Study], people: People) -> Iterator[ServedSite]:
    site, pending, approved = furnished
    with listen(0) as listening:
        port = listening.getsockname()[1]
        with serving(site_page(SiteState(site.folder), port).app, listening):
            origin = f"http://127.0.0.1:{port}"
            yield ServedSite(origin, site, pending, approved, people.at(origin))
