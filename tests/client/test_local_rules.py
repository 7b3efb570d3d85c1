"""What strategies change at a site: nothing leaves that should not, and every gradient is paid for."""

import functools
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from flwr.app import RecordDict
from opacus.accountants.analysis import rdp as opacus_rdp
from torch import nn

from cloister.client.approvals import approve
from cloister.client.local_rules.catalogue import local_rule
from cloister.client.local_rules.rule import Learnt, Work
from cloister.client.local_state import LocalState
from cloister.client.participation import Participation
from cloister.client.run_name import run_of_study
from cloister.client.site_folder import SiteFolder
from cloister.client.trainer import PrivateGradient, train
from cloister.privacy.ledger import Ledger
from cloister.study.arrays import CONTROL, Arrays, l2_norm, to_record
from cloister.study.errors import InputError, MissingFileError, StudyError, UpdateRefusedError
from cloister.study.schema import Study
from cloister.tasks.catalogue import task_of
from cloister.tasks.parameters import trainable_arrays

MakeStudy = Callable[..., Study]
MakeRequest = Callable[..., RecordDict]
STEPS = 4
STRATEGIES: dict[str, dict[str, Any]] = {
    "fedavg": {},
    "fedprox": {"proximal_mu": 0.1},
    "scaffold": {},
    "fednova": {"local_steps": {"north": 3, "south": STEPS}},
    "feddyn": {"dynamic_alpha": 0.1},
    "ditto": {"proximal_mu": 0.1},
    "fedper": {"personal": ["*bias"]},
    "norm-bounding": {"max_update_norm": 0.01},
}
KEEPING = ("ditto", "feddyn", "fedper", "scaffold")


class Site:
    """Site `north` in a run of one strategy."""

    def __init__(self, site: SiteFolder, make_study: MakeStudy, make_request: MakeRequest, name: str) -> None:
        self.folder, self._make_request = site, make_request
        self.study = make_study(strategy={"name": name, **STRATEGIES[name]})
        approve(site, self.study, "the tests")

    def asked(self, contributed: int = 0, run_id: str = "run", number: int = 1) -> RecordDict:
        config = {"rounds-contributed": contributed}
        request = self._make_request(self.study, number, run_id, config)
        arrays = self.model
        if self.study.strategy.name == "scaffold":
            arrays |= {CONTROL + name: np.zeros_like(value) for name, value in arrays.items()}
        if self.study.strategy.personal:
            arrays = {name: value for name, value in arrays.items() if not name.endswith("bias")}
        request["arrays"] = to_record(arrays)
        return request

    def train(self, contributed: int = 0, run_id: str = "run", number: int = 1) -> Arrays:
        return Participation(self.folder).train(self.asked(contributed, run_id, number))

    @property
    def model(self) -> Arrays:
        return trainable_arrays(task_of(self.study).build_model(None, self.study.seeds.model))

    def kept(self, contributions: int, run_id: str = "run") -> Arrays:
        return LocalState(self.folder.folder, run_of_study(self.study, run_id)).after(contributions, 99)


@pytest.fixture
def make_site(site: SiteFolder, make_study: MakeStudy, make_request: MakeRequest) -> Callable[[str], Site]:
    return lambda name: Site(site, make_study, make_request, name)


MakeSite = Callable[[str], Site]


