"""What the alignment calls removed is not in the cleaned note, and what it calls left is."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.deid.review.alignment import align

WORDS = ["seen", "stable", "the", "on", ",", ".", " ", "\n", "12", "mg", "é", "漢字", "🙂"]
VALUES = ["Maria Kowalski", "0151-2334455", "03/04/2021", "Ng"]
SURROGATES = ["Helen Brandt", "0199 5550001", "02/11/2020", "[NAME]", "90+"]


@st.composite
def cleaned_notes(draw: st.DrawFn) -> tuple[str, str, list[tuple[int, int, str]]]:
    """An original, its cleaned form, and what was replaced by what."""
    original, cleaned, replaced = "", "", []
    for _ in range(draw(st.integers(0, 12))):
        plain = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6))) + " "
        original, cleaned = original + plain, cleaned + plain
        if draw(st.booleans()):
            value, surrogate = draw(st.sampled_from(VALUES)), draw(st.sampled_from(SURROGATES))
            replaced.append((len(original), len(original) + len(value), surrogate))
            original, cleaned = original + value + " ", cleaned + surrogate + " "
    return original, cleaned, replaced


@settings(max_examples=50)
@given(cleaned_notes())
def test_outside_the_changes_both_texts_are_the_same(notes: tuple[str, str, list[tuple[int, int, str]]]) -> None:
    original, cleaned, _ = notes
    position = cleaned_position = 0
    for change in align(original, cleaned).changes:
        assert original[position : change.start] == cleaned[cleaned_position : change.cleaned_start]
        position, cleaned_position = change.end, change.cleaned_end
    assert original[position:] == cleaned[cleaned_position:]


@settings(max_examples=50)
@given(cleaned_notes())
def test_what_was_replaced_is_never_called_left_as_a_whole(notes: tuple[str, str, list[tuple[int, int, str]]]) -> None:
    original, cleaned, replaced = notes
    alignment = align(original, cleaned)
    for start, end, _ in replaced:
        assert alignment.removed(start, end) or original[start:end] in cleaned


@settings(max_examples=50)
@given(cleaned_notes(), st.data())
def test_a_word_that_is_called_left_stands_in_the_cleaned_note(
    notes: tuple[str, str, list[tuple[int, int, str]]], data: st.DataObject
) -> None:
    original, cleaned, _ = notes
    alignment = align(original, cleaned)
    start = data.draw(st.integers(0, len(original)))
    end = data.draw(st.integers(start, len(original)))
    stretch = original[start:end]
    if any(map(str.isalnum, stretch)) and alignment.left(start, end) and not alignment.removed(start, end):
        assert all(word in cleaned for word in stretch.split())
    if cleaned == original:
        assert alignment.left(start, end) == any(map(str.isalnum, stretch))


def test_the_replacement_is_shown_whole() -> None:
    original, cleaned = "Mr. de la Cruz, m92, at 14 Willow Street.", "Mr. van Dam, m90+, at 9 Elm Street."
    alignment = align(original, cleaned)

    def became(value: str) -> str:
        start = original.index(value)
        left, right = alignment.replacement(start, start + len(value))
        return cleaned[left:right]

    assert became("de la Cruz") == "van Dam"
    assert became("92") == "90+"
    assert became("14 Willow Street") == "9 Elm Street"
    assert not alignment.removed(original.index("m92"), original.index("m92") + 1)
    assert [original[start:end] for start, end in alignment.stretches()] == ["de la Cruz", "92", "14 Willow"]


def test_a_long_note_is_aligned_line_by_line() -> None:
    lines = [f"line {number} of the note, nothing new" for number in range(6000)]
    original = "\n".join([*lines, "Signed: Maria Kowalski", *lines])
    alignment = align(original, original.replace("Maria Kowalski", "Helen Brandt"))
    assert [original[start:end] for start, end in alignment.stretches()] == ["Maria Kowalski"]
