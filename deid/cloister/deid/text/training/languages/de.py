"""German carrier text: letters, pathology, operation reports, imaging, ward notes, messages."""

from __future__ import annotations

from cloister.deid.text.training.carriers import LanguagePack
from cloister.deid.text.training.languages.de_negatives import NOTES, QUESTIONS
from cloister.deid.text.training.languages.de_templates import LETTERS, LINES, NARRATIVE, SIGNATURES
from cloister.deid.text.training.languages.de_terms import TERMS

PACK = LanguagePack(
    language="de",
    templates=LETTERS + SIGNATURES + NARRATIVE + LINES,
    negatives=NOTES + QUESTIONS,
    terms=TERMS,
)
