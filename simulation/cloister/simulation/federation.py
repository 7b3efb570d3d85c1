"""A federation on one machine, ready to run: folders of sites and coordinator, with de-identified datasets.

OUTPUT/raw/…                            records before de-identification (synthetic, or prepared public data)
OUTPUT/sites/<site>/                    each site's folder, as in a hospital
OUTPUT/coordinator/                     the coordinator's folder, with its held-out datasets and checkpoints
OUTPUT/public/…                         public data, for the base
OUTPUT/models/base/                     the base, if the study has one
OUTPUT/without-privacy/…                sites and coordinator of the comparison without differential privacy
OUTPUT/arms/…                           the centralised models of the comparison
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cloister.privacy.ledger import Ledger
from cloister.simulation.base_model import base_folder, make_base
from cloister.simulation.deidentification import Job, deidentify, jobs_for
from cloister.simulation.progress import Stages
from cloister.simulation.public_dataset import write_public_dataset
from cloister.simulation.site_setup import (
    configure_coordinator,
    configure_site,
    coordinator_key,
    simulated_site,
)
from cloister.simulation.sources import heart_disease, mts_dialog, synthetic_hospitals, tcga_brca
from cloister.simulation.sources.source_data import RawData, SourceData
from cloister.study.errors import DataError, InputError
from cloister.study.keys import SiteKey
from cloister.study.schema import Study, SyntheticHospitals

FOLDER_SOURCES = {
    "heart-disease": heart_disease.prepare,
    "tcga-brca": tcga_brca.prepare,
    "mts-dialog": mts_dialog.prepare,
}


@dataclass(frozen=True)
class Federation:
    """Folders of a federation that is ready to run."""

    study: Study
    sites: Mapping[str, Path]
    site_datasets: Mapping[str, tuple[Path, ...]]
    coordinator: Path
    heldout: tuple[Path, ...]
    pooled: tuple[Path, ...]
    """Training datasets of the pooled arm where they are not just the sites'."""
    pooled_heldout: tuple[Path, ...]
    base: Path | None


def build_federation(study: Study, study_folder: Path, data: Path | None, output: Path, stages: Stages) -> Federation:
    """Make or read the records, de-identify them site by site, and set up every folder.

    What is already there from an earlier, interrupted run is kept.

    Args:
        study: the study; its `[simulation]` section says where records come from.
        study_folder: where relative paths of the study begin.
        data: the folder of real data, for sources that need one.
        output: the run's folder.
        stages: progress.

    Raises:
        InputError: the study has no `[simulation]` section, or `--data` is missing.
        DataError: the data are not what the source expects.
    """
    source = _records(study, data, output / "raw", stages)
    site_folders = {name: output / "sites" / name for name in sorted(source.sites)}
    keys = {name: simulated_site(folder, name, study) for name, folder in site_folders.items()}
    jobs = {name: jobs_for(raw, site_folders[name] / "datasets", keys[name]) for name, raw in source.sites.items()}
    study = with_identities(study, keys)
    coordinator = output / "coordinator"
    own_key = coordinator_key(coordinator, study)
    heldout = _coordinator_jobs(source.heldout, coordinator / "heldout", own_key)
    pooled, pooled_heldout = source.pooled or (None, None)
    pooled_jobs = _coordinator_jobs(pooled, output / "arms" / "pooled-data", own_key)
    pooled_heldout_jobs = _coordinator_jobs(pooled_heldout, output / "arms" / "pooled-heldout", own_key)
    everything = [job for group in jobs.values() for job in group]
    making_base = partial(_make_base, study, study_folder, source.public, output)
    with stages.stage("De-identifying, making the base") as progress:
        deidentify([*everything, *heldout, *pooled_jobs, *pooled_heldout_jobs], making_base, progress)
    federation = Federation(
        study=study,
        sites=site_folders,
        site_datasets={name: _outputs(group) for name, group in jobs.items()},
        coordinator=coordinator,
        heldout=_outputs(heldout),
        pooled=_outputs(pooled_jobs),
        pooled_heldout=_outputs(pooled_heldout_jobs),
        base=base_folder(output / "models"),
    )
    _configure(federation, federation.sites, coordinator, study)
    return federation


