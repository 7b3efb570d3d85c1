"""A model folder, or a table, that is damaged is refused by name. Nothing that a library says of it gets out."""

import contextlib
import hashlib
import json
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import torch
import transformers
from safetensors.torch import save_file
from tests.tasks.conftest import TASKS, study_of
from torch import nn

from cloister.deid.declared import write_declared_dataset
from cloister.study.canonical import sha256_of
from cloister.study.errors import DataError, MissingFileError, ModelMismatchError
from cloister.study.keys import SiteKey
from cloister.study.schema import Data, Lora
from cloister.tasks.base_folder import base_sha256, load_base_weights
from cloister.tasks.dataset_rows import read_rows
from cloister.tasks.examples import Examples
from cloister.tasks.image_classification import ImageClassification
from cloister.tasks.models.checkpoint_folder import load_classifier, vocabulary_of
from cloister.tasks.models.lora import train_adapters_only
from cloister.tasks.models.tokenizer import encode, load_tokenizer, train_tokenizer
from cloister.tasks.note_classification import NoteClassification
from cloister.tasks.survival import _times
from cloister.tasks.tabular_classification import standardised

SMALL = {
    "vocab_size": 11, "hidden_size": 4, "num_hidden_layers": 1, "num_attention_heads": 1, "intermediate_size": 4,
    "max_position_embeddings": 8,
}  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"{", b"\x02\0\0\0\0\0\0\0{}", b"\xff" * 9])
def test_base_weights_that_are_none_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "model.safetensors").write_bytes(content)
    with pytest.raises(ModelMismatchError, match=r"model\.safetensors: does not fit"):
        load_base_weights(nn.Linear(3, 2), tmp_path)


@pytest.mark.parametrize("config", ["{", "[]", '{"model_type": []}', '{"model_type": "bert", "hidden_size": "x"}'])
def test_a_checkpoint_of_no_model_is_refused(tmp_path: Path, config: str) -> None:
    (tmp_path / "config.json").write_text(config)
    (tmp_path / "model.safetensors").write_bytes(b"{")
    with pytest.raises(ModelMismatchError, match="cannot be loaded"):
        load_classifier(tmp_path, "text", 2)


def image_size(folder: Path) -> object:
    """Asked of a checkpoint's folder as reading a site's images asks it."""
    task = {"name": "image_classification", "model": {"architecture": "folder", "path": "x"}}
    return ImageClassification(study_of(task, TASKS["images, ViT"][1]))._image_size(folder)


@pytest.mark.parametrize("load", [image_size, lambda folder: load_classifier(folder, "image", 2)])
@pytest.mark.parametrize("model_type", ["zzz", "bert"])
@pytest.mark.parametrize("answer", ["y", None])
def test_code_beside_a_configuration_is_never_run_nor_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, load: Callable[[Path], object], model_type: str, answer: str | None
) -> None:
    """Not even where the library itself has no model of this type for images."""

    def asked(_: str = "") -> str:
        (tmp_path / "asked").touch()
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", asked)
    folder = tmp_path / "checkpoint"
    folder.mkdir()
    config = {"model_type": model_type, "image_size": 16, "num_hidden_layers": 1} | {
        "auto_map": {"AutoConfig": "code.C", "AutoModelForImageClassification": "code.M"}
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "code.py").write_text(
        f"""
open({str(tmp_path / "run")!r}, "w").close()
from transformers import PreTrainedConfig, PreTrainedModel
class C(PreTrainedConfig):
    model_type, image_size = "zzz", 16
class M(PreTrainedModel):
    config_class = C
"""
    )
    save_file({"weight": torch.zeros(9)}, folder / "model.safetensors")
    with contextlib.suppress(ModelMismatchError):
        load(folder)
    assert [path.name for path in tmp_path.iterdir()] == ["checkpoint"]


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "null", "[" * 10**5, '{"model_type": "zzz"}', '{"model_type": ["a"]}',
        '{"model_type": "vit", "id2label": [1]}', f'{{"model_type": "vit", "image_size": {"9" * 5000}}}',
    ],
)  # fmt: skip
def test_a_checkpoint_whose_configuration_is_damaged_is_refused_where_images_are_read(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "config.json").write_text(content)
    with pytest.raises(ModelMismatchError, match=r"config\.json: cannot be loaded"):
        image_size(tmp_path)


def test_a_checkpoint_without_configuration_is_missing_it_where_images_are_read(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match=r"config\.json"):
        image_size(tmp_path)


