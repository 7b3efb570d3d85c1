"""A patient's stay: its dates, its images, and what is found. Notes and images tell of the same course."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from cloister.simulation.hospitals.conditions import CONDITIONS, FINDINGS, LAB_SHIFTS, Condition

_FIRST_ADMISSION = date(2018, 1, 3)
_ADMISSION_DAYS = 2400
_LONGEST_STAY_NOTES = 40
_FIRST_ACCESSION = 310_000_000


@dataclass(frozen=True)
class Examination:
    """One chest radiograph as the order system knows it."""

    accession: str
    day: date


@dataclass(frozen=True)
class Course:
    """One stay of one patient.

    `present` names the findings that the patient has, `labs` are standardised values (0 healthy mean, 1 healthy
    standard deviation). `examinations` are all radiographs; the first `imaged` of them are in the archive.
    """

    condition: Condition
    admission: date
    discharge: date
    progress_days: tuple[date, ...]
    examinations: tuple[Examination, ...]
    imaged: int
    present: frozenset[str]
    labs: dict[str, float]


def draw_course(rng: random.Random, case_mix: tuple[float, float, float, float], ordinal: int) -> Course:
    """Draw a stay.

    Args:
        rng: the patient's stream for it.
        case_mix: the hospital's share of each condition, in the order of CONDITIONS; sums to 1.
        ordinal: the patient's; makes accession numbers unique within the hospital.
    """
    condition = rng.choices(CONDITIONS, case_mix)[0]
    index = CONDITIONS.index(condition)
    admission = _FIRST_ADMISSION + timedelta(days=int(rng.random() * _ADMISSION_DAYS))
    progress = _progress_days(rng, admission)
    discharge = (progress[-1] if progress else admission) + timedelta(days=1 + int(rng.random() * 3))
    chance = rng.random()
    imaged = 0 if chance < 0.40 else 1 if chance < 0.84 else 2 if chance < 0.97 else 3
    count = max(imaged, 1 + (rng.random() < 0.15))
    stay = (discharge - admission).days
    offsets = sorted(int(rng.random() * (stay + 1)) if number else 0 for number in range(count))
    return Course(
        condition=condition,
        admission=admission,
        discharge=discharge,
        progress_days=progress,
        examinations=tuple(
            Examination(f"A{_FIRST_ACCESSION + 4 * ordinal + number}", admission + timedelta(days=offset))
            for number, offset in enumerate(offsets)
        ),
        imaged=imaged,
        present=frozenset(finding.name for finding in FINDINGS if rng.random() < finding.rate(condition)),
        labs={name: rng.gauss(shifts[index], 1.0) for name, shifts in LAB_SHIFTS.items()},
    )


def _progress_days(rng: random.Random, admission: date) -> tuple[date, ...]:
    """Days with a progress note: two on average, with a heavy tail of long stays."""
    count = 1 if rng.random() < 0.6 else min(_LONGEST_STAY_NOTES, int(1 + rng.paretovariate(1.4)))
    days, day = [], admission
    for _ in range(count):
        day += timedelta(days=1 + (rng.random() < 0.25))
        days.append(day)
    return tuple(days)
