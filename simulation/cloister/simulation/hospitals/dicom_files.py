"""Chest radiographs as DICOM files, with identifiers wherever real archives leave them.

In the header: the patient module, names of physicians, addresses, comments, descriptions, nested sequences, private
tags, UIDs, device and station. In the pixels: lines of text in the corners, and harmless markers. In some archives
also in the file name. Computed Radiography (PS3.3 A.2) and Digital X-Ray for presentation (PS3.3 A.26).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from cloister.simulation.hospitals.burned_in_text import BurnedText, Corner, burn
from cloister.simulation.hospitals.chest_images import SIZE, draw_chest, stored_values
from cloister.simulation.hospitals.conditions import Condition
from cloister.simulation.hospitals.course import Course, Examination
from cloister.simulation.hospitals.date_layouts import compact, iso, us_padded
from cloister.simulation.hospitals.dicom_encoding import EXPLICIT_VR_LITTLE_ENDIAN, Item, Value, encode_file
from cloister.simulation.hospitals.notes import OLDEST_PLAIN_AGE, staff_of
from cloister.simulation.hospitals.people import Name, Patient, ascii_folded
from cloister.simulation.hospitals.profiles import HospitalProfile, Scanner
from cloister.simulation.hospitals.seeds import digits, pick, stream

_SOP_CLASSES = {"CR": "1.2.840.10008.5.1.4.1.1.1", "DX": "1.2.840.10008.5.1.4.1.1.1.1"}
_UID_ROOT = "1.2.826.0.1.3680043.8.498."
_ENCODINGS = {"ISO_IR 100": "latin-1", "ISO_IR 192": "utf-8"}
_CORNERS: tuple[Corner, ...] = ("top-left", "top-left", "top-right", "bottom-left", "bottom-right")
_MARKERS = ("L", "R", "PORTABLE", "AP ERECT", "85 kVp", "SUPINE", "PA")
_MARKER_SHARE = 0.7
_LONGEST = {"LO": 64, "SH": 16, "PN": 64}


@dataclass(frozen=True)
class DicomFile:
    """One image file and everything identifying that was planted in it.

    `header` holds the strings as they read when the header is decoded; `burned_in` the lines that can be read in
    the pixels. Markers such as "L" or "85 kVp" identify nobody and are not listed.
    """

    name: str
    patient_id: str
    label: Condition
    content: bytes
    header: tuple[str, ...]
    burned_in: tuple[BurnedText, ...]

    def record(self) -> dict[str, object]:
        """The image's line of `images/labels.jsonl`."""
        return {"file": self.name, "label": self.label}

    def truth(self) -> dict[str, object]:
        """The image's line of `truth/images.jsonl`."""
        return {
            "file": self.name,
            "patient_id": self.patient_id,
            "header": list(self.header),
            "burned_in": [{"text": line.text, "box": list(line.box)} for line in self.burned_in],
        }


def draw_images(rng: random.Random, profile: HospitalProfile, patient: Patient, course: Course) -> list[DicomFile]:
    """The radiographs of a stay that are in the archive.

    Args:
        rng: the patient's stream for images.
        profile: the hospital, for its scanner and staff.
        patient: whose images.
        course: the stay; the first `imaged` of its examinations are drawn.
    """
    return [
        _draw_image(rng, profile, patient, course.condition, examination)
        for examination in course.examinations[: course.imaged]
    ]


