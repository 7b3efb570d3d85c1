"""A tokenizer trained twice from the same texts is the same, so that a run can be repeated to the bit."""

from pathlib import Path

import torch

from cloister.tasks.models.tokenizer import SPECIAL_TOKENS, cut_to_longest, encode, load_tokenizer, train_tokenizer

TEXTS = [
    f"Patient {number} was seen with dyspnea, fever {number % 7} and a cough; naïve to opioids." for number in range(60)
]


def test_the_same_texts_give_the_same_tokenizer(tmp_path: Path) -> None:
    """Pairs that are equally frequent are many here; ten trainings would hardly agree by chance."""
    files = []
    for number in range(10):
        train_tokenizer(iter(TEXTS), 120, tmp_path / str(number))
        files.append((tmp_path / str(number) / "tokenizer.json").read_bytes())
    assert len(set(files)) == 1


def test_no_part_of_a_word_is_a_special_token(tmp_path: Path) -> None:
    train_tokenizer(TEXTS, 120, tmp_path)
    tokenizer = load_tokenizer(tmp_path)
    assert set(tokenizer.all_special_tokens) == set(SPECIAL_TOKENS)
    assert [tokenizer.convert_tokens_to_ids(token) for token in SPECIAL_TOKENS] == [0, 1, 2, 3, 4]
    assert len(tokenizer) <= 120
    pieces = tokenizer.tokenize("Patient with fever ##a")
    assert tokenizer.unk_token not in pieces[:3]
    assert "##a" not in pieces[-3:-1]


def test_a_text_is_the_same_beside_a_long_one_and_alone_whatever_side_a_tokenizer_pads(tmp_path: Path) -> None:
    """Cut from the right, a text that is padded from the left would lose its end to the lengths of others."""
    train_tokenizer(TEXTS, 120, tmp_path)
    tokenizer = load_tokenizer(tmp_path)
    tokenizer.padding_side = "left"
    together = encode(tokenizer, ["fever", " ".join(TEXTS)], 64, 120)
    alone = cut_to_longest({name: values[:1] for name, values in together.items()})
    assert alone["input_ids"].tolist() == [tokenizer("fever")["input_ids"]]
    assert torch.equal(alone["attention_mask"], torch.ones_like(alone["input_ids"]))
    assert together["input_ids"].shape == (2, 64)
