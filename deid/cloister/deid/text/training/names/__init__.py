"""Names of the world's culture groups as hospital systems write them.

One file per group, written from general knowledge; no list was copied. Each module holds `GIVEN_FEMALE`, `GIVEN_MALE`
and `FAMILY`, mostly in Latin script, `NATIVE_SCRIPT` (whole names in their own script), `PARTICLES` (words inside
names that are no names) and `FAMILY_FIRST` (whether records in Latin script usually keep the family name in front).
A new group is a new file and one entry here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType, ModuleType

from cloister.deid.text.training.names import (
    anglo,
    arabic,
    baltic,
    caribbean,
    chinese,
    dutch,
    east_african,
    filipino,
    french,
    german,
    greek,
    hebrew,
    hispanic,
    hmong_burmese,
    hungarian_romanian,
    indonesian_malay,
    italian,
    japanese,
    korean,
    native_american,
    nordic,
    pacific,
    persian,
    portuguese,
    slavic,
    south_asian,
    southern_african,
    thai,
    turkish,
    vietnamese,
    west_african,
)


@dataclass(frozen=True)
class Names:
    """The names of one culture group.

    Args:
        GIVEN_FEMALE: given names of women.
        GIVEN_MALE: given names of men.
        FAMILY: family names, with the particles that belong to them; where the language inflects them, both forms.
        NATIVE_SCRIPT: whole names in their own script and order; empty for groups that write in Latin script.
        PARTICLES: words inside names ("van der", "bin") that are not names by themselves.
        FAMILY_FIRST: whether the family name comes first in Latin script too.
    """

    GIVEN_FEMALE: tuple[str, ...]
    GIVEN_MALE: tuple[str, ...]
    FAMILY: tuple[str, ...]
    NATIVE_SCRIPT: tuple[str, ...] = ()
    PARTICLES: tuple[str, ...] = ()
    FAMILY_FIRST: bool = False


def _names(module: ModuleType) -> Names:
    return Names(
        GIVEN_FEMALE=module.GIVEN_FEMALE,
        GIVEN_MALE=module.GIVEN_MALE,
        FAMILY=module.FAMILY,
        NATIVE_SCRIPT=module.NATIVE_SCRIPT,
        PARTICLES=module.PARTICLES,
        FAMILY_FIRST=module.FAMILY_FIRST,
    )


_MODULES = (
    anglo, arabic, baltic, caribbean, chinese, dutch, east_african, filipino, french, german, greek, hebrew, hispanic,
    hmong_burmese, hungarian_romanian, indonesian_malay, italian, japanese, korean, native_american, nordic, pacific,
    persian, portuguese, slavic, south_asian, southern_african, thai, turkish, vietnamese, west_african,
)  # fmt: skip

CULTURES: Mapping[str, Names] = MappingProxyType(
    {module.__name__.rpartition(".")[2]: _names(module) for module in _MODULES}
)
"""Name of a culture group, its module's name -> its names."""
