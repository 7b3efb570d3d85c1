"""Surrogates of professions: another common one in the same language."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cloister.deid.text.surrogates.keyed_choice import KeyedChoice
from cloister.deid.text.surrogates.layout import cased_like

PROFESSIONS: Mapping[str, tuple[str, ...]] = {
    language: tuple(" ".join(entry.split()) for entry in entries.split(","))
    for language, entries in {
        "en": """teacher, accountant, carpenter, electrician, cashier, librarian, plumber, bus driver, farmer, chef,
            welder,
            secretary, salesperson, mechanic, receptionist, painter, bricklayer, tailor, postal worker, security guard,
            warehouse worker, waiter, gardener, bookkeeper, machinist, truck driver, cleaner, hairdresser, baker,
            clerk""",
        "es": """docente, contable, carpintero, electricista, comerciante, bibliotecario, fontanero, conductor,
            agricultor,
            cocinero, soldador, administrativo, dependiente, mecánico, recepcionista, pintor, albañil, sastre, cartero,
            vigilante, camarero, jardinero, peluquero, panadero, oficinista""",
        "de": """Lehrkraft, Buchhalter, Tischler, Elektriker, Kassierer, Bibliothekar, Klempner, Busfahrer, Landwirt,
            Koch, Schweißer, Sekretär, Verkäufer, Mechaniker, Maler, Maurer, Schneider, Postbote, Lagerarbeiter,
            Kellner,
            Gärtner, Friseur, Bäcker, Sachbearbeiter, Reinigungskraft""",
        "fr": """enseignant, comptable, menuisier, électricien, caissier, bibliothécaire, plombier,
            chauffeur, agriculteur,
            cuisinier, soudeur, secrétaire, vendeur, mécanicien, peintre, maçon, tailleur, facteur, gardien, serveur,
            jardinier, coiffeur, boulanger, employé de bureau""",
        "it": """insegnante, contabile, falegname, elettricista, cassiere, bibliotecario, idraulico, autista,
            agricoltore,
            cuoco, saldatore, segretario, commesso, meccanico, imbianchino, muratore, sarto, postino, cameriere,
            giardiniere, parrucchiere, panettiere, impiegato""",
        "pt": """professor, contabilista, carpinteiro, eletricista, caixa, bibliotecário, canalizador, motorista,
            agricultor,
            cozinheiro, soldador, secretário, vendedor, mecânico, pintor, pedreiro, alfaiate, carteiro, segurança,
            empregado de mesa, jardineiro, cabeleireiro, padeiro""",
        "nl": """leraar, boekhouder, timmerman, elektricien, kassier, bibliothecaris, loodgieter, buschauffeur, boer,
            kok,
            lasser, secretaris, verkoper, monteur, schilder, metselaar, kleermaker, postbode, ober, tuinman, kapper,
            bakker, schoonmaker""",
    }.items()
}
"""Language -> professions that are too common to identify anybody."""

_STATUS = re.compile(
    r"^(?:(?:retired|former|ex|semi-retired|jubilad[oa]|antigu[oa]|pensionierte[rn]?|ehemalige[rn]?|retraitée?|anciene?n?e?"
    r"|pensionat[oa]|reformad[oa]|gepensioneerde?|a|an|the)[\s-]+)*",
    re.IGNORECASE,
)


def profession(choice: KeyedChoice, value: str, language: str, attempt: int) -> str:
    """Another profession; `retired` and the like stay."""
    status = _STATUS.match(value)
    start = status.end() if status is not None else 0
    named = value[start:]
    options = PROFESSIONS.get(language, PROFESSIONS["en"])
    made = choice.one_of("profession", " ".join(named.lower().split()), options, attempt)
    if language == "de" and not named.isupper():
        return value[:start] + made
    return value[:start] + cased_like(named, made if named.islower() or named.isupper() else made.capitalize())
