"""The file that names the detectors a site adds: TOML, one `[[detector]]` each.

    [[detector]]
    name = "stanford"                       # findings carry `token-classifier:stanford` as their source
    kind = "token-classifier"               # or gliner, presidio, local-llm, own-notes
    folder = "models/stanford-deidentifier" # beside this file, or an absolute path
    labels = { VENDOR = "ORGANIZATION", MISC = "" }
    languages = ["en"]                      # every language if absent
    lowest = 0.5

Reading it loads no model: `load` does.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from cloister.deid.text.adapters.model_folder import folder_sha256
from cloister.deid.text.adapters.other_detector import OtherDetector, OtherDetectors
from cloister.deid.text.finding import Label
from cloister.deid.text.language import SUPPORTED
from cloister.study.canonical import sha256_of, sha256_of_file
from cloister.study.dataset import AddedDetector
from cloister.study.document import Document, read_toml
from cloister.study.errors import InputError, MissingFileError

Score = Annotated[float, Field(ge=0, le=1)]
Labels = dict[str, Label | Literal[""]]
Device = Literal["cpu", "cuda"]
_PATHS = ("folder", "recognizers", "model")


class _Added(Document):
    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")]
    """What its findings carry as their source, after its kind."""
    languages: tuple[str, ...] | None = None
    """The languages it is asked about; every one if absent."""

    @field_validator("languages")
    @classmethod
    def _are_supported(cls, languages: tuple[str, ...] | None) -> tuple[str, ...] | None:
        unknown = [language for language in languages or () if language not in SUPPORTED]
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is not supported; supported are {', '.join(SUPPORTED)}")
        return languages

    @property
    def folders(self) -> dict[str, Path]:
        """Everything on disk that decides what it finds, by its key in the file."""
        return {key: value for key in _PATHS if (value := getattr(self, key, None)) is not None}

    def model_sha256(self) -> str:
        """The SHA-256 of its folder or file; of all of them by key where there is not exactly one."""
        hashes = {key: sha256_of_file(p) if p.is_file() else folder_sha256(p) for key, p in self.folders.items()}
        return next(iter(hashes.values())) if len(hashes) == 1 else sha256_of(hashes)


class TokenClassifierSettings(_Added):
    """A Hugging Face token classifier."""

    kind: Literal["token-classifier"]
    folder: Path
    labels: Labels = Field(default_factory=dict)
    """The model's labels under ours, "" for what identifies nobody; needed for those that are not known."""
    lowest: Score = 0.5
    device: Device = "cpu"

    def load(self, source: str) -> OtherDetector:
        """Load the model."""
        from cloister.deid.text.adapters.token_classifier import load_token_classifier

        labels = _or_none(self.labels)
        return load_token_classifier(self.folder, source, labels=labels, lowest=self.lowest, device=self.device)


class GlinerSettings(_Added):
    """A GLiNER model."""

    kind: Literal["gliner"]
    folder: Path
    labels: dict[str, Label] = Field(default_factory=dict)
    """What to ask for, in the words of the model, with our labels; a list of its own if absent."""
    lowest: Score = 0.5
    device: Device = "cpu"

    def load(self, source: str) -> OtherDetector:
        """Load the model."""
        from cloister.deid.text.adapters.gliner import load_gliner

        return load_gliner(self.folder, source, names=self.labels, lowest=self.lowest, device=self.device)


class PresidioSettings(_Added):
    """Presidio's recognisers."""

    kind: Literal["presidio"]
    pipelines: dict[str, Path] = Field(default_factory=dict)
    """Language -> folder of a spaCy pipeline."""
    recognizers: Path | None = None
    """A registry file of Presidio's in YAML; its predefined recognisers if absent."""
    labels: Labels = Field(default_factory=dict)
    """Presidio's entities under our labels, "" for what identifies nobody."""
    lowest: Score = 0.3

    @property
    def folders(self) -> dict[str, Path]:
        """The pipelines too."""
        return super().folders | {f"pipelines.{language}": path for language, path in self.pipelines.items()}

    def model_sha256(self) -> str:
        """Presidio's version counts: its recognisers come with it."""
        from importlib.metadata import PackageNotFoundError, version

        try:
            return sha256_of([version("presidio-analyzer"), super().model_sha256()])
        except PackageNotFoundError:
            raise InputError("Presidio is not installed.", "Install it: pip install 'cloister[presidio]'.") from None

    def load(self, source: str) -> OtherDetector:
        """Load Presidio."""
        from cloister.deid.text.adapters.presidio import load_presidio

        return load_presidio(
            source,
            pipelines=self.pipelines,
            languages=self.languages or tuple(sorted({"en", *self.pipelines})),
            recognizers=self.recognizers,
            labels=_or_none(self.labels),
            lowest=self.lowest,
        )


