"""What a site's ledger refuses beside exhausted budgets, and what `cloister site ledger` shows of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flwr.app import RecordDict
from typer.testing import CliRunner

from cloister.client.approvals import approve
from cloister.client.cli import app
from cloister.client.participation import Participation
from cloister.client.site_folder import SiteFolder
from cloister.deid.declared import write_declared_dataset
from cloister.privacy.ledger import Ledger
from cloister.study.audit_entry import run_of
from cloister.study.errors import CloisterError, DataError, InputError, LedgerError, RefusedByPolicyError, StudyError
from cloister.study.privacy_statement import PrivacyStatement
from cloister.study.schema import Study

MakeStudy = Callable[..., Study]
MakeRequest = Callable[..., RecordDict]


def ledger_command(site: SiteFolder, *options: str) -> str:
    found = CliRunner().invoke(app, ["ledger", "--site", str(site.folder), *options], catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.stdout


def statement(site: SiteFolder) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ledger_command(site, "--json"))
    return found


def take_part(site: SiteFolder, make_request: MakeRequest, study: Study, number: int, **config: object) -> None:
    Participation(SiteFolder.open(site.folder)).train(make_request(study, number, "run", config=config))


def copy_ledger(site: SiteFolder, folder: Path) -> None:
    folder.mkdir()
    for path in site.folder.glob("ledger.sqlite*"):
        shutil.copy2(path, folder)


def put_back(site: SiteFolder, folder: Path) -> None:
    for path in site.folder.glob("ledger.sqlite*"):
        path.unlink()
    for path in folder.iterdir():
        shutil.copy2(path, site.folder)


# An older ledger put back.


def test_a_ledger_restored_from_before_a_round_stops_the_next_one(
    site: SiteFolder, study: Study, make_request: MakeRequest, tmp_path: Path
) -> None:
    take_part(site, make_request, study, 1)
    copy_ledger(site, tmp_path / "backup")
    take_part(site, make_request, study, 2)
    put_back(site, tmp_path / "backup")
    with pytest.raises(LedgerError, match="older than its anchor"):
        take_part(site, make_request, study, 3)


def test_the_coordinators_receipt_shows_what_a_rolled_back_machine_forgot(
    site: SiteFolder, study: Study, make_request: MakeRequest, tmp_path: Path
) -> None:
    take_part(site, make_request, study, 1)
    copy_ledger(site, tmp_path / "backup")
    shutil.copytree(site.anchors, tmp_path / "anchors-then")
    take_part(site, make_request, study, 2, **{"rounds-contributed": 1})
    put_back(site, tmp_path / "backup")
    shutil.rmtree(site.anchors)
    shutil.copytree(tmp_path / "anchors-then", site.anchors)
    with pytest.raises(LedgerError, match="shows 1 rounds of this run, but the coordinator has received 2"):
        take_part(site, make_request, study, 3, **{"rounds-contributed": 2})


@pytest.mark.parametrize("receipt", [-1, "2", 1.5, True])
def test_a_receipt_that_is_no_number_is_refused(
    site: SiteFolder, study: Study, make_request: MakeRequest, receipt: object
) -> None:
    with pytest.raises(StudyError, match="rounds-contributed"):
        take_part(site, make_request, study, 1, **{"rounds-contributed": receipt})
    assert statement(site)["entries"] == 1


def test_a_missing_anchor_stops_work_until_somebody_gives_a_reason(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    take_part(site, make_request, study, 1)
    shutil.rmtree(site.anchors)
    with pytest.raises(LedgerError, match="anchor is missing"):
        take_part(site, make_request, study, 2)
    with pytest.raises(InputError, match="for a reason"):
        ledger_command(site, "--anchor-anew", " ")
    assert "Anchored anew: moved to another machine" in ledger_command(
        site, "--anchor-anew", "moved to another machine"
    )
    take_part(site, make_request, study, 2)
    with pytest.raises(LedgerError, match="there is an anchor"):
        ledger_command(site, "--anchor-anew", "again")


def test_the_anchor_of_a_real_site_is_not_in_its_folder(site: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/var/state")
    (site.folder / "site.toml").write_text('name = "north"\n')
    assert SiteFolder.open(site.folder).anchors == Path("/var/state/cloister/anchors")
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", "/home/node")
    assert SiteFolder.open(site.folder).anchors == Path("/home/node/.local/state/cloister/anchors")


# Bad data, before anything is spent.


def replace_dataset(site: SiteFolder, *, patients: int, name: str = "table") -> None:
    import pyarrow as pa

    folder = site.folder / "datasets" / name
    shutil.rmtree(folder, ignore_errors=True)
    rows = {"patient_id": [f"patient-{number}" for number in range(patients)], "x": [0.5] * patients}
    table = pa.table({**rows, "y": [1.0] * patients, "label": ["no"] * patients})
    write_declared_dataset(folder, "table", table, site_key=site.key, collection="records", statement="made up")


def refused(site: SiteFolder, make_request: MakeRequest, study: Study, number: int = 1) -> CloisterError:
    before = statement(site)["entries"]
    with pytest.raises(CloisterError) as found:
        take_part(site, make_request, study, number)
    assert statement(site)["entries"] == before, "something was reserved"
    return found.value


def test_a_dataset_that_changed_during_a_run_is_refused(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    take_part(site, make_request, study, 1)
    replace_dataset(site, patients=59)
    problem = refused(site, make_request, study, 2)
    assert isinstance(problem, DataError)
    assert "dataset has changed" in problem.message
    Participation(SiteFolder.open(site.folder)).train(make_request(study, 1, "another run"))


def test_fewer_patients_than_the_plan_needs_are_refused(
    site: SiteFolder, make_study: MakeStudy, make_request: MakeRequest
) -> None:
    training = {"steps_per_round": 4, "sample_rate": 0.01, "batch_divisor": 12, "learning_rate": 0.5}
    study = make_study(training=training)
    approve(site, study, "the tests")
    problem = refused(site, make_request, study)
    assert isinstance(problem, DataError)
    assert "the plan needs 100" in problem.message


def test_a_delta_that_gives_one_patient_away_is_refused(
    site: SiteFolder, make_study: MakeStudy, make_request: MakeRequest
) -> None:
    policy = site.folder / "policy.toml"
    policy.write_text(policy.read_text() + "[ceilings]\ndelta = 0.05\n")
    site = SiteFolder.open(site.folder)
    study = make_study(privacy={"mechanism": "dp-sgd", "noise_multiplier": 2.0, "delta": 0.05})
    approve(site, study, "the tests")
    problem = refused(site, make_request, study)
    assert isinstance(problem, DataError)
    assert "delta must be below 1/60" in problem.message


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        (lambda members: dict.fromkeys(members, next(iter(members.values()))), "several patient keys"),
        (lambda members: dict(list(members.items())[1:]), "not in the dataset's sealed population"),
    ],
    ids=["one person under many keys", "a patient in nobody's account"],
)
def test_patients_that_the_ledger_would_miscount_are_refused(
    site: SiteFolder, study: Study, make_request: MakeRequest, attack: Callable[..., dict[str, str]], said: str
) -> None:
    reseal(site, attack)
    problem = refused(site, make_request, study)
    assert isinstance(problem, DataError)
    assert said in problem.message


def test_an_example_without_patient_is_refused_before_anything_is_spent(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    from pyarrow import parquet

    path = site.folder / "datasets" / "table" / "table.parquet"
    table = parquet.read_table(path)
    column = table.column("patient_key").to_pylist()
    parquet.write_table(
        table.set_column(table.schema.get_field_index("patient_key"), "patient_key", [[None, *column[1:]]]), path
    )
    reseal(site, lambda members: members)
    problem = refused(site, make_request, study)
    assert isinstance(problem, DataError)
    assert "row 0: no patient key" in problem.message


def reseal(site: SiteFolder, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
    """What a broken de-identification would have written, with a certificate that holds."""
    from cloister.study.dataset import Certificate, build_manifest, read_manifest, write_certified
    from cloister.study.population import read_population, write_population

    folder = site.folder / "datasets" / "table"
    write_population(folder, site.key, "records", change(read_population(folder, site.key, "records")))
    manifest = build_manifest(folder, "records", read_manifest(folder).tables)
    certificate = Certificate.model_validate_json((folder / "certificate.json").read_bytes())
    write_certified(folder, manifest, certificate, site.key)


def test_noise_below_the_floor_is_refused_before_anybody_approves_it(site: SiteFolder, make_study: MakeStudy) -> None:
    policy = site.folder / "policy.toml"
    policy.write_text(policy.read_text() + "[floors]\nnoise_multiplier = 5.0\n")
    study = make_study(privacy={"mechanism": "dp-sgd", "target_epsilon": 7.0, "delta": 1e-5})
    with pytest.raises(RefusedByPolicyError, match=r"noise multiplier .* is below the policy's floor of 5"):
        approve(SiteFolder.open(site.folder), study, "the tests")
    assert not (site.approvals / f"{study.sha256}.json").exists()


# What is shown.


def test_the_statement_shows_studies_runs_and_what_never_finished(
    site: SiteFolder, study: Study, make_request: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cloister.client import participation

    take_part(site, make_request, study, 1)
    with monkeypatch.context() as patched:
        patched.setattr(participation, "read_examples", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            take_part(site, make_request, study, 2)
    found = statement(site)
    (of_study,) = found["studies"]
    assert (of_study["study"], of_study["rounds_reserved"], of_study["rounds_unsettled"]) == ("example", 2, 1)
    assert (of_study["delta"], of_study["runs"], found["seeded_rounds"]) == (1e-5, 1, 0)
    assert of_study["epsilon"] == found["spent"] > 0
    assert "NOT PRIVATE" not in ledger_command(site)


def test_a_run_of_any_name_is_stated_for_the_coordinator_as_the_record_calls_it(
    site: SiteFolder, study: Study, make_request: MakeRequest, tmp_path: Path
) -> None:
    """Else one run's name would stop every statement on the study, for good."""
    runs = ("run 1", "0" * 32)
    for run in runs:
        Participation(site).train(make_request(study, 1, run))
    said = CliRunner().invoke(
        app,
        ["statement", study.sha256, "--site", str(site.folder), "--output", str(tmp_path / "statement.json")],
        catch_exceptions=False,
    )
    assert said.exit_code == 0, said.output
    stated = PrivacyStatement.open((tmp_path / "statement.json").read_bytes())
    assert stated.rounds == {str(run_of(run)): 1 for run in runs}


