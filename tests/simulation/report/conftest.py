"""A plausible result of a run, in as many shapes as runs have; and a strict reader of the page."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

import pytest

from cloister.simulation.result import (
    ComparedModel,
    DeidentifiedDataset,
    Interval,
    Result,
    Round,
    SitePrivacy,
    StudyFacts,
    Timing,
)

MakeResult = Callable[..., Result]

LABELS = {
    "notes": ("NAME", "DATE", "PHONE_NUMBER", "MRN", "ADDRESS", "EMAIL", "AGE_OVER_89", "URL"),
    "images": ("DICOM_HEADER", "BURNED_IN_TEXT", "UID", "DATE"),
}
REASONS = ("truncated", "not-utf-8", "identifier-survived", "no-patient-id")


def make_result(
    sites: tuple[str, ...] = ("northfield", "st-anna", "riverside"),
    *,
    rounds: int = 10,
    private: bool = True,
    intervals: bool = True,
    kinds: tuple[str, ...] = ("notes", "images"),
    by_site: bool = True,
    absent: dict[int, str] | None = None,
    **changes: object,
) -> Result:
    """A result with plausible figures.

    Args:
        sites: the roster.
        rounds: how many rounds.
        private: whether with differential privacy.
        intervals: whether metrics have bounds.
        kinds: kinds of data at every site.
        by_site: whether the held-out set tells sites apart.
        absent: round -> site that did not answer in it.
        changes: fields of the result to replace.
    """
    absent = absent or {}
    fields: dict[str, object] = {
        "created": "2026-03-14T09:21:05+00:00",
        "engine": "process",
        "study": _study(sites, rounds, private),
        "datasets": tuple(_dataset(site, kind, at) for at, site in enumerate(sites) for kind in kinds),
        "heldout_patients": 300,
        "heldout_examples": 812,
        "privacy": tuple(_spent(site, rounds, private, absent) for site in sites),
        "rounds": tuple(_round(number, rounds, sites, intervals, absent) for number in range(rounds + 1)),
        "comparison": _comparison(sites, rounds, private, intervals, by_site),
        "timings": (
            Timing(stage="synthetic hospitals", seconds=6.2),
            Timing(stage="de-identification", seconds=41.7),
            Timing(stage="warm start", seconds=12.0),
            Timing(stage="federated rounds", seconds=96.4),
            Timing(stage="other models of the comparison", seconds=58.1),
        ),
        "peak_memory_bytes": 1_843_000_000,
        "model_sha256": "5f" * 32,
        "versions": {"cloister": "0.1.0", "flwr": "1.41.0", "python": "3.11.2", "torch": "2.13.0+cpu"},
        "notices": ("Noise and sampling are seeded: this run protects nobody and is for simulated data only.",),
    }
    return Result.model_validate(fields | changes)


def _study(sites: tuple[str, ...], rounds: int, private: bool) -> StudyFacts:
    document = {"name": "three-hospitals", "rounds": rounds, "federation": {"sites": sites}, "schema_version": 1}
    return StudyFacts(
        name="three-hospitals",
        title="Pneumonia from notes and chest films in three hospitals",
        sha256="c0ffee12" * 8,
        task="note_image_classification",
        metric="auroc",
        confidence=0.95,
        rounds=rounds,
        sites=sites,
        strategy="fedadam",
        architecture="bert-and-cnn",
        trainable_parameters=41_218,
        total_parameters=1_204_610,
        private=private,
        document=json.dumps(document, sort_keys=True, separators=(",", ":")),
    )


def _dataset(site: str, kind: str, at: int) -> DeidentifiedDataset:
    labels = LABELS.get(kind, ())
    records = 1840 // (at + 1)
    quarantined = dict.fromkeys(REASONS[at % 3 : at % 3 + 2], at + 1)
    return DeidentifiedDataset(
        site=site,
        kind=kind,
        basis="cloister" if labels else "declared",
        records_in=records,
        records_out=records - sum(quarantined.values()),
        patients=620 // (at + 1),
        findings={label: int(9400 / (at + 1) / (2.1**rank)) for rank, label in enumerate(labels)},
        quarantined=quarantined,
        known_identifiers_checked=5210 // (at + 1),
        known_identifiers_surviving=0,
        statement="" if labels else "Public research data (UCI repository), de-identified by its publishers.",
    )


def _spent(site: str, rounds: int, private: bool, absent: dict[int, str]) -> SitePrivacy:
    joined = [number for number in range(1, rounds + 1) if absent.get(number) != site]
    by_round = tuple(7.874 * math.sqrt(index / rounds) for index in range(1, len(joined) + 1)) if private else ()
    total = by_round[-1] if by_round else None
    return SitePrivacy(
        site=site,
        epsilon=total,
        epsilon_rdp=total * 1.08 if total else None,
        epsilon_by_round=by_round,
        delta=1e-5 if private else None,
        noise_multiplier=0.8125 if private else None,
        max_grad_norm=1.0 if private else None,
        sample_rate=0.0625 if private else None,
        steps=20 * len(joined),
        ledger_entries=len(joined) if private else 0,
        ledger_verified=True,
    )


def _interval(value: float, intervals: bool, half: float = 0.031) -> Interval:
    return Interval(
        value=value, low=value - half if intervals else None, high=value + half * 0.9 if intervals else None
    )


def _learned(number: int, rounds: int, end: float = 0.853) -> float:
    return 0.642 + (end - 0.642) * (1 - math.exp(-3 * number / max(1, rounds))) + 0.006 * math.sin(3 * number)


def _round(number: int, rounds: int, sites: tuple[str, ...], intervals: bool, absent: dict[int, str]) -> Round:
    missing = absent.get(number)
    return Round(
        round=number,
        replied=tuple(site for site in sites if site != missing) if number else (),
        failed={missing: "budget-exhausted"} if missing else {},
        seconds=9.4 + number % 3 if number else 0.8,
        bytes_down=165_000 * len(sites) if number else 0,
        bytes_up=165_300 * (len(sites) - bool(missing)) if number else 0,
        metrics={
            "auroc": _interval(_learned(number, rounds), intervals),
            "accuracy": _interval(_learned(number, rounds) - 0.07, intervals),
        },
    )


def _comparison(
    sites: tuple[str, ...], rounds: int, private: bool, intervals: bool, by_site: bool
) -> tuple[ComparedModel, ...]:
    base, end = 0.642, _learned(rounds, rounds)
    arms = [("base", "untouched base", False, base)]
    arms += [("alone", f"{site} alone", private, 0.742 + 0.017 * (at % 4)) for at, site in enumerate(sites)]
    if private:
        arms += [("federated", "federated, differentially private", True, end)]
    arms += [("federated-without-dp", "federated, without privacy", False, 0.881), ("pooled", "pooled", False, 0.894)]
    return tuple(
        ComparedModel(
            arm=arm,
            name=name,
            private=is_private,
            metrics={"auroc": _interval(value, intervals), "accuracy": _interval(value - 0.07, intervals)},
            by_site={
                site: {"auroc": value + 0.03 * math.sin(at + index), "accuracy": value - 0.07}
                for at, site in enumerate(sites)
            }
            if by_site
            else {},
            gain_over_base=None if arm == "base" else _interval(value - base, intervals, 0.036),
            curve={"auroc": tuple(_learned(number, rounds, 0.885) for number in range(rounds + 1))}
            if arm == "federated-without-dp"
            else {},
        )
        for index, (arm, name, is_private, value) in enumerate(arms)
    )


@dataclass
class Element:
    """An element of a page that was read back."""

    tag: str
    attributes: dict[str, str]
    children: list[Element] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its text and that of everything in it, in order of reading within each element."""
        return " ".join([*self.pieces, *(child.text for child in self.children)])

    def all(self, tag: str | None = None) -> list[Element]:
        """The elements in it, at any depth, of a tag."""
        found = [child for child in self.children if tag in {None, child.tag}]
        return found + [deeper for child in self.children for deeper in child.all(tag)]


class Reader(HTMLParser):
    """Reads a page and refuses what a browser would have to repair."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("root", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(set(names)) == len(names), f"<{tag}> has an attribute twice"
        found = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(found)
        if tag not in {"meta", "br", "hr"}:
            self._open.append(found)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self._open[-1].pieces.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(f"a comment: {data}")

    def read(self, page: str) -> Element:
        self.feed(page)
        self.close()
        assert self._open == [self.root], "elements were left open"
        return self.root


@pytest.fixture(name="read_page", scope="session")
def _read_page() -> Callable[[str], Element]:
    return lambda page: Reader().read(page)


@pytest.fixture(name="make_result", scope="session")
def _make_result() -> MakeResult:
    return make_result
