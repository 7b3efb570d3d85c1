"""The egress guard: the last look at what leaves a site.

An update may hold the model's trainable parameters and nothing else: their names, shapes and dtype, finite values.
An answer may hold what its kind of message needs and nothing else:

    message                 records of the answer
    query.identify          config: the site's public name, and the signature that proves it
    train, in the clear     arrays: the model's float32 vector, of the name (which tells all parameters' names and
                            shapes) and size that arrived, or, if the study compresses, those of its encoding
    train, masked           masked: one uint32 vector, no longer than what arrived; secure
    query.secure_…          secure: keys, commitments, signatures, sealed shares; names of the study's sites

No other string, no count, no metric. A study that is to be masked sends nothing in the clear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from cloister.study.arrays import LARGEST_VALUE, PARAMETERS, is_finite, parts_in_record
from cloister.study.compression.catalogue import encoding_of
from cloister.study.compression.encoding import shaped
from cloister.study.errors import CloisterError, EgressError, UpdateRefusedError
from cloister.study.identity_proof import PROOF_BYTES, PROOF_KEY

if TYPE_CHECKING:
    from flwr.app import ArrayRecord, ConfigRecord, Message, RecordDict

    from cloister.study.schema import Study

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
        if not is_finite(values):
            raise UpdateRefusedError(f"{name}: holds values that are not finite.", remedy)


LONGEST_SECRET: Final = 4096
"""Bytes of a key, a commitment, a signature or a sealed share."""
ANSWERED: Final = frozenset(
    {"query.identify", "train", "query.secure_advertise", "query.secure_share", "query.secure_unmask"}
)
"""Kinds of messages that sites answer."""
_CONFIG, _ARRAYS, _MASKED, _SECURE = "config", "arrays", "masked", "secure"
_SECURE_FIELDS = re.compile(
    r"ad-(sites|sealing-keys|mask-keys|commitments|signatures)|(shared|seed|mask-key|sealed)-(sites|values)|signature"
)
_NUMPY_HEADER = 1024


def check_reply(reply: Message, request: Message, study: Study, site: str) -> None:
    """Refuse an answer that holds anything but what its kind of message needs.

    Args:
        reply: what is about to be sent.
        request: what it answers.
        study: the admitted study.
        site: this site's public name.

    Raises:
        EgressError: naming the record and what is wrong with it; never a value.
    """
    if (reply.metadata.group_id, reply.metadata.message_type) != (
        request.metadata.group_id,
        request.metadata.message_type,
    ):
        raise _refused("metadata", "not that of an answer to this message")
    if reply.has_error():
        if reply.error.reason or not 9400 <= reply.error.code <= 9499:
            raise _refused("error", "a refusal is a number of Cloister's without text")
        return
    content, kind = reply.content, request.metadata.message_type
    allowed = _records(kind, study)
    found = set(content)
    if found != allowed or set(content.metric_records):
        raise _refused(", ".join(sorted(found ^ allowed)) or "metrics", f"not what answers {kind}")
    if _CONFIG in allowed:
        _check_name(content.config_records[_CONFIG], site)
    if _SECURE in allowed:
        _check_secure(content.config_records[_SECURE], study)
    if _ARRAYS in allowed:
        _check_arrays(content.array_records[_ARRAYS], request.content, study)
    if _MASKED in allowed:
        _check_masked(content.array_records[_MASKED], request.content.array_records[_ARRAYS])


def _check_name(record: ConfigRecord, site: str) -> None:
    said = dict(record)
    proof = said.pop(PROOF_KEY, None)
    if said != {"site": site} or not (proof is None or (isinstance(proof, bytes) and len(proof) == PROOF_BYTES)):
        raise _refused(_CONFIG, "holds more than the site's name and its proof")


def _records(kind: str, study: Study) -> set[str]:
    if kind == "query.identify":
        return {_CONFIG}
    if kind == "train":
        return {_MASKED, _SECURE} if study.federation.is_secure else {_ARRAYS}
    if kind in ANSWERED:
        return {_SECURE}
    raise _refused(repr(kind[:64]), "not a kind of message that sites answer")


def _check_secure(record: ConfigRecord, study: Study) -> None:
    sites = set(study.federation.sites)
    for name, value in record.items():
        if not _SECURE_FIELDS.fullmatch(name):
            raise _refused(f"{_SECURE}/{name[:64]!r}", "not a field of the protocol")
        parts = value if isinstance(value, list) else [value]
        if len(parts) > len(sites):
            raise _refused(f"{_SECURE}/{name}", "has more parts than the study has sites")
        for part in parts:
            named = isinstance(part, str) and name.endswith("-sites") and part in sites
            sealed = isinstance(part, bytes) and not name.endswith("-sites") and len(part) <= LONGEST_SECRET
            if not named and not sealed:
                raise _refused(f"{_SECURE}/{name}", "holds what the protocol does not send")


def _check_arrays(record: ArrayRecord, request: RecordDict, study: Study) -> None:
    received = request.array_records[_ARRAYS]
    try:
        values = _decoded(record, received, request, study)
    except CloisterError as problem:
        raise _refused(_ARRAYS, problem.message) from None
    for name, array in values.items():
        if array.size and float(np.abs(array).max()) > LARGEST_VALUE:
            raise _refused(f"{_ARRAYS}/{name}", f"holds values beyond {LARGEST_VALUE:g}")


def _decoded(record: ArrayRecord, received: ArrayRecord, request: RecordDict, study: Study) -> Arrays:
    config: Mapping[str, object] = request.config_records.get(_CONFIG) or {}
    encoding = encoding_of(study, int(str(config.get("server-round", 0))), _values(received))
    if encoding is not None:
        return {"compressed": encoding.decode(parts_in_record(record, encoding.parts))}
    arrived = {name: tuple(array.shape) for name, array in received.items() if name.startswith(PARAMETERS)}
    if not arrived:
        raise _refused(_ARRAYS, "answers no model")
    return parts_in_record(record, {name: shaped(np.float32, shape) for name, shape in arrived.items()})


def _values(record: ArrayRecord) -> int:
    return sum(int(np.prod(tuple(array.shape), dtype=np.int64)) for array in record.values())


def _check_masked(record: ArrayRecord, received: ArrayRecord) -> None:
    longest = _values(received)
    if set(record) != {_MASKED}:
        raise _refused(_MASKED, "holds more than the vector")
    vector = record[_MASKED]
    shape = tuple(vector.shape)
    if vector.dtype != "uint32" or vector.stype != "numpy.ndarray" or len(shape) != 1 or not 0 < shape[0] <= longest:
        raise _refused(_MASKED, f"is {vector.dtype} of shape {shape}, where at most {longest} arrived")
    if len(vector.data) > 4 * shape[0] + _NUMPY_HEADER:
        raise _refused(_MASKED, "has more bytes than its shape holds")
    decoded = vector.numpy()
    if decoded.shape != shape or decoded.dtype != np.uint32:
        raise _refused(_MASKED, "is not what it says")


def _refused(what: str, why: str) -> EgressError:
    return EgressError(f"{what}: {why}.", "Nothing was sent. This is a fault of Cloister's: report it.")
