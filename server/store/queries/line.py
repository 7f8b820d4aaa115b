"""Who waits: in which line, in which order, how many, since when."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from server.domain.order import Profile, in_order
from server.domain.ticket import Ticket
from server.store.rows import ticket_of

_LINE = "tickets WHERE state = 'waiting' AND target = :target"
_DUE = "(slot IS NULL OR raised <> '' OR :now >= slot - :early)"
"""No appointment, or one that may be called already (`order.callable_from`)."""
_HEADS = f"""WITH RECURSIVE
    services(service) AS (
        SELECT min(service) FROM {_LINE}
        UNION ALL SELECT (SELECT min(service) FROM {_LINE} AND service > services.service) FROM services WHERE
            service IS NOT NULL),
    classes(service, klass) AS (
        SELECT service, (SELECT min(klass) FROM {_LINE} AND service = services.service) FROM services WHERE service
            IS NOT NULL
        UNION ALL SELECT service, (SELECT min(klass) FROM {_LINE} AND service = classes.service AND klass >
            classes.klass)
        FROM classes WHERE klass IS NOT NULL)
    SELECT tickets.* FROM classes JOIN tickets ON tickets.id =
        (SELECT id FROM {_LINE} AND service = classes.service AND klass = classes.klass AND {_DUE}
            ORDER BY rank, id LIMIT 1)"""
"""A walk over the distinct (service, class) of one line, each found by its place in tickets_callable and not by looking
through it.
"""


RAISED, NOBODY = "raised <> ''", "0"
SAID = 1024
"""For so many profiles of counters the conditions are kept, which follow from them alone."""


def _service_filter(services: Collection[str] | None, excluded: Collection[str]) -> tuple[str, list[str]]:
    if services is not None:
        return f" AND service IN ({','.join('?' * len(services))})", list(services)
    return (f" AND service NOT IN ({','.join('?' * len(excluded))})", list(excluded)) if excluded else ("", [])


def _one_of(column: str, codes: Collection[str]) -> str:
    """A condition on codes of config.toml, quoted for SQL; false for none."""
    quoted = ", ".join("'" + code.replace("'", "''") + "'" for code in sorted(codes))
    return f"{column} IN ({quoted})" if codes else NOBODY


def served(services: frozenset[str] | None, reserved: frozenset[str]) -> str:
    """What a counter calls as its own, as a condition."""
    return f"NOT {_one_of('service', reserved)}" if services is None else _one_of("service", services)


def _callable_where(
    mine: Profile, head_starts: Mapping[str, int], now: float, early_s: float
) -> tuple[str, dict[str, Any]]:
    """`order._callable` as a condition."""
    values = {"now": now, "early": early_s, "help_after": mine.help_after_s}
    return _callable_sql(mine, tuple(head_starts.items())), values


@lru_cache(SAID)
def _callable_sql(mine: Profile, head_starts: tuple[tuple[str, int], ...]) -> str:
    starts = " ".join(f"WHEN {_one_of('klass', [klass])} THEN {minutes * 60}" for klass, minutes in head_starts)
    waited = f":now - max(rank + CASE {starts} ELSE 0 END, entered_at)" if starts else ":now - max(rank, entered_at)"
    helped = f"{served(mine.helps, mine.reserved)} AND {waited} >= :help_after"
    own = f"{served(mine.services, mine.reserved)} OR ({helped})"
    return f"{_one_of('target', mine.targets)} AND {_DUE} AND (target <> '' OR {own})"


@lru_cache(SAID)
def _preferred(mine: Profile) -> tuple[tuple[str, float], ...]:
    """What counts earlier at a counter, as conditions, each with its seconds (`Profile.rank`)."""
    own = f"{_one_of('service', mine.prefers_services)} OR {_one_of('klass', mine.prefers_classes)}"
    spoken = _one_of("language", mine.prefers_languages)
    own = NOBODY if own == f"{NOBODY} OR {NOBODY}" else own
    return (RAISED, mine.earliest_s), (own, mine.prefer_s), (spoken, mine.language_s)


def _rank_here(mine: Profile) -> str:
    """`Profile.rank` as an expression."""
    earlier = ", ".join(f"CASE WHEN {those} THEN {seconds!r} ELSE 0 END" for those, seconds in _preferred(mine))
    return f"rank - max({earlier})"


def _before_where(
    ticket: Ticket, mine: Profile, head_starts: Mapping[str, int], now: float, early_s: float
) -> tuple[str, dict[str, Any]]:
    """Those that a counter may call before a ticket, as a condition."""
    where, values = _callable_where(mine, head_starts, now, early_s)
    values |= {"rank": mine.rank(ticket), "id": ticket.id}
    return f"{where} AND ({_rank_here(mine) if mine.earliest_s else 'rank'}, id) < (:rank, :id)", values


class CallableNow(NamedTuple):
    """Whom a counter may call: how many, since when the longest waits, the first of them in the counter's order."""

    people: int
    since: float | None
    first: list[Ticket]


