"""A clock behind the audit log stops a site until a person decides which of the two is wrong."""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cloister.client.cli import app
from cloister.client.site_audit import log_of, record
from cloister.client.site_checks import check_site
from cloister.client.site_folder import SiteFolder
from cloister.study.errors import ClockError, InputError

if TYPE_CHECKING:
    from tests.client.conftest import Federation

AHEAD = timedelta(days=2)


def accepting(site: SiteFolder, *by: str) -> str:
    command = ["audit", "--accept-clock", *by, "--site", str(site.folder)]
    return CliRunner().invoke(app, command, catch_exceptions=False).output


def test_an_entry_ahead_of_the_clock_stops_the_site_and_both_ways_out_are_named(federation: "Federation") -> None:
    record(federation.site, "started", federation.now + AHEAD)
    with pytest.raises(ClockError) as refused:
        check_site(federation.site, federation.now)
    assert "set it" in refused.value.remedy
    assert "cloister site audit --accept-clock" in refused.value.remedy


def test_who_accepts_the_clock_is_on_record_and_the_site_starts(federation: "Federation") -> None:
    site = federation.site
    record(site, "started", (federation.now + AHEAD).replace(microsecond=0))
    assert "accepted" in accepting(site, "--by", "Dr. A. Officer")
    check_site(site, federation.now)
    last = log_of(site).entries()[-1]
    assert (last["event"], last["by"]) == ("clock-accepted", "Dr. A. Officer")
    assert datetime.fromisoformat(last["until"]) == (federation.now + AHEAD).replace(microsecond=0)


def test_times_are_compared_anew_from_then_on(federation: "Federation") -> None:
    """What was accepted is the clock as it was then, not every clock."""
    site = federation.site
    record(site, "started", federation.now + AHEAD)
    accepting(site, "--by", "Dr. A. Officer")
    with pytest.raises(ClockError):
        check_site(site, federation.now - timedelta(days=1))
    record(site, "started", federation.now + AHEAD)
    with pytest.raises(ClockError):
        check_site(site, federation.now)


def test_there_is_nothing_to_accept_where_no_entry_is_ahead(federation: "Federation") -> None:
    before = log_of(federation.site).entries()
    with pytest.raises(InputError, match="ahead"):
        accepting(federation.site, "--by", "Dr. A. Officer")
    assert log_of(federation.site).entries() == before


def test_nobody_accepts_a_clock_without_a_name_that_can_be_recorded(federation: "Federation") -> None:
    record(federation.site, "started", datetime.now(UTC) + AHEAD)
    with pytest.raises(InputError):
        accepting(federation.site, "--by", "Maria 00482913")
    assert "clock-accepted" not in json.dumps(log_of(federation.site).entries())
