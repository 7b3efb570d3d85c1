"""DICOM headers by an allow-list: what is not listed here does not exist in the output.

Kept: what training and geometry need, and only where the value is of the expected form: numbers, codes from a
closed vocabulary, an age. UIDs are replaced by keyed ones, dates shifted, the patient named by pseudonym. Everything
else (private elements, text, names, comments, sequences, overlays, elements that no standard knows) is dropped
without being decoded, so that nothing depends on a list of what might be dangerous.

Attributes of PS3.15 Annex E that mark the result are set: Patient Identity Removed, De-identification Method with
its codes (CID 7050), Longitudinal Temporal Information Modified, Burned In Annotation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cloister.study.keys import keyed_hash

if TYPE_CHECKING:
    from pydicom.dataelem import DataElement
    from pydicom.dataset import Dataset

IMPLEMENTATION_UID = "2.25.216148211317389914735620571683413917201"
"""Names this software as the writer of a file."""

MODALITIES = frozenset(
    "CR CT DX ES GM IO IVUS MG MR NM OCT OP OPT OT PT PX RF RG SC SM US XA XC".split()  # noqa: SIM905
)
BODY_PARTS = frozenset(
    """
    ABDOMEN ABDOMENPELVIS ANKLE ARM BLADDER BRAIN BREAST CHEST CHESTABDOMEN CHESTABDPELVIS CLAVICLE COCCYX CSPINE
    ELBOW EXTREMITY EYE FEMUR FINGER FOOT FOREARM HAND HEAD HEADNECK HEART HIP HUMERUS JAW KIDNEY KNEE LEG LIVER
    LSPINE LUNG MANDIBLE NECK PELVIS PROSTATE RIB SACRUM SHOULDER SKULL SPINE SSPINE STERNUM THIGH THORAX TIBIA TOE
    TSPINE UTERUS WHOLEBODY WRIST
    """.split()  # noqa: SIM905
)
_IMAGE_TYPES = frozenset(
    """
    ORIGINAL DERIVED PRIMARY SECONDARY AXIAL LOCALIZER OTHER REFORMATTED MPR PROJECTION IMAGE VOLUME MIXED NONE
    STATIC DYNAMIC ADDITION SUBTRACTION M P R I MAGNITUDE PHASE REAL IMAGINARY DIFFUSION T1 T2 FLAIR LEFT RIGHT
    SINGLE BIPLANE
    """.split()  # noqa: SIM905
)
_PHOTOMETRIC = frozenset(
    ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "YBR_FULL", "YBR_FULL_422", "YBR_RCT", "YBR_ICT")
)
_POSITIONS = frozenset(
    """
    AP PA LL RL RLD LLD RLO LLO LL RL AX LAT LPO RPO LAO RAO HFP HFS HFDR HFDL FFP FFS FFDR FFDL CC MLO ML LM XCCL L
    R A P H F AL AR PL PR HL HR FL FR B U
    """.split()  # noqa: SIM905
)
_OTHER_CODES = frozenset(
    """
    YES NO 00 01 LIN LOG DISP US HU OD LINEAR LINEAR_EXACT SIGMOID IDENTITY INVERSE DIRECT STORAGE FILM NONE
    UNSPECIFIED
    """.split()  # noqa: SIM905
) | {"FOR PRESENTATION", "FOR PROCESSING"}

# Image pixel, frames, look-up and rescale
_PIXEL_TAGS = """
    00280002 00280006 00280008 00280010 00280011 00280030 00280034 00280100 00280101 00280102 00280103 00280106
    00280107 00280120 00280121 00281041 00281050 00281051 00281052 00281053 00281101 00281102 00281103 00282112
"""
_GEOMETRY_TAGS = """
    00180023 00180050 00180088 00181110 00181111 00181114 00181164 00200032 00200037 00201041
"""
_ACQUISITION_TAGS = """
    00180060 00180080 00180081 00180082 00180083 00180084 00180085 00180086 00180087 00180090 00180091 00180095
    00181150 00181151 00181152 00181153 00181314
