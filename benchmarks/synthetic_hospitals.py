"""How fast synthetic hospitals are made, how large they are, and how well their notes and images can be learned.

    python benchmarks/synthetic_hospitals.py --patients 10000

One process on one core. Writes below a temporary folder, which is removed; prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from cloister.simulation.hospitals import (
    CONDITIONS,
    PROFILES,
    HospitalProfile,
    draw_stay,
    generate_hospital,
    generate_mixture,
)
from cloister.simulation.hospitals.chest_images import draw_chest
from cloister.simulation.hospitals.profiles import BALANCED

SITES = [profile for name, profile in PROFILES.items() if name != "public"]


def measure_speed(patients: int) -> dict[str, float]:
    """Generate the three sites' patients in equal parts, with notes and images, onto the disk."""
    with tempfile.TemporaryDirectory() as root:
        wall, cpu = time.perf_counter(), time.process_time()
        made = [
            generate_hospital(Path(root) / site.name, site, patients // len(SITES) + (place < patients % len(SITES)), 1)
            for place, site in enumerate(SITES)
        ]
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        size = sum(path.stat().st_size for path in Path(root).rglob("*") if path.is_file())
    notes = sum(summary.notes for summary in made)
    return {
        "patients": patients,
        "seconds": round(wall, 2),
        "cpu_seconds": round(cpu, 2),
        "patients_per_second": round(patients / wall, 1),
        "patients_per_cpu_second": round(patients / cpu, 1),
        "notes_per_patient": round(notes / patients, 2),
        "characters_per_note": round(sum(summary.characters for summary in made) / notes),
        "images_per_patient": round(sum(summary.images for summary in made) / patients, 3),
        "megabytes": round(size / 1e6, 1),
    }


def measure_truth(patients: int) -> dict[str, Any]:
    """What is planted in a mixture of the sites: identifiers a note, by label; share of images with burned-in text."""
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "mixture"
        summary = generate_mixture(folder, SITES, patients, 1)
        labels: dict[str, int] = {}
        for line in (folder / "truth/notes.jsonl").read_text(encoding="utf-8").splitlines():
            for span in json.loads(line)["spans"]:
                labels[span["label"]] = labels.get(span["label"], 0) + 1
        images = [json.loads(line) for line in (folder / "truth/images.jsonl").read_text(encoding="utf-8").splitlines()]
    return {
        "identifiers_per_note": {label: round(count / summary.notes, 3) for label, count in sorted(labels.items())},
        "header_identifiers_per_image": round(float(np.mean([len(image["header"]) for image in images])), 1),
        "share_of_images_with_burned_in_text": round(float(np.mean([bool(i["burned_in"]) for i in images])), 3),
    }


def measure_notes(seeds: tuple[int, ...]) -> dict[str, list[float]]:
    """Macro AUROC of TF-IDF and logistic regression per note, on a held-out mixture with balanced conditions."""
    found: dict[str, list[float]] = {}
    for seed in seeds:
        held_out = _notes("held-out", [replace(site, case_mix=BALANCED) for site in SITES], 200, 1000 + seed)
        arms = {"pooled 400": (SITES, 400), "pooled 1200": (SITES, 1200)}
        arms |= {f"{profile.name} alone 400": ([profile], 400) for profile in PROFILES.values()}
        for arm, (profiles, patients) in arms.items():
            model = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=3), LogisticRegression(C=2, max_iter=300))
            model.fit(*_notes(arm, profiles, patients, seed))
            found.setdefault(arm, []).append(_macro_auroc(model, *held_out))
    return found


def measure_images(seeds: tuple[int, ...]) -> dict[str, list[float]]:
    """Macro AUROC of PCA and logistic regression on images of 64 x 64, in display polarity, without burned-in text."""
    found: dict[str, list[float]] = {}
    for seed in seeds:
        held_out = _images(SITES, 600, 1000 + seed)
        arms = {"pooled": SITES, **{f"{site.name} alone": [site] for site in SITES}}
        for arm, profiles in arms.items():
            model = make_pipeline(PCA(40, random_state=0), StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
            model.fit(*_images(profiles, 1200, seed))
            found.setdefault(arm, []).append(_macro_auroc(model, *held_out))
    return found


def _notes(name: str, profiles: list[HospitalProfile], patients: int, seed: int) -> tuple[list[str], list[str]]:
    drawn = [note for i in range(patients) for note in draw_stay(name, profiles, i, seed, images=False).notes]
    return [note.text for note in drawn], [note.label for note in drawn]


def _images(profiles: list[HospitalProfile], count: int, seed: int) -> tuple[Any, Any]:
    labels = np.arange(count) % len(CONDITIONS)
    drawn = []
    for index, label in enumerate(labels):
        scanner = profiles[(index // len(CONDITIONS)) % len(profiles)].scanner
        image = draw_chest(np.random.default_rng([seed, index]), CONDITIONS[label], scanner)
        drawn.append(image.reshape(64, 4, 64, 4).mean((1, 3)).ravel())
    return np.array(drawn), labels


def _macro_auroc(model: Pipeline, inputs: Any, labels: Any) -> float:
    return round(float(roc_auc_score(labels, model.predict_proba(inputs), multi_class="ovr", average="macro")), 3)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--patients", type=int, default=10_000, help="how many patients to generate (default 10000)")
    parser.add_argument("--seeds", type=int, default=3, help="repetitions of the learnability measurements")
    arguments = parser.parse_args()
    seeds = tuple(range(1, arguments.seeds + 1))
    result = {
        "speed": measure_speed(arguments.patients),
        "truth": measure_truth(600),
        "auroc_of_one_note": measure_notes(seeds),
        "auroc_of_one_image": measure_images(seeds),
    }
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