def test_seeded_noise_is_marked_as_not_private(site: SiteFolder, study: Study, make_request: MakeRequest) -> None:
    path = site.folder / "site.toml"
    path.write_text(path.read_text() + "[simulation]\nseed = 7\n")
    take_part(site, make_request, study, 1)
    assert statement(site)["seeded_rounds"] == 1
    assert "NOT PRIVATE: the noise of 1 rounds came from a seed" in ledger_command(site)


def test_verifying_throws_the_cache_away_and_finds_tampering(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    take_part(site, make_request, study, 1)
    cache = site.folder / "ledger.sqlite.losses"
    cache.write_bytes(b"not to be believed")
    assert json.loads(ledger_command(site, "--verify", "--json")) == {"entries": 3, "valid": True}
    assert not cache.exists()
    import sqlite3

    with sqlite3.connect(site.ledger) as database:
        database.execute("UPDATE entries SET content = replace(content, '2.0', '9.0') WHERE sequence = 2")
    with pytest.raises(LedgerError, match="entry 2"):
        ledger_command(site, "--verify")


def test_an_export_is_written_and_names_the_key_that_verifies_it(
    site: SiteFolder, study: Study, make_request: MakeRequest, tmp_path: Path
) -> None:
    take_part(site, make_request, study, 1)
    target = tmp_path / "export.jsonl"
    ledger_command(site, "--export", str(target))
    head, *entries = [json.loads(line) for line in target.read_text().splitlines()]
    assert head["entries"] == len(entries) == 3
    assert head["public_key"] == statement(site)["public_key"]
    with Ledger.open(site.ledger, site.key) as ledger:
        assert [entry["kind"] for entry in entries] == [entry.kind for entry in ledger.entries()]
