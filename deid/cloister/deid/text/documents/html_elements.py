"""HTML's elements and attributes: which of them are written back, and how they lay out what a person reads."""

from __future__ import annotations

import re
from collections.abc import Mapping


def _listed(names: str) -> frozenset[str]:
    return frozenset(names.split())


INLINE = _listed(
    """
    a abbr acronym b bdi button cite code del dfn em i ins kbd label q s samp span strike strong sub sup tt u var
    """
)
CELLS = _listed("td th")
BLOCKS = CELLS | _listed(
    """
    address article aside blockquote body caption colgroup dd details dir div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 head header hgroup html legend li menu nav ol optgroup option p pre section select summary
    table tbody textarea tfoot thead title tr ul
    """
)
"""Elements that begin and end a line."""
VOID = _listed("br col hr img input wbr")
KEPT = INLINE | BLOCKS | VOID
"""Elements that are written back. Of any other the content stays and the tags go."""
WRITTEN_AS: Mapping[str, str] = {
    "center": "div", "main": "div", "listing": "pre", "search": "div", "big": "span", "font": "span", "mark": "span",
    "nobr": "span", "small": "span", "basefont": "span",
}  # fmt: skip
"""Elements that only show text in another way, under names that people have too."""
LISTS = _listed("dir menu ol ul")
PRE = _listed("pre textarea")
"""Elements in which line breaks and blanks are shown as they stand."""
OPTIONAL_END = CELLS | _listed("body caption colgroup dd dt head html li optgroup option p tbody tfoot thead tr")
"""Elements that need no end tag."""
TABLE_PARTS = CELLS | _listed("caption colgroup tbody tfoot thead tr")
SCOPES = CELLS | _listed("caption table")
"""Elements that what begins within them does not end."""

RAW = _listed("iframe noembed noframes script style")
"""Elements without markup and entities in them; none is shown."""
ESCAPABLE = _listed("textarea title")
"""Elements with entities and without markup in them."""
UNREADABLE = _listed("plaintext xmp")
GONE = RAW | _listed("template")
"""Elements that go with all that is in them."""
EMBEDDING = _listed("audio embed image img input object source svg track video")
"""Elements that show what an address names."""

ADDRESSES = _listed(
    "action archive background cite classid codebase data formaction href longdesc manifest poster profile src usemap"
)
MACHINE_MADE = _listed("class id style srcset sizes headers for srcdoc xmlns rel color bgcolor face width height")
"""Attributes that hold no words."""
TEXTS = _listed("abbr alt aria-description aria-label label placeholder prompt standby summary title")
"""Attributes that hold text for people."""
_NUMBERS = _listed("border cellpadding cellspacing cols colspan maxlength rows rowspan span start")
_SWITCHES = _listed("checked compact disabled multiple nowrap open readonly required reversed selected")
_CHOICES: Mapping[str, frozenset[str]] = {
    "align": _listed("left right center justify top middle bottom char"),
    "dir": _listed("ltr rtl auto"),
    "scope": _listed("row col rowgroup colgroup"),
    "type": _listed(
        """
        1 a i disc circle square button checkbox date datetime-local email month number radio reset search submit tel
        text time url week
        """
    ),
    "valign": _listed("top middle bottom baseline"),
}
WITH_VALUE = _CHOICES["type"] - _listed("1 a i disc circle square checkbox radio")
"""Types of an `input` that shows its value."""


def is_structure(name: str, value: str) -> bool:
    """Whether an attribute lays out tables, lists and forms, and can say nothing else."""
    value = value.lower()
    if name in _NUMBERS:
        return re.fullmatch(r"[0-9]{1,2}", value) is not None
    if name in _SWITCHES:
        return value in {"", name}
    return value in _CHOICES.get(name, ())
