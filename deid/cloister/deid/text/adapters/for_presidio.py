"""Our detectors as Presidio recognisers, one for each kind of identifier.

    from cloister.deid.text.adapters.for_presidio import recognizers

    for recognizer in recognizers("en"):
        registry.add_recognizer(recognizer)

Each is asked by Presidio on its own and reports its kind of what all our detectors together find; a text is read once
for all of them. Identifiers that Presidio has a name for carry it, so that its anonymisers and configurations work as
they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from presidio_analyzer import EntityRecognizer, RecognizerResult

from cloister.deid.text.detector import detect
from cloister.deid.text.finding import LABELS, Finding, Label
from cloister.deid.text.profiles import profile_named

ENTITIES: Mapping[Label, str] = {
    "NAME": "PERSON",
    "DATE": "DATE_TIME",
    "AGE": "AGE",
    "PHONE": "PHONE_NUMBER",
    "FAX": "FAX_NUMBER",
    "EMAIL": "EMAIL_ADDRESS",
    "ADDRESS": "LOCATION",
    "ORGANIZATION": "ORGANIZATION",
    "PROFESSION": "PROFESSION",
    "MRN": "MEDICAL_RECORD_NUMBER",
    "SSN": "SOCIAL_SECURITY_NUMBER",
    "ACCOUNT": "ACCOUNT_NUMBER",
    "HEALTH_PLAN": "HEALTH_PLAN_NUMBER",
    "LICENSE": "LICENSE_NUMBER",
    "VEHICLE": "VEHICLE_IDENTIFIER",
    "DEVICE": "DEVICE_IDENTIFIER",
    "URL": "URL",
    "IP": "IP_ADDRESS",
    "ID": "UNIQUE_IDENTIFIER",
}
"""Our labels under Presidio's names, or under names in its manner where it has none."""


class CloisterRecognizer(EntityRecognizer):  # type: ignore[misc]
    """Finds one kind of identifier.

    Args:
        label: which.
        language: two-letter code of the texts.
        profile: `safe-harbor`, `limited-dataset` or `maximal`.
    """

    def __init__(self, label: Label, language: str = "en", profile: str = "safe-harbor") -> None:
        self._label = label
        self._profile = profile_named(profile).name
        super().__init__(
            supported_entities=[ENTITIES[label]], name=f"Cloister{ENTITIES[label]}", supported_language=language
        )

    def load(self) -> None:
        """Nothing: the taggers are loaded with the first text."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """Presidio's question: what of these entities is in the text?"""
        del nlp_artifacts
        (entity,) = self.supported_entities
        if entities and entity not in entities:
            return []
        metadata = {
            RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
            RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
        }
        return [
            RecognizerResult(entity, found.start, found.end, found.score, recognition_metadata=metadata)
            for found in _found(text, self.supported_language, self._profile)
            if found.label == self._label
        ]


def recognizers(language: str = "en", profile: str = "safe-harbor") -> list[CloisterRecognizer]:
    """One for each kind of identifier that the profile removes.

    Raises:
        InputError: there is no profile of this name.
    """
    kept = profile_named(profile).kept
    return [CloisterRecognizer(label, language, profile) for label in LABELS if label not in kept]


@lru_cache(maxsize=1)
def _found(text: str, language: str, profile: str) -> tuple[Finding, ...]:
    """Presidio asks every recogniser about the same text in turn."""
    return tuple(detect(text, language=language, profile=profile_named(profile)))
