"""Vehicles: identification numbers with their check digit, and registration plates after a word for them."""

from __future__ import annotations

from cloister.deid.text.patterns import FOUR_DIGITS, Pattern, PatternRecognizer
from cloister.deid.text.recognizers.announced import CONNECTION, announced
from cloister.deid.text.recognizers.checksums import vin

_PLATE = (
    r"(?:(?:licen[cs]e|number|vehicle|registration|car|tag)\s*)?plates?|(?:vehicle|car|truck)\s*(?:tag"
    r"|registration|reg)"
)
_STATE = r"(?:(?:[a-z]{2}|[a-z]{4,13})[\s:-]{1,2})?"

VEHICLE = PatternRecognizer(
    name="vehicle",
    label="VEHICLE",
    patterns=(
        Pattern(
            r"(?<![\w-])(?=[a-z]*\d)(?=\d*[a-z])[a-hj-npr-z0-9]{17}(?![\w-])",
            0.95,
            folded=True,
            around=FOUR_DIGITS,
            check=vin,
        ),
        announced(r"(?:vin|vehicle(?:\s*identification)?(?:\s*(?:id|number|no|\#)))", 0.95, needs=("vin", "vehicle")),
        Pattern(
            rf"(?<![^\W_])(?:{_PLATE}){CONNECTION}{_STATE}"
            r"(?P<it>(?=[a-z]{0,4}[ -]?\d|\d)(?:[a-z0-9]{5,8}|[a-z0-9]{1,4}[ -][a-z0-9]{2,5}"
            r"(?:[ -][a-z0-9]{1,4})?))(?!\w)",
            0.9,
            folded=True,
            needs=("plate", "tag", "reg"),
        ),
    ),
)
