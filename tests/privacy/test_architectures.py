"""The families of models that hospitals fine-tune: admitted by the pre-flight, each is clipped right; or refused.

Each is built small from its configuration with random weights, with adapters where its users put them or trained in
full. Right means: the sum of the engine that the pre-flight chose differs from that of the one-patient loop by at most
1e-5 of it, in float32, at a norm that clips some patients and not others, in one micro-batch and in several.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch import nn

from cloister.privacy.patient_gradients import Batch, clipped_sum
from cloister.privacy.preflight import preflight

OWNERS = torch.tensor([0, 1, 0, 2, 1, 3])
PATIENTS = 4
TOKENS, WORDS = 10, 50
Built = tuple[nn.Module, Callable[[nn.Module, Batch], torch.Tensor], Batch]


# Inputs and losses.


def texts() -> dict[str, torch.Tensor]:
    lengths = torch.tensor([10, 8, 5, 10, 9, 3])
    mask = (torch.arange(TOKENS)[None] < lengths[:, None]).long()
    return {"input_ids": torch.randint(5, WORDS, (6, TOKENS)) * mask + (1 - mask), "attention_mask": mask}


def images(size: int) -> dict[str, torch.Tensor]:
    return {"pixel_values": torch.randn(6, 3, size, size)}


def with_image_tokens(image_token: int, count: int) -> dict[str, torch.Tensor]:
    """Texts that begin with the places of an image's tokens."""
    batch = texts()
    batch["input_ids"][:, :count] = image_token
    batch["attention_mask"][:, :count] = 1
    return batch


def scored(values: torch.Tensor) -> torch.Tensor:
    """Outputs (examples, ...) as one number for each example, which no normalisation makes constant."""
    flat = values.flatten(1).float()
    return torch.tanh(flat * torch.linspace(-1, 1, flat.shape[1])).sum(dim=1)


def calling(output: str = "logits", **fixed: Any) -> Callable[[nn.Module, Batch], torch.Tensor]:
    """The loss of a model that is called with the whole batch by name."""

    def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
        found: torch.Tensor = getattr(model(**batch, **fixed), output)
        return scored(found)

    return loss


def of_next_words(model: nn.Module, batch: Batch) -> torch.Tensor:
    """Each example's mean over its own words."""
    logits = model(**batch, use_cache=False).logits[:, :-1]
    words, seen = batch["input_ids"][:, 1:], batch["attention_mask"][:, 1:].float()
    losses = nn.functional.cross_entropy(logits.flatten(0, 1), words.flatten(), reduction="none").view(words.shape)
    return (losses * seen).sum(dim=1) / seen.sum(dim=1)


def of_answers(model: nn.Module, batch: Batch) -> torch.Tensor:
    """Sequence to sequence: the answer is the question."""
    logits = model(**batch, decoder_input_ids=batch["input_ids"], use_cache=False).logits
    return nn.functional.cross_entropy(logits.mT, batch["input_ids"], reduction="none").mean(dim=1)


# Models.


def adapted(model: nn.Module, targets: list[str] | str) -> nn.Module:
    from peft import LoraConfig, get_peft_model

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = get_peft_model(model, LoraConfig(r=2, target_modules=targets))
    for name, parameter in found.named_parameters():
        if "lora_B" in name:
            nn.init.normal_(parameter, std=0.2)
    return found


def in_full(model: nn.Module, frozen: tuple[str, ...] = ()) -> nn.Module:
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(not any(part in name for part in frozen))
    return model


def trained(model: nn.Module, targets: list[str] | str | None, frozen: tuple[str, ...] = ()) -> nn.Module:
    model.config._attn_implementation = "eager"  # type: ignore[union-attr]
    return in_full(model, frozen) if targets is None else adapted(model, targets)


_DECODER = {
    "vocab_size": WORDS, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
    "num_key_value_heads": 1, "intermediate_size": 24, "max_position_embeddings": 32, "pad_token_id": 0,
}  # fmt: skip
_ENCODER = {
    "vocab_size": WORDS, "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24,
    "max_position_embeddings": 32, "num_labels": 2, "pad_token_id": 1,
    "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
}  # fmt: skip
_VISION = {
    "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24, "image_size": 16,
    "patch_size": 8, "num_labels": 2, "hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0,
}  # fmt: skip


def of(kind: str, head: str, settings: Mapping[str, Any]) -> nn.Module:
    """A model of transformers by the names of its configuration and its class."""
    import transformers

    model: nn.Module = getattr(transformers, head)(getattr(transformers, kind)(**settings))
    return model


