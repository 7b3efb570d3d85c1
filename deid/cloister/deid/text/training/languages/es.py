"""Spanish carrier text: case reports, discharge reports, letters, notes, messages."""

from __future__ import annotations

from cloister.deid.text.training.carriers import LanguagePack
from cloister.deid.text.training.languages.es_negatives import NOTES, QUESTIONS
from cloister.deid.text.training.languages.es_templates import HEADERS, LINES, NARRATIVE, SIGNATURES
from cloister.deid.text.training.languages.es_terms import TERMS

PACK = LanguagePack(
    language="es",
    templates=HEADERS + SIGNATURES + NARRATIVE + LINES,
    negatives=NOTES + QUESTIONS,
    terms=TERMS,
)
