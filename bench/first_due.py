"""What is due first out of 100 000 open cases, against the fetch of the same rows by their keys: of the register, of a
pile of the back office, and of one department.

The cases are one real case many times over, straight in the tables: due on different days, in different states and
of every service. Both sides make records of the rows, in turns within one run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import config
from bench.hall import folder, write_hall
from consoles import any_console
from server.domain.reach import services_of
from server.domain.register import Record
from server.store.database import Store
from server.store.queries.records import ALL, Asked
from server.store.tables import record_of
from server.verbs import records
from server.verbs.hub import By, Hub

CASES, ROUNDS, ROWS = 100_000, 40, 200
MORE = """
INSERT INTO records ({columns})
WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
SELECT {values} FROM n, (SELECT * FROM records WHERE id = 1) one
"""
DUES = """
INSERT INTO dues (record, register, due, every, was)
WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
SELECT i, 'case', date('2026-11-01', '+' || (i * 7919 % 400) || ' days'), every, '' FROM n,
    (SELECT * FROM dues WHERE record = 1) one
"""
STATES = ("accepted", "accepted", "accepted", "received", "correcting", "special", "ready", "posted", "reviewing")


def filled(hub: Hub) -> None:
    """One case by the hub's own verbs, then its likes."""
    received = {"service": "SB01", "applicant": "person", "received": ["身份证"]}
    accepted = {"platform": "QZ-2026-000123", "delivery": "window"}
    records.open_record(hub, records.Who(By("08"), "operator"), "case", [("receive", received), ("accept", accepted)])
    services = [*hub.hall.services]

    def among(names: list[str] | tuple[str, ...], step: int) -> str:
        return (
            f"CASE (i / {step}) % {len(names)} "
            + " ".join(f"WHEN {n} THEN '{x}'" for n, x in enumerate(names))
            + " END"
        )

    def insert(turn: Any) -> None:
        columns = [row[1] for row in turn.conn.execute("PRAGMA table_info(records)")]
        other = {
            "id": "i",
            "number": "'BJ20261101-' || i",
            "state": among(STATES, 1),
            "service": among(services, 13),
        }
        values = ", ".join(other.get(column, f'one."{column}"') for column in columns)
        turn.conn.execute(MORE.format(columns=", ".join(f'"{column}"' for column in columns), values=values), (CASES,))
        turn.conn.execute(DUES, (CASES,))

    hub.store.turn(insert, lambda last: last)
    hub.store.turn(lambda turn: turn.conn.execute("ANALYZE"), lambda last: last)


def spent(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def main() -> None:
    with folder() as at:
        hall = config.load(write_hall(at))
        hub = Hub(hall, Store(hall.data, durable=False))
        filled(hub)
        reader = hub.read()
        department = next(one.department for one in hall.services.values() if one.department)
        asked = {
            "of the register": ALL,
            "of the pile 待办": Asked(states=("accepted", "reviewing")),
            f"of the pile 待办 of {department}": Asked(
                services=services_of(hall.services, department), states=("accepted", "reviewing")
            ),
            f"in reach of {department}": Asked(within=services_of(hall.services, department), owner="08"),
        }
        ratios = {}
        for name, one in asked.items():
            found = reader.records_due("case", limit=ROWS, asked=one)
            ids = [record.id for record in found]

            def fetched(ids: list[int] = ids) -> list[Record]:
                rows = (reader.conn.execute("SELECT * FROM records WHERE id = ?", (i,)).fetchone() for i in ids)
                return [record_of(row) for row in rows]

            pairs = [
                (spent(lambda one=one: reader.records_due("case", limit=ROWS, asked=one)), spent(fetched))  # type: ignore[misc]
                for _ in range(ROUNDS)
            ]
            listed, rows = (median(pair[i] for pair in pairs) * 1000 for i in (0, 1))
            ratios[name] = median(a / b for a, b in pairs)
            print(f"{len(found)} due first {name}: {listed:.2f} ms, their rows alone {rows:.2f}")
        hub.stop()
    print(
        f"due: {max(ratios.values()):.2f} (what is due first out of {CASES} open cases / the fetch of its rows; "
        + ", ".join(f"{value:.2f} {name}" for name, value in ratios.items())
        + ")"
    )


if __name__ == "__main__":
    any_console()
    main()
