"""Every strategy through the real two apps, in process: masked and unmasked give the same model.

Three sites with made-up tables. The site's guard, ledger, trainer and rule answer; the coordinator evaluates.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flwr.app import Message
from tests.made_up_table import made_up_table
from tests.strategies.example_study import SETTINGS, SITES, example_study

from cloister.client.local_state import LocalState
from cloister.deid.declared import write_declared_dataset
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.simulation.engine import Engine, run_engine
from cloister.simulation.federation import with_identities
from cloister.simulation.process_engine import ProcessGrid
from cloister.simulation.site_setup import configure_coordinator, configure_site, coordinator_key, simulated_site
from cloister.strategies.catalogue import STRATEGIES
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import to_record
from cloister.study.schema import Study


def study(name: str, secure: bool, compression: dict[str, Any] | None = None) -> Study:
    return example_study(name, secure, compression=compression, update_bound=4.0 if compression else 16.0)


def federate(folder: Path, settings: Study, engine: Engine = "process") -> ServerState:
    """Set up, run, and return the last state."""
    sites = {name: folder / "sites" / name for name in SITES}
    keys = {name: simulated_site(path, name, settings) for name, path in sites.items()}
    coordinator = folder / "coordinator"
    keys["coordinator"] = coordinator_key(coordinator, settings)
    settings = with_identities(settings, keys)
    for number, (name, path) in enumerate({**sites, "coordinator": coordinator}.items()):
        write_declared_dataset(
            path / "table",
            "table",
            made_up_table(number, threshold=0.3 * number),
            site_key=keys[name],
            collection="records",
            statement="made up",
        )
    for name, path in sites.items():
        configure_site(path, name, settings, [path / "table"], None)
    configure_coordinator(coordinator, settings, [coordinator / "table"], None)
    run_engine(engine, coordinator, sites, settings.rounds, lambda *_: None)
    state = CoordinatorFolder.open(coordinator).latest()
    assert state is not None
    return state


def check_masked_equals_unmasked(folder: Path, name: str) -> None:
    plain, masked = (federate(folder / str(secure), study(name, secure)) for secure in (False, True))
    assert plain.round == masked.round == 2
    assert plain.history[-1].replied == SITES
    for key, value in plain.model.items():
        np.testing.assert_allclose(masked.model[key], value, atol=1e-4)


def test_scaffold_masked_is_scaffold(tmp_path: Path) -> None:
    """The one that sends most: model and control variate down, and a state at either end."""
    check_masked_equals_unmasked(tmp_path, "scaffold")


def check_compressed(folder: Path, how: str, secure: bool, atol: float) -> None:
    """The model is the uncompressed one's, but for what has not been sent yet."""
    plain = federate(folder / "plain", study("fedavg", secure))
    smaller = federate(folder / how, study("fedavg", secure, COMPRESSIONS[how]))
    assert smaller.history[-1].replied == SITES
    for key, value in plain.model.items():
        np.testing.assert_allclose(smaller.model[key], value, atol=atol)


COMPRESSIONS: dict[str, dict[str, Any]] = {
    "bfloat16": {"encoding": "bfloat16"},
    "int8": {"encoding": "int8"},
    "random-k": {"encoding": "random-k", "one_in": 2},
    "top-k": {"encoding": "top-k", "one_in": 2},
}


def test_compressed_updates_in_the_clear_give_nearly_the_same_model(tmp_path: Path) -> None:
    """bfloat16: two updates of at most 1 to 2^-8 each."""
    check_compressed(tmp_path, "bfloat16", secure=False, atol=0.01)


def test_compressed_updates_under_masks_give_nearly_the_same_model(tmp_path: Path) -> None:
    """int8: a step of the mean of three is at most 4 / 170, and what rounding loses goes with the next update."""
    check_compressed(tmp_path, "int8", secure=True, atol=0.05)


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("how", "secure"), [("int8", False), ("top-k", False), ("random-k", False), ("random-k", True)]
)
def test_the_other_encodings_do_as_well(tmp_path: Path, how: str, secure: bool) -> None:
    check_compressed(tmp_path, how, secure, atol=0.5)


