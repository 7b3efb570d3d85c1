"""The pre-flight runs once for a study, a base, the code here and a device, and again where any of them is another."""

import gc
import json
import platform
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import pytest
import torch

from cloister.client import kept_preflight, warm_worker
from cloister.client.installed_code import installed_code
from cloister.client.kept_preflight import engine_for
from cloister.client.preflight import preflight_study
from cloister.client.site_folder import SiteFolder
from cloister.privacy.preflight import PreflightReport
from cloister.study.errors import UnsafeGradientsError
from cloister.study.keys import SiteKey
from cloister.study.schema import Study

BASE, OTHER_BASE = "a" * 64, "b" * 64
CPU = torch.device("cpu")


class Preflight:
    """The pre-flight, and how often it ran; in the words of a process that has just been started."""

    def __init__(self) -> None:
        self.runs = 0
        self.refuses = False

    def __call__(self, study: Study, base: Path | None, _device: torch.device) -> PreflightReport:
        self.runs += 1
        if self.refuses:
            raise UnsafeGradientsError("Wrong.", "Mend it.")
        return preflight_study(study, base)

    def ran(self, site: SiteFolder, study: Study, base: str = BASE, device: torch.device = CPU) -> bool:
        """Whether it runs for a message that another process answers."""
        before = self.runs
        kept_preflight._report.cache_clear()
        installed_code.cache_clear()
        engine_for(site, study, base, None, device)
        return self.runs > before


@pytest.fixture
def preflight(monkeypatch: pytest.MonkeyPatch) -> Preflight:
    counted = Preflight()
    monkeypatch.setattr(kept_preflight, "preflight_study", counted)
    return counted


def kept(site: SiteFolder) -> Path:
    (path,) = (site.folder / "preflight").iterdir()
    return path


def test_later_messages_of_a_study_are_spared_it_and_get_the_same_engine(
    preflight: Preflight, site: SiteFolder, study: Study
) -> None:
    assert preflight.ran(site, study)
    assert not preflight.ran(SiteFolder.open(site.folder), study)
    found = engine_for(site, study, BASE, None, CPU)
    assert found == preflight_study(study, None).engine
    report = json.loads(kept(site).read_text())["result"]
    assert report["engine"] == found
    assert all(check["passed"] for check in report["checks"])


def test_another_study_base_or_device_has_its_own(
    preflight: Preflight,
    site: SiteFolder,
    study: Study,
    make_study: Callable[..., Study],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"GPU {device.index}")
    other = make_study(title="Another example")
    gpus = [torch.device("cuda", 0), torch.device("cuda", 1)]
    asked = [(study, BASE, CPU), (other, BASE, CPU), (study, OTHER_BASE, CPU), *((study, BASE, gpu) for gpu in gpus)]
    assert all(preflight.ran(site, *what) for what in asked)
    assert not any(preflight.ran(site, *what) for what in asked)


@pytest.mark.parametrize("what", ["a module", "a library", "python", "processor"])
def test_it_runs_again_after_an_update(
    what: str, preflight: Preflight, site: SiteFolder, study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "package").mkdir()
    module = tmp_path / "package" / "engine.py"
    module.write_text("right = True\n")
    monkeypatch.setattr("cloister.__path__", [str(module.parent)])
    assert preflight.ran(site, study)
    assert not preflight.ran(site, study)
    match what:
        case "a module":
            module.write_text("right = False\n")
        case "a library":
            monkeypatch.setattr(metadata, "version", lambda name: "9" if name == "torch" else "1")
        case "python":
            monkeypatch.setattr(platform, "python_version", lambda: "3.99.0")
        case "processor":
            monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: "ABACUS")
    assert preflight.ran(site, study)


@pytest.mark.parametrize("where", ["format", "study", "base", "code", "device", "engine", "reason", "signature"])
def test_a_file_that_somebody_edited_counts_as_none(
    where: str, preflight: Preflight, site: SiteFolder, study: Study
) -> None:
    preflight.ran(site, study)
    text = kept(site).read_text()
    value = json.loads(text)
    owner = next(part for part in (value, value["about"], value["result"]) if where in part)
    owner[where] = "one-patient" if where == "engine" else f"{owner[where]}1"
    kept(site).write_text(json.dumps(value))
    assert preflight.ran(site, study)
    assert json.loads(kept(site).read_text()).keys() == value.keys()
    assert not preflight.ran(site, study)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 10_000, b'{"signature": null}'])
def test_a_file_that_holds_something_else_counts_as_none(
    content: bytes, preflight: Preflight, site: SiteFolder, study: Study
) -> None:
    preflight.ran(site, study)
    kept(site).write_bytes(content)
    assert preflight.ran(site, study)


def test_neither_another_sites_report_nor_one_on_something_else_is_taken(
    preflight: Preflight, site: SiteFolder, study: Study
) -> None:
    preflight.ran(site, study)
    ours = kept(site)
    content = ours.read_bytes()
    ours.unlink()
    preflight.ran(site, study, OTHER_BASE)
    kept(site).write_bytes(content)
    assert preflight.ran(site, study, OTHER_BASE)
    elsewhere = SiteFolder(site.folder, site.config, SiteKey(bytes(32)), site.policy)
    assert preflight.ran(elsewhere, study, OTHER_BASE)
    assert preflight.ran(site, study, OTHER_BASE)


def test_a_refusal_is_not_kept(preflight: Preflight, site: SiteFolder, study: Study) -> None:
    preflight.refuses = True
    with pytest.raises(UnsafeGradientsError):
        preflight.ran(site, study)
    assert not (site.folder / "preflight").exists()
    preflight.refuses = False
    assert preflight.ran(site, study)


def test_in_one_process_it_runs_once_for_all_sites(
    preflight: Preflight, site: SiteFolder, study: Study, tmp_path: Path
) -> None:
    preflight.ran(site, study)
    (tmp_path / "south").mkdir()
    south = SiteFolder(tmp_path / "south", site.config, SiteKey(bytes(32)), site.policy)
    assert engine_for(south, study, BASE, None, CPU) == engine_for(site, study, BASE, None, CPU)
    assert preflight.runs == 1


def test_a_package_that_is_replaced_beside_a_warm_worker_is_not_the_one_that_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = tmp_path / "engine.py"
    module.write_text("right = True\n")
    monkeypatch.setattr("cloister.__path__", [str(tmp_path)])
    monkeypatch.setattr(warm_worker, "_LOADED", ())
    monkeypatch.setattr(gc, "freeze", lambda: None)
    installed_code.cache_clear()
    warm_worker.load()
    module.write_text("right = False\n")
    running = installed_code()
    installed_code.cache_clear()
    assert installed_code() != running
    installed_code.cache_clear()
