"""A folder of text files, a file a note: plain text, HTML, RTF or mail, in sub-folders or not."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

from cloister.deid.folder_files import files_below
from cloister.deid.note_sources.encoded_text import text_of
from cloister.deid.note_sources.item import Item, Refused, SourceNote
from cloister.deid.notes_input import MAX_LINE_BYTES
from cloister.study.utf8 import has_utf8

SUFFIXES = frozenset({".txt", ".text", ".md", ".html", ".htm", ".rtf", ".eml"})


def read_text_files(folder: Path, patient_folders: bool = False) -> Iterator[Item]:
    """Each text file, in the order of their paths; a note's id is its path within the folder.

    Args:
        folder: where they are.
        patient_folders: each folder in it bears the record number of the patient whose notes are in it.
    """
    for path in files_below(folder):
        if path.is_symlink():
            yield Refused(path, 0, "link")
        elif path.suffix.lower() in SUFFIXES:
            yield _note(path, path.relative_to(folder), patient_folders)
        else:
            yield Refused(path, 0, "unsupported-format")


def _note(path: Path, place: Path, patient_folders: bool) -> Item:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # a pipe, for instance, would keep the run waiting
            return Refused(path, 0, "unreadable-file")
        if found.st_size > MAX_LINE_BYTES:
            return Refused(path, 0, "too-large")
        text = text_of(path.read_bytes())
    except OSError:
        return Refused(path, 0, "unreadable-file")
    if text is None or not has_utf8(str(place)):
        return Refused(path, 0, "not-utf-8")
    if not text.strip():
        return Refused(path, 0, "missing-text")
    values = {"id": place.as_posix(), "text": text}
    if patient_folders and len(place.parts) > 1:
        values["patient_id"] = place.parts[0]
    return SourceNote(values)
