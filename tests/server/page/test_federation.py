"""What the coordinator's page and Prometheus are told agrees with checkpoints, roster and the verified audit log."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from cloister.privacy.accounting import Mechanism, epsilon_of
from cloister.server.cli import app
from cloister.server.coordinator_folder import CoordinatorFolder
from cloister.server.page.curve import curve
from cloister.server.page.federation import Federation
from cloister.server.page.federation_metrics import federation_metrics
from cloister.server.page.progress import read_progress
from cloister.server.server_audit import log_of, record
from cloister.server.server_folder import ServerFolder
from cloister.server.submission import Submission
from cloister.strategies.server_state import RoundRecord
from cloister.study.errors import AuditLogError, InputError

if TYPE_CHECKING:
    from tests.server.page.conftest import ServedFederation

Made = tuple[ServerFolder, Submission]
NOW = datetime.now(UTC)


def copied(made: Made, folder: Path) -> tuple[ServerFolder, Path]:
    """The same server elsewhere, to be altered; and its study's folder."""
    server, submission = made
    shutil.copytree(server.folder, folder / "server")
    shutil.copytree(server.folder.parent / "anchors", folder / "anchors")
    return ServerFolder.open(folder / "server"), folder / "server" / "studies" / submission.folder.name


def test_progress_is_the_checkpoints_without_reading_the_model(made: Made) -> None:
    coordinator = CoordinatorFolder.open(made[1].folder)
    state, progress = coordinator.latest(), read_progress(coordinator)
    assert state is not None
    assert progress is not None
    assert (progress.history, progress.run_id, progress.finished) == (state.history, state.run_id, 6)
    assert progress.contributions == state.receipts
    assert progress.failures == {("va", "no-reply"): 2, ("south", "budget-exhausted"): 1}


def test_a_damaged_checkpoint_is_passed_over(made: Made, tmp_path: Path) -> None:
    _, folder = copied(made, tmp_path)
    checkpoints = folder / "checkpoints"
    good = next(checkpoints.glob("round-*.safetensors")).read_bytes()
    for number, content in enumerate((b"", good[:50], b"\xff" * 100, good.replace(b"history", b"histary"))):
        (checkpoints / f"round-{90 + number:05d}.safetensors").write_bytes(content)
    progress = read_progress(CoordinatorFolder.open(folder))
    assert progress is not None
    assert progress.finished == 6


def test_sites_and_studies_are_told_with_their_drop_outs(made: Made) -> None:
    federation = Federation(made[0].folder)
    rows = {row.member.site: row for row in federation.sites(NOW)}
    assert list(rows) == ["north", "south", "va", "left"]
    assert [(row.replies, row.failures) for row in rows.values()] == [(6, 0), (5, 1), (4, 2), (0, 0)]
    assert [row.soon for row in rows.values()] == [False, False, True, False]
    assert not rows["left"].holds
    studies, broken = federation.studies()
    assert [(row.study.name, row.state) for row in studies] == [("heart", "under way"), ("later", "submitted")]
    assert [found.key for found in broken] == ["broken"]
    assert federation.study("../../etc") is None


def test_a_study_whose_files_cannot_be_looked_at_hides_no_other(made: Made, tmp_path: Path) -> None:
    server, folder = copied(made, tmp_path)
    others = {name: folder.parent / name for name in ("itself", "nul", "of-itself")}
    for other in others.values():
        other.mkdir()
    (others["itself"] / "coordinator.toml").symlink_to("coordinator.toml")
    (others["nul"] / "coordinator.toml").write_text('study = "a\\u0000"')
    (others["of-itself"] / "coordinator.toml").write_text("")
    (others["of-itself"] / "study.toml").symlink_to("study.toml")
    federation = Federation(server.folder)
    studies, broken = federation.studies()
    assert [row.study.name for row in studies] == ["heart", "later"]
    told = {found.key: found.problem for found in broken}
    assert told.keys() == {"broken", *others}
    assert "study = " in told["nul"]
    for name, why in (("itself", "symbolic links"), ("of-itself", "symbolic links")):
        assert "cannot be read" in told[name]
        assert why in told[name]
        with pytest.raises(InputError, match="cannot be read"):
            federation.study(name)
    assert "cloister_unreadable_studies 4\n" in federation_metrics(federation, NOW)


