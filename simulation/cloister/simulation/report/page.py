"""The page: sections in order, under a policy that lets the browser load nothing at all."""

from __future__ import annotations

from importlib.resources import files

from cloister.simulation.report.by_site import by_site
from cloister.simulation.report.comparison import comparison
from cloister.simulation.report.deidentification import deidentification
from cloister.simulation.report.headline import headline
from cloister.simulation.report.learning import learning
from cloister.simulation.report.markup import Markup, element, join
from cloister.simulation.report.privacy_spent import privacy_spent
from cloister.simulation.report.provenance import provenance
from cloister.simulation.report.running import running
from cloister.simulation.result import Result

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def page(result: Result) -> Markup:
    """The whole document. The same result gives the same bytes."""
    links = element("nav", *(element("a", name, href=f"#{key}") for key, name, _ in _SECTIONS), aria_label="Sections")
    sections = [element("section", element("h2", name), content(result), id=key) for key, name, content in _SECTIONS]
    footer = element("footer", "Written by Cloister. result.json beside this file holds every figure shown here.")
    body = element("body", element("main", headline(result), links, *sections, footer))
    return join([Markup("<!DOCTYPE html>"), element("html", _head(result), body, lang="en")], "\n")


def _head(result: Result) -> Markup:
    style = Markup(files("cloister.simulation.report").joinpath("report.css").read_text("utf-8"))
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{result.study.title or result.study.name} · Cloister report"),
        element("style", style),
    )


def _compared(result: Result) -> Markup:
    return join([comparison(result), by_site(result)])


_SECTIONS = (
    ("learning", "Learning", learning),
    ("comparison", "Comparison", _compared),
    ("privacy", "Privacy spent", privacy_spent),
    ("deidentification", "De-identification", deidentification),
    ("running", "Time and traffic", running),
    ("provenance", "Provenance", provenance),
)
