"""Whole evaluations: labels, groups, leaks, negatives, profiles' scopes, perturbations."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.evaluation.annotated_note import AnnotatedNote, Span
from cloister.deid.evaluation.corpus_labels import COUNTRY, label_of_corpus
from cloister.deid.evaluation.evaluation import evaluate
from cloister.deid.evaluation.perturbations import Perturbation, lower_cased, misread, mistyped, upper_cased
from cloister.deid.evaluation.scope import EVERYTHING, scope_of
from cloister.deid.text.finding import LABELS
from cloister.deid.text.profiles import LIMITED_DATASET, MAXIMAL, SAFE_HARBOR

NAME, DATE = Span(0, 3, "NAME"), Span(7, 10, "DATE")
ANA = AnnotatedNote("1", "Ana on 3/2", (NAME, DATE), "hispanic")
BO = AnnotatedNote("2", "Bo is in", (Span(0, 2, "NAME"),), "nordic")
WELL = AnnotatedNote("3", "Feels well today", ())


def test_leaks_negatives_and_groups_on_three_notes_counted_by_hand() -> None:
    result = evaluate([(ANA, [NAME]), (BO, [Span(0, 2, "NAME")]), (WELL, [Span(6, 10, "NAME")])])
    assert (result.notes, result.spans) == (3, 3)
    assert (result.notes_with_leak.hits, result.notes_with_leak.trials) == (1, 2)
    assert (result.negatives_flagged.hits, result.negatives_flagged.trials) == (1, 1)
    assert result.measures["strict"].recall.value == pytest.approx(2 / 3)
    assert result.measures["strict"].precision.value == pytest.approx(2 / 3)
    assert result.labels["DATE"].covered.value == 0
    assert result.labels["NAME"].covered.value == 1
    assert result.groups["hispanic"].covered.value == pytest.approx(1 / 2)
    assert result.groups["nordic"].covered.value == 1
    # "on", "is", "in", "Feels", "well", "today" hold no PHI; one of them is flagged.
    assert result.false_flags_per_1000_tokens.value == pytest.approx(1000 / 6)


def test_the_result_is_json_and_holds_no_text() -> None:
    printed = json.dumps(evaluate([(ANA, [NAME]), (WELL, [])]).to_json())
    assert "Ana" not in printed
    assert "well" not in printed


def test_labels_that_are_none_of_ours_are_counted_and_told() -> None:
    note = AnnotatedNote("1", "Ana on 3/2", (Span(0, 3, "HUMAN"),))
    result = evaluate([(note, [NAME])], known_labels=LABELS)
    assert result.unknown_labels == {"HUMAN": 1}
    assert result.measures["strict"].recall.value == 0
    assert result.measures["characters"].recall.value == 1


def test_an_empty_corpus_has_no_figures_rather_than_perfect_ones() -> None:
    result = evaluate([])
    assert result.measures["characters"].recall.value is None
    assert result.negatives_flagged.value is None


def test_a_profile_lets_stay_what_its_rule_lets_stay() -> None:
    text = "aged 53, 94, 12 Elm Street, Bath, seen 3/2, Spain"
    quoted = (("53", "AGE"), ("94", "AGE"), ("12 Elm Street", "ADDRESS"), ("Bath", "ADDRESS"), ("3/2", "DATE"))
    marked = [Span(text.index(value), text.index(value) + len(value), label) for value, label in quoted]
    note = AnnotatedNote("1", text, (*marked, Span(44, 49, COUNTRY)))

    def to_find(scope: object) -> set[str]:
        return {text[s.start : s.end] for s in scope.split(note)[0]}  # type: ignore[attr-defined]

    assert to_find(EVERYTHING) == to_find(scope_of(MAXIMAL)) == {v for v, _ in quoted} | {"Spain"}
    assert to_find(scope_of(SAFE_HARBOR)) == {"94", "12 Elm Street", "Bath", "3/2"}
    assert to_find(scope_of(LIMITED_DATASET)) == {"12 Elm Street"}


def test_corpus_labels_lead_to_ours_and_ours_to_themselves() -> None:
    assert label_of_corpus("NOMBRE_SUJETO_ASISTENCIA") == label_of_corpus("PERSON") == "NAME"
    assert label_of_corpus("UNHEARD_OF") == "UNHEARD_OF"
    assert all(label_of_corpus(label) == label for label in LABELS)


PERTURBATIONS: list[Perturbation] = [
    lower_cased,
    upper_cased,
    lambda note: mistyped(note, 0.5),
    lambda note: misread(note, 0.5),
]


@pytest.mark.parametrize("perturb", PERTURBATIONS)
@given(before=st.text(max_size=20), value=st.text(min_size=1, max_size=20), after=st.text(max_size=20))
def test_spans_move_with_their_text(perturb: Perturbation, before: str, value: str, after: str) -> None:
    """Brackets, which no perturbation touches, stand around the span before and after."""
    if set("[]") & set(before + value + after):
        return
    note = AnnotatedNote("n", f"{before}[{value}]{after}", (Span(len(before), len(before) + len(value) + 2, "NAME"),))
    changed = perturb(note)
    (span,) = changed.spans
    inside = changed.text[span.start : span.end]
    assert inside.startswith("[")
    assert inside.endswith("]")
    assert not set("[]") & set(changed.text[: span.start] + changed.text[span.end :])


def test_errors_are_repeatable_and_about_as_many_as_asked_for() -> None:
    """20,000 letters at 2 %: 400 errors, of which a few hide (a double letter swapped); 300 to 500 is 5 sigma."""
    note = AnnotatedNote("n", "abcdefghij" * 2000, ())
    assert mistyped(note) == mistyped(note)
    assert mistyped(note) != mistyped(note, seed=1)
    same_length = mistyped(AnnotatedNote("n", "abcdefghij " * 2000, ())).text.split(" ")
    assert 300 < sum(word != "abcdefghij" for word in same_length[:-1]) < 500