@pytest.mark.parametrize("size", [0, -5, 4097, 10**30])
def test_images_have_a_size_that_can_be_one(tmp_path: Path, size: object) -> None:
    config = transformers.ViTConfig(image_size=16).to_dict()
    (tmp_path / "config.json").write_text(json.dumps(config))
    assert image_size(tmp_path) == 16
    (tmp_path / "config.json").write_text(json.dumps(config | {"image_size": size}))
    with pytest.raises(ModelMismatchError, match=r"image_size.* from 1 to 4096"):
        image_size(tmp_path)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"num_hidden_layers": 1000}, "num_hidden_layers = 1000"),
        ({"num_hidden_layers": 20, "hidden_size": 4096, "intermediate_size": 16384}, "[0-9,]+ weights"),
        ({"vocab_size": 10**9}, "[0-9,]+ weights"),
        ({"hidden_size": 10**6}, "[0-9,]+ weights"),
    ],
)
def test_a_configuration_takes_no_memory_that_its_weights_do_not_fill(
    tmp_path: Path, change: dict[str, int], told: str
) -> None:
    transformers.BertForSequenceClassification(transformers.BertConfig(**SMALL)).save_pretrained(tmp_path)
    load_classifier(tmp_path, "text", 2)
    (tmp_path / "config.json").write_text(transformers.BertConfig(**SMALL | change).to_json_string())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(ModelMismatchError, match=f"config.json asks for {told}"):
        load_classifier(tmp_path, "text", 2)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2**20  # KiB


@pytest.mark.parametrize(
    "key", ["num_labels", "num_hidden_layers", "_num_labels", "decoder_layers", "num_hidden_groups"]
)
@pytest.mark.parametrize("within", [False, True])
@pytest.mark.parametrize("load", [image_size, load_tokenizer, lambda folder: load_classifier(folder, "text", 2)])
def test_no_lists_of_a_million_are_made_of_a_number(
    tmp_path: Path, key: str, within: bool, load: Callable[[Path], object]
) -> None:
    """Of ten million labels transformers makes lists for minutes."""
    counted: dict[str, Any] = {key: [1, 10**7] if key == "num_hidden_groups" else 10**7}
    config = {"model_type": "bert"} | ({"parts": [{"text_config": counted}]} if within else counted)
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelMismatchError, match=rf"config\.json: '{key}' is more than 10*"):
        load(tmp_path)


@pytest.mark.parametrize("load", [image_size, load_tokenizer, lambda folder: load_classifier(folder, "text", 2)])
def test_no_configuration_is_read_that_was_not_counted_in(tmp_path: Path, load: Callable[[Path], object]) -> None:
    """Transformers reads deeper JSON than is looked through, and another file where config.json tells it to."""
    counted = json.dumps({"model_type": "bert", "num_labels": 10**7})
    (tmp_path / "config.json").write_text(counted[:-1] + ', "parts": ' + 101 * "[" + 101 * "]" + "}")
    with pytest.raises(ModelMismatchError, match="no JSON, or too deep"):
        load(tmp_path)
    (tmp_path / "config.4.0.0.json").write_text(counted)
    (tmp_path / "config.json").write_text('{"model_type": "bert", "configuration_files": ["config.4.0.0.json"]}')
    with pytest.raises(ModelMismatchError, match="'configuration_files' names other configurations"):
        load(tmp_path)


def test_what_else_a_training_leaves_in_a_configuration_is_let_be(tmp_path: Path) -> None:
    model = transformers.BertForSequenceClassification(transformers.BertConfig(**SMALL))
    model.save_pretrained(tmp_path)
    names = ["no layers", "disorder of the cell layer"]
    named = {"id2label": dict(enumerate(names)), "label2id": {names[0]: 0, names[1]: 70_000}}
    change_json(tmp_path / "config.json", {"num_parameters": 110_000_000, "num_train_steps": 1_000_000} | named)
    load_classifier(tmp_path, "text", 2)


def test_no_groups_of_layers_are_made_that_nothing_fills(tmp_path: Path) -> None:
    small = {"vocab_size": 11, "embedding_size": 4, "hidden_size": 4, "num_attention_heads": 1, "intermediate_size": 4}
    config = transformers.AlbertConfig(**small, num_hidden_layers=2, max_position_embeddings=8)
    transformers.AlbertForSequenceClassification(config).save_pretrained(tmp_path)
    load_classifier(tmp_path, "text", 2)
    change_json(tmp_path / "config.json", {"num_hidden_groups": 9000})
    with pytest.raises(ModelMismatchError, match=r"config\.json asks for num_hidden_groups = 9000"):
        load_classifier(tmp_path, "text", 2)


