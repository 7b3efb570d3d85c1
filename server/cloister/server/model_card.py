"""A model card (Mitchell et al. 2019, arXiv 1810.03993): markdown made from the evidence alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from cloister.privacy.trust_statement import TrustStatement
from cloister.server.evidence import Evidence, Judged, Measured
from cloister.server.gates import Gate
from cloister.study.printable import printable
from cloister.study.privacy_statement import PrivacyStatement
from cloister.study.schema import DpSgd, Study


def model_card(
    study: Study, evidence: Evidence, statements: Mapping[str, PrivacyStatement], gates: Sequence[Gate]
) -> str:
    """The card of a model that passed its gates: of the same facts the same bytes, so it can be checked."""
    parts = [
        f"# {_plain(study.title)}",
        _identity(study, evidence),
        "## Use\n\nFor research. This card is no approval as a medical device, and the model was not tried in care. "
        f"{_task(study)}",
        f"## Results\n\n{_results(study, evidence)}",
        f"## Privacy\n\n{_privacy(study, statements)}",
        f"## Training\n\n{_training(study, evidence)}",
        "## Gates\n\n" + _table(("gate passed", "found"), [(gate.name, gate.detail) for gate in gates]),
        f"## Limits\n\n{_limits(study, evidence)}",
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _identity(study: Study, evidence: Evidence) -> str:
    base = f"base folder with SHA-256 `{evidence.base_sha256}`" if evidence.base_sha256 else "weights from a seed"
    return _table(
        ("what", "which"),
        [
            ("study", f"`{study.name}`, SHA-256 `{study.sha256}`"),
            ("run", f"`{evidence.run}`"),
            ("released", f"{evidence.released:%Y-%m-%d %H:%M} UTC, with Cloister {evidence.cloister_version}"),
            ("model", f"`{study.task.model.architecture}`, from {base}"),
            ("trained", "adapters (LoRA) and the head" if study.task.adapter else "parameters in full"),
            ("transcript", f"`{evidence.transcript[-1]}`"),
        ],
    )


def _task(study: Study) -> str:
    data = study.data
    classes = f" Classes, in the order of the outputs: {', '.join(f'`{_plain(c)}`' for c in data.classes)}."
    return f"Task: `{study.task.name}` on data of kind `{data.kind}`.{classes if data.classes else ''}"


def _results(study: Study, evidence: Evidence) -> str:
    metric, confidence = study.evaluation.metric, study.evaluation.confidence
    rows = [
        (name, _measured(evidence.base.metrics[name]), _measured(found))
        for name, found in sorted(evidence.model.metrics.items())
        if name in evidence.base.metrics
    ]
    head = (
        f"On {evidence.heldout_patients} held-out patients ({evidence.heldout_examples} examples) of the coordinator, "
        f"with {confidence:.0%} bootstrap intervals over patients:\n\n"
    )
    gain = f"\n\nGain over the untouched base, paired, in {metric}: {_measured(evidence.gain)}."
    return head + _table(("metric", "base", "model"), rows) + gain + _by_site(metric, evidence.base, evidence.model)


def _by_site(metric: str, base: Judged, model: Judged) -> str:
    rows = [
        (site, _number(base.by_site.get(site, {}).get(metric)), _number(values.get(metric)))
        for site, values in sorted(model.by_site.items())
        if site
    ]
    return "\n\n" + _table((f"held-out patients of, {metric}", "base", "model"), rows) if rows else ""


def _privacy(study: Study, statements: Mapping[str, PrivacyStatement]) -> str:
    if not isinstance(study.privacy, DpSgd):
        return "**Trained without differential privacy.** The model may tell that a patient was in the training data."
    rows = [
        (site, f"{found.epsilon:.3f}", f"{found.delta:g}", str(sum(found.rounds.values())))
        for site, found in sorted(statements.items())
    ]
    return (
        "Differential privacy per patient and site (DP-SGD, one patient more or less), as each site's own ledger says "
        "and the site signed (`statements/`):\n\n" + _table(("site", "epsilon", "delta", "rounds paid for"), rows)
    ) + f"\n\n{_trust(study)}"


def _trust(study: Study) -> str:
    statement = TrustStatement.of_study(study)
    return f"Trust model: **{statement.trust}**. {statement.sentences}"


def _training(study: Study, evidence: Evidence) -> str:
    rows = [(site, str(rounds)) for site, rounds in evidence.contributions.items()]
    masked = (
        "saw sums of updates only (secure aggregation)" if study.federation.is_secure else "saw every site's update"
    )
    ended = f" and ended early ({evidence.stopped})" if evidence.stopped else ""
    rejected = sum(not record.accepted for record in evidence.rounds)
    return (
        f"Strategy `{study.strategy.name}`; {evidence.rounds_finished} of {study.rounds} rounds{ended}, {rejected} of "
        f"them rejected. The coordinator {masked}.\n\n" + _table(("site", "rounds with its update"), rows)
    )


def _limits(study: Study, evidence: Evidence) -> str:
    limits = [
        f"The figures hold for patients like the {evidence.heldout_patients} held-out ones; other hospitals, devices "
        "and languages were not tried unless the table above names them.",
        "The last model is judged on the same held-out patients as every round; where rounds were rejected or the "
        "run ended by its metric, the figures are optimistic.",
        "No gate looks for backdoors or compares groups of patients; membership and memorisation were not attacked for "
        "this release.",
    ]
    if isinstance(study.privacy, DpSgd):
        limits.append(
            "Epsilon counts one site. A patient treated at several sites spent the sum; choosing between several runs "
            "by their results is not accounted for."
        )
    if not study.federation.is_secure:
        limits.append("Without secure aggregation the coordinator could read each site's update.")
    return "\n".join(f"- {limit}" for limit in limits)


def _measured(found: Measured) -> str:
    return f"{_number(found.value)} ({_number(found.low)} to {_number(found.high)})"


def _number(value: float | None) -> str:
    return "not defined" if value is None else f"{value:.4f}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _plain(text: str) -> str:
    """Text of the study without markdown's signs, on one line."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", printable(text))
