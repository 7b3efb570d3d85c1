"""From nothing to a trained model, with real processes: authority, enrolment, signed study, launcher.

Everything is made by `cloister server` and `cloister site` and started by the scripts that they write. Between the
hospitals and the SuperLink stands a TLS gate with the server's certificate, where a deployment has its reverse proxy.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cloister.simulation.sources.heart_disease import prepare
from cloister.study.schema import Study

if TYPE_CHECKING:
    from tests.deployment.conftest import Enrolled

pytestmark = pytest.mark.heavy

ROOT = Path(__file__).parents[2]
HOSPITALS = ("cleveland", "hungary")
ROUNDS = 2
SECONDS = 1500.0
"""Generous, because other work may share the cores."""


@pytest.fixture(scope="module")
def enrolled(shared_data: Path, make_enrolled: Callable[[Sequence[str]], Enrolled]) -> Enrolled:
    """After a study that was submitted, approved and run to its end."""
    made = make_enrolled(HOSPITALS)
    try:
        submission = set_up(made, shared_data / "fed_heart_disease")
        made.bring_up()
        made.run(submission)
    except BaseException:
        print(made.logs())
        raise
    return made


def set_up(made: Enrolled, data: Path) -> Path:
    """The study, signed and approved, and everybody's data; returns the submitted study's folder."""
    study_file = made.folder / "study.toml"
    study_file.write_text(study_of_two(made.cloister("server", "roster", "--server", "server")))
    source = prepare(Study.read(study_file), data, made.folder)
    heldout = made.equip([source.sites[name].table for name in HOSPITALS], source.heldout.table)
    submission = made.submit(study_file, heldout)
    made.approve(submission)
    return submission


def study_of_two(roster: str) -> str:
    identities = "\n".join(line.partition("#")[0] for line in roster.splitlines())
    federation = f"[federation]\nsites = {json.dumps(HOSPITALS)}\nsecure_aggregation = true\n"
    text = (ROOT / "examples" / "heart-disease.toml").read_text()
    text = re.sub(r"(?ms)^\[federation\]\n.*?(?=^\[)", f"{federation}[federation.identities]\n{identities}\n\n", text)
    return re.sub(r"(?m)^rounds = .*", f"rounds = {ROUNDS}", text)


def test_every_round_had_every_hospital(enrolled: Enrolled) -> None:
    (folder,) = (enrolled.server / "studies").iterdir()
    status = json.loads(enrolled.cloister("server", "status", "--coordinator", folder, "--json"))
    assert status["rounds_finished"] == ROUNDS
    assert all(record["replied"] == sorted(HOSPITALS) and not record["failed"] for record in status["history"][1:])


def test_what_left_is_on_record_and_the_coordinators_code_never_arrived(enrolled: Enrolled) -> None:
    for name in HOSPITALS:
        entries = json.loads(enrolled.cloister("site", "egress", "--site", name, "--json"))
        kinds = [entry["kind"] for entry in entries]
        assert kinds.count("train") == kinds.count("query.secure_unmask") == ROUNDS
        assert all(entry["code"] is None for entry in entries)
        assert "valid" in enrolled.cloister("site", "egress", "--site", name, "--verify")
        assert not list((enrolled.folder / name / "flower").rglob("*.py"))
        assert not list((enrolled.folder / name / "flower").rglob("pyproject.toml"))


def test_the_audit_logs_of_both_ends_tell_the_same(enrolled: Enrolled) -> None:
    told = json.loads(enrolled.cloister("server", "audit", "--server", "server", "--json"))
    events = [entry["event"] for entry in told]
    assert events.count("site-enrolled") == events.count("node-registered") == len(HOSPITALS)
    rounds = [entry for entry in told if entry["event"] == "round-finished"]
    assert [(entry["round"], entry["failed"]) for entry in rounds] == [(number, {}) for number in range(ROUNDS + 1)]
    assert events[-1] == "run-ended"
    for name in HOSPITALS:
        told = json.loads(enrolled.cloister("site", "audit", "--site", name, "--json"))
        events = [entry["event"] for entry in told]
        assert events.index("study-approved") < events.index("started") < events.index("answered")
        assert {entry["study_sha256"] for entry in told if entry["event"] == "answered"} == {rounds[0]["study_sha256"]}
        assert "valid" in enrolled.cloister("site", "audit", "--site", name, "--verify")


def test_a_revoked_hospital_is_off_the_superlinks_list(enrolled: Enrolled) -> None:
    statuses = [node["status"] for node in enrolled.flower("supernode", "list", "coordinator")["nodes"]]
    assert statuses == ["online"] * len(HOSPITALS)
    enrolled.cloister("server", "revoke", "hungary", "--server", "server", "--reason", "left")
    statuses = [node["status"] for node in enrolled.flower("supernode", "list", "coordinator")["nodes"]]
    assert sorted(statuses) == ["online", "unregistered"]
    assert "is the roster's" in enrolled.cloister("server", "register", "--server", "server")


def test_a_stopped_hospital_ends_its_node_and_says_so(enrolled: Enrolled) -> None:
    assert "stops after" in enrolled.cloister("site", "stop", "--site", "cleveland")
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        told = json.loads(enrolled.cloister("site", "audit", "--site", "cleveland", "--json"))
        if told[-1]["event"] == "stopped":
            break
    assert [entry["event"] for entry in told[-2:]] == ["node-ended", "stopped"]
    assert "does not run" in enrolled.cloister("site", "stop", "--site", "cleveland")
