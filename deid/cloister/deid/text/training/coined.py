"""Words that exist nowhere, built like drug names, diseases and eponyms: no list of real ones is ever complete."""

from __future__ import annotations

import random

from cloister.deid.text.training.names.listed import listed

_STARTS = listed(
    """
    ab, al, am, an, ar, as, ax, ba, be, bi, bo, bri, ca, ce, ci, clo, co, cy, da, de, do, dro, du, el, en, er,
    es, fa, fe, flu, fo, ga, ge, gli, ha, he, ibu, im, in, iso, ju, ka, ke, la, le, li, lo, lu, ma, me, mi,
    mo, na, ne, ni, no, nu, ob, ol, om, or, os, pa, pe, pha, pra, pro, que, ra, re, ri, ro, ru, sa, se, si,
    so, su, ta, te, ti, to, tra, tri, tu, ul, ur, va, ve, vi, vo, xa, xe, ya, ze, zi, zo
    """
)
_MIDDLES = listed(
    """
    ba, bri, ca, ce, ci, co, da, de, di, do, fa, fe, ga, ge, la, le, li, lo, lu, ma, me, mi, mo, na, ne, ni,
    no, ra, re, ri, ro, sa, se, ta, te, ti, to, tu, va, ve, vi, vo, xa, xi, za, ze, zo
    """
)
_GENERIC_ENDS = listed(
    """
    mab, nib, pril, sartan, statin, olol, azole, cillin, mycin, oxacin, vir, tide, gliptin, gliflozin, parin,
    xaban, zepam, pam, idine, amine, azine, oxetine, triptan, setron, prazole, sone, olone, lukast, terol,
    tropium, fenac, profen, coxib, dronate, ciclib, limus, cept, kinra, stim, platin, rubicin, taxel,
    citabine, trexate
    """
)
_BRAND_ENDS = listed(
    """
    a, ia, ix, ex, um, is, or, en, yx, iq, ra, va, ta, zo, era, ity, ent, ara
    """
)
_ROOTS = listed(
    """
    arthr, gastr, hepat, nephr, card, neur, derm, my, oste, pneum, col, cyst, encephal, mening, phleb, angi,
    aden, chondr, rhin, ot, laryng, pharyng, bronch, esophag, pancreat, splen, thyr, mast, oophor, salping,
    prostat, urethr, cheil, gloss, stomat, blephar, kerat, retin, uve, fibr, leuk, thromb, lymph, hem, lip,
    gluc
    """
)
_DISEASE_ENDS = listed(
    """
    itis, osis, oma, opathy, algia, ectasia, emia, uria, ectomy, otomy, oscopy, oplasty, omegaly, osclerosis,
    odynia, orrhea, ostomy, ography, ogram, olysis, openia
    """
)
_DISEASE_STARTS = ("", "", "", "peri", "hyper", "hypo", "poly", "endo", "para", "pseudo", "micro", "macro", "dys", "a")

_EPONYMS = {
    "en": ("{f} syndrome", "{f} disease", "{f}'s disease", "{f} sign", "{f}'s sign", "{f} test", "{f}-{g} syndrome",
           "{f} {g} syndrome", "{f} classification", "{f} procedure", "{f} catheter", "{f} criteria", "{f} score",
           "{f} scale", "{f} anomaly", "{f} dystrophy", "{f} fracture", "{f} maneuver", "{f} stent", "{f} forceps",
           "{f} lymphoma", "{f} reflex", "{f} hereditary neuropathy", "{f} ligament", "type II {f} lesion",
           "{f} study", "{f} trial", "{f} protocol", "{f} index", "{f} questionnaire", "{f} equation", "{f} formula",
           "{f} virus", "{f} fever", "{f} encephalitis", "{f} phenomenon", "{f} rule", "{f} grade II", "{f} line",
           "{f}-{g} test", "{f}-{g} maneuver", "{f}-{g} bodies", "{f}-{g} criteria", "{f} consensus", "{f} diet",
           "{f} anastomosis", "{f} flap", "{f} retractor", "{f} technique", "{f} tube", "{f} nodes", "{f} triad",
           "{f} and {g} signs", "{f}-type dysplasia", "{f} ulcer", "modified {f} scale", "{f} stage 3"),
    "es": ("síndrome de {f}", "enfermedad de {f}", "signo de {f}", "sonda {f}", "escala de {f}", "prueba de {f}",
           "maniobra de {f}", "síndrome de {f}-{g}", "test de {f}",
           "criterios de {f}", "técnica de {f}", "pinza de {f}"),
    "de": ("Morbus {f}", "{f}-Syndrom", "{f}-Zeichen", "{f}-Katheter", "{f}-Krankheit", "{f}-Score",
           "{f}-Klassifikation",
           "{f}-{g}-Syndrom", "nach {f}", "M. {f}", "{f}-Test", "{f}-Drainage"),
    "fr": ("maladie de {f}", "syndrome de {f}", "signe de {f}", "sonde de {f}", "score de {f}", "test de {f}",
           "syndrome de {f}-{g}", "critères de {f}", "manoeuvre de {f}", "classification de {f}"),
}  # fmt: skip


_SHORTEST_TO_CUT = 5
_HYPHEN_SHARE = 0.5


def drug(draw: random.Random) -> str:
    """A drug that does not exist: generic in lower case, or a capitalised brand."""
    stem = draw.choice(_STARTS) + "".join(draw.choice(_MIDDLES) for _ in range(draw.randint(1, 2)))
    if draw.random() < 0.5:
        return stem + draw.choice(_GENERIC_ENDS)
    return (stem + draw.choice(_BRAND_ENDS)).capitalize()


def disease(draw: random.Random) -> str:
    """A disease or procedure of Greek parts."""
    return draw.choice(_DISEASE_STARTS) + draw.choice(_ROOTS) + draw.choice(_DISEASE_ENDS)


def name(draw: random.Random, one: str, other: str) -> str:
    """A name that may not exist: the beginning of one name with the end of another of the same culture.

    Names too short to be cut are joined whole, half of them with a hyphen (Ji-yeon); one of several words stays.
    """
    if " " in one or " " in other:
        return one
    if min(len(one), len(other)) < _SHORTEST_TO_CUT:
        return f"{one}-{other.lower()}" if draw.random() < _HYPHEN_SHARE else one + other.lower()
    return one[: draw.randint(2, len(one) - 2)] + other[draw.randint(2, len(other) - 2) :].lower()


def eponym(draw: random.Random, language: str, family: str, other: str) -> str:
    """A disease, sign or device called after people, who are not the patient."""
    return draw.choice(_EPONYMS.get(language, _EPONYMS["en"])).format(f=family, g=other)
