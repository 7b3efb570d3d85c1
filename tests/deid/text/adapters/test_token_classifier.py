"""Token classifiers from a local folder: exact offsets, long notes, labels of any scheme, nothing fetched or run."""

from __future__ import annotations

import json
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cloister.deid.text.adapters.token_classifier import TokenClassifier, load_token_classifier
from cloister.deid.text.finding import Finding
from cloister.study.errors import InputError, MissingFileError


@pytest.fixture(scope="module")
def classifier(token_classifier_folder: Path) -> TokenClassifier:
    return load_token_classifier(token_classifier_folder, "token-classifier:tiny", labels={}, lowest=0.5)


def found(classifier: TokenClassifier, text: str) -> list[tuple[str, str]]:
    return [(finding.label, text[finding.start : finding.end]) for finding in classifier.find(text, "en").findings]


def test_the_model_s_labels_become_ours_and_offsets_are_code_points(classifier: TokenClassifier) -> None:
    text = "😀 👩🏽‍⚕️ the patient Ana Ruiz was seen on 14 June in Northfield Hospital ."
    assert found(classifier, text) == [
        ("NAME", "Ana Ruiz"),
        ("DATE", "14 June"),
        ("ORGANIZATION", "Northfield Hospital"),
    ]


def test_offsets_survive_what_the_tokenizer_normalises_away(classifier: TokenClassifier) -> None:
    decomposed = "seen with Zoe\u0308 Łuczak today"
    assert found(classifier, decomposed) == [("NAME", "Zoe\u0308 Łuczak")]
    assert found(classifier, "seen with ZOË ŁUCZAK today") == [("NAME", "ZOË ŁUCZAK")]


def test_one_that_begins_is_told_from_the_one_before(classifier: TokenClassifier) -> None:
    assert found(classifier, "seen with Ana Ruiz Tom Baker today") == [("NAME", "Ana Ruiz"), ("NAME", "Tom Baker")]


def test_a_note_longer_than_the_model_reads_is_read_to_its_end(classifier: TokenClassifier) -> None:
    """Wherever a name stands with respect to the windows, it is found whole and once."""
    for filler in range(24):
        text = "no pain " * filler + "seen with Tom Baker today " + "no cough " * 20
        assert found(classifier, text) == [("NAME", "Tom Baker")], filler


def test_windows_that_share_a_piece_count_with_the_mean_of_their_probabilities(classifier: TokenClassifier) -> None:
    """Oracle: the windows cut by hand, one after the other, without padding."""
    import torch

    text = "seen with Tom Baker today no pain " * 12
    inside = classifier.window - 2
    pieces = classifier.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids, offsets = pieces["input_ids"], pieces["offset_mapping"]
    sums, counts, start = np.zeros((len(ids), len(classifier.labels))), np.zeros(len(ids)), 0
    while True:
        window = torch.tensor([[2, *ids[start : start + inside], 3]])
        with torch.inference_mode():
            probabilities = torch.softmax(classifier.model(input_ids=window).logits, -1)[0, 1:-1]
        sums[start : start + inside] += probabilities.numpy()
        counts[start : start + inside] += 1
        if start + inside >= len(ids):
            break
        start += inside - classifier.stride
    spans, merged = classifier._pieces(text)
    assert counts.max() > 1
    np.testing.assert_array_equal(spans, offsets)
    np.testing.assert_allclose(merged, sums / counts[:, None], atol=1e-5)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from(["Ana Ruiz", "14 June", "עברית", "اسم", "e\u0301", "\u202e", "\n\n", "👩‍⚕️", "."])),
    st.text(),
)
def test_any_text_gives_disjoint_findings_within_it(classifier: TokenClassifier, words: list[str], more: str) -> None:
    text = " ".join([*words, more])
    findings = classifier.find(text, "en").findings
    assert all(0 <= f.start < f.end <= len(text) and 0 <= f.score <= 1 for f in findings)
    assert all(left.end <= right.start for left, right in pairwise(findings))
    assert all(text[f.start : f.end].strip() == text[f.start : f.end] for f in findings)


def test_a_higher_threshold_reports_less(token_classifier_folder: Path) -> None:
    text = "seen with Ana Ruiz today"
    sure = load_token_classifier(token_classifier_folder, "x", labels={}, lowest=1.0)
    assert sure.find(text, "en").findings == ()


def altered(folder: Path, copy: Path, **changes: Any) -> Path:
    shutil.copytree(folder, copy)
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | changes))
    return copy


def tokenizing(folder: Path, copy: Path, **changes: Any) -> Path:
    altered(folder, copy)
    config = json.loads((copy / "tokenizer_config.json").read_text())
    (copy / "tokenizer_config.json").write_text(json.dumps(config | changes))
    return copy


