"""JSON logs: patient data that is planted in every place of a log call does not come out."""

from __future__ import annotations

import ast
import io
import json
import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.study.errors import BudgetExhaustedError
from cloister.study.json_log import WITHHELD, JsonFormatter, wrapped

ROOT = Path(__file__).parents[2]
PHI = "Maria Kowalski, MRN 00482913"


@dataclass(frozen=True)
class Logs:
    """Loggers of ours and of somebody else's that nobody else listens to, and what they wrote."""

    ours: logging.Logger
    others: logging.Logger
    out: io.StringIO


@pytest.fixture
def logs() -> Logs:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(JsonFormatter({"north"}))
    ours, others = logging.Logger("cloister.tested"), logging.Logger("flwr.tested")
    for logger in (ours, others):
        logger.addHandler(handler)
    return Logs(ours, others, out)


def lines(logs: Logs) -> list[dict[str, Any]]:
    return [json.loads(line) for line in logs.out.getvalue().splitlines()]


def test_numbers_and_known_words_are_told(logs: Logs) -> None:
    logs.ours.warning("%s: round %d, %.1f s [%s]", "north", 3, 1.25, "budget-exhausted")
    (line,) = lines(logs)
    assert line["message"] == "north: round 3, 1.2 s [budget-exhausted]"
    assert (line["level"], line["logger"]) == ("WARNING", "cloister.tested")
    assert line["at"].endswith("+00:00")


def test_planted_patient_data_never_comes_out(logs: Logs) -> None:
    log, others = logs.ours, logs.others
    log.error("refused: %s", PHI)
    log.error("%s", Exception(PHI))
    log.error("%(who)s", {"who": PHI})
    log.error("round %d", PHI)
    log.error("no place for it", PHI)
    log.error(Exception(PHI))
    log.error("%r", [PHI], extra={"patient": PHI})
    others.error(PHI)
    others.error("text %s", PHI)
    for problem in (ValueError(PHI), BudgetExhaustedError(PHI, PHI)):
        try:
            raise problem
        except Exception:
            log.exception("failed")
            others.exception(PHI)
    text = logs.out.getvalue()
    assert len(lines(logs)) == 13
    for piece in ("Kowalski", "00482913"):
        assert piece not in text
    assert lines(logs)[0]["message"] == f"refused: {WITHHELD}"
    assert [line["error"] for line in lines(logs) if "error" in line] == ["ValueError"] * 2 + ["budget-exhausted"] * 2


@pytest.mark.parametrize(
    ("line", "level"),
    [
        (f"\x1b[91mERROR \x1b[0m:     {PHI}", "ERROR"), (f"WARNING : {PHI}", "WARNING"), (f"ValueError: {PHI}", "INFO"),
        (json.dumps({"message": PHI}), "INFO"), (json.dumps([PHI]), "INFO"), ("[" * 10_000, "INFO"), ("", "INFO"),
        (json.dumps({"at": 1, "level": "INFO", "logger": "x", "message": PHI}), "INFO"),
    ],
)  # fmt: skip
def test_of_what_others_print_only_the_level_is_told(line: str, level: str) -> None:
    told = json.loads(wrapped(line, "node"))
    assert (told["level"], told["logger"], told["message"]) == (level, "node", WITHHELD)
    assert datetime.fromisoformat(told["at"]).tzinfo is not None


def test_a_line_of_this_log_that_another_process_wrote_stays_as_it_is(logs: Logs) -> None:
    logs.ours.error("refused [%s]", "bad-data")
    line = logs.out.getvalue()
    assert wrapped(line, "node") == line.strip()


@given(st.text(min_size=1).filter(lambda text: text != "north"))
def test_no_text_is_told_but_known_words(text: str) -> None:
    record = logging.LogRecord("cloister.x", logging.INFO, "f.py", 1, "said %s", (text,), None)
    told = json.loads(JsonFormatter({"north"}).format(record))["message"]
    assert told in {f"said {WITHHELD}", f"said {text}"}
    if any(not (character.isascii() and (character.islower() or character in "-._")) for character in text):
        assert told == f"said {WITHHELD}"


def test_every_text_of_our_own_log_calls_stands_in_the_program() -> None:
    calls, built = 0, []
    for part in ("study", "client", "server", "strategies"):
        for path in (ROOT / part / "cloister" / part).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and isinstance(node.func.value, ast.Name)
                    and node.func.value.id in {"log", "logger"}
                    and node.func.attr in {"debug", "info", "warning", "error", "exception", "critical"}
                ):
                    calls += 1
                    text = node.args[0]
                    if not (isinstance(text, ast.Constant) and isinstance(text.value, str)):
                        built.append(f"{path}:{node.lineno}")
    assert calls > 10
    assert built == []
