"""Text that came from elsewhere, made safe to show: one line, no control characters.

Otherwise a title or a key in a study could forge lines of a site's log, or of what the person who approves it reads.
"""

from __future__ import annotations


def printable(text: str) -> str:
    """The text with everything that is not a visible character or a space written as an escape."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
