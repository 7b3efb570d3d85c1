"""How fast notes are read on one core, how long the first note takes, and how much memory it needs.

Each figure comes from a process of its own, so that nothing is warm. Notes are made of public clinical prose
(mts_dialog's note sections), joined and cut to 2,800 characters. Time is the processor's, so that other work on the
machine does not count; start-up is by the clock, from launching Python to the end of the first note.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

CHARACTERS = 2800
_FIRST_NOTE = "from cloister.deid.text.detector import detect; detect('Seen by Dr. Ana Ruiz on 3/2/2024.')"
_MANY_NOTES = """
import json, resource, sys, time
from cloister.deid.text.detector import detect
notes = json.load(open(sys.argv[1], encoding="utf-8"))
detect(notes[0])
start = time.process_time()
for note in notes:
    detect(note)
seconds = time.process_time() - start
print(json.dumps([len(notes) / seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


@dataclass(frozen=True)
class Speed:
    """Notes of 2,800 characters per second of one core; seconds to the end of the first note; peak MiB."""

    notes_per_second: float
    start_up_seconds: float
    peak_mebibytes: float


def measure_speed(texts: list[str], notes: int = 150, repetitions: int = 3) -> Speed:
    """The best of several repetitions: what slows a run down is other work, never ours."""
    joined = "\n\n".join(texts)
    made = [joined[start : start + CHARACTERS] for start in range(0, len(joined) - CHARACTERS, CHARACTERS)][:notes]
    starts, rates, peaks = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "notes.json"
        path.write_text(json.dumps(made), encoding="utf-8")
        for _ in range(repetitions):
            before = time.perf_counter()
            subprocess.run([sys.executable, "-c", _FIRST_NOTE], check=True)
            starts.append(time.perf_counter() - before)
            done = subprocess.run(
                [sys.executable, "-c", _MANY_NOTES, str(path)], check=True, capture_output=True, text=True
            )
            per_second, peak = json.loads(done.stdout)
            rates.append(per_second)
            peaks.append(peak)
    return Speed(max(rates), min(starts), max(peaks))
