"""The pre-flight's report, kept for the later messages of a study (`kept_result.py`).

The pre-flight of a large model takes longer than a training step. What it says depends on the study, the base model,
the code and the device, and on nothing else. A refusal is not kept: what caused it may have been mended.
"""

from __future__ import annotations

import functools
import logging
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import torch

from cloister.client.installed_code import installed_code
from cloister.client.kept_result import keep, kept_result
from cloister.client.preflight import preflight_study
from cloister.client.site_folder import SiteFolder
from cloister.privacy.patient_gradients import ENGINES, Engine
from cloister.privacy.preflight import PreflightReport
from cloister.study.schema import Study

log = logging.getLogger("cloister.site")


def engine_for(site: SiteFolder, study: Study, base_sha256: str, base: Path | None, device: torch.device) -> Engine:
    """The engine that a study's pre-flight chose here; the pre-flight runs if its report was not kept.

    Args:
        site: the opened site.
        study: the admitted study.
        base_sha256: SHA-256 of its base folder; empty if it has none.
        base: the base folder.
        device: where it is to be trained.

    Raises:
        CloisterError: as `preflight_study` says.
    """
    about = {"study": study.sha256, "base": base_sha256, "code": installed_code(), "device": _kind(device)}
    kept = kept_result(site, "preflight", about)
    if kept is not None:
        return ENGINES[ENGINES.index(cast("Engine", kept["engine"]))]
    report = _report(study.canonical, _Base(base_sha256, base), device)
    log.info("pre-flight: %s%s", report.engine, report.reason and f", because of {report.reason}")
    keep(site, "preflight", about, report.as_dict())
    return report.engine


@dataclass(frozen=True)
class _Base:
    """A base folder, equal to every other of the same content."""

    sha256: str
    folder: Path | None = field(compare=False)


@functools.lru_cache(maxsize=8)
def _report(study: str, base: _Base, device: torch.device) -> PreflightReport:
    """The pre-flight's report, once for each study, base and device in a process: in a simulation, for all sites."""
    return preflight_study(Study.from_canonical(study), base.folder, device)


def _kind(device: torch.device) -> str:
    """The kind of a device: equal kinds compute alike."""
    if device.type == "cuda":
        return f"cuda {torch.cuda.get_device_name(device)}"
    return f"{device.type} {platform.machine()} {torch.backends.cpu.get_cpu_capability()}"
