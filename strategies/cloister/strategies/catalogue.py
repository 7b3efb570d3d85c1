"""All strategies by name. A new strategy is one new file and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cloister.strategies.bulyan import Bulyan
from cloister.strategies.cyclic import Cyclic
from cloister.strategies.fedadagrad import FedAdagrad
from cloister.strategies.fedadam import FedAdam
from cloister.strategies.fedavg import FedAvg
from cloister.strategies.fedavgm import FedAvgM
from cloister.strategies.fedbuff import FedBuff
from cloister.strategies.feddyn import FedDyn
from cloister.strategies.fednova import FedNova
from cloister.strategies.fedyogi import FedYogi
from cloister.strategies.geometric_median import GeometricMedian
from cloister.strategies.krum import Krum
from cloister.strategies.lora_svd import LoraSvd
from cloister.strategies.median import Median
from cloister.strategies.norm_bounding import NormBounding
from cloister.strategies.partial_sharing import PartialSharing
from cloister.strategies.rounds import RoundStrategy
from cloister.strategies.scaffold import Scaffold
from cloister.strategies.server_state import ServerState
from cloister.strategies.trimmed_mean import TrimmedMean
from cloister.study.schema import StrategyName, Study

STRATEGIES: Mapping[StrategyName, type[RoundStrategy]] = {
    "bulyan": Bulyan,
    "cyclic": Cyclic,
    # The sites train a personal model besides; the global one is plain.
    "ditto": FedAvg,
    "fedadagrad": FedAdagrad,
    "fedadam": FedAdam,
    "fedavg": FedAvg,
    "fedavgm": FedAvgM,
    "fedbn": PartialSharing,
    "fedbuff": FedBuff,
    "feddyn": FedDyn,
    "fednova": FedNova,
    "fedper": PartialSharing,
    # The sites' objective differs (`strategy.proximal_mu`), the average does not.
    "fedprox": FedAvg,
    "fedyogi": FedYogi,
    "geometric-median": GeometricMedian,
    "krum": Krum,
    "lora-svd": LoraSvd,
    "median": Median,
    "norm-bounding": NormBounding,
    "scaffold": Scaffold,
    "trimmed-mean": TrimmedMean,
}


def strategy_of(study: Study, state: ServerState, checkpoint: Callable[[ServerState], None]) -> RoundStrategy:
    """The strategy that a study names, beginning at `state`."""
    return STRATEGIES[study.strategy.name](study, state, checkpoint)
