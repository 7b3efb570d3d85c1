"""A note of which the tokenizer leaves nothing is trained on like any other, in whatever company it is."""

from pathlib import Path

import pytest
import torch
from tests.tasks.conftest import TASKS, study_of

from cloister.client.model_to_train import model_to_train
from cloister.privacy.patient_gradients import ENGINES, Engine, clipped_sum
from cloister.tasks.catalogue import task_of
from cloister.tasks.examples import Batch
from cloister.tasks.models.tokenizer import encode, load_tokenizer

NOTHING = ["", "\ufeff", "\u200b", "\u00ad", "\u2060", "\ufffd", "\x01"]
OF_NOTES = ["notes, full", "notes, LoRA", "notes and images"]


def batch_of(name: str, base: Path, texts: list[str]) -> Batch:
    tokenizer = load_tokenizer(base)
    found: dict[str, torch.Tensor] = encode(tokenizer, texts, 32, len(tokenizer))
    found["label"] = torch.zeros(len(texts), dtype=torch.int64)
    if name == "notes and images":
        found |= {"pixel_values": torch.zeros(len(texts), 1, 16, 16), "has_image": torch.zeros(len(texts))}
    return found


@pytest.mark.parametrize("text", NOTHING)
def test_a_text_of_nothing_is_one_unknown_token(base: Path, text: str) -> None:
    tokenizer = load_tokenizer(base)
    for texts in ([text], [text, "fever and cough"]):
        encoded = encode(tokenizer, texts, 32, len(tokenizer))
        assert encoded["attention_mask"][0].sum() == encoded["attention_mask"][0, 0] == 1
        assert encoded["input_ids"][0, 0] == tokenizer.unk_token_id


@pytest.mark.parametrize("name", OF_NOTES)
def test_its_loss_is_finite_and_the_same_alone_and_beside_long_ones(base: Path, name: str) -> None:
    task = task_of(study_of(*TASKS[name]))
    model = task.build_model(base, seed=1).eval()
    texts = ["\ufeff", "cough", "the patient has a cough and fever " * 3]
    together = task.per_example_loss(model, batch_of(name, base, texts))
    alone = torch.cat([task.per_example_loss(model, batch_of(name, base, [text])) for text in texts])
    assert together.isfinite().all()
    torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("engine", [engine for engine in ENGINES if engine != "vmap"])
@pytest.mark.parametrize("name", OF_NOTES)
def test_every_engine_has_a_finite_gradient_of_it(base: Path, name: str, engine: Engine) -> None:
    """All but vmap, which takes no model that looks at how long its texts are."""
    study = study_of(*TASKS[name])
    batch, owners = batch_of(name, base, ["\ufeff", "fever and cough"]), torch.arange(2)

    def gradients(engine: Engine) -> tuple[dict[str, torch.Tensor], int]:
        loss = task_of(study).per_example_loss
        found = clipped_sum(model_to_train(study, base), loss, batch, owners, 2, 1.0, engine=engine, micro_batch=2)
        return dict(found.gradients), found.non_finite

    found, non_finite = gradients(engine)
    assert non_finite == 0
    torch.testing.assert_close(found, gradients("one-patient")[0], rtol=1e-3, atol=1e-5)
