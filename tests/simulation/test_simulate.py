"""A whole run: what it writes, what it says, and what it refuses."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from opacus.accountants.analysis import rdp as opacus_rdp

from cloister.client.site_folder import SiteFolder
from cloister.privacy.ledger import Ledger
from cloister.simulation.progress import Stages
from cloister.simulation.result import Result
from cloister.simulation.simulate import Run, simulate
from cloister.study.errors import InputError, StudyError
from cloister.study.schema import Study


def test_a_run_compares_all_arms_on_the_same_patients(small_run: tuple[Path, Result]) -> None:
    _, result = small_run
    arms = [model.arm for model in result.comparison]
    assert arms == ["base", "pooled", "alone", "alone", "federated-without-dp", "federated"]
    assert all(model.metrics["accuracy"].low is not None for model in result.comparison)
    # Twelve held-out patients of four classes: too many resamples lack one for an interval of AUROC.
    assert all(model.metrics["auroc"].low is None for model in result.comparison)
    assert all((model.gain_over_base is None) == (model.arm == "base") for model in result.comparison)


def test_the_curve_begins_with_the_untouched_base(small_run: tuple[Path, Result]) -> None:
    _, result = small_run
    base, federated = result.comparison[0], result.comparison[-1]
    assert [entry.round for entry in result.rounds] == [0, 1, 2, 3]
    assert result.rounds[0].metrics["auroc"].value == pytest.approx(base.metrics["auroc"].value)
    assert result.rounds[-1].metrics["auroc"].value == pytest.approx(federated.metrics["auroc"].value)
    assert federated.curve["auroc"][-1] == pytest.approx(federated.metrics["auroc"].value)


def test_the_epsilon_shown_is_the_ledgers_and_an_independent_accountants(
    small_run: tuple[Path, Result], small_study: Study
) -> None:
    output, result = small_run
    orders = [1 + x / 10.0 for x in range(1, 100)] + list(range(12, 64))
    rdp = opacus_rdp.compute_rdp(q=0.2, noise_multiplier=1.0, steps=small_study.total_steps, orders=orders)
    expected, _ = opacus_rdp.get_privacy_spent(orders=orders, rdp=rdp, delta=1e-5)
    for privacy in result.privacy:
        assert privacy.epsilon_rdp == pytest.approx(expected, rel=1e-6)
        site = SiteFolder.open(output / "sites" / privacy.site)
        with Ledger.open(site.ledger, site.key) as ledger:
            assert privacy.epsilon == pytest.approx(ledger.spent())
        assert privacy.epsilon_by_round[-1] == pytest.approx(privacy.epsilon)
        assert list(privacy.epsilon_by_round) == sorted(privacy.epsilon_by_round)


def test_no_known_identifier_survives_and_all_records_are_accounted_for(small_run: tuple[Path, Result]) -> None:
    _, result = small_run
    assert {(entry.site, entry.kind) for entry in result.datasets} >= {
        ("north-hospital", "notes"),
        ("north-hospital", "images"),
    }
    for entry in result.datasets:
        assert entry.known_identifiers_surviving == 0
        assert entry.records_in == entry.records_out + sum(entry.quarantined.values())
        assert entry.known_identifiers_checked > 0


def test_the_report_names_study_and_trust_and_asks_nothing_of_the_network(small_run: tuple[Path, Result]) -> None:
    output, result = small_run
    page = (output / "report.html").read_text(encoding="utf-8")
    assert result.study.sha256 in page
    assert result.study.trust == "local"
    assert "Trust model: local. Epsilon rests on each site" in page
    assert "http://" not in page.replace("http://www.w3.org", "")


def test_a_finished_run_is_not_overwritten_resumes_to_the_same_and_is_read_as_it_was(
    small_run: tuple[Path, Result], small_study: Study, tmp_path: Path
) -> None:
    finished, result = small_run
    output = shutil.copytree(finished, tmp_path / "run")
    with pytest.raises(InputError, match="holds a run already"):
        simulate(Run(small_study, output.parent, output), Stages())
    other = small_study.model_copy(update={"rounds": 4})
    with pytest.raises(StudyError, match="another study"):
        simulate(Run(other, output.parent, output, resume=True), Stages())
    again = simulate(Run(small_study, output.parent, output, resume=True), Stages())
    assert Result.read(output) == again
    assert again.model_sha256 == result.model_sha256
    assert [site.epsilon for site in again.privacy] == [site.epsilon for site in result.privacy]


def test_an_unreachable_epsilon_is_refused_before_any_work(tmp_path: Path, small_study: Study) -> None:
    privacy = small_study.privacy.model_copy(update={"noise_multiplier": None, "target_epsilon": 1e-4})
    training = small_study.training.model_copy(update={"sample_rate": 1.0, "steps_per_round": 1000})
    hopeless = small_study.model_copy(update={"privacy": privacy, "training": training})
    with pytest.raises(StudyError, match="epsilon"):
        simulate(Run(hopeless, tmp_path, tmp_path / "run"), Stages())
    assert not (tmp_path / "run").exists()


def test_a_folder_of_other_things_is_not_written_into(tmp_path: Path, small_study: Study) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(InputError, match="is not empty"):
        simulate(Run(small_study, tmp_path, tmp_path), Stages())


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"simulation": None}, "no [simulation] section"),
        ({"simulation": {"data": {"source": "heart-disease"}}}, "needs a folder of data"),
    ],
)
def test_a_study_without_data_says_so(tmp_path: Path, small_study: Study, change: dict[str, object], told: str) -> None:
    document = {**json.loads(small_study.canonical), **change}
    with pytest.raises(InputError) as refused:
        simulate(Run(Study.model_validate(document), tmp_path, tmp_path / "run"), Stages())
    assert told in str(refused.value)


def test_the_command_line_reports_a_missing_data_folder(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / "examples" / "heart-disease.toml"
    program = "from cloister.study.cli import main; main()"
    arguments = ["simulate", str(example), "--data", str(tmp_path / "none"), "--output", str(tmp_path / "run")]
    answer = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    assert answer.returncode == 2
    assert "no such folder of data" in answer.stderr
    assert "Traceback" not in answer.stderr