def decoder(family: str, targets: list[str] | str | None, **settings: Any) -> Built:
    config = "Gemma3TextConfig" if family == "Gemma3" else f"{family}Config"
    model = of(config, f"{family}ForCausalLM", {**_DECODER, **settings})
    return trained(model, targets), of_next_words, texts()


def gpt2(targets: list[str] | None, frozen: tuple[str, ...] = ()) -> Built:
    settings = {"vocab_size": WORDS, "n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 32}
    still = {"resid_pdrop": 0.0, "embd_pdrop": 0.0, "attn_pdrop": 0.0}
    return trained(of("GPT2Config", "GPT2LMHeadModel", {**settings, **still}), targets, frozen), of_next_words, texts()


def biogpt(targets: list[str] | None, frozen: tuple[str, ...] = ()) -> Built:
    still = {"activation_dropout": 0.0, "layerdrop": 0.0}
    model = of("BioGptConfig", "BioGptForCausalLM", {**_ENCODER, **still})
    return trained(model, targets, frozen), of_next_words, texts()


def t5(family: str, targets: list[str] | None, frozen: tuple[str, ...] = ()) -> Built:
    model = of(
        f"{family}Config",
        f"{family}ForConditionalGeneration",
        {"vocab_size": WORDS, "d_model": 16, "d_kv": 8, "d_ff": 24, "num_layers": 2, "num_heads": 2, "dropout_rate": 0},
    )
    return trained(model, targets, frozen), of_answers, texts()


def bart(family: str, head: str, targets: list[str] | None, frozen: tuple[str, ...] = ()) -> Built:
    sides = {"layers": 1, "attention_heads": 2, "ffn_dim": 24}
    settings = {f"{side}_{name}": value for side in ("encoder", "decoder") for name, value in sides.items()}
    still = {"dropout": 0.0, "activation_dropout": 0.0, "attention_dropout": 0.0}
    shape = {"vocab_size": WORDS, "d_model": 16, "max_position_embeddings": 32, "pad_token_id": 1}
    marked = {"decoder_start_token_id": 2, "eos_token_id": 2}
    model = of(f"{family}Config", head, {**shape, **settings, **still, **marked})
    return trained(model, targets, frozen), of_answers, texts()


def encoder(family: str, targets: list[str] | None, frozen: tuple[str, ...] = (), **settings: Any) -> Built:
    model = of(f"{family}Config", f"{family}ForSequenceClassification", {**_ENCODER, **settings})
    return trained(model, targets, frozen), calling(), texts()


def distilbert(targets: list[str] | None, frozen: tuple[str, ...] = ()) -> Built:
    settings = {"vocab_size": WORDS, "dim": 16, "n_layers": 2, "n_heads": 2, "hidden_dim": 24}
    still = {"max_position_embeddings": 32, "dropout": 0.0, "attention_dropout": 0.0, "seq_classif_dropout": 0.0}
    model = of("DistilBertConfig", "DistilBertForSequenceClassification", {**settings, **still})
    return trained(model, targets, frozen), calling(), texts()


def vision(family: str, targets: list[str] | str | None, frozen: tuple[str, ...] = (), **settings: Any) -> Built:
    model = of(f"{family}Config", f"{family}ForImageClassification", {**_VISION, **settings})
    return trained(model, targets, frozen), calling(), images(16)


def swin(targets: str) -> Built:
    settings = {"image_size": 32, "patch_size": 2, "embed_dim": 8, "depths": [1, 1], "num_heads": [2, 2]}
    still = {"window_size": 4, "num_labels": 2, "drop_path_rate": 0.0}
    model = of("SwinConfig", "SwinForImageClassification", {**settings, **still})
    return trained(model, targets), calling(), images(32)


def convnext(targets: list[str] | None) -> Built:
    settings = {"hidden_sizes": [8, 12], "depths": [1, 1], "num_stages": 2, "patch_size": 2, "num_labels": 2}
    model = of("ConvNextConfig", "ConvNextForImageClassification", settings)
    return trained(model, targets), calling(), images(16)


_TOWER = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24}
_SEEING = {**_TOWER, "image_size": 16, "patch_size": 8}


def paired(family: str, targets: str | list[str]) -> Built:
    reading = {**_TOWER, "vocab_size": WORDS, "max_position_embeddings": TOKENS, "eos_token_id": 2, "pad_token_id": 1}
    settings = {"text_config": reading, "vision_config": _SEEING, "projection_dim": 8}
    if family == "Siglip":
        settings.pop("projection_dim")
    model = trained(of(f"{family}Config", f"{family}Model", settings), targets)

    def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
        """Each image with its own text: a contrastive loss would couple patients."""
        found = model(**batch)
        return (found.image_embeds * found.text_embeds).sum(dim=1) + scored(found.text_embeds)

    return model, loss, {**texts(), **images(16)}


