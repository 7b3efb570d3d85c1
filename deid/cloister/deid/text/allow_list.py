"""Words of medicine that look like names: drugs, diseases, signs, devices, scales, anatomy, microbes, genes, societies.

Parkinson, Foley, Glasgow and Ambien stay in the text. An eponym is a name nevertheless where a title stands before it
(`Dr. Parkinson`) or a label (`Patient: Foley`), where other words of a name stand beside it (`Addison Graves`), and
where it is a common family name that nothing medical follows (`Lewis`, but not `Lewy bodies`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from cloister.deid.text.gazetteers.listed_terms import read_words
from cloister.deid.text.gazetteers.names import is_name
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
_NAME_ENDING = "aitis"
"""Of Lithuanian family names, and of no inflammation."""
# Eponyms that are far commoner as family, given or place names.
_COMMON_NAMES = frozenset(
    """
    abbott adam adams adie adler ainsworth albright alexander allen allis alvarado andersen anderson angeles ann
    anton apgar-jones arbor ashworth atkins atlanta auer austin baker balint bancroft bankart barr barth barton
    batista beck becker bell bender benedikt bennett berg berger berlin bernard berry bethesda beyer birt bishop
    bjork blake bloom blount boston bowen bowman braden bradford bradley braxton brenner bristol brown bruce
    bruckner budd burch burr cameron canavan carney carpenter carpentier cattell charlson chester chicago child
    clark clarke claude coats cobb codman cogan cole colles collier columbia conners constant cooksey cooley
    cornelia corrigan corti courvoisier cox crowe cullen danis davies debakey denis dent denton denys dietz dor down
    duane dube duke dukes eaton edinburgh edwards ellison emanuel emery evans ewart faber feil felix fisher fitz
    fitzpatrick fleischer fletcher flint fontaine forrest fowler framingham frank french friedman fujimoto garden
    gardner garland gaskin geneva gilbert gilles gillespie glasgow-smith glenn gold goldman goodell gordon grace
    graham graves gray grey gruber gubler guthrie ham hamilton hampton hancock hansen harada harrington harris hart
    hawkins heart hecht heidelberg helsinki henderson hendra herring hess hickman hicks hinton hirschberg hodges
    hogg holter howell hudson hunt hunter huntley hutchinson ivor jackson jaeger jakob jobe johansson john johns
    johnson jones joubert jung kala kansas keller kelly kennedy kenny kent kern kikuchi killian king kings kohler
    kramer ladd lambert lamy landau lange lansing lapidus larsen laurence lawrence lawton le-roux leigh lennox
    leopold leventhal levin levine lewis leyden libre lille linton lloyd loa los lou louis lowe lucas lucio luque
    luria lynch macintosh maddox marburg marie martin mason mattox maze mcdonald mckenzie mcroberts mercer merritt
    meyer milan millard miller minnesota monro monroe montreal moore morgagni morse morton muir murphy najjar nelson
    newman nice nielsen nijmegen noonan norton norwalk norwood nottingham nyhan ober obrien ogden osborn ottawa
    oxford paget paris parker parkes parks patrick pavlov pearson petit philadelphia philips pierre poland porter
    potter potts pratt pringle proctor ramsay ramsey rankin rasmussen reed rey reynold reynolds richardson richter
    robin robinson rockwood rolando romano rome rosen rosenthal ross roth rotterdam roux rubin rubinstein russell
    sachs saint salem salter sampson sanders sanfilippo sargent scarpa schilling schmidt schuller scott seidel
    sheehan simmonds simpson sims skinner smith soulier st stanford starling starr steele stein steinmann sternberg
    stevens still stockholm stokes sutton swan sweet sydney tandem tanner taylor thomas thompson thomsen todd tokyo
    tommy tonnis tooth toronto torrance torre truelove turcotte turner uhl ullrich upington usher vancouver
    vanderbilt vater vaughan vienna vincent vinson vogt wada wagner walker ward warren wasserman watson weaver weber
    wechsler weiss wellens wells werner west white whitmore willi wilms wilson winter wolff wong wood woods wright
    yacoub yale young
    """.split()  # noqa: SIM905
)
# Verbs and prepositions excluded: "Wilson denies fever" is about a person.
_BETWEEN = (
    r"(?:(?!(?!spotted\b)\w+(?:s|ed)\b|(?:and|or|but|not|may|can|could|will|would|should|might|must|do|to|in|on|at|of|for|from|with"
    r"|by|as|if|also|got|felt|had|the|an?|this|that|my|her|who|after|before|while|since|during|again|about)\b)"
    r"\w+[ \t-]+){0,3}"
)
_HEAD = re.compile(
    rf"(?i)(?:['’]s?)?[ \t-]+{_BETWEEN}(?:disease|syndromes?|sign|catheter|lymphoma|palsy|phenomen(?:on|a)|scale"
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
    r"|drain|tube|bag|pump|valve|stent|graft|prosthesis|device|lead|filter|needle|clamps?|forceps|retractor|collar"
    r"|splint|boots?|brace|incision|position|tracheostomy|hook|solution|position|scan|phase|effect|response|pupil"
    r"|scientific|flu|fever|bacillus|antigen|agar|unit|units|gait|attacks?|headache|neuralgia|mania|psychosis"
    r"|apparatus|curve|wort|technique|diet|breathing|lift|bypass|prostatectomy|esophagectomy|encephalitis|myocarditis"
    r"|exercises?|retractor|model|assessment|declaration|signs|robot|robotic|neuroma|paralysis|hump|rods?|blots?"
    r"|blotting|harness|cerclage|colposuspension|contractions|shunt|frame|grid|stool|inventory|faces|proteinuria"
    r"|ophthalmopathy|fundoplication|myotomy|thrombasthenia|wires?|pins?|scissors|tongs"
    r"|physiology|casting|fixator|plates|myopathy|(?:type|level|extent)[ ](?:i{1,3}|iv|v|[a-d])"
    r"|variant)\b"
)
# After these even a word that no list holds is the name of a thing; a person's disease is written "Ivanova's disease".
_THING = re.compile(
    r"(?i)[ \t]+(?:syndromes?|disease|criteria|classification|phenomenon|maneuver|manoeuvre|virus|anomaly|malformation"
    r"|questionnaire|equation|formula|encephalitis)\b"
)
# What stands before the name of its discoverer: circle of Willis.
_OF = re.compile(
    r"(?i)\b(?:ampulla|angle|bundle|canal|circle|crypts?|foramen|islets?|ligament|loop|organ|pouch|sphincter|tetralogy"
    r"|triangle|trigone)[ ]of[ ](?:the[ ])?$"
)
# Whole names of people that medicine uses for a thing.
_WHOLE_NAMES = frozenset(
    {
        "argyll robertson", "austin flint", "bence jones", "bloom richardson", "braxton hicks", "cotrel dubousset",
        "dejerine sottas", "grey turner", "hill sachs", "hunt hess", "lambert eaton", "lou gehrig", "marcus gunn",
        "miller fisher", "ramsay hunt", "salter harris", "st jude", "st john's wort", "vaughan williams", "wong baker",
    }
)  # fmt: skip
_ANNOUNCED = re.compile(
    r"(?i)(?:\b(?:dr|drs|doctor|mr|mrs|ms|mx|miss|prof|professor|nurse|sr|sra|don|do[ñn]a|herr|herrn|frau|monsieur"
    r"|madame|mme|mlle|sig|dott|mevr|mevrouw|dhr)\.?[ \t]+(?:\w\.[ \t]?)?"
    r"|\b(?:name|patient|pt|provider|physician|attending|author|nombre|apellidos|nom|pr[ée]nom|signed by|by)"
    r"[ \t]*[:=][ \t]*)$"
)
_OTHER_EPONYM = re.compile(r"(?i)[ \t]+(?:and|or|vs\.?|versus|/)[ \t]+([^\W\d_]+(?:['’-][^\W\d_]+)*)")
_SHORTEST_PIECE = 3
"""Shorter pieces are initials and particles: Roux-en-Y."""
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LOOK_BACK = 24


def is_clinical_term(word: str) -> bool:
    """Whether a word, in any case, is a drug, disease, structure, microbe, gene, society or heading; no eponyms."""
    normal = normal_form(word)
    if normal in _terms():
        return True
    if len(normal) < _SHORTEST_WITH_ENDING or normal.endswith(_NAME_ENDING):
        return False
    return normal.endswith((*_DRUG_ENDINGS, *_TERM_ENDINGS))


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
    while len(matches) > 1 and (len(matches[-1][0]) == 1 or _HEAD.match(text, matches[-2].end()) is not None):
        end = matches[-2].end()
        matches.pop()
    words = [match[0] for match in matches]
    bare = [_bare(word) for word in words]
    if _OF.search(text, max(0, start - _LOOK_BACK), start) is not None:
        return True
    if " ".join(bare).lower().replace("-", " ") in _WHOLE_NAMES:
        return True
    if bare == words and names_a_thing(text, end) and (len(bare) == 1 or not any(map(is_name, bare))):
        return True
    pieces = [piece for word in bare for piece in re.split("[-'’]", word) if piece]
    if not all(len(piece) < _SHORTEST_PIECE or is_eponym(piece) or is_clinical_term(piece) for piece in pieces):
        return False
    if _HEAD.match(text, end) or _is_paired(text, end):
        return True
    if len(bare) > 1:
        return False
    rare = [normal_form(piece) not in _COMMON_NAMES for piece in pieces]
    return any(rare) if len(pieces) > 1 else all(rare)


def names_a_thing(text: str, end: int) -> bool:
    """Whether what ends at `end` is followed by a word that makes it the name of a thing: syndrome, disease, virus."""
    return _THING.match(text, end) is not None


def _is_paired(text: str, end: int) -> bool:
    """Whether another eponym and a word for a thing follow: "Cullen and Grey Turner signs"."""
    other = _OTHER_EPONYM.match(text, end)
    return other is not None and is_eponym(_bare(other[1])) and _HEAD.match(text, other.end(1)) is not None


@lru_cache(maxsize=1)
def _terms() -> frozenset[str]:
    return frozenset(
        map(normal_form, read_words("drugs.txt") | read_words("brands.txt") | read_words("clinical_terms.txt"))
    )


@lru_cache(maxsize=1)
def _eponyms() -> frozenset[str]:
    return frozenset(normal_form(part) for word in read_words("eponyms.txt") for part in re.split("[-'’]", word))
