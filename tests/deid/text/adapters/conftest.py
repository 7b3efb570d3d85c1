"""Tiny models made from configurations, with tokenizers trained here: nothing is fetched."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

MODEL_LABELS = ("O", "B-PATIENT", "I-PATIENT", "B-DATE", "I-DATE", "B-HOSPITAL", "I-HOSPITAL")
NAMES = ("Ana Ruiz", "Tom Baker", "Ikenna Obi", "Zoë Łuczak")
DATES = ("2 May", "14 June")
HOSPITALS = ("Northfield Hospital", "Lakeside Infirmary")
FILLER = (
    "the",
    "patient",
    "was",
    "seen",
    "in",
    "clinic",
    "with",
    "cough",
    "fever",
    "today",
    "plan",
    "rest",
    "no",
    "pain",
    "on",
    "and",
)
WINDOW = 32


def sentences(count: int, seed: int) -> Iterator[list[tuple[str, str]]]:
    """Words with the labels that they carry; kinds follow one another without a word between now and then."""
    draw = random.Random(seed)
    for _ in range(count):
        words: list[tuple[str, str]] = []
        for _ in range(draw.randint(1, 3)):
            words += [(word, "O") for word in draw.sample(FILLER, draw.randint(0, 5))]
            for values, kind in draw.sample([(NAMES, "PATIENT"), (DATES, "DATE"), (HOSPITALS, "HOSPITAL")], 1):
                for value in draw.sample(values, draw.choice((1, 1, 2))):
                    first, *rest = value.split()
                    words += [(first, f"B-{kind}"), *((word, f"I-{kind}") for word in rest)]
        yield words


@pytest.fixture(scope="session")
def tokenizer() -> Any:
    """A word-piece tokenizer that lower-cases and drops accents, so that its offsets have something to keep right."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer
    from tokenizers.processors import TemplateProcessing
    from tokenizers.trainers import WordPieceTrainer
    from transformers import PreTrainedTokenizerFast

    made = Tokenizer(WordPiece(unk_token="[UNK]"))
    made.normalizer = BertNormalizer(lowercase=True, strip_accents=True)
    made.pre_tokenizer = BertPreTokenizer()
    trainer = WordPieceTrainer(vocab_size=200, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    corpus = (" ".join(word for word, _ in words) for words in sentences(300, seed=1))
    made.train_from_iterator(corpus, trainer)
    made.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    return PreTrainedTokenizerFast(
        tokenizer_object=made,
        unk_token="[UNK]",
        pad_token="[PAD]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        model_max_length=WINDOW,
    )


@pytest.fixture(scope="session")
def token_classifier_folder(tokenizer: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of one layer that has learnt the names, dates and hospitals above; it reads 32 tokens at once."""
    import torch
    from transformers import BertConfig, BertForTokenClassification

    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=WINDOW,
        id2label=dict(enumerate(MODEL_LABELS)),
        label2id={label: index for index, label in enumerate(MODEL_LABELS)},
    )
    model = BertForTokenClassification(config)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    examples = list(sentences(1000, seed=2))
    for step in range(60):
        batch = examples[step * 16 % 960 :][:16]
        encoded = tokenizer(
            [[word for word, _ in words] for words in batch],
            is_split_into_words=True,
            padding=True,
            truncation=True,
            return_tensors="pt",
        )
        targets = torch.full_like(encoded["input_ids"], -100)
        for row, words in enumerate(batch):
            previous = None
            for column, word in enumerate(encoded.word_ids(row)):
                if word is not None:
                    label = words[word][1]
                    inside = label if word != previous else label.replace("B-", "I-")
                    targets[row, column] = MODEL_LABELS.index(inside)
                previous = word
        optimizer.zero_grad()
        model(input_ids=encoded["input_ids"], attention_mask=encoded["attention_mask"], labels=targets).loss.backward()
        optimizer.step()
    folder = tmp_path_factory.mktemp("models") / "tiny-deidentifier"
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def language_model_folder(tokenizer: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of one layer with random weights, which answers nonsense, under a chat template."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=1,
        max_position_embeddings=4096,
        bos_token_id=2,
        eos_token_id=3,
        pad_token_id=0,
    )
    folder = tmp_path_factory.mktemp("models") / "tiny-llm"
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    (folder / "chat_template.jinja").write_text("{% for m in messages %}plan {{ m.content }}{% endfor %}")
    return folder
