"""The second look: what one note says for sure is found in the patient's other notes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.deid.text.detector import detect
from cloister.deid.text.finding import Finding
from cloister.deid.text.repeats import MOST_ENTRIES, SureIdentifiers

FIRST = "Seen by Giovanni Di Stefano, MD. MRN: 4471-229. Call 555-010-2233. Lives at 14 Willow Street."


@pytest.fixture(autouse=True)
def _without_taggers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the taggers find in addition is measured elsewhere."""
    monkeypatch.setattr("cloister.deid.text.taggers.find_tagged", lambda *_: [])


def values(text: str, sure: SureIdentifiers) -> list[tuple[str, str]]:
    return [(text[f.start : f.end], f.label) for f in sure.find(text)]


def of(text: str) -> SureIdentifiers:
    return SureIdentifiers().with_findings(text, detect(text))


def test_names_ids_phones_and_places_are_found_again_in_another_note() -> None:
    later = "stefano called; file 4471 229, (555) 010-2233; still at 14 WILLOW street"
    found = values(later, of(FIRST))
    assert ("stefano", "NAME") in found
    assert ("4471 229", "MRN") in found
    assert ("555) 010-2233", "PHONE") in found
    assert ("14 WILLOW street", "ADDRESS") in found


def test_detect_uses_what_other_notes_told() -> None:
    later = "ask about 4471229x or 4471-229 tomorrow"
    assert any(later[f.start : f.end] == "4471-229" and f.label == "MRN" for f in detect(later, sure=of(FIRST)))


def test_words_of_everyday_and_of_medicine_are_not_spread() -> None:
    text = "Dr. Will Long and Ms. Hope Parkinson"
    findings = [Finding(4, 13, "NAME", 0.95, "name"), Finding(22, 36, "NAME", 0.95, "name")]
    sure = SureIdentifiers().with_findings(text, findings)
    assert values("she will hope for a long walk", sure) == []


def test_unsure_findings_and_short_codes_are_not_spread() -> None:
    text = "Okonkwo 123 a 12"
    findings = [Finding(0, 7, "NAME", 0.6, "name"), Finding(8, 11, "ID", 0.9, "unique-code")]
    assert len(SureIdentifiers().with_findings(text, findings)) == 0


def test_a_dictionary_does_not_grow_without_end() -> None:
    text = " ".join(f"{n:07d}" for n in range(3000))
    findings = [Finding(n * 8, n * 8 + 7, "MRN", 0.9, "record-number") for n in range(3000)]
    assert len(SureIdentifiers().with_findings(text, findings)) == MOST_ENTRIES


CODES = st.lists(st.text("abXY0123456789é", min_size=1, max_size=6), min_size=1, max_size=4)


@given(
    CODES, st.lists(st.sampled_from(["", "-", " ", "/", ". ", "_", "\n"]), min_size=3, max_size=3), st.text(max_size=9)
)
def test_a_code_is_found_with_any_separators_or_is_not_kept(pieces: list[str], signs: list[str], tail: str) -> None:
    code = "-".join(pieces)
    sure = SureIdentifiers().with_findings(code, [Finding(0, len(code), "MRN", 0.9, "record-number")])
    other = pieces[0] + "".join(sign + piece for sign, piece in zip(signs, pieces[1:], strict=False))
    found = list(sure.find(f"{tail} {other}"))
    assert bool(found) == bool(len(sure))
    assert all(f.end <= len(tail) + 1 + len(other) for f in found)


@given(st.lists(st.sampled_from(["Okonkwo", "Nguyen", "Smith", "García"]), min_size=2, max_size=5))
def test_adding_never_forgets(names: list[str]) -> None:
    sure, sizes = SureIdentifiers(), [0]
    for name in names:
        sure = sure.with_findings(name, [Finding(0, len(name), "NAME", 0.9, "name")])
        sizes.append(len(sure))
        assert any(True for _ in sure.find(name))
    assert all(left <= right for left, right in pairwise(sizes))
    assert sizes[-1] == len(set(names))
