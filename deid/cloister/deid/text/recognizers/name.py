"""Names of people that their surroundings give away: titles, labels, signatures, kinship, a common given name.

A name is a run of capitalised words (or of words in capitals) with initials, hyphens, apostrophes and particles.
Names that nothing announces are the known-identifier matcher's task, and a statistical tagger's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cloister.deid.text.allow_list import is_medical_use
from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.folded import folded, titled
from cloister.deid.text.gazetteers.names import is_given_name, is_name
from cloister.deid.text.name_words import PARTICLES
from cloister.deid.text.plausibility import is_common_word, is_everyday, to_whole_words
from cloister.deid.text.recognizers.name_among_words import find_among_words, is_other_word
from cloister.deid.text.recognizers.name_of_words import find_names_of_words, is_surname_word
from cloister.deid.text.recognizers.person_context import KIN

_WORD = r"(?:(?:[A-Zdl]['’]|(?:al|el|Al|El|abu|bin|ibn|ben)-)?[^\W\d_a-z][^\W\d_]+(?:['’-][^\W\d_]+)*)"
_PARTICLE = (
    r"(?:van|von|der|den|de|del|della|di|da|do|das|dos|des|du|la|las|le|los|el|al|bin|bint|ibn|abu|te|ter|ten|op|het|zu"
    r"|zur|zum|vom|af|av|dal|degli|Van|Von|De|Di|La|Le|El|Al|St\.)"
)
_PARTICLES = rf"(?:{_PARTICLE}[ \t]+){{0,6}}"
"""More than any name has, and few enough that a text of them is not followed to its end from each."""
_INITIAL = rf"(?:[^\W\d_a-z]\.(?=[^\W\d_a-z]|{_PARTICLE}[ \t])|[^\W\d_a-z]\.?(?![\w'’]))"
_NAME = rf"{_WORD}(?:[ \t]{{1,2}}{_PARTICLES}(?:{_WORD}|{_INITIAL})){{0,3}}"
_FULL = (
    rf"(?P<it>{_PARTICLES}(?:{_INITIAL}[ \t]?){{0,3}}{_NAME}"
    rf"(?:,[ \t]{{0,2}}{_WORD}(?:[ \t]{_INITIAL}|[ \t]{_WORD})?)?)"
)
_SHORT = rf"(?P<it>(?:{_INITIAL}[ \t]?){{0,3}}{_PARTICLES}{_NAME})"

_SHORT_IN_ONE_CASE = rf"(?P<it>(?:{_INITIAL}[ \t]?){{0,2}}{_PARTICLES}{_WORD}(?:[ \t]{_INITIAL})?(?:[ \t]{_WORD})?)"

_TITLES = r"(?:drs?|doctor|mr|mrs|ms|miss|mx|prof|professor|nurse|sr|rev|rabbi|imam|sgt|capt|sir|dame|señora?|don|doña)"
_DEGREES = (
    r"(?:M\.?D\.?|D\.?O\.?|R\.?N\.?|N\.?P\.?|P\.?A\.?(?:-C)?|Ph\.?D\.?|MBBS|FACC|FACS|FACP|FRCR|FRCS|MRCP|DNP"
    r"|APRN|CRNA|LPN|CNM|DDS|DPM|PharmD|LCSW|MSW|PT|DPT|OT|SLP|RRT|MPH|MS\d|PGY-?\d)"
)
_LABELS = (
    r"(?:patient(?:[ \t]*name)?|pt(?:[ \t]*name)?|name|full[ \t]name|last[ \t]name|first[ \t]name|family[ \t]name"
    r"|given[ \t]name|surname|maiden[ \t]name|alias|aka|a\.k\.a\.|attending(?:[ \t](?:physician|md))?"
    r"|referring(?:[ \t](?:physician|md|provider))?"
    r"|referred[ \t]by|ordering(?:[ \t](?:physician|provider|md))?|primary[ \t]care(?:[ \t](?:physician"
    r"|provider))?|pcp|provider"
    r"|physician|doctor|surgeon|consultant|resident|fellow|intern|nurse|radiologist|cardiologist|pulmonologist"
    r"|oncologist"
    r"|hospitalist|pathologist|author|signed|signature|dictated|dictator|transcribed|transcriptionist|reviewed"
    r"|interpreted|reported|verified|approved|cosigned|co-signed|emergency[ \t]contact|next[ \t]of[ \t]kin|nok"
    r"|contact(?:[ \t]person)?|guarantor"
    r"|guardian|proxy|health[ \t]care[ \t]proxy|hcp|poa|spouse|cc|from|to|re|technologist|performed[ \t]by"
    r"|read[ \t]by|seen[ \t]by|assistant|subscriber[ \t]name|insured)"
)
_SIGNED = (
    r"(?:(?:e-?|electronically[ \t]+)?signed|dictated|transcribed|reviewed|interpreted|read|reported|verified"
    r"|approved|cosigned"
    r"|co-signed|authored|performed|seen|evaluated|examined|followed|referred|admitted|prepared|written|entered)"
    r"(?:[ \t]+and[ \t]+\w+)?[ \t]+by"
)
# What stands before a name in notes without punctuation; there only a word in title case is taken.
_TELEGRAPHIC = (
    r"(?:pcp|cc|req|called|paged|d/w|dw|disc w/|spoke w/|ref|refd by|attg|attending|per|via|f/u|fu|follow up with"
    r"|seen by|sees|w/|pt|patient|consult(?:ed)?|md|np|rn|signed|author|by|s/b)"
)
_TITLE_CASE = rf"(?P<it>(?:{_INITIAL}[ \t]?){{0,2}}{_PARTICLES}(?=[^\W\d_a-z]['’]?[A-Z]?[^\W\d_A-Z]){_NAME})"

# What a person is called by.
_CALLED = (
    r"(?:named|called|known as|goes by|name is|name's|names are|name was|nicknamed|nickname is|nickname|alias|née"
    r"|nee|i am|i'm"
    r"|this is|signed,?|sincerely,?|regards,?|thanks,?|thank you,?|love,?|aka|a\.k\.a\.|on behalf of|in the name of"
    r"|dear|hi|hello)"
)
_MEDICAL_EPONYMS = frozenset(
    """
    alzheimer parkinson crohn foley hodgkin addison cushing graves bell babinski murphy mcburney homan homans
    romberg raynaud marfan down turner kerley swan ganz bence jones wilson barrett meckel gram doppler holter apgar
    glasgow child pugh ranson wells killip duke charcot chvostek cheyne stokes kussmaul kaposi epstein barr
    coxsackie lyme
    """.split()  # noqa: SIM905
)

_AFTER_EPONYM = re.compile(
    r"(?i)[ -](?:disease|syndrome|sign|catheter|lymphoma|palsy|phenomenon|scale|score|scores|criteria|test"
    r"|maneuver|point"
    r"|reflex|node|contracture|method|lines?|ulcer|tumou?r|nodule|barr|stokes|pugh|marie|tooth|hallpike|bodies"
    r"|body|protein|monitor|cath|ganz|esophagus|oesophagus|diverticulum|stain|coma|jakob|class|grade|murmur)"
)
_SUSPECTED = 0.25
"""Score of what supports another detector's finding and is none by itself."""
_SURE = 0.7
"""Score from which a name before which such words stand is no drug or device."""
_TOKEN = re.compile(r"[^\s,]+")
_HEADER = re.compile(r"(?:^|\n)[A-Za-z][A-Za-z/ ]{1,20}/$")
_PHONE_AHEAD = re.compile(r"[ \t]*[,:(]?[ \t]?(?:\+1[ .-]?)?\(?\d{3}(?:\)[ \t]?|[ .-])?\d{3}[ .-]?\d{4}(?!\d)")
_SIGNATURE_END = re.compile(r"[ \t]*(?:[xX]\d{3,6}|\+?\(?\d|\d{1,2}[:/]|$|\n)")
_IS_INITIAL = re.compile(r"[^\W\d_a-z]\.?")
_GLUED_INITIAL = re.compile(r"(?:[^\W\d_a-z]\.)+[^\W\d_a-z][^\W\d_]+")


