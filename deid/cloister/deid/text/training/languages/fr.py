"""French carrier text: hospital reports, letters, prescriptions, imaging, messages."""

from __future__ import annotations

from cloister.deid.text.training.carriers import LanguagePack
from cloister.deid.text.training.languages.fr_negatives import NOTES, QUESTIONS, SHORT
from cloister.deid.text.training.languages.fr_templates import LETTERS, LINES, NARRATIVE, SIGNATURES
from cloister.deid.text.training.languages.fr_terms import TERMS

PACK = LanguagePack(
    language="fr",
    templates=LETTERS + SIGNATURES + NARRATIVE + LINES,
    negatives=NOTES + QUESTIONS + SHORT,
    terms=TERMS,
)