MASKED = sorted(
    name
    for name, kind in STRATEGIES.items()
    if kind.works_under_secure_aggregation and name not in {"scaffold", "fedbn"}
)


@pytest.mark.heavy
@pytest.mark.parametrize("name", MASKED)
def test_masked_and_unmasked_give_the_same_model(tmp_path: Path, name: str) -> None:
    check_masked_equals_unmasked(tmp_path, name)


UNMASKED = ["cyclic", "fedbuff", "median", "geometric-median", "trimmed-mean"]


@pytest.mark.heavy
@pytest.mark.parametrize("name", [*MASKED, "scaffold", *UNMASKED])
def test_under_ray_the_model_is_the_same_to_the_bit(tmp_path: Path, name: str) -> None:
    """Of the asynchronous rule, whose model depends on who answers first, only that it comes to its end."""
    settings = study(name, secure=name not in UNMASKED)
    in_process, under_ray = (federate(tmp_path / engine, settings, engine) for engine in ("process", "ray"))
    assert in_process.round == under_ray.round == 2
    if name != "fedbuff":
        for key, value in in_process.model.items():
            np.testing.assert_array_equal(under_ray.model[key], value)


@pytest.mark.heavy
@pytest.mark.parametrize("name", UNMASKED)
def test_rules_that_need_single_updates_run_unmasked(tmp_path: Path, name: str) -> None:
    state = federate(tmp_path, study(name, secure=False))
    assert state.round == 2
    assert all(np.isfinite(value).all() for value in state.model.values())


def test_personal_parameters_are_in_no_message_of_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither their names nor, in any state they had, their bytes; what is shared is in nearly all."""
    seen: list[Message] = []
    states: list[np.ndarray[Any, Any]] = []
    original, keep = ProcessGrid.push_messages, LocalState.keep

    def push(grid: ProcessGrid, messages: Iterable[Message]) -> Iterable[str]:
        messages = list(messages)
        ids = list(original(grid, messages))
        seen.extend([*messages, *(grid._replies[each] for each in ids)])
        return ids

    def remember(state: LocalState, contributions: int, arrays: dict[str, Any], server_round: int) -> None:
        states.extend(arrays.values())
        keep(state, contributions, arrays, server_round)

    monkeypatch.setattr(ProcessGrid, "push_messages", push)
    monkeypatch.setattr(LocalState, "keep", remember)
    state = federate(tmp_path, study("fedper", secure=False))
    names = {name for message in seen for record in message.content.array_records.values() for name in record}
    assert names == set(to_record({name: value for name, value in state.model.items() if not name.endswith("bias")}))
    everything = b"".join(
        array.data for message in seen for record in message.content.array_records.values() for array in record.values()
    )
    assert len(states) == 6
    assert all(value.tobytes() not in everything for value in states)


def test_what_a_strategy_says_of_itself_is_what_studies_are_held_to() -> None:
    """The study's rule and the strategy's own statement are two places; here they are compared."""
    for name, kind in STRATEGIES.items():
        settings = {"name": name, **SETTINGS.get(name, {})}
        needs = Study.model_validate(
            {**study("fedavg", secure=False).model_dump(mode="json"), **_with(settings)}
        ).strategy.needs_single_updates
        assert needs != kind.works_under_secure_aggregation, name


def _with(settings: dict[str, Any]) -> dict[str, Any]:
    """A study of seven sites on notes with adapters, which every strategy accepts."""
    sites = [*SITES, *(f"site-{number}" for number in range(4))]
    if "local_steps" in settings:
        settings = {**settings, "local_steps": dict.fromkeys(sites, 1)}
    return {
        "federation": {
            "sites": sites,
            "secure_aggregation": False,
            "minimum_sites": 7 if "adversaries" in settings else 1,
        },
        "data": {"kind": "notes", "classes": ["no", "yes"]},
        "task": {
            "name": "note_classification",
            "model": {"architecture": "bert"},
            "adapter": {"target_modules": ["query"], "rank": 2},
        },
        "strategy": settings,
    }
