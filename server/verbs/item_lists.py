"""事项清单: a draft made of the catalogue in one press, the lists that are in force today, and those that the district
sends down.

From the draft on a list is a record like any other: its moves are those of `server/registers/item_list.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from config import Text
from server.domain import events as ev
from server.domain import item_lists, register
from server.domain.definition import DISTRICT
from server.domain.item_lists import InForce
from server.domain.register import Record
from server.domain.rules import Refused
from server.store.transaction import Turn
from server.verbs import records
from server.verbs.hub import By, Hub
from server.verbs.records import Who

SENT_DOWN = "from_district"
BY_DISTRICT = Who(By(DISTRICT), DISTRICT)


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


# --- sent down by the district ----------------------------------------------------------------------------------------


def problems(hub: Hub, kinds: Mapping[str, Sequence[str]], circular: int) -> list[Text]:
    """Why lists (kind -> codes) that came down with a circular can't be in force in this hall: what its catalogue does
    not have, and whatever its register refuses.
    """
    made, found = records.definition(hub, item_lists.REGISTER), []
    for kind, items in kinds.items():
        if strange := [code for code in items if code not in hub.hall.services]:
            name, codes = item_lists.NAMES[kind], "、".join(strange)
            found.append(
                Text(
                    f"{name.zh}里的{codes}，本厅的事项目录里没有。",
                    f"{name.en}: {codes.replace('、', ', ')} not in this hall's catalogue.",
                )
            )
            continue
        wish = register.Wish(SENT_DOWN, _values(hub, kind, items, circular))
        try:
            register.opened(made, wish, DISTRICT, DISTRICT, hub.now(), records.ground(hub), record=0, number="")
        except Refused as refused:
            found.append(refused.text)
    return found


def from_district(hub: Hub, kinds: Mapping[str, Sequence[str]], circular: int, said: ev.Event) -> None:
    """Bring lists that came down into force from today on, and say so in the same turn. A kind whose list in force has
    the same items keeps it. Raises Refused.
    """
    made, now = records.definition(hub, item_lists.REGISTER), today(hub)
    new = {kind: items for kind, items in kinds.items() if kind not in now or {*now[kind].items} != {*items}}

    def decide(turn: Turn) -> None:
        for kind, items in new.items():
            records.open_in(hub, turn, BY_DISTRICT, made, [(SENT_DOWN, (_values(hub, kind, items, circular), {}))])
        turn.record(said, DISTRICT)

    hub.turn(decide)
    hub.wake()


def _values(hub: Hub, kind: str, items: Sequence[str], circular: int) -> dict[str, Any]:
    return {"kind": kind, "items": [*items], "effective": hub.day(hub.now()), "circular": circular}