@pytest.fixture
def gradients(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Every noisy gradient that is taken."""
    taken: list[dict[str, Any]] = []
    original = PrivateGradient.__call__

    def call(self: PrivateGradient, model: Any) -> Any:
        found = original(self, model)
        taken.append({name: value.clone().numpy() for name, value in found.items()})
        return found

    monkeypatch.setattr(PrivateGradient, "__call__", call)
    return taken


def opacus_epsilon(steps: int) -> float:
    """Opacus's RDP accountant for the fixture's study."""
    orders = [1 + x / 10.0 for x in range(1, 100)] + list(range(12, 64))
    rdp = opacus_rdp.compute_rdp(q=0.2, noise_multiplier=2.0, steps=steps, orders=orders)
    return float(opacus_rdp.get_privacy_spent(orders=orders, rdp=rdp, delta=1e-5)[0])


@pytest.mark.parametrize("name", STRATEGIES)
def test_the_ledger_counts_exactly_the_gradients_that_a_strategy_takes(
    make_site: MakeSite, name: str, gradients: list[dict[str, Any]]
) -> None:
    """Ditto takes twice as many, FedNova its own number; no other rule looks at a patient once more."""
    site = make_site(name)
    site.train()
    taken = {"ditto": 2 * STEPS, "fednova": 3}.get(name, STEPS)
    assert len(gradients) == taken
    with Ledger.open(site.folder.ledger, site.folder.key, site.folder.anchors) as ledger:
        assert ledger.spent(accountant="rdp") == pytest.approx(opacus_epsilon(taken), rel=1e-6)


def test_dittos_plan_covers_both_trainings(make_study: MakeStudy) -> None:
    plain, ditto = make_study(), make_study(strategy={"name": "ditto", "proximal_mu": 0.1})
    assert ditto.total_steps == 2 * plain.total_steps


def test_scaffolds_control_variate_is_made_of_noisy_gradients_alone(
    make_site: MakeSite, gradients: list[dict[str, Any]]
) -> None:
    """So it is post-processing: after the first round it is their mean."""
    site = make_site("scaffold")
    site.train()
    for name, value in site.kept(1).items():
        np.testing.assert_allclose(value, np.mean([taken[name] for taken in gradients], axis=0), atol=1e-6)


@pytest.mark.parametrize("name", STRATEGIES)
def test_what_leaves_is_an_update_of_the_shared_parameters_and_nothing_else(make_site: MakeSite, name: str) -> None:
    site = make_site(name)
    update = site.train()
    expected = {key for key in site.model if name != "fedper" or not key.endswith("bias")}
    assert update.keys() == expected
    assert len(expected) == (1 if name == "fedper" else 2)
    assert all(value.dtype == np.float32 for value in update.values())


def test_personal_parameters_are_learnt_and_stay(make_site: MakeSite) -> None:
    site = make_site("fedper")
    site.train()
    (first,) = site.kept(1).items()
    assert first[0].endswith("bias")
    assert np.abs(first[1] - site.model[first[0]]).sum() > 0
    site.train(contributed=1, number=2)
    assert np.abs(site.kept(2)[first[0]] - first[1]).sum() > 0


def test_a_coordinator_that_sends_personal_parameters_is_refused(make_site: MakeSite) -> None:
    site = make_site("fedper")
    request = site.asked()
    request["arrays"] = to_record(site.model)
    with pytest.raises(UpdateRefusedError, match="names or shapes are others"):
        Participation(site.folder).train(request)


def test_fedbn_wants_the_normalisation_layers(make_site: MakeSite) -> None:
    """A linear model has none, so its bias is none."""
    site = make_site("fedper")
    request = site.asked()
    document = site.study.model_dump(mode="json")
    study = Study.model_validate({**document, "strategy": {"name": "fedbn", "personal": ["*bias"]}})
    approve(site.folder, study, "the tests")
    request.config_records["config"]["study"] = study.canonical
    with pytest.raises(StudyError, match="FedBN keeps what normalises"):
        Participation(site.folder).train(request)


class Ones:
    """A gradient of ones."""

    def __call__(self, model: nn.Module) -> dict[str, torch.Tensor]:
        return {name: torch.ones_like(value) for name, value in model.named_parameters()}


def test_fedbn_keeps_the_normalisation_layers_and_sends_the_rest(make_study: MakeStudy) -> None:
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.GroupNorm(2, 4), nn.Linear(2, 2))
    steps = functools.partial(train, model, steps=STEPS, optimizer="sgd", learning_rate=0.5)
    work, trainable = Work(model, Ones(), steps), trainable_arrays(model)

    def learn(*personal: str) -> Learnt:
        rule = local_rule(make_study(strategy={"name": "fedbn", "personal": personal}), "north")
        return rule.learn(work, rule.receives(trainable), {})

    learnt = learn("1.*")
    assert learnt.update.keys() == {"0.weight", "0.bias", "2.weight", "2.bias"}
    np.testing.assert_allclose(learnt.kept["1.weight"], trainable["1.weight"] - STEPS * 0.5)
    for patterns in (("1.weight",), ("1.*", "2.bias")):
        with pytest.raises(StudyError, match="FedBN keeps what normalises"):
            learn(*patterns)


def test_a_bounded_update_is_within_the_norm(make_site: MakeSite) -> None:
    assert l2_norm(make_site("norm-bounding").train()) == pytest.approx(0.01, rel=1e-4)


@pytest.mark.parametrize("name", KEEPING)
def test_an_update_that_was_lost_is_forgotten_here_as_well(make_site: MakeSite, name: str) -> None:
    """The coordinator's receipt says which state counts; a round that is repeated begins as it did the first time."""
    site = make_site(name)
    site.train()
    first = site.kept(1)
    site.train(contributed=1, number=2)
    lost = site.kept(2)
    assert any((lost[key] != first[key]).any() for key in first)
    site.train(contributed=1, number=3)
    again = site.kept(2)
    assert any((again[key] != lost[key]).any() for key in first)
    np.testing.assert_equal(site.kept(1), first)


@pytest.mark.parametrize("name", KEEPING)
def test_a_false_receipt_trains_no_round_further_under_one_reservation(make_site: MakeSite, name: str) -> None:
    """Nothing of the first attempt left; what it kept would leave with the second, which costs nothing more."""
    site = make_site(name)
    site.train()
    with pytest.raises(StudyError, match="round 1 left"):
        site.train(contributed=1)
    np.testing.assert_equal(site.kept(0), {})


@pytest.mark.parametrize("name", ["fedavg", "fedprox", "fednova", "norm-bounding"])
def test_rules_without_memory_write_nothing(make_site: MakeSite, name: str) -> None:
    site = make_site(name)
    site.train()
    assert not (site.folder.folder / "local-state").exists()


def test_a_state_that_is_gone_stops_the_round_before_privacy_is_spent(make_site: MakeSite) -> None:
    site = make_site("scaffold")
    with pytest.raises(MissingFileError, match="local state"):
        site.train(contributed=1, number=2)
    with Ledger.open(site.folder.ledger, site.folder.key, site.folder.anchors) as ledger:
        assert ledger.spent() == 0


def test_states_are_private_files_and_only_two_are_kept(tmp_path: Path) -> None:
    state = LocalState(tmp_path, "run")
    for number in range(1, 6):
        state.keep(number, {"w": np.full(2, number, np.float32)}, number)
    files = sorted(tmp_path.rglob("*.safetensors"))
    assert [path.stem for path in files] == ["after-00004", "after-00005"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert state.after(0, 1) == {}
    np.testing.assert_array_equal(state.after(4, 5)["w"], [4, 4])
    with pytest.raises(MissingFileError):
        LocalState(tmp_path, "another run").after(5, 6)


@pytest.mark.parametrize("content", [b"", b"not safetensors", b"\x10\x00\x00\x00\x00\x00\x00\x00{}              "])
def test_a_damaged_state_is_an_error_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    state = LocalState(tmp_path, "run")
    state.keep(1, {"w": np.zeros(2, np.float32)}, 1)
    (path,) = tmp_path.rglob("*.safetensors")
    path.write_bytes(content)
    with pytest.raises(InputError, match="after-00001"):
        state.after(1, 2)
