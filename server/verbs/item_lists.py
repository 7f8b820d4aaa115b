"""事项清单: a draft made of the catalogue in one press, and the lists that are in force today.

From the draft on a list is a record like any other: its moves are those of `server/registers/item_list.toml`.
"""

from __future__ import annotations

from datetime import date

from server.domain import item_lists
from server.domain.item_lists import InForce
from server.domain.register import Record
from server.domain.rules import Refused
from server.verbs import records
from server.verbs.hub import Hub
from server.verbs.records import Who


def draft(hub: Hub, who: Who, kind: str, due: date) -> Record:
    """A new list with what belongs on it by the catalogue. Raises Refused where nothing does, or one is on its way."""
    items = item_lists.proposed(hub.hall, kind)
    if not items:
        name = item_lists.NAMES[kind]
        raise Refused(
            f"目录里没有能列入“{name.zh}”的事项：请先填写最多跑几趟。",
            f"The catalogue has nothing for '{name.en}': fill in the visits of its items first.",
        )
    for other in hub.read().records_due(item_lists.REGISTER):
        if other.values.get("kind") == kind:
            raise Refused(
                f"{other.number}还没有公布：请先办完它，或撤回。",
                f"{other.number} is not published yet: carry it on, or withdraw it.",
            )
    return records.open_record(
        hub, who, item_lists.REGISTER, [("draft", {"kind": kind, "items": items, "due": due.isoformat()})]
    )


def today(hub: Hub) -> dict[str, InForce]:
    """Kind -> the list in force. Worked out anew when a list moved or the day turned."""
    reader, day = hub.read(), date.fromisoformat(hub.day(hub.now()))
    mark = reader.ended_mark(item_lists.REGISTER, item_lists.PUBLISHED)

    def make() -> dict[str, InForce]:
        return item_lists.in_force(reader.records_ended(item_lists.REGISTER, item_lists.PUBLISHED), day)

    found: dict[str, InForce] = hub.latest(("lists in force", mark, day), make)
    return found
