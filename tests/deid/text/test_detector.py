"""All detectors over one text: whatever the text is, findings are disjoint and their offsets those of the original."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloister.deid.patient_record import PatientRecord
from cloister.deid.text.detector import detect
from cloister.deid.text.known_identifiers import KnownIdentifiers

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
