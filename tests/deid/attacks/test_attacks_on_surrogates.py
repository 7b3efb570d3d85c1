"""Attacks on a cleaned dataset: parrot, rarity, verbatim search, frequency linkage, linkage by sequences of dates.

The figures are printed (`pytest -m heavy -n0 -s tests/deid/attacks`) and quoted in docs/review.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from cloister.deid.residual_risk.bounds import rate
from cloister.deid.review.reviewed_dataset import ReviewedDataset
from cloister.deid.review.surrogate_attacks import attack_surrogates
from cloister.study.keys import SiteKey
from cloister.study.residual_risk import Rate

pytestmark = pytest.mark.heavy
KEY = SiteKey(bytes(range(32)))
DAY = date(2026, 11, 21)
_WORD = re.compile(r"[^\W\d_]{3,}")


def told(found: Rate) -> str:
    low, high = found.interval
    return f"{found.events} of {found.trials} ({100 * low:.1f} to {100 * high:.1f} %)"


def test_parrot_and_rarity_attack_name_few_leaks_among_many_surrogates(attacked: Any) -> None:
    """The goal is a parrot that finds at most 30 % of the leaks; in the published attack it found 68 %."""
    dataset = ReviewedDataset.open(attacked.folder, KEY)
    results = {found.name: found for found in attack_surrogates(dataset, attacked.notes_file, DAY)}
    for name, found in results.items():
        print(
            f"\n{name}: {found.planted} leaks among {found.spans} spans of {found.notes} notes; leaks named: "
            f"{told(found.recall)}; of what was named, leaks: {told(found.precision)}"
        )
    assert set(results) == {"parrot", "rarity"}
    assert results["parrot"].recall.interval[1] <= 0.3
    assert all(found.precision.events / found.precision.trials < 0.5 for found in results.values())


def test_no_identifier_of_a_patient_stands_in_that_patients_notes(attacked: Any) -> None:
    """An independent search: no case, no accents, no separators, any line break."""
    searched = surviving = 0
    for note in attacked.notes:
        written = folded(note.alignment.cleaned)
        for value in listed(attacked.records[note.patient]):
            searched += 1
            surviving += f" {folded(value)} " in f" {written} "
    print(f"\nverbatim: {surviving} of {searched} searches found the identifier")
    assert searched > 1000
    assert surviving == 0


def listed(record: dict[str, Any]) -> Iterator[str]:
    for person in record.get("names", []):
        name = person if isinstance(person, str) else f"{person['given']} {person['family']}"
        yield name
        yield " ".join(reversed(name.split(" ", 1)))
    yield record["patient_id"]
    yield from record.get("phones", [])
    yield from record.get("emails", [])
    yield from record.get("ids", {}).values()
    yield from (address.split(",")[0] for address in record.get("addresses", []))
    if record.get("birth_date"):
        yield record["birth_date"]


def folded(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", plain))


def test_how_often_a_name_occurs_in_the_hospital_does_not_tell_whose_it_is(attacked: Any) -> None:
    """Frequency analysis: the most frequent surrogate word is guessed to be the most frequent original word.

    Surrogates of different patients are independent, so ranks over the whole hospital carry nothing. Chance alone is
    right in about one of 50 guesses; eight or more would be so once in 100,000 runs.
    """
    originals, surrogates = Counter[str](), Counter[str]()
    truth: dict[str, Counter[str]] = defaultdict(Counter)
    for original, surrogate in pairs(attacked):
        originals[original] += 1
        surrogates[surrogate] += 1
        truth[surrogate][original] += 1
    ranked = zip(surrogates.most_common(50), originals.most_common(50), strict=True)
    right = sum(truth[surrogate].most_common(1)[0][0] == guess for (surrogate, _), (guess, _) in ranked)
    print(f"\nfrequency, over the hospital: {told(rate(right, 50))} guesses right")
    assert right < 8


def test_within_one_patient_the_most_frequent_name_stays_the_most_frequent(attacked: Any) -> None:
    """Inherent to surrogates that are the same in all of a patient's notes; what it gives away is a rank, no name."""
    of_patient: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for note in attacked.notes:
        of_patient[note.key] += list(words(note))
    right = trials = 0
    for found in of_patient.values():
        originals, surrogates = Counter(o for o, _ in found), Counter(s for _, s in found)
        if len(originals) > 1:
            trials += 1
            truth = Counter(o for o, s in found if s == surrogates.most_common(1)[0][0])
            right += truth.most_common(1)[0][0] == originals.most_common(1)[0][0]
    print(f"\nfrequency, within a patient: {told(rate(right, trials))} most frequent words are each other's")
    assert trials > 20


def pairs(attacked: Any) -> Iterator[tuple[str, str]]:
    for note in attacked.notes:
        yield from words(note)


def words(note: Any) -> Iterator[tuple[str, str]]:
    """Original and surrogate word, where a stretch of words was replaced by as many."""
    alignment = note.alignment
    for start, end in alignment.stretches():
        left, right = alignment.replacement(start, end)
        before = _WORD.findall(alignment.original[start:end].casefold())
        after = _WORD.findall(alignment.cleaned[left:right].casefold())
        if len(before) == len(after):
            yield from zip(before, after, strict=True)


def test_known_sequences_of_dates_link_patients_and_single_dates_do_not(attacked: Any) -> None:
    """Whoever knows when a patient's notes were written (from bills, say) looks for the same intervals.

    Intervals are kept exactly, on purpose; so two intervals or more are a fingerprint, here as in every
    de-identification that keeps them. A single date is hidden by a shift of 1 to 104 weeks: guessing the known patient
    whose date is nearest is right about as often as chance, one in 60; seven or more would be so once in 10,000 runs.
    """
    known, shown = sequences(attacked, cleaned=False), sequences(attacked, cleaned=True)
    whose = {note.key: note.patient for note in attacked.notes}
    for least in (2, 3):
        candidates = {key: days for key, days in shown.items() if len(days) >= least}
        linked = 0
        for key, days in candidates.items():
            alike = [patient for patient, true_days in known.items() if intervals(true_days) == intervals(days)]
            assert whose[key] in alike  # intervals are exact
            linked += alike == [whose[key]]
        print(f"\ndate sequences of {least} days or more: {told(rate(linked, len(candidates)))} patients linked")
    right = sum(
        min(known, key=lambda patient: abs((known[patient][0] - days[0]).days)) == whose[key]
        for key, days in shown.items()
    )
    print(f"single dates: {told(rate(right, len(shown)))} patients linked")
    assert right < 7


def sequences(attacked: Any, *, cleaned: bool) -> dict[str, list[date]]:
    found: dict[str, set[date]] = defaultdict(set)
    for note in attacked.notes:
        found[note.key if cleaned else note.patient].add(note.cleaned_date if cleaned else note.original_date)
    return {patient: sorted(days) for patient, days in found.items()}


def intervals(days: list[date]) -> list[int]:
    return [(day - days[0]).days for day in days]
