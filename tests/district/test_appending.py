"""The chain is the protocol: what continues is kept once, what does not is refused by name, nothing is overwritten."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import Connection

from district import appending
from server.domain.chain import GENESIS, Head, Row, goes_on, row_hash
from server.domain.uplink import (
    Ask,
    Live,
    Malformed,
    Reply,
    heard,
    live_heard,
    live_packed,
    packed,
    said,
    unpacked,
)
from server.uplink.asking import Place, after, next_ask
from tests.conftest import MONDAY_9
from tests.district.conftest import asked, issued

Conn = Connection[Any]


def kept(conn: Conn, hall: str = "h1") -> list[Row]:
    return appending.rows_after(conn, hall, 0, 100_000)


def head(rows: list[Row]) -> Head:
    return Head(rows[-1].seq, rows[-1].hash)


def put(conn: Conn, rows: list[Row], of: list[Row], hall: str = "h1") -> Reply:
    return appending.append(conn, hall, asked(rows, of), MONDAY_9)


def test_rows_are_kept_and_the_answer_is_how_far_the_district_is(conn: Conn) -> None:
    rows = issued(7)
    assert put(conn, [], rows) == Reply("ok", Head())
    assert put(conn, rows[:5], rows) == Reply("ok", head(rows[:5]))
    assert put(conn, rows[:5], rows) == Reply("ok", head(rows[:5]))  # its answer was lost
    assert put(conn, rows[3:], rows) == Reply("ok", head(rows))
    assert kept(conn) == rows and not kept(conn, "h2")


def test_a_hole_is_a_gap_and_a_stranger_a_stranger(conn: Conn) -> None:
    rows = issued(7)
    assert put(conn, rows[2:], rows) == Reply("gap", Head())
    assert put(conn, rows, rows, hall="h9") == Reply("stranger")
    assert not kept(conn)


def test_a_changed_row_is_damaged_and_nothing_of_its_ask_is_kept(conn: Conn) -> None:
    rows = issued(4)
    changed = [*rows[:2], rows[2]._replace(actor="somebody"), rows[3]]
    assert put(conn, changed, rows) == Reply("damaged", Head(), 1)
    assert not kept(conn)


def test_a_hall_restored_from_yesterday_is_told_before_it_gives_out_a_number(conn: Conn) -> None:
    rows = issued(9)
    put(conn, rows, rows)
    assert put(conn, [], rows[:6]) == Reply("behind", head(rows))
    back = appending.rows_after(conn, "h1", 6, 2)
    assert back == rows[6:8] and goes_on(head(rows[:6]), back)


def test_a_hall_that_went_another_way_is_a_fork_on_both_sides_and_both_are_kept(conn: Conn) -> None:
    """The fault that `ON CONFLICT DO NOTHING` hides: 50 of 51 new rows vanish and nobody says so."""
    rows = issued(9)
    put(conn, rows, rows)
    other = [*rows[:6], *issued(5, head(rows[:6]), day="2026-11-24")]
    assert put(conn, other[9:], other) == Reply("fork", head(rows), 9)
    assert put(conn, other[6:], other) == Reply("fork", head(rows), 7)
    assert put(conn, [], other[:8]).kind == "fork"
    assert kept(conn) == rows
    aside = [Row(*one) for one in conn.execute(f"SELECT {appending.ROW} FROM aside WHERE hall = 'h1' ORDER BY seq")]
    assert aside == other[6:]


def test_a_person_decides_which_history_counts_and_the_other_one_stays_aside(conn: Conn) -> None:
    rows = issued(9)
    put(conn, rows, rows)
    other = [*rows[:6], *issued(5, head(rows[:6]), day="2026-11-24")]
    put(conn, other[6:], other)
    with pytest.raises(LookupError):
        appending.accept(conn, "h1", 77, MONDAY_9)
    assert appending.accept(conn, "h1", 6, MONDAY_9) == head(rows[:6])
    assert put(conn, other[6:], other) == Reply("ok", head(other))
    assert kept(conn) == other
    assert conn.execute(
        "SELECT count(*) FROM aside WHERE seq > 6 AND hash = ANY(%s)", ([r.hash for r in rows],)
    ).fetchone() == (3,)
    assert conn.execute("SELECT incarnation, trouble FROM halls WHERE id = 'h1'").fetchone() == (2, "")


HASH = "f" * 64


class Rows:
    """A hall's history, as its database tells it."""

    def __init__(self, rows: list[Row]) -> None:
        self._rows = rows

    def head(self) -> tuple[int, float, str]:
        return self._rows[-1].seq, self._rows[-1].at, self._rows[-1].hash

    def journal(self, after: int, most: int) -> list[Row]:
        return self._rows[after : after + most]

    def hash_of(self, seq: int) -> str:
        return self._rows[seq - 1].hash if seq else GENESIS


