"""The study: one TOML document that says what a federation trains, on what, and how privately.

Sites approve a study by its SHA-256 (`Study.sha256`), the hash of its canonical form: comments, white space and
the order of keys do not change it, any value does. Values are requests: a site's policy may be stricter.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self, get_args

from pydantic import Field, StringConstraints, ValidationInfo, field_validator, model_validator

from cloister.study.canonical import canonical_json, sha256_of
from cloister.study.document import Count, Document, check, read_toml, remediable
from cloister.study.errors import StudyError
from cloister.study.untrusted_json import parse_json

if TYPE_CHECKING:
    from cloister.study.dataset import Kind

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Positive = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""Whatever is reckoned with it stays a number that a float, a tensor's size and a database can hold."""
Size = Annotated[int, Field(ge=1, le=2**16)]
"""A dimension of a model: memory is allocated by it before anything is known of the model, and a larger one is none
that anybody trains, but terabytes."""
Layers = Annotated[int, Field(ge=1, le=1000)]
"""One upon the other; each is allocated when the model is built."""
Batch = Annotated[int, Field(ge=1, le=2**20)]
"""Examples that are held in memory at once."""
PositiveReal = Annotated[float, Field(ge=1e-12, le=1e12)]
"""Its square, and its quotient by another one, stay numbers that a float32 holds."""
Share = Annotated[float, Field(gt=0, le=1)]


MOST_PRIVATE_STEPS = 10_000_000
"""A private study's steps at a site; finding the noise for so many takes the accountant about 10 s."""
_SECURE_FROM = 3
_MOST_LISTED = 20
_WEIGHTS_WITHIN = 1_000_000
"""A site's update that weighs less, beside another's, is lost in rounding."""


class Compression(Document):
    """How updates are made smaller before they leave. What is lost stays at the site and joins its next update."""

    encoding: Literal["bfloat16", "int8", "top-k", "random-k"]
    """`bfloat16`: half of each float32. `int8`: 255 levels, between plus and minus the largest of 1,024 values, or of
    `update_bound` where updates are masked. `top-k`: the largest values and their places. `random-k`: values at places
    that all sites know. Masks allow `int8` and `random-k`."""
    one_in: Annotated[int, Field(ge=2, le=10_000)] | None = None
    """top-k and random-k: of this many values, one is sent."""

    @model_validator(mode="after")
    def _one_in_belongs(self) -> Self:
        if (self.encoding in {"top-k", "random-k"}) != (self.one_in is not None):
            raise ValueError("one_in belongs to top-k and random-k: give both or neither")
        return self


class Federation(Document):
    """Who takes part."""

    sites: tuple[Name, ...] = Field(min_length=1)
    """The roster. Only these sites are asked; their order has no meaning."""
    minimum_sites: Positive | None = None
    """Replies without which a round fails; all sites if absent."""
    round_timeout: PositiveReal = 900.0
    """Seconds after which a round goes on without those whose answer has not arrived, all of it."""
    connect_timeout: PositiveReal = 600.0
    """Seconds to wait for the minimum number of sites to connect before the study fails."""
    secure_aggregation: bool | None = None
    """Whether the coordinator sees the sum of updates only; if absent, yes from three sites on."""
    identities: dict[Name, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]] | None = None
    """Each site's public identity (Ed25519, hexadecimal), as `cloister site identity` prints it."""
    colluding_sites: Count = 0
    """Sites that may work together with the coordinator without learning more than the sum of the others."""
    update_bound: PositiveReal = 16.0
    """Under secure aggregation, values of an update beyond this are clipped to it."""
    compression: Compression | None = None
    """Smaller updates; exact ones if absent."""

    @field_validator("sites")
    @classmethod
    def _unique(cls, sites: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(sites)) != len(sites):
            raise ValueError("a site is named twice")
        return sites

    @property
    def required_sites(self) -> int:
        """How many replies a round needs."""
        return len(self.sites) if self.minimum_sites is None else self.minimum_sites

    @property
    def is_secure(self) -> bool:
        """Whether updates are masked."""
        return len(self.sites) >= _SECURE_FROM if self.secure_aggregation is None else self.secure_aggregation

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.required_sites > len(self.sites):
            raise ValueError(f"minimum_sites = {self.minimum_sites}, but the roster has {len(self.sites)} sites")
        return self

    @model_validator(mode="after")
    def _maskable(self) -> Self:
        if self.is_secure and self.colluding_sites > len(self.sites) - 2:
            raise ValueError("secure aggregation needs two sites that do not collude; it cannot hide one from itself")
        return self

    @field_validator("identities")
    @classmethod
    def _of_the_sites(cls, identities: dict[str, str] | None, known: ValidationInfo) -> dict[str, str] | None:
        if identities is None or "sites" not in known.data:  # the sites' own fault is told
            return identities
        sites = known.data["sites"]
        faults = {
            "no identity of": sorted(set(sites) - identities.keys()),
            "of no site": sorted(identities.keys() - set(sites)),
        }
        said = "; ".join(f"{fault}: {_listed(names)}" for fault, names in faults.items() if names)
        if said:
            raise remediable(
                f"must name exactly federation.sites; {said}",
                "Let `federation.sites` name the sites that take part, and no other; enrol those that have no identity "
                "yet. Identities of theirs alone belong here: the lines of `cloister server roster`.",
            )
        return identities


