"""Words around a name that are used of a person: "patient X", "X denies", "his wife X", "spoke with X".

Some are only used of people, others of things as well ("for X", "X was").
"""

from __future__ import annotations

import re

KIN = (
    r"(?:daughter|son|wife|husband|mother|father|mom|dad|brother|sister|spouse|partner|fianc[eé]e?|niece|nephew"
    r"|grandson"
    r"|granddaughter|grandmother|grandfather|aunt|uncle|cousin|friend|neighbou?r|caregiver|carer|roommate|son-in-law"
    r"|daughter-in-law|stepson|stepdaughter|guardian|kin|proxy)"
)
"""Relatives and others who are close to a patient; in lower case."""

_LOOK_BACK = 24
_PERSON = (
    rf"patient|pt|mr|mrs|ms|miss|dr|drs|nurse|{KIN}|tell|told|ask|asked|remind|paged|met|saw|sees|named|dear"
    r"|according[ ]to|spoke[ ]with|seen[ ]by|care[ ]of|family[ ]of|interview[ ]with"
)
_NAMED_BEFORE = re.compile(rf"(?i)\b(?:{_PERSON})(?:[ ](?:name|name[ ]is|is|named))?[ ,.:]{{1,2}}$")
_PERSON_BEFORE = re.compile(
    rf"(?i)\b(?:{_PERSON}|call|called|should|can|could|does|did|will|would|has|had|is|was|for|with|per|by|from|and|give"
    r"|gave|start|started)[ ,.:]{1,2}$"
)
_NAMED_AFTER = re.compile(
    r"(?i)(?:['’]s)?(?:[ ](?:says|said|states|stated|denies|denied|feels|felt|complains|asks|asked|wants|wanted|lives"
    r"|takes|told|agrees|fell|c/o|is[ ]asking|feeling)\b|,?[ ](?:is[ ])?\d{1,3}[ ]?(?:m|f|y|yo|y/o|yr|year)s?\b"
    r"|[ ](?:take|drink|eat|drive|fly|travel|breastfeed|cannot|refused|tested)\b"
    r"|[ ]was[ ](?:crying|tearful|told|seen|born)\b)"
)
_GIVEN_TO, _THE = re.compile(r"(?i)\b(?:give|gave|hand|show|bring)[ ]$"), re.compile(r"[ ](?:the|his|her|their|a|an)\b")
_PERSON_AFTER = re.compile(
    r"(?i)(?:['’]s)?[ ](?:says|said|reports|reported|states|stated|has|had|is|was|takes|took|needs|needed|wants|wanted"
    r"|called|denies|denied|feels|felt|fell|will|would|can|should|asks|asked|complains|c/o|lives|presented|presents|came"
    r"|went|told|agrees|agreed|and i|did|does|started|stopped|improved|got)\b"
)


def is_named(text: str, start: int, end: int) -> bool:
    """Whether the words around a span are only used of a person."""
    before = text[max(0, start - _LOOK_BACK) : start]
    if _NAMED_BEFORE.search(before) or _NAMED_AFTER.match(text, end):
        return True
    return _GIVEN_TO.search(before) is not None and _THE.match(text, end) is not None


def is_spoken_of(text: str, start: int, end: int) -> bool:
    """Whether the words around a span are used of a person among other things; ask `is_named` as well."""
    return is_done_by(text, end) or _PERSON_BEFORE.search(text, max(0, start - _LOOK_BACK), start) is not None


def is_done_by(text: str, end: int) -> bool:
    """Whether what ends at `end` is followed by a verb that people are the subject of, if not only people."""
    return _PERSON_AFTER.match(text, end) is not None
