"""The egress guard: the last look at what leaves a site.

An update may hold the model's trainable parameters and nothing else: their names, shapes and dtype, finite values.
No string but the site's public name, no count, no metric.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from cloister.study.errors import UpdateRefusedError

Arrays = Mapping[str, NDArray[np.float32]]


def check_update(update: Arrays, received: Arrays) -> None:
    """Refuse an update that is not a difference of exactly the arrays received.

    Raises:
        UpdateRefusedError: naming the array and what is wrong with it.
    """
    remedy = "This is a fault of the trainer: nothing was sent."
    if update.keys() != received.keys():
        raise UpdateRefusedError(f"{min(update.keys() ^ received.keys())}: not an array of the model.", remedy)
    for name, values in update.items():
        if values.dtype != np.float32 or values.shape != received[name].shape:
            raise UpdateRefusedError(f"{name}: {values.dtype} of shape {values.shape} may not leave.", remedy)
        if not np.isfinite(values).all():
            raise UpdateRefusedError(f"{name}: holds values that are not finite.", remedy)
