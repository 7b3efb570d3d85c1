"""The audit log: nobody edits it unseen, anybody can verify an export, and nothing younger than six years goes."""

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cloister.study.anchor import Anchor, Mark
from cloister.study.audit_entry import AuditEntry, person, run_of
from cloister.study.audit_log import ALIKE, KEPT_FOR, AuditLog
from cloister.study.audit_report import report
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
    entries = [json.loads(line) for line in lines]
    for before, after in pairwise(entries):
        assert after["sequence"] == before["sequence"] + 1 or after["event"] == "anchored-anew"
    return len(lines)


def test_entries_come_back_in_order_with_their_numbers(log: AuditLog) -> None:
    assert log.entries() == []
    filled(log, [NOW, NOW + timedelta(seconds=1)])
    assert [(entry["sequence"], entry["round"]) for entry in log.entries()] == [(1, 1), (2, 2)]
    assert (log.latest("answered") or {})["round"] == 2
    assert log.latest("refused") is None


def test_the_latest_may_be_asked_for_of_a_study_or_of_a_round(log: AuditLog) -> None:
    mine, other = "1" * 64, "2" * 64
    log.append(AuditEntry(event="answered", at=NOW, study_sha256=mine, round=1))
    log.append(AuditEntry(event="answered", at=NOW, study_sha256=mine))
    log.append(AuditEntry(event="answered", at=NOW, study_sha256=other, round=7))
    asked = [log.latest("answered", study_sha256=mine, of_round=of_round) for of_round in (False, True)]
    assert [entry and entry["sequence"] for entry in asked] == [2, 1]
    assert log.latest("answered", study_sha256="3" * 64) is None


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
    "a removal without end": "DELETE FROM entries WHERE sequence = 1; UPDATE entries SET "
    """content = CAST('{"event":"pruned","through":-1e999,"link":"00"}' AS BLOB) WHERE sequence = 2""",
    "entries without end": "ALTER TABLE entries RENAME TO kept; CREATE VIEW entries AS WITH RECURSIVE n (i) AS "
    "(VALUES (1) UNION ALL SELECT i FROM n) SELECT -1 AS sequence, content, link FROM n, kept",
    "entries that are not kept": "CREATE TRIGGER t BEFORE INSERT ON entries BEGIN SELECT raise(ignore); END",
    "an entry after all others": "INSERT INTO entries VALUES (9223372036854775807, "
    """CAST('{"event":"anchored-anew"}' AS BLOB), zeroblob(32))""",
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


@pytest.mark.parametrize(
    "edit",
    [
        EDITS["an entry after all others"],
        "UPDATE tallies SET latest = 1000000000000",
        "UPDATE tallies SET code = 5",
    ],
)
def test_nothing_is_added_to_a_log_whose_numbers_are_none(log: AuditLog, edit: str) -> None:
    for _ in range(2):
        log.append(AuditEntry(event="refused", at=NOW, code=9410), an_hour=1)
    with closing(sqlite3.connect(log.path)) as book:
        book.executescript(edit)
    with pytest.raises(AuditLogError):
        log.append(AuditEntry(event="refused", at=NOW + timedelta(hours=2), code=9410), an_hour=1)


@pytest.mark.parametrize("damage", [(b'{"at"', b'["at"'), (b"heart", b"hear\xb4")])
def test_an_entry_that_is_no_json_any_more_is_an_error_of_the_log(log: AuditLog, damage: tuple[bytes, bytes]) -> None:
    filled(log, [NOW])
    log.path.write_bytes(log.path.read_bytes().replace(*damage))
    again = AuditEntry(event="answered", at=NOW, study="heart", round=1, kind="train")
    for read in (log.entries, lambda: log.latest("answered"), lambda: log.alike(again), lambda: log.append(again, 64)):
        with pytest.raises(AuditLogError):
            read()


