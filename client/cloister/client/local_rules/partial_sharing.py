"""Partial sharing at a site: personal parameters are trained with the others and stay.

In a private study they are trained with the same noisy gradients, so keeping them costs nothing more.
"""

from __future__ import annotations

from torch import nn

from cloister.client.local_rules.rule import Learnt, LocalRule, Work
from cloister.study.arrays import Arrays
from cloister.study.errors import StudyError
from cloister.study.personal import shared
from cloister.tasks.parameters import load_trainable, trainable_arrays

_NORMALISATION = (nn.GroupNorm, nn.LayerNorm, nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d)


class PartialSharing(LocalRule):
    """Receives, trains and sends the shared parameters beside its own personal ones."""

    keeps_state = True

    def receives(self, trainable: Arrays) -> Arrays:
        """The shared parameters."""
        return shared(trainable, self.study.strategy.personal or ())

    def sends(self, trainable: Arrays) -> Arrays:
        """The shared parameters."""
        return self.receives(trainable)

    def learn(self, work: Work, received: Arrays, kept: Arrays) -> Learnt:
        """See the class."""
        own = kept or trainable_arrays(work.model)
        load_trainable(work.model, own | received)
        work.train(work.gradient)
        after = trainable_arrays(work.model)
        update = {name: after[name] - received[name] for name in received}
        return Learnt(update, {name: value for name, value in after.items() if name not in received})


class FedBn(PartialSharing):
    """Partial sharing whose personal parameters are those of the normalisation layers, all of them and no others."""

    def learn(self, work: Work, received: Arrays, kept: Arrays) -> Learnt:
        """See the class.

        Raises:
            StudyError: `strategy.personal` names something else.
        """
        normalising = {
            f"{name}.{parameter}"
            for name, module in work.model.named_modules()
            if isinstance(module, _NORMALISATION)
            for parameter, _ in module.named_parameters(recurse=False)
        }
        trainable = trainable_arrays(work.model).keys()
        unlike = (normalising & trainable) ^ (trainable - received.keys())
        if unlike:
            raise StudyError(
                f"strategy.personal: FedBN keeps what normalises and nothing else; {min(unlike)} is on one side only.",
                "Correct the patterns, or name the strategy 'fedper'.",
            )
        return super().learn(work, received, kept)
