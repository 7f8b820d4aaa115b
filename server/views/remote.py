"""远程取号, JSON-able: what may be taken, what a telephone sees of a place that is kept, what stands at the door."""

from __future__ import annotations

from typing import Any

from config import Text
from server.domain import remote as rule
from server.domain.remote import Remote
from server.verbs import remote, telephone
from server.verbs.hub import Closed, Hub
from server.views.kiosk import hall_words, notice
from server.views.moment import moment
from server.views.tickets import iso, service_names
from server.views.visitor import wait_words

STATES = {
    "coming": Text("已为您留号，到厅后出号", "Kept for you: your number comes when you arrive"),
    "arrived": Text("已到厅", "You have arrived"),
    "expired": Text("留号时间已过", "The time it was kept for is over"),
    "left": Text("已取消", "Cancelled"),
}


def take_view(hub: Hub) -> dict[str, Any]:
    """What may be taken now, and how long each would be. Raises Closed where the hall gives none."""
    codes = frozenset(remote.services(hub))
    if not codes:
        raise Closed(*remote.why_none(hub))
    return {
        "hall": hall_words(hub),
        "notice": notice(hub),
        "keep_min": hub.hall.remote.keep_min,
        "groups": [
            {**group.text.json("name"), "services": [_offered(hub, code) for code in group.services if code in codes]}
            for group in hub.hall.groups.values()
            if not codes.isdisjoint(group.services)
        ],
    }


def _offered(hub: Hub, code: str) -> dict[str, Any]:
    at = moment(hub)
    now = at.newcomer((code,))
    return {
        **service_names(hub.hall, code),
        "room": remote.room(hub, at.reader, code, at.now) > 0,
        "ahead": now["ahead"],
        **wait_words(now["estimate_min"]).json("wait"),
    }


def remote_view(hub: Hub, one: Remote) -> dict[str, Any]:
    """A place that is kept, as its holder's telephone shows it."""
    at, reader, hall = moment(hub), hub.read(), hub.hall
    here = remote.number_of(hub, reader, one)
    state = rule.state(one, here is not None, at.now)
    now = at.newcomer((one.service,)) if state in ("coming", "expired") and one.service in hall.services else None
    return {
        "code": remote.code(hub, one),
        **hall.service_name(one.service).json("name"),
        "state": state,
        "state_words": STATES[state].json(),
        "until": hub.local(one.until),
        "number": here.label if here else None,
        "place": telephone.place(hub, here) if here else None,
        "ahead": now["ahead"] if now else None,
        **wait_words(now["estimate_min"] if now else None).json("wait"),
        "may": _may(hub, one, state),
        "notice": notice(hub),
        "now": iso(hall, at.now),
    }


def _may(hub: Hub, one: Remote, state: rule.State) -> list[str]:
    if state == "coming":
        return ["here", "leave"]
    once_more = state == "expired" and not one.renewed and one.service in remote.services(hub)
    return ["renew"] if once_more else []


def door_view(hub: Hub) -> dict[str, Any]:
    """What stands at the door today: both codes, the addresses of their QR codes, and what was taken."""
    reader, now, url = hub.read(), hub.now(), hub.hall.public.url
    taken = reader.remotes(hub.day(now))
    states = [rule.state(one, remote.number_of(hub, reader, one) is not None, now) for one in taken]
    return {
        "day": hub.day(now),
        "take": remote.door_code(hub, "take"),
        "here": remote.door_code(hub, "here"),
        "take_url": f"{url}/take" if url else "",
        "here_url": f"{url}/here?door={remote.door_code(hub, 'here')}" if url else "",
        "counts": [{"state": key, "n": states.count(key), **text.json()} for key, text in STATES.items()],  # type: ignore[arg-type]
    }
