"""Labelled clinical text, reproducible by seed.

A document is a question of one to three sentences or a note of several lines; its parts are carrier texts of a pack,
half of them without identifiers, whose slots are filled with drawn values. Then it is put in lower case or capitals
and gets typing noise, in the shares below.
"""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cloister.deid.text.finding import Label
from cloister.deid.text.training import noise
from cloister.deid.text.training.carriers import LanguagePack
from cloister.deid.text.training.languages import PACKS
from cloister.deid.text.training.pool import Pool
from cloister.deid.text.training.values import Piece, Values
from cloister.deid.text.training.vocabulary import function_words, words

LOWER_SHARE, UPPER_SHARE, NAMES_LOWER_SHARE = 0.32, 0.08, 0.03
NEGATIVE_SHARE = 0.3
"""Share of documents without any identifier."""

LOOSE_SHARE = 0.12
"""Of the parts of a document: sentences without grammar."""
FUNCTION_SHARE = 0.4
"""Of the words of such sentences: articles, prepositions and the like."""
FIGURE_SHARE = 0.1
"""Of the words of such sentences: numbers, ranges, abbreviations, names of genes and cells."""
OTHER_LANGUAGES_SHARE, LOOSE_LANGUAGES = 0.16, ("es", "de", "fr", "it", "pt", "nl")
"""Documents of such sentences only, in languages with and without carrier texts."""
LOOSE_SEPARATORS = (*" " * 12, ", ", ", ", " / ", " - ", "; ")
LOOSE_SLOTS = (
    "NAME", "NAME", "NAME.family", "NAME.given", "DOCTOR", "CITY", "HOSPITAL", "DATE", "PHONE", "MRN", "AGE",
    "ACCOUNT", "ID", "SSN", "STREET", "ORGANIZATION", "STATE", "COUNTRY",
)  # fmt: skip

_SLOT = re.compile(r"\{([A-Za-z_0-9.]+)\}")


@dataclass(frozen=True)
class Span:
    """An identifier: offsets in code points, end exclusive."""

    start: int
    end: int
    label: Label


@dataclass(frozen=True)
class Document:
    """A text with its identifiers, in order and disjoint."""

    text: str
    spans: tuple[Span, ...]
    language: str


def generate(count: int, seed: int, pool: Pool, packs: Sequence[LanguagePack] = PACKS) -> Iterator[Document]:
    """Documents of all packs, English twice as often as each other language.

    Args:
        count: how many.
        seed: the same one gives the same documents.
        pool: names, places, terms and templates of training or of validation.
        packs: the languages.
    """
    draw = random.Random(seed)  # noqa: S311 - training data, no secret
    split = [_part(pack, pool) for pack in packs]
    weights = [2.5 if pack.language == "en" else 1.0 for pack in split]
    for _ in range(count):
        (pack,) = draw.choices(split, weights)
        yield _document(pack, pool, draw)


def _part(pack: LanguagePack, pool: Pool) -> LanguagePack:
    terms = {key: pool.part(entries) for key, entries in pack.terms.items()}
    return replace(pack, templates=pool.part(pack.templates), negatives=pool.part(pack.negatives), terms=terms)


def _document(pack: LanguagePack, pool: Pool, draw: random.Random) -> Document:
    values = Values(pack, pool, draw)
    negative = draw.random() < NEGATIVE_SHARE
    language = draw.choice(LOOSE_LANGUAGES) if draw.random() < OTHER_LANGUAGES_SHARE else pack.language
    short = draw.random() < 0.5
    parts = draw.randint(1, 3) if short else draw.randint(4, 12)
    separators = (" ",) if short else ("\n", "\n", "\n", " ", "\n\n")
    pieces: list[Piece] = []
    for number in range(parts):
        share = 0.0 if negative else (0.8 if short else 0.5)
        carrier = draw.choice(pack.templates if draw.random() < share else pack.negatives)
        if number:
            pieces.append((draw.choice(separators), None))
        ungrammatical = language != pack.language or draw.random() < LOOSE_SHARE
        pieces += loose(language, values, draw, share) if ungrammatical else fill(carrier, values)
    return _noisy(pieces, language, draw)