def _draw_image(
    rng: random.Random, profile: HospitalProfile, patient: Patient, condition: Condition, examination: Examination
) -> DicomFile:
    scanner = profile.scanner
    image = draw_chest(np.random.default_rng(rng.getrandbits(128)), condition, scanner)
    burned_in: list[BurnedText] = []
    corner = pick(rng, _CORNERS)
    if rng.random() < scanner.burned_in_share:
        lines = _patient_lines(rng, profile, patient, examination)
        burned = _burn_block(rng, image, [line for line, _ in lines], corner)
        harmless = {line for line, identifies in lines if not identifies}
        burned_in = [line for line in burned if line.text not in harmless]
    if rng.random() < _MARKER_SHARE:
        opposite: Corner = "bottom-left" if corner == "top-right" else "top-right"
        if corner.startswith("top"):
            opposite = "bottom-left" if corner == "top-right" else "bottom-right"
        burn(image, [pick(rng, _MARKERS)], opposite, size=pick(rng, (12, 14, 18)), brightness=1.0)
    header = _Header(rng, profile, patient, examination, burned=bool(burned_in))
    header.pixels(stored_values(image, scanner).tobytes(), scanner)
    return DicomFile(
        name=_file_name(scanner, patient, examination, header.instance_uid),
        patient_id=patient.patient_id,
        label=condition,
        content=header.encoded(),
        header=tuple(dict.fromkeys(header.planted)),
        burned_in=tuple(burned_in),
    )


def _patient_lines(
    rng: random.Random, profile: HospitalProfile, patient: Patient, examination: Examination
) -> list[tuple[str, bool]]:
    """What is written into the image, line by line, and whether it identifies."""
    name = patient.name
    age = _age(patient.birth_date, examination.day)
    day = pick(rng, (iso, us_padded))(examination.day)
    spelled = pick(rng, (f"{name.family}, {name.given}", f"{name.family}^{name.given}", name.full))
    candidates = (
        (0.85, spelled.upper(), True),
        (0.60, pick(rng, ("MRN {}", "ID: {}", "{}")).format(patient.patient_id), True),
        (0.45, f"DOB {us_padded(patient.birth_date)}", True),
        (0.35, f"{patient.sex} {age}Y", age > OLDEST_PLAIN_AGE),
        (0.40, f"{day} {int(rng.random() * 24):02d}:{int(rng.random() * 60):02d}", True),
        (0.25, profile.title, True),
        (0.15, f"Acc {examination.accession}", True),
    )
    lines = [(ascii_folded(text), identifies) for chance, text, identifies in candidates if rng.random() < chance]
    return lines or [(ascii_folded(spelled.upper()), True)]


def _burn_block(rng: random.Random, image: NDArray[np.float32], lines: list[str], corner: Corner) -> list[BurnedText]:
    """Text in the corner: mostly light on the image itself, sometimes on a black or a white plate."""
    size = pick(rng, (10, 11, 12, 12, 14, 16))
    chance = rng.random()
    plate = 0.0 if chance < 0.2 else 0.95 if chance < 0.28 else None
    brightness = 0.05 if plate == 0.95 else 1.0 if corner.startswith("bottom") else 0.85 + 0.15 * rng.random()
    return burn(image, lines, corner, size=size, brightness=brightness, plate=plate)


def _file_name(scanner: Scanner, patient: Patient, examination: Examination, instance_uid: str) -> str:
    """As the archive exports it."""
    if scanner.file_names == "uid":
        return f"{instance_uid}.dcm"
    if scanner.file_names == "accession":
        return f"{scanner.modality}.{examination.accession}.dcm"
    if scanner.file_names == "record-number":
        return f"{patient.patient_id}_{compact(examination.day)}_{examination.accession[-4:]}.dcm"
    name = "_".join(ascii_folded(patient.name.full).upper().split())
    return f"{name}_{examination.accession}.dcm"


