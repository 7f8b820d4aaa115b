"""What a hall says next to its district, and what it makes of the reply. Reads the database; holds no state but how
far the district said it is.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from config import Hall, Text
from server.domain.chain import Head
from server.domain.uplink import MOST_ROWS, Ask, Live, Reply
from server.health import GOOD
from server.store.reader import Reader
from server.verbs.cases import CASE

TROUBLE = {
    "behind": Text(
        "区平台的记录比本厅多：本厅是从旧备份恢复的。请技术人员停下主机，把记录取回来再启动。",
        "The district has more rows than this hall, which was restored from an older backup: have a technician stop the"
        " hub, take the rows back and start it again.",
    ),
    "fork": Text(
        "从第{at}条起，本厅的记录与区平台的不同：两份都已保留，请与区平台核对。",
        "From row {at} on this hall and the district have different rows: both are kept; settle it with the district.",
    ),
    "damaged": Text(
        "第{at}条记录与前一条接不上：请技术人员核对数据库。",
        "Row {at} does not continue the one before it: have a technician verify the database.",
    ),
    "stranger": Text(
        "区平台不认识本厅：请向区里要新的代码，重新加入。",
        "The district does not know this hall: ask it for a new code and join again.",
    ),
}


class Place(NamedTuple):
    """How far the district is, as it said itself; None: not asked yet."""

    head: Head | None = None
    trouble: str = ""
    at: int = 0
    exact: bool = True
    """Of a fork: `at` is the first row of the two histories; False: an earlier one may be."""


def next_ask(reader: Reader, place: Place, version: str, now: float) -> Ask:
    """Rows after what the district has; no rows: how far are you? Of two histories the rows go up too, to be kept: back
    from where they were seen to differ, until both are the same before them.
    """
    seq, _, hash = reader.head()
    own = Head(seq, hash)
    if place.trouble == "fork" and not place.exact:
        first = max(0, place.at - MOST_ROWS)
        rows = tuple(reader.journal(first, min(MOST_ROWS, place.at - first)))
        before = reader.hash_of(first)
        assert before is not None
        return Ask(own, before, rows, version, now)
    if place.head is None or place.head.seq > seq or place.trouble:
        return Ask(own, version=version, sent_at=now)
    rows = tuple(reader.journal(place.head.seq, MOST_ROWS))
    before = reader.hash_of(place.head.seq)
    assert before is not None
    return Ask(own, before, rows, version, now)


def after(ask: Ask, reply: Reply) -> Place:
    """Where things stand after the reply to an ask."""
    if reply.kind in ("ok", "gap"):
        return Place(reply.head)
    within = bool(ask.rows) and reply.at >= ask.rows[0].seq
    return Place(reply.head, reply.kind, reply.at, reply.kind != "fork" or reply.at <= 1 or within)


class Printers:
    """The hall's printers by their newest word in the journal, of which only what is new is read."""

    def __init__(self, hall: Hall) -> None:
        self._states = {f"printer {name}": "" for name in hall.printers}
        self._seq = 0

    def count(self, reader: Reader) -> tuple[int, int]:
        """(how many there are, how many of them can't print)."""
        for seq, device, state in reader.devices_after(self._seq):
            self._seq = seq
            if device in self._states:
                self._states[device] = state
        return len(self._states), sum(state not in GOOD for state in self._states.values())


def live(hall: Hall, reader: Reader, printers: Printers, now: float) -> Live:
    """How the hall is now, by its database."""
    pledge_s = hall.hall.wait_pledge_min * 60.0
    waits = [now - at for (at,) in reader.conn.execute("SELECT entered_at FROM tickets WHERE state = 'waiting'")]
    serving = reader.conn.execute("SELECT count(*) FROM tickets WHERE state IN ('called', 'serving')").fetchone()[0]
    opened = reader.conn.execute("SELECT count(*) FROM counters WHERE state = 'open'").fetchone()[0]
    return Live(
        at=now,
        waiting=len(waits),
        longest_s=max([0.0, *waits]),
        serving=serving,
        open_counters=opened,
        counters=len(hall.counters),
        over_pledge=sum(wait > pledge_s for wait in waits) if pledge_s else 0,
        seq=reader.head()[0],
        red_cases=reader.count_due(CASE, f"{datetime.fromtimestamp(now, hall.zone):%Y-%m-%d}"),
        **dict(zip(("printers", "printers_down"), printers.count(reader), strict=True)),
    )
