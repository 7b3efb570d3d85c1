"""Towns, counties and ZIP codes: every geographic unit below a state.

A listed town that is nothing else is found wherever it stands with a capital; one that is a word or a name as well,
or one in lower case, where a preposition or a state says that it is a place; one that no list has, after words that
only a place follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cloister.deid.text.address_words import STATES
from cloister.deid.text.allow_list import is_clinical_term, is_eponym, is_medical_use
from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.folded import folded, titled
from cloister.deid.text.gazetteers.names import is_family_name, is_given_name
from cloister.deid.text.gazetteers.places import find_places, is_country, is_place, is_us_state
from cloister.deid.text.name_words import EVERYDAY_WORDS
from cloister.deid.text.recognizers.address import STATE_NAMES

_WORD = r"[^\W\d_a-z][\w'’-]*"
_TOWN = rf"(?:(?:St|Ft|Mt)\.?[ ])?{_WORD}(?:[ ]{_WORD}){{0,2}}"
_STATE = rf"(?:{'|'.join(STATES)}|{STATE_NAMES})"
_SURE_STATE_IN_ONE_CASE = (
    rf"(?:(?!IN|OR|ME|HI|OK|OH|LA|MA|PA|CO|DE|ID|AL|AS|MS|MD|MI|MT|PR)(?:{'|'.join(STATES)})|{STATE_NAMES})"
)
_ZIP = r"\d{5}(?:-\d{4})?"

_WITH_STATE = re.compile(
    rf"(?<![\w'’-])(?P<it>{_TOWN},[ ]?(?:{_STATE}|[A-Z]\.[A-Z]\.)(?:,?[ ]{{1,2}}{_ZIP})?)(?![\w-])"
)
_WITH_STATE_IN_ONE_CASE = re.compile(
    rf"(?i:(?<![\w'’-])(?:in|from|near|of|to|at)[ ](?P<it>{_TOWN},?[ ](?:{_SURE_STATE_IN_ONE_CASE})"
    rf"(?:,?[ ]{{1,2}}{_ZIP})?))(?![\w-])"
)
_STATE_ZIP = re.compile(rf"(?<![\w.])(?:{_STATE})[ ,]{{1,3}}(?P<it>{_ZIP})(?![\d-])")
_ZIP_CODE = re.compile(
    rf"\b(?:zip(?:[ -]?code)?|postal[ ]code|zipcode)s?(?:[ ](?:is|of|code|area))?[ ]?[:#]?[ ]?(?P<it>{_ZIP})(?!\d)"
)
_ZIP_PLUS_FOUR = re.compile(r"(?<![\w.,-])\d{5}-\d{4}(?![\w-])")
_COUNTY = re.compile(
    rf"(?<![\w'’-])(?P<it>(?:{_WORD}[ ]){{1,2}}(?:County|Parish|Township|Borough|Twp|Co\.(?=[ ]|$)))(?!\w)"
    rf"|\b(?:County|Borough|Parish|Township|Town|City|Village) of (?P<of>{_TOWN})"
)
_LIVES = re.compile(
    r"\b(?:lives? (?:\w+ )?in|living in|lived in|lives near|resid(?:es|ing|ed) in|resident of|residing near|native "
    r"of|moved (?:here )?(?:to|from)"
    r"|relocat(?:ed|ing) (?:to|from)|comes? from|hails from|born in|grew up in|raised in|originally from|hometown"
    r"(?: is| of)?:?"
    r"|(?:town|city|village|suburb|suburbs|outskirts|outside|neighborhood|municipality) of|commut(?:es|ing) from"
    r"|flew (?:in )?from"
    r"|travel(?:l?ed|l?ing)? (?:to|from|in)|visiting (?:family|relatives|friends)? ?in|based in|located in|vacation"
    r"(?:ed|ing)? in|work(?:s|ed|ing)? in"
    r"|driving from|drove from|transferred from|emigrated from|immigrated from|housed in|stationed (?:at|in)|stays "
    r"in|staying in|home in)"
    r"[ ](?:the )?$"
)
_PLACE_BEFORE = re.compile(
    r"(?:\b(?:in|from|near|of|to|at|around|outside|via|for|through|downtown|suburban|greater|visiting|between|live"
    r"|lives"
    r"|the|city|town|based|clinic,|hospital,)|[,(/]|-)[ ]?$"
)
_FROM_TOWN = re.compile(rf"\b(?:from|in|near|to)[ ](?P<it>{_TOWN})")
_NOT_A_TOWN = frozenset(
    """
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday er ed icu or the a an hospital clinic patient dr mr mrs ms her his my home we i
    she he
    us usa america american europe africa asia england united states north south east west midwest northeast southwest
    """.split()  # noqa: SIM905
)
_DEGREE = re.compile(r",[ ]?(?:MD|PA|DO|RN|NP|OD)$")
"""Maryland and Pennsylvania are degrees as well: then the town has to be a listed one."""
_LOOK_BACK = 48


@dataclass(frozen=True)
class PlaceRecognizer:
    """Finds towns, counties and ZIP codes; states and countries alone stay."""

    name: str = "place"

    @property
    def labels(self) -> tuple[Label, ...]:
        """ADDRESS."""
        return ("ADDRESS",)

    def find(self, text: str) -> Iterator[Finding]:
        """Every place below a state."""
        one_case = titled(text)
        capitalised, lowered = one_case or text, folded(text)
        yield from self._zip_codes(capitalised, lowered)
        for match in (_WITH_STATE if one_case is None else _WITH_STATE_IN_ONE_CASE).finditer(capitalised):
            start, end = match.span("it")
            start = self._town_start(capitalised, start, end)
            if start < end and not (
                _DEGREE.search(capitalised, start, end) and not is_place(capitalised[start:end].split(",")[0])
            ):
                yield Finding(start, end, "ADDRESS", 0.85, self.name)
        for match in _COUNTY.finditer(capitalised):
            group = "it" if match["it"] else "of"
            start, end = match.span(group)
            start = self._town_start(capitalised, start, end)
            if start < end and not is_us_state(capitalised[start:end]):
                yield Finding(start, end, "ADDRESS", 0.75 if group == "it" else 0.5, self.name)
        yield from self._after_living_in(capitalised, lowered)
        yield from self._listed(text, lowered, one_case is not None)

    def _zip_codes(self, capitalised: str, lowered: str) -> Iterator[Finding]:
        for match in _STATE_ZIP.finditer(capitalised):
            yield Finding(*match.span("it"), "ADDRESS", 0.8, self.name)
        if "zip" in lowered or "postal" in lowered:
            for match in _ZIP_CODE.finditer(lowered):
                yield Finding(*match.span("it"), "ADDRESS", 0.9, self.name)
        for match in _ZIP_PLUS_FOUR.finditer(lowered):
            yield Finding(*match.span(), "ADDRESS", 0.75, self.name)

    def _after_living_in(self, capitalised: str, lowered: str) -> Iterator[Finding]:
        for match in _FROM_TOWN.finditer(capitalised):
            start, end = match.span("it")
            if not _LIVES.search(lowered, max(0, start - _LOOK_BACK), start):
                continue
            words = list(re.finditer(r"\S+", capitalised[start:end]))
            while words and (words[-1][0].lower().strip("'’s") in _NOT_A_TOWN or is_clinical_term(words[-1][0])):
                words.pop()
            if not words or words[0][0].lower() in _NOT_A_TOWN or is_clinical_term(words[0][0]):
                continue
            end = start + words[-1].end()
            if not (is_us_state(capitalised[start:end]) or is_country(capitalised[start:end])):
                yield Finding(start, end, "ADDRESS", 0.6, self.name)

    def _listed(self, text: str, lowered: str, in_one_case: bool) -> Iterator[Finding]:
        for start, end in find_places(text):
            score = self._listed_score(text, lowered, start, end, in_one_case)
            if score and not is_medical_use(text, start, end):
                yield Finding(start, end, "ADDRESS", score, self.name)

    def _listed_score(self, text: str, lowered: str, start: int, end: int, in_one_case: bool) -> float:
        """How likely a listed place is one where it stands."""
        value = lowered[start:end]
        followed = _FOLLOWED_BY_STATE.match(text, end) is not None
        before = _PLACE_BEFORE.search(lowered, max(0, start - _LOOK_BACK), start)
        capital = text[start].isupper() and not in_one_case
        double = _is_ambiguous(value)
        if _LIVES.search(lowered, max(0, start - _LOOK_BACK), start):
            return 0.75
        if followed and (capital or before):
            return 0.85
        if capital and not double:
            return 0.65 if before else 0.5
        if before and before[0].split()[:1] in (
            ["in"],
            ["from"],
            ["near"],
            ["outside"],
            ["visiting"],
            ["around"],
            ["downtown"],
        ):
            if capital:
                return 0.5
            return 0.0 if double else 0.6
        return 0.0

    @staticmethod
    def _town_start(text: str, start: int, end: int) -> int:
        """Where the town begins: after words such as a title or a sentence's first word that stand before it."""
        words = list(re.finditer(r"[^\s,]+", text[start:end]))
        position = start
        for word in words[:-1]:
            if word[0].lower() not in _NOT_A_TOWN and not is_clinical_term(word[0]) and word[0].lower() not in _LEADING:
                break
            position = start + word.end() + 1
        else:
            return end
        return position


