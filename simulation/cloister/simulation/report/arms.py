"""How the models of the comparison look in every plot and legend: one colour, mark and line for each arm."""

from __future__ import annotations

from dataclasses import dataclass

from cloister.simulation.result import ComparedModel, Result


@dataclass(frozen=True)
class Look:
    """Colour is a class of the style sheet; mark and dashes tell the same to who cannot tell colours apart."""

    css_class: str
    mark: str = "circle"
    dashes: str | None = None


LOOKS = {
    "base": Look("arm-base", "square", "2 4"),
    "alone": Look("arm-alone", "triangle"),
    "federated": Look("arm-federated", "circle"),
    "federated-without-dp": Look("arm-without-dp", "diamond", "7 3"),
    "pooled": Look("arm-pooled", "cross", "8 3 2 3"),
}

SITE_LOOKS = tuple(
    Look(f"hue-{hue}", mark, dashes)
    for dashes in (None, "7 3", "2 3")
    for hue, mark in enumerate(("circle", "triangle", "square", "diamond", "cross", "circle", "triangle"))
)
"""For lines that stand for sites, in turn."""


def model_of(result: Result, arm: str) -> ComparedModel | None:
    """The comparison's (first) model of an arm."""
    return next((model for model in result.comparison if model.arm == arm), None)


def trained_model(result: Result) -> ComparedModel | None:
    """The model the report is about, if it was compared: the one that the study's own rounds made."""
    found = model_of(result, "federated")
    return model_of(result, "federated-without-dp") if found is None and not result.study.private else found
