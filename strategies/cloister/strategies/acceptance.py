"""Whether a round's model is accepted, and whether the study is done: read off the metrics on the coordinator's data.

A study gives a tolerance: a model whose metric lies further than that below the best accepted one is rejected, and the
global model goes back to the last accepted one. So the accepted models never lose more than the tolerance in all,
however many rounds somebody poisons a little. What the metric does not see (a backdoor) this gate does not stop.

The metric is the point estimate on the held-out patients. Whoever selects by it should not quote it as an unbiased
figure of the model selected.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Literal

from cloister.strategies.server_state import RoundRecord
from cloister.study.schema import Evaluation

Stopped = Literal["target-reached", "plateau", "budgets-exhausted"]


def is_accepted(metrics: Mapping[str, float], history: Sequence[RoundRecord], evaluation: Evaluation) -> bool:
    """Whether a new model passes.

    Args:
        metrics: of the new model; an undefined one is missing, and does not pass where there was a value before.
        history: the rounds before, the untouched base first.
        evaluation: the study's metric and tolerance; without a tolerance every model passes.
    """
    best = _best(history, evaluation.metric)
    if evaluation.tolerance is None or best == -math.inf:
        return True
    return metrics.get(evaluation.metric, -math.inf) >= best - evaluation.tolerance


def stopped(history: Sequence[RoundRecord], evaluation: Evaluation) -> Stopped | None:
    """Why no further round is needed; None if one is.

    Args:
        history: all rounds so far, the untouched base first.
        evaluation: the study's target and patience.
    """
    if evaluation.target is not None and _best(history[-1:], evaluation.metric) >= evaluation.target:
        return "target-reached"
    patience = evaluation.patience
    if patience is None or len(history) <= patience:
        return None
    before, lately = (_best(part, evaluation.metric) for part in (history[:-patience], history[-patience:]))
    return None if lately > before + evaluation.minimum_gain else "plateau"


def _best(history: Sequence[RoundRecord], metric: str) -> float:
    """The highest value of an accepted model; minus infinity if there is none."""
    return max((record.metrics.get(metric, -math.inf) for record in history if record.accepted), default=-math.inf)
