"""Is every example one known patient's? Asked before privacy is reserved, because the ledger's promise rests on it.

A patient without a key would be in nobody's account. One person under two keys would be clipped twice, so one person
more would change a sum by twice the norm. An example of a patient who is not in the population would be trained on at
nobody's cost. And a plan made for more patients than there are protects them less than it says, or learns nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from cloister.privacy.plan import PrivatePlan
from cloister.study.dataset import read_manifest
from cloister.study.errors import DataError
from cloister.study.parquet_columns import read_columns


def check_patients(plan: PrivatePlan, members: Mapping[str, str], datasets: Sequence[Path]) -> None:
    """Refuse data whose patients are not what the plan and the ledger take them for.

    Args:
        plan: what is to be trained.
        members: patient key -> ledger id, of all patients.
        datasets: verified dataset folders.

    Raises:
        DataError: naming the file and row, or the number that does not fit.
    """
    if len(set(members.values())) != len(members):
        raise DataError(
            "One patient has several patient keys in the dataset.",
            "Run the de-identification again with one collection: a patient has one key in a collection.",
        )
    plan.check_patients(len(members))
    for folder in datasets:
        for table in read_manifest(folder).tables:
            _check_keys(folder / table.file, members)


def _check_keys(path: Path, known: Collection[str]) -> None:
    for row, key in enumerate(read_columns(path, ["patient_key"])["patient_key"]):
        if key not in known:
            what = "no patient key" if not key else "a patient who is not in the dataset's sealed population"
            raise DataError(
                f"{path}, row {row}: {what}.",
                "Run the de-identification again: it gives every row a patient's key or quarantines it.",
            )
