"""Words of the kinds that annotated notes hold too few of: countries, relatives, professions.

They are added to the lists of names, places and common words that the package's taggers carry, under letters of their
own: n for countries (nations), r for relatives, j for professions (jobs).
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

from cloister.deid.text.gazetteers.listed_terms import read_entries
from cloister.deid.text.surrogates.professions import PROFESSIONS
from cloister.deid.text.taggers.crf import Crf
from cloister.deid.text.taggers.features import Lists, folded_word
from cloister.deid.text.training.languages import PACKS


def _listed(words: str) -> tuple[str, ...]:
    return tuple(words.split())


COUNTRIES = _listed(
    """
    Afganistán Alemania Andorra Argelia Argentina Armenia Austria Azerbaiyán Bangladés Bélgica Belice Benín Bielorrusia
    Birmania Bolivia Botsuana Brasil Bulgaria Camboya Camerún Canadá Catar Chequia Chile Chipre Colombia Corea Croacia
    Dinamarca Egipto Eslovaquia Eslovenia Estonia Etiopía Filipinas Finlandia Francia Gabón Georgia Grecia Haití
    Holanda Hungría Inglaterra Irak Irán Irlanda Islandia Italia Japón Jordania Kazajistán Kenia Kirguistán Letonia
    Líbano Libia Lituania Luxemburgo Malasia Malaui Maldivas Malí Mauricio Moldavia Mónaco Níger Noruega Pakistán
    Palestina Panamá Perú Polonia Ruanda Rusia Escocia Gales Singapur Siria Sudáfrica Sudán Suecia Suiza Surinam
    Tailandia Taiwán Tanzania Túnez Turquía Ucrania Uzbekistán Yibuti Zimbabue
    """
)
"""Names of countries in Spanish, beside those of the gazetteer and the language packs."""
RELATIVES = _listed(
    """
    abuelo abuela abuelos abuelas bisabuelo bisabuela ascendientes compañero compañera consorte cónyuge cuidador
    cuidadora cuñado cuñada cuñados descendencia descendientes esposa esposo familia familiar familiares gemela gemelo
    hermana hermano hermanas hermanos hermanastro hermanastra hija hijo hijas hijos madrastra madre madres marido
    materna materno maternas maternos mellizo melliza mujer nieta nieto nietas nietos novia novio nuera padrastro padre
    padres pareja pariente parientes paterna paterno paternas paternos prima primo primas primos progenitor
    progenitora progenitores sobrina sobrino sobrinas sobrinos suegra suegro suegros tía tío tías tíos viuda viudo yerno
    aunt brother cousin daughter father grandfather grandmother grandson granddaughter husband maternal mother nephew
    niece parent parents partner paternal sibling siblings sister son spouse uncle wife
    Bruder Ehefrau Ehemann Eltern Enkel Enkelin Großmutter Großvater Kind Kinder Mutter Neffe Nichte Onkel Schwester
    Sohn Tante Tochter Vater
    conjoint conjointe cousine épouse époux fille fils frère grand-mère grand-père mari mère neveu nièce oncle parents
    père soeur tante
    """
)


def word_lists() -> Lists:
    """The lists that the package's own CRF carries, with countries, relatives and professions of a single word."""
    with (files("cloister.deid") / "models" / "crf.npz").open("rb") as file:
        found = {word: set(letters) for word, letters in Crf.load(file).lists.items()}
    for letter, entries in (("n", _countries()), ("r", iter(RELATIVES)), ("j", _professions())):
        for entry in entries:
            if " " not in entry:
                found.setdefault(folded_word(entry), set()).add(letter)
    return {word: "".join(sorted(letters)) for word, letters in found.items()}


def _countries() -> Iterator[str]:
    yield from COUNTRIES
    yield from read_entries("countries.txt")
    for pack in PACKS:
        yield from pack.terms.get("country", ())


def _professions() -> Iterator[str]:
    for names in PROFESSIONS.values():
        yield from names
    for pack in PACKS:
        yield from pack.terms.get("profession", ())
