"""Fed-Heart-Disease: the UCI Heart Disease data of four hospitals, prepared as FLamby prepares them.

Predict from 13 features whether coronary angiography finds a narrowed vessel. (Data: Janosi, Steinbrunn, Pfisterer,
Detrano 1988, CC BY 4.0. Preparation: Ogier du Terrail et al. 2022, "FLamby", NeurIPS datasets and benchmarks.)

1. Slope of the ST segment, vessels in fluoroscopy and thallium scan are dropped, being missing almost everywhere but
   in Cleveland; then every patient with a missing value.
2. Diagnosis 1 to 4 counts as `present`, 0 as `absent`.
3. Each hospital is split 66 : 34 into training and test patients, stratified unless a class has two or fewer.
4. Chest pain and resting ECG, which are codes and not quantities, become indicators of all but their first code.
5. `standardise = "per-site"`: z-scores by the mean and unbiased standard deviation of the hospital's own training
   patients. The pooled arm has z-scores by those of all training patients together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cloister.simulation.sources.csv_rows import CsvRow, read_csv_rows
from cloister.simulation.sources.source_data import RawData, SourceData
from cloister.study.errors import DataError
from cloister.study.schema import FolderData, Study

if TYPE_CHECKING:
    import pyarrow as pa

FILES: Mapping[str, str] = {
    "cleveland": "processed.cleveland.data",
    "hungary": "processed.hungarian.data",
    "switzerland": "processed.switzerland.data",
    "va": "processed.va.data",
}
"""Hospital -> its file."""
FEATURES = (
    "age",
    "sex",
    "resting_blood_pressure",
    "cholesterol",
    "fasting_blood_sugar",
    "max_heart_rate",
    "exercise_angina",
    "st_depression",
    "chest_pain_atypical",
    "chest_pain_non_anginal",
    "chest_pain_asymptomatic",
    "ecg_st_t_abnormality",
    "ecg_ventricular_hypertrophy",
)
"""The feature columns: years, 1 = male, mmHg, mg/dl (0 where Switzerland did not measure it), 1 = above 120 mg/dl,
beats a minute, 1 = yes, mm, and five indicators."""
STATEMENT = (
    "UCI Heart Disease (Janosi, Steinbrunn, Pfisterer, Detrano 1988), CC BY 4.0; published without names and record "
    "numbers by its authors."
)

_QUANTITIES = ("age", "sex", "trestbps", "chol", "fbs", "thalach", "exang", "oldpeak")
_CODES = (("cp", (1, 2, 3, 4)), ("restecg", (0, 1, 2)))
_USED = (*_QUANTITIES, "cp", "restecg", "diagnosis")
_COLUMNS = ("age", "sex", "cp", "trestbps", "chol", "fbs", "restecg", "thalach", "exang", "oldpeak",
            "slope", "ca", "thal", "diagnosis")  # fmt: skip
_TRAIN_SHARE = 0.66
_SPLIT_SEED = 43
_LEAST_SPREAD = 1e-9

Floats = NDArray[np.float64]


def prepare(study: Study, data: Path, output: Path) -> SourceData:  # noqa: ARG001 (the sources' shape)
    """The hospitals of the study's roster: training rows as their tables, test rows as the held-out set.

    Tables have the columns `patient_id` (such as `cleveland-17`, the row of the file), `site`, FEATURES and `label`.

    Raises:
        MissingFileError: a hospital's file is missing.
        DataError: the roster names another site, or a file is not as it was published.
    """
    unknown = [site for site in study.federation.sites if site not in FILES]
    if unknown:
        raise DataError(
            f"federation.sites: {unknown[0]!r} is no hospital of the heart-disease data.",
            f"Choose among {', '.join(FILES)}.",
        )
    hospitals = {site: _read_hospital(site, data / FILES[site]) for site in sorted(study.federation.sites)}
    train = {site: hospital.train for site, hospital in hospitals.items()}
    test = {site: hospital.test for site, hospital in hospitals.items()}
    source = study.simulation.data if study.simulation else None
    if not isinstance(source, FolderData) or source.standardise == "none":
        sites = {site: _raw([part]) for site, part in train.items()}
        return SourceData(sites=sites, heldout=_raw(list(test.values())))
    all_train = np.concatenate([part.features for part in train.values()])
    return SourceData(
        sites={site: _raw([part.standardised(part.features)]) for site, part in train.items()},
        heldout=_raw([part.standardised(train[site].features) for site, part in test.items()]),
        pooled=(
            _raw([part.standardised(all_train) for part in train.values()]),
            _raw([part.standardised(all_train) for part in test.values()]),
        ),
    )


@dataclass(frozen=True)
class _Patients:
    """Rows of one hospital: features of shape (patients, 13), labels of shape (patients,)."""

    site: str
    ids: tuple[str, ...]
    features: Floats
    labels: NDArray[np.int64]

    def at(self, rows: Sequence[int]) -> _Patients:
        return _Patients(self.site, tuple(self.ids[row] for row in rows), self.features[rows], self.labels[rows])

    def standardised(self, reference: Floats) -> _Patients:
        """By the mean and the unbiased standard deviation of the reference's rows."""
        spread = reference.std(axis=0, ddof=1) + _LEAST_SPREAD
        return _Patients(self.site, self.ids, (self.features - reference.mean(axis=0)) / spread, self.labels)


