"""`cloister privacy plan`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cloister.privacy.accounting import Mechanism, epsilon_of
from cloister.privacy.cli import app
from cloister.study.errors import InputError, StudyError

STUDY = """
name = "two-hospitals"
title = "A study"
rounds = 20
[federation]
sites = ["one", "two"]
[data]
kind = "notes"
classes = ["no", "yes"]
[task]
name = "note_classification"
model = { architecture = "bert" }
[training]
steps_per_round = 2
sample_rate = 0.05
batch_divisor = 10
learning_rate = 0.1
[privacy]
mechanism = "dp-sgd"
%s
[simulation.data]
source = "synthetic-hospitals"
patients = { one = 200, two = 300 }
"""
OPTIONS = ["plan", "--sample-rate", "0.05", "--rounds", "20", "--steps", "2"]


def run(*arguments: str) -> str:
    found = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert found.exit_code == 0, found.output
    return found.output


def write(folder: Path, privacy: str) -> str:
    path = folder / "study.toml"
    path.write_text(STUDY % privacy)
    return str(path)


def test_a_study_and_its_values_as_options_give_the_same_plan(tmp_path: Path) -> None:
    of_study = json.loads(run("plan", write(tmp_path, "noise_multiplier = 1.2"), "--json"))
    of_options = json.loads(run(*OPTIONS, "--noise", "1.2", "--json"))
    assert {**of_study, "sites": [], "by_patients": []} == of_options
    assert of_study["epsilon"] == epsilon_of([Mechanism(0.05, 1.2, 40)], 1e-5)
    assert [point["rounds"] for point in of_study["by_rounds"]] == [1, 2, 5, 10, 20]
    assert of_study["by_rounds"][-1]["epsilon"] == of_study["epsilon"]


def test_it_says_what_to_expect_at_each_site(tmp_path: Path) -> None:
    one, two = json.loads(run("plan", write(tmp_path, "noise_multiplier = 1.25"), "--parameters", "100", "--json"))[
        "sites"
    ]
    assert (one["site"], one["patients_per_step"], two["patients_per_step"]) == ("one", 10.0, 15.0)
    assert one["empty_steps"] == pytest.approx(0.95**200)
    # 10 aligned patients against noise 1.25, averaged over 40 steps; and spread over 100 coordinates.
    assert one["signal_to_noise"] == pytest.approx(10 / 1.25 * 40**0.5)
    assert one["signal_to_noise_all_parameters"] == pytest.approx(10 / 1.25 * 40**0.5 / 10)


def test_a_personal_model_s_steps_cost_privacy_and_lift_no_signal_out_of_the_noise(tmp_path: Path) -> None:
    """Ditto trains two models with 40 steps each: epsilon is that of 80, the signal of each that of 40."""
    path = write(tmp_path, 'noise_multiplier = 1.25\n[strategy]\nname = "ditto"\nproximal_mu = 0.1')
    found = json.loads(run("plan", path, "--json"))
    assert found["epsilon"] == found["by_rounds"][-1]["epsilon"] == epsilon_of([Mechanism(0.05, 1.25, 80)], 1e-5)
    assert found["by_rounds"][0]["epsilon"] == epsilon_of([Mechanism(0.05, 1.25, 4)], 1e-5)
    assert (found["steps_per_round"], found["trainings"]) == (2, 2)
    assert found["sites"][0]["signal_to_noise"] == pytest.approx(10 / 1.25 * 40**0.5)
    assert "20 rounds of 2 steps for each of 2 models" in " ".join(run("plan", path).split())


def test_the_trust_model_is_named_with_what_the_accountant_says_of_it(tmp_path: Path) -> None:
    path = write(tmp_path, "noise_multiplier = 1.2")
    of_one_site = epsilon_of([Mechanism(0.05, 1.2, 40)], 1e-5)
    for arguments in ([path], [*OPTIONS[1:], "--noise", "1.2"]):
        shown = " ".join(run("plan", *arguments).split())
        assert "Trust model: local. Epsilon rests on each site's own noise (noise multiplier 1.200)." in shown
        assert f"Accounted: epsilon {of_one_site:.3f} at delta 1e-05 for all 40 steps" in shown


def test_with_distributed_trust_it_says_what_one_sites_share_is_worth_by_itself(tmp_path: Path) -> None:
    path = Path(write(tmp_path, 'noise_multiplier = 1.2\ntrust = "distributed"'))
    four = path.read_text().replace('["one", "two"]', '["one", "two", "three", "four"]\nminimum_sites = 4')
    four = four[: four.index("[simulation.data]")]
    path.write_text(four.replace("steps_per_round = 2", "steps_per_round = 1"))
    trust = json.loads(run("plan", str(path), "--json"))["trust"]
    assert (trust["model"], trust["noise_shares"]) == ("distributed", 4)
    assert trust["holds_against"].endswith("NOT against another site of the study")
    own = epsilon_of([Mechanism(0.05, 1.2 / 4**0.5, 20)], 1e-5)
    assert "the masks and the noise of 4 sites together (noise multiplier 1.200; 0.600 each)" in trust["statement"]
    assert trust["statement"].endswith(f"one site's share of the noise by itself: epsilon {own:.3f}.")


def test_people_get_tables(tmp_path: Path) -> None:
    shown = run("plan", write(tmp_path, "noise_multiplier = 1.2"))
    assert "epsilon (PLD)" in shown
    assert "two" in shown
    assert "--patients" in run(*OPTIONS, "--noise", "1.2")


def test_a_target_that_cannot_be_met_is_an_error_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(StudyError, match=r"two-hospitals: privacy\.target_epsilon"):
        run("plan", write(tmp_path, "target_epsilon = 0.0001"))


@pytest.mark.parametrize(
    "arguments",
    [
        ["plan"],
        OPTIONS,
        [*OPTIONS, "--noise", "1", "--target-epsilon", "2"],
        [*OPTIONS, "--noise", "0"],
        [*OPTIONS, "--noise", "100", "--rounds", "10000000"],
        [*OPTIONS, "--noise", "1", "--delta", "2"],
    ],
)
def test_incomplete_or_impossible_options_are_refused(arguments: list[str]) -> None:
    with pytest.raises(InputError):
        run(*arguments)


@pytest.mark.parametrize("option", ["--patients", "--parameters"])
def test_more_than_a_float_can_hold_is_a_mistake_in_the_option(option: str) -> None:
    found = CliRunner().invoke(app, [*OPTIONS, "--noise", "1", "--patients", "200", option, f"1{'0' * 400}"])
    assert found.exit_code == 2
    assert f"'{option}'" in found.output


def test_options_that_the_study_settles_are_refused_beside_it(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--delta"):
        run("plan", write(tmp_path, "noise_multiplier = 1.2"), "--delta", "1e-6")


def test_more_noise_and_more_patients_cost_less() -> None:
    answer = json.loads(run(*OPTIONS, "--noise", "1.2", "--patients", "400", "--json"))
    for name in ("by_noise", "by_patients"):
        epsilons = [point["epsilon"] for point in answer[name]]
        assert epsilons == sorted(epsilons, reverse=True)
        assert answer["epsilon"] in epsilons, "the plan itself is on the curve"
    (planned,) = [point for point in answer["by_patients"] if point["patients"] == 400]
    double = next(point for point in answer["by_patients"] if point["patients"] == 800)
    assert planned["sample_rate"] == 2 * double["sample_rate"] == 0.05
    assert double["epsilon"] == epsilon_of([Mechanism(0.025, 1.2, 40)], 1e-5)


@pytest.mark.parametrize(("patients", "outlook"), [("10", "hopeless"), ("100", "doubtful"), ("1000", "possible")])
def test_a_hopeless_study_is_called_hopeless(patients: str, outlook: str) -> None:
    options = [*OPTIONS, "--noise", "6", "--patients", patients]
    assert json.loads(run(*options, "--json"))["sites"][0]["outlook"] == outlook
    assert outlook in run(*options)


@pytest.mark.parametrize(("name", "begins"), [("plan.svg", b"<?xml"), ("plan.png", b"\x89PNG")])
def test_the_curves_are_drawn_where_asked(tmp_path: Path, name: str, begins: bytes) -> None:
    pytest.importorskip("matplotlib")
    run(*OPTIONS, "--noise", "1.2", "--patients", "400", "--plot", str(tmp_path / name))
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_a_picture_that_cannot_be_drawn_is_an_error_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match=r"\.svg or \.png"):
        run(*OPTIONS, "--noise", "1.2", "--plot", str(tmp_path / "plan.pdf"))
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(InputError, match="matplotlib"):
        run(*OPTIONS, "--noise", "1.2", "--plot", str(tmp_path / "plan.svg"))
