"""All strategies by name. A new strategy is one new file and one line here."""

from __future__ import annotations

from collections.abc import Callable

from cloister.strategies.fedadagrad import FedAdagrad
from cloister.strategies.fedadam import FedAdam
from cloister.strategies.fedavg import FedAvg
from cloister.strategies.fedavgm import FedAvgM
from cloister.strategies.fedyogi import FedYogi
from cloister.strategies.rounds import RoundStrategy
from cloister.strategies.server_state import ServerState
from cloister.study.schema import Study

_STRATEGIES: dict[str, type[RoundStrategy]] = {
    "fedadagrad": FedAdagrad,
    "fedadam": FedAdam,
    "fedavg": FedAvg,
    "fedavgm": FedAvgM,
    # The sites' objective differs (`strategy.proximal_mu`), the average does not.
    "fedprox": FedAvg,
    "fedyogi": FedYogi,
}


def strategy_of(study: Study, state: ServerState, checkpoint: Callable[[ServerState], None]) -> RoundStrategy:
    """The strategy that a study names, beginning at `state`."""
    return _STRATEGIES[study.strategy.name](study, state, checkpoint)