class LineQueries:
    conn: sqlite3.Connection

    def heads(
        self,
        targets: Sequence[str] = ("",),
        languages: Collection[str] = (),
        now: float = float("inf"),
        early_s: float = 0.0,
    ) -> list[Ticket]:
        """The first waiting ticket by rank of each (target, service, class): three steps in the index for each of
        them; and those of each language that a counter prefers, which are looked for only then. An appointment that is
        not due `now` is passed by: it hides nobody behind it.
        """
        due = {"now": now, "early": early_s}
        rows = (row for target in targets for row in self.conn.execute(_HEADS, {"target": target, **due}))
        found = {row["id"]: ticket_of(row) for row in rows}
        sql = f"""SELECT * FROM tickets WHERE state = 'waiting' AND {_one_of("target", targets)}
                  AND {_one_of("language", languages)} AND {_DUE} ORDER BY rank DESC, id DESC"""
        spoken = [ticket_of(row) for row in self.conn.execute(sql, due)] if languages else []
        first = {(one.target, one.service, one.klass, one.language): one for one in spoken}
        return [*(found | {one.id: one for one in first.values()}).values()]

    def waiting(
        self, services: Collection[str] | None = None, excluded: Collection[str] = (), limit: int = 100
    ) -> list[Ticket]:
        """Those waiting, in order of rank."""
        where, values = _service_filter(services, excluded)
        sql = f"SELECT * FROM tickets WHERE state = 'waiting'{where} ORDER BY rank, id LIMIT ?"
        return [ticket_of(r) for r in self.conn.execute(sql, (*values, limit))]

    def callable_by(
        self, mine: Profile, head_starts: Mapping[str, int], now: float, early_s: float, limit: int
    ) -> CallableNow:
        """Whom a counter may call now: how many, since when the longest of them waits, and the first few in its order.

        The same rule as `order.in_order`, said to the index (tickets_callable) so that the length of the line costs
        next to nothing; a property test holds the two together.
        """
        count, since = self._counted(mine, head_starts, now, early_s)
        return CallableNow(count, since, self.first_callable(mine, head_starts, now, early_s, limit))

    def _counted(
        self, mine: Profile, head_starts: Mapping[str, int], now: float, early_s: float
    ) -> tuple[int, float | None]:
        where, values = _callable_where(mine, head_starts, now, early_s)
        sql = f"SELECT count(*), min(entered_at) FROM tickets WHERE state = 'waiting' AND {where}"
        row = self.conn.execute(sql, values).fetchone()
        return row[0], row[1]

    def since(self, mine: Profile) -> float | None:
        """When the longest waiting of those entered whom a counter calls as its own, nobody waiting for a slot
        (tickets_waiting_since).
        """
        sql = f"""SELECT entered_at FROM tickets INDEXED BY tickets_waiting_since
                  WHERE state = 'waiting' AND {_one_of("target", mine.targets)}
                  AND (target <> '' OR {served(mine.services, mine.reserved)})
                  ORDER BY max(entered_at, coalesce(slot, 0)), id LIMIT 1"""
        row = self.conn.execute(sql).fetchone()
        return None if row is None else float(row[0])

    def first_callable(
        self, mine: Profile, head_starts: Mapping[str, int], now: float, early_s: float, limit: int
    ) -> list[Ticket]:
        """The first few of those that a counter may call now, in its order."""
        where, values = _callable_where(mine, head_starts, now, early_s)
        values["limit"] = limit
        # who calls nearly everybody finds them at the head of all; the lines of some services are looked through
        found = self._first(where, values, "tickets_in_order" if mine.services is None else "tickets_callable")
        for those, seconds in _preferred(mine) if len(found) == limit else ():
            if seconds and those != NOBODY:
                index = "tickets_raised" if those == RAISED else "tickets_callable"
                found |= self._first(f"{where} AND ({those})", values, index)
        return in_order(found.values(), mine, head_starts, now, early_s)[:limit]

    def _first(self, where: str, values: Mapping[str, Any], index: str) -> dict[int, Ticket]:
        """The first by rank, by their ids, found in an index; only then are they looked at."""
        ids = f"""SELECT id FROM tickets INDEXED BY {index} WHERE state = 'waiting' AND {where}
                  ORDER BY rank, id LIMIT :limit"""
        found = self.conn.execute(f"SELECT * FROM tickets WHERE id IN ({ids})", values)
        return {row["id"]: ticket_of(row) for row in found}

    def count_before(
        self, ticket: Ticket, mine: Profile, head_starts: Mapping[str, int], now: float, early_s: float
    ) -> int:
        """How many a counter may call before a ticket."""
        where, values = _before_where(ticket, mine, head_starts, now, early_s)
        sql = f"SELECT count(*) FROM tickets WHERE state = 'waiting' AND {where}"
        return int(self.conn.execute(sql, values).fetchone()[0])

    def before(
        self, ticket: Ticket, mine: Profile, head_starts: Mapping[str, int], now: float, early_s: float
    ) -> list[int]:
        """The ids of those that a counter may call before a ticket, in its order."""
        where, values = _before_where(ticket, mine, head_starts, now, early_s)
        place = _rank_here(mine) if mine.earliest_s else "rank"
        sql = f"SELECT id FROM tickets WHERE state = 'waiting' AND {where} ORDER BY {place}, id"
        return [row[0] for row in self.conn.execute(sql, values)]

    def passes(self, ticket: Ticket, mine: Profile) -> bool:
        """Whether somebody of a worse rank may pass a ticket at a counter for what it prefers (tickets_in_order)."""
        sql = f"""SELECT 1 FROM tickets WHERE state = 'waiting' AND rank BETWEEN ? AND ? AND id <> ?
                  AND ({" OR ".join(those for those, _ in _preferred(mine))}) LIMIT 1"""
        edge = ticket.rank + mine.earliest_s
        return self.conn.execute(sql, (ticket.rank, edge, ticket.id)).fetchone() is not None

    def behind(self, ticket: Ticket) -> bool:
        """Whether somebody who waits, in whatever line, has a worse rank (tickets_in_order)."""
        sql = "SELECT 1 FROM tickets WHERE state = 'waiting' AND (rank, id) > (?, ?) LIMIT 1"
        return self.conn.execute(sql, (ticket.rank, ticket.id)).fetchone() is not None

    def slots_after(self, moment: float) -> list[tuple[str, str]]:
        """(target, service) of each who waits for a slot after a moment; a raised one does not
        (tickets_waiting_since).
        """
        sql = """SELECT target, service FROM tickets WHERE state = 'waiting'
                 AND max(entered_at, coalesce(slot, 0)) > ?1 AND slot > ?1 AND raised = ''"""
        return [(row[0], row[1]) for row in self.conn.execute(sql, (moment,))]

    def waiting_count(self) -> int:
        """How many wait."""
        return int(self.conn.execute("SELECT count(*) FROM tickets WHERE state = 'waiting'").fetchone()[0])

    def targets_waiting(self) -> set[str]:
        """The targets that somebody waits for, '' being the hall's line (tickets_callable)."""
        sql = """WITH RECURSIVE targets(target) AS (
                     SELECT min(target) FROM tickets WHERE state = 'waiting'
                     UNION ALL SELECT (SELECT min(target) FROM tickets
                                       WHERE state = 'waiting' AND target > targets.target)
                     FROM targets WHERE target IS NOT NULL)
                 SELECT target FROM targets WHERE target IS NOT NULL"""
        return {row[0] for row in self.conn.execute(sql)}

    def last_in_line(self) -> Ticket | None:
        """The last by rank of those who wait as they came: no appointment, not taken back, moved or raised."""
        sql = (
            "SELECT * FROM tickets WHERE state = 'waiting' AND slot IS NULL AND placed = '' ORDER BY rank DESC, id DESC"
            " LIMIT 1"
        )
        row = self.conn.execute(sql).fetchone()
        return ticket_of(row) if row else None

    def waiting_for(self, target: str) -> list[Ticket]:
        """Those who wait for one counter or member of staff alone."""
        sql = "SELECT * FROM tickets WHERE state = 'waiting' AND target = ? ORDER BY rank, id"
        return [ticket_of(r) for r in self.conn.execute(sql, (target,))]

    def called_lately(
        self, services: frozenset[str] | None, reserved: frozenset[str], since: int, last: int, after: float
    ) -> list[Ticket]:
        """Who was called of a line (`served`), the newest first: the `last` few of it since a moment (tickets_called),
        whatever other lines have called meanwhile, and all whose id is greater than `since` (the primary key).
        """
        own = served(services, reserved)
        newest = f"""SELECT id FROM tickets WHERE last_called_at >= ? AND ({own})
                     ORDER BY last_called_at DESC, id DESC LIMIT ?"""
        sql = f"""SELECT * FROM tickets WHERE id IN ({newest})
                  OR id > ? AND last_called_at IS NOT NULL AND ({own})
                  ORDER BY last_called_at DESC, id DESC"""
        return [ticket_of(r) for r in self.conn.execute(sql, (after, last, since))]

    def waiting_by_service(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for (_, service), count in self.waiting_lines().items():
            found[service] = found.get(service, 0) + count
        return found

    def longest_waiting(self, limit: int) -> list[Ticket]:
        """Those waiting, the longest in their queue first; an appointment waits from its slot on
        (tickets_waiting_since).
        """
        sql = "SELECT * FROM tickets WHERE state = 'waiting' ORDER BY max(entered_at, coalesce(slot, 0)), id LIMIT ?"
        return [ticket_of(r) for r in self.conn.execute(sql, (limit,))]

    def waiting_since(self, border: float) -> int:
        """How many have waited since a moment or longer (tickets_waiting_since)."""
        sql = "SELECT count(*) FROM tickets WHERE state = 'waiting' AND max(entered_at, coalesce(slot, 0)) <= ?"
        return int(self.conn.execute(sql, (border,)).fetchone()[0])

    def booked(self) -> Mapping[int, Ticket]:
        """Who waits for an appointment, by the number's id."""
        sql = "SELECT * FROM tickets WHERE state = 'waiting' AND slot IS NOT NULL"
        return {row["id"]: ticket_of(row) for row in self.conn.execute(sql)}

    def last_place(self) -> tuple[float, int]:
        """(rank, id) of the last who waits, in whatever line (tickets_in_order)."""
        sql = "SELECT rank, id FROM tickets WHERE state = 'waiting' ORDER BY rank DESC, id DESC LIMIT 1"
        row = self.conn.execute(sql).fetchone()
        return (row[0], row[1]) if row else (float("-inf"), 0)

    def waiting_lines(self) -> Mapping[tuple[str, str], int]:
        """How many wait by (target, service) (tickets_callable)."""
        sql = "SELECT target, service, count(*) FROM tickets WHERE state = 'waiting' GROUP BY target, service"
        return {(row[0], row[1]): row[2] for row in self.conn.execute(sql)}

    def early(self, now: float, early_s: float) -> dict[tuple[str, str], int]:
        """How many appointments wait before their time, by (target, service)."""
        sql = f"""SELECT target, service, count(*) FROM tickets WHERE state = 'waiting' AND slot IS NOT NULL
                  AND NOT {_DUE} GROUP BY target, service"""
        rows = self.conn.execute(sql, {"now": now, "early": early_s})
        return {(row[0], row[1]): row[2] for row in rows}

    def waiting_order(self, limit: int) -> list[tuple[int, str]]:
        """(id, service) of those waiting, in order of rank (tickets_in_order)."""
        sql = "SELECT id, service FROM tickets WHERE state = 'waiting' ORDER BY rank, id LIMIT ?"
        return [(row[0], row[1]) for row in self.conn.execute(sql, (limit,))]

    def waits(self, day: str, hours: Sequence[tuple[float, float]], now: float) -> tuple[int, int, int, float]:
        """(numbers given out, of them called, whose wait is counted, their waits within `hours`, seconds) of a service
        day (tickets_today).

        Counted are those who were called, until their first call, and those who still wait, until now: who has waited
        longest is not left out of the mean because nobody has called yet.
        """
        spans = " + ".join(["max(0, min(coalesce(called_at, ?), ?) - max(issued_at, ?))"] * len(hours)) or "0"
        edges = [edge for start, end in hours for edge in (now, end, start)]
        counted = "called_at IS NOT NULL OR state = 'waiting'"
        sql = (
            f"SELECT count(*), count(called_at), count(CASE WHEN {counted} THEN 1 END),"
            f" coalesce(sum(CASE WHEN {counted} THEN {spans} ELSE 0 END), 0)"
            " FROM tickets WHERE day = ? AND number IS NOT NULL"
        )
        row = self.conn.execute(sql, (*edges, day)).fetchone()
        return row[0], row[1], row[2], row[3]

    def came_since(self, day: str, since: float) -> dict[str, int]:
        """How many numbers of each service a service day has given out since a moment (tickets_of_day)."""
        sql = """SELECT service, count(*) FROM tickets WHERE day = ? AND issued_at >= ? AND number IS NOT NULL
                 GROUP BY service"""
        return {row[0]: row[1] for row in self.conn.execute(sql, (day, since))}
