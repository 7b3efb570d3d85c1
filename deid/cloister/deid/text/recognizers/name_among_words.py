"""Names in text of one case, where no capital tells: they stand out among words of everyday and of medicine.

A run of such unusual words is a name if a list holds one of them and another stands beside it, or if a person is
spoken of there; if no list does, only where the spelling is that of a name (`name_likeness`) and the more so, the
less its neighbours say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cloister.deid.text.allow_list import is_medical_use, names_a_thing
from cloister.deid.text.finding import Finding
from cloister.deid.text.gazetteers.name_likeness import name_likeness
from cloister.deid.text.gazetteers.names import is_name
from cloister.deid.text.gazetteers.places import is_place_word
from cloister.deid.text.name_words import GIVEN_WORDS, PARTICLES
from cloister.deid.text.plausibility import is_common_word, is_everyday
from cloister.deid.text.recognizers.person_context import is_named, is_spoken_of

# Words that begin with a capital in notes without being anybody's name; a name ends before them.
_NOT_A_NAME = frozenset(
    """
    a about address admission admit admitted age all allergies also an and any are as assessment at attending author
    brief by ca called cardiology care cc chest chief clinic comments complaint complains consult contact continue
    course date day days denies department dept description diagnosis diagnostic did discharge discussed dob doctor
    does dr drs ecg echo ed electronically emergency encounter er exam examination facility family fax female
    findings follow followed for from gender general had has have he health her here his history home hospital
    hospitalist hpi icu if impression in indication information is it lab labs last left lungs male mass medical
    medication medications medicine monitor mr mrn mrs ms name neurology new next no none normal not note notes
    nurse of office on oncology or orders our outpatient oxygen patient patients phone physical physician plan
    please pmh presents primary procedure progress provider pt pulm pulmonary radiology reason record referring
    regarding report reports resident results review right room service sex she signed social ssn status study
    subjective summary surgeon surgery tel the their then there they this time title to today transferred treatment
    type unit unknown vital vitals ward was we well were who will with without xray yes you zip home-phone number
    no. dictated transcribed reviewed account acct member plan insurance center centre medicine md do rn np pa phd
    mbbs facc pharmd dnp aprn lpn status post monday tuesday wednesday thursday friday saturday sunday january
    february march july september october november december vs pager cosigner pa-c favor consider malignancy
    obstructive congestive dermatology african american reg cell pcp req d/w f/u cont comp am pm outpt sputum
    anxious disposition dispo ins addr ssn aka tob hd cxr nkda xfer fr adm prior sob pnd ble hx ha wt loss cough
    rigors fatigued disease syndrome carolina dakota hampshire jersey illnesses ground consideration prod pleuritic
    cp sweats film sw cm rt ma ot rrt am labs grandson granddaughter daughter son wife husband niece nephew brother
    sister mother father cousin friend spouse partner pgaer bp hr rr temp spo2 ctx cxr ct mri copd chf pna uti dm
    htn cad iv po prn bid tid qid daily inpatient internal respiratory id ids unit/mr oncologist cardiologist
    radiologist pulmonologist pathologist updated agrees understands aware bedside reached reachable lives states
    reported npi dea upin vin ssn mrn udi imei icd cpt fax tel rx ref auth confirms see via per also her/him n/a na
    tbd pending none. and/or images comparison technique
    """.split()  # noqa: SIM905
)

_PLAIN_WORD = re.compile(r"[^\W\d_]+(?:['’-](?!s\b)[^\W\d_]+)*")
_INNER_PARTICLES = frozenset("af das des do las los op te zu zum zur".split())  # noqa: SIM905
"""Words of their languages as well: parts of a name only between two of its words."""
_LONGEST_NAME = 5
_SHORTEST_UNLISTED = 3
_LOOK_BACK = 12
_PATIENT, _SIGN = re.compile(r"(?i)\b(?:patient|pt)[ ]$"), re.compile(r"['’]s|[,;:]")
_GIVEN_WORD = re.compile(r"(?<![\w'’-])([^\W\d_]+) $")
_VOWEL = re.compile(r"[aeiouyàâãäåæèéêëìíîïòóôöøùúûüý]")
_LIKE_ANNOUNCED, _LIKE_SUGGESTED, _LIKE_ALONE = -0.7, 0.0, 0.6
"""Lowest likeness of an unlisted run where a person is named, where one may be, and where nothing says so."""
_CAPITALS_TELL = 0.4
"""How much less is enough of several words with capitals in mixed case."""
_LIKE_LISTED = 0.1
"""And of a run that a list holds in part where nothing says so; a listed word counts one."""
_SYLLABLE = r"(?:ch|[bdghjklmnprstwy])?(?:y?(?:ae|eo|eu|oo|ou|[aeiou])|w[aeio])(?:ng|[klmnpt])?"
_TWO_SYLLABLES = re.compile(rf"{_SYLLABLE}-{_SYLLABLE}")
"""A Korean or southern Chinese given name in Roman letters: ji-yeon, ka-wai."""
_SHORT_FAMILY_NAMES = frozenset(
    """
    ahn an au bae ban bang bong cha chan cheng chin cho choi chong chow chu chun do eom eun fan fok fu fung gang gil go
    gong goo gook gu ha ham han heo ho hong hu huh hui hwang hyun im in jang jeon ji jin jo joo ju jung kang ki kim ko
    kong koo ku kwak kwon kwong lai lam lau law lee leung li lim lin lo lok lui luk lung ma mak man min mo mok moon mun
    na nam ng no noh oh ok on pae paik park pyo pyun ryu sa seo shin sim sin so son song sung tae tak tam tan tang tse
    tsui um wan wang won wong woo wu yang yau yeo yeung yi yim yip yom yoo yoon you yu yuen yun
    """.split()  # noqa: SIM905
)
"""Of Korea and southern China; most are words of other languages too, and count only beside such a given name."""


def find_among_words(text: str, *, in_one_case: bool) -> Iterator[Finding]:
    """What stands out as a name; source "name".

    Args:
        text: a note.
        in_one_case: whether it is in lower case or capitals throughout. If not, only capitalised words are looked at,
            one where a person is named, several anywhere.
    """
    for run in _unusual_runs(text, in_one_case):
        start, end = _with_short_family_name(text, run[0].start(), run[-1].end())
        words = [word[0].lower() for word in run if not _is_particle(word[0])]
        given = _GIVEN_WORD.search(text, max(0, start - _LOOK_BACK), start)
        if given is not None and given[1].lower() in GIVEN_WORDS and (in_one_case or given[1].istitle()):
            start, words = given.start(), [given[1].lower(), *words]
        score = _score(text, start, end, words, in_one_case)
        if score and not is_medical_use(text, start, end):
            yield Finding(start, end, "NAME", score, "name")


def is_other_word(word: str) -> bool:
    """Whether a word, in any case, begins with a capital in notes without being anybody's name."""
    bare = word.strip(".'’()").lower()
    return bare in _NOT_A_NAME and not (len(bare) == 1 and word.endswith("."))


