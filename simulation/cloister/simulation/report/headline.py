"""The top of the report: what was trained, by whom, what it cost in privacy and what it brought."""

from __future__ import annotations

from cloister.simulation.report import numbers, words
from cloister.simulation.report.arms import trained_model
from cloister.simulation.report.markup import Markup, element, join
from cloister.simulation.report.notices import banner
from cloister.simulation.result import Interval, Result


def headline(result: Result) -> Markup:
    """Title, the run in three sentences, and its key figures."""
    study = result.study
    facts = f"Federation on one machine · {numbers.moment(result.created)} · study {study.sha256[:12]}"
    paragraph = element("p", join([_trained(result), _brought(result), _cost(result)], " "), class_="lead")
    return element(
        "header",
        element("p", facts, class_="eyebrow"),
        element("h1", study.title or study.name),
        banner(result),
        paragraph,
        _key_figures(result),
    )


def verdict(gained: Interval | None) -> str:
    """What a gain's interval says in a word: "better", "worse", "not clearly different", or "" if there is none."""
    found = numbers.defined_bounds(gained) if gained else None
    if found is None:
        return ""
    low, high = found
    return "better" if low > 0 else "worse" if high < 0 else "not clearly different"


def _trained(result: Result) -> str:
    study = result.study
    sites = numbers.counted(len(study.sites), "site")
    together = "trained one" if len(study.sites) != 1 else "trained a"
    model = f"{together} {words.architecture(study.architecture)} model"
    return (
        f"{sites[:1].upper()}{sites[1:]} ({numbers.listed(study.sites)}) {model} "
        f"for {words.task(study.task)}, in {_rounds(result)} and without any record "
        f"leaving its site."
    )


def _brought(result: Result) -> Markup:
    study, trained = result.study, trained_model(result)
    judged = trained.metrics if trained else result.rounds[-1].metrics if result.rounds else {}
    if study.metric not in judged:
        return Markup("How good the model is was not measured.")
    reached = judged[study.metric]
    patients = numbers.counted(result.heldout_patients, "held-out patient")
    parts: list[str] = [
        f"On {patients} it reaches {_article(study.metric)} {words.metric_in_text(study.metric)} of ",
        element("strong", numbers.score(reached.value)),
        _in_brackets(result, reached),
    ]
    gained = trained.gain_over_base if trained else None
    if gained is None:
        return join([*parts, "."])
    parts += [
        "; the gain over the untouched base is ",
        element("strong", numbers.gain(gained.value)),
        _in_brackets(result, gained, signed=True),
    ]
    return join([*parts, _VERDICTS[verdict(gained)]])


def _cost(result: Result) -> Markup:
    if not result.study.private:
        return join(["It was trained ", element("strong", "without differential privacy"), "."])
    spent = [site for site in result.privacy if site.epsilon is not None]
    if not spent:
        return Markup("What it cost in privacy was not accounted.")
    worst = max(spent, key=lambda site: site.epsilon or 0.0)
    deltas = sorted({site.delta for site in spent if site.delta is not None})
    at_delta = f" at delta {numbers.small(deltas[-1])}" if deltas else ""
    return join(
        [
            "It cost each patient at most ",
            element("strong", f"epsilon {numbers.epsilon(worst.epsilon)}"),
            f"{at_delta}, by the sites’ own ledgers.",
        ]
    )


def _key_figures(result: Result) -> Markup:
    cards = (_gained(result), _spent(result), _removed(result), _sent(result))
    entries = [
        element("div", element("dt", name), element("dd", value), element("dd", note, class_="note"))
        for name, value, note in cards
    ]
    return element("dl", *entries, class_="key-figures")


def _gained(result: Result) -> tuple[str, str, str]:
    name, trained = f"{words.metric(result.study.metric)} gained over base", trained_model(result)
    if trained is None or trained.gain_over_base is None:
        return name, numbers.MISSING, "not compared"
    found = numbers.bounds(trained.gain_over_base, signed=True)
    note = f"{numbers.percent(result.study.confidence)} interval {found}" if found else "no interval"
    return name, numbers.gain(trained.gain_over_base.value), note


def _spent(result: Result) -> tuple[str, str, str]:
    name, spent = "Epsilon, worst site", [site.epsilon for site in result.privacy if site.epsilon is not None]
    if not result.study.private:
        return name, "none", "no differential privacy"
    return name, numbers.epsilon(max(spent)) if spent else numbers.MISSING, "of the whole study, per patient"


def _removed(result: Result) -> tuple[str, str, str]:
    datasets, name = result.datasets, "Identifiers removed"
    if all(dataset.basis == "declared" for dataset in datasets):
        return name, "–", "the data were declared de-identified"
    removed = sum(sum(dataset.findings.values()) for dataset in datasets)
    surviving = sum(dataset.known_identifiers_surviving for dataset in datasets)
    checked = sum(dataset.known_identifiers_checked for dataset in datasets)
    return name, numbers.count(removed), f"{numbers.count(surviving)} of {numbers.count(checked)} known ones left"


def _sent(result: Result) -> tuple[str, str, str]:
    sent = sum(each.bytes_up for each in result.rounds)
    return "Sent by the sites", numbers.size(sent), f"in {_rounds(result)}"


def _rounds(result: Result) -> str:
    """The rounds that the model went through, and of how many, where the run ended before the study's last."""
    finished, planned = max((each.round for each in result.rounds), default=0), result.study.rounds
    if finished == planned:
        return numbers.counted(finished, "round")
    of_planned = f"of {numbers.counted(planned, 'round')}"
    return numbers.counted(finished, of_planned, of_planned)


def _in_brackets(result: Result, interval: Interval, *, signed: bool = False) -> str:
    found = numbers.bounds(interval, signed=signed)
    return f" ({numbers.percent(result.study.confidence)} interval {found})" if found else ""


def _article(metric: str) -> str:
    return "an" if words.metric(metric)[:1].upper() in "AEIOU" else "a"


_VERDICTS = {
    "better": ": better than the base.",
    "worse": ": worse than the base.",
    "not clearly different": ": not clearly different from the base.",
    "": ".",
}
