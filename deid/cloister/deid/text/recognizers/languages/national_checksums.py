"""Check digits of national identifiers. A value that fails its check is reported all the same, with a lower score."""

from __future__ import annotations

_DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE"
_CODICE_FISCALE_ODD = dict(
    zip(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        (1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16,
         10, 22, 25, 24, 23),
        strict=True,
    )
)  # fmt: skip


def dni(value: str) -> bool:
    """Spanish DNI and NIE: the letter is the number modulo 23 (Real Decreto 1553/2005); X, Y, Z count 0 to 2."""
    compact = _compact(value)
    number, letter = compact[:-1], compact[-1:]
    if number[:1] in {"X", "Y", "Z"}:
        number = str("XYZ".index(number[0])) + number[1:]
    return number.isascii() and number.isdecimal() and letter == _DNI_LETTERS[int(number) % 23]


def nass(value: str) -> bool:
    """Spanish social security number: province (2), number (8), then the whole modulo 97 (Orden TAS/819/2004)."""
    digits = _digit_text(value)
    if len(digits) != 12:
        return False
    province, number, check = digits[:2], digits[2:10], int(digits[10:])
    whole = int(province + (number if int(number) >= 10_000_000 else number[1:]))
    return whole % 97 == check


def steuer_id(value: str) -> bool:
    """German tax identification number: eleven digits, ISO 7064 MOD 11,10."""
    digits = _digits(value)
    if len(digits) != 11 or digits[0] == 0:
        return False
    product = 10
    for digit in digits[:10]:
        total = (digit + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10 == digits[10]


def kvnr(value: str) -> bool:
    """German health insurance number: a letter as two digits, eight digits, weights 1 2 alternately, modulo 10."""
    compact = _compact(value)
    if len(compact) != 10 or not "A" <= compact[0] <= "Z" or not compact[1:].isdecimal():
        return False
    digits = [int(digit) for digit in f"{ord(compact[0]) - 64:02}{compact[1:9]}"]
    weighted = [digit * (2 if position % 2 else 1) for position, digit in enumerate(digits)]
    return sum(product // 10 + product % 10 for product in weighted) % 10 == int(compact[9])


def identity_card(value: str) -> bool:
    """German identity card or passport: nine signs and a check digit, weights 7 3 1 (ICAO Doc 9303, part 3)."""
    compact = _compact(value)
    if len(compact) != 10 or not compact[9].isdecimal() or not compact.isalnum():
        return False
    numbers = [int(sign) if sign.isdecimal() else ord(sign) - 55 for sign in compact[:9]]
    return sum(number * (7, 3, 1)[position % 3] for position, number in enumerate(numbers)) % 10 == int(compact[9])


def ahv(value: str) -> bool:
    """Swiss AHV/AVS number: 13 digits that begin with 756, EAN-13."""
    digits = _digits(value)
    if len(digits) != 13:
        return False
    return sum(digit * (3 if position % 2 else 1) for position, digit in enumerate(digits)) % 10 == 0


def svnr(value: str) -> bool:
    """Austrian social security number: ten digits, the fourth is the sum of the others by weight, modulo 11."""
    digits = _digits(value)
    if len(digits) != 10:
        return False
    weights = (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)
    return sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 11 == digits[3]


def nir(value: str) -> bool:
    """French NIR: 13 signs and 97 minus them modulo 97; Corsica's 2A and 2B count as 19 and 18 (INSEE)."""
    compact = _compact(value)
    number = (compact[:5] + compact[5:7].replace("2A", "19").replace("2B", "18") + compact[7:])[:15]
    return len(compact) == 15 and number.isdecimal() and 97 - int(number[:13]) % 97 == int(number[13:])


def codice_fiscale(value: str) -> bool:
    """Italian fiscal code: 15 signs and a letter, their sum modulo 26 (D.M. 23 December 1976)."""
    compact = _compact(value)
    if len(compact) != 16 or not compact.isascii() or not compact.isalnum():
        return False
    total = sum(
        _CODICE_FISCALE_ODD[sign] if position % 2 == 0 else int(sign) if sign.isdecimal() else ord(sign) - 65
        for position, sign in enumerate(compact[:15])
    )
    return chr(total % 26 + 65) == compact[15]


def nif(value: str) -> bool:
    """Portuguese NIF: nine digits, weights 9 to 2, modulo 11."""
    digits = _digits(value)
    return len(digits) == 9 and _modulo_11(digits[:8], range(9, 1, -1)) == digits[8]


def cpf(value: str) -> bool:
    """Brazilian CPF: nine digits and two check digits, weights 10 to 2 and 11 to 2, modulo 11."""
    digits = _digits(value)
    if len(digits) != 11:
        return False
    first, second = _modulo_11(digits[:9], range(10, 1, -1)), _modulo_11(digits[:10], range(11, 1, -1))
    return digits[9:] == [first, second]


def bsn(value: str) -> bool:
    """Dutch BSN: nine digits, weights 9 to 2 and minus 1, divisible by 11 (the eleven test)."""
    digits = _digits(value)
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return (
        len(digits) == 9
        and any(digits)
        and sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 11 == 0
    )


def niss(value: str) -> bool:
    """Belgian national number: nine digits, then 97 minus them modulo 97; a 2 in front for births since 2000."""
    digits = _digit_text(value)
    return len(digits) == 11 and int(digits[9:]) in (97 - int(century + digits[:9]) % 97 for century in ("", "2"))


def _modulo_11(digits: list[int], weights: range) -> int:
    remainder = sum(weight * digit for weight, digit in zip(weights, digits, strict=True)) % 11
    return 0 if remainder < 2 else 11 - remainder


def _compact(value: str) -> str:
    """The letters and digits, in capitals."""
    return "".join(sign for sign in value.upper() if sign.isalnum())


def _digit_text(value: str) -> str:
    return "".join(sign for sign in value if sign in "0123456789")


def _digits(value: str) -> list[int]:
    return [int(sign) for sign in _digit_text(value)]