def test_names_that_are_not_utf_8_are_shown_with_escapes(made: Made, tmp_path: Path) -> None:
    server, folder = copied(made, tmp_path)
    odd = os.fsdecode(b"caf\xe9")
    shutil.copytree(folder, folder.parent / odd)
    (folder.parent / f"{odd}-too").mkdir()
    (server.folder / "releases").mkdir()
    (server.folder / "releases" / odd).write_bytes(b"")
    federation = Federation(server.folder)
    studies, broken = federation.studies()
    told = [row.key for row in studies] + [found.key for found in (*broken, *federation.releases()[1])]
    assert sum("caf\\udce9" in key for key in told) == 3
    assert "".join((*told, federation_metrics(federation, NOW))).encode()


def test_a_node_that_is_refused_does_not_end_the_run(made: Made, tmp_path: Path) -> None:
    server, folder = copied(made, tmp_path)
    study = made[1].study
    record(server, "node-refused", NOW, study=study.name, study_sha256=study.sha256, node=7, code=9400)
    with CoordinatorFolder.open(folder).locked():
        row = Federation(server.folder).study(folder.name)
    assert row is not None
    assert row.state == "under way"


def test_a_run_that_was_killed_or_stopped_is_not_called_under_way(made: Made, tmp_path: Path) -> None:
    """It does not get to log its end, and whoever watches the page would wait for ever."""
    server, folder = copied(made, tmp_path)
    federation = Federation(server.folder)
    row = federation.study(folder.name)
    assert row is not None
    assert row.state == "interrupted"
    assert f'cloister_run_under_way{{study="{folder.name}"}} 0\n' in federation_metrics(federation, NOW)


def test_a_sites_epsilon_is_that_of_the_rounds_it_joined(made: Made) -> None:
    row = Federation(made[0].folder).study(made[1].folder.name)
    assert row is not None
    budgets = {budget.site: budget for budget in row.budgets}
    for site, rounds in (("north", 6), ("south", 5), ("va", 4)):
        assert budgets[site].contributed == rounds
        assert budgets[site].epsilon == pytest.approx(epsilon_of([Mechanism(0.2, 2.0, 4 * rounds)], 1e-5))
        assert budgets[site].planned == pytest.approx(epsilon_of([Mechanism(0.2, 2.0, 48)], 1e-5))


def test_prometheus_is_told_the_same_and_only_with_the_token(served_federation: ServedFederation) -> None:
    served = served_federation
    request = Request(f"{served.origin}/metrics", headers={"Authorization": f"Bearer {served.token}"})  # noqa: S310
    with urlopen(request, timeout=20) as answer:  # noqa: S310
        text = answer.read().decode()
        assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    key = served.submission.folder.name
    found = {
        name: float(value) for name, _, value in (line.rpartition(" ") for line in text.splitlines() if line[0] != "#")
    }
    assert found[f'cloister_rounds_finished{{study="{key}"}}'] == 6
    assert found[f'cloister_rounds_rejected{{study="{key}"}}'] == 1
    assert found[f'cloister_run_under_way{{study="{key}"}}'] == 1
    assert found[f'cloister_sent_bytes{{study="{key}"}}'] == 18_000
    assert found[f'cloister_received_bytes{{study="{key}"}}'] == 15_000
    assert found[f'cloister_site_failures{{study="{key}",site="va",code="no-reply"}}'] == 2
    assert found[f'cloister_site_epsilon{{study="{key}",site="north"}}'] > 0
    assert found["cloister_unreadable_studies"] == 1
    assert found["cloister_certificate_until_seconds"] > NOW.timestamp()
    assert 'cloister_site_enrolled_until_seconds{site="left"}' not in found


def test_the_command_prints_the_same(made: Made) -> None:
    result = CliRunner().invoke(app, ["metrics", "--server", str(made[0].folder)], catch_exceptions=False)
    assert result.exit_code == 0
    assert result.stdout == federation_metrics(Federation(made[0].folder), NOW)


def test_an_altered_audit_log_is_not_shown(made: Made, tmp_path: Path) -> None:
    import sqlite3
    from contextlib import closing

    server, _ = copied(made, tmp_path)
    federation = Federation(server.folder)
    assert federation.entries()
    with closing(sqlite3.connect(server.folder / "audit.sqlite")) as book, book:
        book.execute("update entries set content = cast(replace(content, 'no-reply', 'no-roply') as blob)")
    with pytest.raises(AuditLogError):
        federation.entries()


