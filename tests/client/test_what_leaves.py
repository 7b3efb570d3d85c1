"""What a private round sends says nothing of the patients but the noised update: each test tries to make it.

The rows of the table "What else leaks" in `docs/privacy.md` name these tests.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import torch
from flwr.app import Array, Context, Message, RecordDict
from flwr.supercore.task_identity import TaskIdentity

from cloister.client import app as client_app
from cloister.client import trainer
from cloister.client.approvals import approve
from cloister.client.local_rules.rule import Learnt, LocalRule
from cloister.client.node_config import FOLDER_KEY
from cloister.client.participation import Participation
from cloister.client.site_folder import SiteFolder
from cloister.deid.declared import write_declared_dataset
from cloister.privacy.ledger import Ledger
from cloister.privacy.sampling import Draw, PoissonPatientSampler
from cloister.study.errors import UpdateRefusedError
from cloister.study.schema import Study
from cloister.tasks.reading import read_examples

MakeStudy = Callable[..., Study]
MakeRequest = Callable[..., RecordDict]


def answered(site: SiteFolder, content: RecordDict) -> Message:
    """What leaves: the reply of the app itself."""
    TaskIdentity.run_id = TaskIdentity.node_id = TaskIdentity.task_id = 1
    message = Message(content, dst_node_id=1, message_type="train")
    message.metadata.__dict__["_message_id"] = "1"
    context = Context(1, 1, {FOLDER_KEY: str(site.folder)}, RecordDict(), {})
    return client_app.app(message, context)


def skeleton(reply: Message) -> dict[str, Any]:
    """Everything in a reply but the numbers of the update."""
    assert not reply.has_error(), reply.error
    records: dict[str, Any] = {}
    for name, record in reply.content.items():
        records[name] = {
            key: (value.dtype, value.shape, value.stype, len(value.data)) if isinstance(value, Array) else value
            for key, value in record.items()
        }
    return records


def with_patients(site: SiteFolder, notes_of: Sequence[int], scale: float = 1.0) -> SiteFolder:
    """The site with another dataset: one patient for each number, with as many rows."""
    folder = site.folder / "datasets" / "table"
    shutil.rmtree(folder)
    owners = [f"patient-{patient}" for patient, notes in enumerate(notes_of) for _ in range(notes)]
    numbers = np.random.default_rng(0).normal(size=(2, len(owners))) * scale
    labels = ["yes" if row % 3 else "no" for row in range(len(owners))]
    table = pa.table({"patient_id": owners, "x": numbers[0], "y": numbers[1], "label": labels})
    write_declared_dataset(folder, "table", table, site_key=site.key, collection="records", statement="made up")
    return SiteFolder.open(site.folder)


ALIKE = {
    "the dataset": [1] * 60,
    "one patient more": [1] * 61,
    "one patient with many notes more": [1] * 60 + [40],
    "many patients more": [2] * 100,
}


def test_messages_of_different_datasets_are_alike_but_for_the_updates_numbers(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    found = [skeleton(answered(with_patients(site, notes), make_request(study))) for notes in ALIKE.values()]
    assert found == [found[0]] * len(found)
    assert found[0].keys() == {"arrays"}
    assert all(dtype == "float32" for dtype, *_ in found[0]["arrays"].values())


def test_a_round_that_samples_nobody_is_noise_of_the_same_looks(
    site: SiteFolder, study: Study, make_request: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = skeleton(answered(site, make_request(study)))
    nobody = Draw(torch.zeros(0, dtype=torch.int64), torch.zeros(0, dtype=torch.int64), 0)
    monkeypatch.setattr(PoissonPatientSampler, "draw", lambda _: nobody)
    reply = answered(site, make_request(study))
    assert skeleton(reply) == usual
    assert all(np.abs(array.numpy()).min() > 0 for array in reply.content.array_records["arrays"].values())


def test_the_number_of_steps_is_the_studys_whatever_the_data_do(
    site: SiteFolder, study: Study, make_request: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither a model that has learnt everything nor one that learns nothing stops early or goes on."""
    steps: list[int] = []
    inner = trainer.PrivateGradient.__call__

    def counted(gradient: trainer.PrivateGradient, model: torch.nn.Module) -> trainer.Gradients:
        steps.append(1)
        return inner(gradient, model)

    monkeypatch.setattr(trainer.PrivateGradient, "__call__", counted)
    for scale in (0.0, 1.0, 1e30):
        steps.clear()
        skeleton(answered(with_patients(site, [1] * 60, scale), make_request(study)))
        assert len(steps) == study.training.steps_per_round


