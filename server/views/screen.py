"""What a hall screen shows: who is called where, how many wait, what the voice says."""

from __future__ import annotations

from typing import Any

from config import ScreenTable
from server.domain import announcer, publication, worktime
from server.domain.ticket import Counter, Ticket
from server.verbs.hub import Hub
from server.views.build import BUILD
from server.views.kiosk import hall_words, notice
from server.views.moment import moment
from server.views.tickets import iso
from server.voice import language
from server.voice.outputs import Stage

CALLS_SHOWN = 8

LANGUAGES = {"zh": "cmn", "en": "en"}

ANNOUNCE_S = 20.0
"""A call older than this is not spoken any more (docs/wording.md 3.3)."""


def announcement(hub: Hub, ticket: Ticket | None) -> dict[str, Any] | None:
    """What the voice says for the newest call, while it is fresh."""
    if ticket is None or ticket.state != "called" or ticket.counter not in hub.hall.counters:
        return None
    if hub.now() - (ticket.last_called_at or 0) > ANNOUNCE_S:
        return None
    call = announcer.call(hub.hall, ticket)
    return (
        {"id": f"{ticket.id}-{ticket.calls}", **{key: _said(hub, call.saying, code) for key, code in LANGUAGES.items()}}
        if call
        else None
    )


def _said(hub: Hub, saying: announcer.Saying, code: str) -> str:
    spoken = language.load(code, hub.hall.folder / hub.hall.voice.folder)
    return language.sentence(spoken, language.pieces(spoken, saying, hub.hall.voice.one))


def _call(hub: Hub, ticket: Ticket) -> dict[str, Any]:
    counter = hub.hall.counters.get(ticket.counter or "")
    return {
        "number": ticket.label,
        "counter": ticket.counter,
        "state": ticket.state,
        "calls": ticket.calls,
        "counter_name": counter.name if counter else ticket.counter,
        "counter_name_en": counter.name_en if counter else ticket.counter,
        "at": iso(hub.hall, ticket.last_called_at),
    }


def counter_tile(hub: Hub, counter: Counter, ticket: Ticket | None) -> dict[str, Any]:
    """A counter in the row at the foot: serving, calling, free, paused or closed."""
    table = hub.hall.counters[counter.id]
    state = (
        counter.state
        if counter.state != "open"
        else ("free" if ticket is None else "calling" if ticket.state == "called" else "serving")
    )
    return {
        "id": counter.id,
        **table.text.json("name"),
        "sign": table.sign,
        "state": state,
        "number": ticket.label if ticket else "",
    }


def _since(hub: Hub) -> float:
    """From when on calls are shown: of this service day, and no older than half a day."""
    return max(hub.now() - 12 * 3600, worktime.day_span(hub.hall, worktime.service_day(hub.hall, hub.now()))[0])


def screen_view(hub: Hub, stage: Stage, area: ScreenTable | None = None) -> dict[str, Any]:
    """Everything on the hall screen, or on that of one area."""
    hall, reader = hub.hall, hub.read()
    at, mine = moment(hub), (area.counters if area else []) or list(hall.counters)
    calls = reader.last_called(_since(hub), CALLS_SHOWN, mine)
    waiting = at.waiting
    lines = [hall.groups[g] for g in (area.groups if area else []) or hall.groups]
    tiles = [counter_tile(hub, at.counters[c], at.holding.get(c)) for c in mine]
    on = at.emergency
    groups = [
        {
            **g.text.json("name"),
            "waiting": sum(waiting.get(s, 0) for s in g.services),
            **at.newcomer(g.services),
        }
        for g in lines
    ]
    return {
        "now": iso(hall, hub.now()),
        "hall": hall_words(hub),
        "notice": notice(hub),
        "emergency": on.text.json() if on else None,
        "calls": [_call(hub, t) for t in calls],
        "announcement": announcement(hub, calls[0] if calls else None),
        "waiting": sum(g["waiting"] for g in groups) if area and area.groups else sum(waiting.values()),
        "groups": groups,
        "counters": tiles,
        "ticker": publication.ticker(hall),
        "speech": _speech(stage, (area.zone if area else "") or next(iter(hall.zones), "")),
        "build": BUILD,
    }


def _speech(stage: Stage, zone: str) -> dict[str, Any] | None:
    spoken = stage.now().get(zone)
    return {"url": f"/api/v1/voice/{spoken.id}.wav", "seconds": spoken.seconds} if spoken else None