class Column(Document):
    """One numeric feature of a table, with the public constants that standardise it."""

    name: str
    mean: float = 0.0
    scale: PositiveReal = 1.0


class Data(Document):
    """The data contract: what a site's dataset must hold for this study."""

    kind: Literal["table", "notes", "images", "notes-and-images"]
    collection: str | None = None
    """The collection to use, where a site has several; any if absent."""
    label: str = "label"
    """The column that holds the label (for survival: the time)."""
    event: str | None = None
    """For survival: the column that is 1 where the event was seen and 0 where the patient was censored."""
    classes: tuple[str, ...] = ()
    """The label's values, in the order of the model's outputs."""
    features: tuple[Column, ...] = ()
    """For tables: the feature columns in the model's order."""

    @property
    def columns(self) -> dict[Kind, tuple[str, ...]]:
        """The columns that each kind of table must have, beside `patient_key`."""
        target = (self.label,) if self.event is None else (self.label, self.event)
        if self.kind == "table":
            return {"table": (*(feature.name for feature in self.features), *target)}
        if self.kind == "notes":
            return {"notes": ("text", *target)}
        if self.kind == "images":
            return {"images": ("file", *target)}
        return {"notes": ("date", "text", *target), "images": ("date", "file")}


class LinearModel(Document):
    """Logistic, softmax or Cox regression on standardised features."""

    architecture: Literal["linear"]


class BertModel(Document):
    """A BERT encoder built from this configuration, with a WordPiece tokenizer of its own."""

    architecture: Literal["bert"]
    hidden_size: Size = 128
    layers: Layers = 2
    heads: Size = 2
    intermediate_size: Size = 256
    vocabulary: Annotated[int, Field(ge=300, le=60_000)] = 4_000
    max_tokens: Annotated[int, Field(ge=16, le=4096)] = 128

    @model_validator(mode="after")
    def _divisible(self) -> Self:
        if self.hidden_size % self.heads:
            raise ValueError(f"hidden_size = {self.hidden_size} is not a multiple of heads = {self.heads}")
        return self


class CnnModel(Document):
    """A convolutional network with group normalisation (batch normalisation would couple patients)."""

    architecture: Literal["groupnorm-cnn"]
    channels: tuple[Size, ...] = Field(default=(16, 32, 64), min_length=1)
    image_size: Annotated[int, Field(ge=16, le=1024)] = 64
    groups: Size = 4
    grid: Size = 4
    """The last feature maps are averaged over a grid of this many rows and columns."""

    @model_validator(mode="after")
    def _divisible(self) -> Self:
        if any(channels % self.groups for channels in self.channels):
            raise ValueError(f"every number of channels must be a multiple of groups = {self.groups}")
        return self


class VitModel(Document):
    """A vision transformer built from this configuration."""

    architecture: Literal["vit"]
    hidden_size: Size = 96
    layers: Layers = 4
    heads: Size = 4
    intermediate_size: Size = 192
    image_size: Annotated[int, Field(ge=16, le=1024)] = 64
    patch_size: Size = 8

    @model_validator(mode="after")
    def _divisible(self) -> Self:
        if self.hidden_size % self.heads:
            raise ValueError(f"hidden_size = {self.hidden_size} is not a multiple of heads = {self.heads}")
        if self.image_size % self.patch_size:
            raise ValueError(f"image_size = {self.image_size} is not a multiple of patch_size = {self.patch_size}")
        return self


class NoteImageModel(Document):
    """A BERT encoder for the note and a convolutional network for the image, joined before the classifier."""

    architecture: Literal["bert-and-cnn"]
    text: BertModel
    image: CnnModel


