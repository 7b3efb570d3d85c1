"""Error feedback: what an encoding lost of an update is added to the next one (EF-SGD, Karimireddy et al. 2019).

    p = update + residual       sent = C(p)       residual for the next round = p - sent

The residual stays at the site, with the state after this contribution (`local_state`): if the coordinator never counted
the update, the next round begins with the residual that this one began with. It is computed from updates that carry
their noise, so in a private study it costs nothing; a site keeps it under its folder's protection all the same.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cloister.privacy.randomness import RandomStream
from cloister.privacy.secure_aggregation.compressed_sum import compressed_sum_of
from cloister.privacy.secure_aggregation.fixed_point import Words
from cloister.study.arrays import Arrays, joined, split
from cloister.study.compression.catalogue import encoding_of
from cloister.study.compression.encoding import Parts
from cloister.study.schema import Study

_RESIDUAL = "residual/"
"""Prefix of its arrays among those that a site keeps."""


@dataclass(frozen=True)
class Compressed:
    """What becomes of an update.

    Args:
        sent: what leaves: arrays of the encoding, or words that are yet to be masked.
        kept: the residual, to be kept with the rest of the site's state.
    """

    sent: Parts | Words
    kept: Arrays


def compress(update: Arrays, kept: Arrays, study: Study, site: str, number: int, random: RandomStream) -> Compressed:
    """Encode an update.

    Args:
        update: checked, to be sent.
        kept: what the round before kept; without a residual in the first.
        study: with a compression.
        site: this site's name.
        number: the round.
        random: for rounding.
    """
    values = joined(update)
    before = {name.removeprefix(_RESIDUAL): value for name, value in kept.items() if name.startswith(_RESIDUAL)}
    masked = compressed_sum_of(study, number, len(values)) if study.federation.is_secure else None
    clear = None if masked is not None else encoding_of(study, number, len(values))
    sent: Parts | Words
    if masked is not None:
        weights = study.strategy.weights
        values = values * np.float32(1.0 if weights is None else weights[site] / max(weights.values()))
    if before:
        values = values + joined(before)
    if masked is not None:
        sent = masked.encode(values, random)
        meant = masked.decode(sent)
    else:
        assert clear is not None  # noqa: S101 - the caller has a study with a compression
        sent = clear.encode(values, random.uniform)
        meant = clear.decode(sent)
    residual = split(values - meant, update)
    return Compressed(sent, {_RESIDUAL + name: value for name, value in residual.items()})


def without_residual(kept: Arrays) -> Arrays:
    """What is kept besides."""
    return {name: value for name, value in kept.items() if not name.startswith(_RESIDUAL)}
