"""The language of a note, from its function words, its commonest clinical words and its letters.

Every language has a list of words that hardly occur in the others; a word that several languages share counts for each
by its share. Languages that Cloister does not clean are recognised as well, so that a Swedish note is not taken for a
German one. One sentence is enough; a text without any of these words tells nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

SUPPORTED = ("en", "es", "de", "fr", "it", "pt", "nl")
"""ISO 639-1 codes of the languages that the detectors speak."""

_LONGEST = 20_000
"""Characters that are looked at; more do not change the answer."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LEAST_EVIDENCE = 0.9
_LEAST_LEAD = 0.15
_FOREIGN_SCRIPT = 0.4

_WORDS: Mapping[str, str] = {
    "en": """the of and to in is was for with on at by from this that are were be been has have had not but he she his
        her they their it its an as or if who which what when how should can could would will does did do patient
        patient's history year old denies reports presents presented noted seen followed given started today
        pain blood pressure chest left right normal without after before during since due no mild disease
        please my me we our you your i any there these those than then also per pt yo y/o treatment recommended
        discharge admitted admission exam follow-up daily medical he's she's i'm what's i've woman man male female
        consult appointment lives live safe risk risks guideline guidelines dose dosing best
        date name phone address email father mother brother sister son daughter wife husband died born tab tabs positive
        negative status continue home none social smoker nonsmoker drinker family noncontributory contributory use used
        well about up out so all been one two three first second month months week weeks days day hospital clinic dr mr
        mrs ms insurance number call called contact old new like need needs help tell know get take takes taking""",
    "es": """el la los las un una unos unas de del y e o que en con por para sin sobre se su sus al es fue era son
    han ha
        había no como más pero desde hasta entre cuando donde este esta estos estas muy también tras ante años paciente
        varón mujer presenta presentaba refiere acude ingresa ingreso alta dolor antecedentes tratamiento exploración
        hospital servicio nombre apellidos fecha nacimiento edad sexo domicilio médico día días izquierda izquierdo
        derecha derecho enfermedad realiza realizó observa urgencias diagnóstico evolución le lo nos mi señor señora""",
    "de": """der die das den dem des ein eine einen einem einer eines und oder aber nicht mit von vom zu zum zur im
    in am an
        auf aus bei beim nach seit für durch über unter ohne bis ist war wird wurde wurden werden hat haben hatte sich
        sie er es wir ihr ich als auch noch nur sowie wie dass kein keine keinen patient patientin patienten geb
        geboren jahre jahren alter links rechts befund diagnose diagnosen anamnese therapie aufnahme entlassung
        stationär stationäre stationären ambulant behandlung untersuchung sehr geehrte geehrter frau herr herrn
        kollegin kollege unauffällig klinik krankenhaus zeigte erfolgte bericht tag tage täglich zustand""",
    "fr": """le la les l un une des du de d et ou mais que qui dans sur sous avec sans pour par au aux en est était sont
        ont a été avait ne pas plus ce cette ces il elle ils nous vous je son sa ses leur leurs comme depuis après
        avant chez entre très aussi ans patient patiente présente monsieur madame docteur né née hospitalisé
        hospitalisée hospitalisation traitement examen antécédents douleur douleurs gauche droite droit service
        compte rendu jour jours date naissance cher confrère médecin sortie entrée retrouve réalisé réalisée c'est
        n'est qu'il qu'elle d'une d'un l'hôpital s'est""",
    "it": """il lo la i gli le un uno una di del della dei degli delle dello da dal dalla dalle in nel nella nelle
    con su
        sul sulla per tra fra e ed o ma che non si è era sono ha hanno stato stata al alla alle ai anche come più
        dopo prima senza dove quando questo questa paziente anni dolore ricovero ricoverato ricoverata dimissione
        diagnosi terapia esame destra destro sinistra sinistro presenta riferisce nato nata signora signor dottore
        ospedale anamnesi storia visita dell'ospedale all'ingresso giorni giorno eseguita eseguito""",
    "pt": """o os a as um uma de do da dos das em no na nos nas e ou que com por para pelo pela sem sobre se seu sua
        seus suas ao à às é foi era são tem tinha não mais como mas desde até entre quando onde este esta também após
        anos doente utente paciente apresenta apresentava refere internamento internado internada alta dor
        antecedentes tratamento exame hospital serviço nome data nascimento idade médico médica dia dias esquerda
        esquerdo direita direito doença realizou observação urgência diagnóstico senhor senhora sr sra ontem""",
    "nl": """de het een van en of maar dat die deze dit in op aan met voor door bij naar uit over onder zonder tot na is
        was werd werden wordt zijn heeft had hebben niet geen ook nog wel als er hij zij ze haar hem wij we ik te om
        patiënt patiënte jaar jarige oud links rechts pijn opname opgenomen ontslag behandeling onderzoek
        voorgeschiedenis klachten diagnose geboren mevrouw dhr mevr meneer huisarts ziekenhuis afdeling datum dagen
        dag sinds gezien mw beloop geachte collega""",
    # Recognised so that they are not mistaken for one of the above.
    "ca": "el la els les un una amb per i que no és va ser són dels del als any anys pacient però també dolor després",
    "ro": "și de la cu pe în este sunt a fost nu mai din pentru care se pacientul pacienta ani după dureri un o că",
    "sv": "och att det som en ett på är av för med till den har inte om var från patienten år hon han inga samt efter",
    "da": "og at det som en et på er af for med til den har ikke om var fra patienten år hun han ingen samt efter ved",
    "no": "og å det som en et på er av for med til den har ikke om var fra pasienten år hun han ingen samt etter ved",
    "fi": "ja on ei se että oli hän potilas vuotias mutta myös kun jälkeen ovat ole kanssa tai joka mukaan",
    "pl": "i w na z do się nie jest że o od po za przez dla oraz pacjent pacjentka lat został została był była bez",
    "cs": "a v na se z do je že o s k i pro od po při pacient pacientka let byl byla bez nebo také jako",
    "hu": "a az és hogy nem is egy volt van meg beteg éves után miatt csak már el ki de mint vagy",
    "tr": "ve bir bu da de ile için olan hasta olarak yaşında değil sonra var yok gibi daha kadar nedeniyle öykü",
    "vi": "và của là có không được cho trong bệnh nhân tuổi với này các một người đã vào ngày viện",
    "id": "yang dan di dengan untuk pada tidak ini itu pasien tahun dari adalah telah oleh nyeri rumah sakit",
    "tl": "ang ng mga sa na ay hindi siya niya kay pasyente taong may at para ito noong",
    "hr": "i u na je se da za od s po ne su bio bila bolesnik pacijent godina nakon kao ili koji nije bez",
    "sq": "dhe të në me për një është nuk nga që pacienti vjeç pas ka i e së",
}
_LETTERS: Mapping[str, str] = {
    "es": "ñ¿¡", "de": "ß", "fr": "œùû", "it": "ìò", "pt": "ãõ", "pl": "ąęłńśźż", "cs": "ěřů", "hu": "őű", "tr": "ğış",
    "ro": "șțăşţ", "sv": "å", "da": "åø", "no": "åø", "hr": "đ", "vi": "ơưạảấầẩậắằặẹẻẽếềểệỉịọỏốồổộớờởợụủứừửựỳỵỷỹ",
}  # fmt: skip
_ENDINGS: Mapping[str, tuple[str, ...]] = {
    "en": ("tion", "ness", "ing", "ology", "ly", "'s", "ted", "osis"),
    "es": ("ción", "ciones", "idad", "mente", "miento", "ología", "osis", "ía"),
    "de": ("ung", "ungen", "keit", "heit", "lich", "isch", "ischen", "itis", "schaft"),
    "fr": ("eur", "euse", "aire", "ement", "ique", "logie", "ée", "eux"),
    "it": ("zione", "zioni", "mente", "ità", "logia", "ente", "ato", "ata"),
    "pt": ("ção", "ções", "dade", "mente", "logia", "ções", "imento"),
    "nl": ("heid", "ing", "lijk", "lijke", "tie", "isch", "logie", "ering"),
}
_ENDING_SCORE = 0.12
_LEAST_FOR_LETTERS = 0.5
"""Evidence of words from which letters count: a Polish name makes no Polish note."""
_SHORT_WORD_SCORE = 0.6
"""Of words of one or two letters, which are abbreviations and units in other languages."""
_LETTER_SCORE = 0.5


