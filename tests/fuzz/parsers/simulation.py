"""The simulation: public tables, and the result of an earlier run."""

from pathlib import Path
from typing import Final

from tests.fuzz.parser import Build, Parser, file_reader, folder_reader


def public_table(_: Path) -> Parser:
    from cloister.simulation.sources.csv_rows import read_csv_rows

    def read(path: Path) -> object:
        return [row.number("age") for row in read_csv_rows(path, ("age", "sex"), header=True)]

    return Parser(b'age,sex\n63,"m"\n41,f\n', file_reader("t.csv", read))


def result(_: Path) -> Parser:
    from cloister.simulation.result import Interval, Result, Round, StudyFacts, Timing

    study = StudyFacts(
        name="x", title="X", sha256="0" * 64, task="t", metric="auroc", confidence=0.95, rounds=1, sites=("north",),
        strategy="fedavg", architecture="linear", trainable_parameters=3, total_parameters=3, private=False,
        document="{}",
    )  # fmt: skip
    interval = Interval(value=0.5, low=0.25, high=None)
    first = Round(
        round=0, replied=(), failed={}, seconds=1.0, bytes_down=0, bytes_up=0, metrics={"auroc": interval}
    )  # fmt: skip
    made = Result(
        created="2026-01-01", engine="process", study=study, datasets=(), heldout_patients=1, heldout_examples=1,
        privacy=(), rounds=(first,), comparison=(), timings=(Timing(stage="s", seconds=1.0),), peak_memory_bytes=1,
        model_sha256="0" * 64, versions={"python": "3.11"},
    )  # fmt: skip
    return Parser(made.model_dump_json().encode(), folder_reader("result.json", {}, Result.read))


PARSERS: Final[dict[str, Build]] = {"public table": public_table, "result": result}
