"""The weights of a release, as safetensors: the whole model, and the adapter by itself where one was trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor, nn

    from cloister.study.arrays import Arrays

MODEL_FILE = "model/model.safetensors"
ADAPTER_FILE = "model/adapter.safetensors"


def weight_files(model: nn.Module, trained: Arrays, *, adapter: bool, header: Mapping[str, str]) -> dict[str, bytes]:
    """File -> content.

    Args:
        model: with the trained parameters loaded. Adapters are merged into it, in place: it is of no further use.
        trained: the trained parameters by themselves.
        adapter: whether they are an adapter (with the classifier's head) and not all of the model.
        header: what the files' headers say, such as the study's hash.
    """
    from safetensors.numpy import save as save_arrays
    from safetensors.torch import save as save_tensors

    files = {ADAPTER_FILE: save_arrays(trained, metadata=dict(header))} if adapter else {}
    return {**files, MODEL_FILE: save_tensors(merged_weights(model), metadata={**header, "format": "pt"})}


def merged_weights(model: nn.Module) -> dict[str, Tensor]:
    """All weights and buffers under the names that they have without adapters; these are merged in, in place."""
    if any(".lora_" in name for name, _ in model.named_parameters()):
        from peft.tuners.tuners_utils import BaseTunerLayer

        for module in model.modules():
            if isinstance(module, BaseTunerLayer):
                module.merge(safe_merge=True)
    # A copy each: safetensors refuses tensors that share memory.
    return {
        name.replace(".base_layer.", "."): value.detach().cpu().clone().contiguous()
        for name, value in model.state_dict().items()
        if ".lora_" not in name
    }