def _score(text: str, start: int, end: int, words: list[str], in_one_case: bool) -> float:
    """How likely a run of unusual words is a name; zero for none."""
    named = is_named(text, start, end)
    if not named and not in_one_case and len(words) == 1:
        return 0.0
    if all(map(is_place_word, words)) or (not named and names_a_thing(text, end)):
        return 0.0
    person = named or is_spoken_of(text, start, end)
    listed = sum(map(_is_listed, words))
    if listed == len(words) == 1:
        return 0.5 if named or (person and not is_common_word(words[0], "en")) else 0.0
    likeness = sum(map(_likeness, words)) / len(words)
    if listed:
        return 0.6 if person or likeness > _LIKE_LISTED else 0.0
    if any(len(word) < _SHORTEST_UNLISTED or not _VOWEL.search(word) for word in words):
        return 0.0
    if len(words) == 1:
        follows = _PATIENT.search(text, max(0, start - _LOOK_BACK), start) and not _SIGN.match(text, end)
        return 0.5 if named and likeness > (_LIKE_SUGGESTED if follows else _LIKE_ANNOUNCED) else 0.0
    needed = _LIKE_ANNOUNCED if named else _LIKE_SUGGESTED if person else _LIKE_ALONE
    return 0.5 if likeness > (needed if in_one_case else needed - _CAPITALS_TELL) else 0.0


def _likeness(word: str) -> float:
    return 1.0 if _TWO_SYLLABLES.fullmatch(word) or _is_listed(word) else name_likeness(word)


def _with_short_family_name(text: str, start: int, end: int) -> tuple[int, int]:
    """Where a run that is a given name of two syllables begins and ends together with a family name beside it."""
    if not _TWO_SYLLABLES.fullmatch(text[start:end].lower()):
        return start, end
    before = re.search(r"(?<!\S)([^\W\d_]+) $", text[max(0, start - 8) : start])
    if before and before[1].lower() in _SHORT_FAMILY_NAMES:
        return start - len(before[0]), end
    after = re.match(r" ([^\W\d_]+)(?![\w'’-])", text[end : end + 9])
    if after and after[1].lower() in _SHORT_FAMILY_NAMES:
        return start, end + len(after[0])
    return start, end


def _unusual_runs(text: str, in_one_case: bool) -> Iterator[list[re.Match[str]]]:
    """Runs of words that are neither of everyday nor of medicine, with the particles between them."""
    run: list[re.Match[str]] = []
    for word in _PLAIN_WORD.finditer(text):
        if run and text[run[-1].end() : word.start()] not in _separators(text, run):
            yield from _without_particles(run)
            run = []
        if _is_unusual(word[0], in_one_case) or (run and word[0].lower() in _INNER_PARTICLES):
            run.append(word)
        else:
            yield from _without_particles(run)
            run = []
    yield from _without_particles(run)


def _separators(text: str, run: list[re.Match[str]]) -> tuple[str, ...]:
    """What may stand between the words of a name; a comma after the first word of a line: "Garcia, Luis"."""
    return (
        (" ", "  ", ", ") if len(run) == 1 and text[run[0].start() - 1 : run[0].start()] in {"", "\n"} else (" ", "  ")
    )


def _is_unusual(word: str, in_one_case: bool) -> bool:
    lower = word.lower()
    if len(lower) < 2 or lower in PARTICLES:
        return len(lower) > 1
    capitalised = in_one_case or (word[0].isupper() and not word.isupper())
    return capitalised and not (is_everyday(lower) or lower in _NOT_A_NAME)


def _without_particles(run: list[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    """The run, if it is one, without the particle behind it; at most so long as names are."""
    while run and _is_particle(run[-1][0]):
        run.pop()
    if any(not _is_particle(word[0]) for word in run) and len(run) <= _LONGEST_NAME:
        yield run


def _is_particle(word: str) -> bool:
    return word.lower() in PARTICLES or word.lower() in _INNER_PARTICLES


def _is_listed(word: str) -> bool:
    """Whether a word, or every part of one with a hyphen, is a name somewhere."""
    return word in GIVEN_WORDS or all(is_name(part) for part in re.split("['’-]", word) if part)
