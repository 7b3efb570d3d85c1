"""Names of people that their surroundings give away: titles, labels, signatures, kinship, a common given name.

A name is a run of capitalised words (or of words in capitals) with initials, hyphens, apostrophes and particles.
Names that nothing announces are the known-identifier matcher's task, and a statistical tagger's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.folded import folded
from cloister.deid.text.surrogate_names import GIVEN_NAMES

_WORD = r"(?:(?:[A-Z]['’])?[^\W\d_a-z][^\W\d_]+(?:['’-][^\W\d_]+)*)"
_INITIAL = r"(?:[A-Z]\.?(?![\w'’]))"
_PARTICLE = r"(?:van|von|der|den|de|del|della|di|da|dos|du|la|le|el|al|bin|ibn|abu|ter|ten|Van|Von|De|La|Le|El|Al|St\.)"
_NAME = rf"{_WORD}(?:[ \t]{{1,2}}(?:{_PARTICLE}[ \t]+)*(?:{_WORD}|{_INITIAL})){{0,3}}"
_FULL = (
    rf"(?P<it>(?:{_PARTICLE}[ \t]+)*(?:{_INITIAL}[ \t]?){{0,3}}{_NAME}"
    rf"(?:,[ \t]{{0,2}}{_WORD}(?:[ \t]{_INITIAL}|[ \t]{_WORD})?)?)"
)
_SHORT = rf"(?P<it>(?:{_INITIAL}[ \t]?){{0,3}}{_NAME})"

_TITLES = r"(?:drs?|doctor|mr|mrs|ms|miss|mx|prof|professor|nurse|sr|rev|rabbi|imam|sgt|capt)"
_DEGREES = (
    r"(?:M\.?D\.?|D\.?O\.?|R\.?N\.?|N\.?P\.?|P\.?A\.?(?:-C)?|Ph\.?D\.?|MBBS|FACC|FACS|FACP|FRCR|FRCS|MRCP|DNP|APRN|CRNA|LPN"
    r"|CNM|DDS|DPM|PharmD|LCSW|MSW|PT|DPT|OT|SLP|RRT|MPH|MS\d|PGY-?\d)"
)
_LABELS = (
    r"(?:patient(?:[ \t]*name)?|pt(?:[ \t]*name)?|name|full[ \t]name|last[ \t]name|first[ \t]name|family[ \t]name|given[ \t]name"
    r"|surname|maiden[ \t]name|alias|aka|a\.k\.a\.|attending(?:[ \t](?:physician|md))?|referring(?:[ \t](?:physician|md|provider))?"
    r"|referred[ \t]by|ordering(?:[ \t](?:physician|provider|md))?|primary[ \t]care(?:[ \t](?:physician|provider))?|pcp|provider"
    r"|physician|doctor|surgeon|consultant|resident|fellow|intern|nurse|radiologist|cardiologist|pulmonologist|oncologist"
    r"|hospitalist|pathologist|author|signed|signature|dictated|dictator|transcribed|transcriptionist|reviewed|interpreted"
    r"|reported|verified|approved|cosigned|co-signed|emergency[ \t]contact|next[ \t]of[ \t]kin|nok|contact(?:[ \t]person)?|guarantor"
    r"|guardian|proxy|health[ \t]care[ \t]proxy|hcp|poa|spouse|cc|from|to|re|technologist|performed[ \t]by|read[ \t]by|seen[ \t]by"
    r"|assistant|subscriber[ \t]name|insured)"
)
_SIGNED = (
    r"(?:(?:e-?|electronically[ \t]+)?signed|dictated|transcribed|reviewed|interpreted|read|reported|verified|approved|cosigned"
    r"|co-signed|authored|performed|seen|evaluated|examined|followed|referred|admitted|prepared|written|entered)"
    r"(?:[ \t]+and[ \t]+\w+)?[ \t]+by"
)
_KIN = (
    r"(?:daughter|son|wife|husband|mother|father|mom|dad|brother|sister|spouse|partner|fianc[eé]e?|niece|nephew|grandson"
    r"|granddaughter|grandmother|grandfather|aunt|uncle|cousin|friend|neighbou?r|caregiver|carer|roommate|son-in-law"
    r"|daughter-in-law|stepson|stepdaughter|guardian|kin|proxy)"
)

# Words that begin with a capital in notes without being anybody's name; a name ends before them.
_NOT_A_NAME = frozenset(
    """
    a about address admission admit admitted age all allergies also an and any are as assessment at attending author
    brief by ca called cardiology care cc chest chief clinic comments complaint complains consult contact continue course
    date day days denies department dept description diagnosis diagnostic did discharge discussed dob doctor does dr drs
    ecg echo ed electronically emergency encounter er exam examination facility family fax female findings follow followed
    for from gender general had has have he health her here his history home hospital hospitalist hpi icu if impression
    in indication information is it lab labs last left lungs male mass medical medication medications medicine monitor mr
    mrn mrs ms name neurology new next no none normal not note notes nurse of office on oncology or orders our outpatient
    oxygen patient patients phone physical physician plan please pmh presents primary procedure progress provider pt pulm
    pulmonary radiology reason record referring regarding report reports resident results review right room service sex
    she signed social ssn status study subjective summary surgeon surgery tel the their then there they this time title
    to today transferred treatment type unit unknown vital vitals ward was we well were who will with without xray yes
    you zip home-phone number no. dictated transcribed reviewed account acct member plan insurance center centre medicine
    md do rn np pa phd mbbs facc pharmd dnp aprn lpn status post monday tuesday wednesday thursday friday saturday sunday
    january february march april june july august september october november december vs bp hr rr temp spo2 ctx cxr ct
    mri copd chf pna uti dm htn cad iv po prn bid tid qid daily inpatient internal respiratory id ids unit/mr oncologist
    cardiologist radiologist pulmonologist pathologist updated agrees understands aware bedside reached reachable lives
    states reported confirms see via per also her/him n/a na tbd pending none. and/or images comparison technique
    """.split()  # noqa: SIM905
)
_MEDICAL_EPONYMS = frozenset(
    """
    alzheimer parkinson crohn foley hodgkin addison cushing graves bell babinski murphy mcburney homan homans romberg
    raynaud marfan down turner kerley swan ganz bence jones wilson barrett meckel gram doppler holter apgar glasgow
    child pugh ranson wells killip duke charcot chvostek cheyne stokes kussmaul kaposi epstein barr coxsackie lyme
    """.split()  # noqa: SIM905
)

_TOKEN = re.compile(r"[^\s,]+")


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
    _context(rf"\b{_KIN}\b(?:[ \t]*[,:(][ \t]*|[ \t]+(?:is[ \t]+|named[ \t]+)?)", _SHORT, 0.85),
    _context(r"\b(?:discussed|spoke|met|talked|conferred|reviewed)[ \t]+(?:at length[ \t]+)?with[ \t]+", _SHORT, 0.7),
    _context(r"\b(?:under|care of|service of|c/o|attn:?)[ \t]+", _SHORT, 0.6),
)
_DEGREE = re.compile(rf",?[ \t]{{1,2}}(?:{_DEGREES})(?![\w'’-])")
_NAMED = re.compile(rf"(?<![\w'’-])(?P<it>(?:{_INITIAL}[ \t]?){{0,2}}{_NAME})")


@dataclass(frozen=True)
class NameRecognizer:
    """Finds names by their surroundings and by common given names."""

    name: str = "name"
    given_names: frozenset[str] = field(default=frozenset(name.lower() for name in GIVEN_NAMES))

    @property
    def labels(self) -> tuple[Label, ...]:
        """NAME."""
        return ("NAME",)

    def find(self, text: str) -> Iterator[Finding]:
        """Every name that is announced, and every common given name followed by another capitalised word."""
        lowered = folded(text)
        for context in _CONTEXTS:
            for before in context.before.finditer(lowered):
                match = context.name.match(text, before.end())
                if match is not None:
                    yield from self._trimmed(text, match.start("it"), match.end("it"), context.score)
        for match in _NAMED.finditer(text):
            start, end = match.span("it")
            words = match["it"].split()
            if len(words) > 1 and words[0].lower() in self.given_names:
                yield from self._trimmed(text, start, end, 0.6)
            yield from self._before_degree(text, start, end)

    def _before_degree(self, text: str, start: int, end: int) -> Iterator[Finding]:
        """A name whose next word is a degree; the last word of the run may be the degree itself."""
        if _DEGREE.match(text, end):
            yield from self._trimmed(text, start, end, 0.9)
            return
        name, _, degree = text[start:end].rpartition(" ")
        if name and re.fullmatch(_DEGREES, degree.rstrip(".")):
            yield from self._trimmed(text, start, start + len(name), 0.9)

    def _trimmed(self, text: str, start: int, end: int, score: float) -> Iterator[Finding]:
        """The name up to the first word that cannot be part of one."""
        last = start
        for token in _TOKEN.finditer(text, start, end):
            word = token[0].strip(".'’()").lower()
            if word in _NOT_A_NAME or word.removesuffix("'s").removesuffix("’s") in _MEDICAL_EPONYMS:
                break
            last = token.end()
        found = text[start:last].rstrip(" \t,.-")
        for possessive in ("'s", "’s"):
            found = found.removesuffix(possessive)
        if sum(character.isalpha() for character in found) > 1:
            yield Finding(start, start + len(found), "NAME", score, self.name)


NAME = NameRecognizer()