"""
# Numbers of series, acquisition and instance
_ORDINAL_TAGS = "00200011 00200012 00200013"
_NUMBER_TAGS = tuple(f"{_PIXEL_TAGS} {_GEOMETRY_TAGS} {_ACQUISITION_TAGS} {_ORDINAL_TAGS}".split())
_BYTES_TAGS = ("00281201", "00281202", "00281203", "7FE00010")
_CODE_TAGS: Mapping[str, frozenset[str]] = {
    "00080008": _IMAGE_TYPES,
    "00080060": MODALITIES,
    "00080068": _OTHER_CODES,
    "00100040": frozenset("FMO"),
    "00180015": BODY_PARTS,
    "00185100": _POSITIONS,
    "00185101": _POSITIONS,
    "00187004": _OTHER_CODES,
    "00200020": _POSITIONS,
    "00200060": _POSITIONS,
    "00200062": _POSITIONS,
    "00280004": _PHOTOMETRIC,
    "00281040": _OTHER_CODES,
    "00281054": _OTHER_CODES,
    "00281056": _OTHER_CODES,
    "00282110": _OTHER_CODES,
    "20500020": _OTHER_CODES,
}
_UID_TAGS = ("00080018", "0020000D", "0020000E", "00200052")
_DATE_TAGS = ("00080020", "00080021", "00080022", "00080023")
_EMPTY_TAGS = ("00080030", "00080050", "00080070", "00080090", "00100030", "00200010")
"""Of type 2 in most images: present without a value."""

_NUMERIC_VRS = frozenset(("US", "SS", "UL", "SL", "FL", "FD", "DS", "IS"))
_MOST_DIGITS = 6
"""Integers in text form with more digits than this could be somebody's number."""
_AGE = re.compile(r"(\d{3})([DWMY])")
_OVER_89 = "090Y"
_METHOD_CODES = (
    ("113100", "Basic Application Confidentiality Profile"),
    ("113101", "Clean Pixel Data Option"),
    ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    ("113108", "Retain Patient Characteristics Option"),
)


@dataclass(frozen=True)
class HeaderRules:
    """What the cleaning of one patient's headers needs.

    Attributes:
        patient_key: the pseudonym that stands for name and id.
        shift: what to add to dates.
        uid_key: the collection's `uid` sub-key.
    """

    patient_key: str
    shift: timedelta
    uid_key: bytes


@dataclass(frozen=True)
class CleanHeader:
    """A new header, and how many elements were left out or replaced, nested ones counted with their sequence."""

    dataset: Dataset
    removed: int
    study_date: date | None


def clean_header(source: Dataset, rules: HeaderRules) -> CleanHeader:
    """A new dataset with what the allow-list keeps; `source` is not changed.

    Pixel data are carried over as they are; file meta information is made new.
    """
    from pydicom.dataset import Dataset

    target = Dataset()
    target.add_new(0x00080005, "CS", "ISO_IR 192")
    kept = {*_copy_values(source, target), *_UID_TAGS, *_DATE_TAGS, "00080016"}
    _copy_uids(source, target, rules.uid_key)
    study_date = _shift_dates(source, target, rules.shift)
    for tag in _EMPTY_TAGS:
        target.add_new(int(tag, 16), _VRS[tag], "")
    target.add_new(0x00100010, "PN", rules.patient_key)
    target.add_new(0x00100020, "LO", rules.patient_key)
    if 0x00101010 in source:
        _copy_age(source[0x00101010], target)
    _mark(target)
    removed = sum(f"{int(tag):08X}" not in kept for tag in source.keys())  # noqa: SIM118
    return CleanHeader(target, removed, study_date)


def keyed_uid(key: bytes, uid: str) -> str:
    """The UID that stands for another one in a collection: `2.25.` and a keyed UUID (PS3.5 B.2)."""
    bits = int.from_bytes(keyed_hash(key, uid)[:16])
    bits = bits & ~(0xF << 76) | (4 << 76)
    bits = bits & ~(0b11 << 62) | (0b10 << 62)
    return f"2.25.{bits}"


