"""Training refuses a dataset whose certificate is missing, altered, stale or outside the policy, before any cost."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flwr.app import RecordDict

from cloister.client.guard import admit
from cloister.client.participation import Participation
from cloister.client.site_folder import SiteFolder
from cloister.study.dataset import CERTIFICATE_FILE, Engine, read_manifest, write_certified
from cloister.study.dataset import Certificate as DatasetCertificate
from cloister.study.errors import CertificateError, CloisterError, MissingFileError, RefusedByPolicyError
from cloister.study.schema import Study


def dataset_of(site: SiteFolder) -> Path:
    return site.folder / "datasets" / "table"


def re_sign(site: SiteFolder, **changes: Any) -> None:
    """A certificate that is genuine, and says something else."""
    folder = dataset_of(site)
    certificate = DatasetCertificate.model_validate_json((folder / CERTIFICATE_FILE).read_bytes())
    write_certified(folder, read_manifest(folder), certificate.model_copy(update=changes), site.key)


def edit(site: SiteFolder, **changes: object) -> None:
    """A certificate that is not genuine."""
    path = dataset_of(site) / CERTIFICATE_FILE
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def missing(site: SiteFolder) -> None:
    (dataset_of(site) / CERTIFICATE_FILE).unlink()


def stale(site: SiteFolder) -> None:
    re_sign(site, created=datetime.now(UTC) - timedelta(days=366))


def made_fresh_by_hand(site: SiteFolder) -> None:
    stale(site)
    edit(site, created=datetime.now(UTC).isoformat())


def of_another_profile(site: SiteFolder) -> None:
    engine = Engine(name="cloister.deid", version="0.2.0", profile="limited-dataset")
    re_sign(site, basis="cloister", engine=engine)


def of_an_old_engine(site: SiteFolder) -> None:
    re_sign(site, basis="cloister", engine=Engine(name="cloister.deid", version="0.1", profile="safe-harbor"))


GATES: dict[str, tuple[Callable[[SiteFolder], None], type[CloisterError], str]] = {
    "missing": (missing, MissingFileError, "certificate.json"),
    "altered": (lambda site: edit(site, records_in=1), CertificateError, "signature is not this site's"),
    "stale": (stale, RefusedByPolicyError, "is 366 days old"),
    "a stale one, dated anew by hand": (made_fresh_by_hand, CertificateError, "signature is not this site's"),
    "another profile": (of_another_profile, RefusedByPolicyError, "limited-dataset"),
    "an old engine": (of_an_old_engine, RefusedByPolicyError, "is of engine 0.1"),
}


@pytest.mark.parametrize(("attack", "error", "told"), GATES.values(), ids=GATES.keys())
def test_a_dataset_that_the_policy_does_not_accept_is_not_trained_on(
    site: SiteFolder,
    study: Study,
    make_request: Callable[..., RecordDict],
    attack: Callable[[SiteFolder], None],
    error: type[CloisterError],
    told: str,
) -> None:
    policy = site.folder / "policy.toml"
    policy.write_text(f'{policy.read_text()}\n[certificates]\noldest_engine = "0.2"\n')
    opened = SiteFolder.open(site.folder)
    before = opened.ledger.read_bytes()
    attack(opened)
    with pytest.raises(error, match=told):
        Participation(opened).train(make_request(study))
    assert opened.ledger.read_bytes() == before


def test_a_certificate_grows_stale_while_a_study_runs(site: SiteFolder, study: Study) -> None:
    now = datetime.now(UTC)
    admit(site, study, "", now + timedelta(days=364))
    with pytest.raises(RefusedByPolicyError, match="is 366 days old"):
        admit(site, study, "", now + timedelta(days=366, hours=1))
