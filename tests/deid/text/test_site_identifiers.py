"""The matcher for all patients of a site: exact and rare identifiers, fast whatever the number of patients."""

from __future__ import annotations

import random
import time
from itertools import product

import pytest

from cloister.deid.patient_record import PatientRecord
from cloister.deid.text.site_identifiers import SiteIdentifiers

SITE = SiteIdentifiers.of(
    PatientRecord.model_validate(values)
    for values in (
        {"patient_id": "7714203", "names": ["Agnieszka Wojcik"], "phones": ["(216) 555-0188"]},
        {"patient_id": "A-99-1234", "names": ["Nguyễn, Thị Mai"], "emails": ["mai.nguyen@example.org"]},
        {"patient_id": "12", "names": ["Grace Long"], "ids": {"plan": "HPX-1234599", "room": "14"}},
    )
)


@pytest.mark.parametrize(
    "text",
    [
        "bed next to AGNIESZKA WOJCIK today", "Wojcik, Agnieszka", "wójcik agnieszka", "MRN: 7714203",
        "call 216.555.0188", "+1 (216) 555-0188", "a991234", "A 99 1234", "Nguyen Thi Mai", "mai.nguyen@example.org",
        "plan HPX1234599",
    ],
)  # fmt: skip
def test_another_patient_s_identifier_is_found(text: str) -> None:
    assert list(SITE.find(text))


@pytest.mark.parametrize(
    "text", ["Agnieszka agreed", "Wojcik procedure", "in room 14 at 12", "by grace long ago", "99 1234", "216 555", ""]
)
def test_what_is_not_rare_is_left_alone(text: str) -> None:
    assert not list(SITE.find(text))


@pytest.mark.parametrize(
    "values",
    [
        {"emails": ["-"]},
        {"emails": [""]},
        {"emails": ["@"]},
        {"phones": ["①②③④⑤⑥⑦⑧⑨"]},
        {"names": ["\uff9e\uff9f \u0e38"]},
    ],
)
def test_a_value_without_words_or_numbers_is_not_looked_for(values: dict[str, list[str]]) -> None:
    site = SiteIdentifiers.of([PatientRecord.model_validate({"patient_id": "7714203", **values})])
    assert not list(site.find("- @ seen today"))
    assert list(site.find("MRN 7714203"))


def test_ten_thousand_patients_cost_a_note_no_more_than_ten() -> None:
    rng = random.Random(1)
    syllables = ["ka", "lo", "mi", "ren", "tas", "vu", "gor", "hel", "bin", "dos", "fer", "jan"]
    words = ["".join(three).capitalize() for three in product(syllables, repeat=3)]
    records = [
        PatientRecord.model_validate(
            {
                "patient_id": str(10**7 + 17 * number),
                "names": [f"{rng.choice(words)} {rng.choice(words)}"],
                "phones": [f"216{rng.randrange(10**7):07d}"],
            }
        )
        for number in range(10_000)
    ]
    small, large = SiteIdentifiers.of(records[:10]), SiteIdentifiers.of(records)
    assert len(large.hashes) * large.hashes.itemsize + len(large.beginnings) < 3_000_000
    note = " ".join(rng.choice(words).lower() for _ in range(400))
    times = []
    for site in (small, large):
        started = time.process_time()
        for _ in range(5):
            list(site.find(note))
        times.append(time.process_time() - started)
    # Linear search would take a thousand times as long; the bitmap of beginnings fills, so some factor stays.
    assert times[1] < 20 * times[0] + 0.05
    for record in records[::500]:
        assert list(large.find(f"seen {record.names[0].full.upper()} today"))
