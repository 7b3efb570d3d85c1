"""The carrier text of every language. A new language is a new file and one entry here."""

from __future__ import annotations

from cloister.deid.text.training.carriers import LanguagePack
from cloister.deid.text.training.languages import de, en, es, fr

PACKS: tuple[LanguagePack, ...] = (en.PACK, es.PACK, de.PACK, fr.PACK)
