"""Low-rank adapters (LoRA, Hu et al. 2021) through peft: a few trainable matrices beside frozen weights."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from cloister.study.errors import ModelMismatchError
from cloister.study.schema import Lora


def train_adapters_only(model: nn.Module, adapter: Lora, heads: Sequence[str]) -> None:
    """Put adapters beside the target modules, in place; then only they and the heads require gradients.

    Args:
        model: the model to change. Its modules keep their names; adapted linear layers gain `lora_A` and `lora_B`.
        adapter: rank, alpha and targets.
        heads: prefixes of parameter names that are trained in full, such as "classifier.".

    Raises:
        ModelMismatchError: a target names no linear layer of the model, or also something else.
    """
    from peft import LoraConfig, inject_adapter_in_model
    from transformers.pytorch_utils import Conv1D

    linear_layers = (nn.Linear, Conv1D)  # the latter is what GPT-2 calls its linear layers

    modules = dict(model.named_modules())
    for target in adapter.target_modules:
        named = [module for name, module in modules.items() if name == target or name.endswith(f".{target}")]
        if not named or not all(isinstance(module, linear_layers) for module in named):
            linear = sorted(
                {n.rpartition(".")[2] for n, module in modules.items() if isinstance(module, linear_layers)}
            )
            what = "more than" if named else "no"
            raise ModelMismatchError(
                f"task.adapter.target_modules: {target!r} names {what} linear layers of the model.",
                f"Choose among: {', '.join(linear)}.",
            )
    config = LoraConfig(
        r=adapter.rank,
        lora_alpha=adapter.alpha,
        target_modules=list(adapter.target_modules),
        lora_dropout=0.0,
    )
    inject_adapter_in_model(config, model)
    for name, parameter in model.named_parameters():
        is_adapter = (".lora_B." if adapter.freeze_a else ".lora_") in name
        parameter.requires_grad_(is_adapter or name.startswith(tuple(heads)))
