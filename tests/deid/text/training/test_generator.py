"""Generated documents are labelled exactly, reproducible, and held-out ones share no name with the others."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("faker")

from cloister.deid.text.finding import LABELS
from cloister.deid.text.training import coined, noise
from cloister.deid.text.training.carriers import LanguagePack, lined
from cloister.deid.text.training.generator import fill, generate, loose
from cloister.deid.text.training.languages import PACKS
from cloister.deid.text.training.pool import People, is_held_out, pool
from cloister.deid.text.training.values import Values

DOCUMENTS = list(generate(400, 5, pool(False)))


def test_spans_lie_in_the_text_in_order_and_apart() -> None:
    for document in DOCUMENTS:
        assert all(0 <= span.start < span.end <= len(document.text) for span in document.spans)
        assert all(one.end <= other.start for one, other in pairwise(document.spans))


def test_every_kind_of_identifier_occurs() -> None:
    seen = {span.label for document in generate(3000, 6, pool(False)) for span in document.spans}
    assert seen == set(LABELS)


def test_a_seed_gives_the_same_documents_and_another_seed_others() -> None:
    assert list(generate(40, 5, pool(False))) == DOCUMENTS[:40]
    assert list(generate(40, 6, pool(False))) != DOCUMENTS[:40]


def test_names_of_training_and_validation_are_disjoint() -> None:
    seen, unseen = pool(False), pool(True)
    for culture in set(seen.cultures) & set(unseen.cultures):
        for given_name in seen.cultures[culture].given:
            assert not is_held_out(given_name)
        assert all(is_held_out(family) for family in unseen.cultures[culture].family)
    assert not set(seen.cities) & set(unseen.cities)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.language)
def test_every_template_fills_and_negatives_hold_no_identifier(pack: LanguagePack) -> None:
    values = Values(pack, pool(False), random.Random(1))
    for template in pack.templates:
        pieces = fill(template, values)
        assert not re.search(r"\{[A-Za-z_.]+\}", "".join(text for text, _ in pieces)), template
    for negative in pack.negatives:
        assert not [label for _, label in fill(negative, values) if label], negative


def test_the_title_of_a_doctor_is_not_part_of_the_name() -> None:
    values = Values(PACKS[0], pool(False), random.Random(2))
    for _ in range(300):
        labelled = [text for text, label in fill("{DOCTOR}", values) if label]
        assert len(labelled) == 1
        assert not re.match(r"(Dr|Doctor|Prof|Nurse)\b", labelled[0])
        assert not labelled[0].endswith((" MD", ", RN"))


@settings(max_examples=100)
@given(st.sampled_from(pool(False).latin), st.integers(0, 2**32 - 1))
def test_a_coined_name_is_a_name_of_two_or_more_letters_in_one_piece(people: People, seed: int) -> None:
    draw = random.Random(seed)
    one, other = draw.choice(people.given), draw.choice(people.given)
    name = coined.name(draw, one, other)
    assert name[0] == one[0]
    assert len(name) >= min(len(one), 4)
    assert " " not in name or name == one


def test_a_loose_sentence_of_a_negative_document_names_nobody() -> None:
    draw = random.Random(3)
    values = Values(PACKS[0], pool(False), draw)
    assert not [label for _ in range(200) for _, label in loose("en", values, draw, 0.0) if label]


@settings(max_examples=60)
@given(st.text(max_size=120), st.integers(0, 2**32 - 1))
def test_noise_keeps_every_character_with_its_identifier(text: str, seed: int) -> None:
    labelled = [(character, index) for index, character in enumerate(text)]
    change: Callable[..., list[tuple[str, int]]]
    for change in (noise.lower, noise.upper, noise.unaccented, noise.wrapped):
        assert [index for _, index in change(labelled, random.Random(seed))] == list(range(len(text)))
    for change in (noise.typed, noise.scanned, noise.squeezed):
        kept = [index for _, index in change(labelled, random.Random(seed))]
        assert kept == sorted(kept)
        assert set(kept) <= set(range(len(text)))


def test_an_indented_line_continues_the_entry_above() -> None:
    assert lined("\n    one\n      more\\nline\n    two\n") == ("one more\nline", "two")
