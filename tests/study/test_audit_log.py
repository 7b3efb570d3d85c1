"""The audit log: nobody edits it unseen, anybody can verify an export, and nothing younger than six years goes."""

import hashlib
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cloister.study.audit_entry import AuditEntry, person, run_of
from cloister.study.audit_log import KEPT_FOR, AuditLog
from cloister.study.errors import AuditLogError, EgressError, InputError
from cloister.study.keys import SiteKey

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = SiteKey(bytes(range(32)))


@pytest.fixture
def log(tmp_path: Path) -> AuditLog:
    return AuditLog(tmp_path / "audit.sqlite", KEY, tmp_path / "anchors")


def filled(log: AuditLog, times: list[datetime]) -> None:
    for number, at in enumerate(times, 1):
        log.append(AuditEntry(event="answered", at=at, study="heart", round=number, kind="train"))


def verified_independently(export: bytes, public_key: str) -> int:
    """As an auditor would, from the documented format alone: no code of Cloister's."""
    first, *lines = export.removesuffix(b"\n").split(b"\n")
    document = json.loads(first)
    assert document["format"] == "cloister/audit-export/1"
    assert document["public_key"] == public_key
    body = document["body"]
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    message = b"cloister/audit-export/1\n" + canonical
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(bytes.fromhex(document["signature"]), message)
    head = "0" * 64
    for line in lines:
        head = hashlib.sha256(head.encode() + line).hexdigest()
    assert (head, len(lines)) == (body["head"], body["entries"])
    sequences = [json.loads(line)["sequence"] for line in lines]
    assert sequences == list(range(sequences[0], sequences[0] + len(sequences)))
    return len(lines)


def test_entries_come_back_in_order_with_their_numbers(log: AuditLog) -> None:
    assert log.entries() == []
    filled(log, [NOW, NOW + timedelta(seconds=1)])
    assert [(entry["sequence"], entry["round"]) for entry in log.entries()] == [(1, 1), (2, 2)]
    assert (log.latest("answered") or {})["round"] == 2
    assert log.latest("refused") is None


EDITS = {
    "a changed round": "UPDATE entries SET content = CAST(replace(content, '\"round\":2', '\"round\":7') AS BLOB)",
    "a removed entry": "DELETE FROM entries WHERE sequence = 2",
    "a removed beginning": "DELETE FROM entries WHERE sequence = 1",
    "a removed end": "DELETE FROM entries WHERE sequence = 3",
    "everything removed": "DELETE FROM entries",
    "an entry more": "INSERT INTO entries SELECT 4, content, link FROM entries WHERE sequence = 3",
    "values of other types": "CREATE TABLE others (sequence, content, link); INSERT INTO others SELECT 'x', content, "
    "hex(link) FROM entries; DROP TABLE entries; ALTER TABLE others RENAME TO entries",
    "a changed link": "UPDATE entries SET link = zeroblob(32) WHERE sequence = 1",
    "a forged removal": 'UPDATE entries SET content = CAST(\'{"event":"pruned","through":1,"link":"\' || '
    '(SELECT lower(hex(link)) FROM entries WHERE sequence = 1) || \'","sequence":3}\' AS BLOB) WHERE sequence = 3; '
    "DELETE FROM entries WHERE sequence = 1",
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS.keys())
def test_an_edited_log_is_found_out(log: AuditLog, edit: str) -> None:
    filled(log, [NOW] * 3)
    book = sqlite3.connect(log.path)
    book.executescript(edit)
    book.close()
    with pytest.raises(AuditLogError):
        log.entries()
    with pytest.raises(AuditLogError):
        log.export(log.path.with_name("export"), "north", NOW)


def test_a_log_that_is_gone_is_not_silently_begun_anew(log: AuditLog) -> None:
    filled(log, [NOW])
    log.path.unlink()
    with pytest.raises(AuditLogError, match="are not there"):
        log.entries()
    with pytest.raises(AuditLogError, match="are not there"):
        filled(log, [NOW])


def test_another_key_cannot_go_on_with_it(log: AuditLog, tmp_path: Path) -> None:
    filled(log, [NOW])
    forger = AuditLog(log.path, SiteKey.generate(), tmp_path / "elsewhere")
    filled(forger, [NOW])
    with pytest.raises(AuditLogError):
        log.entries()


def test_an_export_is_verified_without_our_code_and_without_the_key(log: AuditLog, tmp_path: Path) -> None:
    filled(log, [NOW] * 3)
    assert log.export(tmp_path / "export", "north", NOW) == 3
    assert verified_independently((tmp_path / "export").read_bytes(), log.public_key) == 3


