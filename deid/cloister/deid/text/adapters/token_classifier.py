"""A Hugging Face token classifier from a local folder as one more tagger.

The model reads a passage through windows of its own length that overlap by a stride; where windows share a token, the
mean of their probabilities counts. The probability that a word identifies is the highest among its pieces: recall
first. Neighbouring words of one label are one finding, unless the model says that a new one begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from cloister.deid.text.adapters.model_labels import begins, label_map
from cloister.deid.text.adapters.other_detector import Heard
from cloister.deid.text.adapters.transformers_model import load_transformers_model
from cloister.deid.text.finding import Finding, Label
from cloister.deid.text.taggers import passages
from cloister.deid.text.taggers.tokens import Tokens, tokenize
from cloister.study.errors import InputError

if TYPE_CHECKING:
    import torch

_LONGEST_WINDOW = 512
"""Tokens; models that say nothing of their length were rarely trained on more."""
_BATCH = 8


@dataclass(frozen=True)
class TokenClassifier:
    """A loaded model.

    `labels` gives our label for each of the model's, by index; `opens` which of these begin an identifier. `window` and
    `stride` are tokens. Words less likely than `lowest` to identify are not reported.
    """

    source: str
    model: Any
    tokenizer: Any
    labels: tuple[Label | None, ...]
    opens: tuple[bool, ...]
    window: int
    stride: int
    lowest: float
    device: str

    def find(self, text: str, language: str) -> Heard:
        """The stretches of words that the model takes for identifiers; the score is their mean probability."""
        del language
        found = [f for start, end in passages(text) for f in self._in_passage(text, start, end)]
        return Heard(tuple(found))

    def _in_passage(self, text: str, start: int, end: int) -> Iterator[Finding]:
        words = tokenize(text[start:end], start)
        if not len(words):
            return
        spans, probabilities = self._pieces(text[start:end])
        if len(spans):
            yield from _findings(
                text, words, self._words(words, spans + start, probabilities), self.lowest, self.source
            )

    def _pieces(self, passage: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """(pieces, 2) offsets into the passage and (pieces, labels) probabilities, each piece once, in order."""
        import torch

        encoded = self.tokenizer(
            passage,
            truncation=True,
            max_length=self.window,
            stride=self.stride,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
            padding=True,
            return_tensors="pt",
        )
        read = []
        with torch.inference_mode():
            for ids, mask in zip(
                encoded["input_ids"].split(_BATCH), encoded["attention_mask"].split(_BATCH), strict=True
            ):
                logits = self.model(input_ids=ids.to(self.device), attention_mask=mask.to(self.device)).logits
                read.append(torch.softmax(logits.float(), dim=-1).cpu())
        kept = (encoded["attention_mask"] == 1) & (encoded["special_tokens_mask"] == 0)
        return _each_once(encoded["offset_mapping"][kept], torch.cat(read)[kept])

    def _words(
        self, words: Tokens, spans: NDArray[np.int64], probabilities: NDArray[np.float64]
    ) -> Iterator[tuple[Label, float, bool]]:
        """For each word the likeliest label that identifies, how likely any is, and whether it opens a new one."""
        kinds = sorted({label for label in self.labels if label is not None})
        columns = [[index for index, label in enumerate(self.labels) if label == kind] for kind in kinds]
        by_kind = np.stack([probabilities[:, column].sum(axis=1) for column in columns], axis=1)
        first = np.searchsorted(spans[:, 1], words.start, side="right")
        after = np.searchsorted(spans[:, 0], words.end, side="left")
        for left, right in zip(first.tolist(), after.tolist(), strict=True):
            if left >= right:  # the tokenizer has no piece for this word
                yield kinds[0], 0.0, False
                continue
            best = int(by_kind[left:right].max(axis=0).argmax())
            opening = [index for index in columns[best] if self.opens[index]]
            staying = [index for index in columns[best] if not self.opens[index]]
            opens = bool(opening) and probabilities[left, opening].sum() > probabilities[left, staying].sum()
            yield kinds[best], float(by_kind[left:right].sum(axis=1).max()), opens


def load_token_classifier(
    folder: Path,
    source: str,
    *,
    labels: Mapping[str, Label | None],
    lowest: float,
    device: str = "cpu",
) -> TokenClassifier:
    """Load a model from its folder: `config.json`, weights in safetensors, a fast tokenizer.

    Args:
        folder: as `save_pretrained` writes it.
        source: what the findings carry as their source.
        labels: the user's map from the model's labels to ours, which comes before the known names.
        lowest: probability from which a word is reported.
        device: `cpu` or `cuda`.

    Raises:
        MissingFileError: there is no such folder, or no configuration in it.
        InputError: the folder is no token classifier that may be loaded, or has labels that nothing maps.
    """
    model, tokenizer = load_transformers_model(folder, "TokenClassification", device)
    if not tokenizer.is_fast:
        raise InputError(f"{folder}: the tokenizer gives no offsets.", "It needs a fast one: tokenizer.json.")
    if tokenizer.pad_token is None:  # what it stands for does not matter: it is masked
        tokenizer.pad_token = tokenizer.eos_token or tokenizer.unk_token
    if tokenizer.pad_token is None:
        raise InputError(f"{folder}: the tokenizer has no token to pad with.", "Add a pad_token to its configuration.")
    names = _names(model.config, folder)
    mapped = label_map(names, labels, str(folder))
    if not any(mapped.values()):
        raise InputError(f"{folder}: none of its labels is an identifier.", "Map some in the detectors file.")
    window = _window(model.config, tokenizer, folder)
    return TokenClassifier(
        source=source,
        model=model,
        tokenizer=tokenizer,
        labels=tuple(mapped[name] for name in names),
        opens=tuple(begins(name) for name in names),
        window=window,
        stride=window // 4,
        lowest=lowest,
        device=device,
    )


def _names(config: Any, folder: Path) -> list[str]:
    """What each of the model's outputs is called."""
    names = [config.id2label.get(index) for index in range(config.num_labels)]
    if not all(isinstance(name, str) for name in names):
        raise InputError(
            f"{folder / 'config.json'}: id2label does not name the outputs 0 to {len(names) - 1}.",
            "Copy the model's own config.json again.",
        )
    return names


