"""Fed-TCGA-BRCA: survival of breast cancer patients in six regions, split as FLamby splits them.

39 clinical features, most of them indicators, the time to death or last follow-up in days, and whether it was death.
The sites are the regions of the hospitals that gave the tissue. (Data: The Cancer Genome Atlas, open-access clinical
data of the GDC. Preparation: Ogier du Terrail et al. 2022, "FLamby", NeurIPS datasets and benchmarks.)

    brca.csv               pid, 39 features, E (1 = death seen), T (days)
    train_test_split.csv   pid, fold2: train_0 … test_5
    centers.csv            TSS Code (the second part of a pid), Region
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cloister.simulation.sources.csv_rows import CsvRow, read_csv_rows
from cloister.simulation.sources.source_data import RawData, SourceData
from cloister.study.errors import DataError
from cloister.study.schema import FolderData, Study

if TYPE_CHECKING:
    import pyarrow as pa

SITES = ("northeast", "south", "west", "midwest", "europe", "canada")
"""The regions, in the order of FLamby's centres 0 to 5."""
STATEMENT = (
    "The Cancer Genome Atlas, BRCA, open-access clinical data (GDC), as carried by FLamby. Its policy forbids any "
    "attempt to re-identify."
)
TIME, EVENT = "time", "event"

_FOLDS = ("train", "test")
_NOT_FEATURES = {"pid", "E", "T"}


def prepare(study: Study, data: Path, output: Path) -> SourceData:  # noqa: ARG001 (the sources' shape)
    """The regions of the study's roster: training patients as their tables, test patients as the held-out set.

    Tables have the columns `patient_id`, `site`, the features under their names in brca.csv, `time` (days) and
    `event` (1 or 0). The held-out set holds the test patients of the roster's regions.

    Raises:
        MissingFileError: one of the three files is missing.
        DataError: the roster names another site, the study wants z-scores, or a file is not as it was published; a
            region without patients is not.
    """
    unknown = [site for site in study.federation.sites if site not in SITES]
    if unknown:
        raise DataError(
            f"federation.sites: {unknown[0]!r} is no region of the tcga-brca data.", f"Choose among {', '.join(SITES)}."
        )
    source = study.simulation.data if study.simulation else None
    if isinstance(source, FolderData) and source.standardise != "none":
        raise DataError(
            f"simulation.data.standardise = {source.standardise!r}: tcga-brca is not standardised by its patients.",
            'Set it to "none" and give data.features public means and scales.',
        )
    patients = _read_patients(data)
    roster = sorted(study.federation.sites)
    heldout = [patient for site in roster for patient in patients if (patient.site, patient.fold) == (site, "test")]
    sites = {site: [p for p in patients if (p.site, p.fold) == (site, "train")] for site in roster}
    for place, members in {**sites, "the held-out set": heldout}.items():
        if not members:
            fault = f"{data / 'train_test_split.csv'}: has no patient for {place}."
            raise DataError(fault, "Restore the file as it was published.")
    return SourceData(sites={site: _raw(members) for site, members in sites.items()}, heldout=_raw(heldout))


@dataclass(frozen=True)
class _Patient:
    id: str
    site: str
    fold: str
    features: dict[str, float]
    time: float
    event: int


def _read_patients(data: Path) -> list[_Patient]:
    clinical = {row.values["pid"]: row for row in read_csv_rows(data / "brca.csv", ("pid", "E", "T"), header=True)}
    splits = read_csv_rows(data / "train_test_split.csv", ("pid", "fold2"), header=True)
    regions = read_csv_rows(data / "centers.csv", ("TSS Code", "Region"), header=True)
    region_of = {row.values["TSS Code"]: row.values["Region"].lower() for row in regions}
    return [_patient(split, clinical, region_of) for split in splits]


def _patient(split: CsvRow, clinical: dict[str, CsvRow], region_of: dict[str, str]) -> _Patient:
    row = clinical.get(split.values["pid"])
    if row is None:
        raise split.fault("pid", "a patient of brca.csv")
    fold, _, number = split.values["fold2"].partition("_")
    if fold not in _FOLDS or number not in map(str, range(len(SITES))):
        raise split.fault("fold2", "a fold from train_0 to test_5")
    site = SITES[int(number)]
    tissue_source = split.values["pid"].split("-", 2)[1:2]
    if [region_of.get(code) for code in tissue_source] != [site]:
        raise split.fault("fold2", f"the region that centers.csv gives {split.values['pid']}")
    event = row.number("E")
    time = row.number("T")
    if event not in (0, 1):
        raise row.fault("E", "0 or 1")
    if time < 0:
        raise row.fault("T", "a time of at least 0")
    features = {name: row.number(name) for name in row.values if name not in _NOT_FEATURES}
    return _Patient(split.values["pid"], site, fold, features, time, int(event))


def _raw(patients: Sequence[_Patient]) -> RawData:
    return RawData(table=_table(patients), statement=STATEMENT)


def _table(patients: Sequence[_Patient]) -> pa.Table:
    import pyarrow as pa

    return pa.table(
        {
            "patient_id": [patient.id for patient in patients],
            "site": [patient.site for patient in patients],
            **{name: [patient.features[name] for patient in patients] for name in patients[0].features},
            TIME: [patient.time for patient in patients],
            EVENT: [patient.event for patient in patients],
        }
    )
