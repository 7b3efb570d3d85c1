"""What a model's labels are called here.

Schemes that tell the place in an identifier (BIO, BILOU, BIOES) are taken apart; the names that corpora use (i2b2,
MEDDOCAN, GraSCCo, CoNLL) and that common models add are known. Any other has to be mapped by whoever adds the model: a
label that is silently ignored would be a class of identifiers that is silently missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cloister.deid.evaluation.corpus_labels import COUNTRY, SEX, label_of_corpus
from cloister.deid.text.finding import LABELS, Label
from cloister.study.errors import InputError

_PLACE_IN_IDENTIFIER = re.compile(r"^([BIOLUEMS])-(?=.)")
_NAMES: Mapping[Label, str] = {
    "NAME": """PER PERSON PERSON_NAME FIRSTNAME FIRST_NAME MIDDLENAME MIDDLE_NAME LASTNAME LAST_NAME GIVENNAME
        GIVEN_NAME SURNAME FULL_NAME HCW STAFF NAME-PATIENT NAME-DOCTOR""",
    "DATE": "DOB DATE_OF_BIRTH DATEOFBIRTH DATETIME DATE-TIME TIME",
    "PHONE": "PHONENUMBER TELEPHONE TELEPHONENUM TELEPHONE_NUMBER MOBILE",
    "FAX": "FAX_NUMBER",
    "EMAIL": "E-MAIL EMAILADDRESS MAIL",
    "ADDRESS": "LOC PLACE BUILDINGNUMBER BUILDING_NUMBER ZIPCODE POSTCODE POSTAL_CODE COUNTY STATE_PROVINCE",
    "ORGANIZATION": "ORG ORGANISATION COMPANY COMPANYNAME COMPANY_NAME VENDOR EMPLOYER",
    "PROFESSION": "OCCUPATION JOB JOBTITLE JOB_TITLE",
    "MRN": "MEDICAL_RECORD MEDICALRECORDNUMBER RECORD_NUMBER",
    "SSN": "SOCIALNUM NATIONAL_ID",
    "ACCOUNT": "ACCOUNTNUMBER ACCOUNTNUM IBAN CREDITCARDNUMBER CREDIT_DEBIT_CARD BANK_ROUTING_NUMBER",
    "HEALTH_PLAN": "HEALTH_PLAN_NUMBER HEALTH_INSURANCE_NUMBER",
    "LICENSE": "LICENSE_NUMBER DRIVERLICENSENUM LICENCE",
    "VEHICLE": "LICENSE_PLATE LICENSEPLATE VEHICLE_ID VEHICLEVIN",
    "DEVICE": "DEVICE_ID SERIAL_NUMBER MAC MACADDRESS",
    "IP": "IPV4 IPV6 IP_ADDR",
    "URL": "WEBSITE",
    "ID": "IDNUMBER ID_NUMBER USER_ID PASSPORT PASSPORT_NUMBER PASSWORD PIN UUID BIOMETRIC BIOMETRIC_IDENTIFIER",
}
_OURS: Mapping[str, Label] = {theirs: ours for ours, names in _NAMES.items() for theirs in names.split()}
_IDENTIFY_NOBODY = frozenset({"O", "MISC", SEX, COUNTRY, "GENDER", "NRP"})
"""What Safe Harbor does not list: sex, country, nationality. CoNLL's MISC is works, events and nationalities."""


def our_label(name: str) -> Label | None:
    """Our label for a corpus's or a model's.

    Raises:
        KeyError: the name is not known.
    """
    name = name.strip().upper().replace(" ", "_")
    translated = label_of_corpus(name)
    if name in _IDENTIFY_NOBODY or translated in _IDENTIFY_NOBODY:
        return None
    if translated in LABELS:
        return next(label for label in LABELS if label == translated)
    return _OURS[name]


def label_map(names: Iterable[str], own: Mapping[str, Label | None], model: str) -> dict[str, Label | None]:
    """Every label of a model under ours; None for what identifies nobody.

    Args:
        names: the model's labels, with or without `B-`, `I-` and the like.
        own: the user's map, which comes first; its names stand without such prefixes.
        model: named in the error.

    Raises:
        InputError: labels that nothing maps, all of them named.
    """
    mapped: dict[str, Label | None] = {}
    unknown: set[str] = set()
    for name in names:
        for candidate in (name, _PLACE_IN_IDENTIFIER.sub("", name)):
            if candidate in own:
                mapped[name] = own[candidate]
                break
            try:
                mapped[name] = our_label(candidate)
                break
            except KeyError:
                continue
        else:
            unknown.add(_PLACE_IN_IDENTIFIER.sub("", name))
    if unknown:
        first = min(unknown)
        raise InputError(
            f"{model}: its labels {', '.join(sorted(unknown))} are none that Cloister knows.",
            f'Map each in the detectors file, such as labels = {{ "{first}" = "NAME" }}, '
            f'or to "" if it identifies nobody. Labels: {", ".join(LABELS)}.',
        )
    return mapped


def begins(name: str) -> bool:
    """Whether a label says that an identifier begins with this token, apart from one that ended just before."""
    return name[:2] in {"B-", "U-", "S-"}
