"""督查: some of a hall's numbers of a week, drawn so that nobody can steer it and anybody can repeat it, with what
proves their rows. What it makes is one JSON file, which `problems` checks without the district.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from psycopg import Connection

from district.appending import ROW
from district.rollup import days_of
from server.domain.chain import GENESIS, Row, row_hash
from server.domain.lot import drawn

MOST = 50
"""Numbers of one sample."""


def sample(conn: Connection[Any], hall: str, monday: date, most: int, row: int = 0) -> dict[str, Any]:
    """The sample's file, of what this session may see. `row`: the row whose hash is the seed, 0 for the newest; given
    again it draws the same. Raises LookupError for a hall or row that there is not.
    """
    head = conn.execute("SELECT head_seq, head_hash FROM halls WHERE id = %s", (hall,)).fetchone()
    if head is None:
        raise LookupError(f"{hall}: no such hall")
    row = row or head[0]
    seed = conn.execute("SELECT hash FROM journal WHERE hall = %s AND seq = %s", (hall, row)).fetchone()
    if seed is None:
        raise LookupError(f"{hall}: row {row} is not kept")
    first, *_, last = days_of(monday)
    of = conn.execute(
        "SELECT DISTINCT ticket FROM legs WHERE hall = %s AND day BETWEEN %s AND %s ORDER BY ticket",
        (hall, first, last),
    ).fetchall()
    among = [ticket for (ticket,) in of]
    mine = [ticket for (ticket,) in drawn(seed[0], [(ticket,) for ticket in among], min(most, MOST))]
    found = conn.execute(
        f"""SELECT {ROW}, (SELECT hash FROM journal WHERE hall = one.hall AND seq = one.seq - 1)
            FROM journal one WHERE hall = %s AND ticket = ANY(%s) ORDER BY ticket, seq""",
        (hall, mine),
    ).fetchall()
    return {
        "hall": hall,
        "first_day": first,
        "last_day": last,
        "head": list(head),
        "seed": {"row": row, "hash": seed[0]},
        "most": min(most, MOST),
        "among": among,
        "drawn": mine,
        "rows": [{"before": before or GENESIS, "row": list(told)} for *told, before in found],
    }


def problems(told: Mapping[str, Any]) -> list[str]:
    """What does not fit in a sample's file: its draw repeated, each row's hash worked out. Raises KeyError, TypeError
    for what is none.
    """
    again = [ticket for (ticket,) in drawn(told["seed"]["hash"], [(one,) for one in told["among"]], told["most"])]
    found = [] if again == told["drawn"] else ["the draw is not the one of this seed"]
    rows = [(one["before"], Row(*one["row"])) for one in told["rows"]]
    if {row.ticket for _, row in rows} != set(told["drawn"]):
        found.append("rows of other numbers than those drawn")
    return found + [
        f"row {row.seq}: hash does not fit" for before, row in rows if row_hash(before, row[:-1]) != row.hash
    ]
