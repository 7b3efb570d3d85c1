"""Hospitals, clinics and other institutions: capitalised words before a word that says what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.folded import titled
from cloister.deid.text.gazetteers.name_likeness import name_likeness
from cloister.deid.text.gazetteers.names import is_name
from cloister.deid.text.gazetteers.places import is_place_word
from cloister.deid.text.language import function_words
from cloister.deid.text.name_words import PARTICLES
from cloister.deid.text.plausibility import is_everyday

_KIND = (
    r"(?:Hospital|HOSPITAL|Hosp\.?|Clinics?|CLINIC|Medical[ ]Cent(?:er|re)|MEDICAL CENTER|Med[ ]Ctr"
    r"|Health[ ]Cent(?:er|re)"
    r"|Health[ ]?(?:System|[Cc]are|Partners|Network|Plan)|Infirmary|Hospice|Nursing[ ](?:Home|Facility)"
    r"|Rehab(?:ilitation)?"
    r"(?:[ ](?:Cent(?:er|re)|Hospital|Facility))?|Cancer[ ](?:Cent(?:er|re)|Institute)|Heart[ ](?:Cent(?:er|re)"
    r"|Institute)"
    r"|Imaging(?:[ ]Cent(?:er|re))?|Pharmacy|Laborator(?:y|ies)|Labs|University|Institute|Sanatorium|Memorial"
    r"|Medical Group|Assisted Living|Senior Living|School of Medicine|Insurance|Mutual|(?:Urgent |Day |Home "
    r"|Memory )?Care(?: Cent(?:er|re))?"
    r"|Group|Practice|Associates|Home Health|Manor|Lodge|Villa|Gardens|Partners|Consultants|Physicians|Foundation|Trust"
    r"|Compan(?:y|ies)|Corporation|Corp\.?|Inc\.?|LLC|Ltd\.?|Industries|Steel|Mills?|Shipyard|Foods|Diner|Bakery"
    r"|Brewery|Lines"
    r"|Freight|Logistics|Bank|School|College|Academy|Church|Library|Hotel|Motors|Works|Factory|Plant|Farms?"
    r"|Mining|Energy"
    r"|Electric|Construction|Services|Agency|Department Store|Transit|Railway|Airlines|Airways|Union|Press|Market)"
)
_WORD = r"(?:(?:St|Mt)(?:\.|(?!\w))|Saint|[^\W\d_a-z][^\W\d_]+(?:['’-][^\W\d_]+)*)"
_LINK = r"(?:of|the|and|de|for|&)"
_INSTITUTION = re.compile(
    rf"(?<![\w'’-])(?P<it>(?P<own>{_WORD}(?:[ ](?:{_LINK}[ ]){{0,2}}{_WORD}){{0,4}}?)[ ]{_KIND}(?:[ ]{_KIND}){{0,2}}"
    rf"(?:[ ]of[ ](?:the[ ])?{_WORD}(?:[ ]{_WORD})?)?)(?![\w])"
)
_EMPLOYER = re.compile(
    rf"\b(?:[Ww]ork(?:s|ed|ing)?[ ](?:at|for)|[Ee]mployee[ ](?:of|at)|[Ee]mployed[ ](?:by|at)|[Rr]etired[ ]from"
    rf"|[Rr]et'd(?:[ ]from)?|(?i:employer):)[ ](?:the[ ])?(?P<it>{_WORD}(?:[ ](?:&[ ])?{_WORD}){{0,4}})"
)
_SAINT = re.compile(
    r"\b(?:at|from|to|of|near|with)[ ](?P<it>(?:St\.?|Saint|Mt\.?|Mount)[ ][^\W\d_a-z][^\W\d_]+(?:['’]s?)?"
    r"(?:[ ][^\W\d_a-z][^\W\d_]+)?)"
)
_UNIVERSITY_OF = re.compile(
    rf"\b(?P<it>(?:University|Hospital|Clinic|Institute)[ ]of[ ](?:the[ ])?{_WORD}(?:[ ]{_WORD}){{0,3}})\b"
)

# Words that stand before "Hospital" or "Clinic" without naming one; a name starts after them.
_LEADING = frozenset(
    """
    the this our her his their your a an at in to from by of on and or brief current prior previous discharge
    admitted admit admission transferred transfer patient seen outside local same day private state any general
    community county regional university children's emergency acute inpatient outpatient followup follow-up primary
    care pulmonary cardiology am pm diagnostic palliative intensive critical supportive comfort health day skin
    after managed standard acute adult child prenatal w vs fr xfer dispo cc when protective support group practice
    hospice patients oncology surgical surgery medicine internal family urgent walk-in specialty sleep pain wound
    heart failure lung chest imaging radiology medical memorial facility date phone fax name hospital clinic dept
    department national
    """.split()  # noqa: SIM905
)
_ADJECTIVES = frozenset(
    {"general", "community", "county", "regional", "university", "children's", "memorial", "state", "national"}
)
_HOUSE = re.compile(
    r"(?i)[ ](?:hosp|clinic|med(?:ical)?[ ]c|health|infirmary|nursing|university|institute|college|school|pharmacy"
    r"|church|cancer[ ]c|heart[ ]c)"
)
"""Kinds before which any unusual word is a name where case tells nothing; "group", "energy" and "care" are not."""
_NO_INSTITUTION = re.compile(
    r"(?i)[ \t]*(?:guidelines?|criteria|recommend\w*|protocols?|definition|classification|risk|score|study|studies"
    r"|trials?|course|day|stay|problems?|number|record|#|visit|follow|admission|discharge|bed)\b"
)


@dataclass(frozen=True)
class OrganizationRecognizer:
    """Finds institutions that have a name of their own."""

    name: str = "organization"

    @property
    def labels(self) -> tuple[Label, ...]:
        """ORGANIZATION."""
        return ("ORGANIZATION",)

    def find(self, text: str) -> Iterator[Finding]:
        """Every named institution."""
        one_case = titled(text)
        text = one_case or text
        for match in _EMPLOYER.finditer(text):
            yield Finding(*match.span("it"), "ORGANIZATION", 0.7, self.name)
        for match in _SAINT.finditer(text):
            yield Finding(*match.span("it"), "ORGANIZATION", 0.5, self.name)
        for match in _UNIVERSITY_OF.finditer(text):
            yield Finding(*match.span("it"), "ORGANIZATION", 0.8, self.name)
        for match in _INSTITUTION.finditer(text):
            start, end = match.span("it")
            if one_case is not None:
                start = _start_among_words(text, match)
            start, end = self._without_leading(text, start, end) if start < end else (end, end)
            if start < end and not _NO_INSTITUTION.match(text, end):
                yield Finding(start, end, "ORGANIZATION", 0.85, self.name)

    @staticmethod
    def _without_leading(text: str, start: int, end: int) -> tuple[int, int]:
        """Without words such as "The"; an empty span if nothing is left that names an institution."""
        words = list(re.finditer(r"\S+", text[start:end]))
        not_names = _LEADING | function_words("en")
        names = [word[0].lower() not in not_names for word in words]
        named = any(names[:-1]) and not re.fullmatch(_KIND, text[start + words[names.index(True)].start() : end])
        if not named:
            return start, start
        first = names.index(True)
        # "University", "General" and the like belong to a name that follows them: only articles and verbs are cut.
        while first > 0 and words[first - 1][0].lower() in _ADJECTIVES:
            first -= 1
        return start + words[first].start(), end


def _start_among_words(text: str, match: re.Match[str]) -> int:
    """Where the name of an institution begins in a text of one case: after the words of a sentence; its end if none."""
    end = match.end("own")
    found = named = match.end("it")
    for word in reversed(list(re.finditer(r"\S+", text[match.start("own") : end]))):
        bare = word[0].strip(".,").lower().removesuffix("'s").removesuffix("’s")
        if bare in PARTICLES or word[0].lower() in _ADJECTIVES:
            found = match.start("own") + word.start()
            continue
        place = is_place_word(bare)
        if not place and (is_everyday(bare) or bare in _LEADING):
            break
        found = match.start("own") + word.start()
        if place or is_name(bare) or _HOUSE.match(text, end) or name_likeness(bare) > 0:
            named = found
    return found if named < match.end("it") else named


ORGANIZATION = OrganizationRecognizer()
