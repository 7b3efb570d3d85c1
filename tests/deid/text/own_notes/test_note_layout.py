"""What a form tells of its words: fields, sections, places from top and bottom."""

from __future__ import annotations

from cloister.deid.text.own_notes.note_layout import note_layout, shape
from cloister.deid.text.taggers.tokens import tokenize

NOTE = "Médico: Ana Ruiz\nAntecedentes familiares: madre sana\nhermana sana\nRemitido por: Dra. Ruiz, 28-3-01."


def _at(word: str, nth: int = 0) -> int:
    return [place for place, found in enumerate(tokenize(NOTE).words) if found == word][nth]


def test_a_word_that_a_field_of_the_header_holds_is_known_by_it_elsewhere() -> None:
    layout = note_layout(tokenize(NOTE))
    assert layout.fields[_at("Ruiz", 1)] == ("médico",)
    assert "médico" not in layout.fields[_at("Ruiz", 0)]
    assert layout.fields[_at("hermana")] == ()


def test_a_section_goes_on_until_the_next_heading() -> None:
    layout = note_layout(tokenize(NOTE))
    assert layout.section[_at("madre")] == layout.section[_at("hermana")] == "antecedentes_familiares"
    assert layout.section[_at("Dra")] == "remitido_por"
    assert (layout.above[_at("Médico")], layout.above[_at("madre")], layout.above[_at("Dra")]) == ("^", "medico", "")


def test_lines_are_counted_from_both_ends() -> None:
    layout = note_layout(tokenize(NOTE))
    assert [layout.top[_at(word)] for word in ("Médico", "madre", "Dra")] == [0, 1, 3]
    assert [layout.bottom[_at(word)] for word in ("Médico", "madre", "Dra")] == [3, 2, 0]


def test_a_chunk_is_what_white_space_bounds() -> None:
    layout = note_layout(tokenize(NOTE))
    assert layout.chunks[layout.chunk[_at("28")]] == "28-3-01."
    assert shape("28-3-01.") == "dd-d-dd."
    assert shape("NHC123/Ab") == "Addd/Aa"


def test_an_empty_note_has_an_empty_layout() -> None:
    assert note_layout(tokenize("")).chunk == ()