def whisper(targets: list[str] | None, frozen: tuple[str, ...] = ()) -> Built:
    sides = {"layers": 1, "attention_heads": 2, "ffn_dim": 24}
    settings = {f"{side}_{name}": value for side in ("encoder", "decoder") for name, value in sides.items()}
    shape = {"vocab_size": WORDS, "d_model": 16, "num_mel_bins": 4, "max_source_positions": 12}
    marked = {"max_target_positions": 16, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
    marked["decoder_start_token_id"] = 1
    model = of("WhisperConfig", "WhisperForConditionalGeneration", {**shape, **settings, **marked})

    def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
        return scored(model(input_features=batch["sound"], decoder_input_ids=batch["words"], use_cache=False).logits)

    batch = {"sound": torch.randn(6, 4, 24), "words": torch.randint(5, WORDS, (6, 5))}
    return trained(model, targets, frozen), loss, batch


def llava(targets: str) -> Built:
    reading = {**_DECODER, "model_type": "llama"}
    seeing = {**_SEEING, "model_type": "clip_vision_model", "projection_dim": 8}
    settings = {"text_config": reading, "vision_config": seeing, "image_token_index": 4, "image_seq_length": 4}
    model = of("LlavaConfig", "LlavaForConditionalGeneration", settings)
    return trained(model, targets), calling(use_cache=False), {**with_image_tokens(4, 4), **images(16)}


def internvl(targets: str) -> Built:
    reading = {**_DECODER, "model_type": "qwen2"}
    seeing = {**_SEEING, "image_size": [16, 16], "patch_size": [4, 4]}
    settings = {"text_config": reading, "vision_config": seeing, "image_token_id": 4, "image_seq_length": 4}
    model = of("InternVLConfig", "InternVLForConditionalGeneration", settings)
    return trained(model, targets), calling(use_cache=False), {**with_image_tokens(4, 4), **images(16)}


def gemma_vl(targets: str) -> Built:
    reading = {**_DECODER, "head_dim": 8}
    settings = {"text_config": reading, "vision_config": _SEEING, "mm_tokens_per_image": 4, "image_token_id": 4}
    model = of("Gemma3Config", "Gemma3ForConditionalGeneration", {**settings, "image_token_index": 4})
    batch = {**with_image_tokens(4, 4), **images(16)}
    batch["token_type_ids"] = (batch["input_ids"] == 4).long()
    return trained(model, targets), calling(use_cache=False), batch


def qwen_vl(targets: str) -> Built:
    seeing = {
        "depth": 1, "hidden_size": 16, "intermediate_size": 16, "num_heads": 2, "out_hidden_size": 16, "patch_size": 4,
        "spatial_merge_size": 2, "temporal_patch_size": 2, "window_size": 16, "fullatt_block_indexes": [0],
    }  # fmt: skip
    rope = {"rope_parameters": {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 1e4}}
    reading = {**_DECODER, **rope}
    marked = {"image_token_id": 4, "video_token_id": 3, "vision_start_token_id": 2}
    settings = {"text_config": reading, "vision_config": seeing, **marked}
    model = of("Qwen2_5_VLConfig", "Qwen2_5_VLForConditionalGeneration", settings)
    batch = with_image_tokens(4, 5)
    batch["input_ids"][:, 0] = 2

    def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
        grid = torch.tensor([[1, 4, 4]]).repeat(len(batch["patches"]), 1)
        words = {name: batch[name] for name in ("input_ids", "attention_mask")}
        kinds = {"mm_token_type_ids": (batch["input_ids"] == 4).int()}
        seen = {"pixel_values": batch["patches"].flatten(0, 1), "image_grid_thw": grid}
        return scored(model(**words, **kinds, **seen, use_cache=False).logits)

    return trained(model, targets), loss, {**batch, "patches": torch.randn(6, 16, 3 * 2 * 4 * 4)}


class UNet(nn.Module):
    """What MONAI's UNet is made of: strided and transposed convolutions, instance norms, PReLU, a skip."""

    def __init__(self) -> None:
        super().__init__()
        self.enter = nn.Conv2d(3, 4, 3, padding=1)
        self.down = nn.Conv2d(4, 8, 3, stride=2, padding=1)
        self.norm = nn.InstanceNorm2d(8, affine=True)
        self.bend = nn.PReLU(8)
        self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
        self.leave = nn.Conv2d(8, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        first = torch.tanh(self.enter(x))
        return self.leave(torch.cat([first, self.up(self.bend(self.norm(self.down(first))))], dim=1))


def unet() -> Built:
    return UNet(), lambda model, batch: scored(model(batch["pixel_values"])), images(8)


_QV = ["q_proj", "v_proj"]
_ALL = "all-linear"
_LANGUAGE = r".*language_model.*\.(q_proj|v_proj)"
_MODELS: dict[str, tuple[Callable[[], Built], str]] = {
    "Mistral": (lambda: decoder("Mistral", _QV), "book-keeping"),
    "Mistral, all linear layers": (lambda: decoder("Mistral", _ALL), "book-keeping"),
    "Mistral, in full": (lambda: decoder("Mistral", None), "book-keeping"),
    "Llama": (lambda: decoder("Llama", _QV), "book-keeping"),
    "Llama, in full": (lambda: decoder("Llama", None), "book-keeping"),
    "Qwen2": (lambda: decoder("Qwen2", _QV), "book-keeping"),
    "Qwen3, in full": (lambda: decoder("Qwen3", None, head_dim=8), "book-keeping"),
    "Gemma3": (lambda: decoder("Gemma3", _QV, head_dim=8), "book-keeping"),
    "Gemma3, in full": (lambda: decoder("Gemma3", None, head_dim=8), "book-keeping"),
    "Phi3": (lambda: decoder("Phi3", ["qkv_proj", "o_proj"]), "book-keeping"),
    "GPT2": (lambda: gpt2(["c_attn"]), "book-keeping"),
    "GPT2, in full": (lambda: gpt2(None), "book-keeping"),
    "BioGPT": (lambda: biogpt(_QV), "book-keeping"),
    "BioGPT, in full": (lambda: biogpt(None, ("embed_positions",)), "book-keeping"),
    "Mixtral, attention": (lambda: decoder("Mixtral", _QV, num_local_experts=2), "book-keeping"),
    "T5": (lambda: t5("T5", ["q", "v"]), "book-keeping"),
    "T5, in full": (lambda: t5("T5", None, ("relative_attention_bias",)), "book-keeping"),
    "T5, positions too": (lambda: t5("T5", None), "one-patient"),
    "mT5": (lambda: t5("MT5", ["q", "v"]), "book-keeping"),
    "Bart": (lambda: bart("Bart", "BartForConditionalGeneration", _QV), "book-keeping"),
    "Bart, in full": (lambda: bart("Bart", "BartForConditionalGeneration", None, ("embed_positions",)), "book-keeping"),
    "Marian": (lambda: bart("Marian", "MarianMTModel", _QV), "book-keeping"),
    "Marian, in full": (lambda: bart("Marian", "MarianMTModel", None, ("embed_positions",)), "book-keeping"),
    "Bert": (lambda: encoder("Bert", ["query", "value"]), "book-keeping"),
    "Bert, in full": (lambda: encoder("Bert", None), "book-keeping"),
    "Electra": (lambda: encoder("Electra", ["query", "value"], embedding_size=8), "book-keeping"),
    "Electra, in full": (lambda: encoder("Electra", None, embedding_size=8), "book-keeping"),
    "Roberta, in full": (lambda: encoder("Roberta", None), "book-keeping"),
    "XLM-R": (lambda: encoder("XLMRoberta", ["query", "value"]), "book-keeping"),
    "DistilBert": (lambda: distilbert(["q_lin", "v_lin"]), "book-keeping"),
    "DistilBert, in full": (lambda: distilbert(None), "book-keeping"),
    "ModernBert": (lambda: encoder("ModernBert", ["Wqkv", "Wo"], global_attn_every_n_layers=1), "book-keeping"),
    "ModernBert, in full": (lambda: encoder("ModernBert", None, global_attn_every_n_layers=1), "book-keeping"),
    "ViT": (lambda: vision("ViT", _QV), "book-keeping"),
    "ViT, in full": (lambda: vision("ViT", None, ("position_embeddings", "cls_token")), "book-keeping"),
    "DINOv2": (lambda: vision("Dinov2", _QV), "book-keeping"),
    "Swin, two stages": (lambda: swin(r".*attention.*\.(query|value|q_proj|v_proj)"), "vmap"),
    "ConvNeXt": (lambda: convnext(["pwconv1", "pwconv2"]), "book-keeping"),
    "ConvNeXt, in full": (lambda: convnext(None), "vmap"),
    "CLIP": (lambda: paired("CLIP", r".*\.(q_proj|v_proj)"), "book-keeping"),
    "SigLIP": (lambda: paired("Siglip", r".*\.(q_proj|v_proj)"), "book-keeping"),
    "Whisper": (lambda: whisper(_QV), "book-keeping"),
    "Whisper, in full": (lambda: whisper(None, ("embed_positions",)), "book-keeping"),
    "LLaVA, language": (lambda: llava(_LANGUAGE), "book-keeping"),
    "InternVL, language": (lambda: internvl(_LANGUAGE), "book-keeping"),
    "Gemma3-VL, language": (lambda: gemma_vl(_LANGUAGE), "book-keeping"),
    "Qwen2.5-VL, language": (lambda: qwen_vl(_LANGUAGE), "book-keeping"),
    "a UNet": (unet, "hooks"),
}


@pytest.mark.heavy
@pytest.mark.parametrize("name", _MODELS)
def test_what_the_preflight_admits_is_clipped_right(name: str) -> None:
    torch.manual_seed(0)
    build, engine = _MODELS[name]
    model, loss, batch = build()
    report = preflight(model.train(), loss, batch, OWNERS, PATIENTS)
    assert report.engine == engine, report.reason
    lengths = [length(clipped_sum(model, loss, batch, OWNERS, PATIENTS, 1e9, engine="one-patient").gradients)]
    norm = lengths[0] / PATIENTS
    alone = clipped_sum(model, loss, batch, OWNERS, PATIENTS, norm, engine="one-patient")
    for micro_batch in (6, 3):
        found = clipped_sum(model, loss, batch, OWNERS, PATIENTS, norm, engine=report.engine, micro_batch=micro_batch)
        difference = {name: found.gradients[name] - value for name, value in alone.gradients.items()}
        assert length(difference) <= 1e-5 * length(alone.gradients)
        assert found.clipped == alone.clipped > 0


_SAVING = ("Bert", "Llama", "Llama, in full", "T5", "ViT", "Whisper")


@pytest.mark.heavy
@pytest.mark.parametrize("name", _SAVING)
@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpointing_activations_changes_nothing(name: str, reentrant: bool) -> None:
    torch.manual_seed(0)
    model, loss, batch = _MODELS[name][0]()
    plain = clipped_sum(model.train(), loss, batch, OWNERS, PATIENTS, 0.5).gradients
    if reentrant:  # nothing flows back through a checkpoint whose inputs need no gradient
        model.enable_input_require_grads()  # type: ignore[operator]
    model.gradient_checkpointing_enable({"use_reentrant": reentrant})  # type: ignore[operator]
    report = preflight(model, loss, batch, OWNERS, PATIENTS)
    assert report.engine == "book-keeping", report.reason
    found = clipped_sum(model, loss, batch, OWNERS, PATIENTS, 0.5, micro_batch=3).gradients
    assert length({name: found[name] - value for name, value in plain.items()}) <= 1e-5 * length(plain)


@pytest.mark.heavy
@pytest.mark.parametrize("name", _SAVING)
def test_computing_in_half_precision_keeps_norms_and_sums_in_single(name: str) -> None:
    """Half precision costs accuracy, never sensitivity: what is added up for a patient is what was measured."""
    torch.manual_seed(0)
    model, loss, batch = _MODELS[name][0]()
    norm = 1e-3
    report = preflight(model.train(), loss, batch, OWNERS, PATIENTS, precision="bfloat16")
    assert report.engine == "book-keeping", report.reason
    whole = clipped_sum(model, loss, batch, OWNERS, PATIENTS, norm, precision="bfloat16").gradients
    single = clipped_sum(model, loss, batch, OWNERS, PATIENTS, norm, engine="one-patient").gradients
    assert {value.dtype for value in whole.values()} == {torch.float32}
    assert length({name: whole[name] - value for name, value in single.items()}) <= 0.1 * length(single)
    for patient in range(PATIENTS):
        mine = OWNERS.eq(patient)
        alone = {name: values[mine] for name, values in batch.items()}
        nobody_else = torch.zeros(int(mine.sum())).long()
        found = clipped_sum(model, loss, alone, nobody_else, 1, norm, precision="bfloat16")
        assert length(found.gradients) <= norm * (1 + 1e-5)
        assert found.clipped == 1


def length(gradients: Mapping[str, torch.Tensor]) -> float:
    return float(torch.stack([value.double().norm() for value in gradients.values()]).norm())
