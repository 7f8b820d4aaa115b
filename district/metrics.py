"""Figures of a district in Prometheus's text format 0.0.4. No label names a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg import Connection

from district import findings
from district.views import FRESH_S, ZONE
from server.domain.uplink import Live
from server.views.condition import Metric, written


def metrics(conn: Connection[Any], lives: Mapping[str, tuple[Live, float]], now: float) -> str:
    """Of each hall that has a key or had one, and of the exports."""
    found = conn.execute(
        """SELECT id, heard_at, own_head, head_seq, folded, trouble, skew_s, fold_error, untaken FROM halls
           WHERE heard_at IS NOT NULL OR key IS NOT NULL ORDER BY id"""
    ).fetchall()
    apart = dict(conn.execute("SELECT hall, count(*) FROM reports WHERE held = 'apart' GROUP BY hall").fetchall())
    unread = dict(conn.execute("SELECT hall, sum(rows) FROM unread GROUP BY hall").fetchall())
    today = datetime.fromtimestamp(now, ZONE).date()
    late = Counter(one.hall for one in findings.kept(conn) if one.late(today))
    exports = conn.execute("SELECT count(*) FROM exports").fetchone()
    fresh = {hall: live for hall, (live, at) in lives.items() if now - at <= FRESH_S}

    def each(name: str, help: str, values: Mapping[str, float]) -> Metric:
        return Metric(f"district_{name}", help, [({"hall": hall}, value) for hall, value in values.items()])

    told = [
        each("heard_seconds", "Since the hall was last heard.", {r[0]: now - r[1] for r in found if r[1] is not None}),
        each("rows_behind", "Rows the hall has and the district not.", {r[0]: max(0, r[2] - r[3]) for r in found}),
        each("rows_unfolded", "Rows that are kept and not counted yet.", {r[0]: r[3] - r[4] for r in found}),
        each(
            "fold_failing",
            "Whether this program can't count the hall's rows or hold its report against them.",
            {r[0]: bool(r[7]) for r in found},
        ),
        each(
            "refused",
            "Whether the hall's last rows were refused (fork, behind, damaged).",
            {r[0]: bool(r[5]) for r in found},
        ),
        each(
            "clock_skew_seconds",
            "The hall's clock minus the district's.",
            {r[0]: r[6] for r in found if r[6] is not None},
        ),
        each(
            "reports_apart", "Kept reports that are not what the rows say.", {r[0]: apart.get(r[0], 0) for r in found}
        ),
        each(
            "rows_unread",
            "Rows of events that this version does not know.",
            {r[0]: int(unread.get(r[0], 0)) for r in found},
        ),
        each(
            "order_untaken",
            "Of what was sent down, what a hall that is heard has not answered.",
            {r[0]: r[8] for r in found},
        ),
        each("findings_overdue", "Findings that the hall has not answered in time.", {r[0]: late[r[0]] for r in found}),
        each("waiting", "Who waits in the hall now.", {hall: live.waiting for hall, live in sorted(fresh.items())}),
        Metric("district_exports", "Exports that were taken.", [({}, exports[0] if exports else 0)], "counter"),
    ]
    return "".join(map(written, told))
