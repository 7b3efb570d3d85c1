"""A WordPiece tokenizer of the project's own, trained on public text, and the encoding of notes with it.

The vocabulary is public: it is made from text that belongs to nobody, never from a site's notes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from cloister.study.errors import ModelMismatchError

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
    """Load a tokenizer from a local folder; nothing is ever downloaded.

    Raises:
        ModelMismatchError: the folder holds no tokenizer.
    """
    from transformers import AutoTokenizer

    try:
        return AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as problem:  # noqa: BLE001 (the library raises anything on a damaged file)
        raise ModelMismatchError(
            f"{folder}: no tokenizer can be loaded ({type(problem).__name__}).",
            "Put the checkpoint's tokenizer.json (or vocabulary files) beside its config.json.",
        ) from None


def encode(tokenizer: Any, texts: Sequence[str], max_tokens: int) -> dict[str, Tensor]:
    """Token ids and mask, shape (texts, longest), at most `max_tokens`; int32 to halve the memory.

    Texts begin at the first place, whatever the tokenizer likes, or `cut_to_longest` would cut their ends. A text of
    which a tokenizer leaves nothing, such as a lone byte order mark, is one unknown token: attention over padding alone
    would depend on how much of it there is, and so on the lengths of others.
    """
    encoded = tokenizer(
        list(texts),
        truncation=True,
        max_length=max_tokens,
        padding="longest",
        padding_side="right",
        return_tensors="pt",
    )
    tokens, mask = (encoded[name].to(torch.int32) for name in ("input_ids", "attention_mask"))
    if not mask.shape[1]:
        tokens, mask = (torch.zeros(len(texts), 1, dtype=torch.int32) for _ in range(2))
    nothing = ~mask.any(dim=1)
    unknown = tokenizer.pad_token_id if tokenizer.unk_token_id is None else tokenizer.unk_token_id
    tokens[nothing, 0], mask[nothing, 0] = unknown, 1
    return {"input_ids": tokens, "attention_mask": mask}


def cut_to_longest(batch: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """A batch's `input_ids` and `attention_mask`, int64, without what is padding in all of its texts.

    Done where a model is called, on as many texts as it gets at once: so a patient who goes through it alone depends on
    nobody's length, and the pre-flight, which compares that with the patient among others, sees what a step does.
    """
    longest = int(batch["attention_mask"].sum(dim=1).max())
    return {name: batch[name][:, :longest].long() for name in ("input_ids", "attention_mask")}
