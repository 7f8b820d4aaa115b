"""A database that was injured in any way: the hub says one sentence and stops, or nothing is lost. Never in silence.

JIAOHAO_INJURIES=1000 for a longer round; a seed repeats it.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import config
from server.pages.access import give_tokens
from server.store.database import Store
from server.store.opening import Damaged
from server.store.tables import APART, TABLES
from server.verbs import accounts, calls, counters, tickets
from server.verbs.day import tick
from server.verbs.hub import By, Hub
from tests.conftest import MONDAY_9, HandClock, write_hall

ROUNDS = int(os.environ.get("JIAOHAO_INJURIES", "160"))
SEED = int(os.environ.get("JIAOHAO_SEED", "13"))
COMPARED = ("journal", *TABLES, "legs", "numbers", *APART)


def rows(conn: sqlite3.Connection) -> dict[str, list[Any]]:
    """Everything that people were told, table by table."""
    return {name: sorted(map(tuple, conn.execute(f"SELECT * FROM {name}")), key=repr) for name in COMPARED}


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[Any]]]:
    """The folder of a hall whose hub was killed: a file, a log of writes, a head, tokens; and what it holds."""
    here = tmp_path_factory.mktemp("killed")
    hall = config.load(write_hall(here))
    clock = HandClock(MONDAY_9)
    hub = Hub(hall, Store(hall.data), clock)
    tick(hub)
    give_tokens(hub)
    accounts.put(hub, By("administrator"), "08", "王敏", "operator", "pass-word-08")
    counters.open_counter(hub, By("08"), "1", staff="08")
    for number in range(60):
        tickets.issue(hub, By("kiosk"), "SB01", printers=("p80",))
        clock.forward(30)
        if number % 3:
            calls.call_next(hub, By("08"), "1")
            calls.finish(hub, By("08"), "1", "现场办结")
        if number == 30:
            hub.store._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    told = rows(hub.read().conn)
    shutil.copytree(hall.data, here / "injured")
    hub.store.close()
    return here / "injured", told


def again(killed: Path, to: Path) -> Path:
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(killed, to)
    return to / "hall.db"


def outcome(file: Path, told: dict[str, list[Any]]) -> str:
    """What a start makes of it; `silent` is what must never be."""
    try:
        store = Store(file.parent)
    except Damaged as error:
        assert error.status == 4 and "\n" not in str(error) and error.text.zh != error.en
        return "told"
    try:
        return "whole" if rows(store.read().conn) == told else "silent"
    finally:
        store.close()


def _flip(file: Path, dice: random.Random) -> None:
    content = bytearray(file.read_bytes())
    content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    file.write_bytes(content)


def _zero_page(file: Path, dice: random.Random) -> None:
    content = bytearray(file.read_bytes())
    at = dice.randrange(0, len(content), 4096)
    content[at : at + 4096] = bytes(len(content[at : at + 4096]))
    file.write_bytes(content)


def _noise(file: Path, dice: random.Random) -> None:
    content = bytearray(file.read_bytes())
    at = dice.randrange(len(content))
    content[at : at + 64] = dice.randbytes(len(content[at : at + 64]))
    file.write_bytes(content)


def _cut(file: Path, dice: random.Random) -> None:
    os.truncate(file, dice.randrange(file.stat().st_size))


INJURIES: list[Callable[[Path, random.Random], None]] = [_flip, _zero_page, _noise, _cut]


def test_no_random_injury_is_silent(killed: tuple[Path, dict[str, list[Any]]], tmp_path: Path) -> None:
    folder, told = killed
    assert outcome(again(folder, tmp_path / "hall"), told) == "whole"
    found: Counter[str] = Counter()
    silent: list[int] = []
    for seed in range(SEED, SEED + ROUNDS):
        dice = random.Random(seed)
        file = again(folder, tmp_path / "hall")
        target = dice.choice([file, file, file.with_name("hall.db-wal")])
        dice.choice(INJURIES)(target, dice)
        what = outcome(file, told)
        found[what] += 1
        if what == "silent":
            silent.append(seed)
    assert silent == [], found
    assert found["told"] > ROUNDS // 4, found
