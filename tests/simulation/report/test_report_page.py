"""The page is one file that needs nothing else, shows every figure of the result, and treats all of it as text."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloister.simulation.report import numbers
from cloister.simulation.report.markup import escape
from cloister.simulation.report.page import page
from cloister.simulation.report.report import write_report
from cloister.simulation.result import Result

MakeResult = Callable[..., Result]
ReadPage = Callable[[str], Any]

NAN = float("nan")
SHAPES: dict[str, dict[str, Any]] = {
    "three hospitals": {},
    "a site drops out": {"absent": {4: "st-anna", 7: "st-anna"}},
    "without privacy": {"private": False, "notices": ()},
    "one site, one round, no intervals": {"sites": ("st-anna",), "rounds": 1, "intervals": False, "by_site": False},
    "twelve sites with long names": {"sites": tuple(f"university-hospital-of-the-north-{n}" for n in range(12))},
    "hundreds of rounds": {"rounds": 300},
    "nothing was compared": {"comparison": ()},
    "nothing was trained": {"rounds": 0, "privacy": (), "comparison": (), "timings": ()},
    "no datasets, no versions": {"datasets": (), "versions": {}},
    "tables that were declared clean": {"kinds": ("table",)},
}


@pytest.fixture(params=SHAPES, name="result")
def _result(request: pytest.FixtureRequest, make_result: MakeResult) -> Result:
    return make_result(**SHAPES[request.param])


def test_the_page_is_well_formed_and_every_reference_points_into_it(result: Result, read_page: ReadPage) -> None:
    elements = read_page(page(result)).all()
    ids = [each.attributes["id"] for each in elements if "id" in each.attributes]
    assert len(set(ids)) == len(ids)
    referred = [each.attributes["href"] for each in elements if "href" in each.attributes]
    referred += [f"#{key}" for each in elements for key in each.attributes.get("aria-labelledby", "").split()]
    assert referred
    assert {reference.removeprefix("#") for reference in referred} <= set(ids)


def test_the_page_loads_nothing_and_runs_nothing(result: Result, read_page: ReadPage) -> None:
    written = page(result)
    elements = read_page(written).all()
    assert not {"script", "link", "img", "image", "iframe", "object", "embed", "use", "base", "form"} & {
        each.tag for each in elements
    }
    attributes = {name for each in elements for name in each.attributes}
    assert not {"src", "srcset", "data", "action", "background", "poster", "xlink:href"} & attributes
    assert not [name for name in attributes if name.startswith("on")]
    assert not re.search(r"url\(|@import|https?://|//[a-z]", written)
    [policy] = [each.attributes["content"] for each in elements if "http-equiv" in each.attributes]
    assert "default-src 'none'" in policy


def test_the_trust_model_is_named_with_the_accountants_statement(make_result: MakeResult, read_page: ReadPage) -> None:
    result = make_result()
    named = result.study.model_copy(update={"trust": "distributed", "trust_statement": "Epsilon rests on <4> sites."})
    shown = [each.text for each in read_page(page(result.model_copy(update={"study": named}))).all("p")]
    assert "Trust model: distributed. Epsilon rests on <4> sites." in shown
    assert not any("Trust model" in each.text for each in read_page(page(result)).all("p"))


def test_every_plot_says_in_words_what_it_shows(result: Result, read_page: ReadPage) -> None:
    for plot in (each for each in read_page(page(result)).all("svg") if each.attributes["class"] != "swatch"):
        assert plot.attributes["role"] == "img"
        title, description = plot.children[:2]
        assert (title.tag, description.tag) == ("title", "desc")
        assert plot.attributes["aria-labelledby"].split() == [title.attributes["id"], description.attributes["id"]]
        assert re.search(r"\d", description.text), "a description without a single figure"


def test_every_table_has_a_caption_and_rows_as_wide_as_its_header(result: Result, read_page: ReadPage) -> None:
    tables = read_page(page(result)).all("table")
    assert tables or not result.rounds
    for table in tables:
        assert table.all("caption")[0].text.strip()
        widths = {len(row.children) for row in table.all("tr")}
        assert len(widths) == 1
        assert all(heading.text.strip() for heading in table.all("th"))


def test_the_page_shows_the_figures_of_the_result(make_result: MakeResult, read_page: ReadPage) -> None:
    result = make_result(absent={4: "st-anna"})
    text = read_page(page(result)).text
    wanted = {result.study.sha256, result.model_sha256, "budget-exhausted", *result.notices, *result.study.sites}
    wanted |= {numbers.epsilon(value) for spent in result.privacy for value in (spent.epsilon, spent.epsilon_rdp)}
    wanted |= {numbers.score(model.metrics[name].value) for model in result.comparison for name in model.metrics}
    wanted |= {numbers.gain(model.gain_over_base.value) for model in result.comparison if model.gain_over_base}
    wanted |= {numbers.bounds(each.metrics["auroc"]) for each in result.rounds}
    wanted |= {f"{number:,}" for dataset in result.datasets for number in dataset.findings.values()}
    wanted |= {code for dataset in result.datasets for code in dataset.quarantined}
    wanted |= {stage.stage for stage in result.timings} | set(result.versions) | set(result.versions.values())
    wanted |= {numbers.score(value["auroc"]) for model in result.comparison for value in model.by_site.values()}
    assert {figure for figure in wanted if figure not in text} == set()


def test_a_private_study_is_never_judged_by_its_model_without_privacy(make_result: MakeResult) -> None:
    result = make_result()
    without = [model for model in result.comparison if model.arm != "federated"]
    [other] = [model for model in without if model.arm == "federated-without-dp"]
    lead = re.search(r'<p class="lead">.*?</p>', page(make_result(comparison=tuple(without))))
    assert lead
    assert numbers.score(other.metrics["auroc"].value) not in lead[0]
    assert numbers.score(result.rounds[-1].metrics["auroc"].value) in lead[0]


def test_a_run_that_ended_early_claims_the_rounds_that_it_went_through(
    make_result: MakeResult, read_page: ReadPage
) -> None:
    whole = make_result(rounds=50).model_dump()
    early = Result.model_validate({**whole, "rounds": whole["rounds"][:8], "stopped": "plateau"})
    shown = read_page(page(early)).text
    assert "in seven of 50 rounds and without any record" in shown
    assert "in 50 rounds" not in shown
    assert "in seven of 50 rounds" in shown[shown.index("Sent by the sites") :]


def test_a_run_that_went_to_its_end_names_its_rounds_once(make_result: MakeResult, read_page: ReadPage) -> None:
    shown = read_page(page(make_result(rounds=50))).text
    assert "in 50 rounds and without any record" in shown
    assert "of 50 rounds" not in shown


def test_metrics_that_are_not_defined_are_shown_as_such(make_result: MakeResult, read_page: ReadPage) -> None:
    whole = make_result().model_dump()
    for model in whole["comparison"]:
        model["metrics"]["auroc"] = {"value": NAN, "low": NAN, "high": NAN}
        model["by_site"]["st-anna"]["auroc"] = NAN
    for each in whole["rounds"]:
        each["metrics"]["auroc"] = {"value": NAN, "low": None, "high": NAN}
    written = page(Result.model_validate(whole))
    assert read_page(written).all("svg")
    assert "n/a" in written
    assert not re.search(r"\bnan\b|\binf\b", written.split("</style>")[1])


HOSTILE = (
    "<script>alert(1)</script>",
    "\"><img src=x onerror='alert(1)'>",
    "</title></style></svg></table><h1>owned</h1>",
    "<!-- ]]> --> &lt;b&gt; &amp;",
    "<td onclick=alert(1)>",
    "' onmouseover=alert(1) x='",
    "javascript:alert(1)",
    "tab\tnew\nline",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_strings_are_shown_as_text(hostile: str, make_result: MakeResult, read_page: ReadPage) -> None:
    assert_shown_as_text(hostile, make_result, read_page)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(hostile=st.text(min_size=1, max_size=30))
def test_any_string_is_shown_as_text(hostile: str, make_result: MakeResult, read_page: ReadPage) -> None:
    assert_shown_as_text(hostile, make_result, read_page)


def assert_shown_as_text(hostile: str, make_result: MakeResult, read_page: ReadPage) -> None:
    """The page has the same elements and attributes as one with a harmless word in the same places."""
    harmless, infected = (read_page(page(_with(make_result, word))) for word in ("word", hostile))
    assert _vocabulary(infected) <= _vocabulary(harmless)
    assert [each.tag for each in infected.children] == [each.tag for each in harmless.children]
    assert len(infected.all("tr")) == len(harmless.all("tr"))
    known = "".join(letter if letter.isprintable() or letter in "\n\t" else "\x00" for letter in hostile)
    if "\x00" not in known:
        [heading] = infected.all("h1")
        assert hostile.replace("\r", "") in heading.text


def _vocabulary(root: Any) -> set[tuple[str, str]]:
    return {(each.tag, name) for each in root.all() for name in ("", *each.attributes)}


def _with(make_result: MakeResult, word: str) -> Result:
    """A result that has the word wherever a string is free; one site is called so."""
    whole = make_result(sites=(word,), rounds=2, absent={2: word}, kinds=("notes", "table")).model_dump()
    whole["study"] |= dict.fromkeys(("name", "title", "sha256", "task", "strategy", "architecture", "document"), word)
    whole |= {"created": word, "model_sha256": word, "notices": (word,), "versions": {word: word}}
    for dataset in whole["datasets"]:
        dataset |= {"kind": word, "findings": {word: 3, "NAME": 2}, "quarantined": {word: 1}, "statement": word}
    for model in whole["comparison"]:
        model |= {"name": word, "metrics": {word: model["metrics"]["auroc"], "auroc": model["metrics"]["auroc"]}}
    for each in whole["rounds"]:
        each["failed"] = {word: word}
    whole["timings"] = [{"stage": word, "seconds": 1.0}]
    return Result.model_validate(whole)


def test_the_same_result_gives_the_same_bytes_in_any_process(make_result: MakeResult, tmp_path: Path) -> None:
    result = make_result(absent={4: "st-anna"})
    result.write(tmp_path)
    here = write_report(result, tmp_path / "here")
    code = (
        "import sys; from pathlib import Path; from cloister.simulation.result import Result; "
        "from cloister.simulation.report.report import write_report; "
        "write_report(Result.read(Path(sys.argv[1])), Path(sys.argv[2]))"
    )
    environment = os.environ | {"PYTHONHASHSEED": "1234", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    there = tmp_path / "there"
    subprocess.run([sys.executable, "-c", code, str(tmp_path), str(there)], check=True, env=environment, timeout=60)
    assert here == tmp_path / "here" / "report.html"
    assert here.read_bytes() == (there / "report.html").read_bytes()
    assert here.stat().st_size < 500_000


@pytest.mark.parametrize(
    "shape",
    [
        "a site drops out",
        pytest.param("twelve sites with long names", marks=pytest.mark.heavy),
        pytest.param("nothing was trained", marks=pytest.mark.heavy),
    ],
)
def test_nothing_keeps_anybody_from_reading_the_page(
    shape: str, make_result: MakeResult, tmp_path: Path, browser: Any, inspect: Callable[[Any], list[str]]
) -> None:
    shown = browser.new_page()
    shown.set_default_timeout(120_000)
    shown.goto(write_report(make_result(**SHAPES[shape]), tmp_path).as_uri())
    shown.evaluate("document.querySelectorAll('details').forEach(found => { found.open = true })")
    amiss = inspect(shown)
    shown.close()
    assert amiss == []


def test_characters_that_would_mislead_a_reader_are_shown_as_unknown() -> None:
    shown = escape("gain\u202e\u2066\x00\x1b[31m\ud800")
    assert shown == "gain\ufffd\ufffd\ufffd\ufffd[31m\ufffd"
    assert shown.encode()
