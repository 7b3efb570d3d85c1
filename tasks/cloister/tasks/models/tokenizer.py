"""A WordPiece tokenizer of the project's own, trained on public text, and the encoding of notes with it.

The vocabulary is public: it is made from text that belongs to nobody, never from a site's notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from cloister.study.checkpoint_lengths import check_lengths
from cloister.study.errors import DataError, ModelMismatchError

SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def train_tokenizer(text: Iterable[str], vocabulary: int, folder: Path) -> None:
    """Train a lower-casing WordPiece tokenizer and save it in the Hugging Face layout; the same from the same texts.

    The trainer numbers letters within words (`##a`) in the order of a hash table that differs from run to run, and the
    numbers decide between pairs that are equally frequent. So they are numbered here, as if they were special tokens.

    Args:
        text: public texts.
        vocabulary: tokens at most.
        folder: receives tokenizer.json and tokenizer_config.json.
    """
    from tokenizers import BertWordPieceTokenizer
    from tokenizers.models import WordPiece
    from transformers import PreTrainedTokenizerFast

    texts, trainer = list(text), BertWordPieceTokenizer(lowercase=True)
    letters = sorted(set().union(*(trainer.normalize(each) for each in texts)) - {" "})
    numbered = [*SPECIAL_TOKENS, *(f"##{letter}" for letter in letters)]
    trainer.train_from_iterator(texts, vocab_size=vocabulary, special_tokens=numbered, show_progress=False)
    trained = BertWordPieceTokenizer(lowercase=True)
    trained._tokenizer.model = WordPiece(vocab=trainer.get_vocab(), unk_token=SPECIAL_TOKENS[1])
    trained.add_special_tokens(list(SPECIAL_TOKENS))
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    roles = dict(zip(names, SPECIAL_TOKENS, strict=True))
    PreTrainedTokenizerFast(tokenizer_object=trained._tokenizer, **roles).save_pretrained(folder)


def load_tokenizer(folder: Path) -> Any:
    """Load a tokenizer from a local folder, and try it; nothing is ever downloaded.

    Raises:
        ModelMismatchError: the folder holds no tokenizer, or one that cannot pad or cut texts.
    """
    from transformers import AutoTokenizer

    check_lengths(folder)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as problem:  # noqa: BLE001 (the library raises anything on a damaged file)
        raise ModelMismatchError(
            f"{folder}: no tokenizer can be loaded ({type(problem).__name__}).",
            "Put the checkpoint's tokenizer.json (or vocabulary files) beside its config.json.",
        ) from None
    try:
        _encode(tokenizer, ["", "one", "another text, of more words than tokens are kept"], 4)
    except Exception as problem:  # noqa: BLE001 (the library raises anything where a setting makes no sense)
        raise ModelMismatchError(
            f"{folder}: the tokenizer cannot encode texts of different lengths ({type(problem).__name__}).",
            'Complete its tokenizer_config.json; it needs a "pad_token".',
        ) from None
    return tokenizer


def encode(tokenizer: Any, texts: Sequence[str], max_tokens: int, vocabulary: int | None) -> dict[str, Tensor]:
    """Token ids and mask, shape (texts, longest), at most `max_tokens`; int32 to halve the memory.

    Texts begin at the first place, whatever the tokenizer likes, or `cut_to_longest` would cut their ends. A text of
    which a tokenizer leaves nothing, such as a lone byte order mark, is one unknown token: attention over padding alone
    would depend on how much of it there is, and so on the lengths of others.

    Args:
        tokenizer: from `load_tokenizer`.
        texts: at least one.
        max_tokens: of a text; the rest is cut off.
        vocabulary: how many tokens the model has a vector for, where that is known.

    Raises:
        DataError: a text is none.
        ModelMismatchError: the model has no vector for one of the tokens.
    """
    if not all(isinstance(text, str) for text in texts):
        raise DataError(
            "The column text of notes holds something else than texts.",
            "Run the de-identification again; it writes a text for every note.",
        )
    tokens, mask = _encode(tokenizer, list(texts), max_tokens)
    if vocabulary is not None and (tokens.max() >= vocabulary or tokens.min() < 0):
        raise ModelMismatchError(
            f"The base's tokenizer has tokens from {tokens.min()} to {tokens.max()}, its model {vocabulary} of them.",
            "Use the tokenizer that belongs to the model; it may have been given words or a pad_token that it lacked.",
        )
    return {"input_ids": tokens.to(torch.int32), "attention_mask": mask.to(torch.int32)}


def _encode(tokenizer: Any, texts: list[str], max_tokens: int) -> tuple[Tensor, Tensor]:
    encoded = tokenizer(
        texts,
        truncation=True,
        max_length=max_tokens,
        padding="longest",
        padding_side="right",
        return_tensors="pt",
        return_attention_mask=True,
    )
    tokens, mask = encoded["input_ids"], encoded["attention_mask"]
    if not mask.shape[1]:
        tokens, mask = (torch.zeros(len(texts), 1, dtype=torch.int64) for _ in range(2))
    nothing = ~mask.any(dim=1)
    unknown = tokenizer.pad_token_id if tokenizer.unk_token_id is None else tokenizer.unk_token_id
    tokens[nothing, 0], mask[nothing, 0] = unknown, 1
    return tokens, mask


def cut_to_longest(batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A batch's `input_ids` and `attention_mask`, int64, without what is padding in all of its texts.

    Done where a model is called, on as many texts as it gets at once: so a patient who goes through it alone depends on
    nobody's length, and the pre-flight, which compares that with the patient among others, sees what a step does.
    """
    longest = int(batch["attention_mask"].sum(dim=1).max())
    return {name: batch[name][:, :longest].long() for name in ("input_ids", "attention_mask")}
