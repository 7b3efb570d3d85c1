"""What was removed where, what was kept back, and whether anything known survived."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

from cloister.simulation.report import numbers, words
from cloister.simulation.report.markup import Markup, element, join, table
from cloister.simulation.result import DeidentifiedDataset, Result


def deidentification(result: Result) -> Markup:
    """Datasets, the heat table of identifiers by site for each kind of data, and the quarantine."""
    if not result.datasets:
        return element("p", "The run lists no datasets.")
    kinds = tuple(dict.fromkeys(dataset.kind for dataset in result.datasets))
    heat = [_heat(result, kind) for kind in kinds]
    return join([_datasets(result), *heat, _quarantine(result), _statements(result)])


def _datasets(result: Result) -> Markup:
    header = [
        "Site", "Data", "De-identified by", "Patients", "Records in", "Records out", "Quarantined",
        "Known identifiers", "Still there",
    ]  # fmt: skip
    note = "Known identifiers are those that the patients’ own records list; each cleaned dataset is searched for them."
    rows = [_dataset(dataset) for dataset in result.datasets]
    return table("Every dataset", header, rows, note=note, css_class="text-2 text-3")


def _dataset(dataset: DeidentifiedDataset) -> list[str]:
    surviving = numbers.count(dataset.known_identifiers_surviving)
    return [
        dataset.site,
        words.phrase(dataset.kind),
        "Cloister" if dataset.basis == "cloister" else "declared",
        *map(
            numbers.count,
            (dataset.patients, dataset.records_in, dataset.records_out, sum(dataset.quarantined.values())),
        ),
        numbers.count(dataset.known_identifiers_checked),
        element("td", surviving, class_="alarm") if dataset.known_identifiers_surviving else surviving,
    ]


def _heat(result: Result, kind: str) -> Markup:
    counts = _by_site(
        [dataset for dataset in result.datasets if dataset.kind == kind], lambda dataset: dataset.findings
    )
    if not counts:
        return Markup()
    caption = f"Identifiers removed or replaced: {words.phrase(kind).lower()}"
    return _matrix(result, caption, "Identifier", counts, words.phrase, "heat")


def _quarantine(result: Result) -> Markup:
    counts = _by_site(result.datasets, lambda dataset: dataset.quarantined)
    heading = element("h3", "Quarantine")
    if not counts:
        return join([heading, element("p", "No record had to be kept back.")])
    caption = "Records that could not be cleaned and were kept back, by reason"
    return join([heading, _matrix(result, caption, "Reason", counts, lambda code: element("code", code), "heat warm")])


def _statements(result: Result) -> Markup:
    sites: dict[str, list[str]] = {}
    for dataset in result.datasets:
        if dataset.statement:
            sites.setdefault(dataset.statement, []).append(dataset.site)
    if not sites:
        return Markup()
    everyone = len(result.datasets)
    items = [
        element("li", element("strong", numbers.listed(tuple(dict.fromkeys(names)), most=everyone)), f": {statement}")
        for statement, names in sites.items()
    ]
    return join([element("h3", "What was declared about the data"), element("ul", *items)])


def _by_site(
    datasets: Sequence[DeidentifiedDataset], counts_of: Callable[[DeidentifiedDataset], Mapping[str, int]]
) -> dict[str, dict[str, int]]:
    """Code -> site -> how many; the most frequent code first."""
    totals: dict[str, dict[str, int]] = {}
    for dataset in datasets:
        for code, number in counts_of(dataset).items():
            at_sites = totals.setdefault(code, {})
            at_sites[dataset.site] = at_sites.get(dataset.site, 0) + number
    return dict(sorted(totals.items(), key=lambda entry: (-sum(entry[1].values()), entry[0])))


def _matrix(
    result: Result,
    caption: str,
    first: str,
    counts: Mapping[str, Mapping[str, int]],
    name: Callable[[str], str],
    css_class: str,
) -> Markup:
    sites = tuple(dict.fromkeys((*result.study.sites, *(site for at_sites in counts.values() for site in at_sites))))
    highest = max((number for at_sites in counts.values() for number in at_sites.values()), default=0)
    rows = [
        [
            name(code),
            *(_shaded(at_sites.get(site, 0), highest) for site in sites),
            numbers.count(sum(at_sites.values())),
        ]
        for code, at_sites in counts.items()
    ]
    return table(caption, [first, *sites, "Total"], rows, css_class=css_class)


def _shaded(number: int, highest: int) -> str:
    """A cell whose shade grows with the square root of the count, so that rare identifiers are seen too."""
    if not number:
        return element("td", "–", class_="zero")
    return element("td", numbers.count(number), style=f"--share:{math.sqrt(number / highest):.2f}")
