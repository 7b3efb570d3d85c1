"""The six measures: against brute force over every character, and against MEDDOCAN's own definition."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.evaluation.annotated_note import Span
from cloister.deid.evaluation.measures import MEASURES, Comparison, Counts, Measure

TEXT = "Ms. Ana Ruiz, MRN 4471-229,\nseen on 3/2 at  Lakeview."
texts = st.text(alphabet="ab1 \n-", min_size=1, max_size=30)


def _spans(text: str) -> st.SearchStrategy[list[Span]]:
    ends = st.tuples(st.integers(0, len(text) - 1), st.integers(1, len(text)), st.sampled_from(["NAME", "DATE"]))
    return st.lists(ends, max_size=5).map(lambda drawn: [Span(s, e, label) for s, e, label in drawn if s < e])


cases = texts.flatmap(lambda text: st.tuples(st.just(text), _spans(text), _spans(text), _spans(text)))


def spans(*quoted: tuple[str, str]) -> list[Span]:
    return [Span(TEXT.index(value), TEXT.index(value) + len(value), label) for value, label in quoted]


GOLD = spans(("Ana Ruiz", "NAME"), ("4471-229", "MRN"), ("3/2", "DATE"))


@pytest.mark.parametrize(
    ("measure", "counts"),
    [
        ("strict", Counts(3, 1, 4, 1)),  # the date alone has borders and label right
        ("boundaries", Counts(3, 2, 4, 2)),  # the number has another label
        ("covered", Counts(3, 2, 4, 3)),  # "Ruiz" leaves "Ana"; "Lakeview" lies outside
        ("relaxed", Counts(3, 3, 4, 3)),
        ("tokens", Counts(6, 5, 6, 5)),  # Ana, Ruiz, 4471, 229, 3, 2; found: not Ana, but Lakeview
        ("characters", Counts(18, 15, 23, 15)),
    ],
)
def test_each_measure_on_an_example_counted_by_hand(measure: Measure, counts: Counts) -> None:
    found = spans(("Ruiz", "NAME"), ("4471-229", "ID"), ("3/2", "DATE"), ("Lakeview", "ADDRESS"))
    assert Comparison(TEXT, GOLD, found).counts(measure) == counts


@given(cases)
def test_characters_tokens_and_coverage_equal_brute_force(
    case: tuple[str, list[Span], list[Span], list[Span]],
) -> None:
    text, gold, found, _ = case
    comparison = Comparison(text, gold, found)
    marked = [any(s.start <= i < s.end for s in gold) for i in range(len(text))]
    flagged = [any(s.start <= i < s.end for s in found) for i in range(len(text))]
    seen = [i for i, character in enumerate(text) if not character.isspace()]
    both = sum(marked[i] and flagged[i] for i in seen)
    assert comparison.counts("characters") == Counts(
        sum(marked[i] for i in seen), both, sum(flagged[i] for i in seen), both
    )
    tokens = [range(*match.span()) for match in re.finditer("[ab1]+", text)]
    phi, hit = [any(marked[i] for i in t) for t in tokens], [any(flagged[i] for i in t) for t in tokens]
    agreed = sum(p and h for p, h in zip(phi, hit, strict=True))
    assert comparison.counts("tokens") == Counts(sum(phi), agreed, sum(hit), agreed)
    assert comparison.false_tokens == (sum(h and not p for p, h in zip(phi, hit, strict=True)), phi.count(False))
    whole = {s for s in gold if all(flagged[i] for i in seen if s.start <= i < s.end)}
    inside = {s for s in found if all(marked[i] for i in seen if s.start <= i < s.end)}
    assert comparison.counts("covered") == Counts(len(set(gold)), len(whole), len(set(found)), len(inside))
    assert comparison.leaks == (whole != set(gold))
    touched = [s for s in set(gold) if any(flagged[s.start : s.end])]
    touching = [s for s in set(found) if any(marked[s.start : s.end])]
    assert comparison.counts("relaxed") == Counts(len(set(gold)), len(touched), len(set(found)), len(touching))


@given(cases)
def test_strict_is_meddocans_micro_average_over_sets_of_label_start_end(
    case: tuple[str, list[Span], list[Span], list[Span]],
) -> None:
    text, gold, system, _ = case
    reference = {(s.label, s.start, s.end) for s in gold}, {(s.label, s.start, s.end) for s in system}
    true_positives = len(reference[0] & reference[1])
    counts = Comparison(text, gold, system).counts("strict")
    assert counts == Counts(len(reference[0]), true_positives, len(reference[1]), true_positives)


@given(cases)
def test_finding_exactly_the_gold_is_perfect_and_finding_nothing_is_nothing(
    case: tuple[str, list[Span], list[Span], list[Span]],
) -> None:
    text, gold, _, _ = case
    for measure in MEASURES:
        perfect = Comparison(text, gold, gold).counts(measure)
        assert perfect.gold == perfect.found
        if measure != "relaxed":
            assert (perfect.gold_hit, perfect.found_hit) == (perfect.gold, perfect.found)
        assert Comparison(text, gold, []).counts(measure).found == 0
    assert not Comparison(text, gold, gold).leaks


@given(cases)
def test_what_is_neutral_changes_no_recall_and_what_lies_in_it_no_precision(
    case: tuple[str, list[Span], list[Span], list[Span]],
) -> None:
    text, gold, found, neutral = case
    for measure in ("covered", "relaxed", "tokens", "characters"):
        with_neutral = Comparison(text, gold, found, neutral).counts(measure)
        without = Comparison(text, gold, found).counts(measure)
        assert with_neutral.gold == without.gold
        assert with_neutral.found - with_neutral.found_hit <= without.found - without.found_hit
    only_neutral = Comparison(text, [], neutral, neutral)
    assert all(only_neutral.counts(measure) == Counts(0, 0, 0, 0) for measure in MEASURES)


def test_white_space_needs_no_cover() -> None:
    text = "Ana\nRuiz"
    pieces = [Span(0, 3, "NAME"), Span(4, 8, "NAME")]
    assert Comparison(text, [Span(0, 8, "NAME")], pieces).counts("covered") == Counts(1, 1, 2, 2)