class LocalLlmSettings(_Added):
    """A local instruction-tuned language model."""

    kind: Literal["local-llm"]
    folder: Path
    score: Score = 0.6
    """Of all its findings: it gives no probabilities."""
    max_tokens: Annotated[int, Field(ge=16, le=8192)] = 768
    """Longest answer."""
    device: Device = "cpu"

    def load(self, source: str) -> OtherDetector:
        """Load the model."""
        from cloister.deid.text.adapters.local_llm import load_local_llm

        return load_local_llm(self.folder, source, score=self.score, max_tokens=self.max_tokens, device=self.device)


class OwnNotesSettings(_Added):
    """A tagger trained on the site's own annotated notes."""

    kind: Literal["own-notes"]
    model: Path
    """The file that `python -m cloister.deid.text.own_notes train` wrote."""
    labels: Labels = Field(default_factory=dict)
    """The annotators' labels under ours, "" for what identifies nobody; needed for those that are not known."""
    lowest: Score = 0.3

    def load(self, source: str) -> OtherDetector:
        """Load the model."""
        from cloister.deid.text.adapters.own_notes import load_own_notes

        return load_own_notes(self.model, source, labels=_or_none(self.labels), lowest=self.lowest)


Settings = TokenClassifierSettings | GlinerSettings | PresidioSettings | LocalLlmSettings | OwnNotesSettings


class _File(Document):
    detector: Annotated[tuple[Annotated[Settings, Field(discriminator="kind")], ...], Field(min_length=1)]


def read_detectors(path: Path) -> tuple[Settings, ...]:
    """Read a detectors file. Paths in it are relative to its folder.

    Raises:
        MissingFileError: the file, or a folder that it names, is not there.
        InputError: it is not valid, or two detectors have one name.
    """
    added = tuple(_below(path.parent, each) for each in read_toml(path, _File, InputError).detector)
    names = [each.name for each in added]
    for name in {name for name in names if names.count(name) > 1}:
        raise InputError(f"{path}: two detectors are named {name}.", "Give each a name of its own.")
    for each in added:
        for key, folder in each.folders.items():
            if not folder.exists():
                raise MissingFileError(folder, f"file or folder ({key} of detector {each.name})")
    return added


def with_absolute_paths(settings: Settings) -> Settings:
    """For processes that work in another folder."""
    return _below(Path.cwd(), settings)


def load(added: Sequence[Settings]) -> OtherDetectors:
    """Load the models.

    Raises:
        MissingFileError: a model folder lacks a file.
        InputError: a package is missing, or a model cannot be loaded or has labels that nothing maps.
    """
    return OtherDetectors((each.load(f"{each.kind}:{each.name}"), each.languages) for each in added)


def identities(added: Sequence[Settings]) -> tuple[AddedDetector, ...]:
    """What the certificate says of them; hashes every model folder."""
    return tuple(AddedDetector(name=each.name, kind=each.kind, sha256=each.model_sha256()) for each in added)


def settings_digest(added: Sequence[Settings], identified: Sequence[AddedDetector]) -> str:
    """SHA-256 over all settings and models; where the folders stand does not count."""
    return sha256_of(
        [
            [settings.model_dump(mode="json", exclude={*_PATHS, "pipelines"}), identity.sha256]
            for settings, identity in zip(added, identified, strict=True)
        ]
    )


def _below(folder: Path, settings: Settings) -> Settings:
    changes: dict[str, object] = {
        key: folder / value for key in _PATHS if (value := getattr(settings, key, None)) is not None
    }
    if isinstance(settings, PresidioSettings):
        changes["pipelines"] = {language: folder / path for language, path in settings.pipelines.items()}
    return settings.model_copy(update=changes)


def _or_none(labels: Labels) -> dict[str, Label | None]:
    return {name: label or None for name, label in labels.items()}
