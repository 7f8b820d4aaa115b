"""What is pressed on a page of a telephone, by the page's path: the verb that it is, whoever brings it, the hub's own
page or the relay.
"""

from __future__ import annotations

from collections.abc import Mapping

from server.domain import codes
from server.domain.ticket import Ticket
from server.store import secret
from server.verbs import remote, visitor
from server.verbs.hub import By, Hub, Unknown

FIELDS = ("act", "level", "service", "door", "code", "lang")
"""Fields of the forms; anything else that a form brings is not read. None of them is about a person."""
LONGEST = 64


def press(hub: Hub, by: By, path: str, fields: Mapping[str, str]) -> str:
    """Carry it out; the path of the page that shows what became of it. Raises Refused."""
    kind, _, code = path.partition("/")
    act = fields.get("act", "")
    if kind == "p":
        visitor.press(hub, by, visitor.by_code(hub, code).id, act, fields.get("level", ""))
        return path
    if path == "take":
        language = "en" if fields.get("lang") == "en" else "zh"
        made = remote.take(hub, by, fields.get("service", ""), fields.get("door", ""), language)
        return f"n/{remote.code(hub, made)}"
    if path == "here":
        one = remote.by_code(hub, fields.get("code", ""))
        return place(hub, remote.arrive(hub, by, one, shown=fields.get("door", "")))
    if kind == "n":
        one = remote.by_code(hub, code)
        if act == "here":
            return place(hub, remote.arrive(hub, by, one, shown=fields.get("door", "")))
        if act in ("renew", "leave"):
            (remote.renew if act == "renew" else remote.leave)(hub, by, one.id)
            return path
    raise Unknown("没有这个按键：请回到上一页。", "There is no such key: go back.")


def place(hub: Hub, ticket: Ticket) -> str:
    """The page of a number."""
    return f"p/{codes.ticket_code(secret.key(hub.hall, 'code').encode(), ticket.id)}"
