"""What a tagger reports, held against what an identifier of its kind must look like.

A tagger reads shapes and neighbours, and in clinical shorthand it takes words of everyday or of medicine for names.
Words that nobody is called, dates without a day or a month, codes without digits are put right here; words of a
language at either end of a name are cut off. Nothing is dropped that a title or a label announces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from cloister.deid.text.allow_list import is_announced, is_clinical_term, is_medical_use
from cloister.deid.text.dates import years_over_89
from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.folded import folded
from cloister.deid.text.gazetteers.listed_terms import read_words
from cloister.deid.text.gazetteers.names import is_name
from cloister.deid.text.gazetteers.places import is_country, is_place_word, is_us_state
from cloister.deid.text.language import function_words
from cloister.deid.text.name_words import EVERYDAY_WORDS, PARTICLES

_NAMED: frozenset[Label] = frozenset({"NAME", "ADDRESS", "ORGANIZATION", "PROFESSION"})
_CODES: frozenset[Label] = frozenset(
    {"PHONE", "FAX", "MRN", "SSN", "ACCOUNT", "HEALTH_PLAN", "LICENSE", "VEHICLE", "DEVICE", "ID", "IP"}
)
_SIGNS: Mapping[Label, re.Pattern[str]] = {"EMAIL": re.compile(r"(?i)@|\bat\b"), "URL": re.compile(r"[./@:]")}
_PUBLIC_CODE = re.compile(
    r"(?i)\b(?:nct|pmid|pmc|rs(?=\d)|hla|doi|icd(?:-?\d+)?(?:-cm)?|cpt|hcpcs|loinc|snomed|rxcui|rxnorm|omim|ndc|atc)"
    r"[ :#-]*(?:codes?[ :]*)?[\w.-]*(?:[ ](?:vs\.?|or|and|to)(?:[ ][\w.-]*)?)?$"
)
"""A registry's or a coding system's number up to the end of a finding: it names no person."""
_LOOK_BACK = 16
_SURE_IN_LOWER_CASE = 0.9
"""Lowest score of a name in lower case, in a text that uses capitals, that no list knows."""
_CUT_CODE = re.compile(r"\d[^\W\d_]+\d\w*[^\W_]$")
"""At the end of a finding with the character after it: a code of letters and digits that goes on there."""
_LONGEST_ABBREVIATION = 4
_PARTED = 2
_SHORTEST_STEM = _SHORTEST_PART = 3
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CAPITALISED_BEFORE = re.compile(r"(?<![\w'’.-])([^\W\d_]?[^\W\d_a-z][^\W\d_A-Z]{2,}) $")
_CAPITALISED_AFTER = re.compile(
    r"(?: (?:de|den|der|te|ter|ten|van|von|la|le|di|da|dos|del|el|al|bin|zu|op|het))*"
    r" ([^\W\d_]?[^\W\d_a-z][^\W\d_A-Z]{2,})(?![\w'’-])"
)
_EDGE = re.compile(r"[^\W_]+(?:['’./-][^\W_]+)*")
# Names of somebody somewhere that are words of everyday above all.
_WORDS_ABOVE_ALL = frozenset(
    """
    an can come comfort do dog fall floor hang he her hla hung in iron jama little made long looking man may mere mine
    my ok old pa per pop post red rein said saw say see situ so son soon than thai to young
    """.split()  # noqa: SIM905
)
_MONTHS_AND_DAYS = frozenset(
    """
    january february march april may june july august september october november december monday tuesday wednesday
    thursday
    friday saturday sunday enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
    lunes
    martes miércoles jueves viernes sábado domingo januar februar märz mai juni juli oktober dezember montag dienstag
    mittwoch donnerstag freitag samstag sonntag janvier février mars avril juin juillet août septembre octobre novembre
    décembre lundi mardi mercredi jeudi vendredi samedi dimanche
    """.split()  # noqa: SIM905
)
_YEAR = re.compile(r"['’]?(?:19|20)?\d\ds?")
_DAY_OR_MONTH = re.compile(
    r"\d[./-]\s?\d|\d{6}|\d(?:st|nd|rd|th)\b|(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|(?<![^\W\d_])(?:jan|feb|m[aä]r|apr|may|mai|jun|jul|aug|ago|sep|set|o[ckuû]t|out|nov|de[czsé]|ene|gen|abr|avr"
    r"|dic|f[eéè]v|ao[uû]"
    r"|mei|mag|giu|lug|ott|maa|okt)"
    r"|christmas|easter|thanksgiving|hallowe|ramadan|diwali|passover|hanukkah|new year|navidad|weihnacht|ostern|no[eë]l"
)
_LEAST_PHONE_DIGITS = 5
_LEAST_DIGITS: Mapping[Label, int] = {
    "PHONE": _LEAST_PHONE_DIGITS,
    "FAX": _LEAST_PHONE_DIGITS,
    "VEHICLE": 2,
    "LICENSE": 3,
    "IP": 4,
}
"""Of a code that no word announces; four where nothing is said."""
_ALLELE = re.compile(r"[A-Z]{1,4}\d?\*\d.*")
_BLOOD_PRESSURE = re.compile(r"\d{2,3}/\d{2,3}")
_FRACTION = re.compile(r"(\d{1,2})/(\d{1,2})")
_DECIMAL = re.compile(r"\d*\.\d+")
_MORE_FRACTION = re.compile(r"/\d(?!\d)")
"""After a finding that took the first part of "4-1/2"."""
_MONTHS, _DAYS = 12, 31
_SEASON = re.compile(
    r"(?i)[^\W\d_]+(?:[ ](?:to|through|until|and)[ ]|[ ]?[-–][ ]?)(?:january|february|march|april|may|june|july|august"
    r"|september|october|november|december)\b(?![ ]\d)"
)
_SHORT_NUMBER = re.compile(r"\d{1,6}")
_SURE_OF_SHORT_NUMBER = 0.7
_LONG_NUMBER = re.compile(r"(?<!\d)(?!(?:19|20)\d{6}(?!\d))\d{7}")
_PART_OF_NUMBER = ("/", ".", ",", "-")
_YEARS_AFTER = re.compile(r"[ -]?(?:years?|yrs?|y)\b", re.I)
_REACH = 40
_HYPHENATED = re.compile(r"-[^\W\d_]")
_MEASURE = re.compile(r"[^\w]*\d{1,3}[^\w]*|.*\d ?x ?\d?.*|\d+/\d{3}|\d+/(?!19|20)\d{4}")
_FULL_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SCORE_LIKE = re.compile(r"(\d{1,2})/(?:10|5)")
_MEASURE_AFTER = re.compile(
    r"[ -]?(?:day|week|month|hour|year|minute|mg|ml|mcg|cm|mm|kg|lb|pound|%|inch|mm|h\b|hr|hrs|ns\b|tab|pill|cup\b"
    r"|bottle|(?:blood )?culture)",
    re.I,
)


def put_right(text: str, finding: Finding, language: str) -> Finding | None:
    """A tagger's finding without the words at its ends that belong to the sentence; None if it cannot be what it says.

    Args:
        text: the note.
        finding: of a tagger.
        language: of the note.
    """
    if finding.label in _NAMED:
        if finding.label == "NAME":
            finding = to_whole_words(text, finding)
            finding = _with_neighbour(text, finding) if language == "en" else finding
        if finding.end < len(text) and _CUT_CODE.search(text[finding.start : finding.end + 1]) is not None:
            return None
        trimmed = _trimmed(text, finding, language)
        return trimmed if trimmed is not None and _names_something(text, trimmed, language) else None
    value = text[finding.start : finding.end]
    if finding.label == "DATE":
        return finding if _is_date(text, finding, value.lower(), language) else None
    if finding.label == "AGE":
        measured = _MEASURE_AFTER.match(text, finding.end) is not None or text[: finding.start].endswith(
            _PART_OF_NUMBER
        )
        if re.match(r"[.,]\d|[ ]?%", text[finding.end : finding.end + 3]) is not None:
            return None
        return None if measured and _YEARS_AFTER.match(text, finding.end) is None else finding
    if finding.label in _SIGNS:
        return finding if _SIGNS[finding.label].search(value) is not None else None
    if finding.label in _CODES:
        least = _LEAST_DIGITS.get(finding.label, 4)
        if _BLOOD_PRESSURE.fullmatch(value) is not None or _ALLELE.fullmatch(value) is not None:
            return None
        if _PUBLIC_CODE.search(text, max(0, finding.start - _LOOK_BACK), finding.end) is not None:
            return None
        if _SHORT_NUMBER.fullmatch(value) is not None and finding.score < _SURE_OF_SHORT_NUMBER:
            return None
        return finding if sum(character.isdigit() for character in value) >= least else None
    return finding


def to_whole_words(text: str, finding: Finding) -> Finding:
    """A name with the letter or two that a typing error has parted from it: of "eRx" and "TTheodora" all."""
    start, end = finding.start, finding.end
    while start > max(0, finding.start - _PARTED) and text[start - 1 : start + 1].isalpha():
        start -= 1
    while end < min(len(text), finding.end + _PARTED) and text[end - 1 : end + 1].isalpha():
        end += 1
    return finding if end - start == finding.end - finding.start else replace(finding, start=start, end=end)


def _with_neighbour(text: str, finding: Finding) -> Finding:
    """A name in English with the capitalised words at its sides that are none of the language, titles apart."""
    if text.islower() or text.isupper() or is_announced(text, finding.start):
        return finding
    before = _CAPITALISED_BEFORE.search(text, max(0, finding.start - _LOOK_BACK), finding.start)
    after = _CAPITALISED_AFTER.match(text, finding.end)
    return replace(
        finding,
        start=before.start(1) if before is not None and _is_alien(before[1]) else finding.start,
        end=after.end(1) if after is not None and _is_alien(after[1]) else finding.end,
    )


def _is_alien(word: str) -> bool:
    """Whether an English word whose case tells nothing is one that no list holds, or a name."""
    return not (is_everyday(word) or is_common_word(word, "en") or word.lower() in _MONTHS_AND_DAYS)


def is_common_word(word: str, language: str) -> bool:
    """Whether a word, in any case, is a word of everyday or of medicine and no name that the lists know."""
    lower = word.lower()
    if lower in PARTICLES:
        return False
    return lower in _common_words(language) or is_clinical_term(word)


@lru_cache(maxsize=8192)
def is_everyday(word: str) -> bool:
    """Whether an English word whose case tells nothing is a word of everyday or of medicine, and no family name too.

    Plain inflections of such words count.
    """
    bare = word.strip(".'’()").lower()
    bare = bare.removesuffix("'s").removesuffix("’s")
    if len(bare) < 2:
        return False
    if "-" in bare:
        return all(len(part) >= _SHORTEST_PART and is_everyday(part) for part in bare.split("-"))
    if bare in _WORDS_ABOVE_ALL:
        return True
    return not is_name(bare) and any(is_common_word(form, "en") for form in (bare, *_stems(bare)))


def _stems(word: str) -> Iterator[str]:
    """What a word may be an inflection of: manages, managing, stopped."""
    for ending in ("s", "es", "ed", "ing", "ly", "est"):
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= _SHORTEST_STEM:
            yield stem
            yield stem + "e"
            if stem[-1] == stem[-2]:
                yield stem[:-1]


def _trimmed(text: str, finding: Finding, language: str) -> Finding | None:
    """The finding without words in lower case at its ends that are no part of a name."""
    words = list(_EDGE.finditer(text, finding.start, finding.end))
    mixed = not (text.islower() or text.isupper())
    announced = is_announced(text, finding.start)

    def is_alien(word: re.Match[str], first: bool) -> bool:
        lower = word[0].lower()
        if (first and announced) or lower in PARTICLES or (mixed and word[0][0].isupper()):
            return False
        listed = is_name(lower) or is_place_word(lower)
        return is_common_word(word[0], language) and (mixed or not listed)

    if finding.label != "PROFESSION":
        while words and is_alien(words[0], first=True):
            words.pop(0)
        while words and is_alien(words[-1], first=False):
            words.pop()
    if not words:
        return None
    start = finding.start if words[0].start() - finding.start < 3 else words[0].start()
    end = finding.end if finding.end - words[-1].end() < 2 else words[-1].end()
    return replace(finding, start=start, end=end)


def _names_something(text: str, finding: Finding, language: str) -> bool:
    value = text[finding.start : finding.end]
    if is_announced(text, finding.start):
        return True
    if is_medical_use(text, finding.start, finding.end):
        return False
    words = [match[0] for match in _WORD.finditer(value)]
    if not words:
        return finding.label == "ADDRESS" and _is_postal_code(text, finding, value)
    if language == "en" and finding.label == "ADDRESS" and (is_us_state(value) or is_country(value)):
        return False
    if finding.label == "PROFESSION":
        return True
    if value.lower() in _MONTHS_AND_DAYS or all(word.lower() in PARTICLES for word in words):
        return False
    if all(is_common_word(word, language) for word in words):
        listed = [word for word in words if is_name(word) or is_place_word(word)]
        return bool(listed) and finding.score >= _SURE_IN_LOWER_CASE and any(word[0].isupper() for word in listed)
    mixed = not (text.islower() or text.isupper())
    if mixed and len(words) == 1 and value.isupper() and len(value) <= _LONGEST_ABBREVIATION:
        return len(value) > 3 and is_name(value)
    in_lower_case = value.islower() and not text.islower()
    known = any((is_name(word) or is_place_word(word)) and word not in EVERYDAY_WORDS for word in words)
    return not in_lower_case or known or finding.score >= _SURE_IN_LOWER_CASE


def _is_postal_code(text: str, finding: Finding, value: str) -> bool:
    digits = sum(character.isdigit() for character in value)
    before = folded(text)[max(0, finding.start - 12) : finding.start]
    return digits in (5, 9) and not re.search(r"(?:cpt|icd|code|loinc|#)\W*$", before)


def _is_date(text: str, finding: Finding, value: str, language: str) -> bool:
    if _YEAR.fullmatch(value) or not any(c.isalnum() for c in value):
        if language == "en":
            return _is_year_over_89(text, finding)
        return len(value) >= 4 and value.isdigit()
    if value.endswith("days") or _LONG_NUMBER.search(value) is not None:
        return False
    if _MEASURE.fullmatch(value) or _HYPHENATED.match(text, finding.end) is not None:
        return False
    if language != "en":
        return _DAY_OR_MONTH.search(value) is not None or _FULL_YEAR.search(value) is not None
    if _DECIMAL.fullmatch(value) is not None or _MORE_FRACTION.match(text, finding.end) is not None:
        return False
    fraction = _FRACTION.fullmatch(value)
    if fraction is not None:
        smaller, larger = sorted((int(fraction[1]), int(fraction[2])))
        if smaller > _MONTHS or larger > _DAYS:
            return False
    if value in _MONTHS_AND_DAYS and _SEASON.match(text, finding.start) is not None:
        return False
    score = _SCORE_LIKE.fullmatch(value)
    if score is not None and finding.score < _SURE_IN_LOWER_CASE:
        return False
    if not any(c.isdigit() for c in value):
        words = _WORD.findall(value)
        if not any(word in _MONTHS_AND_DAYS for word in words) and all(
            is_common_word(word, language) for word in words
        ):
            return False
    return _DAY_OR_MONTH.search(value) is not None and not _MEASURE_AFTER.match(text, finding.end)


def _is_year_over_89(text: str, finding: Finding) -> bool:
    """Whether a year alone tells an age over 89; other years are left, as Safe Harbor allows."""
    before = max(0, finding.start - _REACH)
    window = text[before : finding.end + _REACH]
    return any(finding.start <= before + start < finding.end for start, _ in years_over_89(window))


@lru_cache(maxsize=8)
def _common_words(language: str) -> frozenset[str]:
    own = function_words(language)
    return own | read_words("common_words.txt") if language == "en" else own
