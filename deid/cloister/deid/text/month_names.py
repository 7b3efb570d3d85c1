"""The names of the months, in full and abbreviated, in every supported language."""

from __future__ import annotations

from collections.abc import Mapping

from cloister.deid.text.squeezed import normal_form

MONTH_NAMES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    language: tuple(tuple(month.split("/")) for month in months.split())
    for language, months in {
        "en": """January/Jan February/Feb March/Mar April/Apr May June/Jun July/Jul August/Aug September/Sep/Sept
            October/Oct November/Nov December/Dec""",
        "es": """enero/ene febrero/feb marzo/mar abril/abr mayo/may junio/jun julio/jul agosto/ago
            septiembre/sep/sept/setiembre octubre/oct noviembre/nov diciembre/dic""",
        "de": """Januar/Jan/Jän/Jänner Februar/Feb/Feber März/Mrz/Mär/Maerz April/Apr Mai Juni/Jun Juli/Jul August/Aug
            September/Sep/Sept Oktober/Okt November/Nov Dezember/Dez""",
        "fr": """janvier/janv/jan février/févr/fév/fevrier/fevr/fev mars avril/avr mai juin juillet/juil août/aout
            septembre/sept/sep octobre/oct novembre/nov décembre/déc/decembre/dec""",
        "it": """gennaio/gen/genn febbraio/feb/febbr marzo/mar aprile/apr maggio/mag giugno/giu luglio/lug agosto/ago
            settembre/set/sett ottobre/ott novembre/nov dicembre/dic""",
        "pt": """janeiro/jan fevereiro/fev março/mar/marco abril/abr maio/mai junho/jun julho/jul agosto/ago
            setembro/set outubro/out novembro/nov dezembro/dez""",
        "nl": """januari/jan februari/feb maart/mrt april/apr mei juni/jun juli/jul augustus/aug september/sep/sept
            oktober/okt november/nov december/dec""",
    }.items()
}
"""Language -> January to December, each in full, then its usual abbreviation, then other spellings."""


def _by_name() -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for months in MONTH_NAMES.values():
        for number, names in enumerate(months, 1):
            for name in names:
                found.setdefault(normal_form(name), set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}


MONTHS_BY_NAME: Mapping[str, frozenset[int]] = _by_name()
"""A month's name in normal form -> the numbers it can stand for."""