@dataclass(frozen=True)
class _Context:
    """What stands before a name, in lower case, and what the name after it looks like."""

    before: re.Pattern[str]
    name: re.Pattern[str]
    score: float


def _context(before: str, name: str, score: float) -> _Context:
    return _Context(re.compile(before), re.compile(name), score)


_CONTEXTS = (
    _context(rf"\b{_TITLES}\b\.?[ \t]{{0,2}}", _SHORT, 0.95),
    _context(rf"\b{_LABELS}\b(?:[ \t]*\([^)\n]{{0,20}}\))?[ \t]*[:=][ \t]*", _FULL, 0.85),
    _context(rf"\b{_SIGNED}\b[ \t]*:?[ \t]*", _FULL, 0.9),
    _context(rf"\b{KIN}\b(?:[ \t]*[,:(][ \t]*|[ \t]+(?:is[ \t]+|named[ \t]+)?)", _SHORT, 0.85),
    _context(r"\b(?:discussed|spoke|met|talked|conferred|reviewed)[ \t]+(?:at length[ \t]+)?with[ \t]+", _SHORT, 0.7),
    _context(r"\b(?:under|care of|service of|c/o|attn:?)[ \t]+", _SHORT, 0.6),
    _context(rf"\b{_TELEGRAPHIC}[ \t]+", _TITLE_CASE, 0.5),
    _context(r"\b(?:call|contact|notify|reach|text|tell|ask|inform|page|email)[ \t]+", _TITLE_CASE, 0.45),
    _context(rf"\b{_CALLED}[ \t]+[\"“'‘(]?", _TITLE_CASE, 0.7),
    _context(
        r"\b(?:my|our|this|the|new|another|an?)[ \t]+(?:\w+[ \t]+){0,2}?(?:patient|pt|client),?[ \t]+", _TITLE_CASE, 0.6
    ),
)
# Where every word could be a name, only what stands before one for certain.
_CONTEXTS_IN_ONE_CASE = (
    _context(r"\b(?:named|name is|name's|nicknamed|née|nee|goes by)[ \t]+", _SHORT_IN_ONE_CASE, 0.6),
    _context(rf"\b{_TITLES}\b\.?[ \t]{{0,2}}", _SHORT, 0.95),
    _context(rf"\b{_LABELS}[ \t]*[:=][ \t]*", _FULL, 0.85),
    _context(rf"\b{_SIGNED}\b[ \t]*:?[ \t]*", _FULL, 0.9),
    _context(
        r"(?:\b(?:pcp|req|d/w|attg|paged|f/u|(?:seen|spoke|disc) w/|(?:i|we|he|she) called)"
        r"|(?<![^.;!?\n] )\bcalled)[ \t]+",
        rf"(?P<it>{_PARTICLES}{_WORD})",
        0.5,
    ),
    _context(r"\bcc[ \t]+", rf"(?P<it>{_PARTICLES}{_WORD}),", 0.5),
)
_DEGREE = re.compile(rf",?[ \t]{{1,2}}(?:{_DEGREES})(?![\w'’-])")
_DEGREE_AFTER_COMMA = re.compile(r",[ \t]?(?:md|do|rn|np|pa-c|phd|mbbs|dnp|aprn)\b")
_NAMED = re.compile(rf"(?<![\w'’])(?<!\w-)(?P<it>(?:{_INITIAL}[ \t]?){{0,2}}{_PARTICLES}{_NAME})")


