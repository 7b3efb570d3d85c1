"""Privacy: the ledger, its cache, and the messages and kept state of secure aggregation."""

import json
from pathlib import Path
from typing import Final

from tests.fuzz.parser import KEY, SIGNER, Build, Parser, all_of, file_reader, site_key


def ledger(folder: Path) -> Parser:
    from cloister.privacy.ledger.ledger import Ledger

    Ledger.create(folder / "ledger.sqlite", KEY).close()
    return Parser(
        (folder / "ledger.sqlite").read_bytes(),
        file_reader("ledger.sqlite", lambda path: Ledger.open(path, KEY).close()),
    )


def state_of_a_round(__: Path) -> Parser:
    from cloister.privacy.secure_aggregation.messages import RoundId
    from cloister.privacy.secure_aggregation.site import SiteRound, Terms

    state, own = SiteRound.advertise("north", RoundId("0" * 32, 1), Terms(2), SIGNER)
    _, other = SiteRound.advertise("south", RoundId("0" * 32, 1), Terms(2), site_key(2))
    shared, _ = state.share([own, other], {"north": _public(1), "south": _public(2)})
    return Parser(shared.to_json(), lambda data, _: SiteRound.from_json(data).to_json())


def _public(number: int) -> bytes:
    return (SIGNER if number == 1 else site_key(number)).public_key().public_bytes_raw()


def wire_messages(__: Path) -> Parser:
    """Every message of the protocol, as its fields come out of Flower's record: bytes are written in hexadecimal."""
    from cloister.privacy.secure_aggregation import wire
    from cloister.privacy.secure_aggregation.messages import RoundId
    from cloister.privacy.secure_aggregation.site import SiteRound, Terms
    from cloister.study.untrusted_json import parse_json

    round_id = RoundId("0" * 32, 1)
    identities = {"north": _public(1), "south": _public(2)}
    state, own = SiteRound.advertise("north", round_id, Terms(2), SIGNER)
    _, other = SiteRound.advertise("south", round_id, Terms(2), site_key(2))
    fields = {
        **wire.advertisements_to_wire([own, other]),
        **wire.by_site_to_wire("sealed", {"south": b"\x01" * 96}),
        **wire.by_site_to_wire("agreement", {"north": b"\x02" * 64, "south": b"\x03" * 64}),
        **wire.by_site_to_wire("seed", {"south": b"\x01" * 33}),
        "session": "0" * 32,
        "cohort": ["north", "south"],
        "signature": b"\x04" * 64,
    }

    def plain(value: object) -> object:
        if isinstance(value, list):
            return [plain(part) for part in value]
        return {"hex": value.hex()} if isinstance(value, bytes) else value

    def of_plain(value: object) -> object:
        if isinstance(value, list):
            return [of_plain(part) for part in value]
        if isinstance(value, dict):
            try:
                return bytes.fromhex(str(value.get("hex")))
            except ValueError:
                return b""
        return value

    def read(data: bytes, _: Path) -> object:
        try:
            given = {name: of_plain(value) for name, value in dict(parse_json(data)).items()}
        except (ValueError, TypeError):
            return None
        return all_of(
            lambda: state.share(wire.advertisements_from_wire(given), identities),
            lambda: wire.text_from_wire(given, "session"),
            lambda: wire.bytes_from_wire(given, "signature"),
            lambda: wire.names_from_wire(given, "cohort"),
            lambda: wire.by_site_from_wire("sealed", given),
            lambda: wire.revealed_from_wire("south", given),
        )

    return Parser(json.dumps({name: plain(value) for name, value in fields.items()}).encode(), read)


PARSERS: Final[dict[str, Build]] = {
    "ledger": ledger,
    "state of a round": state_of_a_round,
    "messages of secure aggregation": wire_messages,
}
