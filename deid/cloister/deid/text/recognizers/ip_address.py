"""IP addresses (versions 4 and 6) and the hardware addresses of network devices."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer

_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"

IP = PatternRecognizer(
    name="ip-address",
    label="IP",
    patterns=(
        Pattern(
            rf"(?<![\w.]){_OCTET}(?:\.{_OCTET}){{3}}(?![\w]|\.\d)",
            0.9,
            needs=(".",),
            around=r"\d\.\d{1,3}\.\d{1,3}\.\d",
        ),
        Pattern(
            r"(?<![\w:.])(?:[0-9a-f]{1,4}:){3,7}(?::?[0-9a-f]{1,4}){1,4}(?![\w:])",
            0.8,
            folded=True,
            around=r":[0-9a-f]{0,4}:",
        ),
        Pattern(
            r"(?<![\w:-])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\w:-])",
            0.9,
            folded=True,
            around=r"[0-9a-f]{2}[:-][0-9a-f]{2}[:-][0-9a-f]{2}[:-]",
        ),
    ),
)
