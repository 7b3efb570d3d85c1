r"""What compressed updates save and cost: bytes that sites send, and the model's quality, masked and in the clear.

    python -m benchmarks.compressed_updates --data ../shared/data/fed_heart_disease
    python -m benchmarks.compressed_updates --study examples/three-hospitals.toml --seeds 42 --one-in 10 --bound 0.25 \
        --patients 80 --rounds 4

Whole federations in process with differential privacy: the example study as it stands, and the same with each encoding;
the second one, which trains adapters (LoRA), with fewer patients and rounds.
Bytes are those of the arrays in one site's update, as Flower sends them (each array has 128 bytes of header). AUROC is
the final model's on the coordinator's held-out patients, mean and standard deviation over seeds; a seed determines the
sites' sampling and noise, which are the same for all encodings.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.simulation.engine import run_engine
from cloister.simulation.federation import build_federation
from cloister.simulation.progress import Stages
from cloister.study.schema import Compression, Study


@dataclass(frozen=True)
class Way:
    """How updates are sent."""

    secure: bool
    compression: Compression | None

    @property
    def name(self) -> str:
        """For the table."""
        how = "exact" if self.compression is None else self.compression.encoding
        one_in = self.compression.one_in if self.compression else None
        return f"{how}, one in {one_in}" if one_in else how


def main() -> None:
    """Run everything, print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--study", type=Path, default=Path("examples/heart-disease.toml"))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=(42, 43, 44, 45, 46))
    parser.add_argument("--one-in", type=int, default=4)
    parser.add_argument("--bound", type=float, default=1.0)
    parser.add_argument("--patients", type=int, help="At each made-up hospital; twice as many are held out.")
    parser.add_argument("--rounds", type=int)
    arguments = parser.parse_args()
    logging.getLogger("cloister").setLevel(logging.ERROR)
    study, began = smaller(Study.read(arguments.study), arguments.patients, arguments.rounds), time.monotonic()
    found: dict[Way, list[tuple[float, float]]] = {way: [] for way in ways(arguments.one_in)}
    with tempfile.TemporaryDirectory() as folder:
        for seed in arguments.seeds:
            built = Path(folder) / f"built-{seed}"
            build_federation(with_seed(study, seed), arguments.study.parent, arguments.data, built, Stages())
            for number, way in enumerate(found):
                own = Path(folder) / f"{seed}-{number}"
                shutil.copytree(built, own)
                sent = sent_as(with_seed(study, seed), way, arguments.bound)
                found[way].append(run(sent, arguments.study.parent, arguments.data, own))
                print(f"seed {seed}, {way}: {found[way][-1]}", file=sys.stderr, flush=True)
                shutil.rmtree(own)
    print("| updates | encoding | bytes up, a site and round | of exact | AUROC |\n|---|---|---|---|---|")
    for way, runs in found.items():
        exact = found[Way(way.secure, None)]
        size, auroc = statistics.mean(size for size, _ in runs), [value for _, value in runs]
        spread = f" ± {statistics.stdev(auroc):.4f}" if len(auroc) > 1 else ""
        share = size / statistics.mean(size for size, _ in exact)
        print(
            f"| {'masked' if way.secure else 'in the clear'} | {way.name} | {size:,.0f} | {share:.3f} "
            f"| {statistics.mean(auroc):.4f}{spread} |"
        )
    print(f"\n{len(arguments.seeds)} seeds in {time.monotonic() - began:.0f} s.")


def ways(one_in: int) -> list[Way]:
    """All that a study may ask for."""
    sparse = [Compression(encoding="top-k", one_in=one_in), Compression(encoding="random-k", one_in=one_in)]
    dense = [Compression(encoding="bfloat16"), Compression(encoding="int8")]
    clear = [Way(False, None), *(Way(False, compression) for compression in (*dense, *sparse))]
    return [*clear, Way(True, None), Way(True, dense[1]), Way(True, sparse[1])]


def smaller(study: Study, patients: int | None, rounds: int | None) -> Study:
    """The study with fewer made-up patients at each site, and fewer rounds; unchanged where None is given."""
    study = study.model_copy(update={"rounds": rounds or study.rounds})
    if patients is None or study.simulation is None:
        return study
    update = {"patients": dict.fromkeys(study.federation.sites, patients), "heldout_patients": 2 * patients}
    data = study.simulation.data.model_copy(update=update)
    return study.model_copy(update={"simulation": study.simulation.model_copy(update={"data": data})})


def with_seed(study: Study, seed: int) -> Study:
    """The study with another seed for whatever is not data."""
    return study.model_copy(update={"seeds": study.seeds.model_copy(update={"training": seed})})


def sent_as(study: Study, way: Way, bound: float) -> Study:
    """The study with its updates sent in one way."""
    federation = study.federation.model_copy(
        update={"secure_aggregation": way.secure, "compression": way.compression, "update_bound": bound}
    )
    return study.model_copy(update={"federation": federation})


def run(study: Study, folder: Path, data: Path | None, output: Path) -> tuple[float, float]:
    """Bytes that a site sends in a round, and the final model's AUROC."""
    federation = build_federation(study, folder, data, output, Stages())
    run_engine("process", federation.coordinator, federation.sites, study.rounds, lambda *_: None)
    state = CoordinatorFolder.open(federation.coordinator).latest()
    if state is None or state.round != study.rounds:
        raise SystemExit("The run did not reach its last round.")
    # The last round of a masked run carries no keys for a next one; its signature stays in the figure.
    last = state.history[-1]
    return last.bytes_up / len(last.replied), last.metrics["auroc"]


if __name__ == "__main__":
    main()