def test_what_is_no_release_is_told_as_such(made: Made, tmp_path: Path) -> None:
    server, _ = copied(made, tmp_path)
    (server.folder / "releases").mkdir()
    (server.folder / "releases" / "model.zip").write_bytes(b"PK nothing")
    found, broken = Federation(server.folder).releases()
    assert found == []
    assert [one.key for one in broken] == ["model.zip"]


def test_a_link_to_nothing_is_told_as_no_release_and_hides_no_other(made: Made, tmp_path: Path) -> None:
    server, _ = copied(made, tmp_path)
    releases = server.folder / "releases"
    (releases / "folder").mkdir(parents=True)
    (releases / "folder" / "gone").symlink_to(tmp_path / "nothing")
    (releases / "gone.zip").symlink_to(tmp_path / "nothing")
    (releases / "itself").symlink_to(releases / "itself")
    found, broken = Federation(server.folder).releases()
    assert found == []
    assert [one.key for one in broken] == ["folder", "gone.zip", "itself"]


def test_a_release_is_verified_again_after_a_change_that_kept_its_times(
    made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, _ = copied(made, tmp_path)
    releases = server.folder / "releases"
    part, linked = releases / "heart" / "MODEL_CARD.md", tmp_path / "elsewhere.zip"
    part.parent.mkdir(parents=True)
    for path in (part, linked):
        path.write_text("what was signed")
    (releases / "linked.zip").symlink_to(linked)
    checked: list[str] = []
    monkeypatch.setattr("cloister.server.page.federation.verify", lambda path, _: checked.append(path.name))
    federation = Federation(server.folder)
    for _ in range(2):
        federation.releases()
    assert checked == ["heart", "linked.zip"]
    for path in (part, linked):
        before = path.stat()
        path.write_text("what was forged")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    federation.releases()
    assert checked == ["heart", "linked.zip"] * 2


def test_accounts_are_made_at_the_command_line_and_asked_for(made: Made, tmp_path: Path) -> None:
    server, _ = copied(made, tmp_path)
    path = server.folder / "accounts.json"
    path.unlink()

    def ask(*arguments: str, typed: str = "") -> str:
        result = CliRunner().invoke(app, [*arguments, "--server", str(server.folder)], input=typed)
        return result.output + str(result.exception or "")

    assert "nobody has an account" in ask("page", "--port", "0")
    assert "oidc.toml: no such file" in ask("page", "--port", "0", "--oidc", str(tmp_path / "oidc.toml"))
    ask("user", "mlee", typed="three unrelated words\nthree unrelated words\n")
    assert json.loads(path.read_text())["accounts"][0]["role"] == "viewer"
    last = log_of(server).entries()[-1]
    assert (last["event"], last["account"], last["role"]) == ("account-given", "mlee", "viewer")


values = st.floats(0, 1) | st.just(float("nan"))


@settings(max_examples=30)
@given(st.lists(st.tuples(values, st.booleans()), max_size=60), st.integers(1, 500))
def test_any_history_is_drawn_within_its_frame(found: list[tuple[float, bool]], rounds: int) -> None:
    import re

    history = [
        RoundRecord(number, (), {}, 1.0, 0, 0, {"auroc": value, "auroc.low": value - 0.1}, accepted)
        for number, (value, accepted) in enumerate(found)
    ]
    drawn = str(curve(history, "auroc", max(rounds, len(history))))
    shown = [value for value, _ in found if value == value]
    assert (drawn == "") == (not shown)
    for points in re.findall(r'points="([^"]*)"', drawn):
        for place in points.split():
            x, y = map(float, place.split(","))
            assert 0 <= x <= 920
            assert 0 <= y <= 300


@pytest.mark.parametrize("odd", [float("inf"), float("nan"), -1e308, 1e17])
def test_a_value_or_a_bound_that_cannot_be_drawn_is_left_out(odd: float) -> None:
    drawable = RoundRecord(0, (), {}, 1.0, 0, 0, {"auroc": 0.5})
    for metrics in ({"auroc": odd}, {"auroc": 0.5, "auroc.low": odd}, {"auroc": 0.5, "auroc.high": odd}):
        odd_one = RoundRecord(1, (), {}, 1.0, 0, 0, metrics)
        assert curve([odd_one], "auroc", 3) == ""
        assert curve([drawable, odd_one], "auroc", 3) == curve([drawable], "auroc", 3)
