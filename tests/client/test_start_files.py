"""The files that connect a site say what the site's settings and the installed program are now."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cloister.client import start_files
from cloister.client.enrolment import read_enrolment
from cloister.client.site_folder import SiteFolder
from cloister.study.errors import InputError

if TYPE_CHECKING:
    from tests.client.conftest import Federation


def written(federation: "Federation", settings: str) -> SiteFolder:
    """The site with such settings, and its start files written for them."""
    (federation.site.folder / "site.toml").write_text(f'name = "north"\n{settings}')
    site = SiteFolder.open(federation.site.folder)
    start_files.write(site, read_enrolment(site, federation.now), 9123)
    return site


def unit_of(site: SiteFolder) -> str:
    return (site.folder / start_files.UNIT_FILE).read_text()


def renewed(site: SiteFolder, federation: "Federation", units: Path, caplog: pytest.LogCaptureFixture) -> list[str]:
    """What is said while the files are renewed."""
    caplog.clear()
    start_files.renew(site, read_enrolment(site, federation.now), units)
    return caplog.messages


def test_the_unit_starts_this_sites_run_and_quotes_its_paths(federation: "Federation") -> None:
    site = written(federation, 'anchors = "../anchors"\n')
    assert f'"site" "run" "--site" "{site.folder.resolve()}"' in unit_of(site)
    assert f'ReadWritePaths="{site.folder.resolve()}" "{site.anchors.resolve()}"\n' in unit_of(site)


def test_under_systemd_the_ledger_can_be_written_wherever_it_is(federation: "Federation", tmp_path: Path) -> None:
    site = written(federation, f'anchors = "../anchors"\nledger = "{tmp_path}/srv ledger/ledger.sqlite"\n')
    (writable,) = [line for line in unit_of(site).splitlines() if line.startswith("ReadWritePaths=")]
    assert f'"{tmp_path.resolve()}/srv ledger"' in writable


def test_systemd_waits_as_long_as_the_site_takes_to_stop(federation: "Federation") -> None:
    site = written(federation, 'anchors = "../anchors"\n[run]\nstop_seconds = 3600\n')
    assert "TimeoutStopSec=3660\n" in unit_of(site)


def as_of_an_older_installation(site: SiteFolder) -> dict[Path, str]:
    """Have the files name a Python that is gone; what they said before."""
    script, unit = site.folder / start_files.SUPERNODE_SCRIPT, site.folder / start_files.UNIT_FILE
    before = {path: path.read_text() for path in [script, unit, *site.folder.glob("launcher/*")]}
    for path, text in before.items():
        assert str(Path(sys.executable).parent) in text
        path.write_text(text.replace(str(Path(sys.executable).parent), "/opt/older/bin"))
    return before


def test_after_an_upgrade_everything_names_the_installed_python_and_keeps_its_port(
    federation: "Federation", caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    site = written(federation, 'anchors = "../anchors"\n')
    before = as_of_an_older_installation(site)
    lines = renewed(site, federation, tmp_path, caplog)
    assert {path: path.read_text() for path in before} == before
    assert "--port 9123 " in (site.folder / start_files.SUPERNODE_SCRIPT).read_text()
    assert all(os.access(path, os.X_OK) for path in before if path.name != start_files.UNIT_FILE)
    assert {line.split()[0] for line in lines} == {str(path) for path in before}
    assert renewed(site, federation, tmp_path, caplog) == []


def test_a_script_that_somebody_wrote_stays_and_that_is_said(
    federation: "Federation", caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    site = written(federation, 'anchors = "../anchors"\n')
    script = site.folder / start_files.SUPERNODE_SCRIPT
    script.write_text("#!/bin/sh\nexec sleep 600\n")
    (line,) = renewed(site, federation, tmp_path, caplog)
    assert str(script) in line
    assert script.read_text() == "#!/bin/sh\nexec sleep 600\n"


def test_an_installed_unit_of_other_settings_is_said_until_it_is_copied(
    federation: "Federation", caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """systemd would kill the site half way through a stop that it was allowed to take longer for."""
    site = written(federation, 'anchors = "../anchors"\n')
    installed = tmp_path / start_files.UNIT_FILE
    installed.write_text(unit_of(site))
    assert renewed(site, federation, tmp_path, caplog) == []
    toml = site.folder / "site.toml"
    toml.write_text(toml.read_text() + "[run]\nstop_seconds = 3600\n")
    site = SiteFolder.open(site.folder)
    for _ in range(2):
        *_, line = renewed(site, federation, tmp_path, caplog)
        assert f"sudo cp {site.folder.resolve() / start_files.UNIT_FILE} {installed}" in line
    installed.write_text(unit_of(site))
    assert renewed(site, federation, tmp_path, caplog) == []


def test_another_sites_unit_is_not_compared(
    federation: "Federation", caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    site = written(federation, 'anchors = "../anchors"\n')
    (tmp_path / start_files.UNIT_FILE).write_text(unit_of(site).replace(str(site.folder.resolve()), "/srv/other"))
    assert renewed(site, federation, tmp_path, caplog) == []


@pytest.mark.parametrize("port", ["0", "65536", "9" * 5000])
def test_a_port_that_is_none_is_said_and_the_script_stays_as_it_is(
    federation: "Federation", tmp_path: Path, port: str
) -> None:
    site = written(federation, 'anchors = "../anchors"\n')
    script = site.folder / start_files.SUPERNODE_SCRIPT
    text = script.read_text().replace("--port 9123", f"--port {port}")
    script.write_text(text)
    with pytest.raises(InputError, match="--port is not from 1 to 65535"):
        start_files.check_port(site)
    with pytest.raises(InputError, match="--port is not from 1 to 65535"):
        start_files.renew(site, read_enrolment(site, federation.now), tmp_path)
    assert script.read_text() == text


def test_files_that_are_not_utf_8_any_more_are_renewed_and_an_installed_unit_is_said(
    federation: "Federation", caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    site = written(federation, 'anchors = "../anchors"\n')
    ours = [site.folder / start_files.SUPERNODE_SCRIPT, site.folder / start_files.UNIT_FILE]
    before = {path: path.read_bytes() for path in [*ours, *site.folder.glob("launcher/*")]}
    installed = tmp_path / start_files.UNIT_FILE
    for path, text in {**before, installed: unit_of(site).encode()}.items():
        path.write_bytes(text + b"# caf\xe9\n")
    lines = renewed(site, federation, tmp_path, caplog)
    assert {path: path.read_bytes() for path in before} == before
    assert {line.split()[0] for line in lines} == {str(path) for path in [*before, installed]}


def test_a_script_that_somebody_wrote_in_latin_1_stays_and_its_port_is_read(
    federation: "Federation", caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    site = written(federation, 'anchors = "../anchors"\n')
    script = site.folder / start_files.SUPERNODE_SCRIPT
    script.write_bytes(b"#!/bin/sh\n# caf\xe9\nexec node --port 65536\n")
    (line,) = renewed(site, federation, tmp_path, caplog)
    assert str(script) in line
    with pytest.raises(InputError, match="--port"):
        start_files.check_port(site)
