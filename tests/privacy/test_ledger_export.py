"""An auditor verifies an export with the program that the documentation prints, and finds every change."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cloister.privacy.accounting import Mechanism
from cloister.privacy.ledger import Ledger
from cloister.privacy.ledger.export import public_key
from cloister.study.errors import LedgerError
from cloister.study.keys import SiteKey

KEY = SiteKey(bytes(range(32)))
GUIDE = Path(__file__).parents[2] / "docs" / "privacy.md"


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    with Ledger.create(tmp_path / "ledger.sqlite", KEY) as ledger:
        for number in (1, 2):
            ledger.reserve(
                study_sha256="a" * 64,
                study_name="Herzstudie für Ältere",
                run_id="run",
                round_number=number,
                dataset="d" * 64,
                members=["patient-one", "patient-two"],
                mechanism=Mechanism(0.1, 2.0, 5),
                delta=1e-5,
                max_epsilon_study=9.0,
                max_epsilon_lifetime=9.0,
            )
        assert ledger.export(tmp_path / "export.jsonl") == 3
    return tmp_path / "export.jsonl"


def audit(path: Path, key: str) -> subprocess.CompletedProcess[str]:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), flags=re.DOTALL)
    (program,) = [block for block in blocks if "sys.argv" in block]
    return subprocess.run([sys.executable, "-c", program, str(path), key], capture_output=True, text=True, check=False)


def test_the_printed_program_verifies_an_export(exported: Path) -> None:
    found = audit(exported, public_key(KEY))
    assert found.returncode == 0, found.stderr
    assert found.stdout.startswith("3 entries of ledger ")


@pytest.mark.parametrize("attack", ["fewer steps", "last entry cut off", "first entry cut off", "another site"])
def test_it_finds_every_change(exported: Path, attack: str) -> None:
    lines = exported.read_text().splitlines(keepends=True)
    changed = {
        "fewer steps": [line.replace('"steps":5', '"steps":1') for line in lines],
        "last entry cut off": [lines[0].replace('"entries": 3', '"entries": 2'), *lines[1:-1]],
        "first entry cut off": [lines[0], *lines[2:]],
        "another site": lines,
    }[attack]
    exported.write_text("".join(changed))
    key = public_key(SiteKey(bytes(32)) if attack == "another site" else KEY)
    assert "InvalidSignature" in audit(exported, key).stderr


def test_no_patient_appears_and_the_mechanisms_do(exported: Path) -> None:
    text = exported.read_text()
    assert "patient-one" not in text
    reservation = json.loads(text.splitlines()[2])
    assert reservation["mechanism"] == {"sample_rate": 0.1, "noise_multiplier": 2.0, "steps": 5}
    assert (reservation["patients"], reservation["delta"], reservation["noise"]) == (2, 1e-5, "system")


def test_an_export_that_cannot_be_written_is_a_ledger_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        Ledger.create(tmp_path / "ledger.sqlite", KEY) as ledger,
        pytest.raises(LedgerError, match="cannot be written"),
    ):
        ledger.export(tmp_path / "file" / "export.jsonl")
