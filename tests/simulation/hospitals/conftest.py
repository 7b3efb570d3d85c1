"""Small hospitals, generated once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cloister.simulation.hospitals import PROFILES, HospitalSummary, generate_hospital, generate_mixture

PATIENTS = 60
SEED = 11


@dataclass(frozen=True)
class Raw:
    """What a generated folder holds, read back from the disk."""

    folder: Path
    summary: HospitalSummary

    def lines(self, file: str) -> list[dict[str, Any]]:
        with (self.folder / file).open(encoding="utf-8") as content:
            return [json.loads(line) for line in content]


@pytest.fixture(scope="session")
def hospitals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Raw]:
    """Every named hospital, and a mixture of the three that are sites."""
    root = tmp_path_factory.mktemp("hospitals")
    made = {
        name: Raw(root / name, generate_hospital(root / name, profile, PATIENTS, SEED))
        for name, profile in PROFILES.items()
    }
    sites = [profile for name, profile in PROFILES.items() if name != "public"]
    made["held-out"] = Raw(root / "held-out", generate_mixture(root / "held-out", sites, PATIENTS, SEED))
    return made


@pytest.fixture(params=[*PROFILES, "held-out"])
def hospital(request: pytest.FixtureRequest, hospitals: dict[str, Raw]) -> Raw:
    """Each of the hospitals in turn."""
    return hospitals[request.param]


@pytest.fixture(scope="session")
def identifiers() -> Callable[[dict[str, Any]], set[str]]:
    """The strings that a patient's structured record lists and that name the patient or a relative by themselves."""

    def listed(record: dict[str, Any]) -> set[str]:
        people = record["names"] + record["relatives"]
        words = {part for person in people for name in person.values() for part in (name, *name.split())}
        particles = {"de", "la", "van", "der", "von", "ter", "del", "bin", "Al", "Di", "Lo", "El"}
        numbers = [record["patient_id"], record["birth_date"], *record["ids"].values()]
        return (words - particles) | set(numbers) | {*record["addresses"], *record["phones"], *record["emails"]}

    return listed
