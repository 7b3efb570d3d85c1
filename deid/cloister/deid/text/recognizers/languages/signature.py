"""Names that stand alone in a line of signatures: an initial and a family name between wide gaps."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer

SIGNATURE = PatternRecognizer(
    name="signature",
    label="NAME",
    patterns=(
        Pattern(
            r"(?:(?<=[ ]{3})"
            r"|(?<=\t))(?P<it>(?:[^\W\d_a-z]\.[ -]?){1,2}[^\W\d_a-z][^\W\d_]+(?:-[^\W\d_]+)?)(?=[ ]{3}|\t"
            r"|[ ]*(?:\n|$))",
            0.6,
        ),
        Pattern(
            r"(?:^|\n)(?P<it>(?:[^\W\d_a-z]\.[ -]?){1,2}[^\W\d_a-z][^\W\d_]+(?:-[^\W\d_]+)?)(?=[ ]{3}|\t"
            r"|[ ]*(?:\n|$))",
            0.5,
        ),
    ),
)
