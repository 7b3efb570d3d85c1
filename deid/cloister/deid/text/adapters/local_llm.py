"""A local instruction-tuned language model as one more voice.

It is asked for a JSON list of verbatim quotations with labels. Nothing it says is trusted but that: offsets are found
by looking for the quotation in the text, a quotation that does not stand there is dropped, and an answer that is no
such list counts as none, which the certificate tells. What stands in a note can at worst make the model silent: it adds
to what the others find and takes nothing away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cloister.deid.text.adapters.model_labels import our_label
from cloister.deid.text.adapters.other_detector import Heard
from cloister.deid.text.adapters.transformers_model import load_transformers_model
from cloister.deid.text.adapters.windows import windows
from cloister.deid.text.finding import LABELS, Finding, Label
from cloister.study.untrusted_json import parse_json

Answer = Callable[[str], str]
"""From a prompt to what the model says."""

_WINDOW, _OVERLAP = 2000, 200
"""Code points of the note in one prompt."""
_LEAST_QUOTED = 2
"""A single character stands everywhere: it is no quotation."""
_PROMPT = """You de-identify clinical notes. List everything in the note below that could identify a person: names of \
patients, relatives and staff, dates, ages over 89, addresses, institutions, telephone numbers, e-mail addresses, \
record numbers and any other number or code of a person. Diseases, drugs, findings and measurements are not identifying.

Answer with a JSON list and nothing else. Each entry is {{"text": "...", "label": "..."}}: the text exactly as it \
stands in the note, and one of these labels: {labels}. If there is nothing, answer [].

Note:
<note>
{note}
</note>
"""


@dataclass(frozen=True)
class LocalLlm:
    """A model that answers prompts. It gives no probabilities: all its findings carry the one `score`."""

    source: str
    answer: Answer
    score: float

    def find(self, text: str, language: str) -> Heard:
        """Every place where a quoted identifier stands; windows without a usable answer are counted."""
        del language
        found: list[Finding] = []
        unanswered = 0
        for start, end in windows(text, _WINDOW, _OVERLAP):
            quoted = quotations(self.answer(_PROMPT.format(labels=", ".join(LABELS), note=text[start:end])))
            if quoted is None:
                unanswered += 1
                continue
            found += (
                Finding(start + left, start + right, label, self.score, self.source)
                for left, right, label in locate(text[start:end], quoted)
            )
        return Heard(tuple(dict.fromkeys(found)), unanswered)


def quotations(answer: str) -> list[tuple[str, Label]] | None:
    """What an answer quotes, with our labels; None if it is no JSON list of objects with text and label.

    What stands before the first and after the last bracket is not read. Entries under a label that is none, or one that
    identifies nobody, are left out.
    """
    try:
        entries = parse_json(answer[answer.index("[") : answer.rindex("]") + 1])
    except ValueError:
        return None
    quoted: list[tuple[str, Label]] = []
    for entry in entries if isinstance(entries, list) else [entries]:
        text, name = (entry.get("text"), entry.get("label")) if isinstance(entry, dict) else (None, None)
        if not isinstance(text, str) or not isinstance(name, str):
            return None
        try:
            label = our_label(name)
        except KeyError:
            continue
        if label is not None:
            quoted.append((text, label))
    return quoted


def locate(text: str, quoted: Iterable[tuple[str, Label]]) -> Iterator[tuple[int, int, Label]]:
    """Every place where a quotation stands verbatim in a text, not as a part of a word."""
    for quotation, label in dict.fromkeys((quotation.strip(), label) for quotation, label in quoted):
        if len(quotation) < _LEAST_QUOTED or not any(map(str.isalnum, quotation)):
            continue
        before = r"(?<!\w)" if quotation[0].isalnum() else ""
        after = r"(?!\w)" if quotation[-1].isalnum() else ""
        for match in re.finditer(before + re.escape(quotation) + after, text):
            yield match.start(), match.end(), label


def load_local_llm(folder: Path, source: str, *, score: float, max_tokens: int, device: str = "cpu") -> LocalLlm:
    """Load a causal language model from its folder.

    Args:
        folder: with `config.json`, weights in safetensors and the tokenizer's files.
        source: what the findings carry as their source.
        score: of its findings.
        max_tokens: longest answer to a prompt, in tokens; longer ones are cut off and then mostly unusable.
        device: `cpu` or `cuda`.

    Raises:
        MissingFileError: there is no such folder, or no configuration in it.
        InputError: the folder is no language model that may be loaded.
    """
    model, tokenizer = load_transformers_model(folder, "CausalLM", device, dtype="auto")
    return LocalLlm(source, _Generator(model, tokenizer, max_tokens), score)


@dataclass(frozen=True)
class _Generator:
    """Answers with the likeliest words, always the same for the same prompt."""

    model: Any
    tokenizer: Any
    max_tokens: int

    def __call__(self, prompt: str) -> str:
        """The answer; an empty one where the prompt and the answer would not fit what the model can read."""
        import torch

        encoded = self._encoded(prompt).to(self.model.device)
        length = encoded["input_ids"].shape[1]
        most = getattr(self.model.config, "max_position_embeddings", None)
        if most is not None and length + self.max_tokens > most:
            return ""
        with torch.inference_mode():
            written = self.model.generate(
                **encoded,
                do_sample=False,
                num_beams=1,
                max_new_tokens=self.max_tokens,
                pad_token_id=self.tokenizer.pad_token_id or self.tokenizer.eos_token_id,
            )
        return str(self.tokenizer.decode(written[0, length:], skip_special_tokens=True))

    def _encoded(self, prompt: str) -> Any:
        if self.tokenizer.chat_template is None:
            return self.tokenizer(prompt, return_tensors="pt", return_token_type_ids=False)
        return self.tokenizer.apply_chat_template(
            [{"role": "user", "content": prompt}], add_generation_prompt=True, return_dict=True, return_tensors="pt"
        )
