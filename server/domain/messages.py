"""Short messages (留言) between places of the hall: who can be written to, from where, and what may be said. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from config import Hall, Text
from server.domain import target
from server.domain.rules import Refused

MANAGER, DESK, ALL = "manager", "desk", "all"
NOBODY = ""
"""The place of whoever reads only what was written to all."""
PLACES = {MANAGER: Text("主任", "Manager"), DESK: Text("咨询台", "Guide desk"), ALL: Text("所有窗口", "All")}
LONGEST = 60
"""Characters: a message is a few words."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """One message. `sender` and `to` are places: manager, desk, counter:ID, and all for `to` alone."""

    id: int
    at: float
    sender: str
    to: str
    staff: str
    text: str


def place_name(hall: Hall, place: str) -> Text:
    """A place in words; a counter that is none any more as it was written."""
    kind, name = target.parse(place) if ":" in place else ("", "")
    if kind == "counter" and name in hall.counters:
        return hall.counters[name].text
    return PLACES.get(place, Text.same(place))


def seat_of(role: str, counter: str | None) -> str:
    """The place that somebody writes from and reads at: the counter sat at, else the manager's page or the desk."""
    if counter:
        return target.counter(counter)
    return MANAGER if role in ("manager", "administrator", "supervisor") else DESK


def places(hall: Hall) -> list[str]:
    """Everybody who can be written to."""
    return [MANAGER, DESK, ALL, *(target.counter(c) for c, table in hall.counters.items() if table.kind != "guide")]


def checked(hall: Hall, sender: str, to: str, text: str) -> str:
    """The text as it is kept. Refused for an unknown place, an empty or a long text."""
    text = " ".join(text.split())
    if to not in places(hall):
        raise Refused("没有这个收件处：请从清单中选择。", "There is no such place: choose one of the list.")
    if to == sender:
        raise Refused("不能发给自己：请选择其他收件处。", "You cannot write to yourself: choose another place.")
    if not text:
        raise Refused("请写留言内容。", "Write what you want to say.")
    if len(text) > LONGEST:
        raise Refused(f"留言最多{LONGEST}字：请写短些。", f"At most {LONGEST} characters: make it shorter.")
    return text
