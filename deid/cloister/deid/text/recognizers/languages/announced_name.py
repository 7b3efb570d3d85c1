"""Names after what announces them in one language: a title, a label of a form, a formula of letters.

What follows is read word by word: capitalised words, initials and the particles between them, up to the first word
that the language or its clinics use for something else. Notes in one case are read as if every word had a capital.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.folded import folded, titled
from cloister.deid.text.gazetteers.names import is_name
from cloister.deid.text.language import function_words
from cloister.deid.text.name_words import PARTICLES

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\.?")
_GAP = re.compile(r"[ \t]{1,2}|(?<=\.)")
_COMMA = re.compile(r",[ \t]{1,2}|,(?=[^\W\d_])")
_ELISION = re.compile(r"[dlt]['’][^\W\d_a-z]")
_MOST_WORDS = 8
_MOST_WORDS_IN_ONE_CASE = 3
"""Of a note in lower case or capitals, where no capital tells which word still belongs to the name."""
_LONGEST_INITIAL = 2
_MORE_PARTICLES = "i lo do op te zu zur zum vom dal dalla dello dei degli dos das ten ben bint af los las"
_JOINTS = PARTICLES | frozenset(_MORE_PARTICLES.split())
_AND = re.compile(r"(?:[ \t]+(?:y|e|und|et|en|i)[ \t]+|[ \t]*/[ \t]*)(?=[^\W\d_a-z])")
_LIST = re.compile(rf"{_AND.pattern}|[ \t]*[,;][ \t]*(?=[^\W\d_a-z])")


@dataclass(frozen=True)
class Announcement:
    """What stands before a name.

    Args:
        before: regular expression in lower case that ends where the name begins.
        score: of the name.
        field: whether it is the label of a form, after which `Family, Given` is one name.
        several: whether several names may follow, joined by "and", in a form also by commas.
        most: words that the name has at most.
    """

    before: str
    score: float
    field: bool = False
    several: bool = False
    most: int = _MOST_WORDS

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The expression, ready to use."""
        return re.compile(self.before)


@dataclass(frozen=True)
class AnnouncedNames:
    """Finds names that are announced.

    Args:
        language: two-letter code; its function words end a name.
        announcements: tried one after the other.
        not_names: other words, in lower case, that end a name: titles, institutions, words of forms and notes.
    """

    language: str
    announcements: tuple[Announcement, ...]
    not_names: frozenset[str]
    name: str = "announced-name"

    @property
    def labels(self) -> tuple[Label, ...]:
        """NAME."""
        return ("NAME",)

    def find(self, text: str) -> Iterator[Finding]:
        """Every announced name."""
        one_case = titled(text)
        capitalised = text if one_case is None else one_case
        lowered = folded(text)
        for announcement in self.announcements:
            mixed = one_case is None
            most = announcement.most if mixed or announcement.field else _MOST_WORDS_IN_ONE_CASE
            for before in announcement.compiled.finditer(lowered):
                yield from self._names(capitalised, before.end(), announcement, most, mixed=mixed)

    def _names(self, text: str, start: int, announcement: Announcement, most: int, *, mixed: bool) -> Iterator[Finding]:
        while (end := self._end(text, start, announcement.field, most, mixed=mixed)) > start:
            yield Finding(start, end, "NAME", announcement.score, self.name)
            joint = (_LIST if announcement.field else _AND).match(text, end) if announcement.several else None
            if joint is None:
                return
            start = joint.end()

    def _end(self, text: str, start: int, field: bool, most: int, *, mixed: bool) -> int:
        """Where the name that begins at `start` ends; `start` if no name begins there."""
        end, position, letters, comma = start, start, 0, False
        for _ in range(most):
            word = _WORD.match(text, position)
            if word is None or self._ends_a_name(word[0], first=end == start, mixed=mixed):
                break
            if word[0].lower() not in _JOINTS or (mixed and end > start and word[0][0].isupper()):
                initial = len(word[0].rstrip(".")) <= _LONGEST_INITIAL
                end = word.end() if initial and word[0].endswith(".") else word.end() - word[0].endswith(".")
                letters += len(word[0])
                if word[0].endswith(".") and not initial:
                    break
            gap = _GAP.match(text, word.end())
            if gap is None and field and not comma:
                gap = _COMMA.match(text, word.end())
                comma = gap is not None
            if gap is None:
                break
            position = gap.end()
        return end if letters > 1 else start

    def _ends_a_name(self, word: str, *, first: bool, mixed: bool) -> bool:
        bare = word.lower().rstrip(".")
        if len(bare) == 1 and word.endswith("."):
            return not word[0].isupper()
        if bare in _JOINTS:
            return False
        if bare in self.not_names:
            return not (first and mixed and word[0].isupper() and is_name(bare))
        capital = word[0].isupper() or _ELISION.match(word) is not None
        told = mixed and capital  # a capital says more than the word, in a note that uses capitals
        if not told and len(bare) > 1 and bare in function_words(self.language) and not (first and len(bare) > 3):
            return True
        return not capital and not (len(bare) > _LONGEST_INITIAL and is_name(bare))