def with_identities(study: Study, keys: Mapping[str, SiteKey]) -> Study:
    """The study with its sites' public identities, which secure aggregation needs; unchanged if it has them."""
    if not study.federation.is_secure or study.federation.identities is not None:
        return study
    identities = {
        site: keys[site].identity.public_key().public_bytes_raw().hex() for site in sorted(study.federation.sites)
    }
    federation = study.federation.model_copy(update={"identities": identities})
    return study.model_copy(update={"federation": federation})


def without_privacy(federation: Federation, output: Path) -> Federation:
    """The same federation and data, set up for the study without differential privacy, in folders of its own."""
    study = federation.study.without_privacy()
    sites = {name: output / "sites" / name for name in federation.sites}
    for name, folder in sites.items():
        _share_key(federation.sites[name], folder)
    coordinator = output / "coordinator"
    _copy_key(federation.coordinator / "coordinator.key", coordinator / "coordinator.key")
    twin = Federation(
        study=study,
        sites=sites,
        site_datasets=federation.site_datasets,
        coordinator=coordinator,
        heldout=federation.heldout,
        pooled=federation.pooled,
        pooled_heldout=federation.pooled_heldout,
        base=federation.base,
    )
    _configure(twin, sites, coordinator, study)
    return twin


def _records(study: Study, data: Path | None, output: Path, stages: Stages) -> SourceData:
    if study.simulation is None:
        raise InputError(
            f"Study {study.name} has no [simulation] section: a simulation does not know where its data come from.",
            "Add [simulation.data] with a source; examples/ shows one for each.",
        )
    settings = study.simulation.data
    with stages.stage("Making hospitals" if isinstance(settings, SyntheticHospitals) else "Reading data") as progress:
        if isinstance(settings, SyntheticHospitals):
            source = synthetic_hospitals.prepare(study, output, progress)
        else:
            if data is None:
                raise InputError(
                    f"The data source {settings.source!r} needs a folder of data.",
                    f"cloister simulate … --data FOLDER (the folder of {settings.source}'s files).",
                )
            source = FOLDER_SOURCES[settings.source](study, data, output)
            if study.data.kind == "notes":
                patients = synthetic_hospitals.public_patients_for(study)
                public = synthetic_hospitals.public_records(output / "public", patients, study.seeds.data, images=False)
                source = SourceData(source.sites, source.heldout, source.pooled, public)
    missing = set(study.federation.sites) - source.sites.keys()
    if missing:
        raise DataError(f"The data source has no site {min(missing)!r}.", f"It has {', '.join(sorted(source.sites))}.")
    return source


def _coordinator_jobs(raw: RawData | None, folder: Path, key: SiteKey) -> list[Job]:
    return [] if raw is None else jobs_for(raw, folder, key)


def _make_base(
    study: Study, study_folder: Path, public: RawData | None, output: Path, progress: Callable[[int, int], None]
) -> None:
    steps = study.task.warm_start.steps if study.task.warm_start else 0
    datasets = write_public_dataset(public, output / "public") if public else ()
    make_base(study, study_folder, datasets, output / "models", lambda step: progress(step, steps))


def _outputs(jobs: list[Job]) -> tuple[Path, ...]:
    return tuple(job.output for job in jobs)


def _configure(federation: Federation, sites: Mapping[str, Path], coordinator: Path, study: Study) -> None:
    for name, folder in sites.items():
        configure_site(folder, name, study, federation.site_datasets[name], federation.base)
    configure_coordinator(coordinator, study, federation.heldout, federation.base)


def _share_key(source: Path, folder: Path) -> None:
    """A twin site works on the same certified datasets, so it has the same key, but a ledger of its own."""
    _copy_key(source / "site.key", folder / "site.key")
    ledger = folder / "ledger.sqlite"
    if not ledger.exists():
        Ledger.create(ledger, SiteKey.read(folder / "site.key")).close()


def _copy_key(source: Path, target: Path) -> None:
    if not target.exists():
        SiteKey.read(source).write(target)
