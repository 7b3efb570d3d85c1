"""Telephone, fax and pager numbers: North American layouts, international ones, and short numbers after a word."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer

_CONTEXT = (
    r"(?:tele(?:phone)?|phone|tel|ph|fax|pager|pgr|beeper|cell(?:ular)?|mobile|home|work|call(?:ed|ing|back)?|contact"
    r"|reach(?:ed|able)?|dial|text(?:ed)?|voicemail)"
)
_EXTENSION = r"(?:\s*,?\s*(?:ext\.?|x|extension)\s*\d{1,6})?"

PHONE = PatternRecognizer(
    name="phone",
    label="PHONE",
    patterns=(
        Pattern(
            rf"(?<![\w.-])(?:\+?1[\s.-]{{0,2}})?(?:\(\d{{3}}\)\s{{0,2}}|\d{{3}}[\s.-]{{1,2}}"
            rf"|\d{{3}}/)\d{{3}}[\s.-]{{1,3}}\d{{4}}{_EXTENSION}(?!\d)",
            0.9,
            folded=True,
        ),
        Pattern(r"(?<![\w+])\+\d{1,3}(?:[\s.()/-]{0,2}\d){6,14}(?!\d)", 0.9),
        Pattern(rf"(?<![\w.,/-])\d{{3}}-\d{{4}}{_EXTENSION}(?![\w-])", 0.6, folded=True),
        Pattern(
            rf"\b{_CONTEXT}\b\.?(?:\s+(?:number|no\.?|is|at|on|back|her|him|them))*\s*[:#=(]?\s*"
            rf"(?P<it>\+?\(?\d(?:[\s().\-/]{{0,2}}\d){{3,14}}{_EXTENSION})(?!\d)",
            0.8,
            folded=True,
        ),
        Pattern(r"(?<![\w.])x\s?(?P<it>\d{4,5})(?![\w.])", 0.6, folded=True),
        Pattern(r"\b(?:ext|extension)\b\.?\s*[:#]?\s*(?P<it>\d{3,6})(?!\d)", 0.6, folded=True),
    ),
)