class FolderModel(Document):
    """A checkpoint in the Hugging Face layout (config.json, safetensors, tokenizer) on the local disk."""

    architecture: Literal["folder"]
    path: str
    """The folder, relative to the study file; at a site, relative to its model store."""
    max_tokens: Annotated[int, Field(ge=16, le=4096)] = 256


Architecture = Annotated[
    LinearModel | BertModel | CnnModel | VitModel | NoteImageModel | FolderModel,
    Field(discriminator="architecture"),
]


class Lora(Document):
    """Low-rank adapters (Hu et al. 2021) on the named modules; the rest of the encoder stays frozen."""

    rank: Size = 8
    alpha: PositiveReal = 16.0
    target_modules: tuple[str, ...] = Field(min_length=1)
    """Names of linear modules, such as ["query", "value"] for BERT or ["q_proj", "v_proj"] for ViT."""
    freeze_a: bool = False
    """Train only B of each B A (FFA-LoRA, Sun et al. 2024): then the mean of the sites' adapters is exact."""


class WarmStart(Document):
    """Training of the base on public data before the first round. It costs no privacy."""

    patients: Positive = 400
    steps: Positive = 200
    batch_size: Batch = 32
    learning_rate: PositiveReal = 1e-3


class Task(Document):
    """What is learned."""

    name: Literal[
        "tabular_classification",
        "survival",
        "note_classification",
        "image_classification",
        "note_image_classification",
    ]
    model: Architecture
    adapter: Lora | None = None
    """Adapters to train instead of all parameters."""
    warm_start: WarmStart | None = None


Precision = Literal["float32", "bfloat16"]


class Training(Document):
    """What a site does in one round."""

    steps_per_round: Positive
    sampling: Literal["poisson", "shuffle"] = "poisson"
    """`poisson`: every patient joins every step independently with probability `sample_rate`, as the accountant
    assumes. `shuffle`: batches of `batch_size` examples from a shuffled order; not private."""
    sample_rate: Share | None = None
    batch_divisor: PositiveReal | None = None
    """With `poisson`: the public constant that divides a step's (noisy) sum over patients, about `sample_rate` times
    the patients of a typical site. A constant, because a site's number of patients is itself private."""
    batch_size: Batch | None = None
    max_examples_per_patient: Positive = 16
    """Of a patient with more examples, this many are drawn anew at each step."""
    micro_batch: Batch = 64
    """Examples that go through the model at once; bounds memory, changes nothing else."""
    activation_checkpointing: bool = False
    """Keep fewer activations and compute them again in the backward pass: less memory, a third more time."""
    precision: Precision = "float32"
    """`bfloat16`: the model computes in it. Weights, gradient norms, sums, noise and optimizer are float32 always."""
    optimizer: Literal["sgd", "adam"] = "sgd"
    learning_rate: PositiveReal

    @model_validator(mode="after")
    def _complete(self) -> Self:
        poisson, shuffle = ("sample_rate", "batch_divisor"), ("batch_size",)
        needed, unused = (poisson, shuffle) if self.sampling == "poisson" else (shuffle, poisson)
        for name in needed:
            if getattr(self, name) is None:
                raise ValueError(f"sampling = {self.sampling!r} needs {name}")
        for name in unused:
            if getattr(self, name) is not None:
                raise ValueError(f"sampling = {self.sampling!r} does not use {name}; remove it")
        return self


StrategyName = Literal[
    "bulyan",
    "cyclic",
    "ditto",
    "fedadagrad",
    "fedadam",
    "fedavg",
    "fedavgm",
    "fedbn",
    "fedbuff",
    "feddyn",
    "fednova",
    "fedper",
    "fedprox",
    "fedyogi",
    "geometric-median",
    "krum",
    "lora-svd",
    "median",
    "norm-bounding",
    "scaffold",
    "trimmed-mean",
]


