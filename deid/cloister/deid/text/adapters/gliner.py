"""GLiNER, which finds what it is told the name of, as one more tagger.

The package `gliner` is no dependency of ours. What is used of it is `GLiNER.from_pretrained(folder,
local_files_only=True)` and `predict_entities(text, labels, threshold=…)`, which gives dictionaries with `start`, `end`
(code points), `label` and `score`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any

from cloister.deid.text.adapters.model_folder import check_model_folder, require_package
from cloister.deid.text.adapters.other_detector import Heard
from cloister.deid.text.adapters.windows import windows
from cloister.deid.text.finding import Finding, Label
from cloister.study.errors import InputError

DEFAULT_NAMES: Mapping[str, Label] = MappingProxyType(
    {
        "person": "NAME",
        "date": "DATE",
        "age": "AGE",
        "phone number": "PHONE",
        "fax number": "FAX",
        "email": "EMAIL",
        "street address": "ADDRESS",
        "city": "ADDRESS",
        "postal code": "ADDRESS",
        "hospital": "ORGANIZATION",
        "organization": "ORGANIZATION",
        "profession": "PROFESSION",
        "medical record number": "MRN",
        "social security number": "SSN",
        "bank account number": "ACCOUNT",
        "health insurance number": "HEALTH_PLAN",
        "license number": "LICENSE",
        "vehicle registration": "VEHICLE",
        "device serial number": "DEVICE",
        "url": "URL",
        "ip address": "IP",
        "identification number": "ID",
    }
)
"""What the model is asked for, and our label for it."""

_WINDOW, _OVERLAP = 1000, 150
"""Code points; GLiNER models read about 384 words and silently cut off the rest."""


@dataclass(frozen=True)
class Gliner:
    """A loaded model. `names` are what it is asked for, with our labels; what is less sure than `lowest` is dropped."""

    source: str
    model: Any
    names: Mapping[str, Label]
    lowest: float

    def find(self, text: str, language: str) -> Heard:
        """What the model finds, window by window; the windows overlap."""
        del language
        found = []
        for start, end in windows(text, _WINDOW, _OVERLAP):
            for entity in self.model.predict_entities(text[start:end], list(self.names), threshold=self.lowest):
                left, right = start + int(entity["start"]), start + int(entity["end"])
                found.append(Finding(left, right, self.names[entity["label"]], float(entity["score"]), self.source))
        return Heard(tuple(dict.fromkeys(found)))


def load_gliner(folder: Path, source: str, *, names: Mapping[str, Label], lowest: float, device: str = "cpu") -> Gliner:
    """Load a model from its folder.

    Args:
        folder: with `gliner_config.json`, weights in safetensors and the tokenizer's files.
        source: what the findings carry as their source.
        names: what to ask for, with our labels; `DEFAULT_NAMES` if empty.
        lowest: score from which a finding is reported.
        device: `cpu` or `cuda`.

    Raises:
        MissingFileError: there is no such folder, or no configuration in it.
        InputError: the package is not installed, or the folder is no model that may be loaded.
    """
    check_model_folder(folder, "gliner_config.json")
    require_package("gliner", "A GLiNER detector", "Install it: pip install gliner.")

    try:
        model = import_module("gliner").GLiNER.from_pretrained(str(folder), local_files_only=True)
    except Exception as problem:  # noqa: BLE001 (a damaged or unfitting model raises anything)
        raise InputError(
            f"{folder}: gliner cannot load it ({type(problem).__name__}).", "Copy the whole model folder again."
        ) from None
    return Gliner(source, model.to(device).eval(), names or DEFAULT_NAMES, lowest)