def _age(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _uid(rng: random.Random) -> str:
    return f"{_UID_ROOT}{1 + int(rng.random() * 9)}{digits(rng, 15)}{digits(rng, 12)}"


@dataclass(frozen=True)
class _Device:
    """What identifies the machine and the place where it stands."""

    institution: str
    address: str
    station: str
    serial: str
    department: str


@cache
def _device_of(profile: HospitalProfile) -> _Device:
    rng = stream("device", profile.name)
    town = profile.town
    return _Device(
        institution=profile.title,
        address=f"1 Hospital Drive, {town.city}, {town.state} {town.zip_code}",
        station=f"{town.city[:6].upper()}XR{1 + int(rng.random() * 8)}",
        serial=f"SN{digits(rng, 8)}",
        department="Radiology",
    )


class _Header:
    """Builds one header; whatever identifies is planted and noted in one step."""

    def __init__(
        self,
        rng: random.Random,
        profile: HospitalProfile,
        patient: Patient,
        examination: Examination,
        *,
        burned: bool,
    ) -> None:
        self.rng = rng
        self.profile = profile
        self.patient = patient
        self.examination = examination
        self.encoding = _ENCODINGS[profile.scanner.character_set]
        self.elements: dict[int, tuple[str, Value]] = {}
        self.planted: list[str] = []
        self.instance_uid = _uid(rng)
        self._describe_study()
        self._describe_patient()
        self._describe_equipment(burned=burned)
        self._nest()

    def encoded(self) -> bytes:
        """The finished file."""
        meta: dict[int, tuple[str, Value]] = {
            0x00020001: ("OB", b"\0\1"),
            0x00020002: ("UI", _SOP_CLASSES[self.profile.scanner.modality]),
            0x00020003: ("UI", self.instance_uid),
            0x00020010: ("UI", EXPLICIT_VR_LITTLE_ENDIAN),
            0x00020012: ("UI", "1.2.826.0.1.3680043.8.498.1"),
            0x00020013: ("SH", "CLOISTER_SIM_1"),
        }
        return encode_file(meta, self.elements, self.encoding)

    def pixels(self, content: bytes, scanner: Scanner) -> None:
        """The image pixel module."""
        stored = scanner.bits_stored
        self.elements |= {
            0x00280002: ("US", 1),
            0x00280004: ("CS", scanner.photometric),
            0x00280010: ("US", SIZE),
            0x00280011: ("US", SIZE),
            0x00280100: ("US", 8 if stored == 8 else 16),
            0x00280101: ("US", stored),
            0x00280102: ("US", stored - 1),
            0x00280103: ("US", 0),
            0x00281050: ("DS", str(2 ** (stored - 1))),
            0x00281051: ("DS", str(2**stored)),
            0x7FE00010: ("OW", content),
        }

    def text(self, tag: int, vr: str, value: str) -> None:
        """An element that identifies nobody."""
        self.elements[tag] = (vr, value)

    def plant(self, tag: int, vr: str, value: str, *identifying: str) -> None:
        """An element that identifies; `identifying` are the strings in it that do, all of it if none is given."""
        self.elements[tag] = self.planted_value(vr, value, *identifying)

    def planted_value(self, vr: str, value: str, *identifying: str) -> tuple[str, Value]:
        """The same for an element of a nested item."""
        try:
            value.encode(self.encoding)
        except UnicodeEncodeError:
            value, identifying = ascii_folded(value), tuple(map(ascii_folded, identifying))
        shown = value[: _LONGEST.get(vr, len(value))].strip()
        self.planted += identifying or (shown,)
        return vr, shown

    def _describe_study(self) -> None:
        rng, scanner = self.rng, self.profile.scanner
        staff = staff_of(self.profile)
        day = compact(self.examination.day)
        time = f"{int(rng.random() * 24):02d}{int(rng.random() * 60):02d}{int(rng.random() * 60):02d}"
        self.study_uid = _uid(rng)
        self.referring = pick(rng, staff).name
        self.text(0x00080005, "CS", scanner.character_set)
        self.text(0x00080008, "CS", "ORIGINAL\\PRIMARY" + ("\\" if scanner.modality == "DX" else ""))
        self.text(0x00080016, "UI", _SOP_CLASSES[scanner.modality])
        self.plant(0x00080018, "UI", self.instance_uid)
        for tag in (0x00080020, 0x00080021, 0x00080022, 0x00080023):
            self.plant(tag, "DA", day)
        for tag in (0x00080030, 0x00080031, 0x00080032, 0x00080033):
            self.text(tag, "TM", time)
        self.plant(0x00080050, "SH", self.examination.accession)
        self.text(0x00080060, "CS", scanner.modality)
        self.plant(0x00080090, "PN", _person_name(self.referring))
        self._describe_procedure(0x00081030)
        self.text(0x0008103E, "LO", pick(rng, ("PA", "AP", "W033 Chest PA")))
        self.plant(0x00081050, "PN", _person_name(pick(rng, staff).name))
        self.plant(0x00081060, "PN", _person_name(pick(rng, staff).name))
        self.plant(0x00081070, "PN", _person_name(pick(rng, staff).name))
        self.plant(0x0020000D, "UI", self.study_uid)
        self.plant(0x0020000E, "UI", _uid(rng))
        self.plant(0x00200010, "SH", self.examination.accession[1:])
        self.text(0x00200011, "IS", "1")
        self.text(0x00200013, "IS", "1")
        self.text(0x00200020, "CS", "L\\F")
        self.text(0x00200060, "CS", "")
        if rng.random() < 0.2:
            doctor = f"Dr. {self.referring.family}"
            self.plant(0x00204000, "LT", f"Repeat requested by {doctor}, previous film rotated.", self.referring.family)

    def _describe_procedure(self, tag: int) -> None:
        """A study's description, into which a technician now and then types a name."""
        chance = self.rng.random()
        family = self.patient.name.family
        if chance < 0.10:
            self.plant(tag, "LO", f"CHEST 2V {family.upper()}", family.upper())
        elif chance < 0.16:
            self.plant(tag, "LO", f"XR CHEST per Dr {self.referring.family}", self.referring.family)
        else:
            self.text(tag, "LO", pick(self.rng, ("XR CHEST 2 VIEWS", "CHEST PA AND LATERAL", "THORAX AP PORTABLE")))

    def _describe_patient(self) -> None:
        rng, patient = self.rng, self.patient
        age = _age(patient.birth_date, self.examination.day)
        self.plant(0x00100010, "PN", _person_name(patient.name, upper=rng.random() < 0.6))
        self.plant(0x00100020, "LO", patient.patient_id)
        self.plant(0x00100021, "LO", patient.issuer)
        self.plant(0x00100030, "DA", compact(patient.birth_date))
        self.text(0x00100040, "CS", patient.sex)
        if age > OLDEST_PLAIN_AGE:
            self.plant(0x00101010, "AS", f"{age:03d}Y")
        else:
            self.text(0x00101010, "AS", f"{age:03d}Y")
        if len(patient.names) > 1:
            self.plant(0x00101001, "PN", _person_name(patient.names[1]))
        if rng.random() < 0.5:
            self.plant(0x00101040, "LO", patient.address)
            self.plant(0x00102154, "SH", patient.phones[0])
        if rng.random() < 0.3:
            relative = patient.relatives[0]
            self.plant(
                0x00104000,
                "LT",
                f"Contact {relative.relation} {relative.name.full} {relative.phone}",
                relative.name.full,
                relative.phone,
            )
        if rng.random() < 0.3:
            self.plant(
                0x001021B0,
                "LT",
                f"{patient.name.full}, DOB {us_padded(patient.birth_date)}: cough, dyspnea",
                patient.name.full,
                us_padded(patient.birth_date),
            )

    def _describe_equipment(self, *, burned: bool) -> None:
        rng, scanner, device = self.rng, self.profile.scanner, _device_of(self.profile)
        self.text(0x00080070, "LO", scanner.manufacturer)
        self.text(0x00081090, "LO", scanner.model)
        self.plant(0x00080080, "LO", device.institution)
        self.plant(0x00080081, "ST", device.address)
        self.plant(0x00081010, "SH", device.station)
        self.text(0x00081040, "LO", device.department)
        self.plant(0x00181000, "LO", device.serial)
        self.text(0x00181020, "LO", "V4.2")
        self.text(0x00180015, "CS", "CHEST")
        self.text(0x00180060, "DS", str(80 + int(rng.random() * 45)))
        self.text(0x00181030, "LO", "Chest")
        self.text(0x00181164, "DS", "1.37\\1.37")
        self.text(0x00185101, "CS", pick(rng, ("PA", "AP")))
        if scanner.modality == "DX":
            self._describe_digital_image(burned=burned)
        elif rng.random() < 0.5:
            self.text(0x00280301, "CS", "YES" if burned and rng.random() < 0.6 else "NO")

    def _describe_digital_image(self, *, burned: bool) -> None:
        """What Digital X-Ray asks for beyond Computed Radiography. Its word on burned-in text is not reliable."""
        self.text(0x00080068, "CS", "FOR PRESENTATION")
        self.text(0x00281040, "CS", "LOG")
        self.elements[0x00281041] = ("SS", 1)
        self.text(0x00281052, "DS", "0")
        self.text(0x00281053, "DS", "1")
        self.text(0x00281054, "LO", "US")
        self.text(0x20500020, "CS", "INVERSE" if self.profile.scanner.photometric == "MONOCHROME1" else "IDENTITY")
        self.text(0x00282110, "CS", "00")
        self.text(0x00280301, "CS", "YES" if burned and self.rng.random() < 0.6 else "NO")
        self.text(0x00200062, "CS", "U")
        self.text(0x00187004, "CS", "DIRECT")
        self.text(0x00181508, "CS", "")
        self.elements[0x00400555] = ("SQ", ())
        self.elements[0x00082218] = ("SQ", (_code("51185008", "Chest"),))
        self.elements[0x00540220] = ("SQ", (_code("399348003", "antero-posterior"),))

    def _nest(self) -> None:
        """Identifiers one level down, and in private tags."""
        rng, patient = self.rng, self.patient
        requesting = self.planted_value("PN", _person_name(self.referring))
        self.elements[0x00321032] = requesting
        name = patient.name.full
        reason = f"r/o effusion, {name}" if rng.random() < 0.5 else "shortness of breath"
        item: Item = {
            0x00400007: ("LO", "Chest 2 views"),
            0x00400009: self.planted_value("SH", f"SPS{self.examination.accession[1:]}"),
            0x00401001: self.planted_value("SH", f"RP{self.examination.accession[1:]}"),
            0x00401002: self.planted_value("LO", reason, name) if name in reason else ("LO", reason),
            0x00401400: self.planted_value("LT", f"Call Dr. {self.referring.family}", self.referring.family),
        }
        self.elements[0x00400275] = ("SQ", (item,))
        if rng.random() < 0.5:
            numbers = [(patient.account, self.profile.title), (patient.ssn, "SSA")][: 1 + (rng.random() < 0.4)]
            self.elements[0x00101002] = ("SQ", tuple(self._other_id(*number) for number in numbers))
        if rng.random() < 0.6:
            self.text(0x00190010, "LO", "SIMXR_PATIENT_01")
            self.plant(0x00191001, "LO", name)
            self.plant(0x00191002, "LO", patient.patient_id)
            self.plant(0x00191003, "LO", patient.phones[0])

    def _other_id(self, number: str, issuer: str) -> Item:
        return {
            0x00100020: self.planted_value("LO", number),
            0x00100021: self.planted_value("LO", issuer),
            0x00100022: ("CS", "TEXT"),
        }


def _code(value: str, meaning: str) -> Item:
    """An item of a code sequence, in SNOMED CT."""
    return {0x00080100: ("SH", value), 0x00080102: ("SH", "SCT"), 0x00080104: ("LO", meaning)}


def _person_name(name: Name, *, upper: bool = False) -> str:
    """KOWALSKI^MARIA ELENA, as PN wants it."""
    text = f"{name.family}^{name.given}"
    return text.upper() if upper else text
