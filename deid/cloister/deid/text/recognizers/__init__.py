"""One recogniser per kind of identifier. A new one is a new file and one entry here.

`RECOGNIZERS` speaks English and holds what needs no language (e-mail addresses, codes, telephone numbers); those of
other languages are in `languages` and come in addition.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec

from cloister.deid.text.finding import Recognizer
from cloister.deid.text.recognizers.account import ACCOUNT
from cloister.deid.text.recognizers.address import ADDRESS
from cloister.deid.text.recognizers.age import AGE, ANY_AGE
from cloister.deid.text.recognizers.biometric import BIOMETRIC
from cloister.deid.text.recognizers.date import DATE
from cloister.deid.text.recognizers.device import DEVICE
from cloister.deid.text.recognizers.email import EMAIL
from cloister.deid.text.recognizers.fax import FAX
from cloister.deid.text.recognizers.health_plan import HEALTH_PLAN
from cloister.deid.text.recognizers.ip_address import IP
from cloister.deid.text.recognizers.license import LICENSE
from cloister.deid.text.recognizers.listed_name import LISTED_NAME
from cloister.deid.text.recognizers.mail_header import MAIL_HEADER
from cloister.deid.text.recognizers.name import NAME
from cloister.deid.text.recognizers.organization import ORGANIZATION
from cloister.deid.text.recognizers.phone import PHONE
from cloister.deid.text.recognizers.place import PLACE
from cloister.deid.text.recognizers.profession import PROFESSION
from cloister.deid.text.recognizers.record_number import MRN
from cloister.deid.text.recognizers.relative_date import RELATIVE_DATE
from cloister.deid.text.recognizers.ssn import SSN
from cloister.deid.text.recognizers.unique_code import UNIQUE_CODE
from cloister.deid.text.recognizers.url import URL
from cloister.deid.text.recognizers.vehicle import VEHICLE

_ANY_LANGUAGE: tuple[Recognizer, ...] = (
    DATE, EMAIL, MAIL_HEADER, URL, IP, PHONE, FAX, LISTED_NAME, PLACE, BIOMETRIC, UNIQUE_CODE,
)  # fmt: skip
_CODES: tuple[Recognizer, ...] = (MRN, SSN, ACCOUNT, HEALTH_PLAN, LICENSE, VEHICLE, DEVICE)
_ENGLISH: tuple[Recognizer, ...] = (RELATIVE_DATE, AGE, NAME, ORGANIZATION, ADDRESS, PROFESSION)
RECOGNIZERS: tuple[Recognizer, ...] = (*_ANY_LANGUAGE, *_CODES, *_ENGLISH)
"""For English."""


@lru_cache(maxsize=16)
def recognizers_for(language: str, *, all_ages: bool = False) -> tuple[Recognizer, ...]:
    """What is to be asked about a text.

    Args:
        language: one of `cloister.deid.text.language.SUPPORTED`; another one gets what needs no language.
        all_ages: whether ages under 90 are looked for too.
    """
    if language == "en":
        return (*RECOGNIZERS, ANY_AGE) if all_ages else RECOGNIZERS
    module = f"cloister.deid.text.recognizers.languages.{language}"
    own: tuple[Recognizer, ...] = import_module(module).RECOGNIZERS if find_spec(module) is not None else ()
    return (*_ANY_LANGUAGE, *_CODES, *own)
