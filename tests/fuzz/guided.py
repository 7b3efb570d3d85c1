"""Coverage-guided fuzzing (libFuzzer, by atheris) of one parser, in a process of its own:

    python -m tests.fuzz.guided NAME SECONDS FOLDER

Only modules that are imported while atheris looks on are instrumented: ours, and parsers in Python that are handed
input. Seconds are of this process's CPU, fuzzing alone. `FOLDER/<name>/` is the corpus, from which a later run goes on;
an input that something else than a refusal came of, or that took longer than `SLOWEST` seconds, is left in `FOLDER`.
The last line of the output is a `Tried` in JSON.
"""

import json
import logging
import os
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final

from tests.fuzz.damage import NASTY, damaged

if TYPE_CHECKING:
    from tests.fuzz.parser import Parser

INSTRUMENTED: Final = ["cloister", "hl7", "jwt", "tomllib", "zipfile"]
SLOWEST: Final = 10.0
"""CPU seconds for one input."""
_RARELY: Final = 0.3
"""Share of edits that are as without guidance: libFuzzer's own dictionary takes no long words."""
_WORD = re.compile(rb"[A-Za-z_][\w./-]{2,40}")


@dataclass(frozen=True)
class Tried:
    """What became of the inputs that were made, genuine one not counted."""

    runs: int
    accepted: int
    refusals: int
    """Places in the code at which one was refused."""
    seconds: float


Mutate = Callable[[bytes, int], bytes]
Places = tuple[tuple[str, str, int], ...]
"""Kinds of errors, files and lines."""


class TooSlowError(BaseException):
    """Raised in the middle of a parser; no parser may catch it."""


def name_of_file(name: str) -> str:
    """A parser's name as that of a folder."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower())


def main(name: str, seconds: float, folder: Path) -> None:
    """Fuzz until the time is over, or something was found."""
    import atheris

    logging.disable()
    warnings.simplefilter("ignore")
    corpus, work = folder / name_of_file(name), Path(tempfile.mkdtemp())
    for each in (corpus, work / "kept", work / "seeds"):
        each.mkdir(parents=True, exist_ok=True)
    with atheris.instrument_imports(include=INSTRUMENTED):
        from tests.fuzz.catalogue import PARSERS

        parser = PARSERS[name](work / "kept")
        with _place(work) as place:
            parser.read(parser.genuine, place)
        atheris.instrument_func(_note)
        campaign = _Campaign(parser, work, seconds)
        (work / "seeds" / "genuine").write_bytes(parser.genuine)
        (work / "dictionary").write_text(_dictionary(parser.genuine))
        # By the kernel's ticks, which bill whoever is interrupted often for others too: 14 % on a busy machine.
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time() + 1.5 * seconds + 6 * SLOWEST),) * 2)
        signal.signal(signal.SIGPROF, _too_slow)
        options = [
            f"-max_len={max(4096, 2 * len(parser.genuine))}", f"-dict={work / 'dictionary'}", "-rss_limit_mb=2048",
            f"-artifact_prefix={folder}/{name_of_file(name)}-", "-seed=1", "-mutate_depth=2",
            # Wall-clock time: whoever has lower priority may be stopped for long. `_too_slow` sees to the rest.
            "-timeout=7200",
        ]  # fmt: skip
        atheris.Setup(
            [sys.argv[0], *options, str(corpus), str(work / "seeds")],
            campaign.one,
            custom_mutator=lambda data, most, seed: _mutated(
                data, parser.genuine, most, random.Random(seed), atheris.Mutate
            ),
        )
        campaign.begin()
        atheris.Fuzz()


class _Campaign:
    def __init__(self, parser: "Parser", work: Path, seconds: float) -> None:
        self._parser, self._work, self._seconds = parser, work, seconds
        self._begin, self._over = 0.0, False
        self._runs = self._accepted = 0
        self._outcomes: list[Places] = [()]

    def begin(self) -> None:
        self._begin = time.process_time()

    def one(self, data: bytes) -> None:
        """Try one input."""
        spent = time.process_time() - self._begin
        if self._over:
            return
        if spent >= self._seconds:
            self._over = True
            shutil.rmtree(self._work)
            tried = Tried(self._runs, self._accepted, len(self._outcomes) - 1, round(spent, 1))
            print(json.dumps(asdict(tried)), flush=True)
            os.kill(os.getpid(), signal.SIGUSR1)  # libFuzzer ends after this input
            return
        refusal: Exception | None = None
        with _place(self._work) as place:
            signal.setitimer(signal.ITIMER_PROF, SLOWEST)
            try:
                self._parser.read(data, place)
            except self._parser.refusals as problem:
                refusal = problem
            finally:
                signal.setitimer(signal.ITIMER_PROF, 0)
        _note(_places_in_code(refusal), self._outcomes)
        if data != self._parser.genuine:
            self._runs += 1
            self._accepted += refusal is None


@contextmanager
def _place(work: Path) -> Iterator[Path]:
    place = work / "try"
    place.mkdir()
    try:
        yield place
    finally:
        shutil.rmtree(place)


def _note(outcome: Places, known: list[Places]) -> None:
    """Instrumented: being accepted, or refused somewhere else, is coverage too where a parser is not all in Python."""
    for other in known:
        if other == outcome:
            return
    known.append(outcome)


def _places_in_code(problem: BaseException | None) -> Places:
    """Where it was raised, and where what it was raised for; nowhere if it is None."""
    places = []
    while problem is not None:
        trace = problem.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is not None:
            places.append((type(problem).__name__, trace.tb_frame.f_code.co_filename, trace.tb_lineno))
        problem = problem.__context__
    return tuple(places)


def _mutated(data: bytes, genuine: bytes, most: int, chance: random.Random, mutate: Mutate) -> bytes:
    return damaged(chance.choice((data, genuine)), chance)[:most] if chance.random() < _RARELY else mutate(data, most)


def _dictionary(genuine: bytes) -> str:
    words = {*NASTY, *_WORD.findall(genuine)}
    return "".join('"' + "".join(f"\\x{byte:02x}" for byte in word) + '"\n' for word in sorted(words)[:500])


def _too_slow(_: int, __: FrameType | None) -> None:
    raise TooSlowError(f"{SLOWEST} seconds for one input")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]))
