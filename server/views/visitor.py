"""My place: what somebody's telephone shows of the own number, and how busy the hall is for anybody. No name, no item
that the slip hides, nothing of others.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import words
from config import Hall, Text
from server.domain import notifications, rules
from server.domain.notifications import FIELDS, OCCASIONS, OUTCOMES
from server.domain.rating import may_be_rated
from server.domain.ticket import Ticket
from server.verbs import last_number, ratings, telephones, visitor
from server.verbs.hub import Hub
from server.verbs.place import place_of
from server.views.agendas import agenda_told, papers_told
from server.views.kiosk import hall_words, notice, shut_now
from server.views.moment import moment
from server.views.slots import day_words
from server.views.tickets import iso

STATES = {
    "waiting": Text("等候中", "Waiting"),
    "near": Text("快到您了，请回到等候区", "Almost your turn: please come back to the waiting area"),
    "called": Text("正在叫您", "You are being called"),
    "serving": Text("正在办理", "Being served"),
    "suspended": Text("暂时挂起，可以回来继续办理", "On hold: you may come back and go on"),
    "finished": Text("已办结，谢谢", "Done, thank you"),
    "passed": Text("已过号", "Your call was missed"),
    "left": Text("号码已退", "The number was given back"),
    "expired": Text("号码已过期：请取新号", "The number has expired: please take a new one"),
}


def place_view(hub: Hub, ticket: Ticket) -> dict[str, Any]:
    """A number as the telephone of its holder shows it; `state` is a key of STATES."""
    hall, reader, now = hub.hall, hub.read(), hub.now()
    place = place_of(hall, reader, ticket, now, hub.foresight)
    waits = ticket.state == "waiting"
    state = "near" if waits and place.ahead <= notifications.NEAR else ticket.state
    back = ticket.ended_at + hall.tickets.lapse_min * 60 if ticket.state == "passed" and ticket.ended_at else None
    here = hall.counter_name(ticket.counter or "") if ticket.state in ("called", "serving") else None
    return {
        "number": ticket.label,
        "group": place.group.json("name"),
        "state": state,
        "state_words": STATES[state].json(),
        "ahead": place.ahead if waits else None,
        **wait_words(place.wait if waits else None).json("wait"),
        "between": _between(hall, now, place.wait) if waits else None,
        **place.counters.json("counters"),
        **(here or Text("", "")).json("counter"),
        "back_until": _clock(hall, back),
        "bring": _bring(hub, ticket) if waits else [],
        "agenda": agenda_told(hub, reader.agenda(ticket.id), hidden=hall.slips.hide_item),
        "coming": rules.coming(ticket, reader.life_line(ticket.id)),
        "may": _may(hub, ticket, place.ahead),
        "now": iso(hall, now),
        "notice": notice(hub),
        "reminders": reminders_view(hub, ticket),
        "rate": f"r/{ratings.code_of(hub, ticket)}" if _may_rate(hub, ticket) else "",
    }


def reminders_view(hub: Hub, ticket: Ticket) -> dict[str, Any]:
    """提醒: which addresses may be left, those that were, masked, and what became of each message."""
    lapse_s = hub.hall.tickets.lapse_min * 60
    over = ticket.day != hub.day(hub.now()) or notifications.over(ticket, hub.now(), lapse_s)
    nothing = dict.fromkeys(("telephone", "mail"), False)
    reader = hub.read()
    telephone = reader.telephone(ticket.id)
    given = telephones.masks(hub, ticket.id) if telephone else {}
    return {
        "may": nothing if over else notifications.offered(hub.hall),
        "over": over,
        "rate": telephone is not None and telephone.rate,
        "rate_hours": hub.hall.messages.rate_hours if not over and notifications.asks_rating(hub.hall) else 0,
        "given": [
            {"field": field, "masked": given[field], **FIELDS[field].json()} for field in FIELDS if field in given
        ],
        "by_sight": ticket.by_sight,
        "told": [
            {
                "occasion": one.occasion,
                **OCCASIONS[one.occasion].json("name"),
                "field": one.field,
                **FIELDS[one.field].json("whose"),
                "state": one.said,
                **OUTCOMES[one.said].json(),
            }
            for one in reader.notifications(notifications.of_ticket(ticket.id))
        ],
    }


def _bring(hub: Hub, ticket: Ticket) -> list[dict[str, str]]:
    """What the item needs, or all items of the number once; nothing where the slip would not say it either."""
    hall, agenda = hub.hall, hub.read().agenda(ticket.id)
    known = hall.services.get(ticket.service)
    if agenda:
        if {*agenda.services} & {*hall.slips.hide_item}:
            return []
        told = papers_told(hall, agenda.services)
        return [Text(f"{p['name']}（{p['note']}）", f"{p['name_en']} ({p['note_en']})").json() for p in told]
    if known is None or ticket.service in hall.slips.hide_item:
        return []
    return [Text(one, words.say("en")(one)).json() for one in known.materials]


def wait_words(wait: tuple[int, int] | None) -> Text:
    """A range of minutes in words; empty where nothing can be said."""
    if wait is None:
        return Text("", "")
    soon, late = wait
    if soon == 0:
        return Text(f"{late}分钟以内", f"within {late} min")
    span = str(soon) if soon == late else f"{soon}–{late}"
    return Text(f"约{span}分钟", f"about {span} min")


def _may(hub: Hub, ticket: Ticket, ahead: int) -> list[str]:
    """The keys that the page offers now to whom so many are ahead of."""
    reader, now, found = hub.read(), hub.now(), []
    if ticket.slot is None and visitor.somebody_behind(hub, reader, ticket, now, ahead):
        found.append("give-way")
    if ticket.state in ("waiting", "called") and not rules.coming(ticket, reader.life_line(ticket.id)):
        found.append("on-the-way")
    if (ticket.state, "leave") in rules.TRANSITIONS and ticket.state != "called":
        found.append("give-back")
    if visitor.last_step(reader, ticket, hub.now()):
        found.append("undo")
    return found


def _may_rate(hub: Hub, ticket: Ticket) -> bool:
    """Whether its holder is asked for a rating, or for second thoughts."""
    return may_be_rated(ticket, ratings.today(hub), hub.read().rating(ticket.id, ticket.legs))


def _between(hall: Hall, now: float, wait: tuple[int, int] | None) -> str | None:
    """Between which times of day it will be one's turn: 10:20–10:35."""
    if wait is None:
        return None
    soon, late = (_clock(hall, now + minutes * 60) for minutes in wait)
    return f"{soon}–{late}" if soon != late else soon


