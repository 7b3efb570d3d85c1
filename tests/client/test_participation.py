"""A site works only for what it approved, pays before it trains, and sends nothing but a difference."""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flwr.app import Array, ArrayRecord, ConfigRecord, RecordDict
from opacus.accountants.analysis import rdp as opacus_rdp

from cloister.client import participation
from cloister.client.approvals import approve
from cloister.client.participation import Participation
from cloister.client.site_folder import SiteFolder
from cloister.privacy.ledger import Ledger
from cloister.study.arrays import CONTROL, Arrays, to_record
from cloister.study.errors import (
    BudgetExhaustedError,
    CertificateError,
    CloisterError,
    MissingFileError,
    ModelMismatchError,
    NotApprovedError,
    RefusedByPolicyError,
    StudyError,
    UpdateRefusedError,
)
from cloister.study.schema import Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.parameters import trainable_arrays

MakeStudy = Callable[..., Study]
MakeRequest = Callable[..., RecordDict]


def reservations(site: SiteFolder) -> int:
    with Ledger.open(site.ledger, site.key) as ledger:
        return sum(entry.kind == "reservation" for entry in ledger.entries())


def spent(site: SiteFolder, accountant: Any = "pld") -> float:
    with Ledger.open(site.ledger, site.key) as ledger:
        return ledger.spent(accountant=accountant)


def opacus_epsilon(sample_rate: float, noise_multiplier: float, steps: int, delta: float) -> float:
    """Opacus's RDP accountant, at its own default orders."""
    orders = [1 + x / 10.0 for x in range(1, 100)] + list(range(12, 64))
    rdp = opacus_rdp.compute_rdp(q=sample_rate, noise_multiplier=noise_multiplier, steps=steps, orders=orders)
    return float(opacus_rdp.get_privacy_spent(orders=orders, rdp=rdp, delta=delta)[0])


