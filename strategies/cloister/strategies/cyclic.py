"""Cyclic weight transfer (Chang et al. 2018): one site a round trains the model and hands it on.

In each cycle every site of the roster has its turn once, in an order that is drawn anew, as in FLamby, from one
generator with the study's seed. There is no sum to hide in: the coordinator sees each site's own update, and the next
site, in the model that it receives, the work of the one before. Only each site's own differential privacy protects it.
Noise is planned as if each site joined every round; the ledger counts the rounds it joined.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np

from cloister.strategies.fedavg import FedAvg
from cloister.study.arrays import Arrays


class Cyclic(FedAvg):
    """FedAvg over one site. A round whose site does not answer leaves the model; a cycle of such stops the run."""

    works_under_secure_aggregation: ClassVar[bool] = False

    def sites_asked(self, server_round: int, connected: Mapping[int, str]) -> dict[int, str]:
        """The one whose turn it is, if it is connected."""
        turn = self.turn(server_round)
        return {node: site for node, site in connected.items() if site == turn}

    @property
    def updates_needed(self) -> int:
        """None, unless all the others' last turns brought nothing either."""
        others = len(self.study.federation.sites) - 1
        turns = self.state.history[1:][-others:] if others else ()
        return 1 if len(turns) == others and not any(record.replied for record in turns) else 0

    def combine(self, updates: Mapping[str, Arrays]) -> Arrays:
        """The one update, if there is one."""
        if not updates:
            return {name: np.zeros_like(value) for name, value in self.update_like().items()}
        return super().combine(updates)

    def turn(self, server_round: int) -> str:
        """Whose turn round `server_round` (from 1) is; the same after a resumption."""
        sites = self.study.federation.sites
        cycle, place = divmod(server_round - 1, len(sites))
        generator = np.random.default_rng(self.study.seeds.training)
        orders = [generator.permutation(len(sites)) for _ in range(cycle + 1)]
        return sites[int(orders[cycle][place])]
