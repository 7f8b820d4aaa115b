"""Reports that halls have kept: which are lacking, which come, and each held against the hall's rows, once."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from psycopg import Connection

from district.appending import ROW
from district.reported import Figures, counted, differences, excerpt
from server.domain import events as ev
from server.domain.chain import Row, canonical
from server.domain.leg import Leg, legs_of
from server.domain.uplink import Kept, Malformed, Wanted

WEEK = "____-W__"
"""Periods that are asked for, as LIKE has them."""
MOST = 60
"""Of one question: more than a year of weeks."""
CUTS = ("day", "service")


def wanted(conn: Connection[Any], hall: str) -> Wanted:
    """The newest version of each week of which the hall's rows tell and that has not come."""
    return conn.execute(
        """SELECT period, version FROM (
               SELECT DISTINCT ON (period) period, version, figures FROM reports WHERE hall = %s AND period LIKE %s
               ORDER BY period, version DESC
           ) newest WHERE figures IS NULL ORDER BY period DESC LIMIT %s""",
        (hall, WEEK, MOST),
    ).fetchall()


def take(conn: Connection[Any], hall: str, kept: Kept) -> None:
    """Keep a report's figures. Raises Malformed for one of which no row tells, or with another hash than the row's."""
    named, text = f"{kept.period}, version {kept.version}", kept.text()
    found = conn.execute(
        "SELECT sha256 FROM reports WHERE hall = %s AND period = %s AND version = %s",
        (hall, kept.period, kept.version),
    ).fetchone()
    if found is None:
        raise Malformed(f"{named}: no row of {hall} tells of it")
    if hashlib.sha256(text).hexdigest() != found[0]:
        raise Malformed(f"{named}: is not the report that {hall}'s row tells of")
    try:
        figures = excerpt(told := json.loads(text))
        if told["period"] != kept.period:
            raise ValueError(f"is of {told['period']}")
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Malformed(f"{named}: is no report: {error}") from None
    shown = {key: value for key, value in figures.items() if key not in CUTS}
    conn.execute(
        """UPDATE reports SET first_day = %s, figures = %s, shown = %s, held = '', apart = '[]'
           WHERE hall = %s AND period = %s AND version = %s""",
        (figures["first_day"], canonical(figures), canonical(shown), hall, kept.period, kept.version),
    )


def hold_next(conn: Connection[Any], hall: str) -> int:
    """Hold one report of a hall against the rows that it was counted from, once they are folded; how many were."""
    with conn.transaction():
        found = conn.execute(
            """SELECT report.period, report.version, report.counted, report.figures
               FROM reports report JOIN halls hall ON hall.id = report.hall
               WHERE report.hall = %s AND report.held = '' AND report.figures IS NOT NULL
                     AND hall.folded >= report.counted
               LIMIT 1 FOR UPDATE OF report SKIP LOCKED""",
            (hall,),
        ).fetchone()
        if found is None:
            return 0
        period, version, seq, text = found
        kept = json.loads(text)
        apart = differences(kept, recounted(conn, hall, seq, kept))
        conn.execute(
            "UPDATE reports SET held = %s, apart = %s WHERE hall = %s AND period = %s AND version = %s",
            ("apart" if apart else "equal", canonical(apart), hall, period, version),
        )
        return 1


def recounted(conn: Connection[Any], hall: str, seq: int, kept: Figures) -> Figures:
    """The figures of a week out of the rows up to `seq`, as the report was counted then."""
    days = kept["first_day"], kept["last_day"]
    tickets = {
        ticket
        for (ticket,) in conn.execute(
            "SELECT ticket FROM legs WHERE hall = %s AND day BETWEEN %s AND %s", (hall, *days)
        )
    }
    withdrawn = [
        (row.seq, event)
        for row in _rows(conn, "event = 'ImportWithdrawn' AND hall = %s", hall)
        if isinstance(event := row.happened(), ev.ImportWithdrawn)
    ]
    tickets |= {one for at, event in withdrawn if at > seq for one in range(event.first, event.last + 1)}
    tickets -= {one for at, event in withdrawn if at <= seq for one in range(event.first, event.last + 1)}
    lives: dict[int, list[Row]] = {}
    for row in _rows(conn, "hall = %s AND ticket = ANY(%s) AND seq <= %s", hall, sorted(tickets), seq):
        assert row.ticket is not None
        lives.setdefault(row.ticket, []).append(row)
    legs: list[Leg] = []
    rated: dict[tuple[int, int], ev.Rated] = {}
    for ticket, life in lives.items():
        happened = [(row.seq, row.at, row.happened()) for row in life]
        mine = [leg for leg in legs_of(happened) if days[0] <= leg.day <= days[1]]
        legs += mine
        if mine:
            rated |= {(ticket, event.leg): event for _, _, event in happened if isinstance(event, ev.Rated)}
    return _as_json(counted(legs, rated.values(), kept))


def _rows(conn: Connection[Any], where: str, *values: object) -> list[Row]:
    return [Row(*row) for row in conn.execute(f"SELECT {ROW} FROM journal WHERE {where} ORDER BY seq", values)]


def _as_json(figures: Figures) -> Figures:
    """As the report's own went through JSON: what is compared is of the same kinds."""
    told: Figures = json.loads(canonical(figures))
    return told
