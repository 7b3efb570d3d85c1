"""Words that tell what an address or an institution is without telling which one: they stay when it is replaced.

By country, so that a replacement comes from the country of the original.
"""

from __future__ import annotations

from collections.abc import Mapping

from cloister.deid.text.gazetteers.places import US_STATES

STATES = """
    AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR
    PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR
""".split()  # noqa: SIM905

STREET_WORDS: Mapping[str, frozenset[str]] = {
    country: frozenset(words.split())
    for country, words in {
        "en": """street st avenue ave av road rd drive dr lane ln boulevard blvd court ct place pl terrace ter way
            circle
            cir parkway pkwy highway hwy square sq trail trl crescent close alley plaza loop row walk ridge run path
            point commons mews apt apartment unit suite ste floor fl room rm po box north south east west n s e w""",
        "de": "straße strasse str platz weg allee gasse ring damm ufer markt chaussee stock hausnummer postfach",
        "es": """calle c avenida avda av plaza plza pza paseo pº po carretera ctra camino ronda travesía urbanización
            urb polígono edificio edif escalera esc piso pta puerta izq dcha bajo nº num cp apartado""",
        "fr": "rue avenue av boulevard bd bvd place pl allée allee impasse chemin quai cours square bis ter cedex bp",
        "it": "via viale v piazza pza corso vicolo largo piazzale strada contrada interno scala cap",
        "pt": "rua r avenida av praça travessa largo estrada alameda rodovia andar apto bloco cep",
        "nl": "straat laan plein gracht kade dreef hof singel dijk postbus",
    }.items()
}
"""Country's language -> the words for streets and units, in lower case."""

STREET_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "de": ("straße", "strasse", "str", "platz", "weg", "allee", "gasse", "ring", "damm", "ufer"),
    "nl": ("straat", "laan", "plein", "gracht", "kade", "dreef", "singel", "dijk"),
}
"""Country's language -> what street names end in when they are one word."""

INSTITUTION_WORDS: Mapping[str, frozenset[str]] = {
    country: frozenset(words.split())
    for country, words in {
        "en": """hospital hosp clinic clinics medical center centre med ctr health healthcare system partners network
            plan infirmary hospice nursing home facility rehabilitation rehab cancer heart institute imaging pharmacy
            laboratory laboratories labs university college sanatorium memorial group assisted senior living school
            medicine insurance mutual general community county regional children children's care st saint mt
            mercy department dept unit ward emergency urgent family surgical surgery dialysis""",
        "de": """klinik klinikum kliniken krankenhaus uniklinik universitätsklinikum universitätsklinik universität
            spital hospital praxis ärztehaus medizinisches zentrum institut abteilung station chirurgie innere medizin
            kreiskrankenhaus pflegeheim seniorenheim seniorenzentrum apotheke sankt st mvz für radiologie""",
        "es": """hospital hospitalario universitario clínica centro salud complejo instituto servicio residencia
            consultorio
            ambulatorio farmacia laboratorio universidad san santa general comarcal provincial urgencias unidad
            nuestra señora virgen colegio""",
        "fr": """hôpital hopital clinique centre hospitalier universitaire chu ch chr institut cabinet médical maison
            retraite ehpad pharmacie laboratoire université polyclinique saint sainte service""",
        "it": """ospedale clinica casa di cura policlinico azienda istituto centro universitario ospedaliera presidio
            san santa farmacia università asl""",
        "pt": """hospital clínica centro saúde instituto universitário santa casa são santo farmácia universidade
            unidade""",
        "nl": """ziekenhuis kliniek medisch centrum universitair umc huisartsenpraktijk praktijk verpleeghuis sint
            apotheek""",
    }.items()
}
"""Country's language -> the words for institutions, in lower case."""

JOINING_WORDS = frozenset(
    """
    a an the of and for on at in de del la las los el y e da do das dos du des les l d der die das den dem am an im auf
    ob zu zur zum und von vom bei sur sous en et aux au di della delle dei dal van het op ten ter lez
    """.split()  # noqa: SIM905
)
"""Articles and prepositions inside the names of places."""

_DIRECTIONS = frozenset({"north", "south", "west"})
KEPT_STATES = frozenset(word.lower() for name in (*STATES, *US_STATES) for word in name.split()) - _DIRECTIONS
"""The words of states, which are larger than what Safe Harbor asks to remove; a direction alone is no state."""
