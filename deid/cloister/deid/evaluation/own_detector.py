"""Our detectors, as the evaluation calls them: the same calls as `cloister deid detect` makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cloister.deid.evaluation.annotated_note import AnnotatedNote, Located
from cloister.deid.text.profiles import Profile

DetectIn = Callable[[AnnotatedNote], Sequence[Located]]


def own_detector(profile: Profile, language: str | None = None) -> DetectIn:
    """A function that finds what our detectors find in a note.

    Args:
        profile: which labels go, and from which score on.
        language: of notes that name none; recognised from the text if absent, English where that fails.
    """
    from cloister.deid.text.detector import detect
    from cloister.deid.text.language import detect_language

    def detect_in(note: AnnotatedNote) -> Sequence[Located]:
        spoken = note.language or language or detect_language(note.text) or "en"
        return detect(note.text, language=spoken, profile=profile)

    return detect_in
