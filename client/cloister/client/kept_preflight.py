"""The pre-flight's report, kept for the later messages of a study.

Every message is answered in a process of its own (`warm_worker.py`), and the pre-flight of a large model takes longer
than a training step. What it says depends on the study, the base model, the code and the device, and on nothing else: a
report on the very same four is used again. Whatever else there is, such as a file that this site has not signed, counts
as none. A refusal is not kept: what caused it may have been mended.

    preflight/<SHA-256 of the four>.json
"""

from __future__ import annotations

import base64
import functools
import hashlib
import hmac
import logging
import platform
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Final

import torch

import cloister
from cloister.client.preflight import preflight_study
from cloister.client.site_folder import SiteFolder
from cloister.privacy.patient_gradients import ENGINES, Engine
from cloister.privacy.preflight import PreflightReport
from cloister.study import atomic
from cloister.study.canonical import canonical_json, sha256_of
from cloister.study.schema import Study
from cloister.study.untrusted_json import parse_json

_FOLDER, _FORMAT = "preflight", "cloister-preflight-1"
_LIBRARIES: Final = ("numpy", "opacus", "peft", "torch", "transformers")

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
    path = site.folder / _FOLDER / f"{sha256_of(about)}.json"
    engine = _read(site, path, about)
    if engine is None:
        report = _report(study.canonical, _Base(base_sha256, base), device)
        log.info("pre-flight: %s%s", report.engine, report.reason and f", because of {report.reason}")
        engine = report.engine
        kept: dict[str, object] = {"format": _FORMAT, "about": about, "report": report.as_dict()}
        atomic.write_json(path, {**kept, "signature": _sign(site, kept)})
    return engine


@functools.cache
def installed_code() -> str:
    """SHA-256 of the installed package's modules and the versions of what they compute with.

    Of the first time that it is asked in a process or in what that was copied from: the warm worker asks when it has
    loaded them, so a package that is replaced while it goes on is not taken for the one that it runs.
    """
    folders = sorted(Path(folder) for folder in set(cloister.__path__))
    modules = [
        (path.relative_to(folder).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest())
        for folder in folders
        for path in sorted(folder.rglob("*.py"))
    ]
    libraries = [(name, metadata.version(name)) for name in _LIBRARIES]
    return sha256_of([platform.python_version(), libraries, modules])


@dataclass(frozen=True)
class _Base:
    """A base folder, equal to every other of the same content."""

    sha256: str
    folder: Path | None = field(compare=False)


@functools.lru_cache(maxsize=8)
def _report(study: str, base: _Base, device: torch.device) -> PreflightReport:
    """The pre-flight's report, once for each study, base and device in a process: in a simulation, for all sites."""
    return preflight_study(Study.from_canonical(study), base.folder, device)


def _read(site: SiteFolder, path: Path, about: dict[str, str]) -> Engine | None:
    """The engine of a kept report; None if there is none on the same that this site signed."""
    try:
        kept = parse_json(path.read_bytes())
        signature = kept.pop("signature")
        valid = hmac.compare_digest(str(signature).encode(), _sign(site, kept).encode())
        if valid and (kept["format"], kept["about"]) == (_FORMAT, about):
            return ENGINES[ENGINES.index(kept["report"]["engine"])]
    except (FileNotFoundError, ValueError, KeyError, AttributeError, TypeError):
        pass
    return None


def _sign(site: SiteFolder, kept: dict[str, object]) -> str:
    message = b"cloister/v1/preflight\n" + canonical_json(kept)
    return base64.b64encode(hmac.digest(site.key.subkey("preflight"), message, hashlib.sha256)).decode()


def _kind(device: torch.device) -> str:
    """The kind of a device: equal kinds compute alike."""
    if device.type == "cuda":
        return f"cuda {torch.cuda.get_device_name(device)}"
    return f"{device.type} {platform.machine()} {torch.backends.cpu.get_cpu_capability()}"
