"""What exactly was run: hashes, versions and the study document itself."""

from __future__ import annotations

import json

from cloister.simulation.report import numbers
from cloister.simulation.report.markup import Markup, element, join, table
from cloister.simulation.result import Result


def provenance(result: Result) -> Markup:
    """Identity of the study and of the model, versions, and the study's canonical document, indented."""
    study = result.study
    share = study.trainable_parameters / study.total_parameters if study.total_parameters else 0.0
    facts = [
        ("Study", element("code", study.name)),
        ("SHA-256 of the study", element("code", study.sha256)),
        ("SHA-256 of the final model", element("code", result.model_sha256)),
        ("Task", element("code", study.task)),
        ("Architecture", element("code", study.architecture)),
        (
            "Parameters",
            f"{numbers.count(study.trainable_parameters)} trained of {numbers.count(study.total_parameters)} "
            f"({numbers.percent(share)})",
        ),
        ("Aggregation", element("code", study.strategy)),
        (
            "Held-out set",
            f"{numbers.count(result.heldout_patients)} patients, {numbers.count(result.heldout_examples)} examples",
        ),
        ("Engine", {"process": "in one process", "ray": "Flower simulation on Ray"}[result.engine]),
        ("Created", numbers.moment(result.created)),
    ]
    entries = [part for name, value in facts for part in (element("dt", name), element("dd", value))]
    versions = table(
        "Versions",
        ["Component", "Version"],
        [[name, result.versions[name]] for name in sorted(result.versions)],
        css_class="text-2",
    )
    return join(
        [element("dl", *entries, class_="facts"), versions if result.versions else Markup(), _document(study.document)]
    )


def _document(document: str) -> Markup:
    try:
        shown = json.dumps(json.loads(document), indent=2, ensure_ascii=False)
    except ValueError:
        shown = document
    return element(
        "details",
        element("summary", "The study document, every default written out"),
        element("pre", element("code", shown)),
    )