def _window(config: Any, tokenizer: Any, folder: Path) -> int:
    """Tokens that the model reads at once, special ones included; more of them than those and the stride."""
    longest = tokenizer.model_max_length
    places = getattr(config, "max_position_embeddings", _LONGEST_WINDOW)
    # RoBERTa's positions begin after the padding token's.
    places -= (config.pad_token_id or 0) + 1 if "roberta" in config.model_type else 0
    window = int(min(_LONGEST_WINDOW, places, longest)) if isinstance(longest, int | float) else 0
    if window - window // 4 <= tokenizer.num_special_tokens_to_add():
        raise InputError(
            f"{folder}: cannot read a text {window} tokens at a time (model_max_length = {longest!r}).",
            "Correct it in tokenizer_config.json, and max_position_embeddings in config.json.",
        )
    return window


def _each_once(offsets: torch.Tensor, probabilities: torch.Tensor) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Pieces in the order of the text, those of several windows with the mean of their probabilities."""
    spans, place, count = np.unique(offsets.numpy(), axis=0, return_inverse=True, return_counts=True)
    total = np.zeros((len(spans), probabilities.shape[-1]))
    np.add.at(total, place.reshape(-1), probabilities.numpy())
    return spans.astype(np.int64).reshape(-1, 2), total / count[:, None]


def _findings(
    text: str, words: Tokens, said: Iterator[tuple[Label, float, bool]], lowest: float, source: str
) -> Iterator[Finding]:
    """Neighbouring words of one label as one finding, without signs at its ends."""
    stretch: list[int] = []
    scores: list[float] = []
    kind: Label | None = None
    for index, (label, score, opens) in enumerate(said):
        goes_on = stretch and label == kind and not opens and not _apart(text, words, index)
        if stretch and (score < lowest or not goes_on):
            yield from _finding(words, stretch, scores, kind, source)
            stretch, scores = [], []
        if score >= lowest:
            stretch.append(index)
            scores.append(score)
            kind = label
    yield from _finding(words, stretch, scores, kind, source)


def _apart(text: str, words: Tokens, index: int) -> bool:
    gap = text[words.end[index - 1] : words.start[index]]
    return len(gap) > 3 or gap.count("\n") > 1


def _finding(
    words: Tokens, stretch: list[int], scores: list[float], label: Label | None, source: str
) -> Iterator[Finding]:
    telling = [index for index in stretch if words.words[index][0].isalnum() or words.words[index] in "*#+"]
    if telling and label is not None:
        score = min(1.0, sum(scores) / len(scores))
        yield Finding(words.start[telling[0]], words.end[telling[-1]], label, score, source)
