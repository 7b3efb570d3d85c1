"""What a data source hands to the simulator: each site's records as they are before de-identification."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class RawData:
    """Records of one site, or of the coordinator's held-out set.

    Notes and images are raw and will be de-identified. A table is public research data that came de-identified; it
    has a column `patient_id`, may have a column `site`, and `statement` says where it is from and under what licence.
    """

    notes: Path | None = None
    images: Path | None = None
    patients: Path | None = None
    """What the hospital's records list of each patient (patients.jsonl)."""
    table: pa.Table | None = None
    statement: str = ""


@dataclass(frozen=True)
class SourceData:
    """A federation's records."""

    sites: Mapping[str, RawData]
    heldout: RawData
    pooled: tuple[RawData, RawData] | None = None
    """Training and held-out data for the pooled arm where these are not just the sites' together (a benchmark that
    standardises pooled data by pooled statistics)."""
    public: RawData | None = None
    """Public data for the warm start and the tokenizer."""
