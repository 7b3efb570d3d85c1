"""The adaptive norm that a site carries through a run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flwr.app import RecordDict

from cloister.client import participation
from cloister.client.approvals import approve
from cloister.client.clipping_norm import keep_norm, read_norm
from cloister.client.participation import Participation
from cloister.client.run_name import run_of_study
from cloister.client.site_folder import SiteFolder
from cloister.client.trainer import Gradient, gradient_for
from cloister.privacy.ledger import Ledger
from cloister.study.errors import InputError
from cloister.study.schema import Study

MakeStudy = Callable[..., Study]
MakeRequest = Callable[..., RecordDict]


def adaptive(make_study: MakeStudy) -> Study:
    settings = {"initial_norm": 0.1, "clipped_count_stddev": 4.0}
    return make_study(privacy={"mechanism": "dp-sgd", "noise_multiplier": 2.0, "adaptive_clipping": settings})


def test_a_round_begins_with_the_norm_of_the_latest_round_before_it(tmp_path: Path) -> None:
    assert read_norm(tmp_path, "run", 1, 0.1) == 0.1
    for number, norm in ((1, 0.2), (2, 0.3), (4, 0.5)):
        keep_norm(tmp_path, "run", number, norm)
    assert [read_norm(tmp_path, "run", number, 0.1) for number in (1, 2, 3, 4, 5, 9)] == [0.1, 0.2, 0.3, 0.3, 0.5, 0.5]
    assert read_norm(tmp_path, "another run", 5, 0.1) == 0.1


def test_rounds_go_on_from_one_another_and_cost_what_was_planned(
    site: SiteFolder, make_study: MakeStudy, make_request: MakeRequest
) -> None:
    changed = adaptive(make_study)
    approve(site, changed, "the tests")
    for number in (1, 2):
        Participation(site).train(make_request(changed, number, "run"))
    run = run_of_study(changed, "run")
    first, second = read_norm(site.folder, run, 2, 0.1), read_norm(site.folder, run, 3, 0.1)
    assert len({0.1, first, second}) == 3
    assert 0 < second <= changed.privacy.max_grad_norm  # type: ignore[union-attr]
    with Ledger.open(site.ledger, site.key) as ledger:
        found = [entry.content["mechanism"] for entry in ledger.entries() if entry.kind == "reservation"]
    assert found == [{"sample_rate": 0.2, "noise_multiplier": 2.0, "steps": 4}] * 2


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "null",
        '{"1": "much"}',
        '{"one": 1.0}',
        '{"1": -2.0}',
        '{"1": NaN}',
        f'{{"1": {10**400}}}',
        "[" * 100_000,
    ],
)
def test_a_damaged_file_is_refused_before_anything_is_spent(
    site: SiteFolder, make_study: MakeStudy, make_request: MakeRequest, content: str
) -> None:
    changed = adaptive(make_study)
    approve(site, changed, "the tests")
    keep_norm(site.folder, run_of_study(changed, "run"), 1, 0.2)
    (file,) = (site.folder / "clipping").iterdir()
    file.write_text(content)
    with pytest.raises(InputError, match=r"clipping/.*\.json: does not hold clipping norms"):
        Participation(site).train(make_request(changed, 2, "run"))
    with Ledger.open(site.ledger, site.key) as ledger:
        assert not [entry for entry in ledger.entries() if entry.kind == "reservation"]


def test_a_norm_of_one_study_clips_no_other(
    site: SiteFolder, study: Study, make_study: MakeStudy, make_request: MakeRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both runs have the same id. The other study's noise is made for the norm that it names."""
    norms: list[float | None] = []

    def noted(*given: Any) -> Gradient:
        norms.append(given[-1])
        return gradient_for(*given)

    monkeypatch.setattr(participation, "gradient_for", noted)
    adapting = adaptive(make_study)
    for approved in (adapting, study):
        approve(site, approved, "the tests")
    Participation(site).train(make_request(adapting, 1, "run"))
    Participation(site).train(make_request(study, 2, "run"))
    Participation(site).train(make_request(adapting, 2, "run"))
    assert norms[:2] == [0.1, study.privacy.max_grad_norm]  # type: ignore[union-attr]
    assert norms[2] not in norms[:2]
