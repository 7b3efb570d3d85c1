"""The cache of composed losses answers quickly, and cannot make a ledger allow more than it should."""

from __future__ import annotations

import random
import sqlite3
import time
from dataclasses import replace
from pathlib import Path

import pytest

from cloister.privacy.accounting import Mechanism, epsilon_of, merge
from cloister.privacy.ledger import Ledger
from cloister.privacy.ledger import losses as losses_module
from cloister.privacy.ledger.losses import LossCache
from cloister.study.errors import BudgetExhaustedError
from cloister.study.keys import SiteKey

KEY = SiteKey(bytes(range(32)))
DELTA = 1e-5


def studies(count: int) -> list[Mechanism]:
    draw = random.Random(7)
    return [Mechanism(draw.uniform(0.01, 0.2), draw.uniform(0.8, 4), draw.randint(40, 60)) for _ in range(count)]


def reserve(ledger: Ledger, study: int, mechanism: Mechanism, limit: float) -> None:
    ledger.reserve(
        study_sha256=f"{study:064x}",
        study_name=f"study {study}",
        run_id="run",
        round_number=1,
        dataset="d" * 64,
        members=["one", "two"],
        mechanism=mechanism,
        delta=DELTA,
        max_epsilon_study=1e9,
        max_epsilon_lifetime=limit,
    )


@pytest.fixture
def cache(tmp_path: Path) -> LossCache:
    return LossCache(tmp_path / "ledger.sqlite.losses", bytes(32))


def test_the_cache_gives_what_composing_anew_gives(cache: LossCache) -> None:
    done: list[Mechanism] = []
    for mechanism in [*studies(5), studies(5)[0]]:
        done.append(mechanism)
        load = merge(done)
        whole = epsilon_of(load, DELTA)
        assert cache.epsilon(load, mechanism, DELTA, limit=1e9) == pytest.approx(whole, rel=1e-4)


def test_it_is_found_again_after_a_restart(cache: LossCache, monkeypatch: pytest.MonkeyPatch) -> None:
    load = merge(studies(5))
    first = cache.epsilon(load, load[0], DELTA, limit=1e9)
    monkeypatch.setattr(losses_module, "privacy_loss", lambda *_: pytest.fail("composed anew"))
    again = LossCache(cache._path, bytes(32))
    assert again.epsilon(load, load[0], DELTA, limit=1e9) == first


@pytest.mark.parametrize("attack", ["of a smaller load", "changed", "another key", "garbage", "no database"])
def test_a_forged_cache_is_not_believed(cache: LossCache, attack: str) -> None:
    load, small = merge(studies(5)), merge(studies(5)[:4])
    right = cache.epsilon(load, load[0], DELTA, limit=1e9)
    path = cache._path
    if attack == "no database":
        path.write_bytes(b"no database" * 100)
    else:
        LossCache(path, bytes(32)).epsilon(small, small[0], DELTA, limit=1e9)
        with sqlite3.connect(path) as database:
            names = [name for (name,) in database.execute("SELECT load FROM losses ORDER BY number")]
            target = losses_module._name(losses_module._without(load, load[0]))
            other = next(name for name in names if name != target)
            statement = {
                "of a smaller load": "UPDATE losses SET (loss, mac) = (SELECT loss, mac FROM losses WHERE load = ?1)",
                "changed": "UPDATE losses SET loss = CAST(substr(loss, 1, length(loss) - 1) || 'x' AS BLOB)",
                "another key": "UPDATE losses SET mac = zeroblob(32)",
                "garbage": "UPDATE losses SET loss = 'text', mac = 3",
            }[attack]
            database.execute(statement, [other] * statement.count("?1"))
    key = bytes(32)
    assert LossCache(path, key).epsilon(load, load[0], DELTA, limit=1e9) == pytest.approx(right, rel=1e-9)


@pytest.mark.parametrize(
    "made",
    [
        "CREATE TRIGGER t AFTER INSERT ON losses BEGIN INSERT INTO seen VALUES (new.load); END",
        "CREATE TABLE losses (number INTEGER PRIMARY KEY, load TEXT UNIQUE, loss BLOB, mac BLOB, more TEXT)",
    ],
)
def test_nothing_is_written_into_a_cache_of_somebody_elses_making(cache: LossCache, made: str) -> None:
    with sqlite3.connect(cache._path) as database:
        if "TRIGGER" in made:
            database.execute(losses_module._TABLE)
        database.execute("CREATE TABLE seen (load TEXT)")
        database.execute(made)
    load = merge(studies(5))
    assert cache.epsilon(load, load[0], DELTA, limit=1e9) == pytest.approx(epsilon_of(load, DELTA), rel=1e-4)
    with sqlite3.connect(cache._path) as database:
        assert not list(database.execute("SELECT load FROM seen UNION SELECT load FROM losses"))


def test_a_refusal_by_a_hair_is_decided_by_what_is_reported(tmp_path: Path) -> None:
    mechanisms = studies(6)
    limit = epsilon_of(mechanisms, DELTA)
    with Ledger.create(tmp_path / "ledger.sqlite", KEY) as ledger:
        for number, mechanism in enumerate(mechanisms):
            reserve(ledger, number, mechanism, limit)
        assert ledger.spent() == limit
        with pytest.raises(BudgetExhaustedError):
            reserve(ledger, 9, Mechanism(0.01, 9.0, 1), limit)


def test_a_ledger_without_its_cache_decides_the_same(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    mechanisms = studies(6)
    limit = epsilon_of(mechanisms, DELTA) * 1.05
    with Ledger.create(path, KEY) as ledger:
        for number, mechanism in enumerate(mechanisms):
            reserve(ledger, number, mechanism, limit)
        ledger.forget_losses()
    assert [file.name for file in tmp_path.iterdir()] == ["ledger.sqlite"]
    with Ledger.open(path, KEY) as ledger, pytest.raises(BudgetExhaustedError):
        reserve(ledger, 9, Mechanism(0.2, 1.0, 60), limit)


@pytest.mark.heavy
def test_after_two_hundred_studies_a_refusal_takes_less_than_a_second_of_one_core(tmp_path: Path) -> None:
    path, mechanisms = tmp_path / "ledger.sqlite", studies(200)
    with Ledger.create(path, KEY) as ledger:
        for number, mechanism in enumerate(mechanisms):
            reserve(ledger, number, mechanism, 1e9)
    limit = epsilon_of(mechanisms, DELTA) * 1.002
    for mechanism in (replace(mechanisms[-1], steps=3000), Mechanism(0.1, 1.5, 60)):
        with Ledger.open(path, KEY) as ledger:
            started = time.process_time()
            with pytest.raises(BudgetExhaustedError):
                reserve(ledger, 999, mechanism, limit)
            assert time.process_time() - started < 1