_FOLLOWED_BY_STATE = re.compile(rf",?[ ](?:{_STATE})(?![\w-])|,[ ](?i:{'|'.join(STATES)})(?![\w-])")
_LEADING = frozenset("in from near at to of the for patient pt lives resident hospital clinic and".split())  # noqa: SIM905


def _is_ambiguous(value: str) -> bool:
    """Whether a place's name is a word, a family name or a given name as well."""
    words = value.split()
    if len(words) > 1:
        return False
    return (
        value in EVERYDAY_WORDS or is_given_name(value) or is_family_name(value) or is_eponym(value) or value in _WORDS
    )


_WORDS = frozenset(
    """
    reading mobile orange nice bath essen victoria lima cali buffalo phoenix surprise independence concord gary troy
    temple enid bend erie lynn newport mesa aurora corona garland plano vista kent auburn eureka davis opelika salem
    sandy sparks allen gilbert peoria clinton rogers bryan marietta florence madison lincoln jackson warren charlotte
    austin houston dallas tyler irving jordan logan hilo hagen ulm bonn trier halle siegen gera leon lugo jaen braga
    tours metz bari turku york lancaster boulder plymouth orem elko pierre butte dover marquette franklin canton lima
    milan parma modena savannah olympia orlando trenton camden burlington lake clark king will cook polk lee essex
    ocean hudson
    kane summit pierce greene knox marion allen kent york chester imperial placer butte lane mesa weld adams faro
    basel mons
    rosario salvador mendoza mérida cork galway medina split brest bergen oran fez suva como wells ware lowell humboldt
    """.split()  # noqa: SIM905
)

PLACE = PlaceRecognizer()
