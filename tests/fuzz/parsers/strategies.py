"""Strategies: what a coordinator keeps between rounds, and the replies that it gets."""

from pathlib import Path
from typing import Final

from tests.fuzz.parser import PUBLIC, Build, Parser, all_of, safetensors_reader, site_key


def server_state(folder: Path) -> Parser:
    import numpy as np

    from cloister.server.evidence import Round
    from cloister.strategies.server_state import Inputs, RoundRecord, ServerState

    record = RoundRecord(1, ("north",), {"south": "no-reply"}, 1.5, 10, 20, {"auroc": 0.5})
    weights = {"w": np.ones(2, np.float32)}
    moments = {"m/w": weights["w"]}
    state = ServerState("0" * 64, "1" * 32, 1, weights, moments, (record,), inputs=Inputs("2" * 64, ("3" * 64,)))
    state.save(folder / "s.safetensors")

    def read(path: Path) -> object:
        rounds = [Round.of(record) for record in ServerState.load(path, arrays=False).history]
        return rounds, ServerState.load(path).receipts

    return safetensors_reader((folder / "s.safetensors").read_bytes(), read)


def round_in_flight(folder: Path) -> Parser:
    import numpy as np

    from cloister.privacy.secure_aggregation.messages import RoundId
    from cloister.privacy.secure_aggregation.site import SiteRound, Terms
    from cloister.strategies.in_flight import InFlight

    _, ad = SiteRound.advertise("north", RoundId("0" * 32, 1), Terms(2), site_key(1))
    kept = InFlight(
        "0" * 32, 1, "0" * 32, (ad,), {"north": {"south": b"\x01"}}, np.ones(3, np.uint32), {"north": b"\x02"},
        {"south": "no-reply"}, (ad,),
    )  # fmt: skip
    kept.save(folder / "r.safetensors")
    return safetensors_reader((folder / "r.safetensors").read_bytes(), InFlight.load)


def reply(_: Path) -> Parser:
    """A reply as it comes out of Flower's own decoding, which may refuse it in any way (`asking.pull`)."""
    import numpy as np
    from flwr.app import Array, ArrayRecord, ConfigRecord, RecordDict
    from flwr.common.serde import recorddict_from_proto, recorddict_to_proto
    from flwr.proto.recorddict_pb2 import RecordDict as Proto

    from cloister.privacy.secure_aggregation import wire
    from cloister.privacy.secure_aggregation.wire import MASKED, SECURE
    from cloister.strategies.reply_check import check_reply
    from cloister.study.arrays import decoded, from_record, to_record
    from cloister.study.errors import UpdateRefusedError
    from cloister.study.identity_proof import is_proof

    like = {"weight": np.arange(4, dtype=np.float32)}
    config = ConfigRecord({"site": "north", "proof": b"\x01" * 64})
    secure = ConfigRecord({**wire.by_site_to_wire("seed", {"south": b"\x01" * 33}), "signature": b"\x02" * 64})
    twice = {"arrays": to_record(like), MASKED: ArrayRecord({MASKED: Array(like["weight"])})}
    genuine = RecordDict({**twice, SECURE: secure, "config": config})

    def read(data: bytes, _: Path) -> object:
        try:
            content = recorddict_from_proto(Proto.FromString(data))
        except Exception as problem:  # noqa: BLE001 (Flower's)
            raise UpdateRefusedError(str(problem)) from None
        check_reply(content, {"arrays", MASKED, SECURE, "config"}, 2000)
        given = content.config_records.get(SECURE, ConfigRecord())
        answer = content.config_records.get("config", ConfigRecord())
        arrays = {name: array for record in content.array_records.values() for name, array in record.items()}
        return all_of(
            lambda: is_proof(answer.get("proof"), PUBLIC, "north", 1, "0" * 64),
            lambda: from_record(content.array_records.get("arrays", ArrayRecord()), like),
            lambda: [decoded(name, array.data, (4,), like["weight"].dtype) for name, array in arrays.items()],
            lambda: wire.revealed_from_wire("north", given),
            lambda: wire.bytes_from_wire(given, "signature"),
            lambda: wire.advertisements_from_wire(given),
        )

    return Parser(recorddict_to_proto(genuine).SerializeToString(), read)


PARSERS: Final[dict[str, Build]] = {
    "server state": server_state,
    "round in flight": round_in_flight,
    "reply": reply,
}
