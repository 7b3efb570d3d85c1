"""Lists written as running text with commas, which is how long lists of names and terms stay readable."""

from __future__ import annotations


def listed(text: str) -> tuple[str, ...]:
    """The entries of a comma-separated text, without the blanks and line breaks around them.

    >>> listed("Ana, María del Carmen")
    ('Ana', 'María del Carmen')
    """
    return tuple(" ".join(entry.split()) for entry in text.split(",") if entry.strip())
