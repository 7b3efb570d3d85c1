"""Loading a Hugging Face model and its tokenizer from a local folder, as little trusting as can be."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from cloister.deid.text.adapters.model_folder import check_model_folder, require_package
from cloister.study.checkpoint_lengths import check_lengths
from cloister.study.errors import InputError

Task = Literal["TokenClassification", "CausalLM"]
_WORDS: dict[Task, str] = {"TokenClassification": "token classifier", "CausalLM": "language model"}
_VOCABULARIES = ("tokenizer.json", "tokenizer.model", "vocab.txt", "vocab.json", "spiece.model", "*.bpe.model")


def load_transformers_model(folder: Path, task: Task, device: str, **options: Any) -> tuple[Any, Any]:
    """The model, ready to be asked, and its tokenizer.

    Args:
        folder: as `save_pretrained` writes it.
        task: what the model is for.
        device: `cpu` or `cuda`.
        options: further arguments to the model's `from_pretrained`.

    Raises:
        MissingFileError: there is no such folder, or no configuration in it.
        ModelMismatchError: its configuration counts more of something than a model has.
        InputError: transformers is not installed, or the folder is no such model that may be loaded.
    """
    check_model_folder(folder)
    check_lengths(folder)
    what = _WORDS[task]
    require_package("transformers", f"A {what}", "Install it: pip install 'cloister[training]'.")
    import transformers

    # Without a vocabulary transformers makes an empty one up, and the model reads nothing.
    if not any(any(folder.glob(name)) for name in _VOCABULARIES):
        raise InputError(f"{folder}: holds no tokenizer.", "Copy the tokenizer's files too, such as tokenizer.json.")
    transformers.utils.logging.disable_progress_bar()
    local = {"local_files_only": True, "trust_remote_code": False}
    try:
        model = getattr(transformers, f"AutoModelFor{task}").from_pretrained(
            folder, use_safetensors=True, **local, **options
        )
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder, **local)
        return model.to(device).eval(), tokenizer
    except Exception as problem:  # noqa: BLE001 (a damaged or unfitting model raises anything)
        raise InputError(
            f"{folder}: transformers cannot load it as a {what} on {device} ({type(problem).__name__}).",
            "The folder needs config.json, weights in safetensors and the tokenizer's files of one model.",
        ) from None
