"""One run of a study at the coordinator: from the newest checkpoint, or from the base, to the last round."""

from __future__ import annotations

from collections.abc import Callable

import torch
from flwr.app import ArrayRecord, ConfigRecord, MetricRecord
from flwr.serverapp import Grid

from cloister.privacy.computing_device import computing_on, visible_device
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.evaluation import Evaluation, evaluate
from cloister.strategies.catalogue import strategy_of
from cloister.strategies.server_state import RoundRecord, ServerState
from cloister.study.arrays import from_record
from cloister.study.errors import CloisterError
from cloister.study.protocol import PROTOCOL, PROTOCOL_KEY
from cloister.tasks.catalogue import task_of
from cloister.tasks.parameters import frozen_sha256, load_trainable, trainable_arrays
from cloister.tasks.reading import read_examples

OnRound = Callable[[RoundRecord], None]
OnRefused = Callable[[int, type[CloisterError]], None]


def run_study(
    grid: Grid, coordinator: CoordinatorFolder, on_round: OnRound | None = None, on_refused: OnRefused | None = None
) -> ServerState:
    """Run all rounds that are missing.

    Args:
        grid: the connection to the sites.
        coordinator: the opened folder; checkpoints are read from and written to it.
        on_round: called after every checkpoint, round 0 (the untouched base) included.
        on_refused: called with the number of each node that is not believed to be a site, and the kind of error.

    Returns:
        The state after the last round; `stopped` says why if the study has more.

    Raises:
        TooFewSitesError: the run stopped early; the last checkpoint is kept, and running again resumes from it.
        RunningElsewhereError: another coordinator runs the study of this folder.
        InputError: the run began with another base or other held-out data.
    """
    with coordinator.locked():
        return _run(grid, coordinator, on_round, on_refused)


def _run(
    grid: Grid, coordinator: CoordinatorFolder, on_round: OnRound | None, on_refused: OnRefused | None
) -> ServerState:
    study = coordinator.study
    task = task_of(study)
    datasets = coordinator.verified_heldout()
    inputs, reached = coordinator.inputs(datasets), coordinator.latest()
    if reached is not None:
        coordinator.check_inputs(reached, inputs)
    heldout = read_examples(study, datasets, coordinator.base)
    model = task.build_model(coordinator.base, study.seeds.model)

    def judge(server_round: int, arrays: ArrayRecord) -> MetricRecord:
        del server_round
        load_trainable(model, from_record(arrays, strategy.state.model))
        with torch.random.fork_rng(), computing_on(visible_device(), model):
            return MetricRecord({**flat_metrics(evaluate(task, model, heldout, study))})

    def keep(now: ServerState) -> None:
        coordinator.save(now)
        if on_round is not None:
            on_round(now.history[-1])

    strategy = strategy_of(study, reached or coordinator.fresh(trainable_arrays(model), inputs), keep)
    strategy.in_flight = coordinator.in_flight
    strategy.roster.identities = coordinator.identities()
    if on_refused is not None:
        strategy.roster.on_refused = on_refused
    config = ConfigRecord(
        {
            PROTOCOL_KEY: PROTOCOL,
            "study": study.canonical,
            "run-id": strategy.state.run_id,
            "base-sha256": inputs.base_sha256 or "",
            "frozen-sha256": frozen_sha256(model),
        }
    )
    strategy.start(
        grid,
        ArrayRecord(),
        num_rounds=study.rounds,
        timeout=study.federation.round_timeout,
        train_config=config,
        evaluate_fn=judge,
    )
    return strategy.state


def flat_metrics(evaluation: Evaluation) -> dict[str, float]:
    """Metrics as names and numbers: `auroc`, `auroc.low`, `auroc.high`, `auroc@site`; undefined ones left out."""
    flat: dict[str, float] = {}
    for name, interval in evaluation.metrics.items():
        flat |= {name: interval.value, f"{name}.low": interval.low, f"{name}.high": interval.high}
    for site, values in evaluation.by_site.items():
        flat |= {f"{name}@{site}": value for name, value in values.items()}
    return {name: value for name, value in flat.items() if value == value}
