"""The eight architectures whose gradients today's tools clip wrongly without a word: here right, or refused.

Each is built small from its configuration with random weights. Right means: the engine that the pre-flight chose gives
the clipped sum of gradients taken one example at a time in float64, to 1e-5.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import nn

from cloister.privacy.patient_gradients import Batch, clipped_sum
from cloister.privacy.preflight import preflight
from cloister.privacy.uncoupled import uncouple_patients
from cloister.study.errors import UnsafeGradientsError

OWNERS = torch.tensor([0, 1, 0, 2, 1, 3])
PATIENTS = 4


def adapted(model: nn.Module, targets: list[str] | str) -> nn.Module:
    from peft import LoraConfig, get_peft_model

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = get_peft_model(model, LoraConfig(r=2, target_modules=targets))
    for name, parameter in found.named_parameters():
        if "lora_B" in name:
            nn.init.normal_(parameter, std=0.2)
    return found.train()


def on_texts(model: nn.Module, batch: Batch) -> torch.Tensor:
    logits = model(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).logits
    return nn.functional.cross_entropy(logits, batch["label"], reduction="none")


def on_images(model: nn.Module, batch: Batch) -> torch.Tensor:
    output = model(batch["pixels"])
    logits = output if isinstance(output, torch.Tensor) else output.logits
    if logits.dim() == 4:  # segmentation: the mean over the image's own pixels
        return logits.flatten(1).square().mean(dim=1)
    return nn.functional.cross_entropy(logits, batch["label"], reduction="none")


def texts() -> Batch:
    lengths = torch.tensor([12, 8, 5, 12, 9, 3])
    mask = (torch.arange(12)[None] < lengths[:, None]).long()
    tokens = torch.randint(5, 50, (6, 12)) * mask + (1 - mask)
    return {"input_ids": tokens, "attention_mask": mask, "label": torch.arange(6) % 2}


def projected(states: torch.Tensor) -> torch.Tensor:
    """A loss that no normalisation at the model's end makes constant."""
    flat = states.flatten(1)
    return torch.tanh(flat * torch.linspace(-1, 1, flat.shape[1], dtype=flat.dtype)).sum(dim=1)


def images(size: int) -> Batch:
    return {"pixels": torch.randn(6, 3, size, size), "label": torch.arange(6) % 2}


Built = tuple[nn.Module, Callable[[nn.Module, Batch], torch.Tensor], Batch]
_TEXT = {"vocab_size": 50, "hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "num_labels": 2}
_STILL = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}


def deberta() -> Built:
    from transformers import DebertaV2Config, DebertaV2ForSequenceClassification

    config = DebertaV2Config(
        **_TEXT,
        **_STILL,
        intermediate_size=16,
        max_position_embeddings=16,
        relative_attention=True,
        pos_att_type=["p2c", "c2p"],
        share_att_key=True,
    )
    return adapted(DebertaV2ForSequenceClassification(config), ["query_proj", "value_proj"]), on_texts, texts()


def longformer() -> Built:
    from transformers import LongformerConfig, LongformerForSequenceClassification

    # Two layers: what the first token sees of the others has gone through the local projections of the first.
    config = LongformerConfig(
        **{**_TEXT, "num_hidden_layers": 2}, **_STILL, intermediate_size=16, max_position_embeddings=32,
        attention_window=[4, 4], pad_token_id=1,
    )  # fmt: skip
    model = adapted(LongformerForSequenceClassification(config), r".*layer\.0.*\.(query|value)")
    return model, on_texts, texts()


def swin() -> Built:
    from transformers import SwinConfig, SwinForImageClassification

    config = SwinConfig(
        image_size=32, patch_size=2, embed_dim=8, depths=[1], num_heads=[2], window_size=4, num_labels=2,
        drop_path_rate=0.0, **_STILL,
    )  # fmt: skip
    return (
        adapted(SwinForImageClassification(config), r".*attention.*\.(query|value|q_proj|v_proj)"),
        on_images,
        images(32),
    )


def resnet(*, evaluation: bool) -> Built:
    from transformers import ResNetConfig, ResNetForImageClassification

    config = ResNetConfig(embedding_size=4, hidden_sizes=[4, 8], depths=[1, 1], layer_type="basic", num_labels=2)
    return _norm_in(evaluation, adapted(ResNetForImageClassification(config), ["convolution"])), on_images, images(16)


def segformer(*, evaluation: bool) -> Built:
    from transformers import SegformerConfig, SegformerForSemanticSegmentation

    config = SegformerConfig(
        num_encoder_blocks=1, depths=[1], sr_ratios=[2], hidden_sizes=[8], num_attention_heads=[2], patch_sizes=[3],
        strides=[2], mlp_ratios=[2], decoder_hidden_size=8, num_labels=2, drop_path_rate=0.0,
        classifier_dropout_prob=0.0, **_STILL,
    )  # fmt: skip
    model = adapted(SegformerForSemanticSegmentation(config), r".*\.(query|value|q_proj|v_proj)")
    return _norm_in(evaluation, model), on_images, images(16)


def _norm_in(evaluation: bool, model: nn.Module) -> nn.Module:
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.train(not evaluation)
    return model


def sam() -> Built:
    from transformers import SamVisionConfig
    from transformers.models.sam.modeling_sam import SamVisionEncoder

    config = SamVisionConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=32, patch_size=4, mlp_ratio=2.0,
        output_channels=4, window_size=4, global_attn_indexes=[], mlp_dim=16,
    )  # fmt: skip

    def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
        return projected(model(batch["pixels"]).last_hidden_state)

    return adapted(SamVisionEncoder(config), ["qkv"]), loss, images(32)