def _clock(hall: Hall, at: float | None) -> str | None:
    return None if at is None else f"{datetime.fromtimestamp(at, hall.zone):%H:%M}"


NOT_NOW = Text("现在不办理", "Not now")


def busy_view(hub: Hub) -> dict[str, Any]:
    """How busy the hall is now, for anybody: people and minutes of each group, and whether numbers are given out."""
    hall, at, shut = hub.hall, moment(hub), shut_now(hub)
    return {
        "hall": hall_words(hub),
        "now": iso(hall, at.now),
        "issuing": hub.door(at.reader).issuing,
        "notice": notice(hub),
        "waiting": sum(at.waiting.values()),
        "remote": hall.remote.allowed,
        "counters_open": sum(1 for one in at.counters.values() if one.state == "open"),
        "groups": [
            {
                "id": group_id,
                **group.text.json("name"),
                "done": bool(done),
                "ahead": told["ahead"] if done else 0,
                "estimate_min": told["estimate_min"] if done else None,
                **(wait_words(told["estimate_min"]) if done else NOT_NOW).json("wait"),
            }
            for group_id, group in hall.groups.items()
            for done in [[code for code in group.services if code not in shut]]
            for told in [at.newcomer(done or group.services)]
        ],
        "quiet": [
            {
                "day": day.isoformat(),
                "day_words": day_words(day).json(),
                "begins": f"{hour:02d}:00",
                "ends": f"{hour + 1:02d}:00",
            }
            for day, hour in last_number.quiet_hours(hub)
        ],
    }
