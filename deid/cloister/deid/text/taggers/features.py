"""The hand features of the CRF.

Each token has attributes of three kinds: of itself, of single tokens around it (each a set that depends on the word
alone, so that it is looked up once per word), and of pairs and triples of neighbours. All are strings, because that is
what python-crfsuite trains on; at run time each string is a row of weights.

The shape of a word is only told where a passage is in mixed case. In one written in lower case or capitals the model
thus relies on words, affixes, lists of names and neighbours, and does not mistake the lower case of a name for a
sign that it is none.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cloister.deid.text.taggers.tokens import Tokens

Lists = Mapping[str, str]
"""Word in lower case -> the letters of the lists that hold it (g given name, f family name, p place, c common word)."""

OWN = 0
NEAR = (-1, 1)
FAR = (-2, 2)
WIDE = (-3, 3)
LONGEST = 32
"""Characters of a word that are looked at."""


@dataclass(frozen=True, slots=True)
class Word:
    """What is known of a word by itself: its text in lower case, its coarse class, its own attributes."""

    lower: str
    kind: str
    own: tuple[str, ...]
    near: tuple[str, ...]
    far: tuple[str, ...]


def describe(word: str, case: str, lists: Lists) -> Word:
    """A word's attributes.

    Args:
        word: a token.
        case: "m", "l" or "u" as in `Tokens`.
        lists: which lists of names and places hold a word.
    """
    word = word[:LONGEST]
    if word.isdecimal():
        number = _number(word)
        attributes = (f"n={number}", f"d={min(len(word), 12)}")
        return Word(number, number, (*attributes, f"w={word}") if len(word) < 4 else attributes, attributes, attributes)
    if not word[0].isalpha():
        return Word(word, word, (f"w={word}",), (f"w={word}",), (f"w={word}",))
    lower = folded_word(word)
    held = lists.get(lower, "")
    shape = _shape(word) if case == "m" else case
    kind = f"{shape}.{held}"
    own = [f"w={lower}", f"s={shape}", f"g={held}", f"k={kind}", f"c={case}"]
    if len(lower) > 2:
        own += [f"a2={lower[:2]}", f"z2={lower[-2:]}", f"z2{shape}={lower[-2:]}"]
    if len(lower) > 3:
        own += [f"a3={lower[:3]}", f"z3={lower[-3:]}"]
    if len(lower) > 4:
        own += [f"a4={lower[:4]}", f"z4={lower[-4:]}"]
    own.append(f"l={min(len(lower), 8)}{shape}")
    far = (f"w={lower}", f"k={kind}")
    return Word(lower, kind, tuple(own), (*far, f"s={shape}", f"g={held}", f"z3={lower[-3:]}"), far)


def folded_word(word: str) -> str:
    """In lower case and without accents: "Núñez", "NÚÑEZ" and "nunez" are one word."""
    if word.isascii():
        return word.lower()
    decomposed = unicodedata.normalize("NFKD", word.lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character)) or word


def _number(digits: str) -> str:
    """What a number could be: a day, a month, a year, an age, or how long it is."""
    if len(digits) == 4 and digits[:2] in {"19", "20"}:
        return "year"
    if len(digits) > 2:
        return f"#{min(len(digits), 12)}"
    value = int(digits)
    zero = "0" if digits[0] == "0" and len(digits) > 1 else ""
    for name, highest in (("month", 12), ("day", 31), ("age", 89)):
        if value <= highest:
            return f"{zero}{name}{len(digits)}"
    return "old"


def _shape(word: str) -> str:
    if len(word) == 1:
        return "X" if word.isupper() else "x" if word.islower() else "o"
    if word.islower():
        return "xx"
    if word.isupper():
        return "XX" if len(word) > 3 else f"X{len(word)}"
    if word[0].isupper():
        return "Xx" if word[1:].islower() else "Xy"
    return "xX" if word[0].islower() else "oo"


NOTHING = Word("", "", (), (), ())


def attributes(tokens: Tokens, lists: Lists) -> list[list[str]]:
    """For every token the strings that python-crfsuite trains on."""
    cache: dict[tuple[str, str], Word] = {}
    words = [_cached(cache, word, case, lists) for word, case in zip(tokens.words, tokens.case, strict=True)]
    return [list(_token_attributes(tokens, words, index)) for index in range(len(tokens))]


def _cached(cache: dict[tuple[str, str], Word], word: str, case: str, lists: Lists) -> Word:
    described = cache.get((word, case))
    if described is None:
        described = cache[word, case] = describe(word, case, lists)
    return described


def _token_attributes(tokens: Tokens, words: list[Word], index: int) -> Iterator[str]:
    yield from words[index].own
    for offset in (*NEAR, *FAR, *WIDE):
        around = _at(words, index + offset)
        yield from role_attributes(around, offset)
    for role, at in (("F", tokens.first[index]), ("K", tokens.key[index])):
        if at >= 0:
            yield f"{role}{words[at].lower}"
    yield place_attribute(tokens.place[index])
    yield from joint_attributes(*(_at(words, index + offset) for offset in (-2, -1, 0, 1, 2)))


def _at(words: list[Word], index: int) -> Word:
    return words[index] if 0 <= index < len(words) else NOTHING


def role_attributes(word: Word, offset: int) -> tuple[str, ...]:
    """The attributes that a word gives the token which it stands `offset` tokens after."""
    given = word.near if offset in NEAR else word.far if offset in FAR else word.far[:1]
    return tuple(f"{offset}{attribute}" for attribute in given)


def joint_attributes(before2: Word, before: Word, word: Word, after: Word, after2: Word) -> tuple[str, ...]:
    """The attributes of pairs and triples, in a fixed order; see `JOINTS` for what each depends on."""
    return (
        f"A{before.kind}|{word.kind}",
        f"B{word.kind}|{after.kind}",
        f"C{before.lower}|{word.kind}",
        f"D{word.kind}|{after.lower}",
        f"E{before2.lower}|{before.lower}",
        f"F2{after.lower}|{after2.lower}",
        f"G{before.kind}|{word.kind}|{after.kind}",
        f"H{before2.kind}|{before.kind}|{word.kind}",
    )


def place_attribute(place: int) -> str:
    """The attribute of a token's place in its line, see `Tokens.place`."""
    return f"P{place}"
