"""What the district makes of the rows is what the hall makes of them: by the same functions, however they come."""

from __future__ import annotations

import json
import random
from datetime import date
from typing import Any

import pytest
from psycopg import Connection

from district import appending, folding, kept_reports, metrics, views
from district.rollup import BINS, EDGES_S, Daily, quantile, rolled
from district.worker import AGAIN_S, Worker
from server.domain.chain import Head, Row, row_hash
from server.domain.leg import Leg
from server.domain.uplink import Ask
from server.verbs import calls, counters, tickets
from server.verbs.hub import By, Hub
from tests.conftest import MONDAY_9, HandClock
from tests.district.conftest import asked, issued

ONE, DESK = By("07"), By("08")


@pytest.fixture
def lived(hub: Hub, clock: HandClock) -> Hub:
    """Numbers that were called, taken back, passed, transferred, suspended, undone, left and finished."""
    counters.open_counter(hub, ONE, "1", staff="07")
    services = [code for code in ("SB01", "SB02", *hub.hall.services) if code in hub.hall.services][:2]
    for n in range(12):
        clock.forward(40)
        tickets.issue(hub, By("kiosk"), services[n % 2], channel="desk")
    for n in range(9):
        clock.forward(60)
        ticket = calls.call_next(hub, ONE, "1")
        assert ticket
        clock.forward(20)
        if n % 3 == 0:
            calls.pass_(hub, ONE, "1", ticket=ticket.id)
            clock.forward(30)
            tickets.take_back(hub, DESK, ticket.id)
            continue
        calls.start(hub, ONE, "1", ticket=ticket.id)
        clock.forward(130 + 7 * n)
        if n == 4:
            tickets.transfer(hub, DESK, ticket.id, reason="材料不齐", service=services[0])
            continue
        calls.finish(hub, ONE, "1", "咨询")
        if n == 7:
            tickets.undo(hub, ONE)
            clock.forward(60)
            calls.finish(hub, ONE, "1", "咨询")
    return hub


def rows_of(hub: Hub) -> list[Row]:
    return hub.store.read().journal(0, 10_000)


def bring(conn: Connection[Any], rows: list[Row], step: int) -> None:
    """In chunks of `step`, folded after each."""
    before = Head()
    for at in range(0, len(rows), step):
        part = rows[at : at + step]
        ask = Ask(Head(rows[-1].seq, rows[-1].hash), before.hash, tuple(part), "test", MONDAY_9)
        assert appending.append(conn, "h1", ask, MONDAY_9).kind == "ok"
        before = Head(part[-1].seq, part[-1].hash)
        folding.fold(conn, "h1")


def legs_here(conn: Connection[Any]) -> list[Leg]:
    return [Leg(**json.loads(told)) for (told,) in conn.execute("SELECT told FROM legs ORDER BY hall, ticket, leg")]


@pytest.mark.parametrize("step", [1, 7, 500])
def test_the_legs_are_the_halls_own_however_the_rows_come(lived: Hub, conn: Connection[Any], step: int) -> None:
    bring(conn, rows_of(lived), step)
    own = [Leg(**dict(row)) for row in lived.store.read().conn.execute("SELECT * FROM legs ORDER BY ticket, leg")]
    assert len(own) > 12 and legs_here(conn) == own


def test_a_day_is_rolled_up_by_service_and_made_anew_gives_the_same(lived: Hub, conn: Connection[Any]) -> None:
    bring(conn, rows_of(lived), 11)
    daily = "SELECT * FROM daily ORDER BY hall, day, service"
    found = conn.execute(daily).fetchall()
    legs = legs_here(conn)
    called = {leg.ticket for leg in legs if leg.called}
    assert sum(row[3] for row in found) == 12 and len(found) == 2
    assert sum(sum(row[9]) for row in found) == sum(row[7] for row in found) == len(called)
    assert folding.refold(conn, "h1") == len(rows_of(lived))
    assert conn.execute(daily).fetchall() == found and legs_here(conn) == legs


def test_a_wait_is_told_from_its_bin() -> None:
    waits = [0] * BINS
    assert quantile(waits, 0.9) is None
    waits[EDGES_S.index(600) if 600 in EDGES_S else 7] = 10
    assert EDGES_S[6] <= (quantile(waits, 0.5) or 0) <= EDGES_S[7]
    waits[BINS - 1] = 1
    assert (quantile(waits, 1.0) or 0) > EDGES_S[-1]


def test_an_empty_day_has_no_row() -> None:
    assert rolled("h1", "2026-11-23", []) == []
    one = Leg(day="2026-11-23", ticket=1, leg=1, service="01", klass="ordinary", channel="kiosk", entered=0.0)
    assert rolled("h1", "2026-11-23", [one]) == [Daily("h1", "2026-11-23", "01", visits=1)]


