"""What makes one hospital differ from the next: size apart, its case mix, its language and its scanner.

Three demonstration hospitals, the coordinator's public one, and as many more as a roster has names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cloister.simulation.hospitals.people import Town
from cloister.simulation.hospitals.seeds import digits, pick, stream
from cloister.simulation.hospitals.wordings import STYLES, Style

CaseMix = tuple[float, float, float, float]
RecordNumberLayout = Literal["eight-digits", "letter", "dashed", "seven-digits"]
BALANCED: CaseMix = (0.25, 0.25, 0.25, 0.25)


@dataclass(frozen=True)
class Scanner:
    """An X-ray machine and the way its archive writes files.

    `contrast` (0 to 1) bends the grey scale, `brightness` shifts it, `noise` and `grain` are the standard deviations
    of fine and coarse noise, all on a scale where black is 0 and white is 1.
    """

    manufacturer: str
    model: str
    modality: Literal["CR", "DX"]
    photometric: Literal["MONOCHROME1", "MONOCHROME2"]
    bits_stored: Literal[8, 10, 12, 16]
    contrast: float
    brightness: float
    noise: float
    grain: float
    character_set: Literal["ISO_IR 100", "ISO_IR 192"]
    burned_in_share: float
    """Share of images with the patient's text in the pixels."""
    file_names: Literal["record-number", "family-name", "accession", "uid"]


@dataclass(frozen=True)
class HospitalProfile:
    """A hospital. Equal profiles and seeds give equal bytes."""

    name: str
    issuer: str
    title: str
    town: Town
    style: Style
    dialect: str
    """Which words its notes use for a finding: a style's own, or a mixture drawn for this name."""
    typos: float
    """Chance that a piece of text carries a typing mistake."""
    record_numbers: RecordNumberLayout
    case_mix: CaseMix
    """Shares of the four conditions, in the order of CONDITIONS."""
    scanner: Scanner


NORTH = HospitalProfile(
    name="north-hospital",
    issuer="north-hospital",
    title="Ashford Memorial Hospital",
    town=Town("Ashford", "OH", "44012", ("216", "440", "330")),
    style="telegraphic",
    dialect="telegraphic",
    typos=0.03,
    record_numbers="eight-digits",
    case_mix=(0.46, 0.24, 0.20, 0.10),
    scanner=Scanner(
        "FUJIFILM Corporation", "FCR-5501", "CR", "MONOCHROME1", 10, 0.35, 0.00, 0.030, 0.010,
        "ISO_IR 100", 0.36, "record-number",
    ),
)  # fmt: skip
RIVERSIDE = HospitalProfile(
    name="riverside-hospital",
    issuer="riverside-hospital",
    title="Riverside General Hospital",
    town=Town("Millbrook", "PA", "17055", ("717", "570", "814")),
    style="narrative",
    dialect="narrative",
    typos=0.015,
    record_numbers="letter",
    case_mix=(0.18, 0.48, 0.22, 0.12),
    scanner=Scanner(
        "Philips Medical Systems", "DigitalDiagnost", "DX", "MONOCHROME2", 12, 0.0, 0.04, 0.018, 0.014,
        "ISO_IR 192", 0.30, "uid",
    ),
)  # fmt: skip
UNIVERSITY = HospitalProfile(
    name="university-hospital",
    issuer="university-hospital",
    title="Kingsport University Hospital",
    town=Town("Kingsport", "TN", "37660", ("423", "865", "615")),
    style="templated",
    dialect="templated",
    typos=0.004,
    record_numbers="dashed",
    case_mix=(0.14, 0.18, 0.26, 0.42),
    scanner=Scanner(
        "GE MEDICAL SYSTEMS", "Definium 8000", "DX", "MONOCHROME2", 8, 0.6, -0.04, 0.012, 0.020,
        "ISO_IR 192", 0.33, "family-name",
    ),
)  # fmt: skip
PUBLIC = HospitalProfile(
    name="public",
    issuer="public-archive",
    title="Royal Infirmary of Dunmere",
    town=Town("Dunmere", "ME", "04469", ("207",)),
    style="textbook",
    dialect="textbook",
    typos=0.0,
    record_numbers="seven-digits",
    case_mix=BALANCED,
    scanner=Scanner(
        "Agfa-Gevaert", "ADC_5146", "CR", "MONOCHROME2", 12, 0.2, 0.06, 0.022, 0.008,
        "ISO_IR 100", 0.33, "accession",
    ),
)  # fmt: skip
PROFILES: dict[str, HospitalProfile] = {profile.name: profile for profile in (NORTH, RIVERSIDE, UNIVERSITY, PUBLIC)}
"""The named hospitals. `public` is the coordinator's: data to start from, in a style that no site has."""

