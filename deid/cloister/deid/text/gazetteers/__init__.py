"""Lists of the world's names and places, written from general knowledge, and what looks words up in them.

Words are compared in their normal form: without case, accents and strokes. Lists are read when first asked for.
"""

from __future__ import annotations

from cloister.deid.text.gazetteers.names import is_family_name, is_given_name
from cloister.deid.text.gazetteers.places import is_country, is_place, is_place_word, is_us_state

__all__ = ["is_country", "is_family_name", "is_given_name", "is_place", "is_place_word", "is_us_state"]
