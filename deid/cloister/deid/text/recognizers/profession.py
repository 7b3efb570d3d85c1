"""Occupations, where the text says that they are somebody's. Only profile `maximal` removes them."""

from __future__ import annotations

from cloister.deid.text.patterns import Pattern, PatternRecognizer

_JOB = (
    r"(?:accountant|actor|actress|architect|artist|attorney|baker|banker|barber|bartender|bricklayer|builder|bus "
    r"driver|butcher"
    r"|carpenter|cashier|chef|chemist|clergyman|clerk|coal miner|cook|construction worker|custodian|dancer|deacon"
    r"|dentist"
    r"|designer|detective|dishwasher|driver|economist|electrician|engineer|factory worker|farmer|firefighter|fisherman"
    r"|flight attendant|florist|foreman|gardener|geologist|hairdresser|homemaker|housekeeper|housewife|janitor"
    r"|journalist|judge"
    r"|laborer|landscaper|lawyer|librarian|locksmith|logger|machinist|mail carrier|manager|mason|mechanic|miner"
    r"|minister|model"
    r"|musician|painter|paralegal|paramedic|pastor|pharmacist|photographer|pilot|plumber|police officer|policeman"
    r"|postman"
    r"|priest|principal|producer|professor|programmer|rabbi|rancher|realtor|receptionist|roofer|sailor|salesman"
    r"|saleswoman"
    r"|scientist|seamstress|secretary|security guard|senator|singer|social worker|soldier|steelworker|stockbroker"
    r"|surveyor"
    r"|tailor|taxi driver|teacher|teller|translator|truck driver|veterinarian|waiter|waitress|warehouse worker"
    r"|welder|writer)"
)

PROFESSION = PatternRecognizer(
    name="profession",
    label="PROFESSION",
    patterns=(
        Pattern(
            rf"\b(?:retired|former|ex-|unemployed|disabled|(?:works?|worked|working|employed|career|job) as an?"
            rf"|occupation:?"
            rf"|profession:?|by trade|is an?|was an?)\s+(?P<it>(?:[a-z]+(?:-[a-z]+)?\s+)?{_JOB})(?!\w)",
            0.8,
            folded=True,
        ),
        Pattern(
            rf"(?<![\w-])(?P<it>{_JOB})s?(?:\s+by\s+(?:trade|profession|occupation))", 0.8, folded=True, needs=(" by ",)
        ),
        Pattern(rf"\b(?:old|yo|y/o|male|female|man|woman)\s+(?P<it>{_JOB})(?!\w)", 0.6, folded=True),
    ),
)