class Strategy(Document):
    """How the coordinator combines the sites' updates, and what sites do besides plain training."""

    name: StrategyName = "fedavg"
    weights: dict[Name, PositiveReal] | None = None
    """Public weights of the sites; equal if absent. Never derived from private example counts."""
    server_learning_rate: PositiveReal = 1.0
    beta_1: Annotated[float, Field(ge=0, lt=1)] = 0.9
    """FedAvgM's momentum, and the first moment's of the adaptive strategies."""
    beta_2: Annotated[float, Field(ge=0, lt=1)] = 0.99
    tau: PositiveReal = 1e-3
    """Adaptivity of FedAdam, FedYogi and FedAdagrad (Reddi et al. 2021, algorithm 2)."""
    proximal_mu: PositiveReal | None = None
    """FedProx and Ditto: weight of the pull towards the global model (Li et al. 2020, equation 2; 2021, equation 1)."""
    dynamic_alpha: PositiveReal | None = None
    """FedDyn: weight of the dynamic regulariser (Acar et al. 2021, equation 1)."""
    local_steps: dict[Name, Positive] | None = None
    """FedNova: optimizer steps of each site in a round, at most training.steps_per_round."""
    personal: Annotated[tuple[str, ...], Field(min_length=1)] | None = None
    """FedPer and FedBN: patterns (`*`, `?`) of the names of parameters that stay at each site."""
    buffer_size: Positive | None = None
    """FedBuff: a round closes when this many updates have arrived."""
    adversaries: Positive | None = None
    """Krum, Bulyan and the trimmed mean: how many sites may send anything."""
    max_update_norm: PositiveReal | None = None
    """Norm bounding: L2 norm that no site's update exceeds."""
    minimum_cosine: Annotated[float, Field(ge=-1, le=1)] | None = None
    """Norm bounding: a mean update that points away from the past ones, with a cosine below this, is not applied."""

    @property
    def needs_single_updates(self) -> bool:
        """Whether the coordinator has to see each site's own update, which secure aggregation hides."""
        return self.name in _NEED_SINGLE_UPDATES

    @field_validator("weights")
    @classmethod
    def _comparable(cls, weights: dict[str, float] | None) -> dict[str, float] | None:
        if weights and max(weights.values()) > _WEIGHTS_WITHIN * min(weights.values()):
            raise ValueError(f"the largest weight is more than {_WEIGHTS_WITHIN} times the smallest")
        return weights

    @model_validator(mode="after")
    def _settings_belong(self) -> Self:
        for setting, names in _SETTINGS_OF.items():
            if (self.name in names) != (getattr(self, setting) is not None):
                raise ValueError(f"{setting} belongs to {' and '.join(names)}: give both or neither")
        if self.minimum_cosine is not None and self.name != "norm-bounding":
            raise ValueError("minimum_cosine belongs to norm-bounding: remove it")
        for setting, users in _USERS_OF.items():
            if self.name not in users and getattr(self, setting) != type(self).model_fields[setting].default:
                raise ValueError(f"{self.name} does not use {setting}: remove it")
        return self


_NEED_SINGLE_UPDATES = frozenset(
    {"bulyan", "cyclic", "fedbuff", "geometric-median", "krum", "lora-svd", "median", "trimmed-mean"}
)
_SETTINGS_OF: Mapping[str, tuple[StrategyName, ...]] = {
    "proximal_mu": ("fedprox", "ditto"),
    "dynamic_alpha": ("feddyn",),
    "local_steps": ("fednova",),
    "personal": ("fedper", "fedbn"),
    "buffer_size": ("fedbuff",),
    "adversaries": ("krum", "bulyan", "trimmed-mean"),
    "max_update_norm": ("norm-bounding",),
}
_ALL = frozenset(get_args(StrategyName))
_USERS_OF: Mapping[str, frozenset[str]] = {
    "weights": _ALL - {"bulyan", "cyclic", "feddyn", "krum", "median", "trimmed-mean"},
    "server_learning_rate": _ALL - {"feddyn"},
    "beta_1": frozenset({"fedavgm", "fedadagrad", "fedadam", "fedyogi"}),
    "beta_2": frozenset({"fedadam", "fedyogi"}),
    "tau": frozenset({"fedadagrad", "fedadam", "fedyogi"}),
}


class AdaptiveClipping(Document):
    """A clipping norm that follows a quantile of the gradients' norms (Andrew et al. 2021, arXiv 1905.03871)."""

    initial_norm: PositiveReal
    """The first step's clipping norm; later ones are larger or smaller, but never above `max_grad_norm`."""
    clipped_count_stddev: PositiveReal
    """Standard deviation of the noise on the count of clipped patients, in patients, above half the noise multiplier.
    Epsilon includes the count; the gradients' noise rises to make up for it (by 3 % at twice the noise multiplier)."""
    target_quantile: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """The share of patients whose gradient is not shortened, in any layer, once the norm has settled."""
    learning_rate: PositiveReal = 0.2
    """How fast the norm follows: it changes by this factor (in the exponent) per step and unit of the share."""


Clipping = Literal["flat", "per-layer"]
TrustModel = Literal["local", "distributed"]


