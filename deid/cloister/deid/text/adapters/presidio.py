"""Presidio's recognisers, with any NLP engine, as one more detector.

Presidio on its own fetches a language model when it starts, and its e-mail recogniser a list of domains. Here it runs
over spaCy pipelines from local folders, or over bare tokenisers where there are none; nothing is fetched.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cloister.deid.text.adapters.model_folder import require_package
from cloister.deid.text.adapters.model_labels import label_map, our_label
from cloister.deid.text.adapters.other_detector import Heard
from cloister.deid.text.finding import Finding, Label
from cloister.study.errors import InputError, MissingFileError

INSTALL = "Install it: pip install 'cloister[presidio]'."
_OURS: Mapping[str, Label | None] = {
    "DATE_TIME": "DATE",
    "CRYPTO": "ACCOUNT",
    "US_BANK_NUMBER": "ACCOUNT",
    "MEDICAL_LICENSE": "LICENSE",
    "MAC_ADDRESS": "DEVICE",
    "NRP": None,
}
"""Presidio's entities whose names our table of labels does not hold."""


@dataclass(frozen=True)
class PresidioDetector:
    """An `AnalyzerEngine` with whatever recognisers and NLP engine it was given.

    `labels` gives our label for each of its entities; findings less sure than `lowest` are dropped.
    """

    source: str
    analyzer: Any
    labels: Mapping[str, Label | None]
    lowest: float

    def find(self, text: str, language: str) -> Heard:
        """What its recognisers for the language find; nothing in a language that it was not given."""
        if language not in self.analyzer.supported_languages:
            return Heard(())
        served = self.analyzer.get_supported_entities(language)
        entities = [entity for entity in served if self.labels[entity] is not None]
        if not entities:
            return Heard(())
        found = []
        for result in self.analyzer.analyze(text, language, entities=entities, score_threshold=self.lowest):
            label = self.labels[result.entity_type]
            if label is not None:
                found.append(Finding(result.start, result.end, label, float(result.score), self.source))
        return Heard(tuple(found))


def presidio_detector(
    analyzer: Any, source: str, *, labels: Mapping[str, Label | None] | None = None, lowest: float = 0.3
) -> PresidioDetector:
    """An `AnalyzerEngine` of your own as a detector, with its recognisers and its NLP engine.

    Args:
        analyzer: a `presidio_analyzer.AnalyzerEngine`.
        source: what the findings carry as their source.
        labels: your map from its entities to our labels, None for what identifies nobody; it comes first. National
            numbers are ID unless mapped.
        lowest: score from which a finding is reported.

    Raises:
        InputError: it has entities that nothing maps.
    """
    own = {**_OURS, **(labels or {})}
    recognizers = analyzer.registry.recognizers
    of_countries = {name for each in recognizers if each.is_country_specific() for name in each.supported_entities}
    entities = {name for each in recognizers for name in each.supported_entities}
    known = label_map(sorted(entities - of_countries), own, source)
    national = {name: _of_country(name, own) for name in of_countries}
    return PresidioDetector(source, analyzer, known | national, lowest)


def _of_country(name: str, own: Mapping[str, Label | None]) -> Label | None:
    try:
        return own[name] if name in own else our_label(name)
    except KeyError:
        return "ID"


def load_presidio(
    source: str,
    *,
    pipelines: Mapping[str, Path],
    languages: tuple[str, ...],
    recognizers: Path | None,
    labels: Mapping[str, Label | None],
    lowest: float,
) -> PresidioDetector:
    """Presidio with its own recognisers.

    Args:
        source: what the findings carry as their source.
        pipelines: language -> folder of a spaCy pipeline; languages without one get a tokeniser alone.
        languages: which to prepare for.
        recognizers: a registry configuration in YAML as Presidio documents it; its predefined recognisers if absent.
        labels: your map from entities to our labels.
        lowest: score from which a finding is reported.

    Raises:
        MissingFileError: a folder or file is not there.
        InputError: Presidio is not installed, a configuration is not valid, or entities that nothing maps.
    """
    for path in (*pipelines.values(), *((recognizers,) if recognizers is not None else ())):
        if not path.exists():
            raise MissingFileError(path, "file or folder")
    require_package("presidio_analyzer", "Presidio", INSTALL)
    import tldextract
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider

    tldextract.tldextract.TLD_EXTRACTOR.suffix_list_urls = ()
    # It warns of every recogniser of a language that was not asked for.
    logging.getLogger("presidio-analyzer").setLevel(logging.ERROR)
    engine = local_nlp_engine(pipelines, languages)
    if recognizers is None:
        registry = RecognizerRegistry(supported_languages=list(languages))
        registry.load_predefined_recognizers(languages=list(languages), nlp_engine=engine)
    else:
        try:
            registry = RecognizerRegistryProvider(
                conf_file=str(recognizers), nlp_engine=engine
            ).create_recognizer_registry()
        except Exception as problem:  # noqa: BLE001 (its recognisers raise anything, also for want of a package)
            raise InputError(
                f"{recognizers}: Presidio cannot read it ({type(problem).__name__}).",
                "See Presidio's documentation of recognizer registry files.",
            ) from None
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=list(languages))
    return presidio_detector(analyzer, source, labels=labels, lowest=lowest)


def local_nlp_engine(pipelines: Mapping[str, Path], languages: tuple[str, ...]) -> Any:
    """A Presidio NLP engine over spaCy pipelines from local folders, or over a tokeniser where a language has none.

    A tokeniser alone gives no lemmas, and without them Presidio's context words count for nothing: the lower-case word
    stands in for its lemma.

    Raises:
        InputError: a folder holds no spaCy pipeline.
    """
    require_package("presidio_analyzer", "Presidio", INSTALL)
    import spacy
    from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine

    class LocalNlpEngine(SpacyNlpEngine):  # type: ignore[misc]
        engine_name = "cloister_local"

        def __init__(self) -> None:
            super().__init__(
                models=[{"lang_code": code, "model_name": code} for code in languages],
                ner_model_configuration=NerModelConfiguration(labels_to_ignore=["O"]),
            )
            self.nlp = {code: _pipeline(spacy, code, pipelines.get(code)) for code in languages}

        def load(self) -> None:
            """Nothing: the pipelines are here already."""

    return LocalNlpEngine()


def _pipeline(spacy: Any, language: str, folder: Path | None) -> Any:
    if folder is not None:
        try:
            return spacy.load(folder)
        except Exception as problem:  # noqa: BLE001 (a damaged or unfitting pipeline raises anything)
            raise InputError(
                f"{folder}: spaCy cannot load it ({type(problem).__name__}).", "Name the folder of a saved pipeline."
            ) from None
    if not spacy.Language.has_factory("cloister_lower_case_lemma"):
        spacy.Language.component("cloister_lower_case_lemma", func=_lower_case_lemmas)
    pipeline = spacy.blank(language)
    pipeline.add_pipe("cloister_lower_case_lemma")
    return pipeline


def _lower_case_lemmas(document: Any) -> Any:
    for token in document:
        token.lemma_ = token.lower_
    return document