@pytest.mark.parametrize("same", [0, 1, 40, 501, 1299])
def test_the_first_row_of_two_histories_is_found_however_far_back_it_lies(conn: Conn, same: int) -> None:
    """A person has to say from which row on a history counts; the rows of both have to be there."""
    rows = issued(1300)
    for at in range(0, 1300, 500):
        put(conn, rows[at : at + 500], rows)
    other = [*rows[:same], *issued(1400 - same, head(rows[:same]) if same else None, day="2026-11-24")]
    reader: Any = Rows(other)
    place = Place()
    while not place.trouble or not place.exact:
        ask = next_ask(reader, place, "test", MONDAY_9)
        place = after(ask, appending.append(conn, "h1", ask, MONDAY_9))
    assert (place.trouble, place.at) == ("fork", same + 1)
    aside = conn.execute("SELECT min(seq), count(*) FROM aside WHERE hall = 'h1' AND seq <= 1300").fetchone()
    assert aside == (same + 1, 1300 - same) and kept(conn) == rows
    assert conn.execute("SELECT trouble, trouble_at FROM halls WHERE id = 'h1'").fetchone() == ("fork", same + 1)
    ask = next_ask(reader, Place(), "test", MONDAY_9)
    assert not ask.rows and appending.append(conn, "h1", ask, MONDAY_9).kind == "ok"
    assert conn.execute("SELECT trouble FROM halls WHERE id = 'h1'").fetchone() == ("fork",), "nothing was shown"
    appending.accept(conn, "h1", same, MONDAY_9)
    assert put(conn, other[same : same + 500], other).kind == "ok"
    assert conn.execute("SELECT trouble FROM halls WHERE id = 'h1'").fetchone() == ("",)


def test_a_decision_on_no_hall_is_none(conn: Conn) -> None:
    with pytest.raises(LookupError):
        appending.accept(conn, "h9", 0, MONDAY_9)


def one_row(event: str, data: str) -> list[Row]:
    fields = (1, MONDAY_9, event, "hub", None, None, data)
    return [Row(*fields, row_hash(GENESIS, fields))]


@pytest.mark.parametrize(
    "data",
    [
        '{"period":"2026-W48","version":1,"sha256":"x","journal_seq":1,"until":1.0,"reason":"","new":1}',
        '{"period":1,"version":"x","sha256":null,"journal_seq":1,"until":1.0,"reason":""}',
        "{}",
        "no json",
    ],
)
def test_a_report_row_of_a_newer_hall_stops_none_of_its_rows(conn: Conn, data: str) -> None:
    rows = one_row("ReportMade", data)
    assert put(conn, rows, rows).kind == "ok" and kept(conn) == rows


@pytest.mark.parametrize("text", ["\0", "\ud800"])
def test_text_that_no_database_holds_is_malformed(text: str) -> None:
    import zlib

    for field in range(2, 8):
        if field == 4:
            continue
        row: list[Any] = [1, MONDAY_9, "Issued", "kiosk", 1, "1", "{}", HASH]
        row[field] = text
        ask = f'{{"head":[1,"{HASH}"],"before":"","version":"","sent_at":0}}\n{json.dumps(row)}'
        with pytest.raises(Malformed):
            unpacked(zlib.compress(ask.encode()))
    for wrong in ('"sent_at":NaN', '"sent_at":0,"before":"\\u0000"'):
        ask = f'{{"head":[1,"{HASH}"],"before":"","version":"",{wrong}}}'
        with pytest.raises(Malformed):
            unpacked(zlib.compress(ask.encode()))


