"""Names of 27 culture groups in clinical sentences: is one group's name missed more often than another's?

Names (`data/names_by_culture.json`, 16 a group) and carrier sentences below were written for this benchmark alone; no
detector was trained or tuned on either. Every name stands in every carrier. The names are not independent of each
other's carriers, so intervals resample whole sentences and are a little too narrow; the gap is what counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from cloister.deid.evaluation.annotated_note import AnnotatedNote, Span

_NAMES = Path(__file__).parent / "data" / "names_by_culture.json"
CARRIERS = (
    "{} was extubated overnight and is tolerating trickle feeds.",
    "Spoke with {} by telephone regarding the pending stool cultures.",
    "Is it reasonable to stop aspirin in {}, who had a stent eight months ago?",
    "Patient name: {}\nReason for visit: worsening exertional dyspnea",
    "Consent for the lumbar puncture was signed by {} before the procedure.",
    "Reviewed the echocardiogram of {}: mild mitral regurgitation, no vegetation.",
    "The patient, {}, denies fever, chills or night sweats.",
    "Caregiver {} demonstrated correct use of the glucometer.",
    "Attending physician: Dr. {}. Disposition: home with services.",
    "I would like a second opinion for {} about the thyroid nodule.",
    "Plan discussed with daughter {} at bedside; all questions answered.",
    "Electronically signed by {} after review of the imaging.",
)


def names_in_carriers() -> Iterator[AnnotatedNote]:
    """One note for each name and carrier; its group is the culture."""
    cultures: dict[str, list[str]] = json.loads(_NAMES.read_text(encoding="utf-8"))
    for culture, names in cultures.items():
        for place, name in enumerate(names):
            for number, carrier in enumerate(CARRIERS):
                start = carrier.index("{}")
                span = Span(start, start + len(name), "NAME")
                yield AnnotatedNote(f"{culture}-{place}-{number}", carrier.format(name), (span,), culture, "en")
