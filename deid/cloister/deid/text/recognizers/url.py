"""Web addresses, with or without their scheme."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer

_TOP_LEVEL = r"(?:com|org|net|edu|gov|int|io|health|med|care|clinic|hospital|example|test|invalid|info|us|uk|de|eu)"

URL = PatternRecognizer(
    name="url",
    label="URL",
    patterns=(
        Pattern(r"\b(?:https?|ftp)://[^\s<>\"'\])]+[^\s<>\"'\]).,;:!?]", 0.98, folded=True, needs=("://",)),
        Pattern(
            r"\bwww\.[\w-]+(?:\.[\w-]+)+(?:/[^\s<>\"'\])]*[^\s<>\"'\]).,;:!?])?", 0.95, folded=True, needs=("www.",)
        ),
        Pattern(
            rf"(?<![\w@.-])(?:[a-z0-9-]{{2,}}\.)+{_TOP_LEVEL}\b(?!@)(?:/[^\s<>\"'\])]*[^\s<>\"'\]).,;:!?])?(?!\.\w)",
            0.8,
            folded=True,
        ),
    ),
)
