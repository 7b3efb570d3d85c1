"""Random edits of a genuine input."""

import random

NASTY = (
    b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xc3", b"\xd9\xa1", b"\r", b"\n", b'"', b"'", b"\\", b"|", b"^", b"~",
    b"{", b"}", b"[]", b"{}", b'""', b"[" * 3000, b"(" * 3000, b"null", b"true",
    b"-1", b"0", b"1_0", b"4294967296", b"1e999", b"NaN", b"inf", b"Infinity", b"9" * 40, b"9" * 400, b"9" * 5000,
    b"BF16", b"F8_E4M3",
    b"../../etc/passwd", b"%00", b"&#x110000;", b"<!ENTITY a 'b'>", b"\\ud800", b"\\u0000", b"=?utf-8?b?/w==?=",
    b"\\u-70000 ", b"\\bin99999999 ", b"0001-01-01T00:00:00Z", b"9999-12-31T23:59:59Z",
)  # fmt: skip
"""What parsers stumble over: depth, size, signs of their own syntax, halves of characters, the ends of time."""


def damaged(genuine: bytes, chance: random.Random) -> bytes:
    """One to six edits: a byte, a bit, a piece cut out, doubled, moved or put in."""
    data = bytearray(genuine)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice((1, 2, 4, 8, 64, 1024)))
        match chance.randrange(6):
            case 0:
                data[at:at] = chance.choice(NASTY)
            case 1:
                data[at:end] = chance.choice(NASTY)
            case 2:
                del data[at:end]
            case 3:
                data[at:at] = data[at:end]
            case 4 if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case _:
                data = data[:at] if chance.random() < 0.2 else data + data[at:end]
    return bytes(data)
