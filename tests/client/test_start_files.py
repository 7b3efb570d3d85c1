"""The files that connect a site say what the site's settings and the installed program are now."""

from pathlib import Path
from typing import TYPE_CHECKING

from cloister.client import start_files
from cloister.client.enrolment import read_enrolment
from cloister.client.site_folder import SiteFolder

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