@pytest.mark.parametrize(
    "change", [(b'"round":2', b'"round":9'), (b'"entries":3', b'"entries":2'), (b"north", b"south")]
)
def test_an_altered_export_does_not_verify(log: AuditLog, tmp_path: Path, change: tuple[bytes, bytes]) -> None:
    filled(log, [NOW] * 3)
    log.export(tmp_path / "export", "north", NOW)
    altered = (tmp_path / "export").read_bytes().replace(*change)
    with pytest.raises((AssertionError, InvalidSignature)):
        verified_independently(altered, log.public_key)


def test_a_shortened_export_does_not_verify(log: AuditLog, tmp_path: Path) -> None:
    filled(log, [NOW] * 3)
    log.export(tmp_path / "export", "north", NOW)
    lines = (tmp_path / "export").read_bytes().splitlines(keepends=True)
    for left in (lines[:-1], [lines[0], *lines[2:]], [lines[0], lines[2], lines[1], lines[3]]):
        with pytest.raises(AssertionError):
            verified_independently(b"".join(left), log.public_key)


def test_only_what_is_older_than_six_years_is_removed_and_that_is_on_record(log: AuditLog, tmp_path: Path) -> None:
    old, kept = NOW - KEPT_FOR - timedelta(days=1), NOW - KEPT_FOR + timedelta(days=1)
    filled(log, [old, old, kept, NOW])
    assert log.prune(NOW, "Dr. A. Officer") == 2
    assert [entry["sequence"] for entry in log.entries()] == [3, 4, 5]
    assert (log.entries()[-1]["event"], log.entries()[-1]["through"]) == ("pruned", 2)
    assert log.prune(NOW, "Dr. A. Officer") == 0
    filled(log, [NOW])
    log.export(tmp_path / "export", "north", NOW)
    assert verified_independently((tmp_path / "export").read_bytes(), log.public_key) == 4
    assert log.prune(NOW + timedelta(days=7), "Dr. A. Officer") == 1
    assert [entry["sequence"] for entry in log.entries()] == [4, 5, 6, 7]


def test_after_a_removal_the_rest_cannot_lose_its_beginning(log: AuditLog) -> None:
    filled(log, [NOW - KEPT_FOR - timedelta(days=1), NOW, NOW, NOW])
    log.prune(NOW, "Dr. A. Officer")
    book = sqlite3.connect(log.path)
    book.executescript("DELETE FROM entries WHERE sequence = 2")
    book.close()
    with pytest.raises(AuditLogError, match="missing"):
        log.entries()


def test_a_bound_on_entries_of_a_round_holds(log: AuditLog) -> None:
    entry = AuditEntry(event="answered", at=NOW, run="a" * 32, round=1)
    other = AuditEntry(event="answered", at=NOW, run="b" * 32, round=1)
    for _ in range(3):
        log.append(entry, at_most=3)
    with pytest.raises(EgressError):
        log.append(entry, at_most=3)
    log.append(other, at_most=3)
    assert log.has(other)
    assert not log.has(AuditEntry(event="answered", at=NOW, run="c" * 32, round=1))


def test_the_file_is_its_owners_alone(log: AuditLog) -> None:
    filled(log, [NOW])
    assert log.path.stat().st_mode & 0o077 == 0


TEXT_FIELDS = ["event", "study", "site", "study_sha256", "run", "kind", "sha256", "link", "by", "subject"]


@pytest.mark.parametrize("field", TEXT_FIELDS)
@pytest.mark.parametrize("text", ["Maria Kowalski, 1951-03-07", "MRN 00482913", "a@b.example", "note.txt\n"])
def test_no_field_takes_text(field: str, text: str) -> None:
    with pytest.raises(ValidationError):
        AuditEntry.model_validate({"event": "answered", "at": NOW, field: text})


@pytest.mark.parametrize("code", ["Maria", "maria-kowalski", "unknown-maria", ""])
def test_a_failure_is_a_code(code: str) -> None:
    with pytest.raises(ValidationError):
        AuditEntry(event="round-finished", at=NOW, failed={"north": code})
    AuditEntry(event="round-finished", at=NOW, failed={"north": "no-reply", "south": "budget-exhausted"})


@given(st.text(max_size=80))
def test_a_run_is_recorded_as_hexadecimal_digits(text: str) -> None:
    run = run_of(text)
    assert run is not None
    assert AuditEntry(event="answered", at=NOW, run=run).run == run


@given(st.text(max_size=80))
def test_whoever_can_be_named_can_stand_in_an_entry(name: str) -> None:
    try:
        named: str | None = person(name)
    except InputError:
        named = None
    try:
        entry = AuditEntry(event="study-approved", at=NOW, by=name).by
    except ValidationError:
        entry = None
    assert entry == named


@pytest.mark.parametrize("name", ["Dr. A. Officer", "Zoë O’Brien-Łęcka", "svc-cloister01", "root", "the board"])
def test_people_and_accounts_can_be_named(name: str) -> None:
    assert AuditEntry(event="study-approved", at=NOW, by=person(name)).by == name
