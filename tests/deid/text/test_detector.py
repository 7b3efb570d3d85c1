"""All detectors over one text: whatever the text is, findings are disjoint and their offsets those of the original."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from itertools import pairwise
from operator import attrgetter
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.deid.patient_record import PatientRecord
from cloister.deid.text import detector as module
from cloister.deid.text.detector import detect
from cloister.deid.text.finding import LABELS, Finding
from cloister.deid.text.known_identifiers import KnownIdentifiers
from cloister.deid.text.merge import merge
from cloister.deid.text.reach import Reach

pieces = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            ["Dr. Zoë Müller", "e\u0301", "😀👩🏽‍⚕️", "\u202eikslawok\u202c", "דניאל כהן", "محمد", "ﬁ", "İ", "ß",
             "\r\n", "\t", "3/7/2021", "MRN: 4471229", "[NAME]", "&shy;", "<b>", "\x00", "Ａｎａ", "٠٤٨٢٩"]
        ),
    ),
    max_size=12,
)  # fmt: skip
NAME = "Zoë Müller-Öztürk"
KNOWN = KnownIdentifiers(PatientRecord.model_validate({"patient_id": "00482913", "names": [NAME]}))


@settings(max_examples=40)
@given(pieces, st.sampled_from(["en", "es", "de", "fr", "it", "pt", "nl"]))
def test_any_text_gives_disjoint_findings_in_order_within_it(words: list[str], language: str) -> None:
    text = " ".join(words)
    found = detect(text, language=language)
    assert all(0 <= f.start < f.end <= len(text) and 0 <= f.score <= 1 for f in found)
    assert all(left.end <= right.start for left, right in pairwise(found))


@settings(max_examples=15)
@given(st.text(max_size=30), st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]), st.booleans())
def test_offsets_refer_to_the_text_as_it_is_however_the_name_is_composed(before: str, form: str, loud: bool) -> None:
    written = unicodedata.normalize(form, NAME.upper() if loud else NAME)  # type: ignore[arg-type]
    text = f"{before} | {written} | well"
    start = len(before) + 3
    covered = {i for f in detect(text, KNOWN) if "known" in f.source for i in range(f.start, f.end)}
    told = {start + i for i, character in enumerate(written) if character.isalnum()}
    assert told <= covered


@pytest.mark.parametrize("size", [0, 1, 19_999, 20_001])
def test_a_name_is_found_wherever_it_stands_in_a_long_text(size: int) -> None:
    text = "x " * (size // 2) + "\n\nSeen by Dr. Helen Whitcombe.\n"
    assert "Helen Whitcombe" in {text[f.start : f.end].removeprefix("Dr. ") for f in detect(text)}


findings = st.builds(
    lambda start, length, label, score, source: Finding(start, start + length, label, score, source),
    st.integers(0, 40),
    st.integers(1, 12),
    st.sampled_from(LABELS),
    st.sampled_from([0.3, 0.6, 0.9]),
    st.sampled_from(["crf", "known", "date"]),
)


def seconded(finding: Finding, voices: list[Finding]) -> bool:
    return finding.label not in module._DOUBTFUL or any(
        other.source != finding.source and other.start < finding.end and finding.start < other.end for other in voices
    )


def covered(finding: Finding, found: list[Finding]) -> bool:
    return any(
        other.start <= finding.start and finding.end <= other.end and other.label == finding.label for other in found
    )


@given(findings, st.lists(findings, max_size=12))
def test_a_finding_is_seconded_by_whatever_other_source_says_something_in_its_place(
    finding: Finding, voices: list[Finding]
) -> None:
    assert module._seconded(finding, Reach.by(attrgetter("source"), voices)) == seconded(finding, voices)


@given(st.lists(findings, max_size=8), st.lists(findings, max_size=8))
def test_repetitions_that_say_nothing_new_change_nothing(found: list[Finding], again: list[Finding]) -> None:
    repeated = [replace(finding, score=0.6, source="repeat") for finding in again]
    told = Reach.by(attrgetter("label"), found)
    assert [module._covered(f, told) for f in repeated] == [covered(f, found) for f in repeated]
    one_by_one = list(found)
    one_by_one.extend(f for f in repeated if not covered(f, one_by_one))
    assert merge([*found, *(f for f in repeated if not module._covered(f, told))]) == merge(one_by_one)


@given(st.lists(st.sampled_from(["[NAME]", "[DATE]", "Ana ", "7", "[", " "]), max_size=12), st.lists(findings))
def test_no_finding_holds_a_tag(words: list[str], found: list[Finding]) -> None:
    text = "".join(words)
    within = merge(replace(finding, end=min(finding.end, len(text))) for finding in found)
    tags = {i for match in module._TAG.finditer(text) for i in range(*match.span())}
    kept = [i for finding in module._outside_tags(text, within) for i in range(finding.start, finding.end)]
    alnum = {i for finding in within for i in range(finding.start, finding.end) if text[i].isalnum()}
    assert len(kept) == len(set(kept))
    assert {i for i in kept if text[i].isalnum()} == alnum - tags


class Counted:
    """A finding that counts how often it is asked where it is, and stops at the limit."""

    reads: ClassVar[int] = 0
    label, score, source = "NAME", 0.5, "crf"

    def __init__(self, start: int, end: int) -> None:
        self._span = (start, end)

    def __getattr__(self, name: str) -> int:
        Counted.reads += 1
        assert Counted.reads < 1_000_000
        return self._span[("start", "end").index(name)]


def test_many_findings_are_not_each_held_against_each() -> None:
    many: list[Any] = [Counted(place, place + 1) for place in range(0, 40_000, 2)]
    voices = Reach.by(lambda _: "neural", many)
    assert not any(module._seconded(Finding(at, at + 1, "NAME", 0.5, "crf"), voices) for at in range(1, 40_000, 2))
    told = Reach.by(attrgetter("label"), many)
    assert not any(module._covered(Finding(at, at + 1, "NAME", 0.5, "crf"), told) for at in range(1, 40_000, 2))
    tagged = "[NAME] Ana " * 20_000
    found = [Finding(at, at + 4, "NAME", 0.5, "crf") for at in range(6, len(tagged), 11)]
    assert len(list(module._outside_tags(tagged, found))) == 20_000