@dataclass(frozen=True)
class _Hospital:
    train: _Patients
    test: _Patients


def _read_hospital(site: str, path: Path) -> _Hospital:
    rows = read_csv_rows(path, _COLUMNS, header=False)
    complete = [row for row in rows if all(row.values[column] != "?" for column in _USED)]
    patients = _Patients(
        site=site,
        ids=tuple(f"{site}-{row.line}" for row in complete),
        features=np.array([_features(row) for row in complete]).reshape(-1, len(FEATURES)),
        labels=np.array([_diagnosis(row) > 0 for row in complete], dtype=np.int64),
    )
    return _split(patients, path)


def _features(row: CsvRow) -> list[float]:
    values = [row.number(column) for column in _QUANTITIES]
    for column, codes in _CODES:
        code = row.number(column)
        if code not in codes:
            raise row.fault(column, f"one of the codes {', '.join(map(str, codes))}")
        values += [float(code == other) for other in codes[1:]]
    return values


def _diagnosis(row: CsvRow) -> float:
    diagnosis = row.number("diagnosis")
    if diagnosis not in range(5):
        raise row.fault("diagnosis", "a whole number from 0 to 4")
    return diagnosis


def _split(patients: _Patients, path: Path) -> _Hospital:
    from sklearn.model_selection import train_test_split

    counts = np.bincount(patients.labels, minlength=2)
    if len(patients.ids) < 4:
        raise DataError(
            f"{path}: {len(patients.ids)} complete rows are too few to split.", "Restore the file as it was published."
        )
    train, test = train_test_split(
        np.arange(len(patients.ids)),
        train_size=_TRAIN_SHARE,
        test_size=1 - _TRAIN_SHARE,
        random_state=_SPLIT_SEED,
        stratify=patients.labels if counts.min() > 2 else None,
    )
    return _Hospital(patients.at(train), patients.at(test))


def _raw(parts: Sequence[_Patients]) -> RawData:
    return RawData(table=_table(parts), statement=STATEMENT)


def _table(parts: Sequence[_Patients]) -> pa.Table:
    import pyarrow as pa

    features = np.concatenate([part.features for part in parts])
    labels = np.concatenate([part.labels for part in parts])
    columns: dict[str, object] = {
        "patient_id": [patient for part in parts for patient in part.ids],
        "site": [part.site for part in parts for _ in part.ids],
    }
    columns |= {name: features[:, position] for position, name in enumerate(FEATURES)}
    columns["label"] = ["present" if label else "absent" for label in labels]
    return pa.table(columns)
