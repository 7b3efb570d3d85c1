"""Corpora of annotated notes, in the formats that they come in.

    brat.py               a folder of `.txt` and `.ann` files (MEDDOCAN, GraSCCo_PHI)
    i2b2_xml.py           a folder of `.xml` files, or one (i2b2 2006 and 2014; under a data use agreement)
    presidio_research.py  a `.json` list (presidio-research's generator)
    notes_with_gold.py    a notes file and its spans in a `.jsonl` or `.csv` file

Every reader raises `DataError` that names the file, the line or element, and the value it cannot use.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cloister.deid.evaluation.annotated_note import AnnotatedNote
from cloister.deid.evaluation.readers.brat import read_brat
from cloister.deid.evaluation.readers.i2b2_xml import read_i2b2
from cloister.deid.evaluation.readers.presidio_research import read_presidio_research
from cloister.study.errors import InputError, MissingFileError


def read_corpus(path: Path) -> Iterator[AnnotatedNote]:
    """Read a corpus that carries its own annotation; which kind it is shows in its files.

    Raises:
        MissingFileError: there is nothing at this path.
        InputError: it is no corpus of a kind that is read here.
        DataError: something in it cannot be used.
    """
    if not path.exists():
        raise MissingFileError(path, "corpus")
    if path.is_dir() and any(path.glob("*.ann")):
        return read_brat(path)
    if (path.is_dir() and any(path.glob("*.xml"))) or path.suffix == ".xml":
        return read_i2b2(path)
    if path.suffix == ".json":
        return read_presidio_research(path)
    raise InputError(
        f"{path}: carries no annotation of its own.",
        "Give its spans with --gold, or name a folder of brat files, of i2b2 XML files, or a presidio-research .json.",
    )
