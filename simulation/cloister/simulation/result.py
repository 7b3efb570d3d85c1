"""The result of a simulated federation: `result.json`, and everything that `report.html` shows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cloister.study import atomic
from cloister.study.errors import InputError, MissingFileError

RESULT_FILE = "result.json"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Interval(_Part):
    """A value with its confidence interval; None where a bound is not defined."""

    value: float
    low: float | None
    high: float | None


class StudyFacts(_Part):
    """Which study was run."""

    name: str
    title: str
    sha256: str
    task: str
    metric: str
    """The metric of curves and comparison."""
    confidence: float
    rounds: int
    sites: tuple[str, ...]
    strategy: str
    architecture: str
    trainable_parameters: int
    total_parameters: int
    private: bool
    trust: Literal["local", "distributed"] | None = None
    """The study's trust model; None without differential privacy."""
    trust_statement: str = ""
    """Whose noise epsilon rests on, against whom it holds, and the accountant's figures, in plain words."""
    document: str
    """The study as canonical JSON."""


class DeidentifiedDataset(_Part):
    """What de-identification did to one dataset."""

    site: str
    kind: str
    basis: Literal["cloister", "declared"]
    records_in: int
    records_out: int
    patients: int
    findings: dict[str, int]
    """Identifier label -> how many were removed or replaced."""
    quarantined: dict[str, int]
    """Reason code -> records."""
    known_identifiers_checked: int
    known_identifiers_surviving: int
    statement: str


class SitePrivacy(_Part):
    """What one site spent, by its own ledger."""

    site: str
    epsilon: float | None
    """Reported (PLD) epsilon of this study for the worst patient; None without differential privacy."""
    epsilon_rdp: float | None
    epsilon_by_round: tuple[float, ...]
    """After each round this site took part in."""
    delta: float | None
    noise_multiplier: float | None
    max_grad_norm: float | None
    sample_rate: float | None
    steps: int
    ledger_entries: int
    ledger_verified: bool


class Round(_Part):
    """One round of the federated run; round 0 is the untouched base."""

    round: int
    replied: tuple[str, ...]
    failed: dict[str, str]
    seconds: float
    bytes_down: int
    bytes_up: int
    metrics: dict[str, Interval]
    """Of the round's new model, whether it was accepted or not."""
    accepted: bool = True
    """False where the new model was worse than the study tolerates, and the one before stayed."""


class ComparedModel(_Part):
    """One model of the final comparison, judged on the same held-out patients as the others."""

    arm: Literal["base", "alone", "federated", "federated-without-dp", "pooled"]
    name: str
    """To show: such as "federated, differentially private" or "cleveland alone"."""
    private: bool
    metrics: dict[str, Interval]
    by_site: dict[str, dict[str, float]]
    """Held-out site -> metric -> value, where the held-out set tells its patients' sites."""
    gain_over_base: Interval | None
    """Paired difference in the study's metric; None for the base itself."""
    curve: dict[str, tuple[float, ...]] = Field(default_factory=dict)
    """Metric -> value after each round, for the federated arms; round 0, the untouched base, comes first."""


class Timing(_Part):
    """How long a stage took."""

    stage: str
    seconds: float


class Result(_Part):
    """Everything about one run."""

    schema_version: Literal[1] = 1
    created: str
    """ISO 8601, UTC."""
    engine: Literal["process", "ray"]
    study: StudyFacts
    datasets: tuple[DeidentifiedDataset, ...]
    heldout_patients: int
    heldout_examples: int
    privacy: tuple[SitePrivacy, ...]
    rounds: tuple[Round, ...]
    stopped: str | None = None
    """Why the run ended before the study's last round: "target-reached", "plateau" or "budgets-exhausted"."""
    comparison: tuple[ComparedModel, ...]
    timings: tuple[Timing, ...]
    peak_memory_bytes: Annotated[int, Field(ge=0)]
    model_sha256: str
    """Of the final global model's arrays."""
    versions: dict[str, str]
    notices: tuple[str, ...] = ()
    """What a reader must know: such as training without differential privacy, or seeded noise."""

    def write(self, folder: Path) -> None:
        """Write `result.json`, atomically."""
        atomic.write_text(folder / RESULT_FILE, self.model_dump_json(indent=2) + "\n")

    @classmethod
    def read(cls, folder: Path) -> Result:
        """Read `result.json`.

        Raises:
            MissingFileError: there is none.
            InputError: it is not a result of this version.
        """
        path = folder / RESULT_FILE
        try:
            return cls.model_validate_json(path.read_bytes())
        except FileNotFoundError:
            raise MissingFileError(path, "result", "Run `cloister simulate` with this --output first.") from None
        except ValidationError:
            raise InputError(f"{path}: not a result of this version.", "Run the simulation again.") from None