def test_a_log_that_is_gone_is_not_silently_begun_anew(log: AuditLog) -> None:
    filled(log, [NOW])
    log.path.unlink()
    with pytest.raises(AuditLogError, match="are not there"):
        log.entries()
    with pytest.raises(AuditLogError, match="are not there"):
        filled(log, [NOW])


def put_back(log: AuditLog, tmp_path: Path, times: int = 2) -> None:
    """Write three entries, copy the log, write more, and put the copy back: what a restored backup is."""
    filled(log, [NOW] * 3)
    shutil.copy(log.path, tmp_path / "copy")
    filled(log, [NOW] * times)
    shutil.copy(tmp_path / "copy", log.path)


def taken_up(log: AuditLog, reason: str = "The disk failed; this is last night's backup.") -> None:
    log.anchor_anew(NOW, "Dr. A. Officer", reason)


def told(log: AuditLog, *, as_json: bool = False) -> str:
    return report(log, "north", NOW, "Dr. A. Officer", verify=True, export=None, prune=False, as_json=as_json)[0]


def test_a_restored_log_is_taken_up_again_and_says_what_was_lost(log: AuditLog, tmp_path: Path) -> None:
    put_back(log, tmp_path)
    with pytest.raises(AuditLogError) as refused:
        filled(log, [NOW])
    assert "site audit --anchor-anew" in refused.value.remedy
    taken_up(log)
    filled(log, [NOW])
    anew = log.entries()[3]
    assert [entry["sequence"] for entry in log.entries()] == [1, 2, 3, 6, 7], "no number is used twice"
    assert (anew["event"], anew["by"], anew["lost"], anew["through"]) == ("anchored-anew", "Dr. A. Officer", 2, 5)
    assert "none is missing" not in told(log)
    assert "at least 2 before entry 6" in told(log)
    assert json.loads(told(log, as_json=True))["lost"] == [{"before": 6, "at": anew["at"], "at_least": 2}]


def test_a_log_without_losses_says_that_none_is_missing(log: AuditLog) -> None:
    filled(log, [NOW])
    assert "none is missing" in told(log)
    assert json.loads(told(log, as_json=True))["lost"] == []


def test_a_log_that_is_gone_for_good_is_taken_up_where_it_ended(log: AuditLog) -> None:
    filled(log, [NOW] * 3)
    log.path.unlink()
    taken_up(log)
    filled(log, [NOW])
    assert [(entry["sequence"], entry.get("lost")) for entry in log.entries()] == [(4, 3), (5, None)]
    assert "at least 3 before entry 4" in told(log)


def test_a_copy_that_went_on_elsewhere_is_taken_up_as_one_that_lost_something(log: AuditLog, tmp_path: Path) -> None:
    put_back(log, tmp_path, times=1)
    shutil.copytree(tmp_path / "anchors", tmp_path / "kept")
    shutil.rmtree(tmp_path / "anchors")
    taken_up(log, "Elsewhere.")
    filled(log, [NOW] * 3)
    shutil.rmtree(tmp_path / "anchors")
    shutil.copytree(tmp_path / "kept", tmp_path / "anchors")
    with pytest.raises(AuditLogError, match="up to 4"):
        filled(log, [NOW])
    taken_up(log)
    filled(log, [NOW])
    assert told(log).count("at least 1 before") == 1


def test_without_its_anchor_nobody_knows_how_much_was_lost(log: AuditLog, tmp_path: Path) -> None:
    put_back(log, tmp_path)
    shutil.rmtree(tmp_path / "anchors")
    taken_up(log)
    assert "nobody knows how many before entry 4" in told(log)


def test_the_reason_is_kept_beside_the_log_and_not_in_it(log: AuditLog, tmp_path: Path) -> None:
    put_back(log, tmp_path)
    taken_up(log, "The disk failed while Maria Kowalski was here.")
    assert b"Kowalski" not in log.path.read_bytes()
    kept = tmp_path / "audit-anchored-6.txt"
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == log.entries()[-1]["sha256"]
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_log_is_not_anchored_anew_without_a_reason(log: AuditLog, tmp_path: Path, reason: str) -> None:
    put_back(log, tmp_path)
    with pytest.raises(InputError, match="reason"):
        taken_up(log, reason)


