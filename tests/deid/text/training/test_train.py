"""Training writes a card that fits its files; what it made reads text."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files
from pathlib import Path

import pytest


def test_the_card_names_the_shipped_files_by_their_digest() -> None:
    folder = files("cloister.deid") / "models"
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    for name, digest in card["sha256"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_the_shipped_files_stay_within_what_is_allowed() -> None:
    folder = files("cloister.deid") / "models"
    sizes = {entry.name: len(entry.read_bytes()) for entry in folder.iterdir() if entry.is_file()}
    assert sizes["neural.npz"] <= 6_000_000
    assert sum(sizes.values()) <= 15_000_000


def test_an_absent_folder_is_an_error_with_a_remedy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("faker")
    from cloister.deid.text.training import __main__ as command

    monkeypatch.setattr("sys.argv", ["training", "--output", str(tmp_path / "absent")])
    assert command.main() == 2
    assert "absent" in capsys.readouterr().err


@pytest.mark.heavy
def test_the_same_seed_trains_the_same_files(tmp_path: Path) -> None:
    pytest.importorskip("faker")
    pytest.importorskip("torch")
    from cloister.deid.text.training.train import Plan, train

    plan = Plan(120, 8, 120, 1, 60, seed=4)
    cards = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        train(tmp_path / name, plan, lambda _: None)
        cards.append((tmp_path / name / "card.json").read_text())
    assert cards[0] == cards[1]
