"""Telephone and pager numbers: North American layouts, international ones, and short numbers after a word."""

from __future__ import annotations

from cloister.deid.text.patterns import FOUR_DIGITS, Pattern, PatternRecognizer
from cloister.deid.text.recognizers.announced import announced

_CONTEXT = (
    r"(?:tele(?:phone)?|(?:tele)?phone(?:\s*number)?|tel|ph|pager|pgr|beeper|cell(?:ular|phone)?|mobile|home|work"
    r"|call(?:ed|ing|back)?"
    r"|contact(?:ed)?|reach(?:ed|able)?|dial(?:ed)?|text(?:ed)?|voicemail|whatsapp|hotline)"
    r"(?:\s+(?:back|her|him|them|me|us|at|on|patient|daughter|son|wife|husband|mother|father|office)){0,3}"
)
_EXTENSION = r"(?:\s*,?\s*(?:ext\.?|x|extension)\s*\d{1,6})?"
_NORTH_AMERICAN = (
    rf"(?<![\w.-])(?:\+?1[\s.-]{{0,2}})?(?:\(\d{{3}}\)[\s-]{{0,2}}|\d{{3}}[\s.-]{{1,2}}"
    rf"|\d{{3}}/)\d{{3}}[\s.-]{{1,3}}\d{{4}}"
    rf"{_EXTENSION}(?!\d)"
)
NUMBER = rf"(?P<it>\+?\(?\d(?:[ ().\-/]{{0,2}}\d){{5,14}}{_EXTENSION}|\d{{3}}-\d{{4}}|\d{{5}})(?!\d)"
"""A telephone number in any layout, after a word that announces it; for folded patterns."""

PHONE = PatternRecognizer(
    name="phone",
    label="PHONE",
    patterns=(
        Pattern(_NORTH_AMERICAN, 0.9, folded=True, around=FOUR_DIGITS),
        Pattern(r"(?<![\w+])\+\d{1,3}(?:[ .()/-]{0,2}\d){6,14}(?!\d)", 0.9, around=FOUR_DIGITS),
        Pattern(r"(?<![\w+.-])00[1-9]\d{0,2}(?:[ .()/-]{0,2}\d){7,12}(?!\d)", 0.6, around=FOUR_DIGITS),
        Pattern(rf"(?<![\w.,/-])\d{{3}}-\d{{4}}{_EXTENSION}(?![\w-])", 0.6, folded=True, around=FOUR_DIGITS),
        Pattern(r"(?<![\w.,/-])\d{3}-[a-z]{4,7}(?![\w-])", 0.4, folded=True, needs=("call", "phone", "dial")),
        announced(_CONTEXT, 0.8, NUMBER),
        Pattern(r"(?<![\w.])x\s?(?P<it>\d{4,5})(?![\w.])", 0.6, folded=True, around=FOUR_DIGITS),
        Pattern(r"\b(?:ext|extension)\b\.?\s*[:#]?\s*(?P<it>\d{3,6})(?!\d)", 0.6, folded=True, needs=("ext",)),
    ),
)
