"""Realistic replacements: same kind, same layout, another person.

A surrogate is a keyed function of collection, patient, label and canonical value: the same value of the same patient
gets the same surrogate in every note, run and process; no two patients share a mapping; without the key nothing can
be computed back, and no mapping is stored. A surrogate never equals the original and never holds an identifier that
the patient's own record lists. Where there are ranges of numbers that belong to nobody, numbers come from these
(see `numbers`), and no checksum holds.

Surrogates are not idempotent, on purpose. A realistic surrogate is a possible original: whatever rule would leave a
surrogate alone in a second run would leave some originals alone in the first, for a name list of a few hundred
entries holds no room for a mark that only the key can see (a mark of k bits spares one original in 2^k and needs 2^k
entries a choice), and a shifted date is a date like any other. So cleaning the clean changes nothing in `tag` mode,
exactly; in `surrogate` mode it replaces surrogates by surrogates, which is as safe as the first time.
"""

from __future__ import annotations

from cloister.deid.text.surrogates.patient_surrogates import Surrogates

__all__ = ["Surrogates"]