def _word_scores() -> dict[str, dict[str, float]]:
    lists = {language: frozenset(words.split()) for language, words in _WORDS.items()}
    shared = Counter(word for words in lists.values() for word in words)
    scores: dict[str, dict[str, float]] = {}
    for language, words in lists.items():
        for word in words:
            scores.setdefault(word, {})[language] = (1 if len(word) > 2 else _SHORT_WORD_SCORE) / shared[word]
    return scores


_WORD_SCORES = _word_scores()
_LETTER_OF = {letter: [x for x, y in _LETTERS.items() if letter in y] for letter in "".join(_LETTERS.values())}


def detect_language(text: str, otherwise: str | None = None) -> str | None:
    """The language of a note.

    Args:
        text: a note, a sentence is enough.
        otherwise: what to answer where the text has too few words to tell, such as a list of drugs.

    Returns:
        One of `SUPPORTED`; None for a language or script that is not supported.
    """
    text = text[:_LONGEST].lower()
    letters = [character for character in text if character.isalpha()]
    if not letters:
        return otherwise
    if sum(ord(character) > 0x24F and not 0x1E00 <= ord(character) <= 0x1EFF for character in letters) > (
        _FOREIGN_SCRIPT * len(letters)
    ):
        return None
    scores = _scores(text)
    best, second, *_ = sorted(scores, key=lambda language: (scores[language], language in SUPPORTED), reverse=True)
    if scores[best] < _LEAST_EVIDENCE or scores[best] - scores[second] < _LEAST_LEAD * scores[best]:
        return otherwise
    return best if best in SUPPORTED else None


def function_words(language: str) -> frozenset[str]:
    """The commonest words of a language, in lower case; none for one that is not listed."""
    return frozenset(_WORDS.get(language, "").split())


@lru_cache(maxsize=1)
def all_function_words() -> frozenset[str]:
    """The commonest words of all supported languages, in lower case."""
    return frozenset(word for language in SUPPORTED for word in function_words(language))


def _scores(text: str) -> dict[str, float]:
    """Evidence for each language, in words that only this language has."""
    scores: dict[str, float] = dict.fromkeys(_WORDS, 0.0)
    for word, times in Counter(_WORD.findall(text)).items():
        weight = times**0.5  # a word that a form repeats on every line is no more evidence than a few words
        for language, share in _WORD_SCORES.get(word, {}).items():
            scores[language] += share * weight
        if len(word) > 5:
            for language, endings in _ENDINGS.items():
                if word.endswith(endings):
                    scores[language] += _ENDING_SCORE * weight
    for letter, times in Counter(character for character in text if character in _LETTER_OF).items():
        for language in _LETTER_OF[letter]:
            if scores[language] >= _LEAST_FOR_LETTERS:
                scores[language] += _LETTER_SCORE * times**0.5 / len(_LETTER_OF[letter])
    return scores
