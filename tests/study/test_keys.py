"""Sub-keys and pseudonyms cannot be joined across purposes, collections or sites."""

import hmac
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloister.study.errors import CertificateError, InputError, MissingFileError
from cloister.study.keys import SiteKey, keyed_hash
from cloister.study.population import (
    canonical_patient,
    is_record_number,
    ledger_id,
    patient_key,
    read_population,
    write_population,
)

KEY, OTHER = SiteKey(bytes(range(32))), SiteKey(bytes(32))
names = st.text(st.characters(), max_size=20)  # halves of characters too: names of files hold them


@given(st.lists(names, max_size=4), st.lists(names, max_size=4))
def test_hashed_sequences_collide_only_if_equal(first: list[str], second: list[str]) -> None:
    same = keyed_hash(b"k", *first) == keyed_hash(b"k", *second)
    assert same == (first == second)


@given(st.text(max_size=20))
def test_the_hash_of_a_text_is_that_of_its_utf_8(text: str) -> None:
    encoded = text.encode()
    assert keyed_hash(b"k", text) == hmac.digest(b"k", len(encoded).to_bytes(8, "big") + encoded, "sha256")


@given(st.text(max_size=20), st.text(max_size=20))
def test_subkeys_differ_by_purpose_collection_and_key(first: str, second: str) -> None:
    assert KEY.subkey("patient", first) != KEY.subkey("uid", first)
    assert KEY.subkey("patient", first) != OTHER.subkey("patient", first)
    assert (KEY.subkey("patient", first) == KEY.subkey("patient", second)) == (first == second)


@given(st.from_regex(r"[A-Za-z0-9]{1,12}", fullmatch=True))
def test_writing_a_record_number_differently_is_the_same_patient(number: str) -> None:
    variants = [number.lower(), number.upper(), f"00{number}", "-".join(number), f" {number} "]
    keys = {patient_key(KEY, "records", "St Mary", variant) for variant in variants}
    assert keys == {patient_key(KEY, "records", "st mary ", number)}


def test_a_patient_has_unlike_keys_in_two_collections_but_one_ledger_id() -> None:
    assert patient_key(KEY, "a", "x", "17") != patient_key(KEY, "b", "x", "17")
    assert patient_key(KEY, "a", "x", "17") != patient_key(KEY, "a", "y", "17")
    assert ledger_id(KEY, "x", "0017") == ledger_id(KEY, "x", "17")
    assert ledger_id(KEY, "x", "17") not in patient_key(KEY, "a", "x", "17").lower()


def test_a_record_number_of_zeros_is_still_a_record_number() -> None:
    assert canonical_patient("x", "000") != canonical_patient("x", "")


@pytest.mark.parametrize("text", ["½", "²", "①②③", "--", "", "\u0e38", "\u200d", "Ⓐ"])
def test_a_record_number_has_a_letter_or_a_digit(text: str) -> None:
    assert not is_record_number(text)
    assert all(is_record_number(f"{text}{sign}") for sign in "a7٣ä田")


@given(st.text(max_size=5))
def test_no_two_records_are_one_for_want_of_a_number(text: str) -> None:
    assert not is_record_number(text) or canonical_patient("x", text)[1]


def test_a_population_opens_only_with_its_key_and_collection(tmp_path: Path) -> None:
    members = {"PATIENT": "ledger"}
    write_population(tmp_path, KEY, "records", members)
    assert read_population(tmp_path, KEY, "records") == members
    assert b"ledger" not in (tmp_path / "population.sealed").read_bytes()
    for key, collection in [(OTHER, "records"), (KEY, "other")]:
        with pytest.raises(CertificateError):
            read_population(tmp_path, key, collection)


@given(position=st.integers(0, 60))
def test_an_altered_population_does_not_open(tmp_path_factory: pytest.TempPathFactory, position: int) -> None:
    folder = tmp_path_factory.mktemp("population")
    write_population(folder, KEY, "records", {"PATIENT": "ledger"})
    content = bytearray((folder / "population.sealed").read_bytes())
    content[position % len(content)] ^= 1
    (folder / "population.sealed").write_bytes(content)
    with pytest.raises(CertificateError):
        read_population(folder, KEY, "records")


def test_key_files_are_private_kept_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "site.key"
    KEY.write(path)
    assert path.stat().st_mode & 0o077 == 0
    assert SiteKey.read(path) == KEY
    with pytest.raises(InputError, match="exists already"):
        OTHER.write(path)
    path.write_text("not a key")
    with pytest.raises(InputError, match="not a site key"):
        SiteKey.read(path)
    with pytest.raises(MissingFileError):
        SiteKey.read(tmp_path / "none.key")


def test_a_key_does_not_show_its_secret() -> None:
    assert KEY.secret.hex() not in repr(KEY)
    assert KEY.key_id not in KEY.secret.hex()
