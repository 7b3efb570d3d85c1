"""Words of medicine that look like names: drugs, diseases, signs, devices, scales, anatomy, microbes, genes, societies.

Parkinson, Foley, Glasgow and Ambien stay in the text. An eponym is a name nevertheless where a title stands before it
(`Dr. Parkinson`) or a label (`Patient: Foley`), where other words of a name stand beside it (`Addison Graves`), and
where it is a common family name that nothing medical follows (`Lewis`, but not `Lewy bodies`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from cloister.deid.text.gazetteers.listed_terms import read_words
from cloister.deid.text.squeezed import normal_form

# International non-proprietary names end alike.
_DRUG_ENDINGS = (
    "zumab", "ximab", "tinib", "ciclib", "vastatin", "april", "opril", "sartan", "olol", "azole", "cillin", "mycin",
    "floxacin", "cycline", "prazole", "tidine", "gliptin", "gliflozin", "glutide", "eparin", "aparin", "xaban",
    "gatran", "setron", "triptan", "dipine", "thiazide", "zepam", "zolam", "barbital", "ocaine", "icaine",
    "vudine", "tegravir", "navir", "buvir", "ciclovir", "asone", "isone", "olone", "terol", "tropium", "lukast",
    "oxetine", "pramine",
    "triptyline", "azepine", "peridol", "fenac", "profen", "coxib", "formin", "glitazone", "platin", "taxel", "rubicin",
    "lafaxine", "racetam", "dronate", "ercept", "relix",
)  # fmt: skip
_TERM_ENDINGS = (
    "itis", "osis", "ectomy", "ostomy", "otomy", "oscopy", "plasty", "pathy", "glycemia", "kalemia", "natremia",
    "lipidemia", "anemia", "volemia", "cemia", "teremia", "uremia", "uria", "algia", "lymphoma", "carcinoma",
    "blastoma", "adenoma", "sarcoma", "myeloma", "glioma", "angioma", "fibroma", "ology", "ologist", "ologic",
    "ographic", "ography", "graphy", "ogram", "penia", "plegia", "paresis", "phagia", "phasia", "trophy", "tropin",
    "genic",
    "lysis", "megaly", "rrhea", "rrhage", "sclerosis", "stenosis", "thorax",
)  # fmt: skip
_SHORTEST_WITH_ENDING = 7
# Eponyms that are far commoner as family, given or place names.
_COMMON_NAMES = frozenset(
    """
    adam adams adie albright anderson abbott allen apgar-jones baker bankart barr beck becker bell bennett berger
    bernard
    berry bishop bloom blount boston bowen bowman bradford brown budd burr carpenter charlson chester child clarke cobb
    codman cole colles collier cooley cox cullen down duke dukes edwards evans fisher fitz fletcher fowler frank gardner
    garden garland geneva gilbert gilles glenn gold goldman gordon graham grace graves gray grey guthrie hamilton
    hansen harris hawkins hart henderson herring hess hickman holter howell hudson hunt hunter huntley hutchinson ivor
    jackson jobe johnson jones joubert kelly keller kent kern king kramer lambert lange lapidus lawrence lawton laurence
    le-roux leopold lewis libre lou louis lucas lynch maddox marie martin mason maze mercer miller monroe moore morse
    morton murphy nelson newman nice noonan norton norwood oxford parker patrick paget philadelphia philips pierre
    poland porter potter potts pringle proctor ramsay ramsey rankin reed reynold reynolds richter robinson robin
    rockwood rosen ross roth roux russell salem salter sampson sanders sargent schmidt scott sheehan simmonds simpson
    sims smith stanford starling steele stevens still stokes swan sweet tanner taylor thomas thompson thomsen todd tommy
    turner tandem vater vincent wagner walker ward warren watson weaver weber wells werner white wilms wilson winter
    wolff wood woods young beyer braden bristol bethesda columbia denis denton framingham glasgow-smith heart vienna
    milan berlin rotterdam toronto montreal atlanta geneva constant evans salter
    """.split()  # noqa: SIM905
)
_HEAD = re.compile(
    r"(?i)(?:['’]s?)?[ \t-]+(?:\w+[ \t-]+)?(?:disease|syndrome|sign|catheter|lymphoma|palsy|phenomen(?:on|a)|scale"
    r"|score|scores|scoring"
    r"|criteria|test|tests|testing|maneuvers?|manoeuvre|point|reflex|node|nodes|nodules?|contracture|method|lines?"
    r"|ulcers?|tumou?r|stain"
    r"|staining|body|bodies|protein|monitor|monitoring|class|classification|grade|grading|murmur|stage|staging|index"
    r"|esophagus|oesophagus|diverticulum|coma|fracture|fractures|procedure|operation|repair|formula|equation|virus"
    r"|chromosome|system|questionnaire|protocol|guidelines?|trial|study|consensus|definition|cells?|space|pouch"
    r"|gland|glands|duct|ligament|triangle|canal|loop|cyst|hernia|anomaly|malformation|tetralogy|triad|law|rule|rules"
    r"|an?emia|thyroiditis|purpura|sarcoma|carcinoma|encephalopathy|dementia|chorea|ataxia|dystrophy|neuropathy"
    r"|arthritis|granulomatosis|vasculitis|angina|rhythm|respirations?|breathing|pulse|pulses|tremor|spots?|rash"
    r"|ring|rings"
    r"|drain|tube|bag|pump|valve|stent|graft|prosthesis|device|lead|filter|needle|clamp|forceps|retractor|collar"
    r"|splint|boot|brace|incision|position|tracheostomy|hook|solution|position|scan|phase|effect|response|pupil"
    r"|scientific|flu|fever|bacillus|antigen|agar|unit|units|gait|attacks?|headache|neuralgia|mania|psychosis"
    r"|apparatus)\b"
)
_ANNOUNCED = re.compile(
    r"(?i)(?:\b(?:dr|drs|doctor|mr|mrs|ms|mx|miss|prof|professor|nurse|sr|sra|don|do[ñn]a|herr|herrn|frau|monsieur"
    r"|madame|mme|mlle|sig|dott|mevr|mevrouw|dhr)\.?[ \t]+(?:\w\.[ \t]?)?"
    r"|\b(?:name|patient|pt|provider|physician|attending|author|nombre|apellidos|nom|pr[ée]nom|signed by|by)"
    r"[ \t]*[:=][ \t]*)$"
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LOOK_BACK = 24


def is_clinical_term(word: str) -> bool:
    """Whether a word, in any case, is a drug, disease, structure, microbe, gene, society or heading; no eponyms."""
    normal = normal_form(word)
    if normal in _terms():
        return True
    return len(normal) >= _SHORTEST_WITH_ENDING and normal.endswith((*_DRUG_ENDINGS, *_TERM_ENDINGS))


def is_eponym(word: str) -> bool:
    """Whether a word, in any case, is the name of a discoverer or maker that medicine uses for a thing."""
    return normal_form(word) in _eponyms()


def _bare(word: str) -> str:
    return word.removesuffix("'s").removesuffix("’s")


def is_announced(text: str, start: int) -> bool:
    """Whether a title or a label that only a person follows stands before a place in a text."""
    return _ANNOUNCED.search(text, max(0, start - _LOOK_BACK), start) is not None


def is_medical_use(text: str, start: int, end: int) -> bool:
    """Whether a span that a tagger or a list took for a name or place means a thing of medicine where it stands.

    Never where a title or label announces a person. Ask it of guesses only, not of what a patient's record lists.
    """
    if is_announced(text, start):
        return False
    matches = list(_WORD.finditer(text, start, end))
    if not matches:
        return False
    if all(is_clinical_term(_bare(match[0])) for match in matches):
        return True
    while len(matches) > 1 and _HEAD.match(text, matches[-2].end()) is not None:
        end = matches[-2].end()
        matches.pop()
    words = [match[0] for match in matches]
    bare = [_bare(word) for word in words]
    pieces = [piece for word in bare for piece in re.split("[-'’]", word) if piece]
    if not all(is_eponym(piece) or is_clinical_term(piece) for piece in pieces):
        return False
    if _HEAD.match(text, end):
        return True
    if len(bare) > 1:
        return False
    rare = [normal_form(piece) not in _COMMON_NAMES for piece in pieces]
    return any(rare) if len(pieces) > 1 else all(rare)


@lru_cache(maxsize=1)
def _terms() -> frozenset[str]:
    return frozenset(map(normal_form, read_words("drugs.txt") | read_words("clinical_terms.txt")))


@lru_cache(maxsize=1)
def _eponyms() -> frozenset[str]:
    return frozenset(normal_form(part) for word in read_words("eponyms.txt") for part in re.split("[-'’]", word))
