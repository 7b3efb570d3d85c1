"""Tasks: pictures, and the folders of models that training starts from."""

import io
from pathlib import Path
from typing import Final

from tests.fuzz.parser import Build, Parser, file_reader, folder_reader, safetensors_reader


def _picture(kind: str) -> Build:
    def build(_: Path) -> Parser:
        from PIL import Image

        from cloister.tasks.image_files import read_image

        buffer = io.BytesIO()
        Image.linear_gradient("L").resize((9, 7)).save(buffer, kind)
        return Parser(buffer.getvalue(), file_reader(f"i.{kind}", lambda path: read_image(path, 4)))

    return build


def base_weights(folder: Path) -> Parser:
    from torch import nn

    from cloister.tasks.base_folder import WEIGHTS_FILE, load_base_weights, save_base_weights

    save_base_weights(nn.Linear(3, 2), folder)
    return safetensors_reader(
        (folder / WEIGHTS_FILE).read_bytes(), lambda path: load_base_weights(nn.Linear(3, 2), path.parent), WEIGHTS_FILE
    )


def tokenizer(folder: Path) -> Parser:
    from cloister.tasks.models.tokenizer import encode, load_tokenizer, train_tokenizer

    train_tokenizer(["seen by the doctor", "no change"], 60, folder)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    return Parser(
        files["tokenizer.json"],
        folder_reader("tokenizer.json", files, lambda place: encode(load_tokenizer(place), ["seen by"], 8, 60)),
    )


def tokenizer_config(folder: Path) -> Parser:
    from cloister.tasks.models.tokenizer import load_tokenizer, train_tokenizer

    train_tokenizer(["seen by the doctor", "no change"], 60, folder)
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    return Parser(
        files["tokenizer_config.json"],
        folder_reader("tokenizer_config.json", files, lambda place: load_tokenizer(place)),
    )


def _checkpoint(name: str) -> Build:
    def build(folder: Path) -> Parser:
        import transformers

        from cloister.tasks.models.checkpoint_folder import load_classifier

        config = transformers.BertConfig(
            vocab_size=11, hidden_size=4, num_hidden_layers=1, num_attention_heads=1, intermediate_size=4,
            max_position_embeddings=8,
        )  # fmt: skip
        transformers.BertForSequenceClassification(config).save_pretrained(folder)
        files = {path.name: path.read_bytes() for path in folder.iterdir()}
        return Parser(files[name], folder_reader(name, files, lambda place: load_classifier(place, "text", 2)))

    return build


PARSERS: Final[dict[str, Build]] = {
    "picture: png": _picture("png"),
    "picture: jpeg": _picture("jpeg"),
    "picture: tiff": _picture("tiff"),
    "base weights": base_weights,
    "tokenizer": tokenizer,
    "tokenizer's configuration": tokenizer_config,
    "checkpoint's configuration": _checkpoint("config.json"),
    "checkpoint's weights": _checkpoint("model.safetensors"),
}
