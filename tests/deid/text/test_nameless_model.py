"""A model that is trained on words of notes leaves none of them on the disk, whenever the process is killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pycrfsuite")
PARROT = """
from cloister.deid.residual_risk.parrot import parrot_attack
from cloister.deid.residual_risk.planted import PlantedNote, Span
note = ("Mrs", "Kowalski", "was", "well")
parrot_attack([PlantedNote(f"p{n}", note, (Span(1, 2, True),)) for n in range(20)], date(2026, 11, 21))
"""
CHAIN = """
from cloister.deid.text.own_notes.chain import fit_chain
fit_chain([([["w=kowalski"], ["w=well"]], ["NAME", "O"])] * 20, ["O", "NAME"])
"""
KILLED = """
import os, sys
from datetime import date
import pycrfsuite
class Tagger:
    def __init__(self):
        os.kill(os.getpid(), int(sys.argv[1]))
pycrfsuite.Tagger = Tagger
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("program", [PARROT, CHAIN], ids=["parrot", "own notes"])
def test_a_kill_after_training_leaves_no_word_of_a_note(tmp_path: Path, program: str, number: signal.Signals) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED + program, str(int(number))],
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == -number, done.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
