"""The data files beside this module."""

from __future__ import annotations

from importlib.resources import files


def read_lines(name: str) -> list[str]:
    """The lines of a data file, such as `drugs.txt`."""
    return (files("cloister.deid.text.gazetteers") / name).read_text("utf-8").splitlines()


def read_words(name: str) -> frozenset[str]:
    """The words of a data file that separates them by blanks."""
    return frozenset(word for line in read_lines(name) for word in line.split())


def read_entries(name: str) -> list[str]:
    """The entries, of one or more words, of a data file that separates them by semicolons."""
    return [entry for line in read_lines(name) for entry in line.split(";") if entry]