def test_unknown_labels_are_named_and_a_map_helps(token_classifier_folder: Path, tmp_path: Path) -> None:
    names = {"0": "O", "1": "U-WARD", "2": "L-WARD", "3": "B-DATE", "4": "I-DATE", "5": "B-BED", "6": "I-BED"}
    folder = altered(
        token_classifier_folder, tmp_path / "odd", id2label=names, label2id={n: int(i) for i, n in names.items()}
    )
    with pytest.raises(InputError, match="BED, WARD") as refusal:
        load_token_classifier(folder, "odd", labels={}, lowest=0.5)
    assert "labels = {" in refusal.value.remedy
    mapped = load_token_classifier(folder, "odd", labels={"WARD": "ORGANIZATION", "BED": None}, lowest=0.5)
    findings = mapped.find("seen with Ana Ruiz on 14 June in Northfield Hospital", "en").findings
    assert {finding.label for finding in findings} == {"ORGANIZATION", "DATE"}


def test_pickled_weights_code_of_the_model_s_own_and_missing_files_are_refused(
    token_classifier_folder: Path, tmp_path: Path
) -> None:
    def load(folder: Path) -> None:
        load_token_classifier(folder, "x", labels={}, lowest=0.5)

    with pytest.raises(MissingFileError):
        load(tmp_path / "none")
    with pytest.raises(InputError, match="code of its own"):
        load(altered(token_classifier_folder, tmp_path / "code", auto_map={"AutoModel": "evil.Model"}))
    pickled = altered(token_classifier_folder, tmp_path / "pickled")
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    with pytest.raises(InputError, match="safetensors"):
        load(pickled)
    without = altered(token_classifier_folder, tmp_path / "without")
    for name in ("tokenizer.json", "tokenizer_config.json"):
        (without / name).unlink()
    with pytest.raises(InputError, match="no tokenizer"):
        load(without)
    broken = altered(token_classifier_folder, tmp_path / "broken")
    for text in ("{", "[" * 100_000):
        (broken / "config.json").write_text(text)
        with pytest.raises(InputError, match="not JSON"):
            load(broken)
    damaged = altered(token_classifier_folder, tmp_path / "damaged")
    (damaged / "model.safetensors").write_bytes(b"\xff" * 64)
    with pytest.raises(InputError, match="cannot load"):
        load(damaged)


def test_labels_that_are_none_are_refused_by_the_file_s_name(token_classifier_folder: Path, tmp_path: Path) -> None:
    names = json.loads((token_classifier_folder / "config.json").read_text())["id2label"]
    for number, odd in enumerate(({"6": 5}, {"6": None}, {"6": ["B-DATE"]})):
        folder = altered(token_classifier_folder, tmp_path / str(number), id2label=names | odd)
        with pytest.raises(InputError, match=r"config\.json: id2label does not name the outputs 0 to 6"):
            load_token_classifier(folder, "x", labels={}, lowest=0.5)
    names["9"] = names.pop("6")
    folder = altered(token_classifier_folder, tmp_path / "gap", id2label=names)
    with pytest.raises(InputError, match="id2label does not name the outputs 0 to 6"):
        load_token_classifier(folder, "x", labels={}, lowest=0.5)


@pytest.mark.parametrize("length", [0, -1, 2, "x", [], None])
def test_a_window_that_holds_no_text_is_refused(token_classifier_folder: Path, tmp_path: Path, length: object) -> None:
    folder = tokenizing(token_classifier_folder, tmp_path / "odd", model_max_length=length)
    if length is None:  # none that it says: that of the model
        assert load_token_classifier(folder, "x", labels={}, lowest=0.5).window == 32
        return
    with pytest.raises(InputError, match="tokens at a time"):
        load_token_classifier(folder, "x", labels={}, lowest=0.5)


@pytest.mark.parametrize("length", [3, 4, 5, 9.0])
def test_the_shortest_windows_read_a_text_to_its_end(
    token_classifier_folder: Path, tmp_path: Path, length: float
) -> None:
    short = load_token_classifier(
        tokenizing(token_classifier_folder, tmp_path / "short", model_max_length=length), "x", labels={}, lowest=0.0
    )
    spans, _ = short._pieces("no pain " * 9 + "today")
    assert spans[-1, 1] == 77


def test_a_tokenizer_that_cannot_pad_is_refused(token_classifier_folder: Path, tmp_path: Path) -> None:
    folder = tokenizing(token_classifier_folder, tmp_path / "odd", pad_token=None, unk_token=None)
    with pytest.raises(InputError, match="no token to pad with"):
        load_token_classifier(folder, "x", labels={}, lowest=0.5)


def test_findings_carry_the_source(classifier: TokenClassifier) -> None:
    (finding,) = classifier.find("seen with Ana Ruiz today", "en").findings
    assert isinstance(finding, Finding)
    assert finding.source == "token-classifier:tiny"
    assert finding.score > 0.5
