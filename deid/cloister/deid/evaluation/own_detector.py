"""Our detectors, as the evaluation calls them: the same calls as `cloister deid detect` makes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cloister.deid.evaluation.annotated_note import AnnotatedNote, Located
from cloister.deid.text.adapters.other_detector import OtherDetectors
from cloister.deid.text.profiles import Profile
from cloister.study.errors import DataError

DetectIn = Callable[[AnnotatedNote], Sequence[Located]]


def own_detector(profile: Profile, language: str | None = None, others: OtherDetectors | None = None) -> DetectIn:
    """A function that finds what our detectors find in a note.

    Args:
        profile: which labels go, and from which score on.
        language: of notes that name none; recognised from the text if absent, English where that fails.
        others: further detectors.
    """
    from cloister.deid.text.detector import detect
    from cloister.deid.text.documents import UnreadableError
    from cloister.deid.text.language import detect_language

    def detect_in(note: AnnotatedNote) -> Sequence[Located]:
        spoken = note.language or language or detect_language(note.text) or "en"
        try:
            return detect(note.text, language=spoken, profile=profile, others=others)
        except UnreadableError as problem:
            raise DataError(
                f"Note {note.id!r}: not read ({problem.reason}).", "Convert it to plain text, or leave it out."
            ) from None

    return detect_in
