"""Names whose surname is made of ordinary words: Mary Standing Elk, Vernon Grass, John Rivers, Mr. Little Wolf.

No list of names helps where each word is one of everyday, and in lower case no capital does. What helps is the word
before: a given name, a word that is none of the language, a title; and words around the whole that are used of a
person. Words that notes write about as well ("John hand pain") count only where the sentence goes on behind them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cloister.deid.text.allow_list import is_announced, is_medical_use
from cloister.deid.text.finding import Finding
from cloister.deid.text.folded import folded
from cloister.deid.text.gazetteers.names import is_given_name
from cloister.deid.text.language import function_words
from cloister.deid.text.name_words import GIVEN_WORDS, MEDICAL_TOO, SURNAME_ATTRIBUTES, SURNAME_NOUNS
from cloister.deid.text.plausibility import is_common_word, is_everyday
from cloister.deid.text.recognizers.name_among_words import is_other_word
from cloister.deid.text.recognizers.person_context import is_done_by, is_named, is_spoken_of

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LONGEST_SURNAME = 4
_FIRST = re.compile(r"(?<![\w'’-])([^\W\d_]+(?:['’-][^\W\d_]+)*)(?:[ ][^\W\d_]\.?)?[ ]$")
"""The word before a surname, and perhaps an initial."""
_LOOK_BACK = 32
_NEXT = re.compile(r"[ ]([^\W\d_]+)")
_LABELLED = re.compile(r"(?<=:)[ \t]*$")
_SHORTEST_UNLISTED = 3
_VOWEL = re.compile(r"[aeiouy]")
_ANNOUNCED, _LIKELY = 0.7, 0.5


def find_names_of_words(text: str, *, in_one_case: bool) -> Iterator[Finding]:
    """Given name and surname, or the surname alone where a title or a person's doings announce one; source "name".

    Args:
        text: a note.
        in_one_case: whether it is in lower case or capitals throughout. If not, every word has to be capitalised.
    """
    lowered = folded(text)
    for surname in _surnames(text, lowered, in_one_case):
        start, end = surname[0].start(), surname[-1].end()
        first = _FIRST.search(text, max(0, start - _LOOK_BACK), start)
        if first is not None and (in_one_case or first[1][0].isupper()):
            score = _score_after(text, first, [word[0] for word in surname], end, in_one_case)
            if score and not is_medical_use(text, first.start(1), end):
                yield Finding(first.start(1), end, "NAME", score, "name")
                continue
        score = _score_alone(text, [word[0] for word in surname], start, end)
        if score and not is_medical_use(text, start, end):
            yield Finding(start, end, "NAME", score, "name")


def is_surname_word(word: str) -> bool:
    """Whether a word, in lower case, is one that surnames are made of; a word with hyphens, whether each part is."""
    if word in SURNAME_NOUNS or word in SURNAME_ATTRIBUTES:
        return True
    return "-" in word and all(map(is_surname_word, word.split("-")))


def _surnames(text: str, lowered: str, in_one_case: bool) -> Iterator[list[re.Match[str]]]:
    """Runs of such words that end with a noun."""
    run: list[re.Match[str]] = []
    for word in _WORD.finditer(lowered):
        if is_surname_word(word[0]) and (in_one_case or text[word.start()].isupper()):
            if run and text[run[-1].end() : word.start()] != " ":
                yield from _ending_with_noun(run)
                run = []
            run.append(word)
        elif run:
            yield from _ending_with_noun(run)
            run = []
    yield from _ending_with_noun(run)


def _ending_with_noun(run: list[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    while run and run[-1][0].rpartition("-")[2] not in SURNAME_NOUNS:
        run.pop()
    if 0 < len(run) <= _LONGEST_SURNAME:
        yield run


def _score_after(text: str, first: re.Match[str], surname: list[str], end: int, in_one_case: bool) -> float:
    """How likely the word before and a surname are a person's name."""
    word, start = first[1].lower(), first.start(1)
    if is_other_word(word) or word in function_words("en"):
        return 0.0
    certain, closed = _is_certain(surname), _is_closed(text, end)
    spoken_of = _is_person(text, start, end)
    if word in GIVEN_WORDS or (is_given_name(word) and is_common_word(word, "en")):
        return _LIKELY if certain and spoken_of else 0.0
    if is_given_name(word):
        return _LIKELY if certain or closed else 0.0
    if is_everyday(word) or len(word) < _SHORTEST_UNLISTED or not _VOWEL.search(word):
        return 0.0
    if certain:
        return _LIKELY if len(surname) > 1 or not in_one_case or spoken_of else 0.0
    return _LIKELY if closed and spoken_of else 0.0


def _score_alone(text: str, surname: list[str], start: int, end: int) -> float:
    """How likely a surname without a given name is one."""
    if is_announced(text, start):
        return _ANNOUNCED
    words = [part for word in surname for part in word.split("-")]
    if len(words) == 1 or not _is_certain(surname):
        return 0.0
    if is_named(text, start, end):
        return _LIKELY
    several = len(words) > 2 or surname[0] in GIVEN_WORDS
    return _LIKELY if several and _is_person(text, start, end) else 0.0


def _is_certain(surname: list[str]) -> bool:
    """Whether one of the words is nothing that notes are full of."""
    return any(part not in MEDICAL_TOO for word in surname for part in word.split("-"))


def _is_person(text: str, start: int, end: int) -> bool:
    """Whether a person is spoken of, or a label with a colon stands before."""
    if is_named(text, start, end) or is_spoken_of(text, start, end):
        return True
    return _LABELLED.search(text, max(0, start - _LOOK_BACK), start) is not None


def _is_closed(text: str, end: int) -> bool:
    """Whether a sign, the end or a word of grammar follows."""
    following = _NEXT.match(text, end)
    return following is None or following[1].lower() in function_words("en") or is_done_by(text, end)
