"""The words that surrogate places are made of: invented towns, by the language of their country.

They are put together from two halves, so that there are many and none belongs to one person's address.
"""

from __future__ import annotations

from collections.abc import Mapping

_HALVES: Mapping[str, tuple[str, str]] = {
    "en": (
        """Ash Bal Barn Beck Bel Black Brad Bren Burn Cal Carl Clif Cran Dal Den Dray East Ell Elm Fair Farn Fen Glen
        Gran Hal Harl Hart Hat Hol Kel Kirk Lang Lin Lock Mal Mel Mil Mor Nor Oak Old Pem Pres Rad Ray Red
        Ros Rush Sel Shel
        Stan Stock Sut Thorn Til Wal Wel Whit Win Wood""",
        """borough bridge brook chester crest falls field fold gate haven hollow mead minster mouth port stone vale view
        water""",
    ),
    "de": (
        """Linden Birken Eichen Buchen Ahorn Erlen Ulmen Stein Wald Wiesen Neu Alt Ober Nieder Hohen Schwarzen Weißen
        Grünen Rot Silber Gold Sonnen Kirch Mühl Rosen Hasel Falken Adler Hirsch Fuchs""",
        "berg heim feld bach hausen dorf burg furt tal kirchen rode stedt brunn au hagen",
    ),
    "es": (
        "Villa Torre Monte Fuente Valde Peña Nava Casa Campo Roca Prado Puente Olmo Encina Cueva Laguna",
        "clara mayor rubia seca hermosa verde fría blanca nueva real alta llana serena honda parda vieja",
    ),
    "fr": (
        "Mont Beau Bel Roche Fontaine Clair Val Haute Basse Belle Blanche Grand Petit Pont Champ Bois Vigne Aube",
        "mont ville fort bourg champs court lieu val rive fontaine terre vigne mare lande",
    ),
    "it": (
        "Monte Castel Villa Fonte Pietra Rocca Colle Valle Campo Serra Ponte Borgo Torre Acqua Prato",
        "chiara bella verde forte alto nuovo rosso marina sole fiore lunga piana grande vecchia",
    ),
    "pt": (
        "Vila Monte Fonte Serra Porto Ribeira Vale Campo Pedra Torre Quinta Lagoa Ponte Mata Outeiro",
        "verde nova alta clara longa seca formosa branca real velha grande fria bela rasa",
    ),
    "nl": (
        "Ooster Wester Noorder Zuider Nieuw Oud Hoog Laag Berg Linden Eiken Berken Molen Zand Veen Heide",
        "dijk dorp kerk wijk huizen burg drecht stede hoven voort rade woude meer beek",
    ),
}

PLACE_NAMES: Mapping[str, tuple[str, ...]] = {
    country: tuple(head + tail for head in heads.split() for tail in tails.split())
    for country, (heads, tails) in _HALVES.items()
}
"""Language of the country -> invented towns."""

STREET_STEMS: Mapping[str, tuple[str, ...]] = {country: tuple(heads.split()) for country, (heads, _) in _HALVES.items()}
"""Language of the country -> what stands before `straße` or `laan` in the name of a street."""
