"""The coordinator's checkpoints: the newest readable one of this very study."""

import fcntl
import os
import signal
import time
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.study.errors import InputError, RunningElsewhereError, StudySignatureError
from cloister.study.signed_document import sign
from cloister.study.signed_study import SIGNED_STUDY_FILE, SIGNED_STUDY_FORMAT

STUDY = """
name = "example"
title = "An example"
rounds = 1
federation.sites = ["north"]
data = { kind = "table", classes = ["no", "yes"], features = [{ name = "x" }] }
task = { name = "tabular_classification", model.architecture = "linear" }
training = { steps_per_round = 1, sample_rate = 0.5, batch_divisor = 1, learning_rate = 0.1 }
privacy.mechanism = "none"
"""


@pytest.fixture
def coordinator(tmp_path: Path) -> CoordinatorFolder:
    (tmp_path / "coordinator.toml").write_text("")
    (tmp_path / "study.toml").write_text(STUDY)
    return CoordinatorFolder.open(tmp_path)


def test_the_newest_checkpoint_is_taken_and_old_ones_go(coordinator: CoordinatorFolder) -> None:
    assert coordinator.latest() is None
    state = coordinator.fresh("a" * 32, {"w": np.zeros(2, np.float32)})
    for number in range(5):
        coordinator.save(replace(state, round=number))
    latest = coordinator.latest()
    assert latest is not None
    assert latest.round == 4
    assert len(list((coordinator.folder / "checkpoints").iterdir())) == 2


def test_a_damaged_newest_checkpoint_costs_one_round(coordinator: CoordinatorFolder) -> None:
    state = coordinator.fresh("a" * 32, {"w": np.zeros(2, np.float32)})
    for number in (1, 2):
        coordinator.save(replace(state, round=number))
    newest = coordinator.folder / "checkpoints" / "round-00002.safetensors"
    newest.write_bytes(newest.read_bytes()[:20])
    latest = coordinator.latest()
    assert latest is not None
    assert latest.round == 1


def test_nothing_readable_is_an_error_and_not_a_new_run(coordinator: CoordinatorFolder) -> None:
    coordinator.save(coordinator.fresh("a" * 32, {"w": np.zeros(2, np.float32)}))
    for path in (coordinator.folder / "checkpoints").iterdir():
        path.write_bytes(b"")
    with pytest.raises(InputError):
        coordinator.latest()


def put_signed_study(coordinator: CoordinatorFolder, body: dict[str, Any]) -> None:
    content = sign(SIGNED_STUDY_FORMAT, body, Ed25519PrivateKey.generate())
    (coordinator.folder / SIGNED_STUDY_FILE).write_bytes(content)


@pytest.mark.parametrize("body", [{}, {"roster": []}, *({"roster": {"north": key}} for key in ("zz", "A" * 64, 1))])
def test_a_signed_study_without_a_roster_of_keys_is_refused(
    coordinator: CoordinatorFolder, body: dict[str, Any]
) -> None:
    put_signed_study(coordinator, body)
    with pytest.raises(StudySignatureError, match="names no roster"):
        coordinator.identities()


@pytest.mark.parametrize("sites", [(), ("south",), ("north", "south")])
def test_a_signed_study_for_other_sites_is_refused(coordinator: CoordinatorFolder, sites: tuple[str, ...]) -> None:
    put_signed_study(coordinator, {"roster": dict.fromkeys(sites, "0" * 64)})
    with pytest.raises(StudySignatureError, match="not the study's"):
        coordinator.identities()


def test_the_identities_are_those_that_the_study_was_signed_for(coordinator: CoordinatorFolder) -> None:
    put_signed_study(coordinator, {"roster": {"north": "0" * 64}})
    assert coordinator.identities() == {"north": "0" * 64}


def test_a_changed_study_does_not_resume(coordinator: CoordinatorFolder) -> None:
    coordinator.save(coordinator.fresh("a" * 32, {"w": np.zeros(2, np.float32)}))
    (coordinator.folder / "study.toml").write_text(STUDY.replace("rounds = 1", "rounds = 2"))
    with pytest.raises(InputError, match="another study"):
        CoordinatorFolder.open(coordinator.folder).latest()


def test_two_coordinators_do_not_run_one_study(coordinator: CoordinatorFolder) -> None:
    def second() -> None:
        try:
            with CoordinatorFolder.open(coordinator.folder).locked():
                os._exit(0)
        except RunningElsewhereError as problem:
            os._exit(7 if str(os.getppid()) in problem.message and problem.remedy else 8)

    with coordinator.locked():
        assert coordinator.is_running
        process = get_context("fork").Process(target=second)
        process.start()
        process.join(30)
        assert process.exitcode == 7
    with coordinator.locked():
        pass


def test_whoever_looks_whether_a_study_runs_keeps_nobody_from_running_it(
    coordinator: CoordinatorFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    with coordinator.locked():
        pass
    path = coordinator.folder / coordinator.config.checkpoints / "lock"
    with path.open() as looking:
        fcntl.flock(looking, fcntl.LOCK_SH | fcntl.LOCK_NB)
        monkeypatch.setattr(time, "sleep", lambda _: fcntl.flock(looking, fcntl.LOCK_UN))
        with coordinator.locked():
            assert coordinator.is_running
    path.unlink()
    assert not coordinator.is_running
    assert not path.exists()


def test_a_killed_coordinator_leaves_no_lock(coordinator: CoordinatorFolder) -> None:
    def killed() -> None:
        with coordinator.locked():
            os.kill(os.getpid(), signal.SIGKILL)

    process = get_context("fork").Process(target=killed)
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    assert not coordinator.is_running
    with coordinator.locked():
        pass