def test_gradients_that_are_not_finite_count_as_zero_and_are_recorded_without_anybodys_name(
    site: SiteFolder, study: Study, make_request: MakeRequest, caplog: pytest.LogCaptureFixture
) -> None:
    usual = skeleton(answered(site, make_request(study)))
    broken = with_patients(site, [1] * 60, 1e30)
    with caplog.at_level(logging.WARNING, "cloister.site"):
        reply = answered(broken, make_request(study))
    assert skeleton(reply) == usual
    (record,) = [record for record in caplog.records if "not finite" in record.message]
    assert not [key for key in patient_keys(broken) if key in caplog.text]
    assert record.levelno == logging.WARNING
    with Ledger.open(broken.ledger, broken.key) as ledger:
        assert sum(entry.kind == "settlement" for entry in ledger.entries()) == 2


def test_a_patient_who_appears_after_the_reservation_is_not_trained_on(
    site: SiteFolder, study: Study, make_request: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cloister.client import participation

    trained: list[int] = []

    def swapped(*where: Any) -> Any:
        with_patients(site, [1] * 61)  # between the check and the reading
        return read_examples(*where)

    monkeypatch.setattr(participation, "read_examples", swapped)
    monkeypatch.setattr(participation, "train", lambda *_, **__: trained.append(1))
    reply = answered(site, make_request(study))
    assert reply.has_error()
    assert not trained


@pytest.mark.parametrize(
    "smuggled",
    [
        lambda update: {**update, "loss": np.array([0.31], np.float32)},
        lambda update: {name: np.append(value, np.float32(60)) for name, value in update.items()},
        lambda update: {name: value.astype(np.float64) for name, value in update.items()},
    ],
    ids=["a metric as an array", "a count at the end of an array", "more precision than the model has"],
)
def test_a_trainer_that_smuggles_is_not_let_through(
    site: SiteFolder,
    study: Study,
    make_request: MakeRequest,
    monkeypatch: pytest.MonkeyPatch,
    smuggled: Callable[[dict[str, Any]], dict[str, Any]],
) -> None:
    learn = LocalRule.learn

    def learnt(rule: LocalRule, *work: Any) -> Learnt:
        return Learnt(smuggled(dict(learn(rule, *work).update)))

    monkeypatch.setattr(LocalRule, "learn", learnt)
    reply = answered(site, make_request(study))
    assert reply.error.code == UpdateRefusedError.wire_code


def test_no_seed_of_a_study_makes_a_real_sites_noise_repeat(
    site: SiteFolder, make_study: MakeStudy, make_request: MakeRequest
) -> None:
    study = make_study(seeds={"model": 1, "data": 1, "training": 1})
    approve(site, study, "the tests")
    updates = [Participation(site).train(make_request(study, 1, run)) for run in ("first", "second")]
    assert all((updates[0][name] != updates[1][name]).all() for name in updates[0])
    with Ledger.open(site.ledger, site.key) as ledger:
        kinds = [entry.content["noise"] for entry in ledger.entries() if entry.kind == "reservation"]
    assert kinds == ["system", "system"]


def patient_keys(site: SiteFolder) -> list[str]:
    from pyarrow import parquet

    path: Path = site.folder / "datasets" / "table" / "table.parquet"
    keys: list[str] = parquet.read_table(path).column("patient_key").to_pylist()
    return keys