def fill(carrier: str, values: Values) -> list[Piece]:
    """A carrier text with its slots filled; list entries may hold slots themselves."""
    pieces: list[Piece] = []
    end = 0
    for slot in _SLOT.finditer(carrier):
        pieces.append((carrier[end : slot.start()], None))
        end = slot.end()
        if slot[1][0].isupper():
            pieces += values.labelled(slot[1])
        else:
            pieces += fill(values.term(slot[1]), values)
    pieces.append((carrier[end:], None))
    return [piece for piece in pieces if piece[0]]


def loose(language: str, values: Values, draw: random.Random, share: float) -> list[Piece]:
    """A sentence of clinical and common words without grammar, with an identifier among them or none."""
    vocabulary, small = values.pool.part(words(language)), function_words(language)
    pieces: list[Piece] = []
    count = draw.randint(3, 14)
    slot = draw.randrange(count) if draw.random() < share / 2 else -1
    for index in range(count):
        if index:
            pieces.append((draw.choice(LOOSE_SEPARATORS), None))
        if index == slot:
            pieces += values.labelled(draw.choice(LOOSE_SLOTS))
        if draw.random() < FIGURE_SHARE:
            word = _figure(values, draw)
        else:
            word = draw.choice(small if draw.random() < FUNCTION_SHARE or not vocabulary else vocabulary)
        capital = index == 0 or draw.random() < 0.04
        pieces.append((" " * (index == slot) + (word[:1].upper() + word[1:] if capital else word), None))
    return [*pieces, (draw.choice(".. ,:"), None)]


def _figure(values: Values, draw: random.Random) -> str:
    """A number or an abbreviation as prose about medicine is full of."""
    number, other = values.term("number"), values.term("number")
    letters = "".join(draw.choices(string.ascii_uppercase, k=draw.randint(1, 4)))
    return draw.choice(
        (number, number, f"({number})", f"{number}-{other}", f"{number} +/- {other}", f"({number} to {other})",
         f"{number}/{other}", letters, letters, f"({letters})", f"{letters}{number}", f"{letters}-{number}",
         f"{number} {letters}", f"{letters[0]}.{letters[-1]}.", values.term("dose"), values.term("time"))
    )  # fmt: skip


def _noisy(pieces: list[Piece], language: str, draw: random.Random) -> Document:
    characters = [(character, number) for number, (text, _) in enumerate(pieces) for character in text]
    labels = [label for _, label in pieces]
    case = draw.random()
    if case < LOWER_SHARE:
        characters = noise.lower(characters, draw)
    elif case < LOWER_SHARE + UPPER_SHARE:
        characters = noise.upper(characters, draw)
    elif case < LOWER_SHARE + UPPER_SHARE + NAMES_LOWER_SHARE:
        characters = [(c.lower() if labels[n] == "NAME" and len(c.lower()) == 1 else c, n) for c, n in characters]
    for share, change in noise.NOISE:
        if draw.random() < share:
            characters = change(characters, draw)
    return _labelled(characters, labels, language)


def _labelled(characters: list[tuple[str, int]], labels: list[Label | None], language: str) -> Document:
    """The text with one span per labelled piece; pieces of an address that only signs separate become one span."""
    text = "".join(character for character, _ in characters)
    spans: list[Span] = []
    start = 0
    while start < len(characters):
        number = characters[start][1]
        end = start
        while end < len(characters) and characters[end][1] == number:
            end += 1
        label = labels[number]
        if label is not None and text[start:end].strip():
            last = spans[-1] if spans else None
            if last and label == last.label == "ADDRESS" and not text[last.end : start].strip(" ,-\n"):
                spans[-1] = Span(last.start, end, label)
            else:
                spans.append(Span(start, end, label))
        start = end
    return Document(text, tuple(spans), language)
