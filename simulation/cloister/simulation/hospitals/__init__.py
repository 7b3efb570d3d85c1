"""Synthetic hospitals: patients, notes and chest radiographs like real ones, with the truth about them.

`generate_hospital` writes one hospital, `generate_mixture` a held-out set in the styles of several; `profile_for`
turns a site's name into a hospital. The learning target is one of CONDITIONS.
"""

from cloister.simulation.hospitals.conditions import CONDITIONS, Condition
from cloister.simulation.hospitals.hospital import (
    HospitalSummary,
    Stay,
    draw_stay,
    generate_hospital,
    generate_mixture,
)
from cloister.simulation.hospitals.profiles import PROFILES, PUBLIC, HospitalProfile, Scanner, profile_for

__all__ = [
    "CONDITIONS",
    "PROFILES",
    "PUBLIC",
    "Condition",
    "HospitalProfile",
    "HospitalSummary",
    "Scanner",
    "Stay",
    "draw_stay",
    "generate_hospital",
    "generate_mixture",
    "profile_for",
]
