"""`cloister server` says how far a run is, from the newest checkpoint alone."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from cloister.server.cli import app
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.strategies.server_state import RoundRecord
from cloister.study.errors import InputError

EXAMPLE = Path(__file__).parents[2] / "examples" / "heart-disease.toml"


def ask(*arguments: str) -> str:
    answer = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert answer.exit_code == 0, answer.output
    return answer.output


@pytest.fixture
def coordinator(tmp_path: Path) -> CoordinatorFolder:
    folder = tmp_path / "coordinator"
    folder.mkdir()
    (folder / "study.toml").write_text(EXAMPLE.read_text())
    (folder / "coordinator.toml").write_text("")
    return CoordinatorFolder.open(folder)


@pytest.fixture
def after_one_round(coordinator: CoordinatorFolder) -> CoordinatorFolder:
    base = RoundRecord(0, (), {}, 0.0, 0, 0, {"auroc": 0.5})
    first = RoundRecord(1, ("hungary",), {"va": "budget-exhausted"}, 3.5, 120, 60, {"auroc": 0.75})
    fresh = coordinator.fresh("a" * 32, {"weight": np.zeros((1, 2), np.float32)})
    coordinator.save(replace(fresh, round=1, history=(base, first)))
    return coordinator


def test_before_the_first_round_nothing_is_finished(coordinator: CoordinatorFolder) -> None:
    answer = json.loads(ask("status", "--coordinator", str(coordinator.folder), "--json"))
    assert (answer["rounds"], answer["rounds_finished"], answer["history"]) == (10, 0, [])


def test_it_says_who_answered_who_refused_and_why(after_one_round: CoordinatorFolder) -> None:
    folder = str(after_one_round.folder)
    answer = json.loads(ask("status", "--coordinator", folder, "--json"))
    assert answer["study_sha256"] == after_one_round.study.sha256
    assert answer["rounds_finished"] == 1
    assert answer["history"][1]["replied"] == ["hungary"]
    assert answer["history"][1]["failed"] == {"va": "budget-exhausted"}
    for_people = ask("status", "--coordinator", folder).splitlines()
    assert for_people == [
        "round    0  auroc 0.500  base",
        "round    1  auroc 0.750  hungary; va: budget-exhausted",
        "Study heart-disease: 1 of 10 rounds finished.",
    ]


def test_another_studys_checkpoint_is_not_shown_as_this_ones(after_one_round: CoordinatorFolder) -> None:
    study = after_one_round.folder / "study.toml"
    study.write_text(study.read_text().replace("rounds = 10", "rounds = 11"))
    with pytest.raises(InputError, match="another study"):
        ask("status", "--coordinator", str(after_one_round.folder))
