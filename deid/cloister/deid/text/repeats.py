"""The second look: what was surely an identifier in one place is one wherever it stands in the patient's notes.

`Giovanni Di Stefano, MD` in a signature makes the bare `Di Stefano` in the text a finding too, in any case; a record
number that was announced once is found again where nothing announces it, and with other separators.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.folded import folded
from cloister.deid.text.name_words import EVERYDAY_WORDS, PARTICLES
from cloister.deid.text.plausibility import is_common_word

SURE = 0.7
"""Lowest score of a finding that is looked for again."""
MOST_ENTRIES = 1000
"""A patient with more distinct identifiers than this is a mixture of patients; later ones are not added."""
_SCORE = 0.6
_SHORTEST_WORD = 3
_SHORTEST_CODE = 5
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PIECE = re.compile(r"[^\W_]+")
_SEPARATOR = r"[\W_]{0,3}"
_CODES: frozenset[Label] = frozenset(
    {"PHONE", "FAX", "MRN", "SSN", "ACCOUNT", "HEALTH_PLAN", "LICENSE", "VEHICLE", "DEVICE", "ID"}
)
_PHRASES: frozenset[Label] = frozenset({"ADDRESS", "ORGANIZATION", "EMAIL", "URL"})


@dataclass(frozen=True)
class SureIdentifiers:
    """What was found with high confidence in a patient's notes: lower-case words of names, and codes and phrases.

    A value: `with_findings` gives a new one. Keep one per patient and hand it to `detect` for the patient's next note.
    """

    words: frozenset[str] = frozenset()
    phrases: Mapping[tuple[str, ...], Label] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.words) + len(self.phrases)

    def with_findings(self, text: str, findings: Iterable[Finding]) -> SureIdentifiers:
        """These and the sure ones among the findings of a text."""
        lowered = folded(text)
        words, phrases = set(self.words), dict(self.phrases)
        for finding in findings:
            if finding.score < SURE or len(words) + len(phrases) >= MOST_ENTRIES:
                continue
            value = lowered[finding.start : finding.end]
            if finding.label == "NAME":
                words.update(filter(_is_telling, _WORD.findall(value)))
            elif pieces := _telling_pieces(value, finding.label):
                phrases.setdefault(pieces, finding.label)
        return self if len(words) + len(phrases) == len(self) else SureIdentifiers(frozenset(words), phrases)

    def find(self, text: str) -> Iterator[Finding]:
        """Every occurrence in a text, in any case and with other separators; what was found before included."""
        lowered = folded(text)
        if self.words:
            for match in _WORD.finditer(lowered):
                if match[0] in self.words:
                    yield Finding(match.start(), match.end(), "NAME", _SCORE, "repeat")
        if self._expression is not None:
            for match in self._expression.finditer(lowered):
                label = self._labels["".join(_PIECE.findall(match[0]))]
                yield Finding(match.start(), match.end(), label, _SCORE, "repeat")

    @cached_property
    def _labels(self) -> Mapping[str, Label]:
        return {"".join(pieces): label for pieces, label in self.phrases.items()}

    @cached_property
    def _expression(self) -> re.Pattern[str] | None:
        if not self.phrases:
            return None
        longest_first = sorted(self.phrases, key=lambda pieces: (-sum(map(len, pieces)), pieces))
        choices = "|".join(_SEPARATOR.join(map(re.escape, pieces)) for pieces in longest_first)
        return re.compile(rf"(?<![^\W_])(?:{choices})(?![^\W_])")


def _is_telling(word: str) -> bool:
    return (
        len(word) >= _SHORTEST_WORD
        and word not in EVERYDAY_WORDS
        and word not in PARTICLES
        and not is_common_word(word, "en")
    )


def _telling_pieces(value: str, label: Label) -> tuple[str, ...]:
    """The pieces of a code or phrase that identifies on its own; empty if it does not."""
    pieces = tuple(_PIECE.findall(value))
    joined = "".join(pieces)
    if label in _CODES:
        digits = sum(character.isdigit() for character in joined)
        return pieces if len(joined) >= _SHORTEST_CODE and digits >= min(4, _SHORTEST_CODE) else ()
    if label in _PHRASES:
        telling = [p for p in pieces if p.isdigit() or _is_telling(p)]
        letters = sum(character.isalpha() for character in joined)
        return pieces if telling and letters >= _SHORTEST_WORD + 1 else ()
    return ()