def test_a_log_that_is_whole_is_not_anchored_anew(log: AuditLog) -> None:
    filled(log, [NOW])
    with pytest.raises(AuditLogError, match="nothing is missing"):
        taken_up(log)
    assert len(log.entries()) == 1


def test_an_altered_log_is_not_taken_up(log: AuditLog, tmp_path: Path) -> None:
    put_back(log, tmp_path)
    book = sqlite3.connect(log.path)
    book.executescript(EDITS["a changed round"])
    book.close()
    with pytest.raises(AuditLogError, match="altered"):
        taken_up(log)


def test_another_key_cannot_take_it_up(log: AuditLog, tmp_path: Path) -> None:
    put_back(log, tmp_path)
    with pytest.raises(AuditLogError, match="another key"):
        taken_up(AuditLog(log.path, SiteKey.generate(), tmp_path / "anchors"))


HIDES = {
    "the entry that tells of it": "DELETE FROM entries WHERE sequence = 6",
    "what stood before it": "DELETE FROM entries WHERE sequence = 3",
    "what came after it": "DELETE FROM entries WHERE sequence = 7",
    "its number": "UPDATE entries SET sequence = 4 WHERE sequence = 6; UPDATE entries SET sequence = 5 WHERE "
    "sequence = 7; UPDATE entries SET sequence = 6 WHERE sequence = 8",
    "how many were lost": "UPDATE entries SET content = CAST(replace(content, '\"lost\":2', '\"lost\":0') AS BLOB)",
    "more behind a second one": "UPDATE entries SET content = CAST(replace(content, '\"answered\"', "
    "'\"anchored-anew\"') AS BLOB) WHERE sequence = 8; DELETE FROM entries WHERE sequence = 7",
}


@pytest.mark.parametrize("edit", HIDES.values(), ids=HIDES.keys())
def test_a_loss_on_record_hides_no_other(log: AuditLog, tmp_path: Path, edit: str) -> None:
    put_back(log, tmp_path)
    taken_up(log)
    filled(log, [NOW] * 2)
    book = sqlite3.connect(log.path)
    book.executescript(edit)
    book.close()
    with pytest.raises(AuditLogError):
        log.entries()


def test_the_lost_end_cannot_be_put_back_unseen(log: AuditLog, tmp_path: Path) -> None:
    filled(log, [NOW] * 3)
    shutil.copy(log.path, tmp_path / "copy")
    filled(log, [NOW] * 2)
    shutil.copy(log.path, tmp_path / "newest")
    shutil.copy(tmp_path / "copy", log.path)
    taken_up(log)
    shutil.copy(tmp_path / "newest", log.path)
    with pytest.raises(AuditLogError, match="are not there"):
        log.entries()


