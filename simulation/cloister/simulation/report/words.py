"""The report's names for metrics, identifier labels, tasks and architectures."""

from __future__ import annotations

_METRICS = {"auroc": "AUROC", "accuracy": "Accuracy", "concordance": "Concordance"}
_ARCHITECTURES = {
    "linear": "linear",
    "bert": "BERT",
    "groupnorm-cnn": "convolutional (GroupNorm)",
    "vit": "vision-transformer",
    "bert-and-cnn": "BERT-and-CNN",
    "folder": "pretrained",
}
_TASKS = {
    "tabular_classification": "classification of table rows",
    "survival": "survival analysis",
    "note_classification": "classification of notes",
    "image_classification": "classification of images",
    "note_image_classification": "classification of notes with images",
}
_ABBREVIATIONS = {"id", "mrn", "url", "ip", "ssn", "nhs", "npi", "dicom", "uid", "zip", "iban", "vin"}


def metric(name: str) -> str:
    """A metric's name in a heading or an axis."""
    return _METRICS.get(name, phrase(name))


def metric_in_text(name: str) -> str:
    """A metric's name inside a sentence."""
    shown = metric(name)
    return shown if shown.isupper() else shown[:1].lower() + shown[1:]


def architecture(name: str) -> str:
    """An architecture as an adjective: "a … model"."""
    return _ARCHITECTURES.get(name, name)


def task(name: str) -> str:
    """A task inside a sentence: "a model for …"."""
    return _TASKS.get(name, phrase(name).lower())


def phrase(code: str) -> str:
    """A code such as `PHONE_NUMBER` or `note_classification` as words."""
    parts = code.replace("_", " ").replace("-", " ").lower().split()
    shown = " ".join(part.upper() if part in _ABBREVIATIONS else part for part in parts)
    return shown[:1].upper() + shown[1:]
