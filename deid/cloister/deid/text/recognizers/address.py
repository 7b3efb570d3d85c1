"""Postal addresses: streets with a house number, PO boxes, apartments, and cities with state or ZIP code."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer

STREET_KINDS = """
    Street St Avenue Ave Av Road Rd Drive Dr Lane Ln Boulevard Blvd Court Ct Place Pl Terrace Ter Way Circle Cir
    Parkway Pkwy Highway Hwy Square Sq Trail Trl Crescent Close Alley Plaza Loop Row Walk Ridge Run Path Point
    Commons Mews
""".split()  # noqa: SIM905
STATES = """
    AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR
    PA RI SC SD TN TX UT VT VA WA WV WI WY DC PR
""".split()  # noqa: SIM905
STATE_NAMES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana"
    "|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska"
    "|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania"
    "|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin"
    "|Wyoming"
)

_KIND = rf"(?:{'|'.join(sorted(STREET_KINDS, key=len, reverse=True))})"
_STATE = rf"(?:{'|'.join(STATES)}|{STATE_NAMES})"
_ZIP = r"\d{5}(?:-\d{4})?"
_WORD = r"[^\W\d_a-z][\w'’.-]*"
_CITY = rf"{_WORD}(?:[ ]{_WORD}){{0,2}}"
_UNIT = r"(?:,?[ ]{1,2}(?:Apt|Apartment|Unit|Suite|Ste|Floor|Fl|Room|Rm|\#)\.?[ ]?\#?[ ]?[\w-]{1,6})"
_STREET = (
    rf"\d{{1,6}}[A-Za-z]?[ ]{{1,2}}(?:[NSEW]\.?[ ]|(?:North|South|East|West)[ ])?(?:\d{{1,3}}(?:st|nd|rd|th)"
    rf"|{_WORD}(?:[ ]{_WORD}){{0,3}}?)"
    rf"[ ](?i:{_KIND})\b\.?(?:[ ][NSEW]{{1,2}}\b)?{_UNIT}?"
)
_PLACE = rf"{_CITY},?[ ]{{1,2}}{_STATE}\b(?:,?[ ]{{1,2}}{_ZIP})?"

ADDRESS = PatternRecognizer(
    name="address",
    label="ADDRESS",
    patterns=(
        Pattern(rf"(?<![\w.,/-]){_STREET}(?:,?\s{{1,2}}{_PLACE}(?!\w)|,?\s{{1,2}}{_ZIP}(?!\d))?", 0.9),
        Pattern(rf"(?<![\w'’-]){_CITY},[ ]?{_STATE}\b\.?[ ,]{{1,3}}{_ZIP}(?!\d)", 0.9),
        Pattern(
            rf"\b(?:[Ll]ives|[Ll]iving|[Rr]esides|[Rr]esident|[Rr]esiding|[Hh]ome|[Ff]rom|[Bb]orn"
            rf"|[Mm]oved)\b(?:[ ](?:in|of|to|from|at|near))*[ ](?P<it>{_CITY},[ ]?{_STATE})(?!\w)",
            0.8,
        ),
        Pattern(rf"\b(?:[Ll]ives in|[Rr]esides in|[Rr]esident of|[Ll]iving in)[ ](?P<it>{_CITY})", 0.6),
        Pattern(
            rf"(?<![\w.,/-])\d{{1,6}}[ ](?:Calle|Rue|Via|Viale|Avenida|Avenue|Camino|Rua|Paseo|Piazza"
            rf"|Place)[ ]{_WORD}(?:[ ]{_WORD}){{0,2}}"
            rf"{_UNIT}?",
            0.8,
        ),
        Pattern(r"(?<=, )\#[ ]?\d{1,5}\b", 0.5),
        Pattern(r"(?i)\bP\.?\s?O\.?\s?Box\s+\d{1,7}\b", 0.9),
        Pattern(rf"\b(?i:zip(?:[ ]?code)?|postal[ ]code)[ ]?[:#]?[ ]?(?P<it>{_ZIP})(?!\d)", 0.9),
        Pattern(rf"(?<![\w.])(?:{'|'.join(STATES)})[ ]{{1,2}}(?P<it>{_ZIP})(?![\d-])", 0.7),
    ),
)