@dataclass(frozen=True)
class NameRecognizer:
    """Finds names by their surroundings and by common given names."""

    name: str = "name"

    @property
    def labels(self) -> tuple[Label, ...]:
        """NAME."""
        return ("NAME",)

    def find(self, text: str) -> Iterator[Finding]:
        """Every name that is announced, and every run of capitalised words that is likely one."""
        return (to_whole_words(text, finding) for finding in self._found(text))

    def _found(self, text: str) -> Iterator[Finding]:
        one_case = titled(text)
        contexts = _CONTEXTS if one_case is None else _CONTEXTS_IN_ONE_CASE
        capitalised = text if one_case is None else one_case
        lowered = folded(text)
        for context in contexts:
            for before in context.before.finditer(lowered):
                match = context.name.match(capitalised, before.end())
                if match is None:
                    continue
                start, end = match.span("it")
                if context.score >= _SURE or not is_medical_use(text, start, end):
                    yield from self._trimmed(capitalised, start, end, context.score, one_case is not None)
        yield from find_among_words(text, in_one_case=one_case is not None)
        yield from find_names_of_words(text, in_one_case=one_case is not None)
        for match in _NAMED.finditer(capitalised):
            start, end = match.span("it")
            yield from self._before_degree(capitalised, start, end, one_case is not None)
            for first, last in _segments(capitalised, start, end):
                score = self._unannounced_score(capitalised, first, last, one_case is not None)
                if score and not is_medical_use(text, first, last):
                    yield Finding(first, last, "NAME", score, self.name)

    def _unannounced_score(self, text: str, start: int, end: int, in_one_case: bool) -> float:
        """How likely a run of capitalised words, none of which is a known other word, is a name."""
        words = text[start:end].split()
        if all(is_common_word(word, "en") for word in words):
            return 0.0
        if in_one_case and any(is_everyday(word) for word in words):
            return 0.0
        if len(words) > 1 and is_given_name(words[0]):
            return 0.6
        if _PHONE_AHEAD.match(text, end):
            return 0.6
        initials = [word for word in words if _IS_INITIAL.fullmatch(word)]
        if initials and len(initials) < len(words):
            signed = text[start - 1 : start] in {"", "\n", "-"} and _SIGNATURE_END.match(text, end)
            return 0.5 if signed or "." in initials[0] else 0.0
        if _GLUED_INITIAL.match(words[0]) or _HEADER.search(text, max(0, start - 24), start):
            return 0.5
        if in_one_case:
            return 0.0
        title_case = [w for w in words if w[:1].isupper() and (w[1:2].islower() or w[1:2] in {"'", "’"})]
        others = [word for word in words if word not in title_case and word.lower() not in PARTICLES]
        if len(title_case) < 2 or others or any(is_common_word(word, "en") for word in title_case):
            return 0.0
        return 0.4 if any(map(is_name, title_case)) else _SUSPECTED

    def _before_degree(self, text: str, start: int, end: int, in_one_case: bool) -> Iterator[Finding]:
        """A name whose next word is a degree; the last word of the run may be the degree itself."""
        if _DEGREE.match(text, end) or (in_one_case and _DEGREE_AFTER_COMMA.match(folded(text), end)):
            yield from self._trimmed(text, start, end, 0.9, in_one_case)
            return
        name, _, degree = text[start:end].rpartition(" ")
        if name and re.fullmatch(_DEGREES, degree.rstrip(".")):
            yield from self._trimmed(text, start, start + len(name), 0.9, in_one_case)

    def _trimmed(self, text: str, start: int, end: int, score: float, in_one_case: bool) -> Iterator[Finding]:
        """The name up to the first word that cannot be part of one."""
        last = start
        for token in _TOKEN.finditer(text, start, end):
            if is_other_word(token[0]) or (
                in_one_case and is_everyday(token[0]) and not is_surname_word(token[0].lower())
            ):
                break
            last = token.end()
        found = text[start:last].rstrip(" \t,.-")
        for possessive in ("'s", "’s"):
            found = found.removesuffix(possessive)
        goes_on = text[start + len(found) : start + len(found) + 1].isdigit()  # MeCP2 is no name
        if sum(character.isalpha() for character in found) > 1 and not goes_on:
            yield Finding(start, start + len(found), "NAME", score, self.name)


def _segments(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches of a run between words that cannot be part of a name."""
    first = last = -1
    for token in _TOKEN.finditer(text, start, end):
        signs = len(token[0]) == 1 and text[token.start() - 1 : token.start()] in {"", "\n", "-"}
        if not signs and (is_other_word(token[0]) or _is_eponym(text, token)):
            if first >= 0:
                yield first, last
            first = -1
            continue
        possessive = 2 if token[0].endswith(("'s", "’s")) else 0
        first, last = token.start() if first < 0 else first, token.end() - possessive
    if first >= 0:
        yield first, last


def _is_eponym(text: str, token: re.Match[str]) -> bool:
    """Whether a word names a disease, sign or device by its discoverer: Parkinson's, Graves disease, Foley catheter."""
    bare = token[0].strip(".'’()").lower()
    possessive = bare.endswith(("'s", "’s"))
    if bare.removesuffix("'s").removesuffix("’s") not in _MEDICAL_EPONYMS:
        return False
    return possessive or bool(_AFTER_EPONYM.match(text, token.end()))


NAME = NameRecognizer()
