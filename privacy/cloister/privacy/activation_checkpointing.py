"""Activation checkpointing: a transformer's blocks keep their inputs only and are computed again in the backward pass.

Memory of activations falls from that of every layer to one tensor per block (Chen et al. 2016, arXiv 1604.06174).
Book-keeping is exact under it, because it keeps its book in the backward pass.
"""

from __future__ import annotations

from torch import nn

from cloister.study.errors import StudyError


def checkpoint_activations(model: nn.Module) -> None:
    """From now on the model's transformers compute their activations again, in train mode. Parameters do not change.

    Raises:
        StudyError: no part of the model is a transformer that can.
    """
    from transformers import PreTrainedModel

    transformers = [
        module
        for module in model.modules()
        if isinstance(module, PreTrainedModel) and module.supports_gradient_checkpointing
    ]
    if not transformers:
        raise StudyError(
            f"training.activation_checkpointing: {type(model).__name__} holds no transformer that can compute its "
            "activations again.",
            "Remove the key; a smaller training.micro_batch bounds memory as well.",
        )
    for module in transformers:
        # Reentrant ones let nothing flow back through a block whose inputs need no gradient, as with adapters.
        module.activation_checkpointing_enable({"use_reentrant": False})
