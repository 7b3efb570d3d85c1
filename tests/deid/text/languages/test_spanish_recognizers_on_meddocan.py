"""The Spanish recognisers alone on MEDDOCAN's development notes, which they were not written on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cloister.deid.text.recognizers.languages.es import RECOGNIZERS

CORPUS = Path(__file__).parents[5] / "shared/data/meddocan/corpus/dev"
SAFE_HARBOR = frozenset(
    """
    NOMBRE_SUJETO_ASISTENCIA NOMBRE_PERSONAL_SANITARIO FECHAS CALLE TERRITORIO PAIS HOSPITAL CENTRO_SALUD
    NUMERO_TELEFONO NUMERO_FAX
    ID_SUJETO_ASISTENCIA ID_ASEGURAMIENTO ID_CONTACTO_ASISTENCIAL ID_TITULACION_PERSONAL_SANITARIO
    """.split()  # noqa: SIM905
)


@pytest.mark.skipif(not CORPUS.is_dir(), reason="needs shared/data/meddocan")
def test_most_identifiers_are_found_by_patterns_alone() -> None:
    """Words of names, dates, places, institutions and numbers, e-mail aside; the taggers add what patterns cannot."""
    named = found = flagged = right = 0
    for path in sorted(CORPUS.rglob("*.txt")):
        with path.open(encoding="utf-8", newline="") as file:
            text = file.read()
        wanted, any_span, hidden = set[int](), set[int](), set[int]()
        for line in path.with_suffix(".ann").read_text(encoding="utf-8").splitlines():
            if line.startswith("T"):
                kind, start, *_, end = line.split("\t")[1].split()
                span = range(int(start), int(end))
                any_span.update(span)
                if kind in SAFE_HARBOR:
                    wanted.update(span)
        for recognizer in RECOGNIZERS:
            for finding in recognizer.find(text):
                if finding.score >= 0.3:
                    hidden.update(range(finding.start, finding.end))
        for word in re.finditer(r"\w+", text):
            positions = range(*word.span())
            is_wanted, is_hidden = not wanted.isdisjoint(positions), not hidden.isdisjoint(positions)
            named += is_wanted
            found += is_wanted and is_hidden
            flagged += is_hidden
            right += is_hidden and not any_span.isdisjoint(positions)
    assert found / named >= 0.9
    assert right / flagged >= 0.95