_VRS = {"00080030": "TM", "00080050": "SH", "00080070": "LO", "00080090": "PN", "00100030": "DA", "00200010": "SH"}


def _copy_values(source: Dataset, target: Dataset) -> set[str]:
    kept = set()
    copiers: list[tuple[str, Callable[[DataElement], object]]] = [
        *((tag, _numbers) for tag in _NUMBER_TAGS),
        *((tag, _bytes) for tag in _BYTES_TAGS),
        *((tag, _codes_from(words)) for tag, words in _CODE_TAGS.items()),
    ]
    for tag, copier in copiers:
        number = int(tag, 16)
        if number not in source:
            continue
        element = source[number]
        value = copier(element)
        if value is not None:
            target.add_new(number, element.VR, value)
            kept.add(tag)
    sop_class = str(source.get("SOPClassUID", ""))
    target.add_new(0x00080016, "UI", sop_class)
    return kept


def _numbers(element: DataElement) -> object:
    if element.VR not in _NUMERIC_VRS:
        return None
    values = _values(element)
    try:
        if element.VR == "IS":
            integers = [int(str(value)) for value in values]
            return integers if all(len(str(abs(value))) <= _MOST_DIGITS for value in integers) else None
        if element.VR == "DS":
            return [f"{float(str(value)):.10g}"[:16] for value in values]
    except (ValueError, OverflowError):
        return None
    return values


def _bytes(element: DataElement) -> object:
    return element.value if element.VR in {"OB", "OW"} and isinstance(element.value, bytes) else None


def _codes_from(words: frozenset[str]) -> Callable[[DataElement], object]:
    def codes(element: DataElement) -> object:
        if element.VR not in {"CS", "LO"}:
            return None
        values = [str(value).strip() for value in _values(element)]
        kept = [value for value in values if value in words]
        return kept or None

    return codes


def _values(element: DataElement) -> list[object]:
    value = element.value
    if value is None or value == "":
        return []
    return list(value) if element.VM > 1 else [value]


def _copy_uids(source: Dataset, target: Dataset, key: bytes) -> None:
    for tag in _UID_TAGS:
        uid = str(source[int(tag, 16)].value or "") if int(tag, 16) in source else ""
        if uid:
            target.add_new(int(tag, 16), "UI", keyed_uid(key, uid))


def _shift_dates(source: Dataset, target: Dataset, shift: timedelta) -> date | None:
    first = None
    for tag in _DATE_TAGS:
        number = int(tag, 16)
        if number not in source:
            continue
        day = _date(str(source[number].value or ""))
        shifted = day + shift if day is not None and day.toordinal() + shift.days > 0 else None
        target.add_new(number, "DA", f"{shifted:%Y%m%d}" if shifted is not None else "")
        first = first or shifted
    return first


def _date(text: str) -> date | None:
    digits = text.strip().replace(".", "")
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) if len(digits) == 8 else None
    except ValueError:
        return None


def _copy_age(element: DataElement, target: Dataset) -> None:
    match = _AGE.fullmatch(str(element.value or "").strip())
    if match is None:
        return
    years = int(match[1]) / {"D": 365.25, "W": 52.18, "M": 12.0, "Y": 1.0}[match[2]]
    target.add_new(0x00101010, "AS", _OVER_89 if years >= 90 else match[0])


def _mark(target: Dataset) -> None:
    from pydicom.dataset import Dataset
    from pydicom.sequence import Sequence

    codes = []
    for value, meaning in _METHOD_CODES:
        code = Dataset()
        code.add_new(0x00080100, "SH", value)
        code.add_new(0x00080102, "SH", "DCM")
        code.add_new(0x00080104, "LO", meaning)
        codes.append(code)
    target.add_new(0x00120062, "CS", "YES")
    target.add_new(0x00120063, "LO", "Cloister allow-list")
    target.add_new(0x00120064, "SQ", Sequence(codes))
    target.add_new(0x00280301, "CS", "NO")
    target.add_new(0x00280303, "CS", "MODIFIED")
