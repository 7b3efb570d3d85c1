"""One run of a study at the coordinator: from the newest checkpoint, or from the base, to the last round."""

from __future__ import annotations

from typing import Final

import torch
from flwr.app import ArrayRecord, ConfigRecord, MetricRecord
from flwr.serverapp import Grid

from cloister.privacy.computing_device import computing_on, visible_device
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.evaluation import Evaluation, evaluate
from cloister.server.server_audit import RecordedRun, recorded_run
from cloister.server.unblocked_grid import UnblockedGrid
from cloister.strategies.catalogue import strategy_of
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import from_record
from cloister.study.protocol import PROTOCOL, PROTOCOL_KEY
from cloister.tasks.catalogue import task_of
from cloister.tasks.parameters import frozen_sha256, load_trainable, trainable_arrays
from cloister.tasks.reading import read_examples

_TIMES_THE_MODEL: Final = 8
"""The largest reply has an update and a control variate, of four bytes a value each."""
_BESIDE_THE_MODEL: Final = 64 * 2**20


def run_study(grid: Grid, coordinator: CoordinatorFolder) -> ServerState:
    """Run all rounds that are missing; the audit log of the folder's server tells of it.

    Args:
        grid: the connection to the sites.
        coordinator: the opened folder; checkpoints are read from and written to it.

    Returns:
        The state after the last round; `stopped` says why if the study has more.

    Raises:
        TooFewSitesError: the run stopped early; the last checkpoint is kept, and running again resumes from it.
        RunningElsewhereError: another coordinator runs the study of this folder.
        InputError: the run began with another base or other held-out data.
    """
    with coordinator.locked(), recorded_run(coordinator) as recorded:
        return _run(grid, coordinator, recorded)


def _run(grid: Grid, coordinator: CoordinatorFolder, recorded: RecordedRun) -> ServerState:
    study = coordinator.study
    task = task_of(study)
    datasets = coordinator.verified_heldout()
    inputs, reached = coordinator.inputs(datasets), coordinator.latest()
    if reached is not None:
        recorded.reached(reached)
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
        recorded.reached(now)

    state = reached or coordinator.fresh(recorded.run_id, trainable_arrays(model), inputs)
    if isinstance(grid, UnblockedGrid):
        grid.most_bytes = _TIMES_THE_MODEL * sum(array.nbytes for array in state.model.values()) + _BESIDE_THE_MODEL
    strategy = strategy_of(study, state, keep)
    strategy.in_flight = coordinator.in_flight
    strategy.roster.identities = coordinator.identities()
    strategy.roster.on_refused, strategy.roster.registered_as = recorded.refused, recorded.registered_as
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
