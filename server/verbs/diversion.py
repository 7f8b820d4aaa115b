"""分流: a kiosk's word that a service can be done online, and whether somebody chose that, are counted."""

from __future__ import annotations

from server.domain import events as ev
from server.domain.rules import Refused
from server.verbs.hub import By, Hub, Unknown

ONLINE = "是"
"""是否全程网办事项: where only a part is, a number is needed anyway."""


def told_online(hub: Hub, by: By, service: str, *, taken: bool) -> None:
    """The word was shown before a number was taken, or (`taken`) somebody chose it. Raises Unknown, and Refused."""
    known = hub.hall.services.get(service)
    if known is None:
        raise Unknown(f"没有事项“{service}”。", f"There is no service '{service}'.")
    if known.online != ONLINE:
        raise Refused(f"“{known.name}”不能全程网办。", f"{known.name_en} is not fully online.")
    event = ev.OnlineTold(service=service, taken=taken)
    hub.act(by, lambda turn: turn.record(event, by.actor), "told online", service, taken)