class DpSgd(Document):
    """Patient-level DP-SGD (Abadi et al. 2016 with the patient as unit), add/remove relation."""

    mechanism: Literal["dp-sgd"]
    delta: Annotated[float, Field(gt=0, lt=0.1)] = 1e-5
    max_grad_norm: PositiveReal = 1.0
    """Most that a patient's gradient may weigh in a step's sum, in L2 norm over all trainable parameters."""
    clipping: Clipping = "flat"
    """`flat`: gradients are shortened as a whole. `per-layer`: each of K layers to `max_grad_norm` / sqrt(K)."""
    adaptive_clipping: AdaptiveClipping | None = None
    """If given, the clipping norm is not `max_grad_norm` throughout, but adapts below it."""
    noise_multiplier: PositiveReal | None = None
    """Standard deviation of the noise, in units of the clipping norm. Give this or target_epsilon."""
    target_epsilon: PositiveReal | None = None
    """Epsilon of the whole study at each site; the noise multiplier is calibrated to it."""
    spare_rounds: Annotated[int, Field(ge=0, le=1000)] = 0
    """Rounds beyond `rounds` that a site may pay for, where one has to be repeated: at a cost beyond `target_epsilon`.
    Without any, a site refuses once it has spent what was planned."""
    trust: TrustModel = "local"
    """Whose noise epsilon rests on. `local`: each site's own. `distributed`: that of federation.minimum_sites less
    federation.colluding_sites sites together, each of which adds a share; for rounds of one large step."""

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.noise_multiplier is None) == (self.target_epsilon is None):
            raise ValueError("give exactly one of noise_multiplier and target_epsilon")
        return self

    @model_validator(mode="after")
    def _adapts_below(self) -> Self:
        adaptive = self.adaptive_clipping
        if adaptive is not None and adaptive.initial_norm > self.max_grad_norm:
            raise ValueError(
                f"adaptive_clipping.initial_norm = {adaptive.initial_norm} is above max_grad_norm = "
                f"{self.max_grad_norm}, which bounds it"
            )
        return self


class NoPrivacy(Document):
    """Training without differential privacy. The report and the evidence say so."""

    mechanism: Literal["none"]


Privacy = Annotated[DpSgd | NoPrivacy, Field(discriminator="mechanism")]
Arm = Literal["base", "alone", "federated", "federated-without-dp", "pooled"]


class Evaluation(Document):
    """How models are judged, on the coordinator's own held-out set."""

    metric: Literal["accuracy", "auroc", "concordance"] = "auroc"
    """The metric of the curves and of the comparison; the others that apply are reported as well."""
    tolerance: Annotated[float, Field(ge=0, le=1)] | None = None
    """How far below the best accepted model's metric a round's model may lie. If it lies further, the global model goes
    back to the last accepted one. Absent: every model is accepted."""
    target: Share | None = None
    """Value of the metric at which no further round is run."""
    patience: Positive | None = None
    """Rounds in a row without a better metric after which no further one is run."""
    minimum_gain: Annotated[float, Field(ge=0, lt=1)] = 0.0
    """What counts as better: more than this above the best value before."""
    bootstrap_samples: Annotated[int, Field(ge=100, le=100_000)] = 1000
    confidence: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    arms: tuple[Arm, ...] = ("base", "alone", "federated", "federated-without-dp", "pooled")
    """What the simulator compares at the end."""
    centralised_steps: Positive | None = None
    """Optimizer steps of the `alone` and `pooled` arms; rounds x steps_per_round if absent."""
    centralised_optimizer: Literal["sgd", "adam"] | None = None
    centralised_learning_rate: PositiveReal | None = None
    """Optimizer and learning rate of the `alone` and `pooled` arms; the sites' if absent."""


class SyntheticHospitals(Document):
    """Hospitals that the simulator makes up: see `cloister.simulation.hospitals`."""

    source: Literal["synthetic-hospitals"]
    patients: dict[Name, Positive]
    """How many patients each site of the roster has."""
    heldout_patients: Positive = 300
    """Patients of the coordinator's own held-out set."""
    notes_per_patient: Positive | None = None
    """How many of each patient's first notes there are; all, about five, if absent."""


