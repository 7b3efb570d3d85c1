"""`cloister privacy`: what a study will cost, before anybody trains."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cloister.study.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from cloister.privacy.plan import PrivatePlan
    from cloister.privacy.trust_statement import TrustStatement
    from cloister.study.schema import Study

_DELTA = 1e-5
_MOST = 2**63 - 1
"""Patients and parameters that a float can hold."""

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Plan what a study costs in privacy.")


@app.callback()
def privacy() -> None:
    """Plan what a study costs in privacy."""


@app.command(
    epilog="Example: cloister privacy plan --patients 2000 --sample-rate 0.03 --rounds 50 --steps 5 --target-epsilon 3"
)
def plan(
    study: Annotated[Path | None, typer.Argument(help="STUDY.toml; or give the values as options")] = None,
    patients: Annotated[int | None, typer.Option(min=1, max=_MOST, help="Patients at a site")] = None,
    sample_rate: Annotated[float | None, typer.Option(help="Probability that a patient joins a step")] = None,
    rounds: Annotated[int | None, typer.Option(min=1, help="Rounds of the federation")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Optimizer steps in a round")] = None,
    noise: Annotated[float | None, typer.Option(help="Noise multiplier")] = None,
    target_epsilon: Annotated[float | None, typer.Option(help="Epsilon of the whole study, to find the noise")] = None,
    delta: Annotated[float | None, typer.Option(help="Delta  [default: 1e-5]")] = None,
    parameters: Annotated[
        int | None, typer.Option(min=1, max=_MOST, help="Trainable parameters, for signal to noise")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Draw the curves into this .svg or .png file")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for machines")] = False,
) -> None:
    """Show epsilon against rounds, noise and patients, and the signal-to-noise ratio to expect."""
    from cloister.privacy.forecast import forecast
    from cloister.privacy.trust_statement import TrustStatement

    if study is not None:
        others = {"--sample-rate": sample_rate, "--rounds": rounds, "--steps": steps, "--noise": noise}
        _refuse_beside_study({**others, "--target-epsilon": target_epsilon, "--delta": delta})
        trust, rounds, steps, sites = _of_study(study)
    else:
        whole, rounds, steps = _of_options(
            sample_rate, rounds, steps, noise, target_epsilon, _DELTA if delta is None else delta
        )
        trust, sites = TrustStatement(whole), {}
    if patients is not None:
        sites = {"a site": patients}
    answer = forecast(trust, rounds, steps, sites, parameters)
    if plot is not None:
        from cloister.privacy.forecast_plot import draw

        draw(answer, plot)
    typer.echo(json.dumps(answer, indent=2)) if as_json else _show(answer)


def _of_study(path: Path) -> tuple[TrustStatement, int, int, dict[str, int]]:
    from cloister.privacy.trust_statement import TrustStatement
    from cloister.study.schema import Study

    study = Study.read(path)
    steps = study.training.steps_per_round
    return TrustStatement.of_study(study), study.rounds, steps, _simulated_patients(study)


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
) -> tuple[PrivatePlan, int, int]:
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
    return PrivatePlan(sample_rate, noise, 1.0, example.steps, delta), rounds, steps


def _refuse_beside_study(options: dict[str, object]) -> None:
    given = [name for name, value in options.items() if value is not None]
    if given:
        raise InputError(f"{', '.join(given)}: the study says this.", "Leave it out, or leave the study out.")


def _show(answer: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    models = f" for each of {answer['trainings']} models" if answer["trainings"] > 1 else ""
    console.print(
        f"Patient-level differential privacy, delta {answer['delta']:g}: {answer['rounds']} rounds of "
        f"{answer['steps_per_round']} steps{models}, sample rate {answer['sample_rate']:g}, "
        f"noise multiplier {answer['noise_multiplier']:g}"
    )
    console.print(f"Trust model: {answer['trust']['model']}. {answer['trust']['statement']}")
    for title, name, axis in _CURVES:
        if answer[name]:
            console.print(_curve(title, axis, answer[name]))
    if not answer["sites"]:
        console.print("Give --patients for the patients in a step and the signal-to-noise ratio.")
        return
    sites = Table("site", "patients", "patients a step", "empty steps", "signal to noise", "over all parameters", "")
    for site in answer["sites"]:
        overall = site["signal_to_noise_all_parameters"]
        sites.add_row(
            site["site"],
            str(site["patients"]),
            f"{site['patients_per_step']:.1f}",
            f"{site['empty_steps']:.2%}",
            f"{site['signal_to_noise']:.1f}",
            "-" if overall is None else f"{overall:.3g}",
            site["outlook"],
        )
    console.print(sites)
    console.print(
        "Signal to noise: of the whole study, at best (all gradients as long as the clipping norm and aligned), in "
        "one direction. Below 1 a study is hopeless, below 10 doubtful: real gradients reach a fraction of it."
    )


_CURVES = (
    ("Epsilon against rounds", "by_rounds", "rounds"),
    ("Epsilon against noise", "by_noise", "noise_multiplier"),
    ("Epsilon against patients, as many in a step as planned", "by_patients", "patients"),
)
_BAR = 40


def _curve(title: str, axis: str, points: list[dict[str, Any]]) -> Table:
    from rich.table import Table

    others = [name for name in points[0] if name not in {axis, "epsilon", "epsilon_rdp"}]
    headings = [name.replace("_", " ") for name in (axis, *others)]
    table = Table(*headings, "epsilon (PLD)", "epsilon (RDP bound)", "", title=title, title_justify="left")
    most = max(point["epsilon"] for point in points)
    for point in points:
        bar = "\u2588" * max(1, round(_BAR * point["epsilon"] / most)) if most else ""
        values = [f"{point[name]:g}" for name in (axis, *others)]
        table.add_row(*values, f"{point['epsilon']:.3f}", f"{point['epsilon_rdp']:.3f}", bar)
    return table
