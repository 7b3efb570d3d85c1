"""An older ledger that is put back is noticed: the anchor's attacks, by name."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cloister.privacy.accounting import Mechanism
from cloister.privacy.ledger import Ledger, Reservation
from cloister.study.anchor import Anchor, Mark
from cloister.study.chain import DOMAIN, Chain
from cloister.study.errors import DataError, InputError, LedgerError
from cloister.study.keys import SiteKey

KEY = SiteKey(bytes(range(32)))


def reserve(ledger: Ledger, number: int = 1, **changes: Any) -> Reservation:
    request: dict[str, Any] = {
        "study_sha256": "a" * 64,
        "study_name": "heart",
        "run_id": "run",
        "round_number": number,
        "dataset": "d" * 64,
        "members": [f"{patient:032x}" for patient in range(5)],
        "mechanism": Mechanism(0.1, 2.0, 5),
        "delta": 1e-5,
        "max_epsilon_study": 100.0,
        "max_epsilon_lifetime": 100.0,
    }
    return ledger.reserve(**{**request, **changes})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "site" / "ledger.sqlite"
    Ledger.create(path, KEY).close()
    return path


@pytest.fixture
def anchors(tmp_path: Path) -> Path:
    return tmp_path / "elsewhere" / "anchors"


@pytest.fixture
def ledger(path: Path, anchors: Path) -> Iterator[Ledger]:
    with Ledger.open(path, KEY, anchors) as opened:
        yield opened


def keep(path: Path) -> dict[Path, bytes]:
    return {file: file.read_bytes() for file in path.parent.iterdir()}


def put_back(path: Path, files: dict[Path, bytes]) -> None:
    for file in path.parent.iterdir():
        file.unlink()
    for file, content in files.items():
        file.write_bytes(content)


def test_every_reservation_and_settlement_is_anchored_before_it_is_returned(ledger: Ledger, anchors: Path) -> None:
    for number in (1, 2, 3):
        reservation = reserve(ledger, number)
        assert noted(anchors)["sequence"] == reservation.sequence
        ledger.settle(reservation, 5)
        assert noted(anchors)["sequence"] == reservation.sequence + 1


def noted(anchors: Path) -> dict[str, Any]:
    (file,) = anchors.glob("*.json")
    values: dict[str, Any] = json.loads(file.read_text())
    return values


@pytest.mark.parametrize("rounds_before", [0, 1, 4])
def test_a_restored_copy_is_refused_however_old(path: Path, anchors: Path, rounds_before: int) -> None:
    with Ledger.open(path, KEY, anchors) as ledger:
        for number in range(rounds_before):
            reserve(ledger, number)
    copy = keep(path)
    with Ledger.open(path, KEY, anchors) as ledger:
        reserve(ledger, 9)
    put_back(path, copy)
    with pytest.raises(LedgerError, match="older than its anchor") as found:
        Ledger.open(path, KEY, anchors)
    assert "newest backup" in found.value.remedy
    assert "take every dataset that may have been trained on since then out" in found.value.remedy
    assert f"Only then move {next(anchors.glob('*.json'))} away" in found.value.remedy
    # For reading, without the anchor, it is what the chain alone can tell: a valid shorter ledger.
    with Ledger.open(path, KEY) as ledger:
        assert ledger.verify() == 1 + rounds_before


def test_the_way_on_from_a_copy_that_is_the_newest_left_is_the_one_that_its_remedy_names(
    path: Path, anchors: Path
) -> None:
    copy = keep(path)
    with Ledger.open(path, KEY, anchors) as ledger:
        reserve(ledger)
    put_back(path, copy)
    with pytest.raises(LedgerError, match="there is an anchor"):
        Ledger.anchor_anew(path, KEY, anchors, "nothing was done about it")
    with pytest.raises(LedgerError) as found:
        Ledger.open(path, KEY, anchors)
    (anchor,) = re.findall(r"move (\S+) away", found.value.remedy)
    Path(anchor).rename(path.with_name("kept"))
    assert "--anchor-anew" in found.value.remedy
    Ledger.anchor_anew(path, KEY, anchors, "disk failed; those patients are taken for spent")
    with Ledger.open(path, KEY, anchors) as ledger:
        reserve(ledger, 2)


def test_a_copy_restored_under_an_open_ledger_is_refused_at_the_next_reservation(ledger: Ledger, path: Path) -> None:
    import sqlite3

    reserve(ledger)
    with sqlite3.connect(path) as other:
        other.execute("DELETE FROM entries WHERE sequence = 2")
    with pytest.raises(LedgerError, match="entry 2 was there"):
        reserve(ledger, 2)


def test_a_copy_that_went_on_by_itself_is_refused(path: Path, anchors: Path) -> None:
    """As long as the real one, but another history: a virtual machine that was cloned."""
    copy = keep(path)
    with Ledger.open(path, KEY, anchors) as ledger:
        reserve(ledger)
    put_back(path, copy)
    with Ledger.open(path, KEY) as ledger:
        reserve(ledger, 2)
        reserve(ledger, 3)
    with pytest.raises(LedgerError, match="entry 2 was there and is another one now"):
        Ledger.open(path, KEY, anchors)


def test_a_missing_anchor_means_something_after_the_first_use_only(path: Path, anchors: Path) -> None:
    with Ledger.open(path, KEY, anchors) as ledger:
        shutil.rmtree(anchors)
    with Ledger.open(path, KEY, anchors) as ledger:
        reserve(ledger)
    shutil.rmtree(anchors)
    with pytest.raises(LedgerError, match="anchor is missing"):
        Ledger.open(path, KEY, anchors)
    with Ledger.open(path, KEY) as ledger, pytest.raises(LedgerError, match="opened without one"):
        reserve(ledger, 2)


def test_anchoring_anew_needs_a_reason_and_a_missing_anchor_and_is_recorded(path: Path, anchors: Path) -> None:
    with Ledger.open(path, KEY, anchors) as ledger:
        reserve(ledger)
    with pytest.raises(LedgerError, match="there is an anchor"):
        Ledger.anchor_anew(path, KEY, anchors, "because")
    shutil.rmtree(anchors)
    with pytest.raises(InputError):
        Ledger.anchor_anew(path, KEY, anchors, "")
    Ledger.anchor_anew(path, KEY, anchors, "new machine")
    with Ledger.open(path, KEY, anchors) as ledger:
        assert [entry.content.get("reason") for entry in ledger.entries()] == [None, None, "new machine"]
        reserve(ledger, 2)
    shutil.rmtree(anchors)
    with pytest.raises(LedgerError, match="anchor is missing"):
        Ledger.open(path, KEY, anchors)


@pytest.mark.parametrize("attack", ["sequence", "link", "signature", "garbage", "too deep", "no number"])
def test_an_anchor_that_was_changed_is_not_believed(path: Path, anchors: Path, attack: str) -> None:
    with Ledger.open(path, KEY, anchors) as ledger:
        reserve(ledger)
    (file,) = anchors.glob("*.json")
    changed = {"sequence": 1, "link": "00" * 32, "signature": "0" * 64}
    content = {"garbage": "{", "too deep": "[" * 100_000, "no number": '{"sequence": Infinity}'}.get(attack)
    file.write_text(content or json.dumps({**noted(anchors), attack: changed[attack]}))
    with pytest.raises(LedgerError, match="not an anchor that this site wrote"):
        Ledger.open(path, KEY, anchors)


def test_a_pipe_in_place_of_the_anchor_is_not_waited_for(path: Path, anchors: Path) -> None:
    with Ledger.open(path, KEY, anchors) as ledger:
        reserve(ledger)
    (file,) = anchors.glob("*.json")
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(LedgerError, match="not an anchor that this site wrote"):
        Ledger.open(path, KEY, anchors)


def test_another_ledgers_anchor_under_the_same_key_does_not_fit(path: Path, anchors: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "ledger.sqlite"
    Ledger.create(other, KEY).close()
    with Ledger.open(path, KEY, anchors) as ledger:
        reserve(ledger)
    mine = next(anchors.glob("*.json"))
    with Ledger.open(other, KEY, anchors) as ledger:
        reserve(ledger)
    theirs = next(file for file in anchors.glob("*.json") if file != mine)
    mine.write_bytes(theirs.read_bytes())
    with pytest.raises(LedgerError, match="not an anchor that this site wrote"):
        Ledger.open(path, KEY, anchors)


def test_an_anchor_never_moves_backwards(anchors: Path) -> None:
    anchor = Anchor(anchors, "ledger", bytes(32))
    for sequence in (3, 7, 5):
        anchor.advance(Mark(sequence, bytes([sequence] * 32)))
    assert anchor.read() == Mark(7, bytes([7] * 32))


def test_an_anchor_that_cannot_be_written_stops_the_round_and_the_reservation_counts(path: Path, anchors: Path) -> None:
    with Ledger.open(path, KEY, anchors) as ledger:
        shutil.rmtree(anchors)
        anchors.write_text("a file where the folder should be")
        with pytest.raises(LedgerError, match="cannot be"):
            reserve(ledger)
        anchors.unlink()
        assert ledger.verify() in {1, 2}


def test_a_process_killed_between_ledger_and_anchor_leaves_a_ledger_that_is_ahead(path: Path, anchors: Path) -> None:
    with Ledger.open(path, KEY, anchors) as ledger:
        reserve(ledger)
        before = {file: file.read_bytes() for file in anchors.glob("*.json")}
        reserve(ledger, 2)
    for file, content in before.items():
        file.write_bytes(content)
    with Ledger.open(path, KEY, anchors) as ledger:
        assert ledger.verify() == 3
    assert noted(anchors)["sequence"] == 3, "and opening it catches the anchor up"


# Receipts and datasets.


def test_a_receipt_beyond_the_ledger_is_refused_and_up_to_it_is_not(ledger: Ledger) -> None:
    for number in (1, 2):
        reserve(ledger, number, contributed=number - 1)
    reserve(ledger, 2, contributed=2)
    with pytest.raises(LedgerError, match="shows 2 rounds of this run, but the coordinator has received 3"):
        reserve(ledger, 4, contributed=3)
    with pytest.raises(LedgerError, match="shows 0 rounds"):
        reserve(ledger, 4, run_id="another", contributed=1)
    assert ledger.verify() == 4


def test_a_run_keeps_its_dataset_and_another_run_may_have_another(ledger: Ledger) -> None:
    reserve(ledger)
    with pytest.raises(DataError, match="dataset has changed"):
        reserve(ledger, 2, dataset="e" * 64)
    reserve(ledger, 2, run_id="another", dataset="e" * 64)
    assert ledger.verify() == 3


# Company.

_READER = """
import sys
from pathlib import Path
from cloister.privacy.ledger import Ledger
from cloister.study.keys import SiteKey
for _ in range(40):
    with Ledger.open(Path(sys.argv[1]), SiteKey(bytes(range(32))), Path(sys.argv[2])) as ledger:
        print(ledger.verify())
"""


def test_opening_while_another_process_reserves_never_mistakes_it_for_a_rollback(path: Path, anchors: Path) -> None:
    with Ledger.open(path, KEY, anchors) as ledger:
        reader = subprocess.Popen(
            [sys.executable, "-c", _READER, str(path), str(anchors)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(10_000):
            reserve(ledger, number)
            if reader.poll() is not None:
                break
        seen, errors = reader.communicate()
    assert reader.returncode == 0, errors
    counts = [int(line) for line in seen.split()]
    assert counts == sorted(counts)
    assert counts[-1] > counts[0], "they did run at the same time"


def test_a_link_is_the_standard_hmac() -> None:
    import hashlib
    import hmac

    key, previous, content = bytes(range(32)), bytes(32), b'{"kind":"opened"}'
    assert Chain(key).link(previous, content) == hmac.digest(key, DOMAIN + previous + content, hashlib.sha256)
