"""GLiNER: its documented answers become findings; without its package, or without a model, an error says what to do."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from cloister.deid.text.adapters.gliner import DEFAULT_NAMES, Gliner, load_gliner
from cloister.deid.text.finding import LABELS
from cloister.study.errors import InputError, MissingFileError


class StandIn:
    """Answers as GLiNER's documentation says that `predict_entities` does."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, list[str], float]] = []

    def predict_entities(self, text: str, labels: list[str], threshold: float = 0.5) -> list[dict[str, Any]]:
        self.asked.append((text, labels, threshold))
        return [
            {"start": m.start(), "end": m.end(), "text": m[0], "label": "person", "score": 0.97}
            for m in re.finditer("Tomás Ñíguez", text)
        ]


def test_entities_become_findings_at_their_place_in_a_long_note() -> None:
    model = StandIn()
    text = "😀 paciente estable. " * 120 + "Tomás Ñíguez firmó. " + "Sin cambios. " * 80 + "Tomás Ñíguez"
    heard = Gliner("gliner:tiny", model, DEFAULT_NAMES, 0.4).find(text, "es")
    assert [text[f.start : f.end] for f in heard.findings] == ["Tomás Ñíguez"] * 2
    assert {(f.label, f.score, f.source) for f in heard.findings} == {("NAME", 0.97, "gliner:tiny")}
    assert len(model.asked) > 3
    assert all(labels == list(DEFAULT_NAMES) and threshold == 0.4 for _, labels, threshold in model.asked)


def test_it_is_asked_for_every_kind_of_identifier() -> None:
    assert set(DEFAULT_NAMES.values()) == set(LABELS)


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        load_gliner(tmp_path / "none", "x", names={}, lowest=0.5)
    with pytest.raises(MissingFileError, match="gliner_config"):
        load_gliner(tmp_path, "x", names={}, lowest=0.5)


@pytest.mark.skipif(find_spec("gliner") is not None, reason="the package gliner is installed")
def test_without_the_package_the_error_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "gliner_config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(InputError, match="gliner") as refusal:
        load_gliner(tmp_path, "x", names={}, lowest=0.5)
    assert "pip install gliner" in refusal.value.remedy


def test_a_local_folder_is_all_that_is_asked_of_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in package: what would be passed on to GLiNER."""
    (tmp_path / "gliner_config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"")
    package = tmp_path / "site" / "gliner.py"
    package.parent.mkdir()
    package.write_text(
        "class GLiNER:\n"
        "    @classmethod\n"
        "    def from_pretrained(cls, folder, *, local_files_only):\n"
        "        assert local_files_only is True\n"
        "        made = cls(); made.folder = folder; return made\n"
        "    def to(self, device): self.device = device; return self\n"
        "    def eval(self): return self\n"
    )
    monkeypatch.syspath_prepend(str(package.parent))
    loaded = load_gliner(tmp_path, "gliner:x", names={}, lowest=0.5)
    assert (loaded.model.folder, loaded.model.device) == (str(tmp_path), "cpu")
    assert loaded.names == DEFAULT_NAMES