def test_a_row_without_sense_is_counted_and_stops_neither_its_hall_nor_others(conn: Connection[Any]) -> None:
    """The chain proves that the hall wrote it, and not that this version can read it."""
    rows = issued(3)
    head = Head(rows[-1].seq, rows[-1].hash)
    for name, ticket, data in (("Issued", 9, "{}"), ("Called", 1, "rubbish"), ("Resumed", 1, '{"counter":1}')):
        fields = (head.seq + 1, MONDAY_9, name, "kiosk", ticket, None, data)
        rows.append(Row(*fields, row_hash(head.hash, fields)))
        head = Head(head.seq + 1, rows[-1].hash)
    rows += issued(2, head)
    bring(conn, rows, 4)
    assert conn.execute("SELECT sum(rows) FROM unread").fetchone() == (3,)
    assert conn.execute("SELECT sum(visits) FROM daily").fetchone() == (5,)
    assert folding.refold(conn, "h1") == len(rows)
    assert conn.execute("SELECT sum(rows) FROM unread").fetchone() == (3,)


def worked(dsn: str, conn: Connection[Any], clock: HandClock, wanted: dict[str, bool]) -> None:
    """The worker folds until of each hall all rows are counted, or it is said that they are not."""
    worker = Worker("nats://127.0.0.1:1", "", dsn, "city", clock)
    try:
        while worker._fold():
            pass
    finally:
        worker.end()
    found = conn.execute("SELECT id, folded = head_seq, fold_error <> '' FROM halls WHERE head_seq > 0").fetchall()
    assert {hall: whole for hall, whole, _ in found} == wanted
    assert all(whole != stopped for _, whole, stopped in found)


@pytest.mark.parametrize(
    "service",
    ["\ud800", "\0", random.Random(1).randbytes(9000).hex()],
    ids=["no text for a database", "no text for this one", "too long for its index"],
)
def test_one_halls_rows_stop_that_hall_alone_and_it_is_named(
    conn: Connection[Any], dsn: str, clock: HandClock, service: str
) -> None:
    """Each ends in another kind of error: UnicodeEncodeError, DataError, and an OperationalError of a sound line."""
    rows = issued(1)
    event = json.loads(rows[0].data) | {"service": service}
    for hall, told in (("h1", [with_data(rows[0], event)]), ("h2", rows)):
        appending.append(conn, hall, asked(told, told), MONDAY_9)
    worked(dsn, conn, clock, {"h1": False, "h2": True})
    assert 'district_fold_failing{hall="h1"} 1' in metrics.metrics(conn, {}, MONDAY_9)
    shown = {one["id"]: one for one in views.overview(conn, {}, date(2026, 11, 23), MONDAY_9)["halls"]}
    assert shown["h1"]["fold_error"] and shown["h1"]["folded"] == 0 and not shown["h2"]["fold_error"]


def test_what_failed_is_counted_after_the_mend_and_tried_no_more_than_once_a_minute(
    conn: Connection[Any], dsn: str, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hall in ("h1", "h2"):
        rows = issued(2)
        appending.append(conn, hall, asked(rows, rows), MONDAY_9)
    tried = []

    def broken(hall: str, day: str, legs: list[Leg]) -> list[Daily]:
        if hall == "h1":
            tried.append(day)
            raise KeyError(day)
        return rolled(hall, day, legs)

    monkeypatch.setattr(folding, "rolled", broken)
    worker = Worker("nats://127.0.0.1:1", "", dsn, "city", clock)
    for seconds in (0, 1, 30, AGAIN_S):
        clock.forward(seconds)
        worker._fold()
    assert len(tried) == 2
    monkeypatch.undo()
    clock.forward(AGAIN_S)
    worker._fold()
    worker.end()
    worked(dsn, conn, clock, {"h1": True, "h2": True})
    assert conn.execute("SELECT sum(visits) FROM daily").fetchone() == (4,)


def test_a_report_that_can_not_be_held_stops_its_hall_alone(
    conn: Connection[Any], dsn: str, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for hall in ("h1", "h2"):
        rows = issued(2)
        appending.append(conn, hall, asked(rows, rows), MONDAY_9)
        conn.execute(
            "INSERT INTO reports (hall, period, version, seq, sha256, counted, first_day, figures) VALUES"
            " (%s, '2026-W48', 1, 1, 'x', 1, '2026-11-23', %s)",
            (hall, "[]" if hall == "h1" else '{"first_day": "2026-11-23", "last_day": "2026-11-29"}'),
        )
    monkeypatch.setattr(kept_reports, "differences", lambda kept, again: [])
    monkeypatch.setattr(kept_reports, "counted", lambda legs, rated, kept: {})
    worker = Worker("nats://127.0.0.1:1", "", dsn, "city", clock)
    while worker._fold():
        pass
    worker.end()
    assert conn.execute("SELECT hall, held FROM reports ORDER BY hall").fetchall() == [("h1", ""), ("h2", "equal")]
    found = conn.execute("SELECT id, folded, fold_error FROM halls WHERE head_seq > 0 ORDER BY id").fetchall()
    assert found == [("h1", 2, "TypeError"), ("h2", 2, "")]


def with_data(row: Row, data: dict[str, Any]) -> Row:
    """The row with other fields, chained to the beginning."""
    fields = (*row[:6], json.dumps(data))
    return Row(*fields, row_hash(Head().hash, fields))
