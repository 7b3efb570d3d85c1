"""The four conditions to be learned, and how often each finding goes with each of them.

The rates are plausible orders of magnitude, not epidemiology. They overlap on purpose: no finding decides. They were
tuned so that a bag-of-words model on one note reaches a macro AUROC between 0.80 and 0.92
(`benchmarks/synthetic_hospitals.py` measures it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Condition = Literal["pneumonia", "heart-failure", "copd", "lung-cancer"]
CONDITIONS: tuple[Condition, ...] = ("pneumonia", "heart-failure", "copd", "lung-cancer")

Kind = Literal["symptom", "history", "exam", "drug", "imaging"]


@dataclass(frozen=True)
class Finding:
    """Something a note can say of a patient.

    `rates` are the probabilities that the finding is present, in the order of CONDITIONS.
    """

    name: str
    kind: Kind
    rates: tuple[float, float, float, float]

    def rate(self, condition: Condition) -> float:
        """Probability that a patient with this condition has the finding."""
        return self.rates[CONDITIONS.index(condition)]


FINDINGS: tuple[Finding, ...] = (
    #                                            pneu   hf  copd  cancer
    Finding("fever", "symptom", (0.80, 0.10, 0.20, 0.15)),
    Finding("chills", "symptom", (0.60, 0.08, 0.12, 0.10)),
    Finding("productive-cough", "symptom", (0.70, 0.20, 0.65, 0.30)),
    Finding("dry-cough", "symptom", (0.30, 0.30, 0.25, 0.50)),
    Finding("dyspnea", "symptom", (0.60, 0.80, 0.85, 0.50)),
    Finding("orthopnea", "symptom", (0.10, 0.70, 0.20, 0.08)),
    Finding("night-dyspnea", "symptom", (0.06, 0.50, 0.12, 0.05)),
    Finding("leg-swelling", "symptom", (0.10, 0.75, 0.20, 0.12)),
    Finding("pleuritic-pain", "symptom", (0.50, 0.10, 0.12, 0.30)),
    Finding("chest-tightness", "symptom", (0.20, 0.35, 0.50, 0.15)),
    Finding("blood-in-sputum", "symptom", (0.15, 0.06, 0.10, 0.50)),
    Finding("weight-loss", "symptom", (0.10, 0.08, 0.25, 0.70)),
    Finding("weight-gain", "symptom", (0.05, 0.50, 0.08, 0.04)),
    Finding("night-sweats", "symptom", (0.30, 0.10, 0.08, 0.35)),
    Finding("fatigue", "symptom", (0.55, 0.60, 0.50, 0.65)),
    Finding("hoarseness", "symptom", (0.05, 0.03, 0.08, 0.35)),
    Finding("poor-appetite", "symptom", (0.40, 0.25, 0.25, 0.55)),
    Finding("headache", "symptom", (0.20, 0.15, 0.15, 0.20)),
    Finding("smoker", "history", (0.30, 0.35, 0.90, 0.80)),
    Finding("hypertension", "history", (0.40, 0.75, 0.45, 0.40)),
    Finding("diabetes", "history", (0.25, 0.45, 0.22, 0.20)),
    Finding("atrial-fibrillation", "history", (0.12, 0.45, 0.18, 0.12)),
    Finding("coronary-disease", "history", (0.15, 0.60, 0.25, 0.18)),
    Finding("kidney-disease", "history", (0.15, 0.40, 0.15, 0.12)),
    Finding("recent-cold", "history", (0.50, 0.15, 0.40, 0.10)),
    Finding("home-oxygen", "history", (0.05, 0.12, 0.45, 0.12)),
    Finding("family-cancer", "history", (0.12, 0.12, 0.14, 0.40)),
    Finding("asbestos", "history", (0.04, 0.05, 0.12, 0.28)),
    Finding("arthritis", "history", (0.25, 0.25, 0.25, 0.25)),
    Finding("reflux", "history", (0.22, 0.22, 0.24, 0.22)),
    Finding("focal-crackles", "exam", (0.65, 0.15, 0.15, 0.20)),
    Finding("basal-crackles", "exam", (0.20, 0.70, 0.15, 0.10)),
    Finding("wheeze", "exam", (0.15, 0.20, 0.75, 0.22)),
    Finding("long-expiration", "exam", (0.06, 0.06, 0.55, 0.10)),
    Finding("neck-veins", "exam", (0.05, 0.60, 0.15, 0.06)),
    Finding("ankle-edema", "exam", (0.10, 0.70, 0.18, 0.10)),
    Finding("third-sound", "exam", (0.02, 0.35, 0.03, 0.02)),
    Finding("clubbing", "exam", (0.03, 0.04, 0.10, 0.35)),
    Finding("barrel-chest", "exam", (0.03, 0.04, 0.45, 0.06)),
    Finding("dull-percussion", "exam", (0.45, 0.30, 0.06, 0.25)),
    Finding("swollen-nodes", "exam", (0.10, 0.02, 0.03, 0.35)),
    Finding("thin", "exam", (0.08, 0.06, 0.30, 0.45)),
    Finding("tachycardia", "exam", (0.50, 0.40, 0.35, 0.25)),
    Finding("ceftriaxone", "drug", (0.70, 0.12, 0.15, 0.10)),
    Finding("azithromycin", "drug", (0.60, 0.10, 0.45, 0.10)),
    Finding("furosemide", "drug", (0.12, 0.80, 0.20, 0.12)),
    Finding("carvedilol", "drug", (0.12, 0.55, 0.08, 0.12)),
    Finding("lisinopril", "drug", (0.25, 0.60, 0.28, 0.25)),
    Finding("albuterol", "drug", (0.25, 0.20, 0.85, 0.30)),
    Finding("tiotropium", "drug", (0.06, 0.08, 0.65, 0.20)),
    Finding("prednisone", "drug", (0.10, 0.06, 0.60, 0.20)),
    Finding("apixaban", "drug", (0.12, 0.40, 0.15, 0.20)),
    Finding("morphine", "drug", (0.06, 0.08, 0.05, 0.35)),
    Finding("megestrol", "drug", (0.02, 0.02, 0.04, 0.22)),
    Finding("metformin", "drug", (0.22, 0.35, 0.20, 0.18)),
    Finding("omeprazole", "drug", (0.30, 0.30, 0.30, 0.32)),
    Finding("atorvastatin", "drug", (0.35, 0.50, 0.35, 0.32)),
    Finding("consolidation", "imaging", (0.70, 0.12, 0.12, 0.25)),
    Finding("air-bronchograms", "imaging", (0.35, 0.05, 0.04, 0.08)),
    Finding("big-heart", "imaging", (0.15, 0.75, 0.15, 0.12)),
    Finding("congestion", "imaging", (0.12, 0.65, 0.10, 0.08)),
    Finding("effusion", "imaging", (0.30, 0.50, 0.08, 0.30)),
    Finding("hyperinflation", "imaging", (0.12, 0.06, 0.75, 0.25)),
    Finding("flat-diaphragm", "imaging", (0.06, 0.05, 0.55, 0.15)),
    Finding("nodule", "imaging", (0.10, 0.08, 0.14, 0.65)),
    Finding("large-hilum", "imaging", (0.12, 0.20, 0.12, 0.45)),
    Finding("atelectasis", "imaging", (0.30, 0.30, 0.25, 0.30)),
    Finding("old-granuloma", "imaging", (0.12, 0.12, 0.15, 0.15)),
)

LAB_SHIFTS: dict[str, tuple[float, float, float, float]] = {
    #        pneu  hf  copd  cancer, in standard deviations of the healthy spread
    "wbc": (1.6, 0.1, 0.6, 0.3),
    "crp": (1.8, 0.3, 0.4, 0.6),
    "bnp": (0.2, 2.0, 0.3, 0.1),
    "creatinine": (0.3, 0.8, 0.1, 0.1),
    "hemoglobin": (-0.3, -0.5, 0.4, -1.0),
    "sodium": (-0.4, -0.5, 0.0, -0.6),
    "calcium": (0.0, 0.0, 0.0, 0.9),
    "pco2": (-0.2, -0.1, 1.6, 0.2),
}
"""How far each condition moves a laboratory value."""
