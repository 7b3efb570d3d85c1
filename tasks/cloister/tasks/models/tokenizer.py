"""A WordPiece tokenizer of the project's own, trained on public text, and the encoding of notes with it.

The vocabulary is public: it is made from text that belongs to nobody, never from a site's notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from cloister.study.errors import ModelMismatchError

SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def train_tokenizer(text: Iterable[str], vocabulary: int, folder: Path) -> None:
    """Train a lower-casing WordPiece tokenizer and save it in the Hugging Face layout.

    Args:
        text: public texts.
        vocabulary: tokens at most.
        folder: receives tokenizer.json and tokenizer_config.json.
    """
    from tokenizers import BertWordPieceTokenizer
    from transformers import PreTrainedTokenizerFast

    trained = BertWordPieceTokenizer(lowercase=True)
    trained.train_from_iterator(text, vocab_size=vocabulary, special_tokens=list(SPECIAL_TOKENS), show_progress=False)
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    roles = dict(zip(names, SPECIAL_TOKENS, strict=True))
    PreTrainedTokenizerFast(tokenizer_object=trained._tokenizer, **roles).save_pretrained(folder)


def load_tokenizer(folder: Path) -> Any:
    """Load a tokenizer from a local folder; nothing is ever downloaded.

    Raises:
        ModelMismatchError: the folder holds no tokenizer.
    """
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except (OSError, ValueError) as problem:
        raise ModelMismatchError(
            f"{folder}: no tokenizer can be loaded ({type(problem).__name__}).",
            "Put the checkpoint's tokenizer.json (or vocabulary files) beside its config.json.",
        ) from None


def encode(tokenizer: Any, texts: Sequence[str], max_tokens: int) -> dict[str, Tensor]:
    """Token ids and mask, shape (texts, longest), at most `max_tokens`; int32 to halve the memory."""
    encoded = tokenizer(list(texts), truncation=True, max_length=max_tokens, padding="longest", return_tensors="pt")
    return {name: encoded[name].to(torch.int32) for name in ("input_ids", "attention_mask")}
