"""The language of a note: one sentence is enough, foreign ones are told apart from supported ones."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.text.language import SUPPORTED, detect_language

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
SENTENCES = [
    ("en", "Pt is a 45yo male with chest pain, no fever, on metoprolol."),
    ("en", "Is it safe to give amiodarone to my patient Agnieszka Wiśniewska, seen in Łódź?"),
    ("en", "She denies dyspnea."),
    ("es", "Paciente varón de 63 años que acude a urgencias por dolor torácico."),
    ("es", "Se realizó una ecografía sin hallazgos."),
    ("de", "Wir berichten über den oben genannten Patienten, der sich vom 3.4. bis 9.4. stationär bei uns befand."),
    ("de", "Der Befund war unauffällig."),
    ("fr", "Le patient a été hospitalisé pour une pneumopathie du lobe inférieur droit."),
    ("fr", "Examen clinique sans particularité chez cette patiente de 54 ans."),
    ("it", "La paziente è stata ricoverata per dolore addominale da tre giorni."),
    ("pt", "Doente de 72 anos, internado por dor torácica, sem febre."),
    ("nl", "De patiënt werd opgenomen op de afdeling wegens pijn op de borst."),
    (None, "Pacjentka lat 64 została przyjęta do szpitala z powodu bólu w klatce piersiowej."),
    (None, "Patienten är en 64 år gammal man som inte har feber och var tidigare frisk."),
    (None, "Пациент поступил в клинику с болью в груди."),
    (None, "患者は胸痛のため入院した。"),
    (None, "Hasta göğüs ağrısı nedeniyle hastaneye yatırıldı ve bir gün sonra taburcu olarak gönderildi."),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), SENTENCES)
def test_a_sentence_is_enough(language: str | None, text: str) -> None:
    assert detect_language(text, "undecided") == language


@pytest.mark.parametrize("text", ["Lisinopril 10, Lasix 40", "MRN 00482913", "120/80 98.6", "", "😀"])
def test_what_tells_nothing_is_left_to_the_caller(text: str) -> None:
    assert detect_language(text) is None
    assert detect_language(text, "de") == "de"


@given(st.text(max_size=200))
def test_any_text_has_an_answer_that_case_and_blanks_do_not_change(text: str) -> None:
    answer = detect_language(text, "undecided")
    assert answer in {None, "undecided", *SUPPORTED}
    if text.isascii():
        assert detect_language(f"  {text.upper()}\n", "undecided") == answer


@pytest.mark.skipif(not (SHARED / "mts_dialog").exists(), reason="the shared corpora are not beside this checkout")
def test_real_notes_are_recognised() -> None:
    """Of English sections at most 0.5 % are taken for something else, and of Spanish case reports none."""
    with (SHARED / "mts_dialog" / "MTS-Dialog-ValidationSet.csv").open(encoding="utf-8") as file:
        sections = [row["section_text"] for row in csv.DictReader(file)]
    sentences = [s for text in sections for s in re.split(r"(?<=[.!?])\s+", text)]
    wrong = [s for s in sentences if detect_language(s, "en") != "en"]
    assert len(wrong) <= 0.005 * len(sentences)
    spanish = sorted((SHARED / "meddocan" / "corpus" / "dev" / "brat").glob("*.txt"))
    assert all(detect_language(path.read_text("utf-8")) == "es" for path in spanish)
