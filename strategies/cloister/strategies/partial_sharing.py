"""Partial sharing: parameters whose names the study lists stay at each site, and only the others are averaged.

FedPer (Arivazhagan et al. 2019) keeps the last layers at home, FedBN (Li et al. 2021) the normalisation layers; with
adapters one can keep one factor of each (FedSA-LoRA, Guo et al. 2025). Personal parameters are in no message, in
neither direction. The coordinator keeps their first values and evaluates the global model with them.
"""

from __future__ import annotations

from collections.abc import Callable

from cloister.strategies.fedavg import FedAvg
from cloister.strategies.server_state import ServerState
from cloister.study.arrays import Arrays
from cloister.study.personal import shared
from cloister.study.schema import Study


class PartialSharing(FedAvg):
    """FedAvg on the parameters that are not personal.

    Raises:
        StudyError: a pattern matches no parameter, or together they match all.
    """

    def __init__(self, study: Study, state: ServerState, checkpoint: Callable[[ServerState], None]) -> None:
        super().__init__(study, state, checkpoint)
        self.update_like()

    def broadcast(self) -> Arrays:
        """The shared parameters."""
        return self.update_like()

    def update_like(self) -> Arrays:
        """The shared parameters."""
        return shared(self.state.model, self.study.strategy.personal or ())

    def server_step(self, model: Arrays, update: Arrays, optimizer: Arrays) -> tuple[Arrays, Arrays]:
        """See the class."""
        stepped, kept = super().server_step({name: model[name] for name in update}, update, optimizer)
        return model | stepped, kept
