"""设备: every device that carries a token, for whoever looks after them. JSON-able; no token and no code is in it."""

from __future__ import annotations

from sqlite3 import Row
from typing import Any

from config import Hall, Text
from server.domain import enrolment
from server.health import Contacts
from server.verbs.hub import Hub
from server.views.tickets import iso

PROGRAM_NAMES = {
    "boards": Text("窗口屏程序", "Boards' program"),
    "bookings": Text("预约系统", "Booking system"),
    "metrics": Text("监控", "Monitoring"),
    "follower": Text("跟随", "Follower"),
    "second": Text("备用主机", "Second machine"),
    "commands": Text("命令行", "Command line"),
}
STATES = {
    "here": Text("在线", "Connected"),
    "away": Text("不在线", "Away"),
    "never": Text("没有来过", "Never seen"),
    "locked": Text("已锁定", "Locked"),
    "ended": Text("令牌已停用", "Token ended"),
}
NEAR_S = 60.0
"""A program that keeps no feed open is there while it has asked so lately."""


def kind_of(hall: Hall, name: str) -> str | None:
    """The kind of a device by its name, as its token's is; None for one that the hall does not have any more."""
    return "kiosk" if name in hall.kiosks else name if name in PROGRAM_NAMES else enrolment.numbered(name)


def kind_name(kind: str) -> Text:
    return enrolment.KINDS.get(kind) or PROGRAM_NAMES[kind]


def place_name(hall: Hall, kind: str, name: str, place: str) -> Text:
    """Where a device stands, in words; empty for a program that stands nowhere."""
    known = enrolment.places(hall, kind)
    return known.get(name if kind == "kiosk" else place) or Text(place, place)


def devices_view(hub: Hub, contacts: Contacts) -> list[dict[str, Any]]:
    """Those of the hall first, in order of their kinds; `label` is what an administrator has called one."""
    kinds = [*enrolment.KINDS, *PROGRAM_NAMES]
    rows = [(kind, row) for row in hub.read().devices() if (kind := kind_of(hub.hall, row["name"]))]
    rows.sort(key=lambda one: (kinds.index(one[0]), one[1]["name"]))
    return [_device(hub, contacts, kind, row) for kind, row in rows]


def _device(hub: Hub, contacts: Contacts, kind: str, row: Row) -> dict[str, Any]:
    contact = contacts.of(row["name"])
    seen = max((at for at in (contact.seen, row["seen_at"]) if at is not None), default=None)
    state = (
        "ended"
        if row["ended_at"]
        else "locked"
        if row["locked_at"]
        else "never"
        if seen is None
        else "here"
        if contact.open or (contact.seen is not None and hub.now() - contact.seen < NEAR_S)
        else "away"
    )
    return {
        "device": row["name"],
        "kind": kind,
        **kind_name(kind).json("kind_name"),
        "place": row["name"] if kind == "kiosk" else row["place"],
        **place_name(hub.hall, kind, row["name"], row["place"]).json("place_name"),
        "label": row["label"],
        "state": state,
        **STATES[state].json("state_name"),
        "seen": iso(hub.hall, seen),
        "version": contact.version or row["version"],
        "disconnections": contact.breaks,
        "enrolled": iso(hub.hall, row["enrolled_at"]),
    }
