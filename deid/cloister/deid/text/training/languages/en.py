"""English carrier text: American hospitals above all, with British and other layouts among the values."""

from __future__ import annotations

from cloister.deid.text.training.carriers import LanguagePack
from cloister.deid.text.training.languages.en_negatives import COUNTS, KNOWLEDGE, NOTES, QUESTIONS
from cloister.deid.text.training.languages.en_templates import BARE, HEADERS, MESSAGES, NARRATIVE, QUERIES, SIGNATURES
from cloister.deid.text.training.languages.en_terms import TERMS

PACK = LanguagePack(
    language="en",
    templates=QUERIES + HEADERS + SIGNATURES + NARRATIVE + MESSAGES + BARE,
    negatives=QUESTIONS + NOTES + COUNTS + KNOWLEDGE,
    terms=TERMS,
)