def qwen_vision() -> Built:
    from transformers.models.qwen2_5_vl.configuration_qwen2_5_vl import Qwen2_5_VLVisionConfig
    from transformers.models.qwen2_5_vl.modeling_qwen2_5_vl import Qwen2_5_VisionTransformerPretrainedModel

    config = Qwen2_5_VLVisionConfig(
        depth=1, hidden_size=16, intermediate_size=16, num_heads=2, out_hidden_size=8, patch_size=4,
        spatial_merge_size=2, temporal_patch_size=2, window_size=16, fullatt_block_indexes=[0],
    )  # fmt: skip

    def loss(model: nn.Module, batch: Batch) -> torch.Tensor:
        grid = torch.tensor([[1, 4, 4]]).repeat(len(batch["patches"]), 1)
        output = model(batch["patches"].flatten(0, 1), grid_thw=grid)
        states = output.pooler_output if hasattr(output, "pooler_output") else output
        return projected(states.reshape(len(grid), -1))

    model = adapted(Qwen2_5_VisionTransformerPretrainedModel(config), ["qkv"])
    return model, loss, {"patches": torch.randn(6, 16, 3 * 2 * 4 * 4)}


class TwoParents(nn.Module):
    """DynUNet's fault without MONAI: its blocks are registered twice, once by name and once in a list."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1)
        self.second = nn.Conv2d(4, 2, 3, padding=1)
        self.blocks = nn.ModuleList([self.first, self.second])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.blocks[1](torch.tanh(self.blocks[0](x))).mean(dim=(2, 3))


class ChannelsLast(nn.Module):
    """ConvNeXt's and SwinUNETR's fault: convolutions of permuted inputs, strided and depthwise."""

    def __init__(self) -> None:
        super().__init__()
        self.strided = nn.Conv2d(3, 4, 2, stride=2)
        self.depthwise = nn.Conv2d(4, 4, 3, padding=1, groups=4)
        self.pointwise = nn.Conv2d(4, 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.tanh(self.strided(x.to(memory_format=torch.channels_last)))
        x = torch.tanh(self.depthwise(x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2)))
        return self.pointwise(x.to(memory_format=torch.channels_last)).mean(dim=(2, 3))


_MADE_RIGHT: dict[str, tuple[Callable[[], Built], str]] = {
    "DeBERTa-v2, query and value": (deberta, "vmap"),
    "Longformer": (longformer, "one-patient"),
    "Swin, one stage": (swin, "vmap"),
    "SAM, a windowed layer": (sam, "vmap"),
    "Qwen2.5-VL, vision": (qwen_vision, "vmap"),
    "ResNet, batch normalisation in evaluation": (lambda: resnet(evaluation=True), "book-keeping"),
    "SegFormer, batch normalisation in evaluation": (lambda: segformer(evaluation=True), "book-keeping"),
    "DynUNet, two parents": (lambda: (TwoParents().train(), on_images, images(8)), "book-keeping"),
    "channels-last convolutions": (lambda: (ChannelsLast().train(), on_images, images(8)), "book-keeping"),
}


# Half a minute: its modules are compiled by torch.jit.
_SLOW = {"DeBERTa-v2, query and value"}


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.heavy] * (n in _SLOW)) for n in _MADE_RIGHT])
def test_the_engine_that_is_chosen_is_right(name: str) -> None:
    torch.manual_seed(0)
    build, engine = _MADE_RIGHT[name]
    model, loss, batch = build()
    report = preflight(model, loss, batch, OWNERS, PATIENTS)
    assert report.engine == engine, report.reason
    right = one_example_at_a_time(model, loss, batch, 0.5)
    found = clipped_sum(model, loss, batch, OWNERS, PATIENTS, 0.5, engine=report.engine, micro_batch=3).gradients
    difference = torch.stack([(found[name].double() - value).norm() for name, value in right.items()]).norm()
    assert float(difference) <= 1e-5 * float(torch.stack([value.norm() for value in right.values()]).norm())


@pytest.mark.parametrize("build", [resnet, segformer])
def test_frozen_batch_normalisation_in_train_mode_is_refused(build: Callable[..., Built]) -> None:
    torch.manual_seed(0)
    model, loss, batch = build(evaluation=False)
    with pytest.raises(UnsafeGradientsError, match=r"module '.*normalization|module '.*batch_norm") as refused:
        preflight(model, loss, batch, OWNERS, PATIENTS)
    assert "running statistics" in refused.value.remedy
    uncouple_patients(model)
    assert preflight(model.train(), loss, batch, OWNERS, PATIENTS).engine == "book-keeping"


def one_example_at_a_time(
    model: nn.Module, loss: Callable[[nn.Module, Batch], torch.Tensor], batch: Batch, norm: float
) -> dict[str, torch.Tensor]:
    """The definition, in float64."""
    double = copy.deepcopy(model).double()
    parameters = {name: value for name, value in double.named_parameters() if value.requires_grad}
    total = {name: torch.zeros_like(value) for name, value in parameters.items()}
    for patient in range(PATIENTS):
        rows = torch.nonzero(OWNERS.eq(patient))[:, 0]
        mean = [torch.zeros_like(value) for value in parameters.values()]
        for row in rows:
            one: dict[str, Any] = {name: values[row][None] for name, values in batch.items()}
            one = {name: value.double() if value.is_floating_point() else value for name, value in one.items()}
            for sum_of, found in zip(
                mean, torch.autograd.grad(loss(double, one).sum(), list(parameters.values())), strict=True
            ):
                sum_of += found / len(rows)
        length = float(torch.stack([value.norm() for value in mean]).norm())
        for name, value in zip(parameters, mean, strict=True):
            total[name] += value * min(1.0, norm / length)
    return total
