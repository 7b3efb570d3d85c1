"""`cloister privacy`: what a study will cost, before anybody trains."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cloister.study.errors import InputError

if TYPE_CHECKING:
    from cloister.privacy.plan import PrivatePlan
    from cloister.study.schema import Study

_DELTA = 1e-5

app = typer.Typer(no_args_is_help=True, help="Plan what a study costs in privacy.")


@app.callback()
def privacy() -> None:
    """Plan what a study costs in privacy."""


@app.command(
    epilog="Example: cloister privacy plan --patients 2000 --sample-rate 0.03 --rounds 50 --steps 5 --target-epsilon 3"
)
def plan(
    study: Annotated[Path | None, typer.Argument(help="STUDY.toml; or give the values as options")] = None,
    patients: Annotated[int | None, typer.Option(min=1, help="Patients at a site")] = None,
    sample_rate: Annotated[float | None, typer.Option(help="Probability that a patient joins a step")] = None,
    rounds: Annotated[int | None, typer.Option(min=1, help="Rounds of the federation")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Optimizer steps in a round")] = None,
    noise: Annotated[float | None, typer.Option(help="Noise multiplier")] = None,
    target_epsilon: Annotated[float | None, typer.Option(help="Epsilon of the whole study, to find the noise")] = None,
    delta: Annotated[float | None, typer.Option(help="Delta  [default: 1e-5]")] = None,
    parameters: Annotated[int | None, typer.Option(min=1, help="Trainable parameters, for signal to noise")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines")] = False,
) -> None:
    """Show epsilon against rounds, how many patients join a step, and the signal-to-noise ratio to expect."""
    if study is not None:
        others = {"--sample-rate": sample_rate, "--rounds": rounds, "--steps": steps, "--noise": noise}
        _refuse_beside_study({**others, "--target-epsilon": target_epsilon, "--delta": delta})
        whole, rounds, sites = _of_study(study)
    else:
        whole, rounds = _of_options(
            sample_rate, rounds, steps, noise, target_epsilon, _DELTA if delta is None else delta
        )
        sites = {}
    if patients is not None:
        sites = {"a site": patients}
    answer = _answer(whole, rounds, sites, parameters)
    typer.echo(json.dumps(answer, indent=2)) if as_json else _show(answer)


def _of_study(path: Path) -> tuple[PrivatePlan, int, dict[str, int]]:
    from cloister.privacy.plan import PrivatePlan
    from cloister.study.schema import Study

    study = Study.read(path)
    return PrivatePlan.of_study(study), study.rounds, _simulated_patients(study)


def _simulated_patients(study: Study) -> dict[str, int]:
    from cloister.study.schema import SyntheticHospitals

    if study.simulation is None or not isinstance(study.simulation.data, SyntheticHospitals):
        return {}
    return dict(study.simulation.data.patients)


def _of_options(
    sample_rate: float | None,
    rounds: int | None,
    steps: int | None,
    noise: float | None,
    target_epsilon: float | None,
    delta: float,
) -> tuple[PrivatePlan, int]:
    from cloister.privacy.accounting import calibrate_noise
    from cloister.privacy.plan import PrivatePlan

    if sample_rate is None or rounds is None or steps is None:
        raise InputError("--sample-rate, --rounds and --steps are needed.", "Give them, or name a STUDY.toml.")
    if (noise is None) == (target_epsilon is None):
        raise InputError("exactly one of --noise and --target-epsilon is needed.", "Give one of the two.")
    example = PrivatePlan(sample_rate, 1.0, 1.0, rounds * steps, delta)
    if noise is None:
        assert target_epsilon is not None  # noqa: S101 - checked above
        noise = calibrate_noise(sample_rate, example.steps, delta, target_epsilon)
    # The clipping norm scales gradients and noise alike: neither epsilon nor the ratios depend on it.
    return PrivatePlan(sample_rate, noise, 1.0, example.steps, delta), rounds


def _refuse_beside_study(options: dict[str, object]) -> None:
    given = [name for name, value in options.items() if value is not None]
    if given:
        raise InputError(f"{', '.join(given)}: the study says this.", "Leave it out, or leave the study out.")


def _answer(whole: PrivatePlan, rounds: int, sites: dict[str, int], parameters: int | None) -> dict[str, Any]:
    steps_per_round = whole.steps // rounds
    curve = [whole.for_steps(number * steps_per_round) for number in _milestones(rounds)]
    return {
        "schema_version": 1,
        "unit": "patient",
        "relation": "add or remove one patient",
        "sampling": "poisson",
        "sample_rate": whole.sample_rate,
        "noise_multiplier": whole.noise_multiplier,
        "delta": whole.delta,
        "rounds": rounds,
        "steps_per_round": steps_per_round,
        "epsilon": whole.epsilon(),
        "epsilon_rdp": whole.rdp_epsilon(),
        "by_rounds": [
            {"rounds": point.steps // steps_per_round, "epsilon": point.epsilon(), "epsilon_rdp": point.rdp_epsilon()}
            for point in curve
        ],
        "sites": [
            {
                "site": name,
                "patients": patients,
                "patients_per_step": whole.expected_patients(patients),
                "empty_steps": (1 - whole.sample_rate) ** patients,
                "signal_to_noise": whole.signal_to_noise(patients),
                "signal_to_noise_all_parameters": (
                    None if parameters is None else whole.signal_to_noise(patients, parameters)
                ),
            }
            for name, patients in sites.items()
        ],
    }


def _milestones(rounds: int) -> list[int]:
    """1, 2, 5, 10, 20, 50, ... and the last round."""
    steps = {leading * 10**power for power in range(len(str(rounds))) for leading in (1, 2, 5)}
    return sorted({step for step in steps if step < rounds} | {rounds})


def _show(answer: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print(
        f"Patient-level differential privacy, delta {answer['delta']:g}: {answer['rounds']} rounds of "
        f"{answer['steps_per_round']} steps, sample rate {answer['sample_rate']:g}, "
        f"noise multiplier {answer['noise_multiplier']:g}"
    )
    curve = Table("rounds", "epsilon (PLD)", "epsilon (RDP bound)")
    for point in answer["by_rounds"]:
        curve.add_row(str(point["rounds"]), f"{point['epsilon']:.3f}", f"{point['epsilon_rdp']:.3f}")
    console.print(curve)
    if not answer["sites"]:
        console.print("Give --patients for the patients in a step and the signal-to-noise ratio.")
        return
    sites = Table("site", "patients", "patients a step", "empty steps", "signal to noise", "over all parameters")
    for site in answer["sites"]:
        overall = site["signal_to_noise_all_parameters"]
        sites.add_row(
            site["site"],
            str(site["patients"]),
            f"{site['patients_per_step']:.1f}",
            f"{site['empty_steps']:.2%}",
            f"{site['signal_to_noise']:.1f}",
            "-" if overall is None else f"{overall:.3g}",
        )
    console.print(sites)
    console.print(
        "Signal to noise: of the whole study, at best (all gradients as long as the clipping norm and aligned), in "
        "one direction. Below about 1 nothing can be learned; 10 and more leaves room for real gradients."
    )
