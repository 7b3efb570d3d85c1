"""No input, however damaged, gets more out of a parser than a value or its typed refusal.

Normally the genuine input is damaged by random edits of a fixed seed. `pytest -m heavy tests/fuzz` lets coverage guide
them (`guided.py`): `CLOISTER_FUZZ_SECONDS=600` says for how much CPU time each, `CLOISTER_FUZZ_CORPUS` names a folder
for what was found to reach new code, from which a later run goes on.
"""

import json
import os
import random
import re
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest
from tests.fuzz.catalogue import PARSERS
from tests.fuzz.damage import damaged
from tests.fuzz.guided import Tried
from tests.fuzz.parser import ROOT, Parser

SECONDS = os.environ.get("CLOISTER_FUZZ_SECONDS", "10")
FEW = 25


def try_once(parser: Parser, data: bytes, folder: Path) -> None:
    place = folder / "try"
    place.mkdir()
    try:
        with warnings.catch_warnings():
            # pydicom warns of what it then reads or refuses.
            warnings.simplefilter("ignore")
            parser.read(data, place)
    except parser.refusals:
        pass
    except BaseException:
        (folder / "input").write_bytes(data)
        raise
    shutil.rmtree(place)


@pytest.mark.parametrize("name", PARSERS)
def test_a_damaged_input_is_read_or_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    (tmp_path / "first").mkdir()
    parser = PARSERS[name](tmp_path / "kept")
    parser.read(parser.genuine, tmp_path / "first")
    chance = random.Random(f"{name} {0}")
    for _ in range(FEW):
        try_once(parser, damaged(parser.genuine, chance), tmp_path)


@pytest.mark.heavy
@pytest.mark.skipif(find_spec("atheris") is None, reason="needs atheris (the extra `fuzz`)")
@pytest.mark.parametrize("name", PARSERS)
def test_no_input_that_coverage_leads_to_does_more(
    name: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    folder = Path(os.environ.get("CLOISTER_FUZZ_CORPUS", tmp_path)).resolve()
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz.guided", name, SECONDS, folder], cwd=ROOT, capture_output=True, text=True
    )
    log = re.sub(r"(INFO: Instrumenting|WARNING: It looks like this module).*\n", "", done.stderr)
    assert done.returncode == 0, log[-6000:]
    tried = Tried(**json.loads(done.stdout.splitlines()[-1]))
    coverage = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", log)
    edges, features, inputs = map(int, coverage[-1])
    record_property(
        "fuzzed",
        f"{name}: {tried.seconds:.0f} CPU s, {tried.runs} inputs ({tried.accepted} accepted, the others refused at "
        f"{tried.refusals} places), {inputs} kept for {edges} edges, {features} features",
    )
    # A fuzz that stands before a closed door says nothing: one that is only ever refused, and in one place.
    assert inputs > 1
    assert tried.accepted or tried.refusals > 1
