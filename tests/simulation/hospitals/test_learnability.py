"""Notes and images teach the condition, but not trivially, and what is learned at one hospital travels badly.

Seeds are fixed, so each bound holds or fails for good; there are no false alarms.
"""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from cloister.simulation.hospitals import CONDITIONS, PROFILES, HospitalProfile, draw_stay
from cloister.simulation.hospitals.chest_images import draw_chest
from cloister.simulation.hospitals.profiles import BALANCED

SITES = [PROFILES[name] for name in ("north-hospital", "riverside-hospital", "university-hospital")]


def notes(name: str, profiles: list[HospitalProfile], patients: int, seed: int) -> tuple[list[str], list[str]]:
    drawn = [draw_stay(name, profiles, index, seed, images=False).notes for index in range(patients)]
    return [note.text for stay in drawn for note in stay], [note.label for stay in drawn for note in stay]


def bag_of_words(texts: list[str], labels: list[str]) -> Pipeline:
    model = make_pipeline(TfidfVectorizer(sublinear_tf=True, min_df=3), LogisticRegression(C=2, tol=1e-3))
    return model.fit(texts, labels)


def macro_auroc(model: Pipeline, inputs: object, labels: object) -> float:
    return float(roc_auc_score(labels, model.predict_proba(inputs), multi_class="ovr", average="macro"))


@pytest.fixture(scope="module")
def held_out() -> tuple[list[str], list[str]]:
    """Of every style, and with every condition as frequent in each: the style itself tells nothing."""
    return notes("held-out", [replace(site, case_mix=BALANCED) for site in SITES], 120, 91)


@pytest.fixture(scope="module")
def pooled_auroc(held_out: tuple[list[str], list[str]]) -> float:
    return macro_auroc(bag_of_words(*notes("pool", SITES, 400, 7)), *held_out)


def test_a_bag_of_words_reads_the_condition_from_one_note_but_not_surely(pooled_auroc: float) -> None:
    assert 0.80 < pooled_auroc < 0.92


@pytest.mark.parametrize("site", SITES, ids=lambda profile: profile.name)
def test_what_one_hospital_teaches_travels_worse_than_what_all_teach(
    site: HospitalProfile, held_out: tuple[list[str], list[str]], pooled_auroc: float
) -> None:
    alone = macro_auroc(bag_of_words(*notes(site.name, [site], 200, 7)), *held_out)
    assert 0.60 < alone < pooled_auroc - 0.02


def small_images(patients: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Images of 64 x 64 in display polarity, by turns of all conditions and scanners."""
    labels = np.arange(patients) % len(CONDITIONS)
    drawn = []
    for index, label in enumerate(labels):
        scanner = SITES[(index // len(CONDITIONS)) % len(SITES)].scanner
        image = draw_chest(np.random.default_rng([seed, index]), CONDITIONS[label], scanner)
        drawn.append(image.reshape(64, 4, 64, 4).mean((1, 3)).ravel())
    return np.array(drawn), labels


def test_a_linear_model_sees_the_condition_in_one_image_but_not_surely() -> None:
    model = make_pipeline(PCA(40, random_state=0), StandardScaler(), LogisticRegression(C=0.1, max_iter=500))
    images, labels = small_images(700, 1)
    model.fit(images, labels)
    assert 0.75 < macro_auroc(model, *small_images(350, 2)) < 0.90
