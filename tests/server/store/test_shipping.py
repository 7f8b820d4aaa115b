"""What one database is told of another's commits: afterwards they are the same, row by row, in every table."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from server.domain import events as ev
from server.store import journal, shipping
from server.store.database import CutOff, Store
from server.store.shipping import Batch
from server.verbs.hub import By, Hub
from server.verbs.tickets import issue
from tests.conftest import MONDAY_9, HandClock, new_store


def everything(store: Store) -> dict[str, list[Any]]:
    conn = store.read().conn
    tables = [r[0] for r in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    return {
        name: sorted(map(tuple, conn.execute(f"SELECT * FROM {name}")), key=repr)
        for name in tables
        if not name.startswith(("_", "sqlite_"))
    }


def pair(tmp_path: Path) -> tuple[Store, Store, list[Batch]]:
    one, sent = new_store(tmp_path / "one"), []
    one.ship(sent.append)
    other = new_store(tmp_path / "other")
    mark = shipping.mark_of(one.read().conn)
    other.turn(lambda turn: shipping.keep_mark(turn.conn, mark), lambda last: last)
    return one, other, sent


def lay(store: Store, batch: Batch) -> None:
    store.turn(lambda turn: shipping.lay(turn, batch.base, batch.mark, batch.body), lambda last: last)


def test_both_hold_the_same(tmp_path: Path, hall: Any) -> None:
    one, other, sent = pair(tmp_path)
    hub = Hub(hall, one, HandClock())
    for n in range(5):
        issue(hub, By("K1", f"key-{n}"), "SB01")
    one.turn(lambda turn: turn.put_staff("8001", "王芳", "operator", "hash"), lambda last: MONDAY_9)
    one.turn(lambda turn: turn.put_device("K1", "a" * 64), lambda last: MONDAY_9)
    one.turn(lambda turn: turn.put_device("K1", "b" * 64), lambda last: MONDAY_9)  # the old row goes
    one.turn(lambda turn: turn.put_session("s", "8001", None, MONDAY_9), lambda last: MONDAY_9)
    one.turn(lambda turn: turn.drop_session("s"), lambda last: MONDAY_9)
    one.turn(lambda turn: turn.conn.execute("INSERT INTO private_keys VALUES (7, x'00ff10')"), lambda last: MONDAY_9)
    for batch in sent:
        lay(other, batch)
    assert everything(one) == everything(other)
    with closing(other.read().conn) as conn:
        assert journal.verify(conn) == []


def test_what_does_not_go_on_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    one, other, sent = pair(tmp_path)
    for n in range(3):
        one.turn(lambda turn, n=n: turn.record(ev.IssuingChanged(issuing=bool(n % 2)), "hub"), lambda last: MONDAY_9)
    before = everything(other)
    first, second, _ = sent
    for wrong in (second, first._replace(body=first.body.replace(b"true", b"null").replace(b"false", b"true"))):
        with pytest.raises(ValueError, match="does not continue"):
            lay(other, wrong)
    assert everything(other) == before
    lay(other, first)
    with pytest.raises(ValueError, match="does not continue"):
        lay(other, first)


def test_a_commit_that_is_stopped_was_none(tmp_path: Path) -> None:
    store = new_store(tmp_path / "one")

    def no(batch: Batch) -> None:
        raise CutOff("断开", "cut off")

    store.ship(no)
    with pytest.raises(CutOff):
        store.turn(lambda turn: turn.record(ev.IssuingChanged(issuing=True), "hub"), lambda last: MONDAY_9)
    assert store.read().head()[0] == store.seq == 0
    sent: list[Batch] = []
    store.ship(sent.append)
    store.turn(lambda turn: turn.record(ev.IssuingChanged(issuing=True), "hub"), lambda last: MONDAY_9)
    assert store.seq == 1 and len(sent) == 1


def test_a_turn_that_changes_nothing_is_no_batch_and_without_a_second_machine_nothing_is_noted(tmp_path: Path) -> None:
    store, sent = new_store(tmp_path / "one"), []
    store.ship(sent.append)
    store.turn(lambda turn: None, lambda last: MONDAY_9)
    assert sent == []
    store.ship(None)
    store.turn(lambda turn: turn.put_device("K1", "a" * 64), lambda last: MONDAY_9)
    assert sent == [] and shipping.mark_of(store.read().conn) == ""


def test_another_program_at_the_database_makes_the_copy_one_no_more(tmp_path: Path) -> None:
    store = new_store(tmp_path / "one")
    store.ship(lambda batch: None)
    mark = shipping.mark_of(store.read().conn)
    store.close()
    again = Store(tmp_path / "one", durable=False, followed=True)
    assert shipping.mark_of(again.read().conn) == mark != ""
    again.close()
    other = Store(tmp_path / "one", durable=False)
    assert shipping.mark_of(other.read().conn) == ""
    other.close()


def test_what_is_unique_may_go_from_one_to_another_in_one_commit(tmp_path: Path) -> None:
    one, other, sent = pair(tmp_path)

    def given(*owners: str) -> None:
        one.turn(lambda turn: [turn.put_punch_key(s, "card", "v" if s == owners[-1] else "") for s in owners], float)

    given("09")
    given("09", "08")
    gone = [other.turn(lambda t, b=b: shipping.lay(t, b.base, b.mark, b.body), lambda last: last) for b in sent]
    assert everything(one)["punch_keys"] == everything(other)["punch_keys"] == [("08", "card", "v")]
    assert gone == [False, True], "what was taken away is swept there too"
