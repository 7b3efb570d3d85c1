"""The rule that a study's strategy has for the sites; the plain one unless it is named here."""

from __future__ import annotations

from collections.abc import Mapping

from cloister.client.local_rules.clipped_sum import ClippedSumRule
from cloister.client.local_rules.ditto import Ditto
from cloister.client.local_rules.feddyn import FedDyn
from cloister.client.local_rules.fednova import FedNova
from cloister.client.local_rules.fedprox import FedProx
from cloister.client.local_rules.norm_bounding import NormBounding
from cloister.client.local_rules.partial_sharing import FedBn, PartialSharing
from cloister.client.local_rules.rule import LocalRule
from cloister.client.local_rules.scaffold import Scaffold
from cloister.study.schema import StrategyName, Study
from cloister.study.trust import trust_of

_RULES: Mapping[StrategyName, type[LocalRule]] = {
    "ditto": Ditto,
    "fedbn": FedBn,
    "feddyn": FedDyn,
    "fednova": FedNova,
    "fedper": PartialSharing,
    "fedprox": FedProx,
    "norm-bounding": NormBounding,
    "scaffold": Scaffold,
}


def local_rule(study: Study, site: str) -> LocalRule:
    """The rule of a study at a site."""
    if trust_of(study) == "distributed":
        return ClippedSumRule(study, site)
    return _RULES.get(study.strategy.name, LocalRule)(study, site)
