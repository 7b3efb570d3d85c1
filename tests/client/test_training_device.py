"""A site trains where its settings say, and says so if it cannot."""

from typing import Any

import pytest
import torch

from cloister.client.training_device import training_device
from cloister.privacy.computing_device import CPU, visible_device
from cloister.study.errors import InputError
from cloister.study.site import Running, SimulationSeed, Site


def site(*, seeded: bool = False, **running: Any) -> Site:
    return Site(name="north", run=Running(**running), simulation=SimulationSeed(seed=1) if seeded else None)


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver that torch cannot use: its GPUs are counted all the same."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)


@pytest.mark.usefixtures("two_gpus")
def test_trainings_take_the_visible_gpus_in_turn() -> None:
    found = [
        training_device(settings, place).index
        for settings in (site(), site(cuda_devices=("4", "7")))
        for place in range(5)
    ]
    assert found == [0, 1, 0, 1, 0] * 2


@pytest.mark.usefixtures("two_gpus")
def test_a_site_can_say_that_it_trains_on_the_cpu() -> None:
    assert training_device(site(cuda_devices=())) == CPU


@pytest.mark.usefixtures("two_gpus")
def test_a_simulated_site_computes_on_the_cpu_unless_it_names_gpus() -> None:
    assert training_device(site(seeded=True)) == CPU
    assert training_device(site(seeded=True, cuda_devices=("0",))) == torch.device("cuda", 0)


@pytest.mark.usefixtures("no_gpu")
def test_without_a_gpu_it_is_the_cpu() -> None:
    assert visible_device(3) == CPU
    assert training_device(site()) == CPU


@pytest.mark.usefixtures("no_gpu")
def test_gpus_that_are_named_and_cannot_be_used_are_an_error() -> None:
    with pytest.raises(
        InputError, match=r"cuda_devices = \['0'\]: .* can use none of these GPUs\.(.|\n)*nvidia-smi -L"
    ):
        training_device(site(cuda_devices=("0",)))