class FolderData(Document):
    """Real data in the folder given by `--data`, one of the layouts Cloister knows."""

    source: Literal["heart-disease", "tcga-brca", "mts-dialog"]
    dirichlet_alpha: PositiveReal = 1.0
    """Where the data has no natural sites: concentration of the label shares over sites (Hsu et al. 2019)."""
    heldout_share: Annotated[float, Field(gt=0, lt=1)] = 0.2
    """Where the data has no published test set: share of the patients that the coordinator holds out."""
    standardise: Literal["none", "per-site"] = "none"
    """`per-site` standardises a table by statistics of each site's own training rows, as published benchmarks do.
    No privacy accountant covers these, so differential privacy excludes it: give `data.features` public constants."""


class Simulation(Document):
    """Where the sites' data come from when the federation runs on one machine. Deployments ignore it."""

    data: Annotated[SyntheticHospitals | FolderData, Field(discriminator="source")]


class Seeds(Document):
    """Seeds of what need not be secret. Noise and sampling at a real site never use them."""

    model: Count = 42
    data: Count = 42
    training: Count = 42


class Study(Document):
    """A study. `Study.read` is the way in."""

    schema_version: Literal[1] = 1
    name: Name
    title: str
    federation: Federation
    data: Data
    task: Task
    rounds: Positive
    training: Training
    strategy: Strategy = Strategy()
    privacy: Privacy
    evaluation: Evaluation = Evaluation()
    simulation: Simulation | None = None
    seeds: Seeds = Seeds()

    @classmethod
    def read(cls, path: Path) -> Study:
        """Read a study document: TOML, or the canonical JSON where the file's name ends in `.json`.

        Raises:
            MissingFileError: there is no such file.
            StudyError: it is not a valid study; every fault is named with line, key, value and remedy.
        """
        if path.suffix == ".json" and path.is_file():
            return cls.from_canonical(path.read_bytes())
        return read_toml(path, cls, StudyError)

    @classmethod
    def from_canonical(cls, text: str | bytes) -> Study:
        """A study from the canonical JSON that crosses the network.

        Raises:
            StudyError: it is not a valid study.
        """
        try:
            values = parse_json(text)
            canonical_json(values)  # or it could have no identity
        except ValueError:
            raise StudyError("The study received is not JSON.", "Check the coordinator's version.") from None
        return check(values, cls, StudyError, "the study received")

    @property
    def canonical(self) -> str:
        """The canonical form: JSON with sorted keys and every default written out."""
        return canonical_json(self.model_dump(mode="json")).decode()

    @property
    def sha256(self) -> str:
        """The study's identity."""
        return sha256_of(self.model_dump(mode="json"))

    @property
    def total_steps(self) -> int:
        """Optimizer steps that a site takes at most: if it joins every round. What epsilon is planned for."""
        return self.rounds * self.most_steps_a_round

    @property
    def most_steps(self) -> int:
        """The same with the rounds that may be repeated. What a site pays for at most."""
        spare = self.privacy.spare_rounds if isinstance(self.privacy, DpSgd) else 0
        return self.total_steps + spare * self.most_steps_a_round

    @property
    def most_steps_a_round(self) -> int:
        """Optimizer steps that a site takes in a round at most, those of a personal model included."""
        return self.training.steps_per_round * self._trainings

    def local_steps(self, site: str) -> int:
        """Optimizer steps of one training at a site."""
        own = self.strategy.local_steps
        return self.training.steps_per_round if own is None else own[site]

    def accounted_steps(self, site: str) -> int:
        """Optimizer steps that a site takes in a round, those of a personal model included: what its ledger counts."""
        return self.local_steps(site) * self._trainings

    @property
    def _trainings(self) -> int:
        # Ditto trains the personal model on the same patients once more.
        return 2 if self.strategy.name == "ditto" else 1

    @property
    def is_private(self) -> bool:
        """Whether the study trains with differential privacy."""
        return isinstance(self.privacy, DpSgd)

    def without_privacy(self) -> Study:
        """The same study without differential privacy, for comparison on one machine."""
        return self.model_copy(update={"privacy": NoPrivacy(mechanism="none")})

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for rule in (
            _task_fits_data,
            _model_fits_task,
            _private_needs,
            _distributed_needs,
            _names_known,
            _strategy_fits,
            _compression_fits,
        ):
            fault = rule(self)
            if fault:
                raise ValueError(fault)
        return self


_KIND_OF_TASK: Mapping[str, str] = {
    "tabular_classification": "table",
    "survival": "table",
    "note_classification": "notes",
    "image_classification": "images",
    "note_image_classification": "notes-and-images",
}
_ARCHITECTURES_OF_TASK: Mapping[str, tuple[str, ...]] = {
    "tabular_classification": ("linear",),
    "survival": ("linear",),
    "note_classification": ("bert", "folder"),
    "image_classification": ("groupnorm-cnn", "vit", "folder"),
    "note_image_classification": ("bert-and-cnn",),
}