@pytest.mark.parametrize("key", ["encoder_layers", "decoder_layers"])
def test_no_layers_are_made_that_nothing_fills(tmp_path: Path, key: str) -> None:
    small = {
        "vocab_size": 11, "d_model": 4, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 1,
        "decoder_attention_heads": 1, "encoder_ffn_dim": 4, "decoder_ffn_dim": 4, "max_position_embeddings": 8,
    }  # fmt: skip
    transformers.BartForSequenceClassification(transformers.BartConfig(**small)).save_pretrained(tmp_path)
    load_classifier(tmp_path, "text", 2)
    change_json(tmp_path / "config.json", {key: 1000})
    with pytest.raises(ModelMismatchError, match=r"config\.json asks for"):
        load_classifier(tmp_path, "text", 2)


@pytest.mark.parametrize("content", ["{", "[]", '{"version": "1.0", "model": {"type": "WordPiece"}}'])
def test_a_tokenizer_that_is_none_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "tokenizer.json").write_text(content)
    (tmp_path / "tokenizer_config.json").write_text('{"tokenizer_class": "PreTrainedTokenizerFast"}')
    with pytest.raises(ModelMismatchError, match="no tokenizer can be loaded"):
        load_tokenizer(tmp_path)


def change_json(path: Path, change: dict[str, Any]) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | change))


def test_a_tokenizer_that_cannot_pad_is_refused(tmp_path: Path) -> None:
    train_tokenizer(["seen by the doctor"], 60, tmp_path)
    load_tokenizer(tmp_path)
    change_json(tmp_path / "tokenizer_config.json", {"pad_token": None})
    with pytest.raises(ModelMismatchError, match="cannot encode texts of different lengths"):
        load_tokenizer(tmp_path)


def test_a_note_that_is_no_text_is_refused(tmp_path: Path) -> None:
    train_tokenizer(["seen by the doctor"], 60, tmp_path)
    with pytest.raises(DataError, match="something else than texts"):
        encode(load_tokenizer(tmp_path), ["seen", None], 8, 60)  # type: ignore[list-item]


@pytest.mark.parametrize("pad_token", ["[PAD]", "zz"])
@pytest.mark.parametrize("number", [None, 99, 4_000_000_000])
def test_tokens_that_the_model_has_no_vector_for_are_refused(
    tmp_path: Path, pad_token: str, number: int | None
) -> None:
    """A GPU would end the process at the first of them."""
    train_tokenizer(["seen by the doctor"], 60, tmp_path)
    change_json(tmp_path / "tokenizer_config.json", {"pad_token": pad_token})
    vocabulary = json.loads((tmp_path / "tokenizer.json").read_text())
    size = len(vocabulary["model"]["vocab"])
    if number is not None:
        vocabulary["model"]["vocab"]["the"] = number
        (tmp_path / "tokenizer.json").write_text(json.dumps(vocabulary))
    tokenizer = load_tokenizer(tmp_path)
    fine = number is None and pad_token == "[PAD]"
    with contextlib.nullcontext() if fine else pytest.raises(ModelMismatchError, match="tokens from"):
        encode(tokenizer, ["seen by the doctor", "by"], 16, size)


@pytest.mark.parametrize(
    ("change", "told"),
    [({"chunk_size_feed_forward": 4}, "chunk_size_feed_forward"), ({"vocab_size": 0}, "cannot be loaded")],
)
def test_a_checkpoint_that_takes_no_text_or_not_of_any_length_is_refused(
    tmp_path: Path, change: dict[str, Any], told: str
) -> None:
    transformers.BertForSequenceClassification(transformers.BertConfig(**SMALL)).save_pretrained(tmp_path)
    change_json(tmp_path / "config.json", change)
    with pytest.raises(ModelMismatchError, match=told):
        load_classifier(tmp_path, "text", 2)


@pytest.mark.parametrize(
    "change", [{"return_dict": False}, {"pad_token_id": -1}, {"pad_token_id": None}, {"chunk_size_feed_forward": 1}]
)
def test_a_setting_of_a_checkpoint_that_does_not_matter_stops_nothing(tmp_path: Path, change: dict[str, Any]) -> None:
    transformers.BertForSequenceClassification(
        transformers.BertConfig(**SMALL | {"max_position_embeddings": 16})
    ).save_pretrained(tmp_path)
    change_json(tmp_path / "config.json", change)
    task = {"name": "note_classification", "model": {"architecture": "folder", "path": "x", "max_tokens": 16}}
    study = study_of(task, {"kind": "notes", "classes": ["a", "b"]})
    found = NoteClassification(study)
    model = found.build_model(tmp_path, 1)
    assert found.scores(model, found.synthetic_batch(model, 4, seed=1)).shape == (4, 2)


def test_adapters_stand_beside_gpt_2s_linear_layers() -> None:
    sizes: dict[str, Any] = {"n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": 64, "vocab_size": 30}
    model = transformers.GPT2ForSequenceClassification(transformers.GPT2Config(**sizes, pad_token_id=29))
    train_adapters_only(model, Lora(target_modules=("c_attn",)), ("score.",))
    assert any(".lora_A." in name and value.requires_grad for name, value in model.named_parameters())