def test_a_round_returns_a_difference_and_records_its_cost(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    request = make_request(study)
    update = Participation(site).train(request)
    assert set(update) == set(model_of(study))
    assert all(value.dtype == np.float32 and np.abs(value).sum() > 0 for value in update.values())
    assert reservations(site) == 1


def test_two_runs_of_one_study_cost_the_sum_by_an_independent_accountant(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    for run in ("first", "second"):
        for server_round in (1, 2, 3):
            Participation(site).train(make_request(study, server_round, run))
    steps = 2 * study.total_steps
    assert spent(site, "rdp") == pytest.approx(opacus_epsilon(0.2, 2.0, steps, 1e-5), rel=1e-6)
    assert spent(site) > opacus_epsilon(0.2, 2.0, study.total_steps, 1e-5)


def test_privacy_is_reserved_before_any_record_is_read(
    site: SiteFolder, study: Study, make_request: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("the disk died as the first record was read")

    monkeypatch.setattr(participation, "read_examples", fail)
    with pytest.raises(OSError, match="disk died"):
        Participation(site).train(make_request(study))
    assert reservations(site) == 1
    assert spent(site) > 0


def test_a_study_over_budget_is_refused_before_training(
    site: SiteFolder, make_study: MakeStudy, make_request: MakeRequest
) -> None:
    (site.folder / "policy.toml").write_text(
        "allow_declared_datasets = true\nallow_without_secure_aggregation = true\n"
        "[ceilings]\nepsilon_per_study = 1.2\nepsilon_lifetime = 1.2\n"
    )
    opened = SiteFolder.open(site.folder)
    study = make_study(rounds=50)
    approve(opened, study, "the tests")
    done = _rounds_until_refused(opened, [make_request(study, number, "run") for number in range(1, 51)])
    assert 0 < done < 50
    assert spent(opened) <= 1.2
    assert reservations(opened) == done


@pytest.mark.parametrize("spare_rounds", [0, 1, 2])
def test_nothing_is_trained_beyond_what_the_study_asked_for_whatever_the_policy_would_bear(
    site: SiteFolder, make_study: MakeStudy, make_request: MakeRequest, spare_rounds: int
) -> None:
    privacy = {"mechanism": "dp-sgd", "noise_multiplier": 2.0, "delta": 1e-5, "spare_rounds": spare_rounds}
    study = make_study(privacy=privacy)
    approve(site, study, "the tests")
    # A coordinator that goes on under other names of runs, as after one that it lost.
    runs = [make_request(study, number, run) for run in ("first", "second", "third") for number in (1, 2, 3)]
    done = _rounds_until_refused(site, runs)
    assert done == study.rounds + spare_rounds
    steps = done * study.most_steps_a_round
    assert spent(site, "rdp") == pytest.approx(opacus_epsilon(0.2, 2.0, steps, 1e-5), rel=1e-6)
    assert spent(site) < site.policy.ceilings.epsilon_per_study


def _rounds_until_refused(site: SiteFolder, requests: list[RecordDict]) -> int:
    for done, request in enumerate(requests):
        try:
            Participation(site).train(request)
        except BudgetExhaustedError:
            return done
    return len(requests)


def test_exactly_what_was_approved_runs(site: SiteFolder, make_study: MakeStudy, make_request: MakeRequest) -> None:
    changed = make_study(privacy={"mechanism": "dp-sgd", "noise_multiplier": 1.9, "delta": 1e-5})
    with pytest.raises(NotApprovedError):
        Participation(site).train(make_request(changed))
    assert reservations(site) == 0


def test_an_approval_made_up_by_others_does_not_count(
    site: SiteFolder, study: Study, make_study: MakeStudy, make_request: MakeRequest
) -> None:
    other = make_study(rounds=4)
    real = site.approvals / f"{study.sha256}.json"
    (site.approvals / f"{other.sha256}.json").write_text(real.read_text())
    with pytest.raises(NotApprovedError, match="not a valid approval"):
        Participation(site).train(make_request(other))
    edited = real.read_text().replace(study.sha256, other.sha256)
    (site.approvals / f"{other.sha256}.json").write_text(edited)
    with pytest.raises(NotApprovedError, match="not a valid approval"):
        Participation(site).train(make_request(other))


def test_a_site_that_is_not_on_the_roster_does_not_work(
    site: SiteFolder, make_study: MakeStudy, make_request: MakeRequest
) -> None:
    elsewhere = make_study(federation={"sites": ["east", "south"]})
    with pytest.raises(RefusedByPolicyError, match="does not name north"):
        Participation(site).train(make_request(elsewhere))


def test_declared_data_need_the_policys_consent(site: SiteFolder, study: Study, make_request: MakeRequest) -> None:
    (site.folder / "policy.toml").write_text(
        "allow_declared_datasets = false\nallow_without_secure_aggregation = true\n"
    )
    with pytest.raises(RefusedByPolicyError, match="declared"):
        Participation(SiteFolder.open(site.folder)).train(make_request(study))


def test_an_altered_dataset_is_not_trained_on(site: SiteFolder, study: Study, make_request: MakeRequest) -> None:
    Participation(site).train(make_request(study))
    rows = next((site.folder / "datasets" / "table").glob("*.parquet"))
    rows.write_bytes(rows.read_bytes()[:-1] + b"x")
    with pytest.raises(CertificateError, match="changed since it was certified"):
        Participation(site).train(make_request(study, 2))


def test_a_lost_ledger_is_not_silently_a_new_one(site: SiteFolder, study: Study, make_request: MakeRequest) -> None:
    for path in site.folder.glob("ledger.sqlite*"):
        path.unlink()
    with pytest.raises(MissingFileError):
        Participation(site).train(make_request(study))


def model_of(study: Study) -> Arrays:
    return trainable_arrays(task_of(study).build_model(None, study.seeds.model))


def with_vector(arrays: Arrays, change: Callable[[Any], Any]) -> ArrayRecord:
    """Another vector under the name that the model's has."""
    return ArrayRecord({name: Array(change(array.numpy())) for name, array in to_record(arrays).items()})


HOSTILE_ARRAYS: dict[str, Callable[[Arrays], ArrayRecord]] = {
    "one too many": lambda model: to_record({**model, "extra": np.zeros(3, np.float32)}),
    "one too few": lambda model: to_record(dict(list(model.items())[1:])),
    "another shape": lambda model: to_record({**model, "weight": model["weight"].reshape(-1)}),
    "another name": lambda model: to_record({f"{name}s": value for name, value in model.items()}),
    "not finite": lambda model: to_record({**model, "weight": np.full_like(model["weight"], math.nan)}),
    "another dtype": lambda model: with_vector(model, lambda vector: vector.astype(np.float64)),
    "another size": lambda model: with_vector(model, lambda vector: np.append(vector, vector[:1])),
    "a matrix": lambda model: with_vector(model, lambda vector: vector.reshape(1, -1)),
    "by the parameters' names": lambda model: ArrayRecord({name: Array(value) for name, value in model.items()}),
    "what is beside a model, and none": lambda model: to_record({CONTROL + name: model[name] for name in model}),
    "nothing": lambda _: ArrayRecord(),
}


@pytest.mark.parametrize("attack", HOSTILE_ARRAYS.values(), ids=HOSTILE_ARRAYS.keys())
def test_arrays_that_do_not_fit_are_refused_before_any_cost(
    site: SiteFolder, study: Study, make_request: MakeRequest, attack: Callable[[Arrays], ArrayRecord]
) -> None:
    request = make_request(study)
    request["arrays"] = attack(model_of(study))
    with pytest.raises(UpdateRefusedError):
        Participation(site).train(request)
    assert reservations(site) == 0


@pytest.mark.parametrize(
    ("config", "error"),
    [
        ({"study": None}, StudyError),
        ({"study": "{"}, StudyError),
        ({"study": '{"name": "x"}'}, StudyError),
        ({"run-id": None}, StudyError),
        ({"run-id": 7}, StudyError),
        ({"server-round": 0}, StudyError),
        ({"server-round": 4}, StudyError),
        ({"server-round": "1"}, StudyError),
        ({"base-sha256": "0" * 64}, ModelMismatchError),
        ({"frozen-sha256": "0" * 64}, ModelMismatchError),
    ],
)
def test_a_garbled_request_is_refused_before_any_cost(
    site: SiteFolder, study: Study, make_request: MakeRequest, config: dict[str, Any], error: type[CloisterError]
) -> None:
    with pytest.raises(error):
        Participation(site).train(make_request(study, config=config))
    assert reservations(site) == 0


def test_a_request_without_arrays_is_refused(site: SiteFolder, study: Study, make_request: MakeRequest) -> None:
    request = RecordDict({"config": make_request(study).config_records["config"], "other": ArrayRecord()})
    with pytest.raises(StudyError, match="no arrays"):
        Participation(site).train(request)
    with pytest.raises(StudyError):
        Participation(site).train(RecordDict({"config": ConfigRecord()}))


def test_real_sites_draw_from_the_system_and_simulated_ones_repeat(
    site: SiteFolder, study: Study, make_request: MakeRequest
) -> None:
    def update_of() -> bytes:
        update = Participation(SiteFolder.open(site.folder)).train(make_request(study, 1, "run"))
        return b"".join(update[name].tobytes() for name in sorted(update))

    assert update_of() != update_of()
    path = Path(site.folder / "site.toml")
    path.write_text(path.read_text() + "[simulation]\nseed = 7\n")
    assert update_of() == update_of()
