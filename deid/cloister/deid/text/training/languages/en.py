"""English carrier text: American hospitals above all, with British and other layouts among the values."""

from __future__ import annotations

from cloister.deid.text.training.carriers import LanguagePack
from cloister.deid.text.training.languages.en_negatives import COUNTS, NOTES, QUESTIONS
from cloister.deid.text.training.languages.en_templates import HEADERS, MESSAGES, NARRATIVE, QUERIES, SIGNATURES
from cloister.deid.text.training.languages.en_terms import TERMS

PACK = LanguagePack(
    language="en",
    templates=QUERIES + HEADERS + SIGNATURES + NARRATIVE + MESSAGES,
    negatives=QUESTIONS + NOTES + COUNTS,
    terms=TERMS,
)