def test_an_answer_of_a_newer_district_and_a_word_of_a_newer_hall_stop_nobody() -> None:
    with pytest.raises(Malformed):
        heard(b'{"kind":"busy","head":[0,"%s"],"at":0}' % (b"0" * 64))
    live = Live(MONDAY_9, 3, 60.0, 1, 2, 4, 0, 9, 1, 2, 0)
    assert live_heard(live_packed(live)) == live
    newer = {**live._asdict(), "robots": 2}
    assert live_heard(json.dumps(newer).encode()) == live
    older = {name: value for name, value in live._asdict().items() if name not in Live._field_defaults}
    assert live_heard(json.dumps(older).encode()) == Live(*live[:8])
    for wrong in (b"[]", b"{}", b'"x"', json.dumps(newer | {"waiting": "<b>"}).encode(), b'{"at":NaN}'):
        with pytest.raises(Malformed):
            live_heard(wrong)


def test_a_name_of_a_newer_hall_is_kept_checked_and_counted(conn: Conn) -> None:
    fields = (1, MONDAY_9, "HologramShown", "kiosk", None, None, '{"of":3}')
    rows = [Row(*fields, row_hash(GENESIS, fields))]
    assert put(conn, rows, rows).kind == "ok"
    assert conn.execute("SELECT event, rows, first_seq FROM unread").fetchall() == [("HologramShown", 1, 1)]


def test_a_clock_that_is_off_is_seen(conn: Conn) -> None:
    appending.append(conn, "h1", Ask(Head(), sent_at=MONDAY_9 + 900, version="x"), MONDAY_9)
    assert conn.execute("SELECT skew_s, heard_at, version FROM halls WHERE id = 'h1'").fetchone() == (
        900,
        MONDAY_9,
        "x",
    )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_whatever_is_lost_repeated_or_cut_every_row_is_kept_once(conn: Conn, data: st.DataObject) -> None:
    """A hall that goes by the last reply it heard, over a line that loses asks and replies."""
    conn.execute("DELETE FROM journal")
    conn.execute("UPDATE halls SET head_seq = 0, head_hash = %s", (GENESIS,))
    rows = issued(data.draw(st.integers(1, 30)))
    known, steps = Head(), 0
    while known.seq < len(rows):
        step = data.draw(st.integers(1, 8))
        reply = put(conn, rows[known.seq : known.seq + step], rows)
        assert reply.kind == "ok"
        steps += 1
        if steps > 60 or data.draw(st.booleans()):
            known = reply.head
    assert kept(conn) == rows


def test_an_ask_and_a_reply_are_what_they_were(conn: Conn) -> None:
    rows = issued(500)
    ask = asked(rows, rows)
    assert unpacked(packed(ask)) == ask
    assert len(packed(ask)) / len(rows) < 90  # bytes a row
    for reply in (Reply("ok", head(rows)), Reply("fork", Head(), 3)):
        assert heard(said(reply)) == reply


@given(data=st.binary(max_size=200))
def test_whatever_else_comes_is_malformed(data: bytes) -> None:
    import zlib

    for one in (
        data,
        zlib.compress(data),
        zlib.compress(b'{"head":[1,"x"],"before":"","version":"","sent_at":0}\n' + data),
    ):
        with pytest.raises(Malformed):
            unpacked(one)
    with pytest.raises(Malformed):
        heard(data)


def test_an_ask_that_unpacks_without_end_is_refused() -> None:
    import zlib

    with pytest.raises(Malformed):
        unpacked(zlib.compress(b" " * (9 << 20)))