def test_a_kill_while_it_is_anchored_anew_costs_nothing(
    log: AuditLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    put_back(log, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(Anchor, "advance", killed)
        with pytest.raises(KeyboardInterrupt):
            taken_up(log)
    assert log.entries()[-1]["event"] == "anchored-anew"
    filled(log, [NOW])
    assert len(log.entries()) == 5


def test_losses_outlast_a_removal_and_an_export_verifies_with_them(log: AuditLog, tmp_path: Path) -> None:
    old = NOW - KEPT_FOR - timedelta(days=1)
    filled(log, [old] * 3)
    shutil.copy(log.path, tmp_path / "copy")
    filled(log, [old] * 2)
    shutil.copy(tmp_path / "copy", log.path)
    taken_up(log)
    assert log.prune(NOW, "Dr. A. Officer") == 3
    assert [entry["event"] for entry in log.entries()] == ["anchored-anew", "pruned"]
    assert "at least 2 before entry 6" in told(log)
    log.export(tmp_path / "export", "north", NOW)
    assert verified_independently((tmp_path / "export").read_bytes(), log.public_key) == 2


CUTS = {
    "the end": "DELETE FROM entries WHERE sequence = 3",
    "nothing": "",
}


@pytest.mark.parametrize("edit", CUTS.values(), ids=CUTS.keys())
def test_without_its_anchor_no_entry_is_believed_to_be_the_last(log: AuditLog, tmp_path: Path, edit: str) -> None:
    filled(log, [NOW] * 3)
    shutil.rmtree(tmp_path / "anchors")
    with closing(sqlite3.connect(log.path)) as book:
        book.executescript(edit)
    for refused in (log.entries, lambda: filled(log, [NOW]), lambda: log.export(tmp_path / "export", "north", NOW)):
        with pytest.raises(AuditLogError, match="anchor is missing") as problem:
            refused()
    assert "--anchor-anew" in problem.value.remedy
    taken_up(log)
    filled(log, [NOW])
    assert "none is missing" not in told(log)


def emptied(path: Path) -> None:
    with closing(sqlite3.connect(path)) as book, book:
        book.execute("DELETE FROM entries")


@pytest.mark.parametrize("remove", [Path.unlink, emptied])
def test_whose_work_is_known_cannot_begin_a_log_anew_unseen(
    log: AuditLog, tmp_path: Path, remove: Callable[[Path], None]
) -> None:
    filled(log, [NOW] * 3)
    remove(log.path)
    shutil.rmtree(tmp_path / "anchors")
    at_work = AuditLog(log.path, KEY, tmp_path / "anchors", begun=True)
    asked = AuditEntry(event="answered", at=NOW, run="a" * 32, round=1)
    for refused in (at_work.entries, lambda: filled(at_work, [NOW]), lambda: at_work.alike(asked)):
        with pytest.raises(AuditLogError, match="has no entry"):
            refused()
    taken_up(at_work)
    filled(at_work, [NOW])
    assert "nobody knows how many before entry 1" in told(at_work)


def test_reading_a_log_that_is_gone_makes_no_file(log: AuditLog) -> None:
    filled(log, [NOW])
    log.path.unlink()
    with pytest.raises(AuditLogError):
        log.entries()
    with pytest.raises(AuditLogError):
        filled(log, [NOW])
    assert not log.path.exists()


def test_a_kill_at_the_first_entry_costs_nothing(log: AuditLog, monkeypatch: pytest.MonkeyPatch) -> None:
    """The anchor is there before the first entry: else an entry without one would be refused for ever."""
    advance = Anchor.advance

    def killed(self: Anchor, mark: Mark) -> None:
        if mark.sequence > 0:
            raise KeyboardInterrupt
        advance(self, mark)

    with monkeypatch.context() as patch:
        patch.setattr(Anchor, "advance", killed)
        with pytest.raises(KeyboardInterrupt):
            filled(log, [NOW])
    assert len(log.entries()) == 1
    filled(log, [NOW])
    assert "none is missing" in told(log)


def test_another_key_cannot_go_on_with_it(log: AuditLog, tmp_path: Path) -> None:
    filled(log, [NOW])
    key = SiteKey.generate()
    forger = AuditLog(log.path, key, tmp_path / "elsewhere")
    with pytest.raises(AuditLogError, match="anchor is missing"):
        filled(forger, [NOW])
    with closing(sqlite3.connect(log.path)) as book:
        (link,) = book.execute("SELECT link FROM entries").fetchone()
    Anchor(tmp_path / "elsewhere", f"audit-{key.key_id}", key.subkey("audit-chain")).advance(Mark(1, link))
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
    assert [entry["run"] for entry in log.alike(other)] == ["b" * 32]
    assert [entry["sequence"] for entry in log.alike(entry)] == [1, 2, 3]
    assert log.alike(AuditEntry(event="answered", at=NOW, run="c" * 32, round=1)) == []
    assert log.alike(AuditEntry(event="answered", at=NOW, run="a" * 32)) == [], "of no round, none is alike"


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


def test_a_removal_never_replaces_the_copy_of_an_earlier_one(log: AuditLog, tmp_path: Path) -> None:
    filled(log, [NOW - KEPT_FOR - timedelta(days=1), NOW - KEPT_FOR + timedelta(days=1), NOW])

    def prune(now: datetime, name: str) -> None:
        report(log, "north", now, "Dr. A. Officer", verify=False, export=tmp_path / name, prune=True, as_json=False)

    prune(NOW, "old.jsonl")
    only_copy = (tmp_path / "old.jsonl").read_bytes()
    before = log.entries()
    with pytest.raises(InputError, match=r"old\.jsonl: exists"):
        prune(NOW + timedelta(days=7), "old.jsonl")
    assert (tmp_path / "old.jsonl").read_bytes() == only_copy
    assert log.entries() == before
    prune(NOW + timedelta(days=7), "old-2.jsonl")
    assert [entry["sequence"] for entry in log.entries()] == [3, 4, 5]


def refuse(log: AuditLog, at: datetime, number: int, code: int = 9455) -> None:
    """As a coordinator that sends wrong messages can have it: every time another study, run and round."""
    for nth in range(number):
        study, run = hashlib.sha256(bytes([nth % 256, code % 256])).hexdigest(), f"{nth:032x}"
        entry = AuditEntry(event="refused", at=at, study_sha256=study, run=run, round=nth, kind="other", code=code)
        log.append(entry, an_hour=5)


def refusals(log: AuditLog) -> list[tuple[int, int]]:
    return [(entry["code"], entry.get("times", 1)) for entry in log.entries() if entry["event"] == "refused"]


def test_a_flood_of_refusals_costs_few_entries_and_is_counted(log: AuditLog) -> None:
    refuse(log, NOW, 300)
    assert len(log.entries()) == 5
    filled(log, [NOW + timedelta(minutes=59)])
    assert len(log.entries()) == 6, "the hour is not over"
    last = NOW + timedelta(minutes=59, seconds=30)
    refuse(log, last, 2)
    filled(log, [NOW + timedelta(hours=3)])
    assert refusals(log) == [(9455, 1)] * 5 + [(9455, 297)]
    counted = log.entries()[-2]
    assert (counted["event"], counted["at"]) == ("refused", "2026-03-01T12:59:30Z")
    assert "study_sha256" not in counted, "they were of many studies"
    refuse(log, NOW + timedelta(hours=4), 1)
    assert refusals(log)[-1] == (9455, 1)


def test_a_flood_of_one_refusal_hides_no_other(log: AuditLog) -> None:
    refuse(log, NOW, 100)
    refuse(log, NOW, 1, code=9461)
    assert refusals(log)[-1] == (9461, 1)


def test_what_was_counted_outlasts_the_process(log: AuditLog, tmp_path: Path) -> None:
    refuse(log, NOW, 7)
    refuse(AuditLog(log.path, KEY, tmp_path / "anchors"), NOW + timedelta(hours=2), 1)
    assert refusals(log) == [(9455, 1)] * 5 + [(9455, 2), (9455, 1)]


def test_answers_beyond_the_bound_of_an_hour_are_refused_and_not_counted(log: AuditLog) -> None:
    def identify(at: datetime, number: int) -> None:
        for nth in range(number):
            log.append(AuditEntry(event="answered", at=at, run=f"{nth:032x}", kind="query.identify"), an_hour=3)

    identify(NOW, 3)
    with pytest.raises(EgressError, match="3 times within an hour"):
        identify(NOW, 1)
    identify(NOW + timedelta(hours=1), 3)
    assert len(log.entries()) == 6


def test_whether_a_round_was_answered_is_looked_up_and_not_searched(log: AuditLog) -> None:
    """Under the lock that every answer needs: a long log must not make it long."""
    filled(log, [NOW] * 3)
    with closing(sqlite3.connect(log.path)) as book:
        plan = book.execute(f"EXPLAIN QUERY PLAN {ALIKE}", ("answered", None, None, 1)).fetchall()
    assert plan[0][-1].startswith("SEARCH entries USING INDEX")
