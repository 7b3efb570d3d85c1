"""Devices and implants: UDI with its GS1 check digit, serial, lot and model numbers after their word."""

from __future__ import annotations

from cloister.deid.text.patterns import FOUR_DIGITS, Pattern, PatternRecognizer
from cloister.deid.text.recognizers.announced import SHORT_CODE, announced
from cloister.deid.text.recognizers.checksums import gtin

_THING = (
    r"(?:device|implant|pacemaker|defibrillator|icd|pump|monitor|prosthesis|stimulator|valve|stent|lead|generator"
    r"|sensor"
    r"|cgm|hearing\s*aid|ventilator|cpap|wheelchair|glucometer|meter|loop\s*recorder|graft|mesh|catheter|port)"
)

DEVICE = PatternRecognizer(
    name="device",
    label="DEVICE",
    patterns=(
        Pattern(r"\(01\)\d{14}(?:\(\d{2}\)[\w/-]{1,20})*", 0.95, needs=("(01)",), check=gtin),
        Pattern(
            r"(?<!\w)\+[a-z]\d{3}[a-z0-9]{1,18}\d[a-z0-9]/[$a-z0-9/]{4,40}",
            0.8,
            folded=True,
            needs=("+",),
            around=FOUR_DIGITS,
        ),
        announced(
            r"(?:serial|s/n|sn|udi|imei|device\s*(?:id|identifier)|(?:implant|batch|lot)\s*(?:id|number|no|\#|code))",
            0.9,
            SHORT_CODE,
            needs=("serial", "s/n", "sn", "udi", "imei", "device", "implant", "batch", "lot"),
        ),
        announced(rf"(?:{_THING}(?:\s*(?:id|serial|s/n|sn|unit|model))?|lot|model)", 0.8),
    ),
)
