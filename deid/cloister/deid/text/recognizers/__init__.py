"""One recogniser per kind of identifier. A new one is a new file and one entry here."""

from __future__ import annotations

from cloister.deid.text.finding import Recognizer
from cloister.deid.text.recognizers.account import ACCOUNT
from cloister.deid.text.recognizers.address import ADDRESS
from cloister.deid.text.recognizers.age import AGE
from cloister.deid.text.recognizers.date import DATE
from cloister.deid.text.recognizers.digit_run import DIGIT_RUN
from cloister.deid.text.recognizers.email import EMAIL
from cloister.deid.text.recognizers.health_plan import HEALTH_PLAN
from cloister.deid.text.recognizers.ip_address import IP
from cloister.deid.text.recognizers.license import LICENSE
from cloister.deid.text.recognizers.name import NAME
from cloister.deid.text.recognizers.organization import ORGANIZATION
from cloister.deid.text.recognizers.phone import PHONE
from cloister.deid.text.recognizers.record_number import MRN
from cloister.deid.text.recognizers.ssn import SSN
from cloister.deid.text.recognizers.url import URL

RECOGNIZERS: tuple[Recognizer, ...] = (
    DATE, AGE, NAME, ORGANIZATION, ADDRESS, PHONE, EMAIL, URL, IP, SSN, MRN, ACCOUNT, HEALTH_PLAN, LICENSE, DIGIT_RUN,
)  # fmt: skip
