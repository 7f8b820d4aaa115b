"""Whom a counter may call: the store's question says what the rule of order says, whatever waits and whoever asks."""

from __future__ import annotations

import inspect
import sqlite3
from dataclasses import fields
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain import order
from server.domain.order import Profile
from server.domain.ticket import Ticket
from server.store.reader import Reader
from server.store.schema import migrations
from server.store.standing import Present, standing
from server.store.tables import TABLES

HEAD_STARTS = {"ordinary": 0, "green": 20, "appointment": 10}
SERVICES = ["SB01", "MZ01", "LQ01"]
NOW, EARLY = 10_000.0, 600.0

codes = st.frozensets(st.sampled_from(SERVICES))
profiles = st.builds(
    Profile,
    counter=st.just("1"),
    staff=st.sampled_from([None, "08"]),
    services=st.none() | codes,
    reserved=st.sampled_from([frozenset(), frozenset({"LQ01"})]),
    prefers_services=codes,
    prefers_classes=st.frozensets(st.sampled_from(list(HEAD_STARTS))),
    prefer_s=st.sampled_from([0.0, 900.0]),
    helps=st.none() | codes,
    help_after_s=st.sampled_from([0.0, 1200.0]),
    prefers_languages=st.sampled_from([frozenset(), frozenset({"en"})]),
    language_s=st.sampled_from([0.0, 600.0, 1800.0]),
)
seconds = st.integers(0, 10_000).map(float)
tickets = st.builds(
    lambda service, klass, came, moved, slot, target, raised, language: {
        "service": service,
        "klass": klass,
        "rank": came - moved,
        "entered_at": came,
        "slot": slot,
        "target": target,
        "raised": raised,
        "language": language,
    },
    st.sampled_from(SERVICES),
    st.sampled_from(list(HEAD_STARTS)),
    seconds,
    st.sampled_from([0.0, 600.0, 1200.0]),
    st.none() | st.sampled_from([NOW - 100, NOW + 100, NOW + 5000]),
    st.sampled_from(["", "", "", "counter:1", "counter:2", "staff:08"]),
    st.sampled_from(["", "", "", "老年人"]),
    st.sampled_from(["zh", "zh", "en"]),
)


def test_the_columns_of_a_number_are_its_fields() -> None:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply(conn)
    columns = {row[1] for row in conn.execute("PRAGMA table_info(tickets)")}
    assert columns == {field.name for field in fields(Ticket)}, "`rows.ticket_of` puts them in as they are"
    conn.close()


@cache
def _migrated() -> bytes:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    migrations.apply(conn)
    return conn.serialize()


@settings(max_examples=300)
@given(st.lists(tickets, max_size=25), profiles, st.integers(1, 8))
def test_the_store_and_the_rule_agree(rows: list[dict[str, object]], mine: Profile, limit: int) -> None:
    conn = sqlite3.connect(":memory:", isolation_level=None)
    conn.row_factory = sqlite3.Row
    conn.deserialize(_migrated())
    line = [
        Ticket(id=n, day="2026-11-23", prefix="A", number=n, channel="kiosk", issued_at=0.0, **row)  # type: ignore[arg-type]
        for n, row in enumerate(rows, 1)
    ]
    for ticket in line:
        values = TABLES["tickets"].dump(ticket)
        conn.execute(
            f"INSERT INTO tickets ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", [*values.values()]
        )
    reachable = [ticket for ticket in line if ticket.target in mine.targets]
    told = order.in_order(reachable, mine, HEAD_STARTS, NOW, EARLY)
    found = Reader(conn).callable_by(mine, HEAD_STARTS, NOW, EARLY, limit)
    assert found.first == told[:limit]
    assert (found.people, found.since) == (len(told), min((t.entered_at for t in told), default=None))
    there = standing(Reader(conn))
    assert Present(Reader(conn), lambda: there).callable_by(mine, HEAD_STARTS, NOW, EARLY, limit) == found
    assert sorted(Reader(conn).slots_after(NOW)) == sorted(Present(Reader(conn), lambda: there).slots_after(NOW))
    for ticket in line:
        assert Present(Reader(conn), lambda: there).behind(ticket) == Reader(conn).behind(ticket)
    conn.close()


def test_every_question_is_answered_whole() -> None:
    """One half answered holds an older state for what is asked on the same connection meanwhile."""
    lazy = [
        name
        for name, one in inspect.getmembers(Reader, inspect.isfunction)
        if inspect.isgeneratorfunction(one) or "Iterator" in str(one.__annotations__.get("return"))
    ]
    assert lazy == []