def _listed(names: list[str]) -> str:
    """Names for a person, who needs no more than some of thousands."""
    more = f" and {len(names) - _MOST_LISTED} more" if len(names) > _MOST_LISTED else ""
    return f"{', '.join(names[:_MOST_LISTED])}{more}"


def _task_fits_data(study: Study) -> str | None:
    task, data = study.task.name, study.data
    if data.kind != _KIND_OF_TASK[task]:
        return f"task.name = {task!r} needs data.kind = {_KIND_OF_TASK[task]!r}, not {data.kind!r}"
    if task == "survival" and data.event is None:
        return "task.name = 'survival' needs data.event, the column of the event indicator"
    if task != "survival" and len(data.classes) < 2:
        return f"task.name = {task!r} needs at least two data.classes"
    if data.kind == "table" and not data.features:
        return "data.kind = 'table' needs data.features"
    if (study.evaluation.metric == "concordance") != (task == "survival"):
        return f"evaluation.metric = {study.evaluation.metric!r} does not fit task.name = {task!r}"
    return None


def _model_fits_task(study: Study) -> str | None:
    architecture = study.task.model.architecture
    allowed = _ARCHITECTURES_OF_TASK[study.task.name]
    if architecture not in allowed:
        return f"task.name = {study.task.name!r} takes architecture {' or '.join(allowed)}, not {architecture!r}"
    if study.task.adapter is not None and architecture in {"linear", "groupnorm-cnn"}:
        return f"task.adapter: {architecture!r} is trained in full; remove the adapter"
    if study.training.activation_checkpointing and architecture in {"linear", "groupnorm-cnn"}:
        return f"training.activation_checkpointing: {architecture!r} has no blocks to compute again; remove it"
    return None


def _private_needs(study: Study) -> str | None:
    if not isinstance(study.privacy, DpSgd):
        return None
    if study.training.sampling != "poisson":
        return "privacy.mechanism = 'dp-sgd' needs training.sampling = 'poisson', which its accountant assumes"
    if study.training.precision != "float32" and study.privacy.adaptive_clipping is not None:
        return (
            f"privacy.adaptive_clipping with training.precision = {study.training.precision!r}: rounding depends on "
            "who is computed together, and would change the count of clipped patients by more than is accounted; take "
            "'float32'"
        )
    data = study.simulation.data if study.simulation else None
    if isinstance(data, FolderData) and data.standardise == "per-site":
        return "simulation.data.standardise = 'per-site' uses statistics that no accountant covers"
    if study.most_steps > MOST_PRIVATE_STEPS:
        return (
            f"rounds = {study.rounds} of training.steps_per_round = {study.training.steps_per_round}: with what may be "
            f"repeated, {study.most_steps} private steps at a site, and {MOST_PRIVATE_STEPS} are the most"
        )
    if study.task.name == "survival":
        return "task.name = 'survival': the Cox loss couples patients, so dp-sgd would not protect any of them"
    return None


_SUM_IS_ENOUGH: frozenset[StrategyName] = frozenset({"fedadagrad", "fedadam", "fedavg", "fedavgm", "fedyogi"})
"""Strategies whose sites keep nothing between rounds and send one clipped sum as it is."""


def _distributed_needs(study: Study) -> str | None:
    """What `trust = "distributed"` excludes: whatever would need a site's own noise."""
    privacy, training, federation = study.privacy, study.training, study.federation
    if not isinstance(privacy, DpSgd) or privacy.trust == "local":
        return None
    wanted = "privacy.trust = 'distributed'"
    if not federation.is_secure:
        return f"{wanted} needs secure aggregation: without masks the coordinator sees sums with too little noise"
    if training.steps_per_round != 1:
        return f"{wanted} needs training.steps_per_round = 1: each step's noise is in the sites' sum only"
    if training.optimizer != "sgd":
        return f"{wanted} needs training.optimizer = 'sgd'; an adaptive step is strategy.name = 'fedadam', on the sum"
    if study.strategy.name not in _SUM_IS_ENOUGH:
        return f"{wanted} works with strategy.name = {', '.join(sorted(_SUM_IS_ENOUGH))}, not {study.strategy.name!r}"
    if privacy.adaptive_clipping is not None:
        return f"{wanted} excludes privacy.adaptive_clipping, whose count needs noise of its own"
    if federation.compression is not None:
        return f"{wanted} excludes federation.compression: what it leaves out would stay at the site without noise"
    if federation.required_sites - federation.colluding_sites < 2:
        return (
            f"{wanted} needs at least two shares of noise: federation.minimum_sites = {federation.required_sites} less "
            f"colluding_sites = {federation.colluding_sites}; take 'local'"
        )
    return None


