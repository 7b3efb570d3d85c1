"""Names after a title or a label are found whole, whatever culture they come from."""

from __future__ import annotations

from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.deid.text.training.names import CULTURES

TITLES = {
    "es": ("la Sra. {} refiere dolor", "Médico: {}\nServicio"),
    "de": ("Frau {} klagt über Husten", "Patient: {}\nStation"),
    "fr": ("Mme {} a consulté hier", "Patient : {}\nService"),
    "it": ("la Sig.ra {} riferisce dolore", "Paziente: {}\nReparto"),
    "pt": ("a Sra. {} refere dor", "Utente: {}\nServiço"),
    "nl": ("mevr. {} klaagt over pijn", "Naam: {}\nAfdeling"),
}


@st.composite
def full_names(draw: st.DrawFn) -> str:
    names = CULTURES[draw(st.sampled_from(sorted(CULTURES)))]
    given_name = draw(st.sampled_from((*names.GIVEN_FEMALE, *names.GIVEN_MALE)))
    return f"{given_name} {draw(st.sampled_from(names.FAMILY))}"


def covered(language: str, text: str, start: int, end: int) -> bool:
    module = import_module(f"cloister.deid.text.recognizers.languages.{language}")
    hidden: set[int] = set()
    for recognizer in module.RECOGNIZERS:
        for finding in recognizer.find(text):
            if finding.label == "NAME":
                hidden.update(range(finding.start, finding.end))
    return all(position in hidden for position in range(start, end) if text[position].isalnum())


@pytest.mark.parametrize("language", sorted(TITLES))
def test_names_of_every_culture_are_found_after_a_title(language: str) -> None:
    """Every culture's first forty pairs of names: at least 97 % whole, none of the cultures under 90 %."""
    title = TITLES[language][0]
    hits: dict[str, float] = {}
    for culture, names in CULTURES.items():
        pairs = list(zip((*names.GIVEN_FEMALE[:20], *names.GIVEN_MALE[:20]), names.FAMILY[:40], strict=True))
        start = title.index("{")
        found = [
            covered(language, title.format(name), start, start + len(name)) for name in (f"{a} {b}" for a, b in pairs)
        ]
        hits[culture] = sum(found) / len(found)
    assert min(hits.values()) >= 0.9, {culture: share for culture, share in hits.items() if share < 0.9}
    assert sum(hits.values()) / len(hits) >= 0.97


@settings(max_examples=60)
@given(name=full_names(), language=st.sampled_from(sorted(TITLES)))
def test_labels_of_forms_announce_names(name: str, language: str) -> None:
    """The first word of the name, at least, is hidden; most names are whole, which the test above counts."""
    form = TITLES[language][1]
    start = form.index("{")
    first = name.split()[0]
    assert covered(language, form.format(name), start, start + len(first)) or first.lower() in {"le", "la", "do", "to"}


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("es", "la sra. lucía garcía refiere dolor", "lucía garcía"),
        ("de", "frau schönfeld-maier klagt über husten", "schönfeld-maier"),
        ("fr", "mme geneviève delaporte rentre à domicile", "geneviève delaporte"),
        ("it", "il sig. giovanni lo presti riferisce dolore", "giovanni lo presti"),
        ("pt", "o sr. joão gonçalves refere dor", "joão gonçalves"),
        ("nl", "mevr. bakker klaagt over pijn", "bakker"),
    ],
)
def test_notes_without_capitals_are_read_as_well(language: str, text: str, name: str) -> None:
    start = text.index(name)
    assert covered(language, text, start, start + len(name))
