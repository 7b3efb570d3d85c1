"""A dataset that may not be trained on stops its own studies and not the site; nobody learns of it by surprise."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cloister.client.site_checks import check_site
from cloister.client.site_folder import SiteFolder
from cloister.study.dataset import CERTIFICATE_FILE, Certificate, read_manifest, write_certified
from cloister.study.errors import CertificateError

if TYPE_CHECKING:
    from tests.client.conftest import Federation

OLDEST = 365


def with_a_second_dataset(federation: "Federation", days_old: int) -> SiteFolder:
    """The site with another dataset, certified so long ago."""
    folder = federation.site.folder / "datasets"
    shutil.copytree(folder / "table", folder / "old")
    certificate = Certificate.model_validate_json((folder / "old" / CERTIFICATE_FILE).read_bytes())
    created = certificate.model_copy(update={"created": federation.now - timedelta(days=days_old)})
    write_certified(folder / "old", read_manifest(folder / "old"), created, federation.site.key)
    toml = federation.site.folder / "site.toml"
    toml.write_text(toml.read_text().replace('["datasets/table"]', '["datasets/table", "datasets/old"]'))
    return SiteFolder.open(federation.site.folder)


@pytest.mark.parametrize(
    ("days_old", "said"),
    [(OLDEST + 1, "refused: collection records: its certificate is 366 days old"), (OLDEST - 29, "soon")],
)
def test_a_stale_dataset_does_not_stop_the_site_and_is_said(
    federation: "Federation", caplog: pytest.LogCaptureFixture, days_old: int, said: str
) -> None:
    check_site(with_a_second_dataset(federation, days_old), federation.now)
    (line,) = caplog.messages
    assert "datasets/old" in line
    assert said in line


def test_a_dataset_that_holds_for_longer_is_not_mentioned(
    federation: "Federation", caplog: pytest.LogCaptureFixture
) -> None:
    check_site(with_a_second_dataset(federation, OLDEST - 31), federation.now)
    assert caplog.messages == []


def test_an_altered_dataset_still_stops_the_site(federation: "Federation") -> None:
    site = with_a_second_dataset(federation, 0)
    (table,) = Path(site.folder / "datasets" / "old").glob("*.parquet")
    table.write_bytes(table.read_bytes() + b" ")
    with pytest.raises(CertificateError):
        check_site(site, federation.now)
