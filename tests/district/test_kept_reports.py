"""A hall's own kept report is taken where its row says so, and held against what the rows give: equal, or named."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest
from psycopg import Connection

from district import appending, folding, kept_reports
from server.domain import events as ev
from server.domain.snapshot import packed
from server.domain.uplink import Kept, Malformed, kept_packed, kept_unpacked, wanted_heard, wanted_said
from server.reports import period, reporter
from server.verbs import calls, counters, snapshots, tickets
from server.verbs.hub import By, Hub
from tests.conftest import HandClock
from tests.district.conftest import asked

ONE, WEEK = By("07"), period.parse("2026-W48")


def keep(hub: Hub, change: dict[str, Any] | None = None) -> Kept:
    """The hall keeps the report of the week; `change`: of its total, by who has the database in hands."""
    made = reporter.counted(hub.hall, WEEK, hub.store.path, hub.now())
    made.report["total"].update(change or {})
    kept = snapshots.keep(hub, WEEK, made)
    return Kept(kept.period, kept.version, kept.packed)


def bring(conn: Connection[Any], hub: Hub) -> None:
    """All rows of the hall, folded."""
    have = conn.execute("SELECT head_seq FROM halls WHERE id = 'h1'").fetchone()
    assert have
    rows = hub.store.read().journal(0, 10_000)
    assert appending.append(conn, "h1", asked(rows[have[0] :], rows), 0.0).kind == "ok"
    while folding.fold(conn, "h1"):
        pass


def held(conn: Connection[Any]) -> tuple[str, list[Any]]:
    found = conn.execute("SELECT held, apart FROM reports ORDER BY version DESC").fetchone()
    assert found
    return found[0], json.loads(found[1])


@pytest.fixture
def lived(hub: Hub, clock: HandClock) -> Hub:
    """Numbers that were called, passed, finished and rated, and one that still waits."""
    counters.open_counter(hub, ONE, "1", staff="07")
    for _ in range(6):
        clock.forward(40)
        tickets.issue(hub, By("kiosk"), "SB01", channel="desk")
    for n in range(5):
        clock.forward(60)
        ticket = calls.call_next(hub, ONE, "1")
        assert ticket
        if n == 3:
            calls.pass_(hub, ONE, "1", ticket=ticket.id)
            continue
        calls.start(hub, ONE, "1", ticket=ticket.id)
        clock.forward(130.25 + n)
        calls.finish(hub, ONE, "1", "现场办结")
        if n == 1:
            rated = ev.Rated(ticket=ticket.id, counter="1", leg=1, level=2, source="pad", staff="07")
            hub.turn(lambda turn, event=rated: turn.record(event, "pad"))
    return hub


def test_the_halls_report_is_what_its_rows_say_even_when_more_happened_since(
    lived: Hub, conn: Connection[Any], clock: HandClock
) -> None:
    kept = keep(lived)
    calls.call_next(lived, ONE, "1")
    bring(conn, lived)
    assert kept_reports.wanted(conn, "h1") == [("2026-W48", 1)] == wanted_heard(wanted_said([("2026-W48", 1)]))
    assert kept_reports.hold_next(conn, "h1") == 0
    kept_reports.take(conn, "h1", kept)
    assert (
        kept_reports.wanted(conn, "h1"),
        kept_reports.hold_next(conn, "h1"),
        kept_reports.hold_next(conn, "h1"),
    ) == ([], 1, 0)
    assert held(conn) == ("equal", [])
    shown = conn.execute("SELECT shown, figures FROM reports").fetchone()
    assert shown and json.loads(shown[0])["ratings"]["bad"] == 1 and '"staff"' not in shown[1]
    folding.refold(conn, "h1")
    assert held(conn)[0] == "" and kept_reports.hold_next(conn, "h1") == 1 and held(conn)[0] == "equal"


def test_a_figure_that_the_rows_do_not_give_is_named_with_both(lived: Hub, conn: Connection[Any]) -> None:
    bring(conn, lived)
    kept = keep(lived, {"finished": 400})
    bring(conn, lived)
    kept_reports.take(conn, "h1", kept)
    assert kept_reports.hold_next(conn, "h1") == 1
    assert held(conn) == ("apart", [["total", "finished", 400, 4]])


def test_what_is_not_the_report_of_the_row_is_not_kept(lived: Hub, conn: Connection[Any]) -> None:
    kept = keep(lived)
    with pytest.raises(Malformed, match="no row of h1"):
        kept_reports.take(conn, "h1", kept)
    bring(conn, lived)
    other = packed({"period": "2026-W48", "total": {}})[1]
    for told, why in (
        (kept._replace(packed=other), "is not the report"),
        (kept._replace(version=2), "no row of h1"),
        (kept._replace(packed=kept.packed[:-9]), "cut off"),
        (kept._replace(packed=b"no zlib at all"), "unpacked"),
        (kept._replace(packed=zlib.compress(b"0" * (9 << 20))), "too long"),
    ):
        with pytest.raises(Malformed, match=why):
            kept_reports.take(conn, "h1", told)
    assert kept_reports.wanted(conn, "h1") == [("2026-W48", 1)]
    assert kept_unpacked(kept_packed(kept)) == kept and kept_unpacked(b"") is None
    for data in (b"{}", b"[", b'{"packed":"*","period":"x","version":1}', b'{"packed":"","period":1,"version":1}'):
        with pytest.raises(Malformed):
            kept_unpacked(data)
