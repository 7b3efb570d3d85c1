"""What couples patients in a model's train mode and can be switched off: before private training, for good.

Dropout draws from one stream of random numbers for all examples of a step. One patient more moves the stream on, so
every other patient gets other masks and another gradient: the sum would move by more than the clipping norm, whether
the stream's seed is public or secret. Each patient would need a stream of its own. Private training does without: its
noise regularises as well.

Batch normalisation takes the mean of whoever is computed together. With the running statistics of the base, which are
public, it treats every example by itself, and can be trained.
"""

from __future__ import annotations

from types import MethodType

from torch import nn

_RANDOM = ("drop", "jitter")
"""What the names of probabilities have in common: dropout, attention_dropout, layerdrop, drop_prob, router_jitter …"""


def uncouple_patients(model: nn.Module) -> None:
    """Switch off dropout, and keep norms to their running statistics, whatever mode the model is put in afterwards.

    The probability of every dropout, stochastic depth included, becomes zero, in modules and configurations. Names are
    all that tells a probability from another number. What is called otherwise, and norms that have no statistics but
    the batch's, the pre-flight refuses.
    """
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._NormBase) and module.running_mean is not None:
            module.eval()
            module.__dict__["train"] = MethodType(_stays_in_evaluation, module)
        if isinstance(module, nn.modules.dropout._DropoutNd):
            module.p = 0.0
        _without_probabilities(module)
        if hasattr(module, "config"):
            _without_probabilities(module.config)


def _without_probabilities(owner: object) -> None:
    for name, value in list(getattr(owner, "__dict__", {}).items()):
        if isinstance(value, float) and any(part in name for part in _RANDOM):
            setattr(owner, name, 0.0)


def _stays_in_evaluation(module: nn.Module, _mode: bool = True) -> nn.Module:
    return module