_MANUFACTURERS = (
    ("SIEMENS", "AXIOM Aristos FX"),
    ("Canon Inc.", "CXDI Controller"),
    ("Carestream Health", "DRX-Evolution"),
    ("KONICA MINOLTA", "REGIUS 190"),
    ("Agfa-Gevaert", "DX-G"),
    ("SHIMADZU", "RADspeed Pro"),
)
_TOWNS = (
    ("Fairhaven", "WI"), ("Larchmont", "MN"), ("Stillwater", "OK"), ("Granville", "KY"), ("Ellensburg", "WA"),
    ("Torrington", "CT"), ("Bridgewater", "NJ"), ("Salida", "CO"), ("Port Allen", "LA"), ("Marquette", "MI"),
)  # fmt: skip
_SITE_STYLES: tuple[Style, ...] = ("telegraphic", "narrative", "templated")


def profile_for(site_name: str, index: int) -> HospitalProfile:
    """The profile of a site: a named hospital's, or one made up for this name.

    Args:
        site_name: the name in the study's roster.
        index: its place in the roster. Neighbours differ in style and in their most frequent condition.
    """
    if site_name in PROFILES:
        return PROFILES[site_name]
    rng = stream("profile", site_name)
    city, state = pick(rng, _TOWNS)
    area_codes = tuple(f"{2 + int(rng.random() * 8)}{digits(rng, 2)}" for _ in range(3))
    layouts: tuple[RecordNumberLayout, ...] = ("eight-digits", "letter", "dashed", "seven-digits")
    return HospitalProfile(
        name=site_name,
        issuer=site_name,
        title=f"{city} {pick(rng, ('Community', 'Regional', 'County', 'Veterans', 'Mercy'))} Hospital",
        town=Town(city, state, f"{1 + int(rng.random() * 8)}{digits(rng, 4)}", area_codes),
        style=_SITE_STYLES[index % len(_SITE_STYLES)],
        dialect=site_name,
        typos=rng.random() * 0.03,
        record_numbers=pick(rng, layouts),
        case_mix=_case_mix(index, 0.30 + 0.25 * rng.random()),
        scanner=_scanner(site_name),
    )


def word_column(profile: HospitalProfile, finding: str) -> int:
    """Which of a finding's wordings this hospital uses."""
    names: tuple[str, ...] = STYLES
    if profile.dialect in names:
        return names.index(profile.dialect)
    return int(stream("dialect", profile.dialect, finding).random() * len(_SITE_STYLES))


def _case_mix(index: int, largest: float) -> CaseMix:
    rest = (1 - largest) / 3
    first, second, third, fourth = (largest if place == index % 4 else rest for place in range(4))
    return first, second, third, fourth


def _scanner(site_name: str) -> Scanner:
    rng = stream("scanner", site_name)
    manufacturer, model = pick(rng, _MANUFACTURERS)
    bits: tuple[Literal[8, 10, 12, 16], ...] = (8, 10, 12, 12, 16)
    file_names: tuple[Literal["record-number", "family-name", "accession", "uid"], ...] = (
        "record-number", "family-name", "accession", "uid",
    )  # fmt: skip
    return Scanner(
        manufacturer=manufacturer,
        model=model,
        modality="CR" if rng.random() < 0.5 else "DX",
        photometric="MONOCHROME1" if rng.random() < 0.4 else "MONOCHROME2",
        bits_stored=pick(rng, bits),
        contrast=rng.random() * 0.6,
        brightness=rng.random() * 0.1 - 0.05,
        noise=0.01 + rng.random() * 0.025,
        grain=0.005 + rng.random() * 0.015,
        character_set="ISO_IR 192" if rng.random() < 0.6 else "ISO_IR 100",
        burned_in_share=0.25 + rng.random() * 0.15,
        file_names=pick(rng, file_names),
    )
