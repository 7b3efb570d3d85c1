"""The detectors that are compared: ours, and Presidio's recognisers as they come.

Presidio's `AnalyzerEngine()` downloads a language model when it is first called; without the network it fails. What
it finds without one is measured here: its recognisers over a blank spaCy tokeniser. Every recogniser that its
registry loads for a language is on, at score threshold 0, which is recall's side of every trade.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from cloister.deid.evaluation.annotated_note import AnnotatedNote, Located, Span
from cloister.deid.evaluation.own_detector import DetectIn, own_detector
from cloister.deid.text.profiles import SAFE_HARBOR, Profile

LANGUAGES = ("en", "es", "de", "fr")
_OURS: Mapping[str, str] = {
    "PERSON": "NAME",
    "DATE_TIME": "DATE",
    "LOCATION": "ADDRESS",
    "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL",
    "CREDIT_CARD": "ACCOUNT",
    "IBAN_CODE": "ACCOUNT",
    "US_BANK_NUMBER": "ACCOUNT",
    "CRYPTO": "ACCOUNT",
    "US_SSN": "SSN",
    "US_DRIVER_LICENSE": "LICENSE",
    "MEDICAL_LICENSE": "LICENSE",
    "IP_ADDRESS": "IP",
    "MAC_ADDRESS": "DEVICE",
    "URL": "URL",
}
"""Presidio's entities under our labels; the others, national numbers, are ID."""


@dataclass(frozen=True)
class Detector:
    """A name for the tables, and what it finds."""

    name: str
    detect_in: DetectIn


def detectors(profile: Profile = SAFE_HARBOR) -> tuple[Detector, Detector]:
    """Ours and Presidio's."""
    return Detector("Cloister", own_detector(profile)), Detector("Presidio", presidio_detector())


def presidio_detector() -> Callable[[AnnotatedNote], Sequence[Located]]:
    """Presidio without a language model. A note's language is its own, English if it names none."""
    analyzer = _analyzer()

    def detect_in(note: AnnotatedNote) -> Sequence[Located]:
        found = analyzer.analyze(note.text, language=note.language or "en", score_threshold=0)
        return [Span(each.start, each.end, _OURS.get(each.entity_type, "ID")) for each in found]

    return detect_in


@cache
def _analyzer() -> Any:
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

    # Presidio's e-mail recogniser would otherwise try to download a list of domain suffixes.
    tldextract.tldextract.TLD_EXTRACTOR.suffix_list_urls = ()

    class BlankEngine(SpacyNlpEngine):  # type: ignore[misc]
        engine_name = "blank"

        def __init__(self) -> None:
            super().__init__(
                models=[{"lang_code": code, "model_name": "blank"} for code in LANGUAGES],
                ner_model_configuration=NerModelConfiguration(
                    model_to_presidio_entity_mapping={}, labels_to_ignore=["O"]
                ),
            )
            self.nlp = {code: spacy.blank(code) for code in LANGUAGES}

        def load(self) -> None:
            """Nothing: a blank pipeline needs no file."""

    registry = RecognizerRegistry(supported_languages=list(LANGUAGES))
    registry.load_predefined_recognizers(languages=list(LANGUAGES))
    return AnalyzerEngine(registry=registry, nlp_engine=BlankEngine(), supported_languages=list(LANGUAGES))