def test_a_checkpoint_says_how_many_tokens_it_knows_wherever_it_says_so(tmp_path: Path) -> None:
    config = transformers.Gemma3Config(text_config={"vocab_size": 77})
    config.save_pretrained(tmp_path)
    assert vocabulary_of(tmp_path) == 77
    transformers.CanineConfig().save_pretrained(tmp_path)
    assert vocabulary_of(tmp_path) is None


def test_an_adapter_whose_model_lies_elsewhere_is_no_checkpoint(tmp_path: Path) -> None:
    """The library would load it from there: nobody compared a hash of that."""
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "checkpoint"
    transformers.BertForSequenceClassification(transformers.BertConfig(**SMALL)).save_pretrained(elsewhere)
    folder.mkdir()
    (folder / "config.json").write_bytes((elsewhere / "config.json").read_bytes())
    adapter = {"base_model_name_or_path": str(elsewhere), "peft_type": "LORA", "r": 8, "task_type": "SEQ_CLS"}
    (folder / "adapter_config.json").write_text(json.dumps(adapter))
    with pytest.raises(ModelMismatchError, match="an adapter, whose model lies elsewhere"):
        load_classifier(folder, "text", 2)


def test_a_table_that_is_none_is_refused(tmp_path: Path) -> None:
    table = pa.table({"patient_id": ["a"], "x": [1.0]})
    write_declared_dataset(
        tmp_path / "data", "table", table, site_key=SiteKey(bytes(32)), collection="c", statement="made up"
    )
    file = tmp_path / "data" / "table.parquet"
    content = file.read_bytes()
    for damaged in (content[:9], content[:4] + b"\xff" * (len(content) - 12) + content[-8:]):
        file.write_bytes(damaged)
        with pytest.raises(DataError, match="not a readable Parquet table"):
            read_rows([tmp_path / "data"], "table", ["x"])


def test_a_name_in_a_model_folder_that_is_not_utf_8_counts_like_any_other(tmp_path: Path) -> None:
    (tmp_path / "é.txt").touch()
    before = base_sha256(tmp_path)
    assert before == sha256_of({"é.txt": hashlib.sha256(b"").hexdigest()})
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).touch()
    assert base_sha256(tmp_path) != before


@pytest.mark.parametrize("absolute", [False, True])
def test_weights_are_not_read_from_outside_the_checkpoint(tmp_path: Path, absolute: bool) -> None:
    """What lies outside is not part of the hash that sites and coordinator compare."""
    folder = tmp_path / "checkpoint"
    model = transformers.BertForSequenceClassification(transformers.BertConfig(**SMALL))
    model.save_pretrained(folder)
    outside = (folder / "model.safetensors").rename(tmp_path / "outside.safetensors")
    for file, place in (("inside.safetensors", folder), (str(outside) if absolute else "../outside.safetensors", None)):
        if place:
            (place / file).write_bytes(outside.read_bytes())
        index = {"metadata": {"total_size": 1}, "weight_map": dict.fromkeys(model.state_dict(), file)}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))
        if place:
            load_classifier(folder, "text", 2)
    with pytest.raises(ModelMismatchError, match="outside the checkpoint's folder"):
        load_classifier(folder, "text", 2)


@pytest.mark.parametrize(
    "values",
    [
        pa.array([10**6], pa.date32()),
        pa.array([10**18], pa.timestamp("ns", "No/Where")),
        pa.array([1e300]),
        pa.array([[1.0, 2.0]]),
        pa.array([b"1"]),
        pa.array([None], pa.float64()),
    ],
)
def test_a_column_that_holds_no_numbers_is_refused(tmp_path: Path, values: pa.Array) -> None:
    table = pa.table({"patient_id": ["a"], "x": values})
    write_declared_dataset(
        tmp_path / "data", "table", table, site_key=SiteKey(bytes(32)), collection="c", statement="made up"
    )
    data = Data.model_validate({"kind": "table", "classes": ["no", "yes"], "features": [{"name": "x"}]})
    with pytest.raises(DataError):
        standardised(read_rows([tmp_path / "data"], "table", ["x"])[0], data)


@pytest.mark.parametrize("times", [[1e300], [[1.0]], [10**400], ["1"], [-1.0]])
def test_a_time_that_is_none_is_refused(times: list[object]) -> None:
    with pytest.raises(DataError, match="times"):
        _times(times, "T")


@pytest.mark.parametrize("key", [None, "", ["a"], 7])
def test_a_patient_key_that_is_none_is_refused(key: Any) -> None:
    with pytest.raises(DataError, match="no patient key"):
        Examples.of({"x": torch.zeros(2)}, ["a", key])
