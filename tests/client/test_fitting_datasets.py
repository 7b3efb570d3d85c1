"""Which datasets a study trains on, and what the person who decides on it reads about them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from cloister.client.approvals import approve
from cloister.client.cli import app
from cloister.client.data_for_study import data_for
from cloister.client.fitting_datasets import fitting_datasets
from cloister.client.guard import admit
from cloister.client.site_folder import SiteFolder
from cloister.deid.declared import write_declared_dataset
from cloister.study.dataset import CERTIFICATE_FILE, MANIFEST_FILE, read_manifest
from cloister.study.errors import CertificateError, CloisterError, DataError, MissingFileError
from cloister.study.schema import Study

if TYPE_CHECKING:
    from tests.client.conftest import Federation, MakeStudy

Add = Callable[..., SiteFolder]
NOTES = {
    "data": {"kind": "notes", "classes": ["no", "yes"]},
    "task": {"name": "note_classification", "model": {"architecture": "bert"}},
}
NOTES_AND_IMAGES = {
    "data": {"kind": "notes-and-images", "classes": ["no", "yes"]},
    "task": {
        "name": "note_image_classification",
        "model": {
            "architecture": "bert-and-cnn",
            "text": {"architecture": "bert"},
            "image": {"architecture": "groupnorm-cnn"},
        },
    },
}


@pytest.fixture
def add(site: SiteFolder) -> Add:
    """Registers one more dataset, of twelve patients, with some columns."""

    def added(kind: Literal["notes", "table"], columns: str, collection: str = "records") -> SiteFolder:
        folder = site.folder / "datasets" / f"{collection}-{kind}"
        values = {column: ["no", "yes"] * 6 for column in columns.split()}
        rows = pa.table({"patient_id": [*"abcdefghijkl"], **values})
        write_declared_dataset(folder, kind, rows, site_key=site.key, collection=collection, statement="made up")
        settings = (site.folder / "site.toml").read_text()
        both = f'"datasets/table", "datasets/{folder.name}"'
        (site.folder / "site.toml").write_text(settings.replace('"datasets/table"', both))
        return SiteFolder.open(site.folder)

    return added


def chosen(site: SiteFolder, study: Study) -> list[str]:
    manifests = {folder: read_manifest(folder) for folder in site.datasets}
    return [folder.name for folder in fitting_datasets(site, study, manifests)]


def test_of_several_datasets_those_are_chosen_that_have_what_the_study_needs(make_study: MakeStudy, add: Add) -> None:
    site = add("notes", "text label")
    assert chosen(site, make_study()) == ["table"]
    assert chosen(site, make_study(**NOTES)) == ["records-notes"]


def damage(folder: Path) -> None:
    rows = next(folder.glob("*.parquet"))
    rows.write_bytes(rows.read_bytes()[:-1] + b"x")


def test_a_damaged_dataset_stops_only_the_studies_that_would_train_on_it(make_study: MakeStudy, add: Add) -> None:
    site, study, notes = add("notes", "text label"), make_study(), make_study(**NOTES)
    approve(site, notes, "the tests")
    damage(site.datasets[1])
    assert list(admit(site, study, "").datasets) == site.datasets[:1]
    with pytest.raises(CertificateError, match="changed since it was certified"):
        admit(site, notes, "")
    damage(site.datasets[0])
    with pytest.raises(CertificateError, match="changed since it was certified"):
        admit(site, study, "")


@pytest.mark.parametrize("lost", [CERTIFICATE_FILE, MANIFEST_FILE])
def test_a_dataset_of_which_nothing_is_known_might_be_one_to_train_on(
    study: Study, add: Add, caplog: pytest.LogCaptureFixture, lost: str
) -> None:
    """Left out in silence, the study would go on with fewer patients than were approved for it."""
    site = add("table", "x y label")
    (site.datasets[1] / lost).unlink()
    with pytest.raises(MissingFileError):
        admit(site, study, "")
    assert f"{site.datasets[1]}: might be one that study example trains on" in caplog.text


def test_a_study_that_names_a_collection_gets_no_other(make_study: MakeStudy, add: Add) -> None:
    site = add("table", "x y label", collection="registry")
    data: dict[str, Any] = make_study().data.model_dump()
    assert chosen(site, make_study(data={**data, "collection": "registry"})) == ["registry-table"]
    with pytest.raises(DataError, match="Several collections fit"):
        chosen(site, make_study())


@pytest.mark.parametrize("missing", ["text", "label"])
def test_a_column_that_is_not_there_is_named_before_anything_is_approved_or_reserved(
    make_study: MakeStudy, add: Add, missing: str
) -> None:
    site, study = add("notes", " ".join({"text", "label"} - {missing})), make_study(**NOTES)
    first, second = data_for(site, study).lines
    assert f"CANNOT TRAIN HERE: {site.datasets[1] / 'notes.parquet'}: no column {missing!r}" in first
    assert second.strip().startswith("Make the dataset with that column")
    approve(site, study, "the tests")
    with pytest.raises(DataError, match=f"no column '{missing}'"):
        admit(site, study, "")


def test_before_approving_one_reads_which_datasets_and_how_many_patients(
    site: SiteFolder, federation: Federation
) -> None:
    signed = str(federation.submission.signed_study)
    shown = CliRunner().invoke(app, ["check", signed, "--site", str(site.folder)]).output
    rows = read_manifest(site.datasets[0]).tables[0].rows
    assert f"  Data       {site.datasets[0]}: {rows} rows of {rows} patients\n" in shown


def test_a_site_without_that_data_reads_so(site: SiteFolder, make_study: MakeStudy) -> None:
    first, _ = data_for(site, make_study(**NOTES_AND_IMAGES)).lines
    assert "north has no dataset with images" in first


def test_a_column_cannot_forge_lines(site: SiteFolder, make_study: MakeStudy) -> None:
    data = make_study().data.model_dump()
    forged = make_study(data={**data, "label": "label\n  Privacy    epsilon 0.001"})
    assert not any("\n" in line for line in data_for(site, forged).lines)


def test_a_folder_that_cannot_be_read_is_named(site: SiteFolder, study: Study) -> None:
    folder = site.datasets[0]
    shutil.rmtree(folder)
    folder.write_text("a file")
    first, _ = data_for(site, study).lines
    assert f"CANNOT TRAIN HERE: {folder / 'manifest.json'}: Not a directory" in first


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("allow_declared_datasets = false", "allow_declared_datasets = false does not accept"),
        ("floors = { patients = 500 }", "fewer patients than the policy's floor of 500"),
        ("allowed_collections = ['registry']", "not among the policy's allowed_collections"),
    ],
)
def test_data_that_the_policy_keeps_from_training_are_named_before_anybody_approves(
    site: SiteFolder, study: Study, policy: str, said: str
) -> None:
    path, (key, _) = site.folder / "policy.toml", policy.split(" = ", 1)
    kept = [line for line in path.read_text().splitlines() if not line.startswith(key)]
    path.write_text("\n".join([policy, *kept]))
    first, _ = data_for(SiteFolder.open(site.folder), study).lines
    assert "CANNOT TRAIN HERE" in first
    assert said in first
    with pytest.raises(CloisterError, match=r"CANNOT TRAIN HERE.*" + said):
        data_for(SiteFolder.open(site.folder), study).check()


def test_the_check_fails_where_the_study_cannot_train_and_its_last_line_says_both(
    site: SiteFolder, federation: Federation, caplog: pytest.LogCaptureFixture
) -> None:
    """A mistyped folder: the policy allows the study, and no round of it would ever be answered here."""
    signed = str(federation.submission.signed_study)
    toml = site.folder / "site.toml"
    toml.write_text(toml.read_text().replace("datasets/table", "datasets/tabel"))
    result = CliRunner().invoke(app, ["check", signed, "--site", str(site.folder)])
    assert isinstance(result.exception, CloisterError)
    assert result.exception.exit_code == 1
    assert "The policy allows this study, but it CANNOT TRAIN HERE" in result.exception.message
    assert "datasets/tabel" in result.exception.message
    assert "The policy allows this study." not in result.output
    assert caplog.text.count("datasets/tabel") == 1, "each dataset is asked once"
    approved = CliRunner().invoke(app, ["approve", signed, "--site", str(site.folder)])
    assert "It is refused until it can train here" in approved.stderr
