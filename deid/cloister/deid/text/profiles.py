"""What a site asks of the de-identification: which labels go, how sure a finding must be, whether every age goes.

- `safe-harbor`, the default: the eighteen identifiers of 45 CFR 164.514(b)(2), and institutions. Professions and ages
  under 90 stay.
- `limited-dataset`: 45 CFR 164.514(e). Dates, ages, and towns, states and ZIP codes stay; streets go.
- `maximal`: also professions, every age, and codes and names that are only suspected.

What the patient's own record lists goes under every profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cloister.deid.text.finding import LABELS, Label
from cloister.study.errors import InputError


@dataclass(frozen=True)
class Profile:
    """One such choice.

    `thresholds` are the lowest scores that count, per label; `tagged` is that of the statistical taggers, and `alone`
    theirs for a name, place or institution that no other detector supports. Labels in `kept` stay in the text, whatever
    their score.
    `all_ages` tells whether ages under 90 go too; `places` whether towns, states and ZIP codes go, or streets alone.
    """

    name: str
    thresholds: Mapping[Label, float]
    tagged: float = 0.6
    alone: float = 0.9
    kept: frozenset[Label] = frozenset()
    all_ages: bool = False
    places: bool = True


def _thresholds(default: float, **others: float) -> Mapping[Label, float]:
    return MappingProxyType({label: others.get(label, default) for label in LABELS})


SAFE_HARBOR = Profile("safe-harbor", _thresholds(0.3), kept=frozenset({"PROFESSION"}))
LIMITED_DATASET = Profile(
    "limited-dataset", SAFE_HARBOR.thresholds, kept=frozenset({"DATE", "AGE", "PROFESSION"}), places=False
)
MAXIMAL = Profile("maximal", _thresholds(0.2), tagged=0.4, alone=0.5, all_ages=True)
PROFILES: Mapping[str, Profile] = MappingProxyType({p.name: p for p in (SAFE_HARBOR, LIMITED_DATASET, MAXIMAL)})


def profile_named(name: str) -> Profile:
    """The profile of a name.

    Raises:
        InputError: there is none of this name.
    """
    if name not in PROFILES:
        raise InputError(f"Profile {name}: there is none of this name.", f"Choose one of {', '.join(PROFILES)}.")
    return PROFILES[name]