def _names_known(study: Study) -> str | None:
    roster = set(study.federation.sites)
    weights = study.strategy.weights
    if weights is not None and set(weights) != roster:
        return f"strategy.weights must name exactly the sites of the roster: {', '.join(sorted(roster))}"
    steps = study.strategy.local_steps
    if steps is not None and set(steps) != roster:
        return f"strategy.local_steps must name exactly the sites of the roster: {', '.join(sorted(roster))}"
    data = study.simulation.data if study.simulation else None
    if isinstance(data, SyntheticHospitals) and set(data.patients) != roster:
        return f"simulation.data.patients must name exactly the sites of the roster: {', '.join(sorted(roster))}"
    return None


_HONEST_NEEDED: Mapping[str, tuple[int, int]] = {"krum": (2, 3), "bulyan": (4, 3), "trimmed-mean": (2, 1)}
"""Strategy -> (a, b): with f adversaries it needs a f + b updates (Blanchard 2017, El Mhamdi 2018, Yin 2018)."""


def _strategy_fits(study: Study) -> str | None:
    strategy, training, federation = study.strategy, study.training, study.federation
    name = strategy.name
    if strategy.needs_single_updates and federation.is_secure:
        return (
            f"strategy.name = {name!r} needs each site's own update, which secure aggregation hides: set "
            "federation.secure_aggregation = false, which the sites' policies have to allow, or take 'norm-bounding' "
            "against poisoning and 'fedavg' otherwise"
        )
    if name in {"scaffold", "fednova"} and training.optimizer != "sgd":
        return f"strategy.name = {name!r} is defined for training.optimizer = 'sgd', not {training.optimizer!r}"
    if strategy.local_steps is not None and max(strategy.local_steps.values()) > training.steps_per_round:
        return f"strategy.local_steps must not exceed training.steps_per_round = {training.steps_per_round}"
    if name == "lora-svd" and study.task.adapter is None:
        return "strategy.name = 'lora-svd' averages adapters, but the study has no task.adapter"
    if strategy.buffer_size is not None and not federation.required_sites <= strategy.buffer_size <= len(
        federation.sites
    ):
        return (
            f"strategy.buffer_size = {strategy.buffer_size} must lie between federation.minimum_sites = "
            f"{federation.required_sites} and the number of sites"
        )
    if strategy.adversaries is not None:
        a, b = _HONEST_NEEDED[name]
        needed = a * strategy.adversaries + b
        if federation.required_sites < needed:
            return (
                f"strategy.name = {name!r} with adversaries = {strategy.adversaries} needs {needed} updates a round, "
                f"but federation.minimum_sites = {federation.required_sites}"
            )
    return None


_COMPRESSIBLE: frozenset[StrategyName] = frozenset(
    {"ditto", "fedadagrad", "fedadam", "fedavg", "fedavgm", "fedbn", "fednova", "fedper", "fedprox", "fedyogi"}
)
"""Strategies that take the mean of updates as it is. The others judge single updates or their norm, or compute at both
ends from an update that has to be the same there."""
_MOST_SITES_IN_INT8 = 258
"""As many sums of -127 .. 127 fit into 16 bits."""


def _compression_fits(study: Study) -> str | None:
    federation, compression = study.federation, study.federation.compression
    if compression is None:
        return None
    wanted = f"federation.compression.encoding = {compression.encoding!r}"
    if study.strategy.name not in _COMPRESSIBLE:
        return f"{wanted} works with strategy.name = {', '.join(sorted(_COMPRESSIBLE))}, not {study.strategy.name!r}"
    if not federation.is_secure:
        return None
    if compression.encoding == "bfloat16":
        return f"{wanted}: floating-point numbers do not add up under masks; take 'int8', or 'random-k'"
    if compression.encoding == "top-k":
        return (
            f"{wanted}: places that depend on a site's update would leave unmasked; take 'random-k', whose are public"
        )
    if compression.encoding == "int8" and len(federation.sites) > _MOST_SITES_IN_INT8:
        return f"{wanted}: sums over more than {_MOST_SITES_IN_INT8} sites do not fit into 16 bits; take 'random-k'"
    return None
