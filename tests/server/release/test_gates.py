"""Which models are let through, judged on made-up evidence."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloister.privacy.accounting import Accountant, Mechanism, epsilon_of
from cloister.server.evidence import Evidence, Judged, Measured, Round, transcript_of
from cloister.server.gates import judge
from cloister.study.errors import EvidenceError
from cloister.study.privacy_statement import PrivacyStatement, Steps
from cloister.study.schema import Strategy, Study

RUN, EARLIER_RUN = "0" * 32, "1" * 32
TARGET = {"noise_multiplier": 2.0, "target_epsilon": 3.0}
STUDY = Study.model_validate(
    {
        "name": "example",
        "title": "An example",
        "rounds": 2,
        "federation": {"sites": ["north"]},
        "data": {"kind": "table", "classes": ["no", "yes"], "features": [{"name": "x"}]},
        "task": {"name": "tabular_classification", "model": {"architecture": "linear"}},
        "training": {"steps_per_round": 5, "sample_rate": 0.1, "batch_divisor": 1, "learning_rate": 0.1},
        "privacy": {"mechanism": "dp-sgd", "noise_multiplier": 2.0},
        "evaluation": {"tolerance": 0.05},
    }
)


def found(number: int, auroc: float, accepted: bool = True) -> Round:
    replied = ("north",) if number else ()
    return Round(
        round=number, replied=replied, failed={}, bytes_down=0, bytes_up=0, metrics={"auroc": auroc}, accepted=accepted
    )


def evidence(
    auroc: tuple[float, ...] = (0.5, 0.7, 0.8), last: float = 0.8, low: float = 0.1, **values: object
) -> Evidence:
    rounds = tuple(found(number, value) for number, value in enumerate(auroc))
    measured = Judged(metrics={"auroc": Measured(value=last, low=0.7, high=0.9)}, by_site={})
    document = {
        "released": "2026-01-01T00:00:00Z",
        "cloister_version": "0.1.0",
        "study_sha256": STUDY.sha256,
        "run": RUN,
        "base_sha256": None,
        "rounds": rounds,
        "transcript": transcript_of(rounds),
        "stopped": None,
        "heldout_patients": 20,
        "heldout_examples": 40,
        "base": measured,
        "model": measured,
        "gain": {"value": 0.3, "low": low, "high": 0.5},
    }
    return Evidence.model_validate({**document, **values})


def taken(steps: int) -> tuple[Steps, ...]:
    return (Steps(sample_rate=0.1, noise_multiplier=2.0, steps=steps),)


def statement(
    *populations: tuple[Steps, ...], epsilon: float | None = None, rounds: dict[str, int] | None = None
) -> PrivacyStatement:
    spent = populations or (taken(10),)
    worst = max(epsilon_of([Mechanism(**step.model_dump()) for step in steps], 1e-5) for steps in spent)
    return PrivacyStatement.model_validate(
        {
            "site": "north",
            "study": "example",
            "study_sha256": STUDY.sha256,
            "created": "2026-01-01T00:00:00Z",
            "epsilon": worst if epsilon is None else epsilon,
            "delta": 1e-5,
            "populations": spent,
            "rounds": rounds or {RUN: 2},
            "seeded_rounds": 0,
            "approval_sha256": None,
            "answers": (),
        }
    )


def failed(of: Evidence, told: PrivacyStatement | None = None, study: Study = STUDY) -> list[str]:
    return [gate.name for gate in judge(study, of, {"north": told or statement()}) if not gate.passed]


def test_a_good_model_passes_every_gate() -> None:
    assert failed(evidence()) == []


@pytest.mark.parametrize("low", [0.0, -0.1])
def test_the_whole_interval_of_the_gain_lies_above_zero(low: float) -> None:
    assert failed(evidence(low=low)) == ["better than base"]


def test_an_undefined_metric_is_not_a_better_one() -> None:
    assert "better than base" in failed(evidence(gain={"value": None, "low": None, "high": None}))


@pytest.mark.parametrize(("patients", "passes"), [(1, False), (19, False), (20, True)])
def test_a_gain_on_a_handful_of_patients_is_not_believed(patients: int, passes: bool) -> None:
    assert failed(evidence(heldout_patients=patients)) == ([] if passes else ["better than base"])


def test_a_model_far_below_the_best_round_is_not_tolerated() -> None:
    assert failed(evidence((0.5, 0.9, 0.8), last=0.8)) == ["tolerance"]
    assert failed(evidence((0.5, 0.84, 0.8), last=0.8)) == []


@pytest.mark.parametrize(("reason", "passes"), [("plateau", True), ("target-reached", True), ("killed", False)])
def test_a_run_ends_early_for_an_allowed_reason_only(reason: str, passes: bool) -> None:
    assert failed(evidence((0.5, 0.8), stopped=reason)) == ([] if passes else ["complete"])


def test_the_base_alone_is_no_release() -> None:
    assert "complete" in failed(evidence((0.5,), stopped="budgets-exhausted"))


def test_more_steps_than_the_study_s_are_beyond_its_target() -> None:
    assert failed(evidence(), statement(taken(15))) == ["privacy of north"]


@pytest.mark.parametrize(
    ("populations", "rounds"),
    [
        ([1], {RUN: 2}),
        ([9], {RUN: 2}),
        # An earlier run's rounds cost the same patients as well.
        ([10], {RUN: 2, EARLIER_RUN: 1}),
        ([10, 4], {RUN: 2, EARLIER_RUN: 1}),
        # A run trains on one dataset: its rounds cannot be spread over patients who paid for one each.
        ([5, 5], {RUN: 2}),
    ],
)
def test_the_stated_rounds_cannot_have_been_trained_in_fewer_steps(
    populations: list[int], rounds: dict[str, int]
) -> None:
    told = statement(*map(taken, populations), rounds=rounds)
    assert failed(evidence(), told) == ["privacy of north"]


@pytest.mark.parametrize(
    ("populations", "rounds"),
    [
        # One round, reserved twice after a kill: paid for twice, counted once.
        ([10], {RUN: 1}),
        ([10], {RUN: 1, EARLIER_RUN: 1}),
        ([5, 5], {RUN: 1, EARLIER_RUN: 1}),
        ([5, 10], {RUN: 1, EARLIER_RUN: 2}),
    ],
)
def test_rounds_given_up_and_data_that_changed_between_runs_pass(
    populations: list[int], rounds: dict[str, int]
) -> None:
    told = statement(*map(taken, populations), rounds=rounds)
    assert failed(evidence((0.5, 0.8), stopped="plateau"), told) == []


def test_a_personal_model_s_steps_are_asked_for_as_well() -> None:
    ditto = STUDY.model_copy(update={"strategy": Strategy.model_validate({"name": "ditto", "proximal_mu": 0.1})})
    assert failed(evidence(), statement(taken(10)), ditto) == ["privacy of north"]
    assert failed(evidence(), statement(taken(20)), ditto) == []


def test_epsilon_lies_between_the_costliest_population_and_all_of_them_together() -> None:
    half, one_round = taken(5), evidence((0.5, 0.8), stopped="plateau")
    alone, together = statement(half).epsilon, statement().epsilon
    for epsilon, passes in ((alone, True), (together, True), (0.9 * alone, False)):
        told = statement(half, half, epsilon=epsilon, rounds={RUN: 1, EARLIER_RUN: 1})
        assert failed(one_round, told) == ([] if passes else ["privacy of north"])


@pytest.mark.parametrize(
    "setting",
    [
        Steps(sample_rate=0.2, noise_multiplier=2.0, steps=1),
        Steps(sample_rate=0.1, noise_multiplier=2.1, steps=1),
        # To compose these takes longer than anybody waits.
        Steps(sample_rate=1e-9, noise_multiplier=1e9, steps=10**18),
    ],
)
def test_steps_of_another_setting_than_the_study_s_are_not_composed(
    setting: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, study = statement(), STUDY.model_copy(update={"privacy": STUDY.privacy.model_copy(update=TARGET)})
    told = told.model_copy(update={"populations": (*told.populations, (setting,))})
    monkeypatch.setattr("cloister.server.gates.epsilon_of", lambda *_: pytest.fail("composed"))
    assert failed(evidence(), told, study) == ["privacy of north"]


def test_the_first_population_above_the_stated_epsilon_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    composed = []

    def counted(mechanisms: list[Mechanism], delta: float, accountant: Accountant = "pld") -> float:
        composed.append(accountant)
        return epsilon_of(mechanisms, delta, accountant)

    populations = [(Steps(sample_rate=0.1, noise_multiplier=2.0, steps=10 + number),) for number in range(60)]
    told = statement().model_copy(update={"populations": tuple(populations), "epsilon": 0.1})
    monkeypatch.setattr("cloister.server.gates.epsilon_of", counted)
    assert failed(evidence(), told) == ["privacy of north"]
    assert composed == ["rdp", "pld"]


def test_a_statement_of_more_settings_than_can_be_composed_is_refused() -> None:
    key = Ed25519PrivateKey.generate()
    populations = [(Steps(sample_rate=0.1, noise_multiplier=2.0, steps=number + 1),) for number in range(65)]
    for number in (64, 65):
        signed = statement().model_copy(update={"populations": tuple(populations[:number])}).sign(key)
        if number == 64:
            assert len(PrivacyStatement.open(signed).populations) == number
        else:
            with pytest.raises(EvidenceError, match="more than 64"):
                PrivacyStatement.open(signed)


def test_a_study_without_privacy_needs_no_statement_and_is_called_so() -> None:
    verdicts = judge(STUDY.without_privacy(), evidence(), {})
    assert all(gate.passed for gate in verdicts)
    assert "WITHOUT" in verdicts[-1].detail


def test_the_transcript_is_that_of_the_rounds_in_their_order() -> None:
    good = evidence()
    good.check_transcript()
    swapped = (good.rounds[0], good.rounds[2], good.rounds[1])
    for update in (
        {"transcript": good.transcript[::-1]},
        {"rounds": good.rounds[:2]},
        {"rounds": swapped, "transcript": transcript_of(swapped)},
    ):
        with pytest.raises(EvidenceError):
            good.model_copy(update=update).check_transcript()
