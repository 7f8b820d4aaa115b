"""大厅档案: the facts that the self-check looks at. Records nothing: the file is config, equipment a register."""

from __future__ import annotations

from datetime import date

from server.domain import filings, self_check
from server.domain.definition import EQUIPMENT
from server.domain.post import AT_COUNTERS
from server.store.reader import Reader
from server.verbs import item_lists, regulations, staff_changes
from server.verbs.hub import Hub


def equipment(reader: Reader) -> dict[str, tuple[int, int]]:
    """Kind -> (pieces that work, pieces out of order)."""
    found: dict[str, tuple[int, int]] = {}
    for record in reader.records_open(EQUIPMENT):
        kind, many = str(record.values["kind"]), int(record.values.get("count") or 1)
        good, bad = found.get(kind, (0, 0))
        found[kind] = (good, bad + many) if record.state == "faulty" else (good + many, bad)
    return found


def facts(hub: Hub) -> self_check.Facts:
    reader = hub.read()
    rules = regulations.current(reader)
    return self_check.Facts(
        equipment=equipment(reader),
        posts=tuple(reader.posts().values()),
        staff=sum(row["active"] and row["role"] in AT_COUNTERS for row in reader.everybody()),
        lists=dict.fromkeys(item_lists.today(hub), True),
        issued=sum(one.version > 0 for one in rules.values()),
        rules=len(rules),
        unfiled=filings.counted(staff_changes.filed(reader))["unfiled"],
    )


def today(hub: Hub) -> date:
    return date.fromisoformat(hub.day(hub.now()))
